//! `POST /phone/start`, `POST /phone/confirm`, `DELETE /phone`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use super::mfa::FactorOnAnswer;
use crate::accounts::Error;
use crate::app::App;
use crate::http::constant::constant;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, PhoneText, SignedIn, request};
use crate::http::openapi::refusals;
use crate::model::phone::InvalidPhoneNumber;
use crate::model::{Code, Password, PhoneNumber, ProofToken};
use crate::secret::ExposeSecret as _;

request! {
    /// A phone that is to become the second factor.
    PhoneStartRequest {
        /// The number in international form (E.164).
        phone_number: PhoneText,
        /// The account's password.
        current_password: Password,
    }
}

request! {
    /// The code that came by SMS.
    PhoneConfirmRequest {
        /// The `pending_token` of the set-up.
        pending_token: ProofToken,
        /// The digits.
        code: Code,
    }
}

request! {
    /// Proof that it is the owner who switches the second factor off.
    PhoneDisableRequest {
        /// The account's password.
        current_password: Password,
    }
}

constant!(CodeSent = "code_sent");

/// A code is on its way.
#[derive(Serialize, ToSchema)]
pub(super) struct CodeSentAnswer {
    /// Always `code_sent`.
    #[schema(inline)]
    status: CodeSent,
    /// To be sent along with the code.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    pending_token: String,
    /// The token's life, in seconds.
    #[schema(example = 600)]
    expires_in: u32,
}

refusals!(StartRefusals: Error::WrongPassword, Error::InvalidPhone(InvalidPhoneNumber), Error::LockedOut { retry_after: 540 },
    Error::CodeBudgetSpent { retry_after: 540 }, Error::SmsCapSpent { retry_after: 1800 }, Error::Overloaded { retry_after: 1 });

/// Starts setting up a phone.
///
/// Sends a code by SMS to the number that is to become the second factor. A number that is already set stays until
/// the code is confirmed.
#[utoipa::path(post, path = "/phone/start", summary = "Start setting up a phone", tag = "accounts", security(("bearer" = [])), request_body = PhoneStartRequest, responses(
    (status = 202, description = "The code is on its way.", body = CodeSentAnswer), StartRefusals))]
pub(super) async fn phone_start(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    Body(request): Body<PhoneStartRequest>,
) -> Result<(StatusCode, Json<CodeSentAnswer>), ApiError> {
    let number = PhoneNumber::parse(&request.phone_number.0).map_err(Error::from)?;
    let sent = app
        .accounts
        .start_phone_setup(&session, &number, &request.current_password, &origin)
        .await?;
    let answer = CodeSentAnswer {
        status: CodeSent,
        pending_token: sent.pending_token.expose_secret().to_owned(),
        expires_in: sent.expires_in,
    };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

refusals!(ConfirmRefusals: Error::InvalidPendingToken, Error::WrongCode, Error::CodeExpired, Error::NoCode,
    Error::CodeBudgetSpent { retry_after: 540 });

/// Confirms a phone.
///
/// From now on, login asks for a code that is sent to this number. With the first second factor come recovery codes.
#[utoipa::path(post, path = "/phone/confirm", summary = "Confirm a phone", tag = "accounts", request_body = PhoneConfirmRequest, responses(
    (status = 200, description = "The second factor is on.", body = FactorOnAnswer), ConfirmRefusals))]
pub(super) async fn phone_confirm(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<PhoneConfirmRequest>,
) -> Result<Json<FactorOnAnswer>, ApiError> {
    let on = app
        .accounts
        .confirm_phone(proof.pending_token.expose(), &proof.code, &origin)
        .await?;
    Ok(Json(on.into()))
}

refusals!(DisableRefusals: Error::WrongPassword, Error::MfaNotEnabled, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Turns off codes by SMS.
///
/// Removes the phone number from the account. Other second factors stay on.
#[utoipa::path(delete, path = "/phone", summary = "Turn off codes by SMS", tag = "accounts", security(("bearer" = [])), request_body = PhoneDisableRequest, responses(
    (status = 200, description = "The second factor is off.", body = Message), DisableRefusals))]
pub(super) async fn phone_disable(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    Body(proof): Body<PhoneDisableRequest>,
) -> Result<Json<Message>, ApiError> {
    app.accounts
        .remove_phone(&session, &proof.current_password, &origin)
        .await?;
    Ok(Message::done(
        "two-step verification is off, and your phone number was removed",
    ))
}
