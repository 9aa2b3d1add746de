//! Edits the text of the two configuration files. Everything that a change doesn't concern stays byte for byte.
//!
//! It decides which file a value belongs in: no secret is ever written into the TOML file. It doesn't read or write
//! files itself.

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

/// The texts of `regstack.toml` and `regstack.secrets.env`. They have no `Debug`, because one contains secrets.
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
    /// Returns files with only a heading that explains their purpose.
    fn default() -> Self {
        Self {
            toml: TOML_HEAD.to_owned(),
            secrets: SECRETS_HEAD.to_owned(),
        }
    }
}

impl Files {
    /// Sets a key in the file that it belongs in, and removes it from the other.
    ///
    /// # Errors
    /// The rule that the value breaks, or what in the file prevents the change. Contains no secret.
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
        // Otherwise both keys would name the database.
        if key.name == "database_url"
            && let Some(older) = keys().find(|key| key.name == "mongodb_url")
        {
            self.unset(older)?;
        }
        Ok(())
    }

    /// Removes a key from both files, so that its default applies. Comments stay.
    ///
    /// # Errors
    /// What in the file prevents the change.
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

/// Returns the key of this name.
///
/// # Errors
/// That there is no such key, and which one was probably meant.
pub fn key(name: &str) -> Result<&'static Key, (String, Option<String>)> {
    keys().find(|key| key.name == name).ok_or_else(|| {
        let hint = in_section(keys(), name).map(|key| format!("did you mean {}?", key.name));
        let hint = hint.or_else(|| did_you_mean(name, keys().map(|key| key.name)));
        (format!("there is no setting {name}"), hint)
    })
}

impl Key {
    /// Checks a value by the rules of this key alone.
    ///
    /// # Errors
    /// The rule, as a continuation of the key's name: "must be …, not …". Contains no secret.
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

    /// Returns whether this value must not be in the TOML file. A database URL may be there unless it can contain a
    /// password.
    #[must_use]
    pub fn keeps_secret(&self, text: &str) -> bool {
        self.secret && !(self.name == "database_url" && database_url::is_public(text))
    }
}

/// Returns the variable for the file that contains a secret.
fn file_variable(key: &Key) -> String {
    format!("{}_FILE", key.variable())
}

/// Returns a value as TOML, in the type of the key's default.
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
