//! Which language somebody is written to in.

use super::Accounts;
use crate::model::{Language, Origin, User};

impl Accounts {
    /// The language of a message to an account's holder, caused by a request from `origin`.
    pub(super) fn language_of(&self, _user: Option<&User>, origin: &Origin) -> Language {
        self.outbox.languages().choose(&origin.languages)
    }
}
