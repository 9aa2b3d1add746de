//! `GET /oauth/providers`, `GET /oauth/{provider}/start`, `GET /oauth/{provider}/callback`, `POST /oauth/exchange`,
//! `POST /oauth/{provider}/link/start`, `DELETE /oauth/{provider}/link`

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use super::Message;
use super::login::{MfaRequiredAnswer, SessionAnswer};
use crate::accounts::{CallbackOutcome, CallbackParameters, Error, Exchanged, Fetched, Login};
use crate::app::App;
use crate::config::{Settings, Transport};
use crate::http::browser_cookie::{BrowserCookie, SetBrowserCookie};
use crate::http::cookie::{SessionTransport, SetCookie};
use crate::http::error::ApiError;
use crate::http::extract::{
    Body, Client, Next, OptionalBody, ProviderName, Query, SignedIn, query, request,
};
use crate::http::openapi::refusals;
use crate::model::{IdentityPublic, Password, ProofToken, ProviderId};

query! {
    /// Where to go after the login.
    StartQuery {
        /// A path of this site or a URL in `return_origins`. The account page by default.
        redirect_to: Option<Next>,
    }
}

request! {
    /// A login that returned from a provider.
    OauthExchangeRequest {
        /// The `id` in the address of the page `oauth-complete`.
        id: ProofToken,
    }
}

request! {
    /// Confirms a change to how you log in. Not needed within ten minutes after the login.
    OauthLinkRequest {
        /// The account's password.
        current_password: Option<Password>,
    }
}

/// A provider that people can log in with.
#[derive(Serialize, ToSchema)]
pub(super) struct ProviderItem {
    /// Its name in paths.
    #[schema(value_type = String, example = "google")]
    id: ProviderId,
    /// The name on the button.
    #[schema(example = "Google")]
    name: String,
}

/// The providers that are available, and those that are linked to the account.
#[derive(Serialize, ToSchema)]
pub(super) struct ProvidersAnswer {
    /// The names of all providers in paths.
    #[schema(value_type = Vec<String>, example = json!(["google"]))]
    available: Vec<ProviderId>,
    /// The same, with the names on the buttons.
    providers: Vec<ProviderItem>,
    /// The providers that are linked to the account, the oldest first.
    linked: Vec<IdentityPublic>,
}

/// Where to send the browser.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkStartAnswer {
    /// The provider's page.
    #[schema(example = "https://accounts.google.com/o/oauth2/v2/auth?client_id=…")]
    authorization_url: String,
}

/// A session, or a request for the second factor.
#[derive(Serialize, ToSchema)]
pub(super) struct OauthExchangeAnswer {
    /// Send it as `Authorization: Bearer …`. Empty if the session is in a cookie or a second factor is needed.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    access_token: String,
    /// Where to go now: the `redirect_to` of the start.
    #[schema(example = "/account/me")]
    redirect_to: String,
    /// Whether this login created the account.
    was_new_account: bool,
    /// `bearer`, or `cookie` if the session is in a cookie.
    #[schema(example = "bearer")]
    token_type: &'static str,
    /// How long the token is valid, in seconds.
    #[schema(example = 7200)]
    expires_in: u32,
    /// Whether a second factor is needed, for `/login/mfa-confirm`.
    mfa_required: bool,
    /// Send it with the second factor.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    mfa_pending_token: Option<String>,
    /// What `/login` returns if a second factor is needed.
    mfa: Option<MfaRequiredAnswer>,
}

/// Lists the providers that are available and those that are linked to your account.
#[utoipa::path(get, path = "/oauth/providers", summary = "List providers and links", operation_id = "oauth_providers", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "The providers.", body = ProvidersAnswer)))]
pub(super) async fn providers(
    State(app): State<App>,
    SignedIn { session, .. }: SignedIn,
) -> Result<Json<ProvidersAnswer>, ApiError> {
    let linked = app.accounts.identities(session.user.id).await?;
    let all = app.accounts.providers();
    Ok(Json(ProvidersAnswer {
        available: all.iter().map(|(id, _)| id.clone()).collect(),
        providers: all
            .into_iter()
            .map(|(id, name)| ProviderItem { id, name })
            .collect(),
        linked,
    }))
}

refusals!(StartRefusals: Error::ForbiddenRedirect);

/// Sends the browser to a provider.
///
/// For links, not for scripts. A cookie identifies the browser when it returns. If the provider can't be reached, the
/// browser goes to the login page, which shows an error.
#[utoipa::path(get, path = "/oauth/{provider}/start", summary = "Log in with a provider", operation_id = "oauth_start", tag = "accounts", params(ProviderName, StartQuery), responses(
    (status = 302, description = "To the provider.", headers(
        ("Location" = String, description = "The provider's page."),
        ("Set-Cookie" = String, description = "Identifies the browser when it returns."))), StartRefusals))]
