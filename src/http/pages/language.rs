//! What a request for a page says about its language and session. The language in the URL comes first, then the one
//! that this browser chose before, then those that it prefers.

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

/// The query parameter that names a language.
const FIELD: &str = "lang";
/// The cookie that stores the language chosen in this browser. It isn't secret: the pages' script reads and sets it.
const COOKIE_NAME: &str = "regstack_lang";
/// One year, in seconds.
const COOKIE_AGE: u32 = 31_536_000;

/// What a page request asks for.
#[derive(Clone)]
pub(in crate::http) struct PageRequest {
    named: Option<Language>,
    /// The language that was chosen before, then those that the browser prefers.
    preferred: Vec<Language>,
    /// Whether certainly nobody is logged in: sessions are in cookies, and the request has none.
    pub(super) is_nobody: bool,
    /// The query, to be kept in links to the page in other languages.
    query: Vec<(String, String)>,
}

impl FromRequestParts<App> for PageRequest {
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

impl PageRequest {
    /// Returns the best language of those that are offered.
    pub(in crate::http) fn language(&self, offered: &Languages) -> Language {
        let wanted: Vec<Language> = self.named.iter().chain(&self.preferred).cloned().collect();
        offered.choose(&wanted)
    }

    /// Returns all offered languages, each with the URL of the same page in it. Returns none if the URL has a token,
    /// which the links would repeat.
    pub(in crate::http) fn menu(&self, templates: &Templates) -> Vec<OfferedLanguage> {
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

    /// Returns the header that sets the cookie to the language named in the URL, if one is named.
    pub(in crate::http) fn keep(
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
