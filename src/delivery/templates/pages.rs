//! The pages and the variables of their templates.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::page::Page;
use super::{TemplateError, Templates};
use crate::config::{Provider, ProviderKind, Settings, Transport};
use crate::model::{Language, ProviderId};

/// Hashes of the bundled files, for their URLs, so that browsers may cache the files for long.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FileHashes {
    /// The hash of `css/core.css`.
    pub core_css_hash: String,
    /// The hash of `css/theme.css`.
    pub theme_css_hash: String,
    /// The hash of `js/regstack.js`.
    pub script_hash: String,
}

/// The variables of a page. All pages have the same, because `base.html` uses them.
#[derive(Debug, Clone, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a variable of its own to templates"
)]
pub struct PageContext {
    #[serde(skip)]
    kind: Page,
    page: &'static str,
    app_name: String,
    brand_logo_url: Option<String>,
    brand_tagline: Option<String>,
    brand_logo_has_name: bool,
    brand_icon_url: Option<String>,
    app_url: Option<String>,
    return_origins: String,
    terms_url: Option<String>,
    privacy_url: Option<String>,
    imprint_url: Option<String>,
    support_url: Option<String>,
    api_prefix: String,
    ui_prefix: String,
    static_prefix: String,
    theme_css_url: Option<String>,
    allow_registration: bool,
    enable_password_reset: bool,
    enable_account_deletion: bool,
    enable_sms_2fa: bool,
    enable_totp: bool,
    enable_passkeys: bool,
    enable_oauth: bool,
    enable_console: bool,
    oauth_providers: Vec<String>,
    provider_buttons: Vec<ProviderButton>,
    transport: &'static str,
    verify_requires_password: bool,
    sms_code_length: u8,
    sms_code_minutes: u32,
    status: u16,
    retry_after: Option<u64>,
    languages: Vec<OfferedLanguage>,
    modules: Vec<&'static str>,
    nobody_signed_in: bool,
    mailbox_url: Option<String>,
    #[serde(flatten)]
    hashes: FileHashes,
}

/// A button for logging in with another provider.
#[derive(Debug, Clone, Serialize)]
struct ProviderButton {
    /// The provider's id in paths.
    id: String,
    /// The provider's name as people see it.
    name: String,
}

/// A language that the reader can choose.
#[derive(Debug, Clone, Serialize)]
pub struct OfferedLanguage {
    /// Its language tag.
    pub tag: String,
    /// Its name in the language itself.
    pub name: String,
    /// The URL of the page in this language.
    pub url: String,
}

impl PageContext {
    /// Returns the variables of `page` when it is served with `status`.
    ///
    /// The prefixes start with the path of `base_url`: a proxy that serves this application under a path removes it
    /// from requests, so links must include it.
    #[must_use]
    pub fn new(page: Page, settings: &Settings, hashes: &FileHashes, status: u16) -> Self {
        let (pages, features) = (&settings.pages, &settings.features);
        let providers = settings.oauth.providers.iter();
        let buttons: Vec<ProviderButton> = providers
            .map(|provider| ProviderButton {
                id: provider.id.to_string(),
                name: provider.name.clone(),
            })
            .collect();
        let above = url::Url::parse(&settings.identity.base_url)
            .map(|url| url.path().trim_end_matches('/').to_owned())
            .unwrap_or_default();
        Self {
            kind: page,
            page: page.name(),
            app_name: settings.identity.app_name.clone(),
            brand_logo_url: pages.brand_logo_url.clone(),
            brand_tagline: pages.brand_tagline.clone(),
            brand_logo_has_name: pages.brand_logo_has_name,
            brand_icon_url: pages.brand_icon_url.clone(),
            app_url: pages.app_url.clone(),
            return_origins: names(&settings.return_origins()),
            terms_url: pages.terms_url.clone(),
            privacy_url: pages.privacy_url.clone(),
            imprint_url: pages.imprint_url.clone(),
            support_url: pages.support_url.clone(),
            api_prefix: format!("{above}{}", pages.api_prefix),
            ui_prefix: format!("{above}{}", pages.ui_prefix),
            static_prefix: format!("{above}{}", pages.static_prefix),
            theme_css_url: pages.theme_css_url.clone(),
            allow_registration: features.allow_registration,
            enable_password_reset: features.enable_password_reset,
            enable_account_deletion: features.enable_account_deletion,
            enable_sms_2fa: features.enable_sms_2fa,
            enable_totp: features.enable_totp,
            enable_passkeys: features.enable_passkeys,
            enable_oauth: !settings.oauth.providers.is_empty(),
            enable_console: features.enable_admin_router,
            oauth_providers: buttons.iter().map(|button| button.id.clone()).collect(),
            provider_buttons: buttons,
            transport: match settings.tokens.transport {
                Transport::Bearer => "bearer",
                Transport::Cookie => "cookie",
            },
            verify_requires_password: features.verify_requires_password,
            sms_code_length: settings.sms_codes.sms_code_length,
            sms_code_minutes: (settings.sms_codes.sms_code_ttl_seconds / 60).max(1),
            status,
            retry_after: None,
            languages: Vec::new(),
            modules: page.modules(settings),
            nobody_signed_in: false,
            mailbox_url: None,
            hashes: hashes.clone(),
        }
    }

    /// Adds a choice of languages.
    #[must_use]
    pub fn offering(self, languages: Vec<OfferedLanguage>) -> Self {
        Self { languages, ..self }
    }

    /// Adds how many seconds the reader has to wait before trying again.
    #[must_use]
    pub fn waiting(self, retry_after: Option<u64>) -> Self {
        Self {
            retry_after,
            ..self
        }
    }

    /// Marks that the browser has no session.
    #[must_use]
    pub fn for_nobody(self) -> Self {
        Self {
            nobody_signed_in: true,
            ..self
        }
    }