pub(super) async fn start(
    State(app): State<App>,
    ProviderName(provider): ProviderName,
    Query(query): Query<StartQuery>,
    browser: BrowserCookie,
) -> Result<Response, ApiError> {
    let next = query.redirect_to.as_ref().map(|next| next.0.as_str());
    match app
        .accounts
        .begin_oauth(&provider, next, browser.get())
        .await
    {
        Ok(begun) => {
            let cookie = SetBrowserCookie::keep(&begun.browser, begun.lifetime, &app.settings);
            Ok((cookie, found(&begun.authorization_url)?).into_response())
        }
        Err(Error::ProviderUnavailable) => {
            let page = page(&app.settings, "login", "error", "provider_unavailable");
            Ok(found(&page)?.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The parameters that a provider adds to the callback URL. Others are ignored, and a repeated parameter counts as
/// missing.
pub(super) struct CallbackQuery {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// The longest value that is accepted, in bytes.
const MAX_VALUE: usize = 4096;

impl<S: Sync> FromRequestParts<S> for CallbackQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let one = |name: &str| {
            let mut values = form_urlencoded::parse(query).filter(|(key, _)| key == name);
            let value = values.next()?.1.into_owned();
            (values.next().is_none() && value.len() <= MAX_VALUE).then_some(value)
        };
        Ok(Self {
            code: one("code"),
            state: one("state"),
            error: one("error"),
            iss: one("iss"),
        })
    }
}

/// Receives a browser that returns from a provider.
///
/// The provider adds `code` and `state`, or `error`, and may add `iss` (RFC 9207); other parameters are ignored. The browser goes
/// to the page `oauth-complete` with an `id` to exchange for the session. If something fails, it goes to the login page with
/// `error`, or to the account page if the provider was to be linked.
#[utoipa::path(get, path = "/oauth/{provider}/callback", summary = "Return from a provider", operation_id = "oauth_callback", tag = "accounts", params(ProviderName), responses(
    (status = 302, description = "To a page of this site.", headers(("Location" = String, description = "The page.")))))]
pub(super) async fn callback(
    State(app): State<App>,
    Client(origin): Client,
    ProviderName(provider): ProviderName,
    browser: BrowserCookie,
    query: CallbackQuery,
) -> Result<Response, ApiError> {
    let returned = CallbackParameters {
        code: query.code.as_deref(),
        state: query.state.as_deref(),
        error: query.error.as_deref(),
        issuer: query.iss.as_deref(),
        browser: browser.get(),
    };
    let arrival = app
        .accounts
        .handle_oauth_callback(&provider, returned, &origin)
        .await?;
    let settings = &app.settings;
    let page = match &arrival {
        CallbackOutcome::LoggedIn(id) => page(settings, "oauth-complete", "id", id),
        CallbackOutcome::Refused { why, was_link } => {
            let name = if *was_link { "me" } else { "login" };
            page(settings, name, "error", why.code())
        }
    };
    Ok(found(&page)?.into_response())
}

refusals!(ExchangeRefusals: ApiError::cross_site(), Error::NoOauthState, Error::CodeBudgetSpent { retry_after: 540 }, Error::SmsCapSpent { retry_after: 1800 });

/// Exchanges the `id` of a login that returned from a provider for a session.
///
/// Works once, within half a minute, and only in the browser where the login began. If the account has a second factor, it is
/// needed as after a password. After linking a provider, the token belongs to the session that asked for it.
#[utoipa::path(post, path = "/oauth/exchange", summary = "Complete a login with a provider", operation_id = "oauth_exchange", tag = "accounts", params(SessionTransport), request_body = OauthExchangeRequest, responses(
    (status = 200, description = "A session, or a request for the second factor.", body = OauthExchangeAnswer, headers(
        ("Set-Cookie" = String, description = "The session, if it is in a cookie."))), ExchangeRefusals))]
pub(super) async fn exchange(
    State(app): State<App>,
    Client(origin): Client,
    SessionTransport(by): SessionTransport,
    browser: BrowserCookie,
    Body(request): Body<OauthExchangeRequest>,
) -> Result<(Option<SetCookie>, Json<OauthExchangeAnswer>), ApiError> {
    let id = request.id.expose();
    let exchanged = app
        .accounts
        .exchange_oauth(id, browser.get(), &origin)
        .await?;
    let (cookie, answer) = answer(exchanged, by, &app.settings);
    Ok((cookie, Json(answer)))
}

