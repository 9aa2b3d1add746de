//! regstack where its users meet it.
mod api;
mod crash;
mod mail;
mod python_package;
mod support {
    pub(crate) mod served;
    pub(crate) mod smtp_sink;
}
