//! What every command works with: the global options, the surroundings of the process, and the way to an open application.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::Global;
use super::dev;
use super::error::{Failure, Result};
use super::logging;
use super::output::{Output, escaped};
use crate::accounts::Found;
use crate::app::{Ambient, App};
use crate::clock::{SharedClock, SystemClock};
use crate::config::{self, Loaded, LogFormat, Sources};
use crate::model::{Actor, Origin, User};
use crate::random::{SharedRandom, SystemRandom};

/// The longest name of an operator that is kept, in characters.
const OPERATOR_LENGTH: usize = 64;

/// The surroundings of one command.
pub(crate) struct Context {
    /// The options of every command.
    pub(super) global: Global,
    /// Where results and talk go.
    pub(crate) output: Output,
    /// The time.
    pub(crate) clock: SharedClock,
    /// Randomness.
    pub(crate) random: SharedRandom,
    environment: BTreeMap<String, String>,
    working_dir: PathBuf,
}

impl Context {
    /// The surroundings of this process.
    pub(super) fn of_process(global: Global, output: Output) -> Result<Self> {
        let working_dir = std::env::current_dir().map_err(|cause| {
            Failure::failed("the working directory cannot be used").because(cause)
        })?;
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Self {
            global,
            output,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            environment,
            working_dir,
        })
    }

    /// Where settings come from, before a command adds its own.
    pub(crate) fn sources(&self) -> Sources {
        Sources {
            config: self.global.config.clone(),
            flags: Vec::new(),
            environment: self.environment.clone(),
            working_dir: self.working_dir.clone(),
        }
    }

    /// The folder in which relative paths are meant.
    pub(crate) fn working_dir(&self) -> &std::path::Path {
        &self.working_dir
    }

    /// The log level that `-q` and `-v` ask for, or `otherwise`.
    pub(crate) fn log_level<'a>(&self, quiet: &'a str, otherwise: &'a str) -> &'a str {
        match (self.global.quiet, self.global.verbose) {
            (true, _) => quiet,
            (_, true) => "debug",
            _ => otherwise,
        }
    }

    /// The application, for an act of the operator.
    pub(crate) async fn open(&self) -> Result<App> {
        let loaded = config::load(&self.sources()).map_err(|error| self.or_dev(error.into()))?;
        logging::init(
            LogFormat::Text,
            self.log_level("error", "warn"),
            self.output.stderr_colors(),
        )?;
        self.assemble(loaded, None).await
    }

    /// Where there is no configuration but what `serve --dev` keeps, that is what was meant.
    fn or_dev(&self, failure: Failure) -> Failure {
        let named =
            self.global.config.is_some() || self.environment.contains_key("REGSTACK_CONFIG");
        if !named
            && !self.working_dir.join("regstack.toml").exists()
            && self.working_dir.join(dev::FOLDER).is_dir()
        {
            failure.next(format!(
                "the accounts of serve --dev are reached with --config {}",
                dev::FOLDER
            ))
        } else {
            failure
        }
    }

    /// The application of these settings.
    pub(crate) async fn assemble(
        &self,
        loaded: Loaded,
        mailbox: Option<crate::delivery::Mailbox>,
    ) -> Result<App> {
        let database = database_place(&loaded);
        let ambient = Ambient {
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            mailbox,
        };
        App::open(loaded.settings, ambient)
            .await
            .map_err(|error| Failure::open(&error, &database))
    }

    /// The operator as the audit trail names them.
    pub(crate) fn origin(&self) -> Origin {
        let name = ["USER", "LOGNAME"].iter().find_map(|name| {
            self.environment
                .get(*name)
                .filter(|value| !value.is_empty())
        });
        let name = name.map_or_else(
            || "unknown".to_owned(),
            |name| escaped(name).chars().take(OPERATOR_LENGTH).collect(),
        );
        Origin {
            actor: Actor::Operator(name),
            ip: None,
            request_id: None,
        }
    }

    /// The one account that an id, an address or a unique part of one names.
    pub(crate) async fn find(&self, app: &App, name: &str) -> Result<User> {
        match app
            .accounts
            .find(name)
            .await
            .map_err(|error| Failure::act("accounts cannot be searched", error))?
        {
            Found::One(user) => Ok(*user),
            Found::None => Err(
                Failure::failed(format!("no account is named by \"{name}\""))
                    .next("regstack users list --q PART finds accounts"),
            ),
            Found::Several(users) => {
                let addresses: Vec<&str> = users.iter().map(|user| user.email.as_str()).collect();
                Err(
                    Failure::refused(format!("\"{name}\" names several accounts"))
                        .because(addresses.join(", "))
                        .next("name one by its id or its whole address"),
                )
            }
        }
    }
}

/// Which setting, from which layer, says where the database is.
fn database_place(loaded: &Loaded) -> String {
    let set = loaded.values.iter().filter(|value| {
        matches!(
            value.key.as_str(),
            "database_url" | "mongodb_url" | "mongodb_database"
        )
    });
    set.max_by_key(|value| value.layer != "default")
        .map_or_else(String::new, |value| {
            format!("{}: {}", value.key, value.layer)
        })
}
