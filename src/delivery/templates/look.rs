//! Variables that all emails and SMS share: colour, logo, support email address, login page.

use minijinja::Environment;

use crate::config::Settings;

/// The default colour of buttons and links.
const ACCENT: &str = "#1d4fd7";

/// Adds the look of an installation to all templates.
pub(super) fn add(environment: &mut Environment<'_>, settings: &Settings) {
    let pages = &settings.pages;
    let accent = pages.mail_accent.as_deref().unwrap_or(ACCENT);
    environment.add_global("mail_accent", accent.to_owned());
    environment.add_global("mail_logo_url", logo(settings));
    environment.add_global("mail_logo_has_name", pages.brand_logo_has_name);
    environment.add_global("support_email", pages.support_email.clone());
    environment.add_global("login_url", settings.login_page());
    environment.add_global("forgot_url", settings.forgot_page());
    environment.add_global("code_domain", settings.code_domain());
}

/// Returns the absolute URL of the logo, or `None` for SVG, which most mail programs don't show. Then the name is
/// shown.
fn logo(settings: &Settings) -> Option<String> {
    let logo = settings.pages.brand_logo_url.as_deref()?;
    let path = logo.split(['?', '#']).next().unwrap_or(logo);
    if path.to_ascii_lowercase().ends_with(".svg") {
        return None;
    }
    if logo.starts_with('/') && !logo.starts_with("//") {
        let base = settings.identity.base_url.trim_end_matches('/');
        return Some(format!("{base}{logo}"));
    }
    Some(logo.to_owned())
}
