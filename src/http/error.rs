//! Refusals and failures as clients see them: the one map from an error to status, code and sentence.
//!
//! What broke inside is for the log, under the request's id; it never reaches an answer.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::constant::{ErrorCode, constant};
use super::fault::{Fault, Location, kind};
use crate::accounts;

/// When to come back while a neighbour is down, in seconds. Nobody knows; this is often enough to notice.
const NEIGHBOUR_RETRY_SECONDS: u64 = 5;

/// A refusal: everything but an invalid request.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// One sentence for people.
    detail: String,
    /// One stable word for programs.
    #[schema(value_type = ErrorCode)]
    code: &'static str,
}

constant!(ValidationError = "validation_error");

/// An invalid request: all faults of it together, in the shape that `FastAPI` clients parse.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ValidationProblem {
    /// Never empty.
    detail: Vec<Fault>,
    /// Always `validation_error`.
    #[schema(inline)]
    code: ValidationError,
}

/// What a client is told.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Content {
    Problem(Problem),
    Faults(ValidationProblem),
}

/// The stable word of a refusal, carried beside its answer for the access log.
#[derive(Debug, Clone, Copy)]
pub(super) struct RefusalCode(pub(super) &'static str);

/// An answer that is not a success.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    content: Content,
    /// Whole seconds, at least 1.
    retry_after: Option<u64>,
    /// For the log alone.
    cause: Option<String>,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let content = Content::Problem(Problem {
            detail: detail.into(),
            code,
        });
        Self {
            status,
            content,
            retry_after: None,
            cause: None,
        }
    }

    fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds.max(1)),
            ..self
        }
    }

    fn because(self, cause: &dyn ToString) -> Self {
        Self {
            cause: Some(cause.to_string()),
            ..self
        }
    }

    /// 422 with all faults of the request.
    pub(super) fn invalid(faults: Vec<Fault>) -> Self {
        let content = Content::Faults(ValidationProblem {
            detail: faults,
            code: ValidationError,
        });
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            content,
            retry_after: None,
            cause: None,
        }
    }

    fn weak_password(field: &str, sentence: String) -> Self {
        Self::invalid(vec![Fault::field(
            Location::Body,
            field,
            kind::PASSWORD_TOO_WEAK,
            sentence,
        )])
    }

    /// The refusal of a request whose password to be is its `new_password`.
    pub(super) fn of_new_password(error: accounts::Error) -> Self {
        match error {
            accounts::Error::WeakPassword(_) => {
                Self::weak_password("new_password", error.to_string())
            }
            other => other.into(),
        }
    }

    /// 400 for two sessions at once: nobody can tell which of them is meant.
    pub(super) fn ambiguous_credentials() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "ambiguous_credentials",
            "send the session either as a cookie or as a bearer token, not both",
        )
    }

    /// 403 for a cookie, or for a login that asks for one, that no page of this site sent.
    pub(super) fn cross_site() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "cross_site",
            "session cookies are only for this site's own pages: elsewhere log in with the header \
             x-regstack-transport: bearer",
        )
    }

    /// 403 for an account that administers nobody.
    pub(super) fn not_admin() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "not_admin",
            "this is for administrators",
        )
    }

    /// 404 for a path or an id that is none of ours.
    pub(super) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "there is nothing at this address",
        )
    }

    /// 405; the router adds `Allow`.
    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "this address does not answer to this method",
        )
    }

    /// 408: the body did not arrive in time.
    pub(super) fn slow_body() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "request_timeout",
            "the request's body did not arrive in time",
        )
    }

    /// 413.
    pub(super) fn body_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("a request's body has at most {limit} bytes"),
        )
    }

    /// 415.
    pub(super) fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "send the body as application/json",
        )
    }

    /// 429 for a client address that used up a route's limit; counts down truthfully.
    pub(super) fn rate_limited(seconds: u64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "too many requests from this address: try again later",
        )
        .retry_after(seconds)
    }

    /// 503 for what a neighbour owes us.
    pub(super) fn unavailable(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
            .retry_after(NEIGHBOUR_RETRY_SECONDS)
    }

    /// 503: the work took longer than a request may. It goes on; only its answer is not awaited any longer.
    pub(super) fn timed_out() -> Self {
        Self::unavailable("the server could not answer in time: what was asked may still be done")
    }

    /// 500, with the reason for the log.
    pub(super) fn internal(cause: &dyn ToString) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something went wrong on the server; its log names this request's id",
        )
        .because(cause)
    }

    /// 503 with a store failure, and its reason for the log.
    pub(super) fn store(detail: &str, cause: &dyn ToString) -> Self {
        Self::unavailable(detail).because(cause)
    }

    /// The status.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable word.
    pub(super) fn code(&self) -> &'static str {
        match &self.content {
            Content::Problem(problem) => problem.code,
            Content::Faults(_) => ValidationError::WORD,
        }
    }

    /// The answer's body, for the API document's examples.
    pub(super) fn body(&self) -> serde_json::Value {
        serde_json::json!(self.content)
    }
}

