//! Every page and state in a language that nobody speaks: what is in plain letters comes from no catalogue.

use regstack::internals::config::Transport;

use super::sheet::{Eye, Sheet};
use super::{served_with, tour};
use crate::support::browser::Browser;
use crate::support::pseudo;

#[tokio::test]
async fn every_page_and_state_says_what_is_in_the_catalogue() {
    let folder = pseudo::folder();
    let served = served_with(Transport::Cookie, |settings| {
        settings.features.enable_totp = true;
        settings.pages.extra_template_dirs = vec![folder.path().to_owned()];
        // A second one, which the browser does not ask for: there is a choice, then.
        settings.pages.languages = vec![pseudo::TAG.into(), "de".into()];
        settings.pages.default_language = pseudo::TAG.into();
    })
    .await;
    let browser = Browser::at(&served).await;
    let mut sheet = Sheet::new(&browser, Eye::Reader);
    tour::strangers(&mut sheet, &served).await;
    tour::links(&mut sheet, &served).await;
    tour::holders(&mut sheet, &served).await;
    tour::apps(&mut sheet, &served).await;
    let states = sheet.states.len();
    browser.end().await;
    assert!(states >= 50, "only {states} states");
}
