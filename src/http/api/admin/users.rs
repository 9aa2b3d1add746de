//! `GET /admin/users`, `POST /admin/users`, and `GET`, `PATCH`, `DELETE /admin/users/{user_id}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{Error, NewAccount};
use crate::app::App;
use crate::http::api::Message;
use crate::http::error::ApiError;
use crate::http::extract::{
    Administration, After, Body, Flag, Limit, Number, Patch, Query, Search, UserId, limit, query,
    request,
};
use crate::http::fault::{Fault, Location, kind};
use crate::http::openapi::refusals;
use crate::model::page::cursor_text;
use crate::model::{
    Email, FullName, NewAddress, NewPassword, PageKey, User, UserChange, UserFilter, UserPublic,
};

query! {
    /// Which accounts, and which page of them.
    UsersQuery {
        /// Only those with this in the email address or name; one or two characters are looked for at their beginning only.
        q: Option<Search>,
        /// Only enabled ones, or only disabled ones.
        is_active: Option<Flag>,
        /// Only verified ones, or only others.
        is_verified: Option<Flag>,
        /// Only administrators, or only others.
        is_superuser: Option<Flag>,
        /// The `next` of the page before. A page by `after` costs the same however far down the list it is, and its `total` is null.
        after: Option<After<PageKey>>,
        /// How many accounts are passed over; not together with `after`. What it costs grows with it.
        skip: Option<Number<0, { i32::MAX as u32 }>>,
        /// How many accounts at most; 50 unless given.
        limit: Option<Limit>,
    }
}

/// One page of accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UsersAnswer {
    /// Newest first.
    items: Vec<UserPublic>,
    /// How many accounts there are in all; null for a page by `after`.
    total: Option<u64>,
    /// How many were passed over; 0 for a page by `after`.
    skip: u32,
    /// How many there are at most on this page.
    limit: u32,
    /// The value of `after` for the next page; null on the last page.
    #[serde(serialize_with = "cursor_text")]
    #[schema(value_type = Option<String>)]
    next: Option<PageKey>,
}

/// Lists users, newest first.
#[utoipa::path(get, path = "/admin/users", summary = "List users, newest first", tag = "administration", operation_id = "list_users", security(("bearer" = [])), params(UsersQuery), responses(
    (status = 200, description = "One page of accounts.", body = UsersAnswer)))]
pub(super) async fn list(
    State(app): State<App>,
    _: Administration,
    Query(query): Query<UsersQuery>,
) -> Result<Json<UsersAnswer>, ApiError> {
    let limit = limit(query.limit);
    let filter = UserFilter {
        q: query.q.map(|q| q.0).filter(|q| !q.is_empty()),
        is_active: query.is_active.map(|flag| flag.0),
        is_verified: query.is_verified.map(|flag| flag.0),
        is_superuser: query.is_superuser.map(|flag| flag.0),
        ..UserFilter::default()
    };
    let (page, total, skip) = match (query.after, query.skip) {
        (Some(_), Some(_)) => {
            let rule = "use either `after` or `skip`, not both";
            let fault = Fault::field(Location::Query, "skip", kind::VALUE_ERROR, rule);
            return Err(ApiError::invalid(vec![fault]));
        }
        (Some(after), None) => {
            let page = app.accounts.users(&filter, Some(after.0), limit).await?;
            (page, None, 0)
        }
        (None, skip) => {
            let skip = skip.map_or(0, |skip| skip.0);
            let (page, total) = app.accounts.users_from(&filter, skip, limit).await?;
            (page, Some(total), skip)
        }
    };
    Ok(Json(UsersAnswer {
        items: page.items.iter().map(User::public).collect(),
        total,
        skip,
        limit,
        next: page.next,
    }))
}

request! {
    /// An account to be made.
    CreateUserRequest {
        /// Its email address.
        email: Email,
        /// 8 to 128 characters; without one nobody can log in until a password is set by mail.
        password: Option<NewPassword>,
        /// The person's name; missing, null or empty is none.
        full_name: Option<FullName>,
        /// Whether it administers others; no unless given.
        is_superuser: Option<bool>,
        /// Whether its email address counts as proven; no unless given.
        is_verified: Option<bool>,
        /// Whether a mail invites the person to choose a password; no unless given. Needs `enable_password_reset`.
        send_invite: Option<bool>,
    }
}

