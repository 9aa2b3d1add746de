//! Authenticator data, which an authenticator signs (Web Authentication, level 3, §6.1).

use super::cbor::Item;
use super::key::{CeremonyFault, PublicKey};
use crate::model::CredentialId;

/// The flags of §6.1.
const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

/// The parsed authenticator data.
#[derive(Debug)]
pub(super) struct AuthenticatorData<'a> {
    pub(super) rp_id_hash: &'a [u8],
    flags: u8,
    pub(super) sign_count: u32,
    pub(super) credential: Option<AttestedCredential<'a>>,
}

/// A key pair that was just created.
#[derive(Debug)]
pub(super) struct AttestedCredential<'a> {
    pub(super) id: CredentialId,
    /// The public key as the authenticator encoded it.
    pub(super) public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Parses authenticator data. Nothing may follow it.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, CeremonyFault> {
        let cut = |bytes: &'a [u8], at| bytes.split_at_checked(at).ok_or(CeremonyFault::Malformed);
        let (rp_id_hash, rest) = cut(bytes, 32)?;
        let (flags, rest) = cut(rest, 1)?;
        let (sign_count, mut rest) = cut(rest, 4)?;
        let flags = flags[0];
        let mut credential = None;
        if flags & HAS_CREDENTIAL != 0 {
            // The model of the authenticator (AAGUID) isn't used.
            let (_, after) = cut(rest, 16)?;
            let (length, after) = cut(after, 2)?;
            let (id, key) = cut(after, u16::from_be_bytes([length[0], length[1]]).into())?;
            let (item, after) = Item::read(key).ok_or(CeremonyFault::Malformed)?;
            PublicKey::read(&item).ok_or(CeremonyFault::Key)?;
            credential = Some(AttestedCredential {
                id: CredentialId::of(id).ok_or(CeremonyFault::Malformed)?,
                public_key: &key[..key.len() - after.len()],
            });
            rest = after;
        }
        if flags & HAS_EXTENSIONS != 0 {
            let (item, after) = Item::read(rest).ok_or(CeremonyFault::Malformed)?;
            if !matches!(item, Item::Map(_)) {
                return Err(CeremonyFault::Malformed);
            }
            rest = after;
        }
        let backed_up_alone = flags & (BACKUP_ELIGIBLE | BACKED_UP) == BACKED_UP;
        if !rest.is_empty() || backed_up_alone {
            return Err(CeremonyFault::Malformed);
        }
        let count = sign_count
            .iter()
            .fold(0, |sum, byte| (sum << 8) | u32::from(*byte));
        Ok(Self {
            rp_id_hash,
            flags,
            sign_count: count,
            credential,
        })
    }

    /// Fails unless a user was present and verified.
    pub(super) fn check_user(&self) -> Result<(), CeremonyFault> {
        if self.flags & USER_PRESENT == 0 {
            return Err(CeremonyFault::Presence);
        }
        if self.flags & USER_VERIFIED == 0 {
            return Err(CeremonyFault::Verification);
        }
        Ok(())
    }

    /// Returns whether the key pair may be copied to several devices.
    pub(super) fn is_synced(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(flags: u8, rest: &[u8]) -> Result<(u32, bool, bool), CeremonyFault> {
        let bytes = [&[7; 32][..], &[flags, 0, 0, 1, 2], rest].concat();
        let said = AuthenticatorData::read(&bytes)?;
        Ok((said.sign_count, said.is_synced(), said.credential.is_some()))
    }

    #[test]
    fn all_of_it_is_read_and_nothing_may_follow() {
        let key = [0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
        let credential = [&[0; 16][..], &[0, 2, 8, 9], &key, &[5; 32]].concat();
        assert_eq!(said(0b101, &[]), Ok((0x102, false, false)));
        assert_eq!(said(0b1101, &[]), Ok((0x102, true, false)));
        assert_eq!(said(0b100_0101, &credential), Ok((0x102, false, true)));
        let extended = [&credential[..], &[0xa0]].concat();
        assert_eq!(said(0b1100_0101, &extended), Ok((0x102, false, true)));
        let unknown = [&[0; 16][..], &[0, 1, 8], &[0xa2, 0x01, 0x02, 0x03, 0x26]].concat();
        assert_eq!(said(0b100_0101, &unknown), Err(CeremonyFault::Key));
        let nameless = [&[0; 18][..], &key, &[5; 32]].concat();
        for (flags, rest) in [
            (0b101, &[0][..]),
            (0b100_0101, &[]),
            (0b100_0101, &extended),
            (0b100_0101, &credential[..credential.len() - 1]),
            (0b100_0101, &nameless),
            (0b1000_0101, &[0x01]),
            // Backed up without being eligible for backup.
            (0b1_0101, &[]),
        ] {
            assert_eq!(
                said(flags, rest),
                Err(CeremonyFault::Malformed),
                "{flags:b} {rest:x?}"
            );
        }
        assert!(AuthenticatorData::read(&[7; 36]).is_err());
    }

    #[test]
    fn a_user_has_to_be_there_and_to_be_verified() {
        let check = |flags: u8| {
            let bytes = [&[7; 32][..], &[flags, 0, 0, 0, 0]].concat();
            let said = AuthenticatorData::read(&bytes).unwrap();
            said.check_user()
        };
        assert_eq!(check(0b101), Ok(()));
        assert_eq!(check(0b001), Err(CeremonyFault::Verification));
        assert_eq!(check(0b100), Err(CeremonyFault::Presence));
    }
}
