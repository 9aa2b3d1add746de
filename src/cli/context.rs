//! The context of every command: global options, the environment of the process, and the application.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use nix::unistd::Uid;

use super::Global;
use super::output::{Output, escaped};
use super::{Failure, Result, logging, preflight, progress, webhooks};
use crate::accounts::Found;
use crate::app::{Ambient, App};
use crate::clock::{SharedClock, SystemClock};
use crate::config::{self, Loaded, LogFormat, Sources};
use crate::delivery::Mailbox;
use crate::model::{Actor, Origin, User};
use crate::random::{SharedRandom, SystemRandom};

/// How many accounts are listed if a name matches several.
const NAMED: usize = 5;

/// The longest operator name that is recorded, in characters.
const OPERATOR_LENGTH: usize = 64;

/// The folder of `serve --dev`, in the working directory.
pub(super) const DEV_FOLDER: &str = ".regstack";

pub(crate) struct Context {
    pub(super) global: Global,
    pub(crate) output: Output,
    pub(crate) clock: SharedClock,
    pub(crate) random: SharedRandom,
    environment: BTreeMap<String, String>,
    working_dir: PathBuf,
    /// The application, once the command has opened it.
    acted_on: OnceLock<App>,
}

impl Context {
    pub(super) fn of_process(global: Global, output: Output) -> Result<Self> {
        let working_dir = std::env::current_dir().map_err(|cause| {
            Failure::failed("the working directory can't be used").because(cause)
        })?;
        let environment = config::environment(std::env::vars_os()).map_err(|cause| {
            Failure::configuration("the environment can't be used").because(cause)
        })?;
        Ok(Self {
            global,
            output,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            environment,
            working_dir,
            acted_on: OnceLock::new(),
        })
    }

    /// Returns the sources of the settings, before a command adds its own.
    pub(crate) fn sources(&self) -> Sources {
        Sources {
            config: self.global.config.clone(),
            flags: Vec::new(),
            environment: self.environment.clone(),
            working_dir: self.working_dir.clone(),
            drafts: BTreeMap::new(),
        }
    }

    /// A variable of the environment that is no setting.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let value = self.environment.get(name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// Returns the folder for relative paths.
    pub(crate) fn working_dir(&self) -> &std::path::Path {
        &self.working_dir
    }

    /// Returns the log level for `-q` and `-v`, or else `otherwise`.
    pub(crate) fn log_level<'a>(&self, quiet: &'a str, otherwise: &'a str) -> &'a str {
        match (self.global.quiet, self.global.verbose) {
            (true, _) => quiet,
            (_, true) => "debug",
            _ => otherwise,
        }
    }

    /// Opens the application with an existing database, for an act of the operator.
    pub(crate) async fn open(&self) -> Result<App> {
        let loaded = self.load_existing()?;
        Box::pin(self.act_on(loaded)).await
    }

    /// The same with settings that are loaded already.
    pub(crate) async fn act_on(&self, loaded: Loaded) -> Result<App> {
        let app = Box::pin(self.assemble(loaded, self.ambient(None))).await?;
        Ok(self.acted_on.get_or_init(|| app).clone())
    }

    /// Sends the webhooks that the command queued, and waits for what the database does after its answers.
    pub(super) async fn finish(&self) {
        if let Some(app) = self.acted_on.get() {
            webhooks::send(&self.output, app).await;
            app.store.settled().await;
        }
    }

    /// Loads the settings of an installation with an existing database.
    pub(crate) fn load_existing(&self) -> Result<Loaded> {
        let loaded = self.load()?;
        Self::require_database(&loaded)?;
        Ok(loaded)
    }

    /// Fails if the database is a file that doesn't exist.
    pub(crate) fn require_database(loaded: &Loaded) -> Result {
        match loaded.settings.database.engine.missing() {
            Some(missing) => {
                let place = preflight::database_place(&loaded.settings, &loaded.values);
                Err(Failure::no_database(&missing, &place))
            }
            None => Ok(()),
        }
    }

    /// Opens the application for an act that may be the first in an installation. Creates the database if there is
    /// none.
    pub(crate) async fn open_or_create(&self) -> Result<App> {
        Box::pin(self.act_on(self.load()?)).await
    }

    /// Loads the settings for an act of the operator, and starts its log.
    pub(crate) fn load(&self) -> Result<Loaded> {
        let loaded = config::load(&self.sources()).map_err(|error| self.or_dev(error.into()))?;
        self.start_log()?;
        Ok(loaded)
    }

