//! The links that go into mail.

use super::settings::{Pages, Settings};

/// What a link in a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailLink {
    /// Proving an address.
    Verify,
    /// Choosing a new password; invitations too.
    PasswordReset,
    /// Confirming a new address.
    EmailChange,
}

impl Settings {
    /// The link that carries `token`: the template for it if one is set, otherwise `base_url`, prefix, path and
    /// `?token=`. The token goes in as it is: tokens need no escaping.
    #[must_use]
    pub fn link(&self, link: MailLink, token: &str) -> String {
        let base = self.identity.base_url.trim_end_matches('/');
        let (_, template, path) = self.pages.parts_of(link);
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

    /// Returns where mailed links lead that no setting gives a page, with the keys that would. None while the pages are
    /// on, or `email_link_prefix` or every link's own template says where they are.
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
    /// The key of a link's template, the template, and the path of the link where there is none.
    fn parts_of(&self, link: MailLink) -> (&'static str, Option<&String>, &'static str) {
        let (key, template, path) = match link {
            MailLink::Verify => ("verify_url_template", &self.verify_url_template, "verify"),
            MailLink::PasswordReset => (
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
