//! The variables of the SMS templates.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{TemplateError, Templates};
use crate::model::{Code, CodeKind, Language};

/// The variables of an SMS with a one-time code. It doesn't implement `Debug` or `Display`.
#[derive(Clone, Serialize)]
pub struct CodeSms {
    #[serde(skip)]
    kind: CodeKind,
    app_name: String,
    code: String,
    ttl_minutes: u32,
}

impl CodeSms {
    /// Returns the variables for a code that is valid for `ttl_seconds`. Minutes are rounded down, but never to zero.
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
        _ => "sms_login_mfa.txt",
    }
}

/// Returns the template of every SMS, with sample variables.
pub(super) fn all() -> impl Iterator<Item = (&'static str, Value)> {
    CodeKind::BY_SMS
        .iter()
        .map(|kind| (file_name(*kind), Value::from(Serde(CodeSms::sample(*kind)))))
}

impl Templates {
    /// Renders an SMS in a language, without white space around it.
    pub fn sms(&self, content: &CodeSms, language: &Language) -> Result<String, TemplateError> {
        let words = self.catalogue.words(language);
        let text = self.render(file_name(content.kind), &Value::from(Serde(content)), words)?;
        Ok(text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn text(kind: CodeKind, seconds: u32, templates: &Templates, language: &Language) -> String {
        let code = Code::presented("042719".into());
        let content = CodeSms::new(kind, "Acme & Söhne", &code, seconds);
        templates.sms(&content, language).unwrap()
    }

    /// Returns the templates of an installation with pages at `base_url`.
    fn templates(base_url: &str) -> Templates {
        let mut settings = Settings::default();
        settings.identity.base_url = base_url.into();
        settings.features.enable_ui_router = true;
        Templates::load(&[]).unwrap().offering(&settings).unwrap()
    }

    /// Returns whether the text fits into one SMS: 160 characters of the GSM alphabet (3GPP TS 23.038), some of which
    /// count twice, or 70 UTF-16 code units.
    fn is_one_message(text: &str) -> bool {
        const SINGLE: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
        const DOUBLE: &str = "\u{c}^{}\\[~]|€";
        let length: Option<usize> = text
            .chars()
            .map(|c| match c {
                c if SINGLE.contains(c) => Some(1),
                c if DOUBLE.contains(c) => Some(2),
                _ => None,
            })
            .sum();
        length.map_or_else(|| text.encode_utf16().count() <= 70, |length| length <= 160)
    }

    #[test]
    fn the_built_in_texts_name_the_app_the_code_and_how_long_it_lives() {
        let templates = Templates::load(&[]).unwrap();
        for kind in &CodeKind::BY_SMS {
            for (seconds, lifetime) in [(300, "5 min"), (59, "1 min"), (179, "2 min")] {
                let text = text(*kind, seconds, &templates, &Language::english());
                for part in ["Acme & Söhne ", "code: 042719.", lifetime] {
                    assert!(text.contains(part), "{part}: {text}");
                }
                assert_eq!(text.trim(), text);
                assert!(text.lines().count() == 1 && text.len() < 140, "{text}");
            }
        }
    }

    #[test]
    fn the_last_line_binds_the_code_to_the_domain_of_the_pages() {
        let bound = templates("https://id.acme.example:8443/sub");
        let free = templates("http://localhost:8000");
        for language in bound.catalogue().languages() {
            for kind in &CodeKind::BY_SMS {
                let text = |templates| text(*kind, 300, templates, language);
                let (last, unbound) = (text(&bound), text(&free));
                let expected = format!("{unbound}\n@id.acme.example #042719");
                assert_eq!(last, expected);
                assert!(!unbound.contains(['@', '#', '\n']), "{unbound}");
            }
        }
    }

    #[test]
    fn every_text_fits_into_one_message_in_every_language() {
        let templates = templates("https://app.example.com");
        for language in templates.catalogue().languages() {
            for kind in &CodeKind::BY_SMS {
                let text = templates.sms(&CodeSms::sample(*kind), language).unwrap();
                assert!(is_one_message(&text), "{language}: {text}");
            }
        }
        assert!(is_one_message(&"é".repeat(160)) && !is_one_message(&"€".repeat(81)));
        assert!(is_one_message(&"ó".repeat(70)) && !is_one_message(&"ó".repeat(71)));
    }
}
