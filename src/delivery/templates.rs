//! Typed templates.

use std::path::PathBuf;

use serde::Serialize;

/// Why a template cannot be used: names file, line and reason.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(pub String);

/// All templates, overrides first.
#[derive(Clone)]
pub struct Templates {}

impl Templates {
    /// Compiles and renders every template once with its sample.
    pub fn load(_extra_template_dirs: &[PathBuf]) -> Result<Self, TemplateError> { unimplemented!() }
}

/// The variables of one mail: rendered by `NAME.subject.txt`, `NAME.txt`, `NAME.html`.
pub trait MailTemplate: Serialize {
    /// The template's name.
    const NAME: &'static str;
    /// Variables to try the template with.
    fn sample() -> Self;
}

/// Asks to prove an address.
#[derive(Debug, Clone, Serialize)]
pub struct Verification {
    /// The installation's name.
    pub app_name: String,
    /// Empty when unknown.
    pub full_name: String,
    /// The link.
    pub url: String,
    /// How long it lives, in minutes.
    pub ttl_minutes: u32,
    /// In hours, rounded up? As the Python package does.
    pub ttl_hours: u32,
    /// The address.
    pub email: String,
}

impl MailTemplate for Verification {
    const NAME: &'static str = "verification";
    fn sample() -> Self { unimplemented!() }
}
