//! One act on several accounts: who is meant is understood, and where it is not plain consented to, before anything is done.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

use super::filter::Filter;
use super::name;
use crate::accounts::{self};
use crate::app::App;
use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::{bulk, progress, prompt};
use crate::model::{Id, User, UserFilter};

/// So many accounts are named when consent is asked for.
const NAMED: u32 = 10;
/// So many are read at a time.
const PART: u32 = 200;

/// Which accounts an act is for.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Selection {
    /// Ids, addresses, or parts of an address that no other has
    #[arg(value_name = "ACCOUNT", value_parser = name)]
    names: Vec<String>,
    #[command(flatten, next_help_heading = "Instead of naming them")]
    filter: Filter,
    /// Every account
    #[arg(long, help_heading = "Instead of naming them")]
    all: bool,
}

/// The accounts that are meant.
pub(in crate::cli) enum Meant {
    /// Named one by one.
    Named(Vec<User>),
    /// Those that are like this.
    Alike {
        filter: UserFilter,
        /// How many there were.
        total: usize,
        /// The newest of them, as many as are named.
        first: Vec<User>,
    },
}

impl Selection {
    /// The application, unless nobody is meant, or there are several ways to say who.
    pub(super) async fn open(&self, context: &Context) -> Result<App> {
        match (!self.names.is_empty(), self.filter.is_given(), self.all) {
            (false, false, false) => Err(Failure::refused("it is not said who: <ACCOUNT>…")
                .because(
                    "name accounts, or say what they are like (--locked, --q PART, …), or --all",
                )),
            (true, false, false) | (false, true, false) | (false, false, true) => {
                context.open().await
            }
            _ => Err(Failure::refused(
                "names, what accounts are like, and --all cannot be used together",
            )
            .because(
                "an act is for those that are named, or for those that are alike, or for all",
            )),
        }
    }

    /// The accounts that are meant. One name that stands for none or several stops everything.
    pub(super) async fn meant(&self, context: &Context, app: &App) -> Result<Meant> {
        if !self.names.is_empty() {
            return Ok(Meant::Named(find(context, app, &self.names).await?));
        }
        let filter = self.filter.of(context, &context.output, app)?;
        let read = async {
            let (page, total) = app.accounts.users_from(&filter, 0, NAMED).await?;
            Ok((page.items, total))
        };
        let (first, total) = progress::waited(read)
            .await
            .map_err(|error| Failure::act("the accounts cannot be counted", error))?;
        Ok(Meant::Alike {
            filter,
            total: usize::try_from(total).unwrap_or(usize::MAX),
            first,
        })
    }

    /// The same, and asks for consent to what `does` them where they are not named one by one.
    pub(super) async fn consented(
        &self,
        context: &Context,
        app: &App,
        does: &str,
    ) -> Result<Meant> {
        let meant = self.meant(context, app).await?;
        if let Meant::Alike { total: 1.., .. } = meant {
            meant.consent(context, does).await?;
        }
        Ok(meant)
    }
}

impl Meant {
    /// How many.
    pub(super) fn total(&self) -> usize {
        match self {
            Self::Named(users) => users.len(),
            Self::Alike { total, .. } => *total,
        }
    }

    /// Asks for consent to what `does` this to them.
    pub(super) async fn consent(&self, context: &Context, does: &str) -> Result {
        let (Self::Named(first) | Self::Alike { first, .. }) = self;
        let total = self.total();
        let named: Vec<&str> = first
            .iter()
            .take(NAMED as usize)
            .map(|user| user.email.as_str())
            .collect();
        let others = match total.saturating_sub(named.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let count = match self {
            Self::Named(_) => String::new(),
            Self::Alike { .. } if total == 1 => "1 account: ".to_owned(),
            Self::Alike { .. } => format!("{total} accounts: "),
        };
        let what = format!("{does}: {count}{}{others}", named.join(", "));
        prompt::consent(context, &what).await
    }
}

#[derive(Serialize)]
struct Account {
    id: Id,
    email: String,
    #[serde(skip)]
    user: User,
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email.to_string(),
            user,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.email)
    }
}

/// The accounts that the names stand for, each once. One name that stands for none or several stops everything.
pub(in crate::cli) async fn find(
    context: &Context,
    app: &App,
    names: &[String],
) -> Result<Vec<User>> {
    let mut seen = HashSet::new();
    let mut users = Vec::new();
    for name in names {
        let user = context.find(app, name).await?;
        if seen.insert(user.id) {
            users.push(user);
        }
    }
    Ok(users)
}

/// Does `act` to each account. `past` is the word for what was done.
pub(super) async fn each(
    context: &Context,
    app: &App,
    meant: Meant,
    past: &'static str,
    act: impl AsyncFn(Id) -> accounts::Result<User>,
) -> Result {
    let alone = meant.total() == 1;
    each_as(context, app, meant, async |user| {
        // Beside a bar nothing else moves.
        let done = if alone {
            progress::waited(act(user.id)).await
        } else {
            act(user.id).await
        };
        done.map(|_| past)
            .map_err(|error| Failure::act(format!("{} cannot be {past}", user.email), error))
    })
    .await
}

/// The same for an act that knows the word itself.
pub(in crate::cli) async fn each_as(
    context: &Context,
    app: &App,
    meant: Meant,
    act: impl AsyncFn(&User) -> Result<&'static str>,
) -> Result {
    let total = meant.total();
    let act = async |account: &Account| act(&account.user).await;
    let (filter, first) = match meant {
        Meant::Named(users) => {
            let accounts = users.into_iter().map(Account::from).collect();
            return bulk::each(context, accounts, act).await;
        }
        Meant::Alike { filter, first, .. } => (filter, first),
    };
    let Some(newest) = first.first().map(key) else {
        context.output.say("no account is like that");
        return bulk::each(context, Vec::<Account>::new(), act).await;
    };
    // Page after page from the newest: a place in that order stays one, whatever the act does to those before it.
    let (mut after, mut ended) = (None, false);
    let parts = async || {
        while !ended {
            let page = app
                .accounts
                .users(&filter, after, PART)
                .await
                .map_err(|error| Failure::act("the accounts cannot be read on", error))?;
            (after, ended) = (page.next, page.next.is_none());
            // Who came to be after the accounts were counted was not consented to.
            let accounts: Vec<Account> = page
                .items
                .into_iter()
                .filter(|user| key(user) <= newest)
                .map(Account::from)
                .collect();
            if !accounts.is_empty() {
                return Ok(accounts);
            }
        }
        Ok(Vec::new())
    };
    bulk::each_of(context, total, parts, act).await
}

fn key(user: &User) -> (jiff::Timestamp, Id) {
    (user.created_at, user.id)
}
