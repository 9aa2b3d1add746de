//! Which language somebody is written to in.

use super::Accounts;
use crate::model::{Language, Origin};

impl Accounts {
    /// The language of a message to somebody who wants to be written to in `own`, caused by a request from `origin`.
    pub(super) fn language_of(&self, own: Option<&Language>, origin: &Origin) -> Language {
        let preferred: Vec<Language> = own.into_iter().chain(&origin.languages).cloned().collect();
        self.outbox.languages().choose(&preferred)
    }
}
