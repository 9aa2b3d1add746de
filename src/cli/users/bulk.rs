//! One act on several accounts: all names are understood before anything is done.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

use crate::accounts;
use crate::app::App;
use crate::cli::bulk;
use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::progress;
use crate::model::{Id, User};

#[derive(Serialize)]
struct Account {
    id: Id,
    email: String,
    #[serde(skip)]
    user: User,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.email)
    }
}

/// The accounts that the names stand for, each once. One name that stands for none or several stops everything.
pub(super) async fn find(context: &Context, app: &App, names: &[String]) -> Result<Vec<User>> {
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
    users: Vec<User>,
    past: &'static str,
    act: impl AsyncFn(Id) -> accounts::Result<User>,
) -> Result {
    each_as(context, users, async |user| {
        let done = progress::waited(act(user.id)).await;
        done.map(|_| past)
            .map_err(|error| Failure::act(format!("{} cannot be {past}", user.email), error))
    })
    .await
}

/// The same for an act that knows the word itself.
pub(super) async fn each_as(
    context: &Context,
    users: Vec<User>,
    act: impl AsyncFn(&User) -> Result<&'static str>,
) -> Result {
    let accounts = users.into_iter().map(|user| Account {
        id: user.id,
        email: user.email.to_string(),
        user,
    });
    bulk::each(context, accounts.collect(), async |account| {
        act(&account.user).await
    })
    .await
}
