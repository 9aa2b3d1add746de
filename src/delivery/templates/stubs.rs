//! tmp
use super::MailTemplate;
use crate::model::{Email, FullName};
use serde::Serialize;
/// tmp
macro_rules! tmp { ($($n:ident),*) => { $(
/// tmp
#[derive(Debug, Clone, Serialize)] pub struct $n {}
impl $n { /// tmp
 #[must_use] pub fn new(_a: &str, _f: Option<&FullName>, _e: &Email, _u: String, _t: u32) -> Self { Self {} } }
impl MailTemplate for $n { const NAME: &'static str = "x"; fn sample() -> Self { Self {} } }
)* } }
tmp!(PasswordReset, EmailChange, Invite);
/// tmp
#[derive(Debug, Clone, Serialize)]
pub struct SecurityNotice {}
impl SecurityNotice {
    /// tmp
    #[must_use]
    pub fn new(
        _a: &str,
        _f: Option<&FullName>,
        _c: &str,
        _t: jiff::Timestamp,
        _i: Option<std::net::IpAddr>,
    ) -> Self {
        Self {}
    }
}
impl MailTemplate for SecurityNotice {
    const NAME: &'static str = "x";
    fn sample() -> Self {
        Self {}
    }
}
/// tmp
#[derive(Debug, Clone, Serialize)]
pub struct AlreadyRegistered {}
impl AlreadyRegistered {
    /// tmp
    #[must_use]
    pub fn new(_a: &str, _f: Option<&FullName>, _e: &Email) -> Self {
        Self {}
    }
}
impl MailTemplate for AlreadyRegistered {
    const NAME: &'static str = "x";
    fn sample() -> Self {
        Self {}
    }
}
