//! Who may come in: decided before any route of the console is looked at.
//!
//! The session is that of the other pages. With `transport = "cookie"` it is in the session cookie. With
//! `transport = "bearer"` it is in the storage of the pages, which no server sees: a small page sends it here once, and it
//! is kept in a cookie for the console alone. Either way each request reads the account anew, so whoever is disabled,
//! demoted or logged out is out with the next request.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::frame::{Console, Inside, Plain};
use super::operator::Operator;
use super::{cookies, flash};
use crate::accounts::{Error, Session};
use crate::http::cookie;
use crate::http::error::{ApiError, RefusalCode};
use crate::http::extract::bearer;
use crate::http::pages::PageRequest;
use crate::http::renewal::Renewal;
use crate::model::{Actor, Origin};

/// Where the page hands the session over.
const HAND_OVER: &str = "/session";

/// Why somebody may not come in.
pub(super) enum Outside {
    /// Nobody is logged in.
    LoggedOut,
    /// Not an administrator.
    Forbidden,
    /// An administrator who must set up a second factor first.
    NeedsFactor,
    /// It can't be found out.
    Failed(ApiError),
}

impl From<Error> for Outside {
    fn from(error: Error) -> Self {
        match error {
            Error::NotAuthenticated => Self::LoggedOut,
            Error::NotAdmin => Self::Forbidden,
            Error::MfaRequired => Self::NeedsFactor,
            other => Self::Failed(other.into()),
        }
    }
}

/// Lets administrators in, and shows everybody else the way.
pub(super) async fn admit(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(page_request) = PageRequest::from_request_parts(&mut parts, console.app()).await;
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    // No other site may make a browser act here, whatever cookies the browser sends.
    if !reads && !cookie::is_from_this_site(&parts.headers, &console.settings().identity) {
        return console.forbidden(&page_request);
    }
    if !reads && !console.has_session_cookie() && parts.uri.path() == HAND_OVER {
        return hand_over(&console, &parts, &page_request).await;
    }
    let session = match session(&console, &parts.headers).await {
        Ok(session) => session,
        Err(outside) => return turn_away(&console, outside, &parts, &page_request),
    };
    let Some(operator) = operator(&console, &parts, session, page_request) else {
        let cause = "the route lacks the middleware that names the origin";
        return ApiError::internal(&cause).into_response();
    };
    parts.extensions.insert(operator.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    settle(&operator, response)
}

/// Returns the session of an administrator.
pub(super) async fn session(console: &Console, headers: &HeaderMap) -> Result<Session, Outside> {
    let token = token(console, headers).ok_or(Outside::LoggedOut)?;
    let accounts = &console.app().accounts;
    let session = accounts.authenticate(token).await?;
    accounts.check_admin(&session).await?;
    Ok(session)
}

/// Returns the token that the browser sent. If it sent two, one of them may be another site's.
fn token<'a>(console: &Console, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = if console.has_session_cookie() {
        cookie::NAME
    } else {
        cookies::SESSION
    };
    std::str::from_utf8(only(headers, name)?).ok()
}

/// Returns the value of a cookie if there is exactly one.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut values = cookie::named(headers, name);
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() => Some(value),
        _ => None,
    }
}

fn operator(
    console: &Console,
    parts: &Parts,
    session: Session,
    page_request: PageRequest,
) -> Option<Operator> {
    if console.has_session_cookie()
        && let Some(renewal) = parts.extensions.get::<Renewal>()
        && console.app().accounts.wants_renewal(&session)
    {
        renewal.wish(&session);
    }
    let origin = parts.extensions.get::<Origin>()?;
    let proof =
        only(&parts.headers, cookies::PROOF).and_then(|proof| std::str::from_utf8(proof).ok());
    let flash = only(&parts.headers, cookies::FLASH);
    Some(Operator {
        console: console.clone(),
        origin: origin.acting_as(Actor::User(session.user.id)),
        session,
        page_request,
        proof: proof.map(str::to_owned),
        flash: flash.and_then(flash::Flash::from_text),
    })
}

/// Shows somebody the way: to the login, or out.
fn turn_away(
    console: &Console,
    outside: Outside,
    parts: &Parts,
    page_request: &PageRequest,
) -> Response {
    match outside {
        Outside::Forbidden => console.forbidden(page_request),
        Outside::NeedsFactor => {
            let (inside, view) = (Inside::default(), Plain {});
            console.render(StatusCode::FORBIDDEN, "factor", page_request, inside, view)
        }
        Outside::Failed(error) => error.into_response(),
        // The page that was asked for, unless it was an act: that has to be asked for again.
        Outside::LoggedOut if !console.has_session_cookie() && parts.method == Method::GET => {
            let (inside, view) = (Inside::default(), Plain {});
            console.render(StatusCode::OK, "door", page_request, inside, view)
        }
        Outside::LoggedOut => {
            let asked_for = parts.uri.path_and_query();
            let asked_for = asked_for.filter(|_| parts.method == Method::GET);
            let page = asked_for.map_or_else(|| console.url(""), |path| console.url(path.as_str()));
            Console::lead(&console.login(&page))
        }
    }
}

/// Takes over the session from the storage of the pages.
async fn hand_over(console: &Console, parts: &Parts, page_request: &PageRequest) -> Response {
    let accounts = &console.app().accounts;
    let Some(token) = bearer(&parts.headers) else {
        return ApiError::from(Error::NotAuthenticated).into_response();
    };
    let checked = async {
        let session = accounts.authenticate(token).await?;
        accounts.check_admin(&session).await?;
        Ok::<_, Error>(session)
    };
    match checked.await.map_err(Outside::from) {
        Ok(session) => {
            let left = session
                .claims
                .expires_at
                .duration_since(accounts.clock.now());
            let seconds = u32::try_from(left.as_secs()).unwrap_or(0);
            let mut response = StatusCode::NO_CONTENT.into_response();
            console.set_cookie(response.headers_mut(), cookies::SESSION, token, seconds);
            response
        }
        Err(Outside::LoggedOut) => ApiError::from(Error::NotAuthenticated).into_response(),
        Err(outside) => turn_away(console, outside, parts, page_request),
    }
}

/// Completes a response: an error becomes a page of the console, and the flash message is removed once it is shown.
fn settle(operator: &Operator, response: Response) -> Response {
    let is_refusal = response.extensions().get::<RefusalCode>().is_some();
    let mut response = if is_refusal {
        let (parts, _) = response.into_parts();
        let retry_after = parts.headers.get(axum::http::header::RETRY_AFTER).cloned();
        let mut page = operator.trouble(parts.status);
        if let Some(seconds) = retry_after {
            page.headers_mut()
                .insert(axum::http::header::RETRY_AFTER, seconds);
        }
        page
    } else {
        response
    };
    if operator.flash.is_some() && response.status() == StatusCode::OK {
        let headers = response.headers_mut();
        operator.console.set_cookie(headers, cookies::FLASH, "", 0);
    }
    response
}

/// Reads a request's session again: its body may have taken a while to arrive.
pub(super) async fn readmit(operator: &Operator, headers: &HeaderMap) -> Result<(), ApiError> {
    match session(&operator.console, headers).await {
        Ok(session) if session.user.id == operator.session.user.id => Ok(()),
        Ok(_) | Err(Outside::LoggedOut) => Err(Error::NotAuthenticated.into()),
        Err(Outside::Forbidden) => Err(Error::NotAdmin.into()),
        Err(Outside::NeedsFactor) => Err(Error::MfaRequired.into()),
        Err(Outside::Failed(error)) => Err(error),
    }
}
