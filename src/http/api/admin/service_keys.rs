//! `GET /admin/service-keys`, `POST /admin/service-keys`, `DELETE /admin/service-keys/{id}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{Error, NewServiceKey};
use crate::app::App;
use crate::http::api::Message;
use crate::http::error::ApiError;
use crate::http::extract::{
    Admin, Administration, After, Body, Limit, Query, ServiceKeyId, limit, query, request,
};
use crate::http::openapi::refusals;
use crate::model::{Page, PageKey, Scopes, ServiceKey, ServiceKeyName, ServiceKeyPublic};

query! {
    /// The page to return.
    ServiceKeysQuery {
        /// The `next` of the previous page.
        after: Option<After<PageKey>>,
        /// Maximum number of keys; 50 by default.
        limit: Option<Limit>,
    }
}

type ServiceKeyPage = Page<ServiceKeyPublic>;

/// Lists service keys, newest first.
#[utoipa::path(get, path = "/admin/service-keys", summary = "List service keys, newest first", tag = "administration", operation_id = "list_service_keys", security(("bearer" = [])), params(ServiceKeysQuery), responses(
    (status = 200, description = "One page of service keys.", body = ServiceKeyPage)))]
pub(super) async fn list(
    State(app): State<App>,
    _: Administration,
    Query(query): Query<ServiceKeysQuery>,
) -> Result<Json<ServiceKeyPage>, ApiError> {
    let after = query.after.map(|after| after.0);
    let keys = app.accounts.service_keys(after, limit(query.limit)).await?;
    Ok(Json(keys.map(|key| ServiceKey::public(&key))))
}

request! {
    /// A new service key.
    CreateServiceKeyRequest {
        /// Its name, which is used in the audit trail. It has to be unique.
        name: ServiceKeyName,
        /// What it may be used for: one or more of `introspect`, `admin:read`, `admin:write`, separated by spaces.
        scope: Scopes,
        /// When it expires: RFC 3339; null or absent for never.
        expires_at: Option<Timestamp>,
    }
}

/// A new service key, with the key itself.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CreatedServiceKey {
    /// The key as shown in lists.
    service_key: ServiceKeyPublic,
    /// The key itself. It is only shown this once.
    #[schema(example = "rsk_6741c3a08f2b5d1e9c7a4b61…")]
    key: String,
}

refusals!(CreateServiceKeyRefusals: Error::NameTaken);

/// Creates a service key.
///
/// Only administrators can do this: a service key can't create others.
#[utoipa::path(post, path = "/admin/service-keys", summary = "Create a service key", tag = "administration", operation_id = "create_service_key", security(("bearer" = [])), request_body = CreateServiceKeyRequest, responses(
    (status = 201, description = "The key. It is only shown once.", body = CreatedServiceKey), CreateServiceKeyRefusals))]
pub(super) async fn create(
    State(app): State<App>,
    Admin { origin, .. }: Admin,
    Body(request): Body<CreateServiceKeyRequest>,
) -> Result<(StatusCode, Json<CreatedServiceKey>), ApiError> {
    let wanted = NewServiceKey {
        name: request.name,
        scopes: request.scope,
        expires_at: request.expires_at,
    };
    let (key, text) = app.accounts.create_service_key(wanted, &origin).await?;
    let created = CreatedServiceKey {
        service_key: key.public(),
        key: text.expose().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Revokes a service key.
///
/// Takes effect with its next request. Only administrators can do this: a service key can't revoke others.
#[utoipa::path(delete, path = "/admin/service-keys/{id}", summary = "Revoke a service key", tag = "administration", operation_id = "revoke_service_key", security(("bearer" = [])), params(ServiceKeyId), responses(
    (status = 200, description = "The key is revoked.", body = Message)))]
pub(super) async fn revoke(
    State(app): State<App>,
    Admin { origin, .. }: Admin,
    ServiceKeyId(id): ServiceKeyId,
) -> Result<Json<Message>, ApiError> {
    let key = app.accounts.service_key(id).await?;
    app.accounts.revoke_service_key(&key, &origin).await?;
    Ok(Message::done("the service key is revoked"))
}
