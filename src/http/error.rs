//! Errors as clients see them: the one place that maps errors to status, code and message.
//!
//! Internal causes are logged under the request's id and never appear in a response.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::constant::{ErrorCode, constant};
use super::fault::{Fault, Location, kind};
use crate::accounts;

/// The `Retry-After` in seconds while the database or another service is down. Nobody knows when it returns; this is
/// often enough to notice.
const NEIGHBOUR_RETRY_SECONDS: u64 = 5;

/// An error other than an invalid request.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// A sentence for people.
    detail: String,
    /// A stable code for programs.
    #[schema(value_type = ErrorCode)]
    code: &'static str,
}

const INVALID: &str = "validation_error";
constant!(ValidationError = INVALID);

/// An invalid request: all faults of it together, in the shape that `FastAPI` clients parse.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ValidationProblem {
    /// Never empty.
    detail: Vec<Fault>,
    /// Always `validation_error`.
    #[schema(inline)]
    code: ValidationError,
}

/// The body of an error response.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Content {
    Problem(Problem),
    Faults(ValidationProblem),
}

/// The code of an error, attached to the response for the access log.
#[derive(Debug, Clone, Copy)]
pub(super) struct RefusalCode(pub(super) &'static str);

/// An error response.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    content: Content,
    /// In seconds, at least 1.
    retry_after: Option<u64>,
    /// For the log only.
    cause: Option<String>,
}

impl ApiError {
    fn of(status: StatusCode, content: Content) -> Self {
        Self {
            status,
            content,
            retry_after: None,
            cause: None,
        }
    }

    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::of(status, Content::Problem(Problem { detail, code }))
    }

    fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    fn because(mut self, cause: &dyn ToString) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Returns a 422 with all faults of the request.
    pub(super) fn invalid(faults: Vec<Fault>) -> Self {
        let content = Content::Faults(ValidationProblem {
            detail: faults,
            code: ValidationError,
        });
        Self::of(StatusCode::UNPROCESSABLE_ENTITY, content)
    }

    fn fault(place: Location, field: &str, kind: &'static str, sentence: String) -> Self {
        Self::invalid(vec![Fault::field(place, field, kind, sentence)])
    }

    fn weak_password(field: &str, sentence: String) -> Self {
        Self::fault(Location::Body, field, kind::PASSWORD_TOO_WEAK, sentence)
    }

    fn unreached_email(field: &str, sentence: String) -> Self {
        Self::fault(Location::Body, field, kind::EMAIL_NOT_REACHED, sentence)
    }

    /// Converts an error, and attributes email address errors to the field `new_email`.
    pub(super) fn of_new_email(error: accounts::Error) -> Self {
        match error {
            accounts::Error::EmailNotReached => {
                Self::unreached_email("new_email", error.to_string())
            }
            other => other.into(),
        }
    }

    /// Converts an error, and attributes password errors to the field `new_password`.
    pub(super) fn of_new_password(error: accounts::Error) -> Self {
        match error {
            accounts::Error::WeakPassword(_) => {
                Self::weak_password("new_password", error.to_string())
            }
            other => other.into(),
        }
    }

    /// Returns a 413.
    pub(super) fn body_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("the request body is larger than {limit} bytes"),
        )
    }

    /// Returns a 429 for a client that used up a route's limit, with the exact number of seconds to wait.
    pub(super) fn rate_limited(seconds: u64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "too many requests from this client address: try again later",
        )
        .retry_after(seconds)
    }

    /// Returns a 503 for when the database or another service fails.
    pub(super) fn unavailable(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
            .retry_after(NEIGHBOUR_RETRY_SECONDS)
    }

    /// Returns a 503 for a request that took too long. The work continues, but the response no longer waits for it.
    pub(super) fn timed_out() -> Self {
        Self::unavailable("the server didn't respond in time; your request may still complete")
    }

    /// Returns a 500, with the cause for the log.
    pub(super) fn internal(cause: &dyn ToString) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "internal error: find this request's id in the server's log",
        )
        .because(cause)
    }

    /// Returns a 503 for a store failure, with the cause for the log.
    pub(super) fn store(detail: &str, cause: &dyn ToString) -> Self {
        Self::unavailable(detail).because(cause)
    }

    /// Returns a 415 for a body that should be a form.
    pub(super) fn no_form() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "the request body must be application/x-www-form-urlencoded",
        )
    }

    /// Returns the status.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the seconds to wait before another try, if they are known.
    pub(super) fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after
    }

    /// Returns the code.
    pub(super) fn code(&self) -> &'static str {
        match &self.content {
            Content::Problem(problem) => problem.code,
            Content::Faults(_) => INVALID,
        }
    }

    /// Returns the key of the message about it: its code, or the first field that is wrong and the rule.
    pub(super) fn key(&self) -> String {
        match &self.content {
            Content::Problem(problem) => problem.code.to_owned(),
            Content::Faults(faults) => faults.detail.first().map(Fault::key).unwrap_or_default(),
        }
    }

    /// Returns a 422 for a field that isn't filled in.
    pub(super) fn missing(field: &str) -> Self {
        let sentence = "this field is required".to_owned();
        Self::fault(Location::Body, field, kind::MISSING, sentence)
    }

    /// Returns the body, for the examples in the API document.
    pub(super) fn body(&self) -> serde_json::Value {
        serde_json::json!(self.content)
    }
}

