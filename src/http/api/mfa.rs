//! `GET /mfa`, `POST /mfa/totp/start`, `POST /mfa/totp/confirm`, `DELETE /mfa/totp`, `POST /mfa/recovery-codes`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use crate::accounts::{Error, FactorOn, SecondFactors};
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, SignedIn, request};
use crate::http::openapi::refusals;
use crate::http::qr;
use crate::model::{Code, Password, ProofToken, RecoveryCode, UserPublic};
use crate::secret::ExposeSecret as _;

request! {
    /// Proof that it is the owner who sets an authenticator app up.
    TotpStartRequest {
        /// The account's password.
        current_password: Password,
    }
}

request! {
    /// A code of the app that is being set up.
    TotpConfirmRequest {
        /// The `pending_token` of the set-up.
        pending_token: ProofToken,
        /// The digits.
        code: Code,
    }
}

request! {
    /// Proof that it is the owner who removes the authenticator app.
    TotpDisableRequest {
        /// The account's password.
        current_password: Password,
    }
}

request! {
    /// Proof that it is the owner who wants new recovery codes.
    RecoveryCodesRequest {
        /// The account's password.
        current_password: Password,
    }
}

/// What an authenticator app is set up with.
#[derive(Serialize, ToSchema)]
pub(super) struct TotpStartAnswer {
    /// To be typed into the app where it cannot scan (base32).
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// What the QR code holds.
    #[schema(
        example = "otpauth://totp/Acme:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme&algorithm=SHA1&digits=6&period=30"
    )]
    otpauth_url: String,
    /// The QR code, as a picture (SVG). Empty where the application's name is too long for one.
    #[schema(example = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 53 53\"></svg>")]
    qr_svg: String,
    /// To be sent along with the first code.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    pending_token: String,
    /// The token's life, in seconds.
    #[schema(example = 600)]
    expires_in: u32,
}

/// Recovery codes, which are shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryCodesAnswer {
    /// Each works once in the place of another second factor.
    #[schema(example = json!(["3f7kq-0x9zt", "m2c8w-ah41e"]))]
    recovery_codes: Vec<String>,
}

/// A second factor is on.
#[derive(Serialize, ToSchema)]
pub(super) struct FactorOnAnswer {
    /// The account.
    #[serde(flatten)]
    user: UserPublic,
    /// The recovery codes of the account, which are shown this once. Missing where it has some already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(["3f7kq-0x9zt", "m2c8w-ah41e"]))]
    recovery_codes: Option<Vec<String>>,
}

fn shown(codes: &[RecoveryCode]) -> Vec<String> {
    codes.iter().map(RecoveryCode::expose).collect()
}

impl From<FactorOn> for FactorOnAnswer {
    fn from(on: FactorOn) -> Self {
        Self {
            user: on.user.public(),
            recovery_codes: on.recovery_codes.as_deref().map(shown),
        }
    }
}

/// Returns your second factors.
#[utoipa::path(get, path = "/mfa", summary = "Show your second factors", operation_id = "mfa_show", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "Which are on, and how many recovery codes are left.", body = SecondFactors)))]
pub(super) async fn show(
    State(app): State<App>,
    SignedIn { session, .. }: SignedIn,
) -> Result<Json<SecondFactors>, ApiError> {
    Ok(Json(app.accounts.second_factors(&session.user).await?))
}

refusals!(StartRefusals: Error::WrongPassword, Error::LockedOut { retry_after: 540 },
    Error::CodeBudgetSpent { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Starts setting up an authenticator app.
///
/// Makes a secret for the app. An app that is already set up stays until a code of the new one is confirmed.
#[utoipa::path(post, path = "/mfa/totp/start", summary = "Start setting up an authenticator app", tag = "accounts", security(("bearer" = [])), request_body = TotpStartRequest, responses(
    (status = 200, description = "The secret, to be scanned or typed in.", body = TotpStartAnswer), StartRefusals))]
pub(super) async fn totp_start(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    Body(request): Body<TotpStartRequest>,
) -> Result<Json<TotpStartAnswer>, ApiError> {
    let setup = app
        .accounts
        .start_totp(&session, &request.current_password, &origin)
        .await?;
    Ok(Json(TotpStartAnswer {
        secret: setup.secret.to_string(),
        otpauth_url: setup.url.to_string(),
        qr_svg: qr::svg(&setup.url).unwrap_or_default(),
        pending_token: setup.pending_token.expose_secret().to_owned(),
        expires_in: setup.expires_in,
    }))
}

refusals!(ConfirmRefusals: Error::InvalidPendingToken, Error::WrongCode, Error::NoCode,
    Error::CodeBudgetSpent { retry_after: 540 });

/// Confirms an authenticator app.
///
/// From now on, login asks for a code of this app. With the first second factor come recovery codes.
#[utoipa::path(post, path = "/mfa/totp/confirm", summary = "Confirm an authenticator app", tag = "accounts", request_body = TotpConfirmRequest, responses(
    (status = 200, description = "The second factor is on.", body = FactorOnAnswer), ConfirmRefusals))]
pub(super) async fn totp_confirm(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<TotpConfirmRequest>,
) -> Result<Json<FactorOnAnswer>, ApiError> {
    let on = app
        .accounts
        .confirm_totp(proof.pending_token.expose(), &proof.code, &origin)
        .await?;
    Ok(Json(on.into()))
}

refusals!(DisableRefusals: Error::WrongPassword, Error::MfaNotEnabled, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Removes the authenticator app.
///
/// Other second factors stay on. With the last one, the recovery codes go.
#[utoipa::path(delete, path = "/mfa/totp", summary = "Remove the authenticator app", tag = "accounts", security(("bearer" = [])), request_body = TotpDisableRequest, responses(
    (status = 200, description = "Login asks for no code of an app any more.", body = Message), DisableRefusals))]
pub(super) async fn totp_disable(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    Body(proof): Body<TotpDisableRequest>,
) -> Result<Json<Message>, ApiError> {
    app.accounts
        .remove_totp(&session, &proof.current_password, &origin)
        .await?;
    Ok(Message::done("the authenticator app was removed"))
}

refusals!(RecoveryRefusals: Error::WrongPassword, Error::MfaNotEnabled, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Makes new recovery codes.
///
/// The older ones stop working.
#[utoipa::path(post, path = "/mfa/recovery-codes", summary = "Make new recovery codes", tag = "accounts", security(("bearer" = [])), request_body = RecoveryCodesRequest, responses(
    (status = 200, description = "Ten codes, shown this once.", body = RecoveryCodesAnswer), RecoveryRefusals))]
pub(super) async fn recovery_codes(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    Body(request): Body<RecoveryCodesRequest>,
) -> Result<Json<RecoveryCodesAnswer>, ApiError> {
    let codes = app
        .accounts
        .new_recovery_codes(&session, &request.current_password, &origin)
        .await?;
    Ok(Json(RecoveryCodesAnswer {
        recovery_codes: shown(&codes),
    }))
}
