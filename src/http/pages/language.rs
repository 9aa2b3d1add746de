//! What a request for a page says: its language (what the address says, then what this browser was told before, then what
//! it prefers), and whether anybody can be logged in.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use url::form_urlencoded::{Serializer, parse};

use crate::app::App;
use crate::config::{Identity, Transport};
use crate::delivery::Templates;
use crate::delivery::locales::Languages;
use crate::delivery::templates::OfferedLanguage;
use crate::http::cookie;
use crate::model::{Language, Origin};

/// The field of the address that names a language.
const FIELD: &str = "lang";
/// Where a browser keeps the language that was chosen in it. No secret: the pages' script reads and sets it.
const COOKIE_NAME: &str = "regstack_lang";
/// A year.
const COOKIE_AGE: u32 = 31_536_000;

/// What a request says of languages.
pub(super) struct Asked {
    named: Option<Language>,
    /// What was chosen before, then what the browser prefers.
    preferred: Vec<Language>,
    /// Whether it can be nobody who is logged in: sessions travel in cookies, and it has none.
    pub(super) is_nobody: bool,
    /// The rest of the address's query, to go on in another language.
    query: Vec<(String, String)>,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let query = parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query: Vec<(String, String)> = query.into_owned().collect();
        let named = query.iter().find(|(name, _)| name == FIELD);
        let named = named.and_then(|(_, tag)| Language::parse(tag));
        let lines = parts.headers.get_all(COOKIE).iter();
        let pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'));
        let mut values =
            pairs.filter_map(|pair| pair.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='));
        let chosen = values.next().and_then(Language::parse);
        let origin = parts.extensions.get::<Origin>();
        let preferred = origin.map(|origin| origin.languages.clone());
        let is_nobody = app.settings.tokens.transport == Transport::Cookie
            && cookie::values(&parts.headers, &app.settings)
                .next()
                .is_none();
        Ok(Self {
            named,
            is_nobody,
            preferred: chosen
                .into_iter()
                .chain(preferred.unwrap_or_default())
                .collect(),
            query,
        })
    }
}

impl Asked {
    /// The best of the languages offered.
    pub(super) fn language(&self, offered: &Languages) -> Language {
        let wanted: Vec<Language> = self.named.iter().chain(&self.preferred).cloned().collect();
        offered.choose(&wanted)
    }

    /// Every language offered, with the address of the same page in it; none where a token in the address would be lost.
    pub(super) fn menu(&self, templates: &Templates) -> Vec<OfferedLanguage> {
        let offered = templates.languages().offered();
        if offered.len() < 2 || self.query.iter().any(|(name, _)| name == "token") {
            return Vec::new();
        }
        let entry = |language: &Language| {
            let mut query = Serializer::for_suffix("?".to_owned(), 1);
            query.extend_pairs(self.query.iter().filter(|(name, _)| name != FIELD));
            query.append_pair(FIELD, language.as_str());
            let name = templates
                .catalogue()
                .words(language)
                .say("language-name", &[].into());
            OfferedLanguage {
                tag: language.to_string(),
                name: name.unwrap_or_else(|_| language.to_string()),
                url: query.finish(),
            }
        };
        offered.iter().map(entry).collect()
    }

    /// The header that keeps the language which the address names.
    pub(super) fn keep(
        &self,
        language: &Language,
        identity: &Identity,
    ) -> Option<[(HeaderName, HeaderValue); 1]> {
        self.named.as_ref()?;
        let https = identity.base_url.starts_with("https://");
        let secure = if https { "; Secure" } else { "" };
        let cookie =
            format!("{COOKIE_NAME}={language}; Path=/; Max-Age={COOKIE_AGE}; SameSite=Lax{secure}");
        let cookie = HeaderValue::from_str(&cookie).ok()?;
        Some([(SET_COOKIE, cookie)])
    }
}
