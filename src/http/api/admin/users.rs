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
    Email, FullName, LoginMethod, NewAddress, NewPassword, PageKey, User, UserChange, UserFilter,
    UserPublic,
};

query! {
    /// Filters, and the page to return.
    UsersQuery {
        /// Only those with this text in the email address or name. One or two characters are only searched at the beginning.
        q: Option<Search>,
        /// Only enabled ones, or only disabled ones.
        is_active: Option<Flag>,
        /// Only verified ones, or only others.
        is_verified: Option<Flag>,
        /// Only administrators, or only others.
        is_superuser: Option<Flag>,
        /// Only those with a second factor, or only those without.
        is_mfa_enabled: Option<Flag>,
        /// Only those that have a `password`, a `passkey`, or a login with a provider (`oidc:` and its ID).
        login_method: Option<LoginMethod>,
        /// The `next` of the previous page. These pages are equally fast throughout the list, and their `total` is null.
        after: Option<After<PageKey>>,
        /// The number of accounts to skip; not together with `after`. Large numbers are slow.
        skip: Option<Number<0, { i32::MAX as u32 }>>,
        /// Maximum number of accounts; 50 by default.
        limit: Option<Limit>,
    }
}

/// One page of accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UsersAnswer {
    /// Newest first.
    items: Vec<UserPublic>,
    /// The total number of accounts; null if the request has `after`.
    total: Option<u64>,
    /// The number of skipped accounts; 0 if the request has `after`.
    skip: u32,
    /// The maximum number of accounts on this page.
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
        has_second_factor: query.is_mfa_enabled.map(|flag| flag.0),
        login_method: query.login_method,
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
    /// A new account.
    CreateUserRequest {
        /// Its email address.
        email: Email,
        /// 8 to 128 characters. Without a password, nobody can log in until one is set with a mailed link.
        password: Option<NewPassword>,
        /// The person's name; optional.
        full_name: Option<FullName>,
        /// Whether it is an administrator; false by default.
        is_superuser: Option<bool>,
        /// Whether its email address is verified; false by default.
        is_verified: Option<bool>,
        /// Whether to send the person an invitation to choose a password; false by default. Needs `enable_password_reset`.
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
    /// Changes to an account. Fields that are absent or null stay the same, except that a null name clears the name.
    UpdateUserRequest {
        /// Enables or disables the account. Disabling ends all its sessions.
        is_active: Option<bool>,
        /// Grants or removes administrator rights.
        is_superuser: Option<bool>,
        /// Marks the email address as verified or unverified.
        is_verified: Option<bool>,
        /// The email address. A new one ends all sessions. Unless `is_verified` is true, it's unverified and gets a
        /// verification link. The old address is notified.
        email: Option<Email>,
        /// Whether the old email address gets a link that undoes the change for a week; true by default. Use false if the
        /// old mailbox is lost or belongs to someone else: this also disables earlier links of this kind.
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
/// Deletes all data of the account. You can't undo this.
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
