//! Sessions as rows: what is stored, what is shown, and how long a session can be renewed.

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::named::{names, text};
use super::revocation::just_after;
use super::{Claims, Id, ListItem, ProviderId, Purpose, User};

names! {
    /// How the owner of a session logged in with one of our own methods.
    pub enum OwnMethod {
        /// With the password alone.
        Password = "password",
        /// With the password and a code sent by SMS.
        PasswordSms = "password+sms",
        /// With the password and a code of an authenticator app.
        PasswordTotp = "password+totp",
        /// With the password and a recovery code.
        PasswordRecoveryCode = "password+recovery_code",
        /// With a passkey whose authenticator verified its user, which is two factors in one.
        Passkey = "passkey",
    }
}

/// How a session began: with one of our own methods, or at another provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionMethod {
    /// One of our own methods.
    Own(OwnMethod),
    /// A login at another provider.
    Provider(ProviderId),
}

impl SessionMethod {
    /// The prefix of a provider's id in the name of the method.
    const PROVIDER: &str = "oidc:";

    /// Returns the name that is stored and published.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Own(method) => Cow::Borrowed(method.as_str()),
            Self::Provider(provider) => Cow::Owned(format!("{}{provider}", Self::PROVIDER)),
        }
    }

    /// Returns the method of this name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.strip_prefix(Self::PROVIDER) {
            Some(provider) => ProviderId::parse(provider).map(Self::Provider),
            None => OwnMethod::from_name(name).map(Self::Own),
        }
    }
}

impl From<OwnMethod> for SessionMethod {
    fn from(method: OwnMethod) -> Self {
        Self::Own(method)
    }
}

impl Serialize for SessionMethod {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

/// The `User-Agent` of a client: at most 256 characters, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct UserAgent(String);

impl UserAgent {
    /// The maximum length that is stored, in Unicode scalar values.
    pub const MAX_LENGTH: usize = 256;

