//! `regstack tokens`.

use expectrl::Expect as _;
use jiff::SignedDuration;
use regstack::internals::auth::TokenCodec;
use regstack::internals::clock::{Clock as _, SystemClock};
use regstack::internals::config::{Settings, Sources};
use regstack::internals::model::{Claims, Id, Purpose};
use regstack::internals::secret::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::actor::Requests as _;
use crate::support::process::{Place, end_of, operator, type_unseen};

const JTI: &str = "-q7z0Y_z_-uIv4PdRl1A5Q";

/// The signer of an installation.
pub(super) struct Signer {
    codec: TokenCodec,
    pub(super) user: Id,
}

impl Signer {
    /// Of a place whose configuration is changed like that; tokens are Ada's.
    pub(super) fn of(place: &Place, change: impl FnOnce(&mut Settings)) -> Self {
        Self::of_user(place, "ada@example.com", change)
    }

    /// The same for tokens of another account.
    pub(super) fn of_user(place: &Place, email: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let sources = Sources {
            working_dir: place.path("."),
            ..Sources::default()
        };
        let mut settings = regstack::internals::config::load(&sources)
            .unwrap()
            .settings;
        change(&mut settings);
        let shown = place.json(&["users", "show", email]);
        Self {
            codec: TokenCodec::new(&settings.tokens),
            user: shown["user"]["id"].as_str().unwrap().parse().unwrap(),
        }
    }

    fn sign(&self, purpose: Purpose, jti: &str, issued: i64, life: i64) -> String {
        let issued_at = SystemClock.now() + SignedDuration::from_secs(issued);
        let expires_at = issued_at + SignedDuration::from_secs(life);
        let claims = Claims::new(self.user, jti.to_owned(), issued_at, expires_at, purpose);
        self.codec.sign(&claims).expose_secret().to_owned()
    }

    pub(super) fn session(&self, jti: &str) -> String {
        self.sign(Purpose::Session, jti, -1, 600)
    }
}

fn inspect(place: &Place, token: &str) -> Value {
    let ran = place.run_with_stdin(&["tokens", "inspect", "--json"], token);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{token}");
    serde_json::from_str(&ran.stdout).unwrap()
}

fn with_ada() -> Place {
    Place::configured().with_users(&["ada@example.com"])
}

