//! What support does to accounts: one path for every act, from the command line to the report.
//!
//! An act is a file beside this one: its flags, its words, and the method of `accounts` that it calls.

use jiff::Timestamp;

use super::selection::{Selected, Selection};
use crate::accounts::{self, Accounts, Mailed};
use crate::app::App;
use crate::cli::context::Context;
use crate::cli::delivery::{send_asked, send_notice};
use crate::cli::error::{Failure, Result};
use crate::cli::{bulk, progress};
use crate::model::{Id, Origin, User};

/// So many accounts are read at a time.
const PAGE: u32 = 200;

/// An act on accounts.
pub(in crate::cli) trait Act {
    /// What it does, in a request for consent that goes on with the accounts: "enables".
    const DOES: &'static str;
    /// The outcome that reports give: "enabled".
    const DONE: &'static str;
    /// Whether it needs consent also for accounts that are named.
    const DESTROYS: bool = false;

    /// What is said when it fails for an account.
    fn failed(&self, user: &User) -> String {
        format!("{} cannot be {}", user.email, Self::DONE)
    }

    /// Refuses what would be in vain for any account.
    fn check(&self, _app: &App) -> Result {
        Ok(())
    }

    /// Refuses what would be refused for the only account that is named, before consent to it is asked for.
    async fn check_account(&self, _app: &App, _user: &User) -> accounts::Result<()> {
        Ok(())
    }

    /// Does it to one account.
    async fn apply(
        &self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome>;
}

/// What an act made of an account.
pub(in crate::cli) enum Outcome {
    /// It is done.
    Done,
    /// There was nothing to do.
    Unchanged,
    /// It is done, and its owner is told by mail where the settings say so.
    Notified,
    /// Its owner gets the mail that the act is about.
    Mailed(Mailed),
}

/// The arguments of an act: its own flags, and whom it is for.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args<A: clap::Args> {
    #[command(flatten)]
    act: A,
    #[command(flatten)]
    who: Selection,
}

impl<A: Act + clap::Args> Args<A> {
    /// Does the act to the accounts that are selected, with the consent that it takes.
    pub(super) async fn run(&self, context: &Context) -> Result {
        let act = &self.act;
        let app = self.who.open(context).await?;
        act.check(&app)?;
        let selected = self.who.find(context, &app).await?;
        let needs_consent = match &selected {
            Selected::Named(users) => {
                if let [user] = users.as_slice() {
                    let checked = act.check_account(&app, user).await;
                    checked.map_err(|error| Failure::act(act.failed(user), error))?;
                }
                A::DESTROYS
            }
            Selected::Filtered { total, .. } => *total > 0,
        };
        if needs_consent {
            selected.consent(context, A::DOES).await?;
        }
        each(act, context, &app, selected).await
    }
}

/// Does an act to each account, and reports on it.
pub(in crate::cli) async fn each<A: Act>(
    act: &A,
    context: &Context,
    app: &App,
    selected: Selected,
) -> Result {
    let origin = context.origin();
    let total = selected.total();
    // What they were selected by has to hold when the act comes to them, too.
    let accounts = match &selected {
        Selected::Named(_) => app.accounts.clone(),
        Selected::Filtered { filter, .. } => app.accounts.only_if(filter.clone()),
    };
    let apply = async |user: &User| {
        let applied = act.apply(&accounts, user, &origin);
        // Beside a bar nothing else moves.
        let applied = if total == 1 {
            progress::waited(applied).await
        } else {
            applied.await
        };
        let to = user.email.as_str();
        let applied = match applied {
            Err(accounts::Error::Overtaken) => Ok(Outcome::Unchanged),
            applied => applied,
        };
        match applied.map_err(|error| Failure::act(act.failed(user), error))? {
            Outcome::Done => Ok(A::DONE),
            Outcome::Unchanged => Ok("unchanged"),
            Outcome::Notified => {
                send_notice(context, app, to).await;
                Ok(A::DONE)
            }
            Outcome::Mailed(mailed) => send_asked(context, app, to, mailed).await,
        }
    };
    let (filter, first) = match selected {
        Selected::Named(users) => return bulk::each(context, users, apply).await,
        Selected::Filtered { filter, first, .. } => (filter, first),
    };
    let Some(newest) = first.first().map(key) else {
        context.output.say("no account is like that");
        return bulk::each(context, Vec::new(), apply).await;
    };
    // Page after page from the newest: a place in that order stays one, whatever the act does to those before it.
    let (mut after, mut ended) = (None, false);
    let pages = async || {
        while !ended {
            let page = app
                .accounts
                .users(&filter, after, PAGE)
                .await
                .map_err(|error| Failure::act("the accounts cannot be read on", error))?;
            (after, ended) = (page.next, page.next.is_none());
            // Who came to be after the accounts were counted was not consented to.
            let mut users = page.items;
            users.retain(|user| key(user) <= newest);
            if !users.is_empty() {
                return Ok(users);
            }
        }
        Ok(Vec::new())
    };
    bulk::each_of(context, total, pages, apply).await
}

fn key(user: &User) -> (Timestamp, Id) {
    (user.created_at, user.id)
}
