//! The startup message of a server.

use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;

use super::output::{Canvas, Report};
use super::{Failure, Result};
use crate::accounts::{self, StoreError};
use crate::app::App;
use crate::config::Bind;

/// How long to wait for missing indexes of the database before requests are accepted.
const PREPARATION: Duration = Duration::from_mins(1);

/// The line with the addresses of the server.
#[derive(Serialize)]
pub(super) struct Serving {
    version: &'static str,
    address: String,
    engine: String,
    /// The number of accounts. `None` while the database cannot be reached.
    users: Option<u64>,
    /// The URL of the pages. `None` if they are off.
    pages: Option<String>,
    openapi: String,
    mailbox: Option<String>,
    /// The URL where somebody can become the first administrator, if there is none and the console is on.
    set_up: Option<String>,
}

impl Report for Serving {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let users = match self.users {
            Some(1) => "1 user".to_owned(),
            Some(users) => format!("{users} users"),
            None => "not reachable".to_owned(),
        };
        let part = |name: &str, url: Option<&String>| {
            url.map_or_else(String::new, |url| format!(" · {name} {url}"))
        };
        canvas.line(format!(
            "regstack {} serves {} · {}, {users}{} · API {}{}",
            self.version,
            self.address,
            self.engine,
            part("pages", self.pages.as_ref()),
            self.openapi,
            part("mail", self.mailbox.as_ref()),
        ));
        if let Some(url) = &self.set_up {
            canvas.line(format!(
                "no administrator yet; create one within an hour at {url}"
            ));
        }
    }
}

/// Returns the startup message for a server on this address.
pub(super) async fn describe(app: &App, bind: &Bind, with_mailbox: bool) -> Result<Serving> {
    // An error here occurs below too, and is reported there.
    if timeout(PREPARATION, app.store.ready()).await.is_err() {
        tracing::warn!(
            "the database's indexes are still being created; until then, requests get 503"
        );
    }
    let users = match app.accounts.counts().await {
        Ok(counts) => Some(counts.total_users),
        // A server may start before its database, and uses it as soon as it responds.
        Err(accounts::Error::Store(
            cause @ (StoreError::Unavailable(_)
            | StoreError::Denied(_)
            | StoreError::Failed(_)
            | StoreError::Unconfirmed(_)),
        )) => {
            tracing::warn!(%cause, "database not reachable yet; retrying");
            None
        }
        Err(error) => return Err(Failure::act("the accounts can't be counted", error)),
    };
    let scheme = if app.settings.server.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let base = app.settings.identity.base_url.trim_end_matches('/');
    let (address, root) = match bind {
        Bind::Tcp(address) => {
            let url = format!("{scheme}://{address}");
            (url.clone(), url)
        }
        Bind::Unix(_) => (bind.to_string(), base.to_owned()),
    };
    let set_up = if users.is_some() {
        set_up(app).await?
    } else {
        None
    };
    Ok(Serving {
        version: env!("CARGO_PKG_VERSION"),
        engine: app.store.engine(),
        users,
        pages: app
            .settings
            .features
            .enable_ui_router
            .then(|| format!("{base}{}", app.settings.pages.ui_prefix)),
        openapi: format!("{root}/openapi.json"),
        set_up,
        mailbox: with_mailbox.then(|| format!("{root}/dev/mailbox")),
        address,
    })
}

/// Returns the link for the first administrator, if there is none and the console is on.
async fn set_up(app: &App) -> Result<Option<String>> {
    if !app.settings.has_console() {
        return Ok(None);
    }
    let failed = |error| Failure::act("the link for the first administrator can't be made", error);
    let token = app.accounts.invite_first_admin().await.map_err(failed)?;
    Ok(token.map(|token| app.settings.set_up_link(&token)))
}
