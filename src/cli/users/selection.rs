//! Selects the accounts for an act: by name, or with a filter.

use std::collections::HashSet;

use super::filter::Filter;
use crate::app::App;
use crate::cli::named::Accounts;
use crate::cli::{Context, Failure, Result, progress, prompt};
use crate::model::{User, UserFilter};

/// How many accounts are listed when consent is asked for.
const NAMED: u32 = 10;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Selection {
    #[command(flatten)]
    accounts: Accounts,
    #[command(flatten, next_help_heading = "Select accounts instead of naming them")]
    filter: Filter,
    /// Every account
    #[arg(long, help_heading = "Select accounts instead of naming them")]
    all: bool,
}

pub(in crate::cli) enum Selected {
    Named(Vec<User>),
    Filtered {
        filter: UserFilter,
        total: usize,
        /// The newest accounts, up to the number that is listed.
        first: Vec<User>,
    },
}

impl Selection {
    /// Opens the application. Fails if no account is selected, or if several ways of selection are combined.
    pub(super) async fn open(&self, context: &Context) -> Result<App> {
        match (
            !self.accounts.get().is_empty(),
            self.filter.is_given(),
            self.all,
        ) {
            (false, false, false) => Err(Failure::refused("an account is missing: <ACCOUNT>…")
                .because("name accounts, select them (--locked, --q PART, …), or use --all")),
            (true, false, false) | (false, true, false) | (false, false, true) => {
                context.open().await
            }
            _ => Err(
                Failure::refused("names, filters and --all can't be combined")
                    .because("names, filters and --all exclude each other"),
            ),
        }
    }

    pub(super) async fn find(&self, context: &Context, app: &App) -> Result<Selected> {
        let names = self.accounts.get();
        if !names.is_empty() {
            return Selected::named(context, app, &names).await;
        }
        let filter = self.filter.of(context, &context.output, app)?;
        let (page, total) = progress::waited(app.accounts.users_from(&filter, 0, NAMED))
            .await
            .map_err(|error| Failure::act("the accounts can't be counted", error))?;
        Ok(Selected::Filtered {
            filter,
            total: usize::try_from(total).unwrap_or(usize::MAX),
            first: page.items,
        })
    }
}

impl Selected {
    /// Returns the accounts with these names, each once. A name that matches no account or several is an error.
    pub(in crate::cli) async fn named(
        context: &Context,
        app: &App,
        names: &[String],
    ) -> Result<Self> {
        let mut seen = HashSet::new();
        let mut users = Vec::new();
        for name in names {
            let user = context.find(app, name).await?;
            if seen.insert(user.id) {
                users.push(user);
            }
        }
        Ok(Self::Named(users))
    }

    pub(super) fn total(&self) -> usize {
        match self {
            Self::Named(users) => users.len(),
            Self::Filtered { total, .. } => *total,
        }
    }

    /// Asks for consent to an act. `does` describes it.
    pub(super) async fn consent(&self, context: &Context, does: &str) -> Result {
        let (Self::Named(first) | Self::Filtered { first, .. }) = self;
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
            Self::Filtered { .. } if total == 1 => "1 account: ".to_owned(),
            Self::Filtered { .. } => format!("{total} accounts: "),
        };
        let what = format!("{does} {count}{}{others}", named.join(", "));
        prompt::consent(context, &what).await
    }
}
