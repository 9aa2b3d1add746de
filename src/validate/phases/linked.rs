//! Whether a mailed link leads to a page that strangers can open.

use super::pages::page_of;
use crate::validate::link::{Link, is_private};
use crate::validate::site::Site;
use crate::validate::{Probe, Result, Trouble};

/// Opens the link as a person does. `page` is the built-in page, `key` the setting of the link's template.
pub(super) async fn open(probe: &Probe<'_>, link: &Link, page: &str, key: &str) -> Result<()> {
    let given = &probe.site.given;
    let (url, shown) = (&link.url, link.shown());
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
        return Err(Trouble::new(what).remedy(format!(
            "turn on the built-in pages (enable_ui_router = true), or set {key} or email_link_prefix to a page of your application"
        )));
    }
    // A page of an application has no such name.
    let body = reply.body();
    match page_of(&body) {
        Some(other) if other != page => Err(Trouble::new(format!(
            "the link in the email leads to {shown}, which is the page {other}"
        ))
        .remedy(format!("correct {key} or email_link_prefix"))),
        _ => Ok(()),
    }
}
