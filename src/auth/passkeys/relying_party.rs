//! Who asks for passkeys, and what it takes for an answer.

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
    /// What the browser says of where and why it asked (JSON).
    pub client_data: Vec<u8>,
    /// What the authenticator made (CBOR).
    pub attestation_object: Vec<u8>,
}

/// What a browser presents to log in.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// Which passkey.
    pub credential_id: CredentialId,
    /// What the browser says of where and why it asked (JSON).
    pub client_data: Vec<u8>,
    /// What the authenticator says.
    pub authenticator_data: Vec<u8>,
    /// Its signature.
    pub signature: Vec<u8>,
    /// Whose passkey it takes it for, where it says so.
    pub user_handle: Option<Vec<u8>>,
}

/// A passkey that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// Its name at the authenticator.
    pub id: CredentialId,
    /// Its public key (COSE).
    pub public_key: Vec<u8>,
    /// Where the authenticator's counter begins.
    pub sign_count: u32,
    /// Whether it may be on several devices.
    pub is_synced: bool,
}

/// Who asks for passkeys.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    id: String,
    origins: Vec<String>,
}

/// What a browser says of where and why it asked.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    is_cross_origin: bool,
    /// Only said where a page of another site frames ours.
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<IgnoredAny>,
}

impl RelyingParty {
    /// The relying party of this id, for pages of these origins.
    #[must_use]
    pub fn new(id: String, origins: Vec<String>) -> Self {
        Self { id, origins }
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The passkey that was made, if that was done as it was asked for.
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

    /// The value of the authenticator's counter, if the owner of a passkey has just proven to have it.
    pub fn authenticate(
        &self,
        challenge: &str,
        passkey: &Passkey,
        owner: Id,
        presented: &Assertion,
    ) -> Result<u32, CeremonyFault> {
        self.check_client("webauthn.get", challenge, &presented.client_data)?;
        // Nobody said before whose passkey it would be, so the authenticator has to.
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
        // No page of another site may frame ours, and none that does gets a passkey out of it.
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

/// The authenticator's part of what a browser presents to add a passkey. Statements of what made it are not verified, as nothing
/// follows from them; but there is one, and none is none.
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
