//! Paths, pages and links in emails.

use std::path::PathBuf;

use crate::config::key::section;

section! {
    /// Paths, pages and links in emails.
    pub struct Pages at settings.pages, named "" field "" {
        api_prefix: String = "/api/auth".into(), PREFIX, "Path of the API.";
        ui_prefix: String = "/account".into(), PREFIX, "Path of the pages.";
        static_prefix: String = "/regstack-static".into(), NESTED, "Path of style sheets and scripts.";
        theme_css_url: Option<String> = None, LOCATION, "Your style sheet, loaded after the built-in ones.";
        brand_logo_url: Option<String> = None, LOCATION, "Logo on the pages.";
        brand_tagline: Option<String> = None, Any, "Line of text below the name on the pages.";
        extra_template_dirs: Vec<PathBuf> = Vec::new(), Any, "Folders with templates that replace built-in ones of the same name; the first match wins.";
        extra_static_dirs: Vec<PathBuf> = Vec::new(), Any, "Folders served under `static_prefix`; the first match wins.";
        email_link_prefix: Option<String> = None, LINK_PREFIX, "Path of the links in email, / for none. By default `ui_prefix` with the pages on, otherwise none.";
        verify_url_template: Option<String> = None, OPTIONAL_LINE, "Link in a verification email, with `{base_url}` and `{token}`.";
        password_reset_url_template: Option<String> = None, OPTIONAL_LINE, "Link in a password reset email, with `{base_url}` and `{token}`.";
        email_change_url_template: Option<String> = None, OPTIONAL_LINE, "Link in an email that confirms a new email address, with `{base_url}` and `{token}`.";
        email_undo_url_template: Option<String> = None, OPTIONAL_LINE, "Link that undoes a change of the email address, in the notice to the old one, with `{base_url}` and `{token}`. By default the built-in page, if the pages are on.";
        app_url: Option<String> = None, WEB_URL, "URL of your application: the name on the pages links to it, and a login without `?next=` leads there.";
        return_origins: Vec<String> = Vec::new(), NAMED_ORIGINS, "More origins that a login may return to (`?next=`), such as `https://app.example.com`.";
        terms_url: Option<String> = None, LOCATION, "Terms of use, linked below the pages.";
        privacy_url: Option<String> = None, LOCATION, "Privacy policy, linked below the pages.";
        imprint_url: Option<String> = None, LOCATION, "Imprint (who runs the site), linked below the pages.";
        support_url: Option<String> = None, LOCATION, "Help page, linked below the pages.";
        brand_logo_has_name: bool = false, Any, "Whether the logo includes the name, so that the name isn't shown next to it.";
        brand_icon_url: Option<String> = None, LOCATION, "Icon of browser tabs, square. By default the built-in one.";
        default_language: String = "en".into(), LANGUAGE, "Language of pages and email for people who prefer none of those offered.";
        languages: Vec<String> = Vec::new(), LANGUAGES, "Languages offered; empty for all that have messages.";
        support_email: Option<String> = None, EMAIL, "Email address for help, shown in emails, and linked below the pages if there is no `support_url`.";
        mail_accent: Option<String> = None, COLOUR, "Color of buttons and links in emails. Their text is white.";
    }
}
