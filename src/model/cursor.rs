//! Where the next page of a list starts, as opaque text that the API and the command line return and accept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use super::{Email, Id};

/// A place in a list ordered by time and id, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey {
    /// The time of the last item on the previous page.
    pub at: Timestamp,
    /// Its id.
    pub id: Id,
}

/// A place in the list of pending registrations, which are identified by their email address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingKey {
    /// The time of the last item on the previous page.
    pub at: Timestamp,
    /// Its email address.
    pub email: Email,
}

/// A place in the list of revoked tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationKey {
    /// When the last token on the previous page expires.
    pub at: Timestamp,
    /// Its id.
    pub jti: String,
}

/// A place in the list of an account's sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKey {
    /// The login time of the last session on the previous page.
    pub at: Timestamp,
    /// Its id.
    pub id: String,
}

/// A place in a list, which can be written as text. The text is base64url (RFC 4648 §5) and opaque to clients.
pub trait Cursor: Sized {
    /// Returns the place as text.
    fn to_text(&self) -> String;

    /// Parses the text of a place. Returns `None` if it wasn't made by [`Cursor::to_text`].
    fn from_text(text: &str) -> Option<Self>;
}

fn write(at: Timestamp, name: &dyn std::fmt::Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}:{name}", at.as_millisecond()))
}

fn read(text: &str) -> Option<(Timestamp, String)> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (millis, name) = decoded.split_once(':')?;
    let at = Timestamp::from_millisecond(millis.parse().ok()?).ok()?;
    Some((at, name.to_owned()))
}

impl Cursor for PageKey {
    fn to_text(&self) -> String {
        write(self.at, &self.id)
    }

    fn from_text(text: &str) -> Option<Self> {
        let (at, id) = read(text)?;
        Some(Self {
            at,
            id: id.parse().ok()?,
        })
    }
}

impl Cursor for PendingKey {
    fn to_text(&self) -> String {
        write(self.at, &self.email)
    }

    fn from_text(text: &str) -> Option<Self> {
        let (at, email) = read(text)?;
        Some(Self {
            at,
            email: Email::from_stored(email),
        })
    }
}

impl Cursor for RevocationKey {
    fn to_text(&self) -> String {
        write(self.at, &self.jti)
    }

    fn from_text(text: &str) -> Option<Self> {
        let (at, jti) = read(text)?;
        Some(Self { at, jti })
    }
}

impl Cursor for SessionKey {
    fn to_text(&self) -> String {
        write(self.at, &self.id)
    }

    fn from_text(text: &str) -> Option<Self> {
        let (at, id) = read(text)?;
        Some(Self { at, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_and_anything_else_is_none() {
        let at = Timestamp::from_millisecond(1_764_000_000_123).unwrap();
        let key = PageKey {
            at,
            id: Id::from_bytes([7; 12]),
        };
        assert_eq!(PageKey::from_text(&key.to_text()), Some(key));
        let email = Email::from_stored("a:b@example.com".to_owned());
        let key = PendingKey { at, email };
        assert_eq!(PendingKey::from_text(&key.to_text()), Some(key));
        let jti = "rN7z0Y_z_-uIv4PdRl1A5Q".to_owned();
        let key = RevocationKey { at, jti };
        assert_eq!(RevocationKey::from_text(&key.to_text()), Some(key));
        let id = "rN7z0Y_z_-uIv4PdRl1A5Q".to_owned();
        let key = SessionKey { at, id };
        assert_eq!(SessionKey::from_text(&key.to_text()), Some(key));
        for bad in [
            "",
            "x",
            "MTIz",
            "!!!",
            &URL_SAFE_NO_PAD.encode("1:2"),
            &URL_SAFE_NO_PAD.encode("99999999999999999:0707070707070707070707ff"),
            &URL_SAFE_NO_PAD.encode(b"\xff:0707070707070707070707ff"),
        ] {
            assert_eq!(PageKey::from_text(bad), None, "{bad}");
        }
    }
}
