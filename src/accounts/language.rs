//! Choosing the language of a message.

use super::Accounts;
use crate::model::{Language, Origin};

impl Accounts {
    /// Returns the language for a message: the recipient's `own`, or what the request from `origin` asks for.
    pub(super) fn language_of(&self, own: Option<&Language>, origin: &Origin) -> Language {
        let preferred: Vec<Language> = own.into_iter().chain(&origin.languages).cloned().collect();
        self.outbox.languages().choose(&preferred)
    }
}
