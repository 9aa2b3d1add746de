//! The relying party: it asks for passkeys and checks the responses.

use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde::de::IgnoredAny;
use subtle::ConstantTimeEq as _;

use super::authenticator::AuthenticatorData;
use super::cbor::Item;
use super::key::{CeremonyFault, PublicKey};
use crate::model::{CredentialId, Id, Passkey};

/// What a browser presents to add a passkey.
#[derive(Debug, Clone)]
pub struct Attestation {
    /// The client data (JSON): what the browser says about the request and the page.
    pub client_data: Vec<u8>,
    /// The attestation object from the authenticator (CBOR).
    pub attestation_object: Vec<u8>,
}

/// What a browser presents to log in.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// The id of the passkey.
    pub credential_id: CredentialId,
    /// The client data (JSON): what the browser says about the request and the page.
    pub client_data: Vec<u8>,
    /// The authenticator data.
    pub authenticator_data: Vec<u8>,
    /// The signature of the authenticator.
    pub signature: Vec<u8>,
    /// The user handle, if the authenticator gives one: the account that the passkey was created for.
    pub user_handle: Option<Vec<u8>>,
}

/// A passkey that was just created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// The id that the authenticator gave it.
    pub id: CredentialId,
    /// Its public key (COSE).
    pub public_key: Vec<u8>,
    /// The initial value of its signature counter.
    pub sign_count: u32,
    /// Whether it may be copied to several devices.
    pub is_synced: bool,
}

/// The site that asks for passkeys.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    id: String,
    origins: Vec<String>,
}

/// The client data: what the browser says about the request and the page.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    is_cross_origin: bool,
    /// Present only if a page of another site frames ours.
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<IgnoredAny>,
}

impl RelyingParty {
    /// Creates the relying party with this id, for pages of these origins.
    #[must_use]
    pub fn new(id: String, origins: Vec<String>) -> Self {
        Self { id, origins }
    }

    /// Checks the response to a registration and returns the new passkey.
    pub fn register(
        &self,
        challenge: &str,
        made: &Attestation,
    ) -> Result<NewCredential, CeremonyFault> {
        self.check_client("webauthn.create", challenge, &made.client_data)?;
        let read = Item::read(&made.attestation_object);
        let (object, rest) = read.ok_or(CeremonyFault::Malformed)?;
        let said = attested(&object).filter(|_| rest.is_empty());
        let said = AuthenticatorData::read(said.ok_or(CeremonyFault::Malformed)?)?;
        self.check_authenticator(&said)?;
        let credential = said.credential.as_ref().ok_or(CeremonyFault::Malformed)?;
        Ok(NewCredential {
            id: credential.id.clone(),
            public_key: credential.public_key.to_vec(),
            sign_count: said.sign_count,
            is_synced: said.is_synced(),
        })
    }

    /// Checks the response to a login with a passkey and returns the value of its signature counter.
    pub fn authenticate(
        &self,
        challenge: &str,
        passkey: &Passkey,
        owner: Id,
        presented: &Assertion,
    ) -> Result<u32, CeremonyFault> {
        self.check_client("webauthn.get", challenge, &presented.client_data)?;
        // The challenge wasn't for one account, so the authenticator must say whose passkey it is.
        if presented.user_handle.as_deref() != Some(&owner.bytes()[..]) {
            return Err(CeremonyFault::User);
        }
        let said = AuthenticatorData::read(&presented.authenticator_data)?;
        self.check_authenticator(&said)?;
        if said.is_synced() != passkey.is_synced {
            return Err(CeremonyFault::Backup);
        }
        let (key, _) = Item::read(&passkey.public_key).ok_or(CeremonyFault::Key)?;
        let key = PublicKey::read(&key).ok_or(CeremonyFault::Key)?;
        let hash = digest(&SHA256, &presented.client_data);
        let message = [&presented.authenticator_data, hash.as_ref()].concat();
        if key.verifies(&message, &presented.signature) {
            Ok(said.sign_count)
        } else {
            Err(CeremonyFault::Signature)
        }
    }

    fn check_client(&self, kind: &str, challenge: &str, json: &[u8]) -> Result<(), CeremonyFault> {
        let said: ClientData =
            serde_json::from_slice(json).map_err(|_| CeremonyFault::Malformed)?;
        if said.kind != kind {
            return Err(CeremonyFault::Type);
        }
        if !bool::from(said.challenge.as_bytes().ct_eq(challenge.as_bytes())) {
            return Err(CeremonyFault::Challenge);
        }
        // Pages of other sites must not frame ours, and passkeys don't work in one that does.
        let is_framed = said.is_cross_origin || said.top_origin.is_some();
        if is_framed || !self.origins.contains(&said.origin) {
            return Err(CeremonyFault::Origin);
        }
        Ok(())
    }

    fn check_authenticator(&self, said: &AuthenticatorData<'_>) -> Result<(), CeremonyFault> {
        if said.rp_id_hash != digest(&SHA256, self.id.as_bytes()).as_ref() {
            return Err(CeremonyFault::RelyingParty);
        }
        said.check_user()
    }
}

/// Returns the authenticator data of an attestation object. An attestation statement isn't verified, because nothing
/// depends on it. It must be present, and empty if its format is `none`.
fn attested<'a>(object: &Item<'a>) -> Option<&'a [u8]> {
    let field = |name| object.get(&Item::Text(name));
    let Some(Item::Map(statement)) = field("attStmt") else {
        return None;
    };
    match field("fmt") {
        Some(Item::Text("none")) if !statement.is_empty() => None,
        Some(Item::Text(_)) => field("authData")?.bytes(),
        _ => None,
    }
}
