//! Answers given in advance: by flags, by `--set`, and secrets by the environment or stdin.
//!
//! Arguments never contain secrets, because others on the machine can read them. Errors don't repeat the value.

use std::collections::BTreeMap;
use std::path::Path;

use super::Args;
use super::flags::SECRETS;
use super::plan::Plan;
use crate::cli::{Context, Failure, Result, prompt};
use crate::config::{self, ADMIN_PASSWORD, Key};
use crate::model::{Email, NewPassword};
use crate::secret::SecretString;

/// The most bytes read from stdin, which is more than all secrets together.
const STDIN_LIMIT: u64 = 256 * 1024;
const FILE: &str = "_FILE";

/// An answer: the key, the text, and its source.
struct Answer {
    key: &'static Key,
    text: String,
    from: String,
}

pub(super) struct Answers {
    list: Vec<Answer>,
    pub(super) admin_email: Option<Email>,
    pub(super) admin_password: Option<NewPassword>,
}

impl Answers {
    /// Collects the answers from the command line and, if no questions are asked, from the environment.
    pub(super) fn given(args: &Args, unasked: bool, context: &Context) -> Result<Self> {
        if let Some((key, flag)) = args.flags.secret {
            return Err(refuse_secret(&format!("--{flag}"), key));
        }
        let mut given = Self {
            list: Vec::new(),
            admin_email: args.admin_email.clone(),
            admin_password: None,
        };
        for (name, flag, text) in &args.flags.given {
            given.add(name, text.clone(), flag)?;
        }
        for pair in &args.set {
            let (name, text) = split(pair)?;
            given.add(name, text.to_owned(), &format!("--set {name}"))?;
        }
        if unasked {
            given.take_environment(context)?;
        }
        if args.secrets_stdin {
            given.take_stdin()?;
        }
        Ok(given)
    }

    pub(super) fn apply(&self, plan: &mut Plan<'_>) -> Result {
        for Answer { key, text, from } in &self.list {
            plan.set(key.name, text).map_err(|reason| {
                Failure::refused(format!("{from} can't be used"))
                    .because(format!("{} {reason}", key.name))
            })?;
            plan.mark_answered(key.name);
        }
        Ok(())
    }

    fn add(&mut self, name: &str, text: String, from: &str) -> Result {
        let key = config::key(name).map_err(|(what, hint)| {
            let failure = Failure::refused(what);
            match hint {
                Some(hint) => failure.because(hint),
                None => failure,
            }
            .next("regstack config show lists every key")
        })?;
        if key.keeps_secret(&text) && !text.is_empty() {
            return Err(refuse_secret(from, key.name));
        }
        self.push(key, text, from.to_owned())
    }

    fn push(&mut self, key: &'static Key, text: String, from: String) -> Result {
        if let Some(other) = self.list.iter().find(|answer| answer.key.name == key.name) {
            return Err(Failure::refused(format!(
                "{} is given twice: with {} and with {from}",
                key.name, other.from
            )));
        }
        self.list.push(Answer { key, text, from });
        Ok(())
    }

    /// Takes every secret from the environment, or from a file that the environment names.
    fn take_environment(&mut self, context: &Context) -> Result {
        let sources = context.sources();
        let (environment, folder) = (&sources.environment, &sources.working_dir);
        for key in config::keys().filter(|key| key.secret) {
            if let Some((text, name)) = variable(&key.variable(), environment, folder)? {
                self.push(key, text, name)?;
            }
        }
        if let Some((text, _)) = variable(ADMIN_PASSWORD, environment, folder)? {
            self.admin_password = Some(prompt::checked(SecretString::from(text))?);
        }
        Ok(())
    }

    /// Takes `KEY=value` lines from stdin. They take precedence over the environment.
    fn take_stdin(&mut self) -> Result {
        let unreadable = |cause: &dyn std::fmt::Display| {
            Failure::refused("no secrets can be read from stdin").because(cause)
        };
        let entries = config::secret_entries(&prompt::stdin("secrets", STDIN_LIMIT)?, "line");
        for (name, value) in entries.map_err(|faults| unreadable(&faults[0]))? {
            if name == ADMIN_PASSWORD {
                self.admin_password = Some(prompt::checked(SecretString::from(value))?);
                continue;
            }
            let Some(key) = config::keys().find(|key| key.variable() == name) else {
                return Err(unreadable(&format!("there is no setting {name}"))
                    .next("write lines such as REGSTACK_EMAIL__SMTP_PASSWORD=…"));
            };
            self.list.retain(|answer| answer.key.name != key.name);
            self.push(key, value, format!("{name} on stdin"))?;
        }
        Ok(())
    }
}

/// Splits `key=value`. The error doesn't repeat the text, which may be a secret.
fn split(pair: &str) -> Result<(&str, &str)> {
    pair.split_once('=')
        .map(|(name, text)| (name.trim(), text))
        .ok_or_else(|| {
            Failure::refused("--set takes key=value")
                .next("regstack init --defaults --set jwt_ttl_seconds=3600")
        })
}

/// Returns the value of a variable, or the content of the file that `<name>_FILE` names, and which of the two it was.
fn variable(
    name: &str,
    environment: &BTreeMap<String, String>,
    folder: &Path,
) -> Result<Option<(String, String)>> {
    let find = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    let file = format!("{name}{FILE}");
    match (find(name), find(&file)) {
        (Some(_), Some(_)) => Err(Failure::refused(format!(
            "{name} and {file} are both set: remove one of them"
        ))),
        (Some(value), None) => Ok(Some((value.clone(), name.to_owned()))),
        (None, Some(path)) => {
            let text = config::read_text(&folder.join(path)).map_err(|cause| {
                Failure::refused(format!("{file} must name a readable file"))
                    .because(format!("{path}: {cause}"))
            })?;
            let text = text.trim_end_matches(['\r', '\n']).replace('\n', ",");
            Ok(Some((text, file)))
        }
        (None, None) => Ok(None),
    }
}

fn refuse_secret(from: &str, key: &str) -> Failure {
    let asked = SECRETS
        .iter()
        .any(|(name, _)| *name == key && !key.is_empty());
    let name = config::key(key).map_or_else(|_| ADMIN_PASSWORD.to_owned(), Key::variable);
    let why = "others on this machine can read arguments";
    let failure = Failure::refused(format!("{from} doesn't accept secrets: {why}"));
    let ask = if asked {
        ", or leave it out to be asked"
    } else {
        ""
    };
    failure.next(format!(
        "set {name} or {name}{FILE} in the environment, or pipe it in with --secrets-stdin{ask}"
    ))
}
