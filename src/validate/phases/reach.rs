//! Finds the API.

use axum::http::Method;
use url::Url;

use crate::validate::site::{Reply, Site};
use crate::validate::{Probe, Result, Trouble, passed};

/// Where the API is unless `api_prefix` says otherwise.
const USUAL_PREFIX: &str = "/api/auth";

/// The API answers, the server is ready, and accounts can be deleted.
pub(super) async fn reach(probe: &mut Probe<'_>) -> Result {
    let mut given = probe.site.given.clone();
    given.set_query(None);
    given.set_fragment(None);
    let given = given.as_str().trim_end_matches('/').to_owned();
    let mut seen = Vec::new();
    let mut is_found = false;
    for candidate in [format!("{given}{USUAL_PREFIX}"), given.clone()] {
        probe.site.api.clone_from(&candidate);
        let reply = probe.site.send(probe.site.get("/me")).await?;
        if reply.is(401) && reply.code() == "not_authenticated" {
            is_found = true;
            break;
        }
        seen.push(described(&candidate, &reply));
    }
    if !is_found {
        probe.site.api.clear();
        let seen = seen.join(", ");
        return Err(Trouble::new(format!("there is no regstack API: {seen}")).remedy(
            "give the address of the API, which ends with api_prefix, such as https://accounts.example.com/api/auth",
        ));
    }
    find_base(probe).await?;
    let ready = probe.base().join("readyz").ok();
    if let Some(url) = ready {
        let reply = probe.site.send(Site::file(&url)).await?;
        if reply.is(503) {
            return Err(reply
                .trouble()
                .remedy("on the server, regstack doctor finds the cause"));
        }
    }
    // A route that is there refuses the method.
    let deletion = probe.site.call(Method::GET, "/account");
    if !probe.keep && probe.site.send(deletion).await?.is_off() {
        return Err(Trouble::new("accounts can't be deleted, so those made here would stay").remedy(
            "set enable_account_deletion = true, or repeat with --no-cleanup and delete them with regstack users delete",
        ));
    }
    passed(format!("the API is at {}", probe.site.api))
}

/// Takes the address of the site from the server's metadata.
async fn find_base(probe: &mut Probe<'_>) -> Result<()> {
    let metadata = probe.site.get("/.well-known/oauth-authorization-server");
    let reply = probe.site.send(metadata).await?;
    let issuer = reply.json()["issuer"].as_str().map(Url::parse);
    if let Some(Ok(issuer)) = issuer {
        probe.issuer = Some(issuer);
    }
    Ok(())
}

fn described(url: &str, reply: &Reply) -> String {
    let kind = reply.header("content-type").unwrap_or("no content");
    format!("{url}/me answers {} ({kind})", reply.status().as_u16())
}