#[test]
fn inspect_says_whether_a_token_is_accepted_and_why_not() {
    let place = with_ada();
    let ours = Signer::of(&place, |_| ());
    let foreign = Signer::of(&place, |settings| {
        settings.tokens.jwt_secret = "another secret of sufficient length".into();
    });
    let audience = Signer::of(&place, |settings| {
        settings.tokens.jwt_audience = Some("app".into());
    });
    let algorithm = Signer::of(&place, |settings| {
        settings.tokens.jwt_algorithm = regstack::internals::config::JwtAlgorithm::HS512;
    });
    let nobody = Signer {
        user: "6b03e600439e14476a4e3b06".parse().unwrap(),
        codec: Signer::of(&place, |_| ()).codec,
    };
    let good = ours.session(JTI);
    let said = inspect(&place, &format!("Bearer {good}\n"));
    assert_eq!(
        (&said["accepted"], &said["reason"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(said["purpose"], "session");
    assert_eq!(said["email"], "ada@example.com");
    assert_eq!(
        (&said["jti"], &said["algorithm"]),
        (&json!(JTI), &json!("HS256"))
    );
    // Made before jwt_algorithm changed, or so that a server took it for that.
    let before = inspect(&place, &algorithm.session(JTI));
    assert_eq!(
        (&before["accepted"], &before["algorithm"]),
        (&json!(true), &json!("HS512"))
    );
    for (token, reason) in [
        (foreign.session(JTI), "signature"),
        (audience.session(JTI), "audience"),
        (
            algorithm.sign(Purpose::Session, JTI, 7200, 7200),
            "algorithm",
        ),
        (nobody.session(JTI), "no_account"),
        (ours.sign(Purpose::Session, JTI, -600, 600), "expired"),
        (good.replacen(".eyJzdWIi", ".eyJzdWJi", 1), "signature"),
        (format!("{good}="), "malformed"),
        ("not a token".to_owned(), "malformed"),
    ] {
        let said = inspect(&place, &token);
        assert_eq!(
            (&said["accepted"], &said["reason"]),
            (&json!(false), &json!(reason)),
            "{said}"
        );
        assert!(
            said["detail"]
                .as_str()
                .is_some_and(|detail| detail.len() > 8)
        );
    }
    let link = inspect(&place, &ours.sign(Purpose::PasswordReset, JTI, 1, 600));
    assert_eq!(
        (&link["accepted"], &link["purpose"]),
        (&json!(true), &json!("password_reset"))
    );

    // What only the database knows, the newest of it last.
    assert_eq!(place.run(&["tokens", "revoke", JTI]).code, Some(0));
    assert_eq!(inspect(&place, &good)["reason"], "revoked");
    let other = ours.session("rN7z0Y_z_-uIv4PdRl1A5Q");
    assert_eq!(inspect(&place, &other)["accepted"], true);
    let revoke = ["tokens", "revoke", "--user", "ada"];
    // A cut-off is later than every token that was issued; this one was not, it was made here.
    let early = ours.sign(Purpose::Session, "rN7z0Y_z_-uIv4PdRl1A5Q", -5, 600);
    assert_eq!(place.run(&revoke).stdout, "revoked ada@example.com\n");
    assert_eq!(inspect(&place, &early)["reason"], "ended_with_all");
    assert_eq!(place.run(&["users", "lock", "ada"]).code, Some(0));
    let last = ours.session("rN7z0Y_z_-uIv4PdRl1A5Q");
    assert_eq!(inspect(&place, &last)["reason"], "account_disabled");
}

/// What a command says of a token, the server does.
#[tokio::test]
async fn inspect_and_the_server_agree() {
    let place = with_ada();
    let server = place.serve(&[]);
    let ours = Signer::of(&place, |_| ());
    let foreign = Signer::of(&place, |settings| {
        settings.tokens.jwt_secret = "another secret of sufficient length".into();
    });
    let (live, revoked) = (ours.session(JTI), ours.session("rN7z0Y_z_-uIv4PdRl1A5Q"));
    let ran = place.run_with_stdin(&["tokens", "revoke", "-"], &revoked);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for (token, accepted) in [
        (live, true),
        (revoked, false),
        (foreign.session(JTI), false),
        (ours.sign(Purpose::Session, JTI, -600, 600), false),
    ] {
        assert_eq!(inspect(&place, &token)["accepted"], accepted);
        let answer = server.bearer(&token).me().await;
        assert_eq!(answer.status == 200, accepted);
    }
}

#[test]
fn inspect_asks_unseen_and_shows_times_as_asked() {
    let place = with_ada();
    let token = Signer::of(&place, |_| ()).session(JTI);
    let mut terminal = place.on_terminal(100, &["tokens", "inspect", "--utc"]);
    terminal.expect("Token").unwrap();
    type_unseen(&mut terminal, &token);
    let (text, code) = end_of(&mut terminal);
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains(&token[..40]), "{text}");
    for words in ["session", "ada@example.com", "Z", JTI, "yes"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn a_token_among_the_arguments_works_and_is_warned_of() {
    let place = with_ada();
    let token = Signer::of(&place, |_| ()).session(JTI);
    for act in ["inspect", "revoke"] {
        let ran = place.run(&["tokens", act, &token]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(
            ran.stderr
                .starts_with("warning: others on this machine can read")
                && !ran.stderr.contains(&token),
            "{ran:?}"
        );
    }
    assert_eq!(inspect(&place, &token)["reason"], "revoked");
}

#[test]
fn revoking_says_what_was_done_and_what_was_not_to_be() {
    let place = with_ada();
    let ours = Signer::of(&place, |_| ());
    let token = ours.session(JTI);
    let revoke = |stdin: &str| place.run_with_stdin(&["tokens", "revoke", "-"], stdin);
    let ran = revoke(&token);
    assert!(
        ran.stdout
            .starts_with(&format!("revoked {JTI} of ada@example.com, until ")),
        "{ran:?}"
    );
    let again = revoke(&token);
    assert_eq!(
        (again.code, again.stdout.as_str()),
        (Some(0), "nothing to do: the token was already invalid\n")
    );
    revoke("garbage").refused(1, &["can't be revoked", "isn't a signed token"]);
    revoke(&ours.sign(Purpose::EmailChange, JTI, 1, 600)).refused(2, &["email_change", "--user"]);
    place
        .run(&["tokens", "revoke", "abc"])
        .refused(2, &["22 characters", "tokens inspect"]);
    place
        .run_with_stdin(&["tokens", "revoke"], &token)
        .refused(2, &["JTI", "`-` reads it from stdin"]);
    for act in [&["tokens", "revoke", "-"][..], &["tokens", "inspect"]] {
        place
            .run_with_stdin(act, "\n")
            .refused(2, &["no token was given"]);
    }
    place
        .run(&["tokens", "revoke", JTI, "--user", "ada"])
        .refused(2, &["--user"]);
    place
        .run(&["tokens", "revoke", "--user", "zoe"])
        .refused(1, &["\"zoe\""]);

    let events = place.json(&["events", "list", "--type", "tokens_revoked"]);
    let event = &events["items"][0];
    assert_eq!(event["email"], "ada@example.com");
    assert_eq!(event["data"], json!({ "jti": JTI }));
    assert_eq!(event["actor"], operator());
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
}

#[test]
fn revocations_are_listed_with_whose_they_are_and_purged_when_expired() {
    let place = with_ada();
    let nobody = place.run(&["tokens", "list"]);
    assert_eq!(
        (nobody.stdout.as_str(), nobody.stderr.lines().count()),
        ("", 1)
    );
    let token = Signer::of(&place, |_| ()).session(JTI);
    place.run_with_stdin(&["tokens", "revoke", "-"], &token);
    let unknown = "rN7z0Y_z_-uIv4PdRl1A5Q";
    assert_eq!(place.run(&["tokens", "revoke", unknown]).code, Some(0));
    let list = place.json(&["tokens", "list"]);
    let seen: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["jti"].as_str().unwrap(), item["email"].as_str()))
        .collect();
    assert_eq!(
        seen,
        [(unknown, None), (JTI, Some("ada@example.com"))],
        "an id alone is kept for as long as any session may live"
    );
    let table = place.run(&["tokens", "list"]).stdout;
    assert!(
        table.contains("unknown") && table.starts_with("TOKEN ID"),
        "{table}"
    );
    place
        .raw()
        .execute(
            "update revoked_tokens set expires_at = 1 where jti = ?1",
            [JTI],
        )
        .unwrap();
    assert_eq!(place.json(&["tokens", "purge"]), json!({"removed": 1}));
    assert_eq!(
        place.run(&["tokens", "purge"]).stdout,
        "no revoked token has expired\n"
    );
    let left = place.json(&["tokens", "list"]);
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
}
