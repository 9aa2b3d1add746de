//! The SMS: what their templates are given.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{TemplateError, Templates};
use crate::model::{Code, CodeKind, Language};

/// The variables of an SMS that carries a one-time code. Not printable.
#[derive(Clone, Serialize)]
pub struct CodeSms {
    #[serde(skip)]
    kind: CodeKind,
    app_name: String,
    code: String,
    ttl_minutes: u32,
}

impl CodeSms {
    /// The variables for a code that lives `ttl_seconds`. Minutes are rounded down, but never to zero.
    #[must_use]
    pub fn new(kind: CodeKind, app_name: &str, code: &Code, ttl_seconds: u32) -> Self {
        Self {
            kind,
            app_name: app_name.to_owned(),
            code: code.expose().to_owned(),
            ttl_minutes: (ttl_seconds / 60).max(1),
        }
    }

    fn sample(kind: CodeKind) -> Self {
        Self::new(kind, "RegStack", &Code::presented("012345".into()), 300)
    }
}

const fn file_name(kind: CodeKind) -> &'static str {
    match kind {
        CodeKind::PhoneSetup => "sms_phone_setup.txt",
        CodeKind::LoginMfa => "sms_login_mfa.txt",
    }
}

/// The template of every SMS, and variables to try it with.
pub(super) fn all() -> impl Iterator<Item = (&'static str, Value)> {
    CodeKind::ALL
        .iter()
        .map(|kind| (file_name(*kind), Value::from(Serde(CodeSms::sample(*kind)))))
}

impl Templates {
    /// Renders an SMS in a language; white space around it is cut.
    pub fn sms(&self, content: &CodeSms, language: &Language) -> Result<String, TemplateError> {
        let words = self.catalogue.words(language);
        let text = self.render(file_name(content.kind), &Value::from(Serde(content)), words)?;
        Ok(text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_texts_name_the_app_the_code_and_how_long_it_lives() {
        let templates = Templates::load(&[]).unwrap();
        for kind in CodeKind::ALL {
            for (seconds, lifetime) in [(300, "5 min"), (59, "1 min"), (179, "2 min")] {
                let code = Code::presented("042719".into());
                let content = CodeSms::new(*kind, "Acme & Söhne", &code, seconds);
                let text = templates.sms(&content, &Language::english()).unwrap();
                for part in ["Acme & Söhne ", "code: 042719.", lifetime] {
                    assert!(text.contains(part), "{part}: {text}");
                }
                assert_eq!(text.trim(), text);
                assert!(text.lines().count() == 1 && text.len() < 140, "{text}");
            }
        }
    }
}
