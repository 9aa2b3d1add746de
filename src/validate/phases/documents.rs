//! What other programs read, and how the API answers.

use axum::http::Method;
use serde_json::{Value, json};
use url::Url;

use crate::validate::link::{is_private, is_same_server};
use crate::validate::site::Site;
use crate::validate::{Probe, Result, Trouble, passed};

/// The well-known documents agree with the address that the installation was reached at.
pub(super) async fn documents(probe: &mut Probe<'_>) -> Result {
    let site = &probe.site;
    let metadata = site.get("/.well-known/oauth-authorization-server");
    let reply = site.send(metadata).await?.expect(200)?;
    let issuer = reply.text("issuer")?;
    let issuer_url = Url::parse(&issuer)
        .map_err(|_| Trouble::new(format!("base_url is {issuer}, which isn't a URL")))?;
    if !is_same_server(&issuer_url, &site.given) {
        let here = site.origin();
        let trouble = Trouble::new(format!(
            "base_url is {issuer}, but you reached it at {here}"
        ));
        return Err(if is_private(&site.given) && !is_private(&issuer_url) {
            trouble.remedy(format!("validate {issuer}, as strangers reach it"))
        } else {
            trouble.remedy(format!("set base_url = \"{here}\", or validate {issuer}"))
        });
    }
    let keys = reply.text("jwks_uri")?;
    let keys = Url::parse(&keys)
        .map_err(|_| Trouble::new(format!("the metadata's jwks_uri isn't a URL: {keys}")))?;
    let set = site.send(Site::file(&keys)).await?.expect(200)?.json();
    let Value::Array(keys) = &set["keys"] else {
        return Err(Trouble::new("jwks_uri has no key set")
            .remedy("let the proxy forward /.well-known/jwks.json to regstack"));
    };
    if keys
        .iter()
        .any(|key| !key["d"].is_null() || !key["k"].is_null())
    {
        return Err(Trouble::new("the published key set has a private key")
            .remedy("take the installation offline, and rotate its keys: regstack keys rotate"));
    }
    let count = keys.len();
    passed(match count {
        0 => "the metadata is right; tokens are signed with a secret, so there are no public keys"
            .to_owned(),
        1 => "the metadata is right, 1 public key".to_owned(),
        more => format!("the metadata is right, {more} public keys"),
    })
}

/// Answers have the form that clients rely on, and nothing between here and the server loosens them.
pub(super) async fn answers(probe: &mut Probe<'_>) -> Result {
    let site = &probe.site;
    let reply = site.send(site.get("/me")).await?.expect(401)?;
    for (name, expected) in [
        ("www-authenticate", "Bearer"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        let value = reply.header(name).unwrap_or_default();
        if !value.contains(expected) {
            return Err(Trouble::new(format!("answers lack \"{name}: {expected}\""))
                .remedy("keep the proxy from removing or replacing regstack's headers"));
        }
    }
    let call = site.post("/login", json!({})).for_token();
    let reply = site.send(call).await?;
    if !(reply.is(422) && reply.code() == "validation_error") {
        return Err(reply.trouble());
    }
    let stranger = "https://stranger.example";
    let preflight = site.call(Method::OPTIONS, "/me").header("origin", stranger);
    let preflight = preflight.header("access-control-request-method", "GET");
    let read = site.get("/me").header("origin", stranger);
    for call in [preflight, read] {
        let reply = site.send(call).await?;
        let allowed = reply
            .header("access-control-allow-origin")
            .unwrap_or_default();
        let with_cookies = reply.header("access-control-allow-credentials") == Some("true");
        if allowed == stranger && with_cookies {
            return Err(Trouble::new("pages of any site may use people's sessions (CORS)").remedy(
                "keep the proxy from adding Access-Control headers; cors_origins names the sites that may call the API",
            ));
        }
    }
    passed("errors, headers and CORS are as documented")
}