refusals!(CreateRefusals: Error::EmailTaken, Error::Overloaded { retry_after: 1 });

/// Creates a user.
#[utoipa::path(post, path = "/admin/users", summary = "Create a user", tag = "administration", operation_id = "create_user", security(("bearer" = [])), request_body = CreateUserRequest, responses(
    (status = 201, description = "The account.", body = UserPublic), CreateRefusals))]
pub(super) async fn create(
    State(app): State<App>,
    Administration { origin }: Administration,
    Body(request): Body<CreateUserRequest>,
) -> Result<(StatusCode, Json<UserPublic>), ApiError> {
    let account = NewAccount {
        email: request.email,
        password: request.password,
        full_name: request.full_name,
        is_superuser: request.is_superuser.unwrap_or(false),
        is_verified: request.is_verified.unwrap_or(false),
        send_invite: request.send_invite.unwrap_or(false),
    };
    let user = app.accounts.create_user(account, &origin).await?;
    Ok((StatusCode::CREATED, Json(user.public())))
}

/// Gets a user.
#[utoipa::path(get, path = "/admin/users/{user_id}", summary = "Get a user", tag = "administration", operation_id = "get_user", security(("bearer" = [])), params(UserId), responses(
    (status = 200, description = "The account.", body = UserPublic)))]
pub(super) async fn show(
    State(app): State<App>,
    _: Administration,
    UserId(id): UserId,
) -> Result<Json<UserPublic>, ApiError> {
    Ok(Json(app.accounts.user(id).await?.public()))
}

request! {
    /// What is to change about an account. What is absent or null stays as it is, but a null name clears it.
    UpdateUserRequest {
        /// Enable it or disable it; disabling ends all its sessions.
        is_active: Option<bool>,
        /// Let it administer others, or no longer.
        is_superuser: Option<bool>,
        /// Say that its email address is proven, or that it is not.
        is_verified: Option<bool>,
        /// Its email address. Another one ends all its sessions and is unproven unless `is_verified` is true: then a link that
        /// proves it is mailed there. The old one is told.
        email: Option<Email>,
        /// Whether the old email address gets a link that undoes the change for a week; true unless given. False, for a mailbox
        /// that is lost or somebody else's, ends earlier links of that kind too.
        email_undo: Option<bool>,
        /// The person's name; null or empty clears it.
        full_name: Patch<Option<FullName>>,
    }
}

refusals!(UpdateRefusals: Error::LastSuperuser, Error::EmailTaken);

/// Updates a user.
#[utoipa::path(patch, path = "/admin/users/{user_id}", summary = "Update a user", tag = "administration", operation_id = "update_user", security(("bearer" = [])), params(UserId), request_body = UpdateUserRequest, responses(
    (status = 200, description = "The account after the change.", body = UserPublic), UpdateRefusals))]
pub(super) async fn update(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(id): UserId,
    Body(request): Body<UpdateUserRequest>,
) -> Result<Json<UserPublic>, ApiError> {
    let email = request.email.map(|email| NewAddress {
        is_final: request.email_undo == Some(false),
        ..NewAddress::to(email)
    });
    let change = UserChange {
        email,
        is_active: request.is_active,
        is_superuser: request.is_superuser,
        is_verified: request.is_verified,
        full_name: request.full_name.0,
        ..UserChange::default()
    };
    let user = app.accounts.patch(id, change, false, &origin).await?;
    Ok(Json(user.public()))
}

refusals!(DeleteRefusals: Error::LastSuperuser);

/// Deletes a user.
///
/// Deletes everything that belongs to the account. This cannot be undone.
#[utoipa::path(delete, path = "/admin/users/{user_id}", summary = "Delete a user", tag = "administration", operation_id = "delete_user", security(("bearer" = [])), params(UserId), responses(
    (status = 200, description = "The account was deleted.", body = Message), DeleteRefusals))]
pub(super) async fn delete(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(id): UserId,
) -> Result<Json<Message>, ApiError> {
    app.accounts.delete(id, false, &origin).await?;
    Ok(Message::done("the account is deleted"))
}