    /// Takes the start of a header, as much as is stored. Returns `None` for an empty one.
    #[must_use]
    pub fn of(header: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(header);
        let kept = text.trim().chars().filter(|c| !c.is_control());
        let kept: String = kept.take(Self::MAX_LENGTH).collect();
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// Returns the name of the browser or program, if it is a common one.
    #[must_use]
    pub fn browser(&self) -> Option<&'static str> {
        // Most browsers also name others that they want to be taken for, so the most specific names come first.
        const KNOWN: &[(&str, &str)] = &[
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("SamsungBrowser/", "Samsung Internet"),
            ("Vivaldi/", "Vivaldi"),
            ("FxiOS/", "Firefox"),
            ("Firefox/", "Firefox"),
            ("CriOS/", "Chrome"),
            ("HeadlessChrome/", "Chrome"),
            ("Chromium/", "Chromium"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
            ("curl/", "curl"),
            ("Wget/", "Wget"),
            ("python-requests/", "Python"),
            ("python-httpx/", "Python"),
            ("Python/", "Python"),
            ("okhttp/", "OkHttp"),
            ("Go-http-client/", "Go"),
            ("node", "Node.js"),
            ("Dart/", "Dart"),
            ("PostmanRuntime/", "Postman"),
        ];
        self.first_of(KNOWN)
    }

    /// Returns the operating system, if the client names a common one.
    #[must_use]
    pub fn system(&self) -> Option<&'static str> {
        const KNOWN: &[(&str, &str)] = &[
            ("Windows", "Windows"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Android", "Android"),
            ("CrOS", "ChromeOS"),
            ("Macintosh", "macOS"),
            ("Darwin", "macOS"),
            ("Linux", "Linux"),
            ("linux", "Linux"),
            ("FreeBSD", "FreeBSD"),
        ];
        self.first_of(KNOWN)
    }

    fn first_of(&self, known: &[(&str, &'static str)]) -> Option<&'static str> {
        let mut said = known.iter().filter(|(mark, _)| self.0.contains(mark));
        said.next().map(|(_, name)| *name)
    }
}

text!(UserAgent);

/// A session that is about to be issued.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id, which is the id of its first token.
    pub id: String,
    /// How its owner logged in.
    pub method: SessionMethod,
    /// The client's address.
    pub ip: Option<IpAddr>,
    /// The client's `User-Agent`.
    pub user_agent: Option<UserAgent>,
    /// How long its first token is valid.
    pub lifetime: SignedDuration,
}

/// A session as stored. Sessions of the Python package have no such row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSession {
    /// Its id, which is the id of its first token.
    pub id: String,
    /// The account.
    pub user_id: Id,
    /// When it began.
    pub created_at: Timestamp,
    /// The `iat` of its newest token.
    pub issued_at: Timestamp,
    /// When it was last used, accurate to five minutes.
    pub last_seen_at: Timestamp,
    /// When the last of its tokens expires.
    pub expires_at: Timestamp,
    /// How its owner logged in.
    pub method: SessionMethod,
    /// The client's address at the login.
    pub ip: Option<IpAddr>,
    /// The client's `User-Agent` at the login.
    pub user_agent: Option<UserAgent>,
}

impl UserSession {
    /// Creates the row of a session that is issued at this moment.
    #[must_use]
    pub fn new(session: NewSession, user_id: Id, issued_at: Timestamp) -> Self {
        Self {
            id: session.id,
            user_id,
            created_at: issued_at,
            issued_at,
            last_seen_at: issued_at,
            expires_at: issued_at + session.lifetime,
            method: session.method,
            ip: session.ip,
            user_agent: session.user_agent,
        }
    }

    /// Returns whether the session is valid, according to its account and the clock. Revocations are checked
    /// elsewhere.
    #[must_use]
    pub fn is_live(&self, user: &User, now: Timestamp) -> bool {
        // Tokens expire at whole seconds, and a session isn't longer than its token.
        self.expires_at.as_second() > now.as_second()
            && user.accepts(self.issued_at)
            && !user.has_ended_other(&self.id, self.issued_at)
    }

    /// Returns when a token expires that is issued now to replace an older one, or `None` if the session is too old to
    /// be renewed.
    #[must_use]
    pub fn renewed_until(
        &self,
        issued_at: Timestamp,
        lifetime: SignedDuration,
        longest: SignedDuration,
    ) -> Option<Timestamp> {
        let until = (issued_at + lifetime).min(self.created_at + longest);
        // Tokens expire at whole seconds.
        (until.as_second() > issued_at.as_second()).then_some(until)
    }

    /// Returns the part that is shown. `current` is the id of the session that asks.
    #[must_use]
    pub fn public(&self, current: Option<&str>) -> SessionPublic {
        let agent = self.user_agent.as_ref();
        SessionPublic {
            id: self.id.clone(),
            created_at: self.created_at,
            last_seen_at: self.last_seen_at,
            expires_at: self.expires_at,
            method: self.method.clone(),
            ip: self.ip,
            browser: agent.and_then(UserAgent::browser),
            system: agent.and_then(UserAgent::system),
            user_agent: self.user_agent.clone(),
            is_current: current == Some(&*self.id),
        }
    }
}

/// A session as its holder and administrators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SessionItem)]
pub struct SessionPublic {
    /// The session's id, which is that of its first token.
    #[schema(example = "rN7z0Y_z_-uIv4PdRl1A5Q")]
    pub id: String,
    /// The login: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was used last, to five minutes: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Timestamp,
    /// When it ends unless it is renewed: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// How its holder logged in: `password`, `password+sms`, `password+totp`,
    /// `password+recovery_code`, `passkey`, or `oidc:` and the ID of a provider.
    #[schema(value_type = String, example = "password")]
    pub method: SessionMethod,
    /// The client's address at the login.
    #[schema(value_type = Option<String>, example = "203.0.113.9")]
    pub ip: Option<IpAddr>,
    /// The browser or program, if it is a common one.
    #[schema(example = "Firefox")]
    pub browser: Option<&'static str>,
    /// The system that it runs on, if it is a common one.
    #[schema(example = "Windows")]
    pub system: Option<&'static str>,
    /// What the client said of itself at the login (`User-Agent`), at most 256 characters.
    #[schema(value_type = Option<String>, example = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0")]
    pub user_agent: Option<UserAgent>,
    /// Whether it is the session that asks.
    pub is_current: bool,
}

impl ListItem for SessionPublic {
    const PAGE: &'static str = "SessionsAnswer";
    const ABOUT_PAGE: &'static str = "One page of sessions.";
}

/// The end of all sessions of an account but one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OthersEnded {
    /// Session tokens issued at this moment or earlier are invalid, except those of the session that was kept.
    pub at: Timestamp,
    /// The id of the session that was kept.
    pub kept: String,
}

impl Claims {
    /// Returns the id of the token's session. A token without `sid` is the first of its session.
    #[must_use]
    pub fn session_id(&self) -> &str {
        self.sid.as_deref().unwrap_or(&self.jti)
    }
}

impl User {
    /// Returns whether a token's session was ended when all but one were.
    #[must_use]
    pub fn has_ended_session(&self, claims: &Claims) -> bool {
        claims.purpose == Purpose::Session
            && self.has_ended_other(claims.session_id(), claims.issued_at)
    }

