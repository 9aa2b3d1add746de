//! The dialogue: section by section, each answer tested by its key's own rule, each section by what can be tried out.
//!
//! Answers go into the plan and nowhere else; nothing is written here.

mod administrator;
mod application;
mod ask;
mod database;
mod email;
mod features;
mod sms;
mod tokens;
mod trial;

use std::future::Future;

use super::carry_out::Further;
use super::flags::is_asked;
use super::gitignore;
use super::plan::Plan;
use super::proposals;
use super::summary::Summary;
use crate::cli::output::Tone;
use crate::cli::{Context, Failure, Result, preflight, progress};
use crate::config::Fault;
use crate::model::{Email, NewPassword};
use trial::Trial;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Application,
    Database,
    Tokens,
    Email,
    Sms,
    Features,
    Administrator,
}

const SECTIONS: [Section; 7] = [
    Section::Application,
    Section::Database,
    Section::Tokens,
    Section::Email,
    Section::Sms,
    Section::Features,
    Section::Administrator,
];

impl Section {
    const fn title(self) -> &'static str {
        match self {
            Self::Application => "Application",
            Self::Database => "Database",
            Self::Tokens => "Tokens",
            Self::Email => "Email",
            Self::Sms => "SMS",
            Self::Features => "Features",
            Self::Administrator => "First administrator",
        }
    }

    /// Whether all its questions have an answer that is good for most.
    const fn has_good_defaults(self) -> bool {
        matches!(
            self,
            Self::Database | Self::Tokens | Self::Sms | Self::Features
        )
    }

    /// Whether a fault in this key is mended in this section.
    fn owns(self, key: &str) -> bool {
        match self {
            Self::Application => ["app_name", "base_url", "bind", "behind_proxy"].contains(&key),
            Self::Database => key.starts_with("database") || key.starts_with("mongodb"),
            Self::Tokens => key.starts_with("jwt_") || key == "transport",
            Self::Email => key.starts_with("email."),
            Self::Sms => key.starts_with("sms."),
            Self::Features => ["hide_registered_emails", "require_verification"].contains(&key),
            Self::Administrator => false,
        }
    }
}

pub(super) struct Dialogue<'d, 'c> {
    plan: &'d mut Plan<'c>,
    context: &'d Context,
    /// Whether the sections with good defaults are asked about; none until that is answered.
    every_question: Option<bool>,
    database: bool,
    administrator: Option<(Email, NewPassword)>,
    /// The email address that a flag gave the administrator.
    admin_email: Option<Email>,
}

impl<'d, 'c> Dialogue<'d, 'c> {
    pub(super) fn new(
        plan: &'d mut Plan<'c>,
        context: &'d Context,
        admin_email: Option<Email>,
    ) -> Self {
        Self {
            plan,
            context,
            every_question: None,
            database: false,
            administrator: None,
            admin_email,
        }
    }

    /// Asks everything, shows what is to be done, and asks for the yes.
    pub(super) async fn hold(mut self, schema: bool) -> Result<Further> {
        self.welcome();
        self.plan.ensure_secret()?;
        if let Ok(loaded) = self.plan.load() {
            let faults = preflight::faults(&loaded, &self.context.ambient(None));
            let (_, beyond) = split(faults, |fault| is_asked(&fault.key));
            if !beyond.is_empty() {
                return Err(Failure::faults(&beyond));
            }
        }
        for section in SECTIONS {
            if self.goes_without_asking(section).await? {
                continue;
            }
            self.go_through(section).await?;
        }
        loop {
            self.plan.usable()?;
            let further = Further {
                schema: schema && self.database,
                administrator: self.administrator.take(),
            };
            let ignored = gitignore::entry(self.plan)?.map(|file| file.path);
            let summary = Summary::of(self.plan, &further, ignored.as_deref(), self.context);
            self.line("");
            self.context.output.show(&summary);
            self.line("");
            let choices = [
                ("yes", ""),
                ("change something", "one part is asked again"),
                ("no", "nothing is written"),
            ];
            let is_agreed = self.context.global.yes;
            match if is_agreed {
                0
            } else {
                self.choose("Write this?", &choices, 0).await?
            } {
                0 => {
                    self.line("");
                    return Ok(further);
                }
                1 => self.administrator = further.administrator,
                _ => return Err(Failure::refused("declined: nothing was changed")),
            }
            let parts = SECTIONS.map(|section| (section.title(), ""));
            let part = self.choose("Which part?", &parts, 0).await?;
            self.every_question = Some(true);
            self.go_through(SECTIONS[part]).await?;
        }
    }

    /// Asks a section's questions until its answers can be used.
    async fn go_through(&mut self, section: Section) -> Result {
        self.heading(section);
        let mut answered = None;
        while !self.pass(section).await? {
            // What was wrong may be in a question that was left out.
            answered = answered.or(self.every_question);
            self.every_question = Some(true);
        }
        // Of this section only: the others go without asking if that was the wish.
        self.every_question = answered.or(self.every_question);
        Ok(())
    }

