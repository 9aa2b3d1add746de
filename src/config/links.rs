//! The links in emails.

use url::Url;

use super::settings::{Pages, Settings};
use crate::model::ProofToken;

/// The purpose of a link in an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailLink {
    /// Verifying an email address.
    Verify,
    /// Setting a new password.
    PasswordReset,
    /// Setting the first password, after an invitation. Pages other than the built-in ones get the link of a reset.
    Invite,
    /// Confirming a new email address.
    EmailChange,
}

/// The path of the page for the first administrator, below the prefix of the pages.
pub const SET_UP_PATH: &str = "/set-up";

impl Settings {
    /// Returns whether the console for administrators is served.
    #[must_use]
    pub fn has_console(&self) -> bool {
        self.features.enable_ui_router && self.features.enable_admin_router
    }

    /// Returns the link for the first administrator that carries `token`.
    #[must_use]
    pub fn set_up_link(&self, token: &ProofToken) -> String {
        let base = self.identity.base_url.trim_end_matches('/');
        let prefix = &self.pages.ui_prefix;
        format!("{base}{prefix}{SET_UP_PATH}?token={}", token.expose())
    }

    /// Returns the link that carries `token`: from its template if one is set, otherwise `base_url`, prefix, path and
    /// `?token=`. The token is inserted unchanged, because tokens need no escaping.
    #[must_use]
    pub fn link(&self, link: MailLink, token: &str) -> String {
        let base = self.identity.base_url.trim_end_matches('/');
        let (_, template, mut path) = self.pages.parts_of(link);
        if link == MailLink::Invite
            && self.features.enable_ui_router
            && self.pages.email_link_prefix.is_none()
        {
            path = "accept-invitation";
        }
        if let Some(template) = template {
            return template
                .replace("{base_url}", base)
                .replace("{token}", token);
        }
        let pages_prefix = if self.features.enable_ui_router {
            self.pages.ui_prefix.as_str()
        } else {
            ""
        };
        let prefix = self.pages.email_link_prefix.as_deref();
        let prefix = prefix.unwrap_or(pages_prefix).trim_matches('/');
        let seam = if prefix.is_empty() { "" } else { "/" };
        format!("{base}{seam}{prefix}/{path}?token={token}")
    }

    /// Returns the link that undoes a change of the email address: from its template if one is set, otherwise to the
    /// built-in page. Returns `None` if there is neither.
    #[must_use]
    pub fn undo_link(&self, token: &str) -> Option<String> {
        let base = self.identity.base_url.trim_end_matches('/');
        if let Some(template) = &self.pages.email_undo_url_template {
            return Some(
                template
                    .replace("{base_url}", base)
                    .replace("{token}", token),
            );
        }
        self.built_in_page(&format!("undo-email-change?token={token}"))
    }

    /// Returns the page where people log in: the built-in page, or the application. Returns `None` if there is
    /// neither.
    #[must_use]
    pub fn login_page(&self) -> Option<String> {
        self.built_in_page("login")
            .or_else(|| self.pages.app_url.clone())
    }

    /// Returns the page where people ask for a password reset link. Returns `None` if it isn't built in.
    #[must_use]
    pub fn forgot_page(&self) -> Option<String> {
        let page = self.built_in_page("forgot");
        page.filter(|_| self.features.enable_password_reset)
    }

    /// Returns the domain of the page where codes are entered, for browsers that fill them in. They require https and
    /// a domain name with a dot. Returns `None` if there is no such domain.
    #[must_use]
    pub fn code_domain(&self) -> Option<String> {
        let page = Url::parse(&self.login_page()?).ok()?;
        let domain = page.domain().filter(|domain| domain.contains('.'))?;
        (page.scheme() == "https").then(|| domain.to_owned())
    }

