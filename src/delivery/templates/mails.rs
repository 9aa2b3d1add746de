//! The emails, and the variables of their templates.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value, merge_maps};
use serde::{Serialize, Serializer};

use super::request_details::RequestDetails;
use super::security_change::SecurityChange;
use crate::delivery::locales::{Argument, Words};
use crate::delivery::text;
use crate::model::{Email, FullName};

/// The variables of an email, which is rendered by `NAME.subject.txt` (or the message `mail-NAME-subject`), `NAME.txt`
/// and `NAME.html`.
///
/// Only the types listed in this file can implement it, so that the check at startup covers every email.
pub trait MailTemplate: Serialize + listed::Listed {
    /// The name of the template.
    const NAME: &'static str;
    /// Returns sample values to check the template with.
    fn sample() -> Self;
    /// Returns the variables in a language.
    fn variables(&self, _words: &Words) -> Value {
        Value::from(Serde(self))
    }
}

mod listed {
    pub trait Listed {}
}

macro_rules! list {
    ($($mail:ident),+ $(,)?) => {
        $(impl listed::Listed for $mail {})+

        /// The names of all emails.
        pub(super) const NAMES: &[&str] = &[$($mail::NAME),+];

        /// Returns every email, with sample variables.
        pub(super) fn all(words: &Words) -> Vec<(&'static str, Value)> {
            vec![$(($mail::NAME, $mail::sample().variables(words)),)+]
        }
    };
}

list![
    Verification,
    PasswordReset,
    EmailChange,
    Invite,
    SecurityNotice,
    EmailChanged,
    AlreadyRegistered,
];

