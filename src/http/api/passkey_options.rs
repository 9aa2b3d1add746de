//! The options that browsers need to create a passkey and to log in with one, in the JSON form of Web Authentication,
//! level 3, §5.4 and §5.5.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{ALGORITHMS, PasskeySetup, PasskeyWait};
use crate::http::constant::constant;
use crate::model::{CredentialId, FullName};
use crate::secret::ExposeSecret as _;

constant!(PublicKeyType = "public-key");
constant!(Required = "required");
constant!(NoAttestation = "none");
constant!(Yes = true);

/// The site that passkeys are for.
#[derive(Serialize, ToSchema)]
pub(super) struct PasskeySite {
    /// Its domain.
    #[schema(example = "example.com")]
    id: String,
    /// What the application is called.
    #[schema(example = "Acme")]
    name: String,
}

/// The account, as authenticators show it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasskeyUser {
    /// The account's id, in base64url of its 12 bytes.
    #[schema(example = "Z0HDoI8rXR6cektg")]
    id: String,
    /// Its email address.
    #[schema(example = "ada@example.com")]
    name: String,
    /// Its holder's name, or the email address.
    #[schema(example = "Ada Lovelace")]
    display_name: String,
}

/// A supported key algorithm.
#[derive(Serialize, ToSchema)]
pub(super) struct PasskeyAlgorithm {
    /// Always `public-key`.
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: PublicKeyType,
    /// The algorithm (COSE).
    #[schema(example = -7)]
    alg: i32,
}

/// A passkey that the account has already.
#[derive(Serialize, ToSchema)]
pub(super) struct KnownPasskey {
    /// Always `public-key`.
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: PublicKeyType,
    /// Its credential id, in base64url.
    #[schema(example = "KEDetxZcUfinhVi6Za5nZQ")]
    id: String,
}

/// The requirements for authenticators.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasskeyDemands {
    /// Always `required`: login asks for no email address.
    #[schema(inline)]
    resident_key: Required,
    /// Always true.
    #[schema(inline)]
    require_resident_key: Yes,
    /// Always `required`: a passkey is two factors.
    #[schema(inline)]
    user_verification: Required,
}

/// The options to create a passkey (`PublicKeyCredential.parseCreationOptionsFromJSON`).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreationOptions {
    rp: PasskeySite,
    user: PasskeyUser,
    /// 16 random bytes, in base64url.
    #[schema(example = "rN7z0Y_z_-uIv4PdRl1A5Q")]
    challenge: String,
    /// The supported algorithms, the preferred one first.
    pub_key_cred_params: Vec<PasskeyAlgorithm>,
    /// In milliseconds.
    #[schema(example = 300_000)]
    timeout: u32,
    /// The passkeys that the account has already.
    exclude_credentials: Vec<KnownPasskey>,
    authenticator_selection: PasskeyDemands,
    /// Always `none`.
    #[schema(inline)]
    attestation: NoAttestation,
}

/// The data to create a passkey.
#[derive(Serialize, ToSchema)]
pub(super) struct PasskeyStartAnswer {
    /// Send it together with the passkey.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    pending_token: String,
    /// The lifetime of the token, in seconds.
    #[schema(example = 300)]
    expires_in: u32,
    /// For `navigator.credentials.create`.
    public_key: CreationOptions,
}

impl From<PasskeySetup> for PasskeyStartAnswer {
    fn from(setup: PasskeySetup) -> Self {
        let PasskeySetup {
            wait,
            user,
            app_name,
            existing,
        } = setup;
        let known = |id: CredentialId| KnownPasskey {
            kind: PublicKeyType,
            id: id.as_str().to_owned(),
        };
        let email = user.email.to_string();
        let full_name = user.full_name.as_ref().map(FullName::to_string);
        Self {
            pending_token: wait.pending_token.expose_secret().to_owned(),
            expires_in: wait.expires_in,
            public_key: CreationOptions {
                rp: PasskeySite {
                    id: wait.rp_id,
                    name: app_name,
                },
                user: PasskeyUser {
                    id: URL_SAFE_NO_PAD.encode(user.id.bytes()),
                    display_name: full_name.unwrap_or_else(|| email.clone()),
                    name: email,
                },
                challenge: wait.challenge,
                pub_key_cred_params: ALGORITHMS
                    .map(|alg| PasskeyAlgorithm {
                        kind: PublicKeyType,
                        alg,
                    })
                    .into(),
                timeout: wait.expires_in * 1000,
                exclude_credentials: existing.into_iter().map(known).collect(),
                authenticator_selection: PasskeyDemands {
                    resident_key: Required,
                    require_resident_key: Yes,
                    user_verification: Required,
                },
                attestation: NoAttestation,
            },
        }
    }
}

/// The options to log in with a passkey (`PublicKeyCredential.parseRequestOptionsFromJSON`).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestOptions {
    /// 16 random bytes, in base64url.
    #[schema(example = "rN7z0Y_z_-uIv4PdRl1A5Q")]
    challenge: String,
    /// The domain that passkeys are for.
    #[schema(example = "example.com")]
    rp_id: String,
    /// In milliseconds.
    #[schema(example = 300_000)]
    timeout: u32,
    /// Always `required`.
    #[schema(inline)]
    user_verification: Required,
}

/// The data to log in with a passkey.
#[derive(Serialize, ToSchema)]
pub(super) struct PasskeyLoginStartAnswer {
    /// Send it together with the response of the passkey.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    pending_token: String,
    /// The lifetime of the token, in seconds.
    #[schema(example = 300)]
    expires_in: u32,
    /// For `navigator.credentials.get`.
    public_key: RequestOptions,
}

impl From<PasskeyWait> for PasskeyLoginStartAnswer {
    fn from(wait: PasskeyWait) -> Self {
        Self {
            pending_token: wait.pending_token.expose_secret().to_owned(),
            expires_in: wait.expires_in,
            public_key: RequestOptions {
                challenge: wait.challenge,
                rp_id: wait.rp_id,
                timeout: wait.expires_in * 1000,
                user_verification: Required,
            },
        }
    }
}