impl From<accounts::Error> for ApiError {
    fn from(error: accounts::Error) -> Self {
        use accounts::Error;
        let sentence = error.to_string();
        let refused = |status, code| Self::new(status, code, sentence.as_str());
        match error {
            Error::NotAuthenticated => refused(StatusCode::UNAUTHORIZED, "not_authenticated"),
            Error::RegistrationDisabled => refused(StatusCode::FORBIDDEN, "registration_disabled"),
            Error::EmailTaken => refused(StatusCode::CONFLICT, "email_taken"),
            Error::InvalidToken | Error::InvalidPendingToken => {
                refused(StatusCode::BAD_REQUEST, "invalid_token")
            }
            Error::WrongCode => refused(StatusCode::BAD_REQUEST, "wrong_code"),
            Error::CodeExpired => refused(StatusCode::BAD_REQUEST, "code_expired"),
            Error::NoCode => refused(StatusCode::BAD_REQUEST, "no_code"),
            Error::CodeBudgetSpent { retry_after } => {
                refused(StatusCode::TOO_MANY_REQUESTS, "code_budget_spent").retry_after(retry_after)
            }
            Error::SmsCapSpent { retry_after } => {
                refused(StatusCode::TOO_MANY_REQUESTS, "rate_limited").retry_after(retry_after)
            }
            Error::InvalidPhone(_) => refused(StatusCode::BAD_REQUEST, "invalid_phone"),
            Error::MfaNotEnabled => refused(StatusCode::BAD_REQUEST, "mfa_not_enabled"),
            Error::WrongPassword => refused(StatusCode::BAD_REQUEST, "wrong_password"),
            Error::PasswordUnchanged => refused(StatusCode::BAD_REQUEST, "password_unchanged"),
            Error::SameEmail => refused(StatusCode::BAD_REQUEST, "same_email"),
            Error::Overtaken => refused(StatusCode::CONFLICT, "overtaken"),
            Error::AlreadyVerified => refused(StatusCode::BAD_REQUEST, "already_verified"),
            Error::InvalidCredentials => refused(StatusCode::UNAUTHORIZED, "invalid_credentials"),
            Error::AccountDisabled => refused(StatusCode::FORBIDDEN, "account_disabled"),
            Error::EmailUnverified => refused(StatusCode::FORBIDDEN, "email_unverified"),
            Error::WeakPassword(_) => Self::weak_password("password", sentence),
            Error::LockedOut { retry_after } => {
                refused(StatusCode::TOO_MANY_REQUESTS, "locked").retry_after(retry_after)
            }
            Error::NotFound | Error::NoMessage | Error::NotPending => {
                refused(StatusCode::NOT_FOUND, "not_found")
            }
            Error::LastSuperuser => refused(StatusCode::CONFLICT, "last_superuser"),
            Error::Overloaded { retry_after } => {
                refused(StatusCode::SERVICE_UNAVAILABLE, "overloaded").retry_after(retry_after)
            }
            Error::SearchTooBroad => Self::invalid(vec![Fault::field(
                Location::Query,
                "q",
                kind::SEARCH_TOO_BROAD,
                sentence,
            )]),
            Error::InvitationsDisabled => Self::invalid(vec![Fault::field(
                Location::Body,
                "send_invite",
                kind::VALUE_ERROR,
                sentence,
            )]),
            Error::Store(cause) => Self::store(
                "the database is out of reach: try again in a moment",
                &cause,
            ),
            Error::Internal(cause) => Self::internal(&cause),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Some(cause) = &self.cause {
            // As text, which every form of the log quotes and escapes once.
            tracing::error!(
                status = self.status.as_u16(),
                code = self.code(),
                cause = cause.as_str(),
                "a request failed"
            );
        }
        let code = RefusalCode(self.code());
        let mut response = (self.status, Json(self.content)).into_response();
        response.extensions_mut().insert(code);
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.status == StatusCode::REQUEST_TIMEOUT {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Answers for every path that is none of ours.
pub(super) async fn not_found() -> ApiError {
    ApiError::not_found()
}

/// Answers for every method that a path does not have.
pub(super) async fn method_not_allowed() -> ApiError {
    ApiError::method_not_allowed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_cause_stays_inside() {
        let error = ApiError::from(accounts::Error::Internal("canary at line 3".into()));
        assert!(!error.body().to_string().contains("canary"));
        assert_eq!(error.cause.as_deref(), Some("canary at line 3"));
    }

    #[test]
    fn refusals_carry_the_headers_of_their_status() {
        let answer = ApiError::from(accounts::Error::InvalidCredentials).into_response();
        assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let answer = ApiError::from(accounts::Error::LockedOut { retry_after: 17 }).into_response();
        assert_eq!(answer.headers()[header::RETRY_AFTER], "17");
        let answer = ApiError::rate_limited(0).into_response();
        assert_eq!(answer.headers()[header::RETRY_AFTER], "1");
    }

    #[test]
    fn a_weak_password_is_a_fault_of_its_field() {
        let error = ApiError::from(accounts::Error::WeakPassword("a common name".into()));
        let body = error.body();
        assert_eq!(
            body["detail"][0]["loc"],
            serde_json::json!(["body", "password"])
        );
        assert_eq!(body["detail"][0]["type"], "password_too_weak");
        let body = ApiError::of_new_password(accounts::Error::WeakPassword("x".into())).body();
        assert_eq!(
            body["detail"][0]["loc"],
            serde_json::json!(["body", "new_password"])
        );
    }
}
