//! The flags that answer the questions of `init`, by key. Validation and help come from the key.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command};

pub(super) type Question = (&'static str, &'static str);

/// The questions that have a flag.
pub(super) const QUESTIONS: &[Question] = &[
    ("app_name", "app-name"),
    ("base_url", "base-url"),
    ("bind", "bind"),
    ("behind_proxy", "behind-proxy"),
    ("enable_ui_router", "enable-ui-router"),
    ("database_url", "database-url"),
    ("jwt_ttl_seconds", "jwt-ttl-seconds"),
    ("session_max_seconds", "session-max-seconds"),
    ("transport", "transport"),
    ("email.backend", "email-backend"),
    ("email.from_address", "email-from-address"),
    ("email.from_name", "email-from-name"),
    ("email.smtp_host", "smtp-host"),
    ("email.smtp_port", "smtp-port"),
    ("email.smtp_starttls", "smtp-starttls"),
    ("email.smtp_tls", "smtp-tls"),
    ("email.smtp_username", "smtp-username"),
    ("email.ses_region", "ses-region"),
    ("email.ses_profile", "ses-profile"),
    ("sms.backend", "sms-backend"),
    ("sms.from_number", "sms-from-number"),
    ("sms.sns_region", "sns-region"),
    ("sms.twilio_account_sid", "twilio-account-sid"),
    ("allow_registration", "allow-registration"),
    ("require_verification", "require-verification"),
    ("enable_password_reset", "enable-password-reset"),
    ("enable_account_deletion", "enable-account-deletion"),
    ("enable_admin_router", "enable-admin-router"),
    ("enable_totp", "enable-totp"),
    ("enable_sms_2fa", "enable-sms-2fa"),
];

/// Questions for secrets, which can't be arguments because others can read those. Their flags only explain how to pass
/// the secret.
pub(super) const SECRETS: &[Question] = &[
    ("jwt_secret", "jwt-secret"),
    ("email.smtp_password", "smtp-password"),
    ("email.ses_access_key_id", "ses-access-key-id"),
    ("email.ses_secret_access_key", "ses-secret-access-key"),
    ("sms.twilio_auth_token", "twilio-auth-token"),
    ("", "admin-password"),
];

/// Keys that are written to a new file even with the default value.
pub(super) const SHOWN: &[&str] = &[
    "app_name",
    "base_url",
    "bind",
    "enable_ui_router",
    "database_url",
    "jwt_ttl_seconds",
    "session_max_seconds",
    "transport",
    "email.backend",
    "email.from_address",
    "sms.backend",
    "allow_registration",
    "require_verification",
    "enable_password_reset",
    "enable_account_deletion",
    "enable_admin_router",
    "enable_totp",
    "enable_sms_2fa",
];

/// Returns whether the dialogue asks for this key, so that it can correct a fault in it.
pub(super) fn is_asked(key: &str) -> bool {
    let questions = QUESTIONS.iter().chain(SECRETS);
    questions
        .map(|(name, _)| *name)
        .any(|name| !name.is_empty() && name == key)
}

/// The values of the questions' flags, in the order of the questions.
#[derive(Debug, Default)]
pub(super) struct Flags {
    /// The key, the flag with its dashes, and the value.
    pub(super) given: Vec<(&'static str, String, String)>,
    /// The key and flag of a secret that was given as an argument. Its value is not kept.
    pub(super) secret: Option<Question>,
}

impl clap::FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for (key, flag) in QUESTIONS {
            if let Some(value) = matches.get_one::<String>(flag) {
                self.given.push((key, format!("--{flag}"), value.clone()));
            }
        }
        let is_given = |(_, flag): &&Question| matches.contains_id(flag);
        self.secret = SECRETS.iter().find(is_given).copied();
        Ok(())
    }
}

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        let argument = |flag: &'static str| Arg::new(flag).long(flag).hide(true);
        let questions = QUESTIONS.iter().map(|(key, flag)| {
            let is_switch = crate::config::key(key)
                .is_ok_and(|key| key.default_literal().parse::<bool>().is_ok());
            let argument = argument(flag).value_name("VALUE").action(ArgAction::Set);
            if is_switch {
                argument.num_args(0..=1).default_missing_value("true")
            } else {
                argument
            }
        });
        // Taken as bytes, so that clap's error messages don't repeat the value.
        let secrets = SECRETS.iter().map(|(_, flag)| {
            argument(flag)
                .num_args(0..=1)
                .default_missing_value("")
                .value_parser(clap::value_parser!(OsString))
        });
        command.args(questions).args(secrets)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    #[test]
    fn every_question_is_a_key_and_no_flag_takes_a_secret() {
        for (name, flag) in QUESTIONS {
            let key = config::key(name).unwrap_or_else(|_| panic!("{name}"));
            assert!(!key.secret || *name == "database_url", "{name}");
            let written = name.rsplit('.').next().unwrap().replace('_', "-");
            assert!(flag.ends_with(&written), "--{flag} does not say {name}");
        }
        for (name, _) in SECRETS.iter().filter(|(name, _)| !name.is_empty()) {
            assert!(config::key(name).is_ok_and(|key| key.secret), "{name}");
        }
        assert!(!is_asked(""), "no answer mends a file that can't be read");
        let asked = |name: &&str| QUESTIONS.iter().any(|(key, _)| key == name);
        assert!(SHOWN.iter().all(asked));
    }
}