    /// Starts the log for an act of the operator. Delivery is not logged, because the command reports the result
    /// itself.
    pub(crate) fn start_log(&self) -> Result {
        logging::init(
            LogFormat::Text,
            self.log_level(
                "error,regstack::delivery=off",
                "warn,regstack::delivery=off",
            ),
            self.output.stderr_colors(),
        )
    }

    /// If there is no configuration except that of `serve --dev`, suggests using that.
    fn or_dev(&self, failure: Failure) -> Failure {
        let named =
            self.global.config.is_some() || self.environment.contains_key("REGSTACK_CONFIG");
        if !named
            && !self.working_dir.join("regstack.toml").exists()
            && self.working_dir.join(DEV_FOLDER).is_dir()
        {
            failure.next(format!(
                "to use the accounts of serve --dev, add --config {DEV_FOLDER}"
            ))
        } else {
            failure
        }
    }

    /// Returns the clock and randomness of this process, and the mailbox for its messages.
    pub(crate) fn ambient(&self, mailbox: Option<Mailbox>) -> Ambient {
        Ambient {
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            mailbox,
            ..Ambient::system()
        }
    }

    pub(crate) async fn assemble(&self, loaded: Loaded, ambient: Ambient) -> Result<App> {
        let settings = loaded.settings.clone();
        progress::waited(App::open(settings, ambient))
            .await
            .map_err(|error| preflight::not_opened(error, &loaded))
    }

    /// Returns the operator for the audit trail: the system's name of the process's real user, which can't be chosen
    /// freely, and the user who called `sudo`, if any.
    pub(crate) fn origin(&self) -> Origin {
        let uid = Uid::current();
        let real = nix::unistd::User::from_uid(uid).ok().flatten();
        let real = real.map(|user| user.name);
        let before = self.environment.get("SUDO_USER").map(String::as_str);
        let name = operator(uid, real.as_deref(), before);
        Origin {
            actor: Actor::Operator(name),
            ip: None,
            request_id: None,
            languages: Vec::new(),
            user_agent: None,
        }
    }

    /// Finds the account with this id, this email address or this unique part of one.
    pub(crate) async fn find(&self, app: &App, name: &str) -> Result<User> {
        match app
            .accounts
            .find(name)
            .await
            .map_err(|error| Failure::act("accounts can't be searched", error))?
        {
            Found::One(user) => Ok(*user),
            Found::None => Err(Failure::failed(format!("no account matches \"{name}\""))
                .next("regstack users list --q PART finds accounts")),
            Found::Several(users) => {
                let mut addresses: Vec<&str> = users
                    .iter()
                    .take(NAMED)
                    .map(|user| user.email.as_str())
                    .collect();
                // The total is unknown, because the search stops early.
                if users.len() > NAMED {
                    addresses.push("and more");
                }
                Err(
                    Failure::refused(format!("\"{name}\" matches several accounts"))
                        .because(addresses.join(", "))
                        .next(format!(
                            "use the complete email address: regstack users list --q {name:?}"
                        )),
                )
            }
        }
    }
}

/// Returns the operator's name for the audit trail. Without a name in the system, as in a container, it is the user id.
fn operator(uid: Uid, name: Option<&str>, sudo_user: Option<&str>) -> String {
    let shown = |name: &str| {
        escaped(name)
            .chars()
            .take(OPERATOR_LENGTH)
            .collect::<String>()
    };
    let real = name.map_or_else(|| format!("uid {uid}"), shown);
    match sudo_user.filter(|before| !before.is_empty() && *before != real) {
        Some(before) => format!("{real} (sudo: {})", shown(before)),
        None => real,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_is_named_by_the_system_or_by_a_number() {
        let uid = Uid::from_raw(54_321);
        for (name, sudo_user, expected) in [
            (Some("grace"), None, "grace"),
            (None, None, "uid 54321"),
            (None, Some("ada"), "uid 54321 (sudo: ada)"),
            (Some("root"), Some("ada"), "root (sudo: ada)"),
            (Some("root"), Some("root"), "root"),
            (Some("root"), Some(""), "root"),
            (Some("ro\not"), Some("a\u{1b}"), "ro\\not (sudo: a\\u{1b})"),
        ] {
            assert_eq!(operator(uid, name, sudo_user), expected);
        }
        let long = operator(uid, Some(&"n".repeat(5000)), None);
        assert_eq!(long.len(), OPERATOR_LENGTH);
    }
}
