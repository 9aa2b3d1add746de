//! The error messages of commands, and the mapping of failures to exit codes.
//!
//! A failure has at most three lines: what failed, why, and what to do next. Causes are converted to these here only,
//! and no other module knows exit codes.

use std::fmt::Display;
use std::io;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::accounts::{self, StoreError};
use crate::config::{ConfigError, Fault};
use crate::http::ServeError;
use crate::model::Email;

/// The exit code of a command that failed. Success is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Failed,
    Refused,
    Configuration,
    Database,
    /// This many of the doctor's checks failed.
    Checks(usize),
    /// Phases of `validate` failed.
    Phases,
    /// A person pressed Ctrl-C while the command was only waiting.
    Interrupted,
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        const MAX_CHECKS: usize = 100;
        match self {
            Self::Failed | Self::Phases => 1,
            Self::Refused => 2,
            Self::Configuration => 3,
            Self::Database => 4,
            Self::Checks(failed) => u8::try_from(failed.min(MAX_CHECKS)).unwrap_or(u8::MAX),
            // The code that shells report for a process ended by SIGINT.
            Self::Interrupted => 130,
        }
    }
}

pub(crate) type Result<T = (), E = Failure> = std::result::Result<T, E>;

#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) what: String,
    /// The cause, if `what` doesn't make it clear.
    pub(crate) why: Option<String>,
    /// What to do next: a command, or a few words.
    pub(crate) next: Option<String>,
}

