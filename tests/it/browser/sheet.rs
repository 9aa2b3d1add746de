//! What is done with every page and state that a tour comes to: it is photographed, read, or judged.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::look;
use crate::support::browser::Browser;
use crate::support::pseudo::plain_words;

const WIDTHS: [u32; 3] = [320, 390, 1280];
pub(super) const SCHEMES: [&str; 2] = ["light", "dark"];

/// Who looks.
pub(super) enum Eye {
    /// Pictures go into this folder.
    Camera(PathBuf),
    /// Fails where a page says what is in no catalogue.
    Reader,
    /// Fails where axe, a narrow window or a finger has something to say against a page.
    Judge(String),
}

/// The pages and states that were seen.
pub(super) struct Sheet<'a> {
    pub(super) browser: &'a Browser,
    pub(super) eye: Eye,
    pub(super) states: Vec<String>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(browser: &'a Browser, eye: Eye) -> Self {
        let states = Vec::new();
        Self {
            browser,
            eye,
            states,
        }
    }

    /// Looks at the page that is open.
    pub(super) async fn take(&mut self, state: &str) {
        match &self.eye {
            Eye::Camera(folder) => {
                for scheme in SCHEMES {
                    for width in WIDTHS {
                        self.browser.look(width, scheme).await;
                        let picture = self.browser.picture().await;
                        let file = folder.join(format!("{state}-{width}-{scheme}.png"));
                        fs::write(file, picture).unwrap();
                    }
                }
            }
            Eye::Reader => is_translated(self.browser, state).await,
            Eye::Judge(axe) => look::is_well(self.browser, axe, state).await,
        }
        self.states.push(state.to_owned());
    }

    pub(super) async fn open_and_take(&mut self, path: &str, state: &str) {
        self.browser.open(path).await;
        self.take(state).await;
    }

    /// The page with all pictures of a scheme.
    pub(super) fn lay_out(&self, scheme: &str) {
        let Eye::Camera(folder) = &self.eye else {
            return;
        };
        let mut page = String::from(
            "<!doctype html><meta charset=utf-8><style>body{font:14px sans-serif;margin:16px;background:#8a8f9c}h2{margin:24px 0 8px}\
             div{display:flex;gap:16px;align-items:flex-start}img{box-shadow:0 1px 4px #0006}</style>",
        );
        for state in &self.states {
            let _ = write!(page, "<h2>{state}</h2><div>");
            for width in WIDTHS {
                let shown = width.min(640);
                let _ = write!(
                    page,
                    "<img src=\"{state}-{width}-{scheme}.png\" width={shown} alt=\"{state}, {width}\">"
                );
            }
            page += "</div>";
        }
        fs::write(folder.join(format!("{scheme}.html")), page).unwrap();
    }
}

/// All that can be seen or heard of the page. The name of another language is in that language, and marked as such.
const READ: &str = "const said = []; const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
    while (texts.nextNode()) { const place = texts.currentNode.parentElement; \
    if (!place.closest('script, style, noscript, [translate=no]') && place.closest('[lang]').lang === document.documentElement.lang \
    && place.checkVisibility()) said.push(texts.currentNode.data); } \
    for (const place of document.querySelectorAll('[title], [alt], [placeholder], [aria-label]')) \
    if (!place.closest('[translate=no]')) for (const name of ['title', 'alt', 'placeholder', 'aria-label']) said.push(place.getAttribute(name) ?? ''); \
    return [document.title, ...said].join('\\n')";

/// Fails unless all that the open page says is in the language.
async fn is_translated(browser: &Browser, state: &str) {
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
