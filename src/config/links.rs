//! The links that go into mail.

use super::settings::Settings;

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
        let pages = &self.pages;
        let (template, path) = match link {
            MailLink::Verify => (&pages.verify_url_template, "verify"),
            MailLink::PasswordReset => (&pages.password_reset_url_template, "reset-password"),
            MailLink::EmailChange => (&pages.email_change_url_template, "confirm-email-change"),
        };
        let base = self.identity.base_url.trim_end_matches('/');
        if let Some(template) = template {
            return template
                .replace("{base_url}", base)
                .replace("{token}", token);
        }
        let pages_prefix = if self.features.enable_ui_router {
            pages.ui_prefix.as_str()
        } else {
            ""
        };
        let prefix = pages
            .email_link_prefix
            .as_deref()
            .unwrap_or(pages_prefix)
            .trim_matches('/');
        let seam = if prefix.is_empty() { "" } else { "/" };
        format!("{base}{seam}{prefix}/{path}?token={token}")
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