    /// Takes a section's defaults where that is wished and nothing is wrong with it. The database is tried out all the
    /// same: what cannot be used has to be asked about.
    async fn goes_without_asking(&mut self, section: Section) -> Result<bool> {
        if self.every_question != Some(false) || !section.has_good_defaults() {
            return Ok(false);
        }
        if section == Section::Tokens {
            self.propose("transport")?;
        }
        let loaded = self.plan.load();
        let is_at_fault = |faults: &[Fault]| faults.iter().any(|fault| section.owns(&fault.key));
        let is_good = match &loaded {
            Ok(loaded) => !is_at_fault(&preflight::faults(loaded, &self.context.ambient(None))),
            Err(error) => !is_at_fault(&error.faults),
        };
        let settings = loaded.ok().or_else(|| self.plan.provisional());
        match settings {
            Some(loaded) if is_good && section == Section::Database => {
                self.heading(section);
                database::test(self, &loaded.settings).await
            }
            _ => Ok(is_good),
        }
    }

    fn welcome(&self) {
        let folder = self.plan.place.folder.display();
        self.line(&if self.plan.existing {
            format!("Changes the installation in {folder}.")
        } else {
            format!("Sets up regstack in {folder}.")
        });
        self.faint("Enter takes what is in brackets. Nothing is written");
        self.faint("before the end: until then Ctrl-C leaves all as it is.");
        for name in self.plan.overridden() {
            self.warn(&format!(
                "{name} in the environment wins over what is written here"
            ));
        }
    }

    fn heading(&self, section: Section) {
        self.line("");
        self.context.output.talk("", section.title(), Tone::Title);
    }

    /// Goes through a section once. False when it is to be asked again.
    async fn pass(&mut self, section: Section) -> Result<bool> {
        match section {
            Section::Application => application::ask(self).await?,
            Section::Database => database::ask(self).await?,
            Section::Tokens => tokens::ask(self).await?,
            Section::Email => email::ask(self).await?,
            Section::Sms => sms::ask(self).await?,
            Section::Features => features::ask(self).await?,
            Section::Administrator => administrator::ask(self).await?,
        }
        let loaded = self.plan.load();
        let faults = match &loaded {
            Ok(loaded) => preflight::faults(loaded, &self.context.ambient(None)),
            Err(error) => error.faults.clone(),
        };
        let (ours, _) = split(faults, |fault| section.owns(&fault.key));
        let (elsewhere, ours) = split(ours, |fault| fault.layer.starts_with("environment"));
        // No answer mends what the environment sets.
        if !elsewhere.is_empty() {
            return Err(Failure::faults(&elsewhere));
        }
        for fault in &ours {
            self.fail(&format!("{} {}", fault.key, fault.message));
        }
        if !ours.is_empty() {
            return Ok(false);
        }
        // What is wrong elsewhere has its turn, and is no reason not to try this out.
        let Some(loaded) = loaded.ok().or_else(|| self.plan.provisional()) else {
            return Ok(true);
        };
        match section {
            Section::Database => database::test(self, &loaded.settings).await,
            Section::Email => email::test(self, &loaded.settings).await,
            Section::Sms => sms::test(self, &loaded.settings).await,
            _ => Ok(true),
        }
    }

    /// Tries something out. A failure is explained; whether to go on from here is the person's choice.
    async fn probe<F: Future<Output = Trial>>(
        &self,
        whom: &'static str,
        attempt: impl Fn() -> F,
    ) -> Result<Verdict> {
        loop {
            let trial =
                match progress::waited_for(whom, tokio::time::timeout(trial::PATIENCE, attempt()))
                    .await
                {
                    Ok(trial) => trial,
                    Err(_) => Trial::fails(
                        format!("no answer within {} s", trial::PATIENCE.as_secs()),
                        None,
                    ),
                };
            match trial {
                Trial::Fine(seen) => {
                    self.context.output.talk("  ok    ", &seen, Tone::Good);
                    return Ok(Verdict::Fine);
                }
                Trial::Fails { why, remedy } => {
                    self.fail(&why);
                    if let Some(remedy) = remedy {
                        self.context
                            .output
                            .talk("        -> ", &remedy, Tone::Plain);
                    }
                }
            }
            let choices = [
                ("change the answers", ""),
                ("try again", ""),
                ("go on anyway", ""),
            ];
            match self.choose("What now?", &choices, 0).await? {
                0 => return Ok(Verdict::Change),
                1 => {}
                _ => return Ok(Verdict::Anyway),
            }
        }
    }

    /// Takes an answer that was tested already.
    fn set(&mut self, key: &'static str, text: &str) -> Result {
        self.put(key, text)?;
        self.plan.mark_answered(key);
        Ok(())
    }

    /// Puts in what is proposed for a key, which stays to be answered.
    fn propose(&mut self, key: &str) -> Result {
        let proposed = proposals::of(self.plan, key);
        if proposed == self.plan.value(key) {
            return Ok(());
        }
        self.put(key, &proposed)
    }

    fn put(&mut self, key: &str, text: &str) -> Result {
        self.plan
            .set(key, text)
            .map_err(|reason| Failure::failed(format!("{key} cannot be written")).because(reason))
    }

    fn line(&self, text: &str) {
        self.context.output.talk("", text, Tone::Plain);
    }

    fn faint(&self, text: &str) {
        self.context.output.talk("", text, Tone::Faint);
    }

    fn warn(&self, text: &str) {
        self.context.output.talk("  warn  ", text, Tone::Warn);
    }

    fn fail(&self, text: &str) {
        self.context.output.talk("  FAIL  ", text, Tone::Bad);
    }
}

fn split(faults: Vec<Fault>, of_a_kind: impl Fn(&Fault) -> bool) -> (Vec<Fault>, Vec<Fault>) {
    faults.into_iter().partition(of_a_kind)
}

/// How a trial ended, as the person has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Fine,
    Anyway,
    Change,
}
