//! What other programs need to verify session tokens: the public keys (JWKS, RFC 7517), and the server metadata (RFC
//! 8414).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::error::ApiError;
use crate::app::App;

/// How long clients may cache these documents. A new key is published for longer than this before it is used
/// (`signing_key_overlap_seconds` is at least as long).
const FIVE_MINUTES: &str = "public, max-age=300";

/// The public keys that session tokens are verified with.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeySet {
    /// JSON Web Keys (RFC 7517), each with `kid`, `alg` and `use`. Empty while `jwt_algorithm` is an HMAC.
    #[schema(value_type = Vec<Object>, example = json!([{"crv": "Ed25519", "kty": "OKP", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "alg": "EdDSA", "use": "sig"}]))]
    keys: Vec<Value>,
}

/// Gets the public keys of session tokens.
///
/// With `EdDSA` or `ES256` as `jwt_algorithm`, programs verify session tokens with these: the signature under the `alg` of the
/// key, then `iss`, `aud` and `exp`. A token that is verified this way is good until it expires; `/me` sees a logout at once.
#[utoipa::path(get, path = "/.well-known/jwks.json", summary = "Get the public keys of session tokens", operation_id = "get_key_set", tag = "operations", responses(
    (status = 200, description = "The key set (JWKS, RFC 7517). You can cache it for five minutes.", body = KeySet),
))]
pub(super) async fn key_set(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let set = app.accounts.key_set().await?;
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(set.to_string().as_bytes()));
    let tag = format!("\"{digest}\"");
    let known = headers.get(header::IF_NONE_MATCH);
    let is_known = known
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| {
            tags.split(',')
                .any(|known| known.trim().trim_start_matches("W/") == tag)
        });
    let headers = [
        (header::CACHE_CONTROL, FIVE_MINUTES.to_owned()),
        (header::ETAG, tag),
    ];
    Ok(if is_known {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (headers, Json(set)).into_response()
    })
}

/// The server metadata.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServerMetadata {
    /// What session tokens name as their issuer (`iss`).
    #[schema(example = "https://accounts.example.com")]
    issuer: String,
    /// Where the public keys are.
    #[schema(example = "https://accounts.example.com/.well-known/jwks.json")]
    jwks_uri: String,
    /// The URL where programs check session tokens (RFC 7662).
    #[schema(example = "https://accounts.example.com/api/auth/introspect")]
    introspection_endpoint: String,
    /// How programs authenticate there: with a service key.
    #[schema(example = json!(["Bearer", "client_secret_basic"]))]
    introspection_endpoint_auth_methods_supported: [&'static str; 2],
    /// Empty: nobody is authorised through this server.
    response_types_supported: Vec<String>,
}

/// Gets the server metadata (RFC 8414).
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", summary = "Get the server metadata (RFC 8414)", operation_id = "get_server_metadata", tag = "operations", responses(
    (status = 200, description = "The issuer and the endpoints.", body = ServerMetadata),
))]
pub(super) async fn metadata(State(app): State<App>) -> Response {
    // From the configuration, never from the `Host` header: a response for a forged host must not end up in a cache.
    let base = &app.settings.identity.base_url;
    let base = base.trim_end_matches('/');
    let document = ServerMetadata {
        issuer: base.to_owned(),
        jwks_uri: format!("{base}/.well-known/jwks.json"),
        introspection_endpoint: format!(
            "{base}{}/introspect",
            app.settings.pages.api_prefix.trim_end_matches('/')
        ),
        introspection_endpoint_auth_methods_supported: ["Bearer", "client_secret_basic"],
        response_types_supported: Vec::new(),
    };
    ([(header::CACHE_CONTROL, FIVE_MINUTES)], Json(document)).into_response()
}