    /// Returns the path of a page from the root of the site, whether the page is built in or another application's. It
    /// includes the path of `base_url`, which a proxy may cut off.
    #[must_use]
    pub fn page_path(&self, name: &str) -> String {
        let above = Url::parse(&self.identity.base_url)
            .map(|url| url.path().trim_end_matches('/').to_owned())
            .unwrap_or_default();
        format!("{above}{}/{name}", self.pages.ui_prefix)
    }

    fn built_in_page(&self, path: &str) -> Option<String> {
        let base = self.identity.base_url.trim_end_matches('/');
        let prefix = &self.pages.ui_prefix;
        let is_there = self.features.enable_ui_router;
        is_there.then(|| format!("{base}{prefix}/{path}"))
    }

    /// Returns where mailed links lead that have no page, and the keys that would set one. Returns `None` if the
    /// built-in pages are on, or if `email_link_prefix` or a template for every link is set.
    #[must_use]
    pub fn links_without_a_page(&self) -> Option<(String, Vec<&'static str>)> {
        let features = &self.features;
        if features.enable_ui_router || self.pages.email_link_prefix.is_some() {
            return None;
        }
        let links = [
            (features.require_verification, MailLink::Verify),
            (features.enable_password_reset, MailLink::PasswordReset),
            (true, MailLink::EmailChange),
        ];
        let dead = links.into_iter().filter_map(|(is_mailed, link)| {
            let (key, template, _) = self.pages.parts_of(link);
            (is_mailed && template.is_none()).then_some((key, link))
        });
        let (keys, links): (Vec<_>, Vec<_>) = dead.unzip();
        let link = self.link(*links.first()?, "");
        Some((link.trim_end_matches("?token=").to_owned(), keys))
    }
}

