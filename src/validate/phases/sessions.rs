//! Logging in and out, by token and by cookie.

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::random::token;
use crate::secret::{ExposeSecret as _, SecretString};
use crate::validate::site::{Call, Reply};
use crate::validate::{Probe, Result, Trouble, not_there, passed};

/// The name of the session cookie.
const COOKIE: &str = "regstack_session";

/// How far two clocks may be apart: a step of authenticator apps.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(30);

/// A wrong password is refused, and the right one leads to a session.
pub(super) async fn login(probe: &mut Probe<'_>) -> Result {
    let wrong = SecretString::from(token::<12>(&*probe.random));
    let email = probe.account.email.clone();
    if probe.try_login(&email, &wrong).await?.is_some() {
        return Err(Trouble::new("POST /login accepts a wrong password")
            .remedy("take the installation offline, and report this"));
    }
    let session = probe.session().await?;
    let me = probe
        .site
        .send(probe.site.get("/me").bearer(&session))
        .await?;
    let shown = me.expect(200)?.text("email")?;
    if !shown.eq_ignore_ascii_case(&email) {
        return Err(Trouble::new("GET /me shows another account")
            .remedy("see whether a cache answers for the API"));
    }
    passed("with a token; a wrong password is refused")
}

/// The clocks of the server and of this machine agree.
pub(super) async fn clock(probe: &mut Probe<'_>) -> Result {
    let before = probe.clock.now();
    let session = probe.new_session().await?;
    let after = probe.clock.now();
    let reply = probe
        .site
        .send(probe.site.get("/me").bearer(&session))
        .await?;
    let received = probe.clock.now();
    let reply = reply.expect(200)?;
    // The moment of the login, by the clock that the application uses; and that of the answer, by the server's or proxy's.
    let login = reply.json()["last_login"]
        .as_str()
        .and_then(|at| at.parse().ok());
    let seen = [(login, before, after), (reply.date(), after, received)];
    let apart = seen
        .into_iter()
        .filter_map(|(at, from, to)| Some(outside(at?, from, to)));
    let Some(apart) = apart.max_by_key(|apart| apart.abs()) else {
        return not_there("the server doesn't say what time it is");
    };
    if apart.abs() > TOLERANCE {
        let seconds = apart.abs().as_secs();
        let direction = if apart.is_positive() {
            "ahead of"
        } else {
            "behind"
        };
        return Err(Trouble::new(format!(
            "the server's clock is {seconds} s {direction} this machine's"
        ))
        .remedy("synchronise both with NTP (timedatectl shows the state): codes of authenticator apps and tokens need the right time"));
    }
    passed(format!("less than {} s apart", apart.abs().as_secs() + 1))
}

/// Returns how far a moment is outside of a span. Positive if it's after it.
fn outside(at: Timestamp, from: Timestamp, to: Timestamp) -> SignedDuration {
    if at < from {
        at.duration_since(from)
    } else if at > to {
        at.duration_since(to)
    } else {
        SignedDuration::ZERO
    }
}

/// A session in a cookie has the right attributes, and works for pages of this site only.
pub(super) async fn cookie(probe: &mut Probe<'_>) -> Result {
    let (site, account) = (&probe.site, &probe.account);
    let origin = site.origin();
    let body = json!({"email": account.email, "password": account.password.expose_secret()});
    let call = site
        .post("/login", body)
        .with_origin(&origin, "same-origin");
    let reply = site.send(call).await?.expect(200)?;
    if reply.json()["token_type"] != "cookie" {
        return not_there("sessions are in tokens (transport = \"bearer\")");
    }
    let value = check_cookie(&reply, site.given.scheme() == "https")?;
    let with = |call: Call| call.header("cookie", &format!("{COOKIE}={}", value.expose_secret()));
    site.send(with(site.get("/me"))).await?.expect(200)?;
    let logout = || with(site.call(Method::POST, "/logout"));
    let stranger = logout().with_origin("https://stranger.example", "cross-site");
    let reply = site.send(stranger).await?;
    if !(reply.is(403) && reply.code() == "cross_site") {
        return Err(Trouble::new("a page of another site can act with the cookie of a session")
            .remedy("keep the proxy from changing Origin and Sec-Fetch-Site, and take other sites out of cors_origins"));
    }
    let own = logout().with_origin(&origin, "same-origin");
    let reply = site.send(own).await?.expect(200)?;
    let gone = |line: &&str| line.starts_with(&format!("{COOKIE}=;"));
    if !reply.headers("set-cookie").iter().any(gone) {
        return Err(Trouble::new("POST /logout doesn't remove the cookie")
            .remedy("keep the proxy from removing Set-Cookie"));
    }
    if !site.send(with(site.get("/me"))).await?.is(401) {
        return Err(
            Trouble::new("the cookie is still accepted after the logout")
                .remedy("see whether a cache answers for the API"),
        );
    }
    passed("HttpOnly, SameSite, and refused for pages of other sites")
}

