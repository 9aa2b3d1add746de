//! The page for the first administrator, behind the link that `serve` prints while there is none. It needs no session, so
//! it stands outside the console.

use axum::Extension;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use serde::Serialize;

use super::edit::is_of_the_form;
use super::flash::Flash;
use super::form::Form;
use super::frame::{Console, Inside};
use super::query::ListQuery;
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::pages::PageRequest;
use crate::model::{Email, FullName, NewPassword, Origin, ProofToken};
use crate::secret::SecretString;

/// The page as its template shows it.
#[derive(Serialize)]
struct View<'a> {
    /// The token of the link, if it works.
    token: Option<&'a str>,
    email: &'a str,
    name: &'a str,
}

/// Returns the route. The link is the proof: a request needs no other.
pub(super) fn route(console: &Console) -> MethodRouter<App> {
    let (shown, sent) = (console.clone(), console.clone());
    get(async move |page_request: PageRequest, query: ListQuery| {
        show(&shown, &page_request, &query).await
    })
    .post(
        async move |page_request: PageRequest, origin: Extension<Origin>, request: Request| {
            create(&sent, &page_request, &origin, request).await
        },
    )
}

async fn show(
    console: &Console,
    page_request: &PageRequest,
    query: &ListQuery,
) -> Result<Response, ApiError> {
    let given = query.get("token").unwrap_or_default();
    let accounts = &console.app().accounts;
    let works = accounts.accepts_first_admin(&token(given)).await?;
    let view = View {
        token: works.then_some(given),
        email: "",
        name: "",
    };
    Ok(page(console, page_request, &view, None))
}

async fn create(
    console: &Console,
    page_request: &PageRequest,
    origin: &Origin,
    request: Request,
) -> Result<Response, ApiError> {
    let form = Form::of_anybody(request).await?;
    match account(console, &form, origin).await {
        Ok(()) => Ok(Console::lead(&console.login(&console.url("")))),
        Err(refusal) if is_of_the_form(&refusal) => {
            let given = form.text("token");
            let accounts = &console.app().accounts;
            let works = accounts.accepts_first_admin(&token(given)).await?;
            let view = View {
                token: works.then_some(given),
                email: form.text("email"),
                name: form.text("name"),
            };
            Ok(page(console, page_request, &view, Some(&refusal)))
        }
        Err(failure) => Err(failure),
    }
}

async fn account(console: &Console, form: &Form, origin: &Origin) -> Result<(), ApiError> {
    let accounts = &console.app().accounts;
    let token = token(form.text("token"));
    if !accounts.accepts_first_admin(&token).await? {
        return Err(crate::accounts::Error::InvalidToken.into());
    }
    let email = form.read::<Email>("email")?;
    let password = form.read::<NewPassword>("password")?;
    let password = password.ok_or_else(|| ApiError::missing("password"))?;
    let created = accounts.create_first_admin(
        &token,
        email.ok_or_else(|| ApiError::missing("email"))?,
        &password,
        form.read::<Option<FullName>>("name")?.flatten(),
        origin,
    );
    created.await?;
    Ok(())
}

fn token(text: &str) -> ProofToken {
    ProofToken::presented(SecretString::from(text))
}

/// Renders the form, or says that the link doesn't work.
fn page(
    console: &Console,
    page_request: &PageRequest,
    view: &View<'_>,
    refusal: Option<&ApiError>,
) -> Response {
    let templates = console.templates().now();
    let words = templates
        .catalogue()
        .words(&page_request.language(templates.languages()));
    let inside = Inside {
        // That the link doesn't work is what the page says already.
        said: refusal
            .filter(|_| view.token.is_some())
            .and_then(|refusal| Flash::refused(refusal).notice(words)),
        ..Inside::default()
    };
    let status = match (view.token, refusal) {
        (None, _) => StatusCode::GONE,
        (_, Some(refusal)) => refusal.status(),
        _ => StatusCode::OK,
    };
    let page = console.render(status, "set-up", page_request, inside, view);
    let kept = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (kept, page).into_response()
}
