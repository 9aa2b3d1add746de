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
        email_undo_url_template: Option<String> = None, OPTIONAL_LINE, "The whole link that undoes an address change, in the notice to the old address, likewise; without it that of the built-in page, when the pages are on.";
        app_url: Option<String> = None, WEB_URL, "The application: where the name on the pages leads, and a login that was not asked for by a page.";
        return_origins: Vec<String> = Vec::new(), NAMED_ORIGINS, "Further origins that a login may lead back to (`?next=`), as `https://app.example.com`.";
        terms_url: Option<String> = None, LOCATION, "The terms of use, linked below the pages.";
        privacy_url: Option<String> = None, LOCATION, "The privacy policy, linked below the pages.";
        imprint_url: Option<String> = None, LOCATION, "Who runs the site, linked below the pages.";
        support_url: Option<String> = None, LOCATION, "Where people get help, linked below the pages.";
        brand_logo_has_name: bool = false, Any, "Whether the logo shows the name, which then does not stand beside it.";
        brand_icon_url: Option<String> = None, LOCATION, "The icon of browser tabs, square; without it the built-in one.";
    }
}