fn answer(
    exchanged: Exchanged,
    by: Transport,
    settings: &Settings,
) -> (Option<SetCookie>, OauthExchangeAnswer) {
    let Exchanged {
        fetched,
        redirect_to,
        was_new,
    } = exchanged;
    let base = OauthExchangeAnswer {
        access_token: String::new(),
        redirect_to,
        was_new_account: was_new,
        token_type: "bearer",
        expires_in: 0,
        mfa_required: false,
        mfa_pending_token: None,
        mfa: None,
    };
    let issued = match fetched {
        Fetched::Login(Login::Waits(wait)) => {
            let wait = MfaRequiredAnswer::from(wait);
            let answer = OauthExchangeAnswer {
                expires_in: wait.expires_in(),
                mfa_required: true,
                mfa_pending_token: Some(wait.pending_token().to_owned()),
                mfa: Some(wait),
                ..base
            };
            return (None, answer);
        }
        Fetched::Login(Login::Done(issued)) | Fetched::SameSession(issued) => issued,
    };
    let (cookie, session) = SessionAnswer::of(&issued, by, settings);
    let (access_token, token_type) = match session {
        SessionAnswer::Token(token) => (token.into_token(), "bearer"),
        SessionAnswer::Cookie(_) => (String::new(), "cookie"),
    };
    let answer = OauthExchangeAnswer {
        access_token,
        token_type,
        expires_in: issued.expires_in,
        ..base
    };
    (cookie, answer)
}

refusals!(LinkRefusals: Error::ForbiddenRedirect, Error::ProviderUnavailable, Error::ReauthenticationRequired, Error::WrongPassword,
    Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Starts to link a provider to your account.
///
/// Send the browser to the `authorization_url`. If the login was more than ten minutes ago, the password is needed.
#[utoipa::path(post, path = "/oauth/{provider}/link/start", summary = "Link a provider", operation_id = "oauth_link_start", tag = "accounts", security(("bearer" = [])), params(ProviderName, StartQuery), request_body = OauthLinkRequest, responses(
    (status = 200, description = "Where to send the browser.", body = LinkStartAnswer, headers(
        ("Set-Cookie" = String, description = "Identifies the browser when it returns."))), LinkRefusals))]
pub(super) async fn link_start(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    ProviderName(provider): ProviderName,
    Query(query): Query<StartQuery>,
    browser: BrowserCookie,
    OptionalBody(proof): OptionalBody<OauthLinkRequest>,
) -> Result<(SetBrowserCookie, Json<LinkStartAnswer>), ApiError> {
    let next = query.redirect_to.as_ref().map(|next| next.0.as_str());
    let means = (browser.get(), proof.current_password.as_ref());
    let begun = app
        .accounts
        .begin_link(&session, &provider, next, means, &origin)
        .await?;
    let cookie = SetBrowserCookie::keep(&begun.browser, begun.lifetime, &app.settings);
    let authorization_url = begun.authorization_url;
    Ok((cookie, Json(LinkStartAnswer { authorization_url })))
}

refusals!(UnlinkRefusals: Error::NotLinked, Error::LastLoginMethod, Error::ReauthenticationRequired, Error::WrongPassword,
    Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Unlinks a provider from your account.
///
/// The last way to log in can't be unlinked: add another one first. If the login was more than ten minutes ago, the password is
/// needed.
#[utoipa::path(delete, path = "/oauth/{provider}/link", summary = "Unlink a provider", operation_id = "oauth_unlink", tag = "accounts", security(("bearer" = [])), params(ProviderName), request_body = OauthLinkRequest, responses(
    (status = 200, description = "The provider is unlinked.", body = Message), UnlinkRefusals))]
pub(super) async fn unlink(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    ProviderName(provider): ProviderName,
    OptionalBody(proof): OptionalBody<OauthLinkRequest>,
) -> Result<Json<Message>, ApiError> {
    let current = proof.current_password.as_ref();
    app.accounts
        .unlink(&session, &provider, current, &origin)
        .await?;
    Ok(Message::done("the provider is unlinked"))
}

/// Returns the URL of a page with one query parameter.
fn page(settings: &Settings, name: &str, parameter: &str, value: &str) -> String {
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    format!("{}?{parameter}={value}", settings.page_path(name))
}

fn found(address: &str) -> Result<(StatusCode, [(header::HeaderName, HeaderValue); 1]), ApiError> {
    let location = HeaderValue::from_str(address).map_err(|error| ApiError::internal(&error))?;
    Ok((StatusCode::FOUND, [(header::LOCATION, location)]))
}