impl Failure {
    fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self {
            exit,
            what: what.into(),
            why: None,
            next: None,
        }
    }

    pub(crate) fn failed(what: impl Into<String>) -> Self {
        Self::new(Exit::Failed, what)
    }

    pub(crate) fn refused(what: impl Into<String>) -> Self {
        Self::new(Exit::Refused, what)
    }

    pub(crate) fn configuration(what: impl Into<String>) -> Self {
        Self::new(Exit::Configuration, what)
    }

    pub(crate) fn checks(failed: usize) -> Self {
        Self::new(Exit::Checks(failed), "checks failed")
    }

    pub(crate) fn phases() -> Self {
        Self::new(Exit::Phases, "phases failed")
    }

    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "interrupted")
    }

    /// Returns whether the report on stdout is complete, so that no error message is needed.
    pub(crate) fn is_told(&self) -> bool {
        matches!(self.exit, Exit::Checks(_) | Exit::Phases)
    }

    pub(crate) fn because(mut self, why: impl Display) -> Self {
        self.why = Some(why.to_string());
        self
    }

    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Converts the error of a use case. `what` says what failed.
    pub(crate) fn act(what: impl Into<String>, error: accounts::Error) -> Self {
        use accounts::Error as E;
        if let E::Store(cause) = error {
            return Self::store(what, &cause);
        }
        let why = error.to_string();
        let (exit, next) = match error {
            E::NotFound => (
                Exit::Failed,
                Some("regstack users list --q PART finds accounts"),
            ),
            E::NoMessage => (Exit::Failed, Some("regstack outbox list")),
            E::NotPending => (Exit::Failed, Some("regstack pending list")),
            E::NoSession => (Exit::Failed, Some("regstack sessions list ACCOUNT")),
            E::NoServiceKey => (Exit::Failed, Some("regstack service-keys list")),
            E::WeakPassword(_) => (
                Exit::Refused,
                Some("choose a longer password, or lower password.min_strength"),
            ),
            E::EmailNotReached => (
                Exit::Refused,
                Some(
                    "use a mail server that supports SMTPUTF8, or set email.allow_utf8_email = true",
                ),
            ),
            E::LastSuperuser => (
                Exit::Refused,
                Some(
                    "make another administrator first (regstack create-admin), or repeat with --force",
                ),
            ),
            E::LastLoginMethod => (
                Exit::Refused,
                Some(
                    "send a link to set a password (regstack users send-reset), or repeat with --force",
                ),
            ),
            E::NotLinked => (
                Exit::Failed,
                Some("regstack users show ACCOUNT lists the linked providers"),
            ),
            E::SearchTooBroad => (Exit::Refused, Some("repeat with a longer --q")),
            E::InvitationsDisabled | E::ExpiryPassed => (Exit::Refused, None),
            E::LockedOut { .. }
            | E::CodeBudgetSpent { .. }
            | E::SmsCapSpent { .. }
            | E::Overloaded { .. } => (Exit::Failed, Some("try again in a moment")),
            E::EmailTaken
            | E::NoProvider
            | E::ForbiddenRedirect
            | E::ProviderUnavailable
            | E::NoOauthState
            | E::RegistrationDisabled
            | E::NotAuthenticated
            | E::NotRenewable
            | E::NotAdmin
            | E::InsufficientScope
            | E::MfaRequired
            | E::NameTaken
            | E::InvalidToken
            | E::InvalidPendingToken
            | E::WrongCode
            | E::CodeExpired
            | E::NoCode
            | E::InvalidPhone(_)
            | E::MfaNotEnabled
            | E::PasskeyRefused
            | E::InvalidPasskey
            | E::PasskeyTaken
            | E::PasswordOnly
            | E::TooManyPasskeys
            | E::NoPasskey
            | E::ReauthenticationRequired
            | E::WrongPassword
            | E::InvalidCredentials
            | E::AccountDisabled
            | E::EmailUnverified
            | E::PasswordUnchanged
            | E::SameEmail
            | E::AlreadyVerified
            | E::Overtaken
            | E::Store(_)
            | E::Internal(_) => (Exit::Failed, None),
        };
        Self {
            exit,
            what: what.into(),
            why: Some(why),
            next: next.map(str::to_owned),
        }
    }

    /// The same as [`Self::act`] for an act on an email address, which the advice then mentions.
    pub(crate) fn act_on(email: &Email, what: impl Into<String>, error: accounts::Error) -> Self {
        match error {
            accounts::Error::EmailTaken => {
                Self::act(what, error).next(format!("regstack users show {email}"))
            }
            other => Self::act(what, other),
        }
    }

    fn store(what: impl Into<String>, error: &StoreError) -> Self {
        match error {
            StoreError::Locked(_) => Self::new(Exit::Database, what)
                .because(error)
                .next("stop that program, or try again when it has finished"),
            StoreError::File { remedy, .. } => {
                Self::new(Exit::Database, what).because(error).next(*remedy)
            }
            StoreError::Unavailable(_) | StoreError::Denied(_) => Self::new(Exit::Database, what)
                .because(error)
                .next("check where the database is: regstack config show shows the setting"),
            StoreError::Failed(_) => Self::new(Exit::Database, what)
                .because(error)
                .next("fix the problem that the database reports, then try again"),
            StoreError::Unconfirmed(_) => Self::new(Exit::Database, what)
                .because(error)
                .next("check whether it was done before you repeat it"),
            StoreError::Refused(_) => Self::configuration(what).because(error),
            StoreError::Unreadable { .. } | StoreError::TooBroad => {
                Self::failed(what).because(error)
            }
        }
    }

    /// The database could not be opened. `database` says where it is configured.
    pub(crate) fn open(cause: &StoreError, database: &str) -> Self {
        let failure = Self::store("the database can't be opened", cause);
        let why = failure.why.as_deref().unwrap_or_default();
        Self {
            why: Some(format!("{why} ({database})")),
            ..failure
        }
    }

    /// There is no database, and the command doesn't create one.
    pub(crate) fn no_database(missing: &str, database: &str) -> Self {
        Self::new(Exit::Database, format!("{missing} ({database})")).next(
            "cd to the installation, or name it with --config; regstack db restore brings a backup back; regstack db migrate creates a new database",
        )
    }

    /// The configuration cannot be used because of these faults.
    pub(crate) fn faults(faults: &[Fault]) -> Self {
        const SHOWN: usize = 3;
        let more = faults.len().saturating_sub(SHOWN);
        let more = (more > 0).then(|| format!("and {more} more"));
        let why: Vec<String> = faults
            .iter()
            .take(SHOWN)
            .map(ToString::to_string)
            .chain(more)
            .collect();
        let failure = match faults {
            [only] => Self {
                next: only.hint.clone(),
                ..Self::configuration("the configuration isn't valid")
            },
            faults => Self::configuration(format!(
                "the configuration isn't valid: {} faults",
                faults.len()
            ))
            .next("regstack config check"),
        };
        failure.because(why.join("; "))
    }

    /// The arguments are invalid. Uses clap's text, shortened to the problem and the suggestion.
    pub(crate) fn usage(error: &clap::Error, command: &str) -> Self {
        let text = error.render().to_string();
        let lines = text
            .lines()
            .map(str::trim)
            .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
        let (tips, what): (Vec<_>, Vec<_>) = lines
            .filter(|line| !line.is_empty())
            .partition(|line| line.starts_with("tip:"));
        let what = what.join(" ");
        let known = match error.get(ContextKind::InvalidSubcommand) {
            Some(ContextValue::String(word)) => other_word(word, command),
            _ => None,
        };
        let tips: Vec<String> = match (known, error.get(ContextKind::SuggestedSubcommand)) {
            (Some(name), _) => vec![format!("did you mean '{name}'?")],
            // clap puts the best suggestion last.
            (None, Some(ContextValue::Strings(names))) if !names.is_empty() => names
                .last()
                .map(|name| format!("did you mean '{name}'?"))
                .into_iter()
                .collect(),
            _ => tips
                .iter()
                .map(|tip| tip.trim_start_matches("tip:").trim().to_owned())
                .collect(),
        };
        let tips = if tips.is_empty()
            && error.kind() == ErrorKind::MissingRequiredArgument
            && command == "regstack tokens revoke"
        {
            vec!["`-` reads it from stdin".to_owned()]
        } else {
            tips
        };
        let failure = Self::refused(what.strip_prefix("error: ").unwrap_or(&what))
            .next(format!("{command} --help"));
        if tips.is_empty() {
            failure
        } else {
            failure.because(tips.join("; "))
        }
    }

    pub(crate) fn prompt(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::Interrupted => {
                Self::new(Exit::Interrupted, "interrupted: nothing was changed")
            }
            _ => Self::failed("the terminal can't be read").because(error),
        }
    }
}

