//! `POST /introspect` (RFC 7662)

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::accounts::Session;
use crate::app::App;
use crate::config::Settings;
use crate::http::constant::constant;
use crate::http::error::ApiError;
use crate::http::extract::{Field as _, Form, Presented, fields};
use crate::model::{Email, FullName, Id, Scope};
use crate::secret::{ExposeSecret as _, SecretString};

fields! {
    /// The token to check.
    IntrospectRequest {
        /// The token to check.
        token: SecretString,
        /// Ignored: there is only one kind of token.
        token_type_hint: Option<SecretString>,
    }
}

impl PartialSchema for IntrospectRequest {
    fn schema() -> RefOr<Schema> {
        let token =
            ObjectBuilder::from(SecretString::schema()).description(Some("The token to check."));
        let hint = ObjectBuilder::from(SecretString::schema())
            .description(Some("Ignored: there is only one kind of token."));
        ObjectBuilder::new()
            .description(Some("The token to check. Other fields are ignored."))
            .property("token", token)
            .required("token")
            .property("token_type_hint", hint)
            .into()
    }
}

impl ToSchema for IntrospectRequest {}

constant!(Active = true);
constant!(Inactive = false);
constant!(TokenType = "Bearer");

/// A valid session token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActiveToken {
    /// Always `true`.
    #[schema(inline)]
    active: Active,
    /// The id of the account: 24 hexadecimal digits.
    #[schema(value_type = String, example = "6741c3a08f2b5d1e9c7a4b60")]
    sub: Id,
    /// The email address.
    #[schema(value_type = String, example = "ada@example.com")]
    username: Email,
    /// The email address.
    #[schema(value_type = String, example = "ada@example.com")]
    email: Email,
    /// Whether the email address is verified.
    email_verified: bool,
    /// The person's name, or null.
    #[schema(value_type = Option<String>, example = "Ada Lovelace")]
    name: Option<FullName>,
    /// Whether the account is an administrator.
    admin: bool,
    /// When the token was issued: seconds since 1970.
    #[schema(example = 1_795_413_600)]
    iat: i64,
    /// When it expires: seconds since 1970.
    #[schema(example = 1_795_420_800)]
    exp: i64,
    /// The token's own id.
    #[schema(example = "rN7z0Y_z_-uIv4PdRl1A5Q")]
    jti: String,
    /// The session's id.
    #[schema(example = "rN7z0Y_z_-uIv4PdRl1A5Q")]
    sid: String,
    /// The issuer: `base_url`.
    #[schema(example = "https://accounts.example.com")]
    iss: String,
    /// Only with `jwt_audience`: who the token is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, example = "shop")]
    aud: Option<String>,
    /// Always `Bearer`.
    #[schema(inline)]
    token_type: TokenType,
}

/// Any other text: not a token of this server, or one that has expired, was revoked, or ended with its account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InactiveToken {
    /// Always `false`.
    #[schema(inline)]
    active: Inactive,
}

/// Whether a token is valid.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum IntrospectAnswer {
    /// It is valid.
    Active(Box<ActiveToken>),
    /// It isn't valid.
    Inactive(InactiveToken),
}

/// Checks whether a session token is valid, and whose it is (RFC 7662).
///
/// For programs with a service key that has the scope `introspect`. Send the key as a bearer token, or as the password in
/// Basic authentication.
#[utoipa::path(post, path = "/introspect", summary = "Check a session token", tag = "services", operation_id = "introspect_token", security(("service_key" = [])), request_body(content = IntrospectRequest, content_type = "application/x-www-form-urlencoded"), responses(
    (status = 200, description = "Whether the token is valid now, and whose it is.", body = IntrospectAnswer)))]
pub(super) async fn introspect(
    State(app): State<App>,
    Presented(key): Presented,
    form: Result<Form<IntrospectRequest>, ApiError>,
) -> Result<Json<IntrospectAnswer>, ApiError> {
    let request = match form {
        Ok(Form(request)) => request,
        Err(fault) => {
            // Only programs with a valid service key learn what is wrong with the request.
            let service = app.accounts.authenticate_service(&key).await?;
            service.check(Scope::Introspect)?;
            return Err(fault);
        }
    };
    drop(request.token_type_hint);
    let token = request.token.expose_secret();
    let session = app.accounts.introspect(&key, token).await?;
    Ok(Json(match session {
        Some(session) => IntrospectAnswer::Active(Box::new(told(session, &app.settings))),
        None => IntrospectAnswer::Inactive(InactiveToken { active: Inactive }),
    }))
}

fn told(Session { user, claims }: Session, settings: &Settings) -> ActiveToken {
    let base_url = &settings.identity.base_url;
    ActiveToken {
        active: Active,
        sub: user.id,
        username: user.email.clone(),
        email: user.email,
        email_verified: user.is_verified,
        name: user.full_name,
        admin: user.is_superuser,
        iat: Timestamp::as_second(claims.issued_at),
        exp: Timestamp::as_second(claims.expires_at),
        sid: claims.session_id().to_owned(),
        jti: claims.jti,
        iss: base_url.trim_end_matches('/').to_owned(),
        aud: settings.tokens.jwt_audience.clone(),
        token_type: TokenType,
    }
}