impl Pages {
    /// Returns the key of a link's template, the template, and the path that is used without one.
    fn parts_of(&self, link: MailLink) -> (&'static str, Option<&String>, &'static str) {
        let (key, template, path) = match link {
            MailLink::Verify => ("verify_url_template", &self.verify_url_template, "verify"),
            MailLink::PasswordReset | MailLink::Invite => (
                "password_reset_url_template",
                &self.password_reset_url_template,
                "reset-password",
            ),
            MailLink::EmailChange => (
                "email_change_url_template",
                &self.email_change_url_template,
                "confirm-email-change",
            ),
        };
        (key, template.as_ref(), path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_made_of_base_prefix_and_path() {
        let mut settings = Settings::default();
        let mut link = |base: &str, prefix: Option<&str>, pages: bool| {
            settings.identity.base_url = base.to_owned();
            settings.pages.email_link_prefix = prefix.map(str::to_owned);
            settings.features.enable_ui_router = pages;
            settings.link(MailLink::Verify, "T")
        };
        assert_eq!(
            link("https://a.example", None, false),
            "https://a.example/verify?token=T"
        );
        assert_eq!(
            link("https://a.example/sub/", None, false),
            "https://a.example/sub/verify?token=T"
        );
        assert_eq!(
            link("https://a.example", None, true),
            "https://a.example/account/verify?token=T"
        );
        assert_eq!(
            link("https://a.example/", Some("/app/"), true),
            "https://a.example/app/verify?token=T"
        );
        assert_eq!(
            link("https://a.example", Some("/"), true),
            "https://a.example/verify?token=T"
        );
        assert!(
            Settings::default()
                .link(MailLink::PasswordReset, "T")
                .ends_with("/reset-password?token=T")
        );
        assert!(
            Settings::default()
                .link(MailLink::EmailChange, "T")
                .ends_with("/confirm-email-change?token=T")
        );
    }

    #[test]
    fn links_without_a_page_are_named_with_the_keys_that_mend_them() {
        let mut settings = Settings::default();
        settings.identity.base_url = "https://a.example".to_owned();
        settings.features.enable_ui_router = false;
        let all = [
            "verify_url_template",
            "password_reset_url_template",
            "email_change_url_template",
        ];
        let (link, keys) = settings.links_without_a_page().unwrap();
        assert_eq!(
            (link.as_str(), &keys[..]),
            ("https://a.example/verify", &all[..])
        );
        settings.features.require_verification = false;
        assert_eq!(settings.links_without_a_page().unwrap().1, all[1..]);
        settings.pages.password_reset_url_template = Some("x".to_owned());
        settings.pages.email_change_url_template = Some("x".to_owned());
        assert_eq!(settings.links_without_a_page(), None);
        settings.pages.email_change_url_template = None;
        assert!(settings.links_without_a_page().is_some());
        settings.pages.email_link_prefix = Some("/".to_owned());
        assert_eq!(settings.links_without_a_page(), None);
    }

    #[test]
    fn invitations_have_their_own_page_where_it_is_built_in() {
        let mut settings = Settings::default();
        settings.identity.base_url = "https://a.example".to_owned();
        let invite = |settings: &Settings| settings.link(MailLink::Invite, "T");
        settings.features.enable_ui_router = true;
        assert_eq!(
            invite(&settings),
            "https://a.example/account/accept-invitation?token=T"
        );
        settings.pages.email_link_prefix = Some("/app".to_owned());
        assert_eq!(
            invite(&settings),
            "https://a.example/app/reset-password?token=T"
        );
        settings.pages.email_link_prefix = None;
        settings.features.enable_ui_router = false;
        assert_eq!(
            invite(&settings),
            "https://a.example/reset-password?token=T"
        );
        settings.pages.password_reset_url_template = Some("{base_url}/r/{token}".to_owned());
        assert_eq!(invite(&settings), "https://a.example/r/T");
    }

    #[test]
    fn codes_are_bound_to_the_domain_that_they_are_typed_into() {
        let domain = |base: &str, pages: bool, app: Option<&str>| {
            let mut settings = Settings::default();
            settings.identity.base_url = base.to_owned();
            settings.features.enable_ui_router = pages;
            settings.pages.app_url = app.map(str::to_owned);
            settings.code_domain()
        };
        let app = Some("https://app.example/start");
        assert_eq!(
            domain("https://id.a.example:8443/sub", true, app).as_deref(),
            Some("id.a.example")
        );
        assert_eq!(
            domain("https://a.example", false, app).as_deref(),
            Some("app.example")
        );
        for unknown in [
            domain("https://a.example", false, None),
            domain("http://a.example", true, None),
            domain("https://localhost", true, None),
            domain("https://192.0.2.1", true, None),
        ] {
            assert_eq!(unknown, None);
        }
    }

    #[test]
    fn a_link_that_undoes_is_there_only_where_it_leads_somewhere() {
        let mut settings = Settings::default();
        settings.identity.base_url = "https://a.example/sub/".to_owned();
        settings.features.enable_ui_router = false;
        assert_eq!(settings.undo_link("T"), None);
        settings.features.enable_ui_router = true;
        let built_in = settings.undo_link("T").unwrap();
        assert_eq!(
            built_in,
            "https://a.example/sub/account/undo-email-change?token=T"
        );
        settings.features.enable_ui_router = false;
        settings.pages.email_undo_url_template = Some("{base_url}/#/undo/{token}".to_owned());
        let own = settings.undo_link("T").unwrap();
        assert_eq!(own, "https://a.example/sub/#/undo/T");
    }

    #[test]
    fn templates_are_filled_literally() {
        let mut settings = Settings::default();
        settings.identity.base_url = "https://a.example".to_owned();
        settings.pages.verify_url_template =
            Some("{base_url}/#/v/{token}?again={token}&{user}".to_owned());
        assert_eq!(
            settings.link(MailLink::Verify, "T"),
            "https://a.example/#/v/T?again=T&{user}"
        );
        assert!(
            settings
                .link(MailLink::PasswordReset, "T")
                .contains("/reset-password?token="),
            "each template is for one link"
        );
    }
}
