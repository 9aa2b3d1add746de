//! Every page and state in a language that nobody speaks: what is in plain letters comes from no catalogue.

use regstack::internals::config::Transport;
use serde_json::Value;

use super::contact_sheet::read_all;
use super::served_with;
use crate::support::browser::Browser;
use crate::support::pseudo::{self, plain_words};

/// All that can be seen or heard of the page. The name of another language is in that language, and marked as such.
const READ: &str = "const said = []; const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
    while (texts.nextNode()) { const place = texts.currentNode.parentElement; \
    if (!place.closest('script, style, noscript, [translate=no]') && place.closest('[lang]').lang === document.documentElement.lang \
    && place.checkVisibility()) said.push(texts.currentNode.data); } \
    for (const place of document.querySelectorAll('[title], [alt], [placeholder], [aria-label]')) \
    if (!place.closest('[translate=no]')) for (const name of ['title', 'alt', 'placeholder', 'aria-label']) said.push(place.getAttribute(name) ?? ''); \
    return [document.title, ...said].join('\\n')";

/// Fails unless all that the open page says is in the language.
pub(super) async fn is_translated(browser: &Browser, state: &str) {
    let said = browser.js(READ, vec![]).await;
    let said = said.as_str().map(str::to_owned).unwrap_or_default();
    assert!(
        said.contains('\u{ff45}'),
        "{state}: nothing is in the language: {said}"
    );
    let plain = plain_words(&said);
    assert!(
        plain.is_empty(),
        "{state}: {plain:?} in {}",
        Value::from(said.as_str())
    );
}

#[tokio::test]
async fn every_page_and_state_says_what_is_in_the_catalogue() {
    let folder = pseudo::folder();
    let served = served_with(Transport::Cookie, |settings| {
        settings.pages.extra_template_dirs = vec![folder.path().to_owned()];
        // A second one, which the browser does not ask for: there is a choice, then.
        settings.pages.languages = vec![pseudo::TAG.into(), "de".into()];
        settings.pages.default_language = pseudo::TAG.into();
    })
    .await;
    let states = read_all(&served).await;
    assert!(states >= 30, "only {states} states");
}