    /// Ends all sessions but one. Like the cut-off for all tokens, the moment always moves forward, at least to the
    /// newest `iat` of the account's tokens.
    pub fn end_others(&mut self, now: Timestamp, last_iat: Option<Timestamp>, kept: String) {
        let before = self.others_ended.as_ref();
        let raised = before.map(|ended| just_after(ended.at));
        let at = now.max(raised.max(last_iat).unwrap_or(now));
        self.others_ended = Some(OthersEnded { at, kept });
    }

    /// Returns whether a session's token issued at this moment was ended when all sessions but one were.
    #[must_use]
    pub fn has_ended_other(&self, session_id: &str, issued_at: Timestamp) -> bool {
        let ended = self.others_ended.as_ref();
        ended.is_some_and(|ended| issued_at <= ended.at && session_id != ended.kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Email;

    fn agent(text: &str) -> UserAgent {
        UserAgent::of(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_client_is_named_plainly() {
        for (text, browser, system) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
                Some("Firefox"),
                Some("Windows"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                Some("Edge"),
                Some("Windows"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
                Some("Chrome"),
                Some("Android"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                Some("Safari"),
                Some("iPhone"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                Some("Safari"),
                Some("macOS"),
            ),
            ("curl/8.14.1", Some("curl"), None),
            ("my own program", None, None),
        ] {
            let agent = agent(text);
            assert_eq!(
                (agent.browser(), agent.system()),
                (browser, system),
                "{text}"
            );
        }
    }

    #[test]
    fn of_a_client_s_words_little_is_kept_and_nothing_that_controls() {
        assert_eq!(UserAgent::of(b""), None);
        assert_eq!(UserAgent::of(b" \t "), None);
        assert_eq!(agent("a\u{1b}[31m\tb\u{7f}").as_str(), "a[31mb");
        assert_eq!(agent(&"ä".repeat(300)).as_str(), "ä".repeat(256));
        assert_eq!(UserAgent::of(b"a\xff").unwrap().as_str(), "a\u{fffd}");
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn session(issued_at: Timestamp) -> UserSession {
        let new = NewSession {
            id: "mine".into(),
            method: OwnMethod::Password.into(),
            ip: None,
            user_agent: None,
            lifetime: SignedDuration::from_secs(100),
        };
        UserSession::new(new, Id::from_bytes([7; 12]), issued_at)
    }

    #[test]
    fn a_renewal_never_reaches_beyond_the_longest() {
        let of = |seconds| {
            let (life, most) = (
                SignedDuration::from_secs(100),
                SignedDuration::from_secs(250),
            );
            session(at(0)).renewed_until(at(seconds), life, most)
        };
        assert_eq!(of(0), Some(at(100)));
        assert_eq!(of(150), Some(at(250)));
        assert_eq!(of(249), Some(at(250)));
        assert_eq!(of(250), None);
        assert_eq!(of(1000), None);
    }

    #[test]
    fn ending_all_others_leaves_one_and_what_comes_after() {
        let email = Email::from_stored("ada@example.com".into());
        let mut ada = User::new(Id::from_bytes([7; 12]), email, at(0));
        let claims = |jti: &str, sid: Option<&str>, issued_at, purpose| Claims {
            sid: sid.map(str::to_owned),
            ..Claims::new(ada.id, jti.into(), issued_at, at(900), purpose)
        };
        let session = Purpose::Session;
        let other = claims("other", None, at(5), session);
        let (mine, renewed) = (
            claims("mine", None, at(1), session),
            claims("new", Some("mine"), at(4), session),
        );
        let (later, link) = (
            claims("later", None, at(6), session),
            claims("link", None, at(1), Purpose::PasswordReset),
        );
        assert!(!ada.has_ended_session(&other));
        ada.others_ended = Some(OthersEnded {
            at: at(5),
            kept: "mine".into(),
        });
        assert!(ada.has_ended_session(&other));
        for kept in [mine, renewed, later, link] {
            assert!(!ada.has_ended_session(&kept), "{}", kept.jti);
        }
        assert!(
            ada.next_issue_time(at(5)) > at(5),
            "a login right after works"
        );
    }
}
