//! The server that the tests talk to.

/// Its URL, without a database.
pub(super) fn url() -> String {
    std::env::var("REGSTACK_TEST_MONGODB_URL").expect("REGSTACK_TEST_MONGODB_URL names a server")
}