/// Returns the command that is known by another name in other programs.
fn other_word(word: &str, command: &str) -> Option<&'static str> {
    // The top-level commands, and those of the groups.
    let known: &[(&[&str], &str)] = if command == "regstack" {
        &[
            (&["run", "start", "server", "up"], "serve"),
            (&["user", "accounts", "account", "list", "ls"], "users"),
            (&["session", "logout"], "sessions"),
            (&["revoke"], "tokens"),
            (&["registrations", "invitations"], "pending"),
            (&["log", "logs", "audit", "history"], "events"),
            (&["mail", "mails", "messages", "queue"], "outbox"),
            (&["database", "schema", "purge", "sweep"], "db"),
            (&["settings", "conf", "configuration"], "config"),
            (&["rotate", "generate", "key"], "secret"),
            (&["status", "counts", "info"], "stats"),
            (&["admin", "superuser", "createsuperuser"], "create-admin"),
            (&["completion", "complete"], "completions"),
            (&["manual", "docs"], "man"),
        ]
    } else {
        &[
            (&["ls", "all", "search", "find"], "list"),
            (&["get", "info", "view", "cat"], "show"),
            (&["add", "new", "invite"], "create"),
            (&["rm", "remove", "del", "drop"], "delete"),
            (&["ban", "block", "suspend"], "lock"),
            (&["unban", "unblock", "activate"], "unlock"),
            (&["grant", "admin"], "promote"),
            (&["passwd", "password", "reset-password"], "set-password"),
            (&["email", "change-email", "move"], "set-email"),
            (&["name", "rename"], "set-name"),
            (&["confirm", "approve"], "verify"),
            (&["kill", "end", "logout", "blacklist"], "revoke"),
            (&["decode", "explain", "check", "verify"], "inspect"),
            (&["follow", "watch"], "tail"),
            (&["resend", "send"], "retry"),
            (&["new", "make", "create"], "generate"),
        ]
    };
    let meant = known.iter().filter(|(words, _)| words.contains(&word));
    let here = super::command();
    let group = command
        .split(' ')
        .skip(1)
        .try_fold(&here, |group, name| group.find_subcommand(name))?;
    meant
        .map(|(_, name)| *name)
        .find(|name| group.find_subcommand(name).is_some())
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Bind { .. } => Self::failed("the server can't start").because(error),
            ServeError::Tls(_) => Self::configuration("the server can't start").because(error),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::faults(&error.faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(layer: &str, key: &str, message: &str, hint: Option<&str>) -> Fault {
        Fault {
            layer: layer.into(),
            key: key.into(),
            message: message.into(),
            hint: hint.map(str::to_owned),
        }
    }

    #[test]
    fn one_fault_brings_its_own_remedy_and_many_lead_to_the_check() {
        let one = Failure::from(ConfigError {
            faults: vec![fault(
                "regstack.toml:3",
                "jwt_ttl_seconds",
                "must be 60 to 2592000",
                Some("write 7200"),
            )],
            ..ConfigError::default()
        });
        assert_eq!(one.exit, Exit::Configuration);
        assert_eq!(
            one.why.as_deref(),
            Some("regstack.toml:3: jwt_ttl_seconds must be 60 to 2592000")
        );
        assert_eq!(one.next.as_deref(), Some("write 7200"));

        let many = Failure::from(ConfigError {
            faults: (0..5)
                .map(|n| fault("default", &format!("key{n}"), "is wrong", None))
                .collect(),
            ..ConfigError::default()
        });
        assert_eq!(many.what, "the configuration isn't valid: 5 faults");
        assert!(many.why.as_deref().is_some_and(|why| why.contains("key2")
            && !why.contains("key3")
            && why.ends_with("and 2 more")));
        assert_eq!(many.next.as_deref(), Some("regstack config check"));
    }

    #[test]
    fn every_kind_of_refusal_has_its_exit_code() {
        use accounts::Error as E;
        let unavailable = || StoreError::Unavailable("no such file".into());
        let unreadable = || StoreError::Unreadable {
            table: "users",
            id: "7".into(),
            field: "email",
        };
        for (error, exit) in [
            (E::EmailTaken, Exit::Failed),
            (E::NotFound, Exit::Failed),
            (E::WeakPassword("common".into()), Exit::Refused),
            (E::EmailNotReached, Exit::Refused),
            (E::LastSuperuser, Exit::Refused),
            (E::Overloaded { retry_after: 1 }, Exit::Failed),
            (E::Internal("odd".into()), Exit::Failed),
            (E::Store(unavailable()), Exit::Database),
            (E::Store(unreadable()), Exit::Failed),
        ] {
            let text = format!("{error:?}");
            assert_eq!(Failure::act("can't do it", error).exit, exit, "{text}");
        }
        let closed = Failure::open(&unavailable(), "database_url: regstack.toml:3");
        assert_eq!(closed.exit, Exit::Database);
        assert!(
            closed
                .why
                .is_some_and(|why| why.contains("no such file") && why.contains("regstack.toml:3"))
        );
    }
}
