//! Paths, pages and links in mail.

use std::path::PathBuf;

use crate::config::key::section;

section! {
    /// Paths, pages and links in mail.
    pub struct Pages at settings.pages, named "" field "" {
        api_prefix: String = "/api/auth".into(), PREFIX, "The path the API is under.";
        ui_prefix: String = "/account".into(), PREFIX, "The path the pages are under.";
        static_prefix: String = "/regstack-static".into(), NESTED, "The path style sheets and scripts are under.";
        theme_css_url: Option<String> = None, LOCATION, "A style sheet loaded after the built-in ones.";
        brand_logo_url: Option<String> = None, LOCATION, "The logo on the pages.";
        brand_tagline: Option<String> = None, Any, "A line of text under the name on the pages.";
        extra_template_dirs: Vec<PathBuf> = Vec::new(), Any, "Folders whose templates replace built-in ones of the same name; the first match wins.";
        extra_static_dirs: Vec<PathBuf> = Vec::new(), Any, "Folders served under `static_prefix`; the first match wins.";
        email_link_prefix: Option<String> = None, LINK_PREFIX, "The path links in mail are under, / for none; without it `ui_prefix` when the pages are on, else none.";
        verify_url_template: Option<String> = None, OPTIONAL_LINE, "The whole link of a verification mail, with `{base_url}` and `{token}`.";
        password_reset_url_template: Option<String> = None, OPTIONAL_LINE, "The whole link of a password reset mail, likewise.";
        email_change_url_template: Option<String> = None, OPTIONAL_LINE, "The whole link of an address change mail, likewise.";
        default_language: String = "en".into(), LANGUAGE, "The language of pages and mails for people who prefer none of those offered.";
        languages: Vec<String> = Vec::new(), LANGUAGES, "The languages offered; empty for all that there are messages in.";
        support_email: Option<String> = None, EMAIL, "Where mails say that people get help.";
        mail_accent: Option<String> = None, COLOUR, "The colour of buttons and links in mails.";
    }
}
