//! The administrator who uses the console: what handlers know of them, and how they answer.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;

use super::cookies;
use super::flash::{self, Flash};
use super::frame::{Console, Inside};
use super::rooms::Room;
use crate::accounts::{Accounts, Session};
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::pages::PageRequest;
use crate::model::Origin;

/// What a handler of the console answers. Errors become pages of the console.
pub(super) type Answer = Result<Response, ApiError>;

/// An administrator with a valid session. Handlers take it first; [`admit`](super::entry::admit) has checked it.
#[derive(Clone)]
pub(super) struct Operator {
    pub(super) console: Console,
    pub(super) session: Session,
    /// The administrator, and where the request comes from, for the audit trail.
    pub(super) origin: Origin,
    pub(super) page_request: PageRequest,
    /// The token of [`Accounts::prove_again`], unchecked.
    pub(super) proof: Option<String>,
    /// The result of the act before.
    pub(super) flash: Option<Flash>,
}

impl FromRequestParts<App> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let operator = parts.extensions.get::<Self>().cloned();
        operator.ok_or_else(|| ApiError::internal(&"the route isn't behind the console's entry"))
    }
}

impl Operator {
    /// Returns the use cases.
    pub(super) fn accounts(&self) -> &Accounts {
        &self.console.app().accounts
    }

    /// Renders a page of a room.
    #[allow(
        clippy::unnecessary_wraps,
        reason = "handlers end with it, and others of their answers are errors"
    )]
    pub(super) fn page(&self, template: &str, room: Option<Room>, view: impl Serialize) -> Answer {
        Ok(self.page_with(StatusCode::OK, template, room, view))
    }

    /// Renders a page of a room with a status, for a form that has to be corrected.
    pub(super) fn page_with(
        &self,
        status: StatusCode,
        template: &str,
        room: Option<Room>,
        view: impl Serialize,
    ) -> Response {
        let templates = self.console.templates().now();
        let language = self.page_request.language(templates.languages());
        let words = templates.catalogue().words(&language);
        let inside = Inside {
            rooms: self.console.rooms(room),
            me: Some(self.session.user.email.to_string()),
            said: self.flash.as_ref().and_then(|flash| flash.notice(words)),
        };
        self.console
            .render(status, template, &self.page_request, inside, view)
    }

    /// Returns the same administrator, whose next page shows the result of an act.
    pub(super) fn with_flash(&self, flash: Flash) -> Self {
        Self {
            flash: Some(flash),
            ..self.clone()
        }
    }

    /// Redirects to a page of the console and shows the result of an act.
    pub(super) fn done(&self, path: &str, flash: &Flash) -> Response {
        let mut response = self.console.redirect(path);
        let headers = response.headers_mut();
        self.console
            .set_cookie(headers, cookies::FLASH, &flash.to_text(), flash::SECONDS);
        response
    }

    /// Redirects to a page of the console and shows the result of an act: the message `console-done-KEY`, or why it was
    /// refused. A failure that isn't a refusal becomes a page of its own.
    pub(super) fn answer<T, E: Into<ApiError>>(
        &self,
        path: &str,
        key: &str,
        result: Result<T, E>,
    ) -> Answer {
        match result.map_err(Into::into) {
            Ok(_) => Ok(self.done(path, &Flash::done(key))),
            Err(refusal) if refusal.status().is_client_error() => {
                Ok(self.done(path, &Flash::refused(&refusal)))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Renders the page for an error.
    pub(super) fn trouble(&self, status: StatusCode) -> Response {
        #[derive(Serialize)]
        struct Trouble {
            /// The end of the keys of its messages.
            key: &'static str,
        }
        let key = match status {
            StatusCode::NOT_FOUND => "not-found",
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => "busy",
            status if status.is_client_error() => "invalid",
            _ => "broken",
        };
        let view = Trouble { key };
        self.page_with(status, "trouble", None, view)
    }
}

/// Leads to the first room.
pub(super) async fn start(operator: Operator) -> Response {
    operator.console.redirect(Room::ALL[0].path())
}

/// Answers paths and methods that the console doesn't have.
pub(super) async fn missing() -> ApiError {
    ApiError::not_found()
}
