//! regstack where its users meet it.
mod api;
mod support { pub mod served; }
