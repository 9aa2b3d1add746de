//! regstack where its users meet it.
mod api;
mod mail;
mod python_package;
mod support {
    pub(crate) mod served;
}