/// Declares errors that always have the same status, code and message.
macro_rules! plain_refusals {
    ($($(#[doc = $help:literal])* $name:ident: $status:ident, $detail:literal;)*) => {
        impl ApiError {$(
            $(#[doc = $help])*
            pub(super) fn $name() -> Self {
                Self::new(StatusCode::$status, stringify!($name), $detail)
            }
        )*}
    };
}

plain_refusals! {
    /// Returns the error for a request with two sessions: it's ambiguous which of them to use.
    ambiguous_credentials: BAD_REQUEST, "send the session either as a cookie or as a bearer token, not both";
    /// Returns the error for a cookie, or a login that returns one, in a request that doesn't come from a page of this
    /// site.
    cross_site: FORBIDDEN, "session cookies only work for this site's own pages: elsewhere, log in with the header x-regstack-transport: bearer";
    /// Returns the error for a missing, repeated or malformed `Host`.
    invalid_host: BAD_REQUEST, "send one valid Host header";
    /// Returns the error for an unknown path or id.
    not_found: NOT_FOUND, "there is nothing at this path";
    /// Returns the error for an unsupported method. The router adds `Allow`.
    method_not_allowed: METHOD_NOT_ALLOWED, "this path doesn't support this method";
    /// Returns the error for a body that didn't arrive in time.
    request_timeout: REQUEST_TIMEOUT, "the request body didn't arrive in time";
    /// Returns the error for a content type other than JSON.
    unsupported_media_type: UNSUPPORTED_MEDIA_TYPE, "the request body must be application/json";
}

impl From<accounts::Error> for ApiError {
    fn from(error: accounts::Error) -> Self {
        use accounts::Error;
        let sentence = error.to_string();
        let refused = |status, code| Self::new(status, code, sentence.as_str());
        match error {
            Error::NotAuthenticated => refused(StatusCode::UNAUTHORIZED, "not_authenticated"),
            Error::NotAdmin => refused(StatusCode::FORBIDDEN, "not_admin"),
            Error::MfaRequired => refused(StatusCode::FORBIDDEN, "mfa_required"),
            Error::InsufficientScope => refused(StatusCode::FORBIDDEN, "insufficient_scope"),
            Error::NameTaken => refused(StatusCode::CONFLICT, "name_taken"),
            Error::ExpiryPassed => {
                Self::fault(Location::Body, "expires_at", kind::VALUE_ERROR, sentence)
            }
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
            Error::PasskeyRefused => refused(StatusCode::UNAUTHORIZED, "passkey_refused"),
            Error::InvalidPasskey => refused(StatusCode::BAD_REQUEST, "invalid_passkey"),
            Error::PasskeyTaken => refused(StatusCode::CONFLICT, "passkey_taken"),
            Error::PasswordOnly => refused(StatusCode::CONFLICT, "password_only"),
            Error::TooManyPasskeys => refused(StatusCode::CONFLICT, "too_many_passkeys"),
            Error::LastLoginMethod => refused(StatusCode::CONFLICT, "last_way_in"),
            Error::ReauthenticationRequired => {
                refused(StatusCode::FORBIDDEN, "reauthentication_required")
            }
            Error::PasswordUnchanged => refused(StatusCode::BAD_REQUEST, "password_unchanged"),
            Error::SameEmail => refused(StatusCode::BAD_REQUEST, "same_email"),
            Error::Overtaken => refused(StatusCode::CONFLICT, "overtaken"),
            Error::AlreadyVerified => refused(StatusCode::BAD_REQUEST, "already_verified"),
            Error::InvalidCredentials => refused(StatusCode::UNAUTHORIZED, "invalid_credentials"),
            Error::AccountDisabled => refused(StatusCode::FORBIDDEN, "account_disabled"),
            Error::EmailUnverified => refused(StatusCode::FORBIDDEN, "email_unverified"),
            Error::EmailNotReached => Self::unreached_email("email", sentence),
            Error::WeakPassword(_) => Self::weak_password("password", sentence),
            Error::LockedOut { retry_after } => {
                refused(StatusCode::TOO_MANY_REQUESTS, "locked").retry_after(retry_after)
            }
            Error::NotFound
            | Error::NoMessage
            | Error::NotPending
            | Error::NoServiceKey
            | Error::NoPasskey
            | Error::NoSession
            | Error::NoProvider
            | Error::NoOauthState
            | Error::NotLinked => refused(StatusCode::NOT_FOUND, "not_found"),
            Error::ForbiddenRedirect => refused(StatusCode::BAD_REQUEST, "invalid_redirect"),
            Error::ProviderUnavailable => {
                refused(StatusCode::SERVICE_UNAVAILABLE, "provider_unavailable")
                    .retry_after(NEIGHBOUR_RETRY_SECONDS)
            }
            Error::NotRenewable => refused(StatusCode::CONFLICT, "not_renewable"),
            Error::LastSuperuser => refused(StatusCode::CONFLICT, "last_superuser"),
            Error::Overloaded { retry_after } => {
                refused(StatusCode::SERVICE_UNAVAILABLE, "overloaded").retry_after(retry_after)
            }
            Error::SearchTooBroad => {
                Self::fault(Location::Query, "q", kind::SEARCH_TOO_BROAD, sentence)
            }
            Error::InvitationsDisabled => {
                Self::fault(Location::Body, "send_invite", kind::VALUE_ERROR, sentence)
            }
            Error::Store(cause) => {
                let detail = "the database can't be reached: try again in a moment";
                Self::store(detail, &cause)
            }
            Error::Internal(cause) => Self::internal(&cause),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Some(cause) = &self.cause {
            // Formatted as a string, so that every log format quotes and escapes it once.
            tracing::error!(
                status = self.status.as_u16(),
                code = self.code(),
                cause = cause.as_str(),
                "request failed"
            );
        }
        let code = RefusalCode(self.code());
        let mut response = (self.status, Json(self.content)).into_response();
        response.extensions_mut().insert(code);
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // The rest of the body isn't read, so the connection can't be used again. A client has to know before it tries.
        if matches!(
            self.status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE
        ) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Answers requests other than health checks while all connections are busy.
pub(super) async fn full() -> ApiError {
    let detail = "too many connections: try again in a moment";
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).retry_after(1)
}

/// Answers a request whose host is unclear, and closes the connection: other requests on it may be forged too.
pub(super) async fn invalid_host() -> impl IntoResponse {
    ([(header::CONNECTION, "close")], ApiError::invalid_host())
}

/// Answers unknown paths.
pub(super) async fn not_found() -> ApiError {
    ApiError::not_found()
}

/// Answers methods that a path doesn't support.
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