    /// Adds a link to the mailbox of `serve --dev`.
    #[must_use]
    pub fn with_mailbox(self) -> Self {
        Self {
            mailbox_url: Some("/dev/mailbox".to_owned()),
            ..self
        }
    }

    /// Returns the path of the account page.
    #[must_use]
    pub fn home(&self) -> String {
        format!("{}/me", self.ui_prefix)
    }

    /// Returns the path of the built-in icon.
    #[must_use]
    pub fn icon(&self) -> String {
        format!("{}/img/icon.svg", self.static_prefix)
    }

    /// Returns the path of the login page.
    #[must_use]
    pub fn entrance(&self) -> String {
        format!("{}/login", self.ui_prefix)
    }

    /// Returns a page with all features enabled.
    fn sample(page: Page) -> Self {
        let mut settings = Settings::default();
        settings.features.enable_sms_2fa = true;
        settings.features.enable_totp = true;
        settings.features.enable_passkeys = true;
        settings.features.enable_admin_router = true;
        settings.features.verify_requires_password = true;
        settings.pages.brand_tagline = Some("Everything in its place".into());
        settings.oauth.providers.push(sample_provider());
        let status = if page == Page::Error { 404 } else { 200 };
        let languages = [("en", "English"), ("de", "Deutsch")];
        let languages = languages.map(|(tag, name)| OfferedLanguage {
            tag: tag.into(),
            name: name.into(),
            url: format!("?lang={tag}"),
        });
        Self::new(page, &settings, &FileHashes::default(), status).offering(languages.into())
    }
}

/// Returns a provider to check templates with.
fn sample_provider() -> Provider {
    Provider {
        id: ProviderId::from_stored("google".into()),
        name: "Google".into(),
        kind: ProviderKind::OpenId,
        issuer: "https://accounts.google.com".into(),
        client_id: "sample".into(),
        client_secret: String::new().into(),
        scopes: Vec::new(),
        redirect_uri: String::new(),
    }
}

/// Joins origins with spaces, so that scripts can split the list.
fn names(origins: &[url::Origin]) -> String {
    let names: Vec<String> = origins
        .iter()
        .map(url::Origin::ascii_serialization)
        .collect();
    names.join(" ")
}

/// Returns the template of every page, with sample variables.
pub(super) fn all() -> impl Iterator<Item = (&'static str, Value)> {
    Page::ALL.into_iter().map(|page| {
        (
            page.template(),
            Value::from(Serde(PageContext::sample(page))),
        )
    })
}

/// Elements that overridden pages may lack because they are older than the element: the page, how the element is
/// recognised, and the consequence of its absence.
const NEWER: [(Page, &str, &str); 3] = [
    (
        Page::Me,
        "data-rs-app-section",
        "people can't add an authenticator app",
    ),
    (
        Page::Me,
        "data-rs-codes-section",
        "people can't see how many recovery codes they have left, or make new ones",
    ),
    (
        Page::MfaConfirm,
        "data-rs-form=\"mfa-recovery\"",
        "people must guess where to enter a recovery code",
    ),
];

impl Templates {
    /// Returns the elements that overridden pages lack.
    pub(super) fn page_doubts(&self) -> Vec<TemplateError> {
        let mut doubts = Vec::new();
        for (page, mark, missed) in NEWER {
            let name = page.template();
            let Some(file) = self.override_of(name) else {
                continue;
            };
            // A page that can't be rendered is reported as an error already.
            let html = self.page(&PageContext::sample(page), &Language::english());
            if html.is_ok_and(|html| !html.contains(mark)) {
                doubts.push(TemplateError {
                    place: crate::delivery::text::escaped(&file.display().to_string()),
                    line: None,
                    reason: format!(
                        "without `{mark}` {missed}: see `regstack templates eject {name}`"
                    ),
                });
            }
        }
        doubts
    }

    /// Renders a page in a language.
    pub fn page(
        &self,
        content: &PageContext,
        language: &Language,
    ) -> Result<String, TemplateError> {
        let words = self.catalogue.words(language);
        let html = self.render(content.kind.template(), &Value::from(Serde(content)), words)?;
        Ok(with_messages(html, words.for_script()))
    }
}

/// Adds the messages for the script, if the page is based on an older frame without them.
fn with_messages(mut html: String, messages: &str) -> String {
    const ID: &str = "id=\"rs-messages\"";
    if !html.contains(ID) {
        let block = format!("<script type=\"application/json\" {ID}>{messages}</script>\n");
        let end = html.rfind("</body>").unwrap_or(html.len());
        html.insert_str(end, &block);
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_begin_with_the_path_that_a_proxy_cuts_off() {
        let mut settings = Settings::default();
        let mut home = |base_url: &str| {
            settings.identity.base_url = base_url.into();
            PageContext::new(Page::Me, &settings, &FileHashes::default(), 200).home()
        };
        assert_eq!(home("https://a.example"), "/account/me");
        assert_eq!(home("https://a.example/"), "/account/me");
        assert_eq!(home("https://a.example/sub/"), "/sub/account/me");
    }

    #[test]
    fn every_page_names_itself_and_has_the_frame() {
        let templates = Templates::load(&[]).unwrap();
        for page in Page::ALL {
            let html = templates
                .page(&PageContext::sample(page), &Language::english())
                .unwrap();
            let name = format!("data-rs-page=\"{}\"", page.name());
            for part in [
                name.as_str(),
                "data-rs-api=\"/api/auth\"",
                "data-rs-ui=\"/account\"",
                "src=\"/regstack-static/js/regstack.js",
                "Everything in its place",
            ] {
                assert!(html.contains(part), "{part}: {html}");
            }
        }
    }
}
