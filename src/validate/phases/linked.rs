//! Mailed links: they arrive, lead to a page that strangers can open, and work once.

use axum::http::StatusCode;

use super::pages::{login_page, page_of};
use crate::secret::ExposeSecret as _;
use crate::validate::link::{Link, is_private};
use crate::validate::site::{Call, Site};
use crate::validate::{Probe, Result, Trouble};

/// What a link is for.
pub(super) struct Kind {
    /// The email that it's in.
    email: &'static str,
    link: &'static str,
    /// The built-in page.
    page: &'static str,
    /// The setting of its template.
    key: &'static str,
    /// What else may keep the email away.
    unless: &'static str,
}

pub(super) const VERIFY: Kind = Kind {
    email: "the verification email",
    link: "the verification link",
    page: "verify",
    key: "verify_url_template",
    unless: "",
};

pub(super) const EMAIL_CHANGE: Kind = Kind {
    email: "the email with the link to the new address",
    link: "the link to the new address",
    page: "confirm-email-change",
    key: "email_change_url_template",
    unless: "",
};

pub(super) const RESET: Kind = Kind {
    email: "the email with the reset link",
    link: "the reset link",
    page: "reset",
    key: "password_reset_url_template",
    unless: "",
};

pub(super) const UNDO: Kind = Kind {
    email: "the notice to the old address",
    link: "the link that undoes the change",
    page: "undo-email-change",
    key: "email_undo_url_template",
    unless: "; notices need notify_on_change = true",
};

/// A link that arrived. What's wrong with the page that it leads to is said after it was used.
pub(super) struct Arrived {
    kind: &'static Kind,
    link: Link,
    opened: Result<()>,
}

impl Arrived {
    /// Returns the token in the link.
    pub(super) fn token(&self) -> &str {
        self.link.token.expose_secret()
    }

    /// Returns the link without its token.
    pub(super) fn shown(&self) -> String {
        self.link.shown()
    }

    /// Checks that the link led to a page, and that what it was used for can't be done again.
    pub(super) async fn worked_once(self, probe: &Probe<'_>, call: Call) -> Result<()> {
        self.opened?;
        let again = probe.site.send(call).await?;
        if again.is(400) && again.code() == "invalid_token" {
            return Ok(());
        }
        if again.status() != StatusCode::OK {
            return Err(again.trouble());
        }
        Err(Trouble::new(format!("{} works twice", self.kind.link))
            .remedy("see whether several servers run with different databases"))
    }
}

/// Waits for a link, and opens it as a person does.
pub(super) async fn arrived(
    probe: &mut Probe<'_>,
    to: &str,
    kind: &'static Kind,
) -> Result<Arrived> {
    let link = probe.mailed_link(to, kind.email, kind.unless).await?;
    Ok(of(probe, link, kind).await)
}

/// Opens a link that may have been sent. Returns `None` if none arrives.
pub(super) async fn possibly_arrived(
    probe: &mut Probe<'_>,
    to: &str,
    kind: &'static Kind,
) -> Option<Arrived> {
    let link = probe.possible_link(to).await?;
    Some(of(probe, link, kind).await)
}

async fn of(probe: &Probe<'_>, link: Link, kind: &'static Kind) -> Arrived {
    let opened = open(probe, &link, kind).await;
    Arrived { kind, link, opened }
}

async fn open(probe: &Probe<'_>, link: &Link, kind: &Kind) -> Result<()> {
    let given = &probe.site.given;
    let (url, shown, key) = (&link.url, link.shown(), kind.key);
    let here = probe.site.origin();
    let elsewhere = format!("set base_url = \"{here}\", from which links are made, or {key}");
    if is_private(url) && !is_private(given) {
        let what = format!("the link in the email leads to {shown}, which strangers can't reach");
        return Err(Trouble::new(what).remedy(elsewhere));
    }
    if url.scheme() == "http" && given.scheme() == "https" {
        let what = format!("the link in the email leads to {shown}, without TLS");
        return Err(Trouble::new(what).remedy(elsewhere));
    }
    probe.watch.does(&format!("opening {shown}"));
    let reply = match probe.site.send(Site::page(url)).await {
        Ok(reply) => reply,
        Err(trouble) => {
            let what = format!("the link in the email leads to {shown}: {}", trouble.detail);
            return Err(Trouble::new(what).remedy(elsewhere));
        }
    };
    let status = reply.status();
    if status.is_client_error() || status.is_server_error() {
        let code = status.as_u16();
        let what = format!("the link in the email leads to {shown}, which answers {code}");
        let remedy = match login_page(probe).await {
            Ok(Some(login)) => format!(
                "remove {key} and email_link_prefix from the configuration: links lead to the built-in pages then, such as {login}"
            ),
            _ => format!(
                "turn on the built-in pages (enable_ui_router = true), or set {key} or email_link_prefix to a page of your application"
            ),
        };
        return Err(Trouble::new(what).remedy(remedy));
    }
    // A page of an application has no such name.
    let body = reply.body();
    match page_of(&body) {
        Some(other) if other != kind.page => Err(Trouble::new(format!(
            "the link in the email leads to {shown}, which is the page {other}"
        ))
        .remedy(format!("correct {key} or email_link_prefix"))),
        _ => Ok(()),
    }
}
