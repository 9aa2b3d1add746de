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
    let accounts = users.into_iter().map(|user| Account {
        id: user.id,
        email: user.email.to_string(),
    });
    bulk::each(context, accounts.collect(), async |account| {
        let done = progress::waited(act(account.id)).await;
        done.map(|_| past)
            .map_err(|error| Failure::act(format!("{account} cannot be {past}"), error))
    })
    .await
}