/// Defines emails with a link. They differ only in their texts, so they have the same variables. The last value says
/// whether the sample shows who asked for the link.
macro_rules! mails_with_a_link {
    ($($(#[$purpose:meta])* $mail:ident: $name:literal, $shows_request:literal;)+) => {$(
        $(#[$purpose])*
        #[derive(Debug, Clone, Serialize)]
        pub struct $mail {
            /// The installation's name.
            pub app_name: String,
            /// Empty when unknown.
            #[serde(serialize_with = "greetable")]
            pub full_name: String,
            /// The link.
            pub url: String,
            /// How long the link is valid, in whole minutes, at least 1.
            pub ttl_minutes: u32,
            /// The same in whole hours, at least 1.
            pub ttl_hours: u32,
            /// The email address that the link is about.
            #[serde(serialize_with = "unlinked")]
            pub email: String,
            /// When and from where the link was requested. `None` if this is not shown.
            #[serde(skip)]
            pub request: Option<RequestDetails>,
        }

        impl $mail {
            /// Returns the variables for a link that is valid for `ttl_seconds`. Minutes and hours are rounded down,
            /// but never to zero.
            #[must_use]
            pub fn new(
                app_name: &str,
                full_name: Option<&FullName>,
                email: &Email,
                url: String,
                ttl_seconds: u32,
            ) -> Self {
                Self {
                    app_name: app_name.to_owned(),
                    full_name: or_empty(full_name),
                    url,
                    ttl_minutes: (ttl_seconds / 60).max(1),
                    ttl_hours: (ttl_seconds / 3600).max(1),
                    email: email.to_string(),
                    request: None,
                }
            }

            /// Adds when and from where the link was requested.
            #[must_use]
            pub fn requested(self, request: RequestDetails) -> Self {
                Self { request: Some(request), ..self }
            }
        }

        impl MailTemplate for $mail {
            const NAME: &'static str = $name;

            fn sample() -> Self {
                Self {
                    app_name: "RegStack".into(),
                    full_name: "Ada Lovelace".into(),
                    url: "https://app.example/page?token=sample".into(),
                    ttl_minutes: 1440,
                    ttl_hours: 24,
                    email: "ada@example.com".into(),
                    request: Some(RequestDetails::sample()).filter(|_| $shows_request),
                }
            }

            fn variables(&self, words: &Words) -> Value {
                merge_maps([Value::from(Serde(self)), RequestDetails::variables(self.request.as_ref(), words)])
            }
        }
    )+};
}

mails_with_a_link! {
    /// Asks people to verify their email address.
    Verification: "verification", false;
    /// Lets the owner choose a new password.
    PasswordReset: "password_reset", true;
    /// Asks people to verify the new email address of their account, which is `email`.
    EmailChange: "email_change", false;
    /// Lets the owner of an account that an administrator created choose its first password.
    Invite: "invite", false;
}

/// Tells the owner that the protection of the account was changed.
///
/// The variables are a sentence about the change, what to do if it was somebody else, whether a new password helps, and
/// a readable time in UTC.
#[derive(Debug, Clone, Serialize)]
pub struct SecurityNotice {
    /// The installation's name.
    pub app_name: String,
    /// Empty when unknown.
    #[serde(serialize_with = "greetable")]
    pub full_name: String,
    /// The email address of the recipient.
    #[serde(serialize_with = "unlinked")]
    pub email: String,
    /// The change.
    #[serde(skip)]
    pub change: SecurityChange,
    /// When and from where it was made.
    #[serde(skip)]
    pub request: RequestDetails,
}

impl SecurityNotice {
    /// Returns the variables for a `change`, for the owner of `email`.
    #[must_use]
    pub fn new(
        app_name: &str,
        full_name: Option<&FullName>,
        email: &Email,
        change: SecurityChange,
        request: RequestDetails,
    ) -> Self {
        Self {
            app_name: app_name.to_owned(),
            full_name: or_empty(full_name),
            email: email.to_string(),
            change,
            request,
        }
    }
}

impl MailTemplate for SecurityNotice {
    const NAME: &'static str = "security_notice";

    fn sample() -> Self {
        Self {
            app_name: "RegStack".into(),
            full_name: "Ada Lovelace".into(),
            email: "ada@example.com".into(),
            change: SecurityChange::Password,
            request: RequestDetails::sample(),
        }
    }

    fn variables(&self, words: &Words) -> Value {
        let [change, remedy] = self.change.keys();
        let mut values = BTreeMap::new();
        let it = &self.change;
        if let SecurityChange::RecoveryCodeUsed { left } = it {
            let left = u32::try_from(*left).unwrap_or(u32::MAX);
            values.insert("count", Argument::Number(left.into()));
        }
        if let SecurityChange::ProviderLinked(name) | SecurityChange::ProviderUnlinked(name) = it {
            values.insert("provider", Argument::Text(name.as_str().into()));
        }
        let say = |key| words.say(key, &values).unwrap_or_default();
        let own = context! {
            change => say(change),
            remedy => say(remedy),
            reset_helps => self.change != SecurityChange::Email,
        };
        let request = RequestDetails::variables(Some(&self.request), words);
        merge_maps([Value::from(Serde(self)), own, request])
    }
}

/// Tells the owner, at the old email address, that the email address of the account was changed, and how to undo that.
///
/// The time is given in readable form, in UTC.
#[derive(Debug, Clone, Serialize)]
pub struct EmailChanged {
    /// The installation's name.
    pub app_name: String,
    /// Empty when unknown.
    #[serde(serialize_with = "greetable")]
    pub full_name: String,
    /// The old email address, which is the recipient.
    #[serde(serialize_with = "unlinked")]
    pub email: String,
    /// The new email address. It is masked, because it may belong to a stranger.
    pub new_email: String,
    /// The link that undoes the change. Empty if there is none.
    pub url: String,
    /// When and from where the change was made.
    #[serde(skip)]
    pub request: RequestDetails,
}

impl EmailChanged {
    /// Returns the variables for a change from `email` to `new_email`.
    #[must_use]
    pub fn new(
        app_name: &str,
        full_name: Option<&FullName>,
        email: &Email,
        new_email: &Email,
        url: Option<String>,
        request: RequestDetails,
    ) -> Self {
        Self {
            app_name: app_name.to_owned(),
            full_name: or_empty(full_name),
            email: email.to_string(),
            new_email: new_email.masked(),
            url: url.unwrap_or_default(),
            request,
        }
    }
}

impl MailTemplate for EmailChanged {
    const NAME: &'static str = "email_changed";

    fn sample() -> Self {
        Self {
            app_name: "RegStack".into(),
            full_name: "Ada Lovelace".into(),
            email: "ada@example.com".into(),
            new_email: "g•••@example.com".into(),
            url: "https://app.example/page?token=sample".into(),
            request: RequestDetails::sample(),
        }
    }

    fn variables(&self, words: &Words) -> Value {
        let request = RequestDetails::variables(Some(&self.request), words);
        merge_maps([Value::from(Serde(self)), request])
    }
}

/// Tells the owner that somebody tried to sign up with the email address of the account.
#[derive(Debug, Clone, Serialize)]
pub struct AlreadyRegistered {
    /// The installation's name.
    pub app_name: String,
    /// Empty when unknown.
    #[serde(serialize_with = "greetable")]
    pub full_name: String,
    /// The email address.
    #[serde(serialize_with = "unlinked")]
    pub email: String,
    /// When and from where somebody tried.
    #[serde(skip)]
    pub request: RequestDetails,
}

impl AlreadyRegistered {
    /// Returns the variables for an attempt with `email`. The name is that of the account, not that of the attempt.
    #[must_use]
    pub fn new(
        app_name: &str,
        full_name: Option<&FullName>,
        email: &Email,
        request: RequestDetails,
    ) -> Self {
        Self {
            app_name: app_name.to_owned(),
            full_name: or_empty(full_name),
            email: email.to_string(),
            request,
        }
    }
}

impl MailTemplate for AlreadyRegistered {
    const NAME: &'static str = "already_registered";

    fn sample() -> Self {
        Self {
            app_name: "RegStack".into(),
            full_name: "Ada Lovelace".into(),
            email: "ada@example.com".into(),
            request: RequestDetails::sample(),
        }
    }

    fn variables(&self, words: &Words) -> Value {
        let request = RequestDetails::variables(Some(&self.request), words);
        merge_maps([Value::from(Serde(self)), request])
    }
}

/// Returns the value as text, or an empty string. Unknown variables are errors in templates, so a missing value is an
/// empty text.
fn or_empty<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// Serializes a name for a greeting: on one line, and empty if it contains a link. Anyone can sign up with anyone's
/// email address, and a name must not carry an advertisement to a stranger.
fn greetable<S: Serializer>(name: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let name = text::one_line(name);
    serializer.serialize_str(if text::advertises(&name) { "" } else { &name })
}

/// Serializes an email address, masked if mail programs could make a link of its beginning.
fn unlinked<S: Serializer>(email: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text::unlinked(email))
}

#[cfg(test)]
pub(super) mod tests;
