//! How commands name accounts: as an argument, or with `--email` like `create-admin` in the Python package. Both work
//! everywhere.

use super::{Failure, Result};
use crate::model::Email;

/// The email address of an account that may be new.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct NewEmail {
    /// The account's email address
    #[arg(value_name = "EMAIL", value_parser = Email::parse)]
    address: Option<Email>,
    /// The same as an option
    #[arg(long, value_name = "EMAIL", value_parser = Email::parse)]
    email: Option<Email>,
}

impl NewEmail {
    pub(super) fn get(&self) -> Result<&Email> {
        let given = self.address.as_ref().or(self.email.as_ref());
        given.ok_or_else(not_said)
    }
}

/// Email addresses of registrations.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub(super) struct Registrations {
    /// Whole email addresses, as `pending list` shows them
    #[arg(value_name = "EMAIL", value_parser = Email::parse)]
    addresses: Vec<Email>,
    #[arg(long, value_name = "EMAIL", value_parser = Email::parse, hide = true)]
    email: Vec<Email>,
}

impl Registrations {
    pub(super) fn get(&self) -> Vec<Email> {
        [&self.addresses[..], &self.email].concat()
    }
}

/// What names one account.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct Account {
    /// Id, email address, or a unique part of it
    #[arg(value_name = "ACCOUNT", value_parser = name)]
    name: Option<String>,
    #[arg(long, value_name = "ACCOUNT", value_parser = name, hide = true)]
    email: Option<String>,
}

impl Account {
    pub(super) fn get(&self) -> Result<&str> {
        let given = self.name.as_deref().or(self.email.as_deref());
        given.ok_or_else(not_said)
    }
}

/// What names one account, and what it is to have.
#[derive(Debug, clap::Args)]
pub(super) struct AccountAndValue {
    /// Id, email address, or a unique part of it
    #[arg(value_name = "ACCOUNT", value_parser = name, required_unless_present = "email")]
    name: Option<String>,
    /// The new value
    #[arg(value_name = "NEW", required_unless_present = "email")]
    value: Option<String>,
    #[arg(long, value_name = "ACCOUNT", value_parser = name, hide = true)]
    email: Option<String>,
}

impl AccountAndValue {
    pub(super) fn get(&self) -> Result<(&str, &str)> {
        let Self { name, value, email } = self;
        match (email, name, value) {
            (None, Some(name), Some(value)) => Ok((name, value)),
            // The account is in the option, so the only argument is the value.
            (Some(email), Some(value), None) => Ok((email, value)),
            (Some(_), Some(_), Some(_)) => Err(Failure::refused(
                "the account is named twice: as an argument and with --email",
            )),
            _ => Err(Failure::refused("the new value is missing: <NEW>")),
        }
    }
}

/// What names accounts.
#[derive(Debug, clap::Args)]
pub(super) struct Accounts {
    /// Ids, email addresses, or unique parts of them
    #[arg(value_name = "ACCOUNT", value_parser = name)]
    names: Vec<String>,
    #[arg(long, value_name = "ACCOUNT", value_parser = name, hide = true)]
    email: Vec<String>,
}

impl Accounts {
    pub(super) fn get(&self) -> Vec<String> {
        [&self.names[..], &self.email].concat()
    }
}

/// Parses a name of accounts. An empty one would match all of them.
pub(super) fn name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("expected an id, an email address, or a part of one"),
        name => Ok(name.to_owned()),
    }
}

fn not_said() -> Failure {
    Failure::refused("an email address is missing")
}