/// Returns the value of the session cookie, if its attributes are right.
fn check_cookie(reply: &Reply, is_https: bool) -> Result<SecretString> {
    let lines = reply.headers("set-cookie");
    let start = format!("{COOKIE}=");
    let mut ours = lines.iter().filter_map(|line| line.strip_prefix(&start));
    let Some(cookie) = ours.find(|cookie| !cookie.starts_with(';')) else {
        return Err(Trouble::new("the login sets no cookie")
            .remedy("keep the proxy from removing Set-Cookie"));
    };
    let attributes: Vec<String> = cookie
        .split(';')
        .map(|part| part.trim().to_lowercase())
        .collect();
    let has = |name: &str| attributes.iter().any(|attribute| attribute == name);
    let lacks = |name: &str, remedy: &str| {
        Err(Trouble::new(format!("the cookie of the session lacks {name}")).remedy(remedy))
    };
    let proxy = "keep the proxy from changing cookies";
    if !has("httponly") {
        return lacks("HttpOnly", proxy);
    }
    if !(has("samesite=lax") || has("samesite=strict")) {
        return lacks("SameSite", proxy);
    }
    if is_https && !has("secure") {
        return lacks(
            "Secure",
            "set base_url to an address that begins with https://",
        );
    }
    if !is_https && has("secure") {
        return Err(Trouble::new(
            "the cookie of the session is for https only, and you came with http",
        )
        .remedy("validate the https address, as people reach it"));
    }
    let value = cookie.split(';').next().unwrap_or_default();
    Ok(value.to_owned().into())
}

/// The list shows where somebody is logged in, and ends what it shows.
pub(super) async fn sessions(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let other = probe.new_session().await?;
    let site = &probe.site;
    let list = site
        .send(site.get("/sessions").bearer(&other))
        .await?
        .expect(200)?
        .json();
    let items = list["items"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let current = items.iter().find(|item| item["is_current"] == true);
    let id = current
        .and_then(|item| item["id"].as_str())
        .unwrap_or_default();
    if items.len() < 2 || id.is_empty() {
        return Err(Trouble::new("GET /sessions doesn't show both sessions")
            .remedy("see whether a cache answers for the API"));
    }
    let end = site.call(Method::DELETE, &format!("/sessions/{id}"));
    site.send(end.bearer(&session)).await?.expect(200)?;
    probe.is_refused(&other, "it was ended").await?;
    let other = probe.new_session().await?;
    let end = probe.site.call(Method::DELETE, "/sessions");
    probe.site.send(end.bearer(&session)).await?.expect(200)?;
    probe.is_refused(&other, "all others were ended").await?;
    let me = probe.site.get("/me").bearer(&session);
    probe.site.send(me).await?.expect(200)?;
    passed("listed, ended one by one and all others")
}

/// A session can be renewed, if that is on.
pub(super) async fn renew(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let call = probe.site.call(Method::POST, "/session/renew");
    let reply = probe.site.send(call.bearer(&session)).await?;
    if reply.is_off() {
        return not_there("sessions aren't renewed (session_max_seconds = 0)");
    }
    let renewed: SecretString = reply.expect(200)?.text("access_token")?.into();
    let me = probe.site.get("/me").bearer(&renewed);
    probe.site.send(me).await?.expect(200)?;
    probe.account.token = Some(renewed);
    passed("the new token works")
}

/// Logging out ends the session.
pub(super) async fn logout(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let call = probe.site.call(Method::POST, "/logout").bearer(&session);
    probe.site.send(call).await?.expect(200)?;
    probe.account.token = None;
    probe.is_refused(&session, "the logout").await?;
    passed("the token is refused afterwards")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_within_the_span_is_no_difference() {
        let at = |second| Timestamp::from_second(second).unwrap();
        for (moment, apart) in [(10, 0), (12, 0), (15, 0), (40, 25), (3, -7)] {
            assert_eq!(
                outside(at(moment), at(10), at(15)),
                SignedDuration::from_secs(apart)
            );
        }
    }
}
