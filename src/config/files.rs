//! Editing of the two files an installation is made of, as text: what a change does not touch stays byte for byte.
//!
//! Decides which file a value belongs to: no secret is ever written into the TOML file. Reads and writes no disk.

mod env_text;
mod toml_text;

use zeroize::Zeroize as _;

use super::database_url;
use super::key::Key;
use super::report::did_you_mean;
use super::rules;
use super::settings::{Draft, in_section, keys};
use super::value::Raw;

const TOML_HEAD: &str = "\
# Settings of regstack. You can edit this file: if you run `regstack init` again, it keeps everything it doesn't ask about.
# `regstack config show` shows every value and where it comes from. `regstack config check` reports faults.
";
const SECRETS_HEAD: &str = "\
# Secrets of regstack, as environment variables. Don't add this file to version control. Only its owner can read it.
";

/// The texts of `regstack.toml` and `regstack.secrets.env`. Not printable: one holds secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Files {
    /// `regstack.toml`.
    pub toml: String,
    /// `regstack.secrets.env`.
    pub secrets: String,
}

impl Drop for Files {
    fn drop(&mut self) {
        self.secrets.zeroize();
    }
}

impl Default for Files {
    /// Nothing but a line that says what each file is.
    fn default() -> Self {
        Self {
            toml: TOML_HEAD.to_owned(),
            secrets: SECRETS_HEAD.to_owned(),
        }
    }
}

impl Files {
    /// Sets a key, in the file it belongs to and nowhere else.
    ///
    /// # Errors
    /// Why it cannot be written: the rule it breaks, or what of the file is in the way. Names no secret.
    pub fn set(&mut self, key: &Key, text: &str) -> Result<(), String> {
        key.check(text)?;
        if key.keeps_secret(text) {
            self.secrets = env_text::set(&self.secrets, &key.variable(), text)?;
            self.secrets = env_text::unset(&self.secrets, &file_variable(key));
            self.toml = toml_text::unset(&self.toml, key)?;
        } else {
            let literal = literal(key, text)?;
            self.toml = toml_text::set(&self.toml, key, &literal)?;
            self.forget_secret(key);
        }
        // Both would name the database.
        if key.name == "database_url"
            && let Some(older) = keys().find(|key| key.name == "mongodb_url")
        {
            self.unset(older)?;
        }
        Ok(())
    }

    /// Takes a key out of both files, so that its default holds. Comments stay.
    ///
    /// # Errors
    /// What of the file is in the way.
    pub fn unset(&mut self, key: &Key) -> Result<(), String> {
        self.toml = toml_text::unset(&self.toml, key)?;
        self.forget_secret(key);
        Ok(())
    }

    fn forget_secret(&mut self, key: &Key) {
        for name in [key.variable(), file_variable(key)] {
            self.secrets = env_text::unset(&self.secrets, &name);
        }
    }
}

/// The key of this name.
///
/// # Errors
/// That there is none, and which one was probably meant.
pub fn key(name: &str) -> Result<&'static Key, (String, Option<String>)> {
    keys().find(|key| key.name == name).ok_or_else(|| {
        let hint = in_section(keys(), name).map(|key| format!("did you mean {}?", key.name));
        let hint = hint.or_else(|| did_you_mean(name, keys().map(|key| key.name)));
        (format!("there is no setting {name}"), hint)
    })
}

impl Key {
    /// Whether this text can be the value, by the rules on this key alone.
    ///
    /// # Errors
    /// The rule, to follow the key's name: "must be …, not …". Holds no secret.
    pub fn check(&self, text: &str) -> Result<(), String> {
        let mut draft = Draft::default();
        let raw = Raw::Text(text.to_owned());
        if !(self.set)(&mut draft, &raw) {
            return Err(self.complaint(&raw));
        }
        match self.name {
            "jwt_secret" => rules::unusable(&draft.settings.tokens.jwt_secret).map_or(Ok(()), Err),
            "database_url" | "mongodb_url" => {
                let given = |key: &str| key == self.name;
                rules::engine(&draft.database, given, std::path::Path::new("/"))
                    .map(drop)
                    .map_err(|error| error.reason)
            }
            _ => Ok(()),
        }
    }

    /// Whether this value of the key must not be in the TOML file. Of database URLs, those that can hold a password.
    #[must_use]
    pub fn keeps_secret(&self, text: &str) -> bool {
        self.secret && !(self.name == "database_url" && database_url::is_public(text))
    }
}

/// The variable that names the file a secret is in.
fn file_variable(key: &Key) -> String {
    format!("{}_FILE", key.variable())
}

/// A value as TOML writes it, of the type its default has.
fn literal(key: &Key, text: &str) -> Result<String, String> {
    let mut draft = Draft::default();
    if !(key.set)(&mut draft, &Raw::Text(text.to_owned())) {
        return Err(format!("must be {}", key.rule()));
    }
    let default = key.default_literal();
    Ok(if default.starts_with('[') {
        (key.literal)(&draft)
    } else if default.parse::<u64>().is_ok() || default.parse::<bool>().is_ok() {
        (key.text)(&draft)
    } else {
        toml::Value::from(text).to_string()
    })
}

#[cfg(test)]
mod tests;
