//! One act, every door: what the admin API does to one account, the command does to another, and both leave the same
//! behind: event, mail, sessions.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::tokens::Signer;
use crate::support::actor::{Actor, NULL, Requests as _};
use crate::support::passkey::SoftKey;
use crate::support::process::{Place, Server};
use crate::support::served::token_in;
use crate::support::smtp_sink::{SmtpSink, decoded};

/// One row of the table. `{id}` stands for the account's id, `{email}` for its address.
struct Act {
    name: &'static str,
    /// What is so before.
    before: &'static str,
    api: (Method, &'static str, Value),
    command: &'static [&'static str],
    stdin: &'static str,
    event: &'static str,
    mails: usize,
    ends_sessions: bool,
}

impl Act {
    fn new(
        name: &'static str,
        api: (Method, &'static str, Value),
        command: &'static [&'static str],
        event: &'static str,
    ) -> Self {
        Self {
            name,
            before: "",
            api,
            command,
            stdin: "",
            event,
            mails: 0,
            ends_sessions: false,
        }
    }

    fn where_it_was(self, before: &'static str) -> Self {
        Self { before, ..self }
    }

    fn mails(self) -> Self {
        Self { mails: 1, ..self }
    }

    fn ends_sessions(self) -> Self {
        Self {
            ends_sessions: true,
            ..self
        }
    }
}

/// The rows that are about an account that is there.
fn acts() -> Vec<Act> {
    const NEW: &str = "correct horse battery";
    let patch = |change| (Method::PATCH, "/admin/users/{id}", change);
    let post = |path| (Method::POST, path, Value::Null);
    let delete = |path| (Method::DELETE, path, Value::Null);
    let new_password = json!({"new_password": NEW});
    let set = (Method::POST, "/admin/users/{id}/set-password", new_password);
    let act = Act::new;
    let set_password: &[&str] = &["users", "set-password", "{email}", "--password-stdin"];
    let revoke: &[&str] = &["tokens", "revoke", "--user", "{email}"];
    let resend: &[&str] = &["users", "resend-verification", "{email}"];
    vec![
        act(
            "lock",
            patch(json!({"is_active": false})),
            &["users", "lock", "{email}"],
            "user_disabled",
        )
        .ends_sessions(),
        act(
            "unlock",
            post("/admin/users/{id}/unlock"),
            &["users", "unlock", "{email}"],
            "user_enabled",
        )
        .where_it_was("is_active = 0"),
        act(
            "delete",
            delete("/admin/users/{id}"),
            &["users", "delete", "{email}", "--yes"],
            "user_deleted",
        )
        .ends_sessions(),
        act(
            "promote",
            patch(json!({"is_superuser": true})),
            &["users", "promote", "{email}"],
            "admin_granted",
        ),
        act(
            "demote",
            patch(json!({"is_superuser": false})),
            &["users", "demote", "{email}"],
            "admin_revoked",
        )
        .where_it_was("is_superuser = 1"),
        act(
            "verify",
            patch(json!({"is_verified": true})),
            &["users", "verify", "{email}"],
            "user_verified",
        ),
        Act {
            stdin: NEW,
            ..act("set-password", set, set_password, "password_changed")
        }
        .mails()
        .ends_sessions(),
        act(
            "send-reset",
            post("/admin/users/{id}/send-password-reset"),
            &["users", "send-reset", "{email}"],
            "password_reset_requested",
        )
        .mails(),
        act(
            "reset-mfa",
            delete("/admin/users/{id}/mfa"),
            &["users", "reset-mfa", "{email}"],
            "mfa_disabled",
        )
        .where_it_was("is_mfa_enabled = 1, phone_number = '+14155550123'")
        .mails(),
        act(
            "remove-passkeys",
            delete("/admin/users/{id}/passkeys"),
            &["users", "remove-passkeys", "{email}"],
            "passkey_removed",
        )
        .mails(),
        act(
            "revoke",
            post("/admin/users/{id}/revoke-tokens"),
            revoke,
            "tokens_revoked",
        )
        .ends_sessions(),
        act(
            "resend",
            post("/admin/users/{id}/resend-verification"),
            resend,
            "verification_requested",
        )
        .mails(),
    ]
}

/// The rows that correct what an account says of its holder.
fn corrections() -> [Act; 2] {
    let patch = |change| (Method::PATCH, "/admin/users/{id}", change);
    let moved = json!({"email": "moved.api@example.com", "is_verified": true});
    let named = json!({"full_name": "Ada Lovelace"});
    [
        Act::new(
            "set-email",
            patch(moved),
            &[
                "users",
                "set-email",
                "{email}",
                "moved.cli@example.com",
                "--verified",
            ],
            "email_changed",
        )
        .where_it_was("is_verified = 1")
        .mails()
        .ends_sessions(),
        Act::new(
            "set-name",
            patch(named),
            &["users", "set-name", "{email}", "Ada Lovelace"],
            "name_changed",
        ),
    ]
}

/// An installation with a server, its administrator, and where its mail goes.
struct Doors {
    place: Place,
    server: Server,
    admin: Actor,
    sink: SmtpSink,
}

impl Doors {
    async fn open() -> Self {
        let place = Place::configured();
        place.create_admin("root@example.com");
        place.set("enable_admin_router = true");
        let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
        place.mails_to(sink.port());
        let server = place.serve(&[]);
        Self {
            admin: server.signed_in("root@example.com").await,
            place,
            server,
            sink,
        }
    }

    async fn accepts(&self, token: &str) -> bool {
        self.server.bearer(token).me().await.status == 200
    }

    /// The mails to an address, once none waits any more.
    async fn mails_to(&self, address: &str) -> usize {
        for _ in 0..600 {
            let waiting = self.place.json(&["outbox", "list", "-q"]);
            if waiting["items"].as_array().unwrap().is_empty() {
                let to = format!("To: {address}");
                return self
                    .sink
                    .mails()
                    .iter()
                    .filter(|mail| mail.contains(&to))
                    .count();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("mail stays in the outbox");
    }

    fn events_of(&self, id: &str) -> Vec<Value> {
        let list = self.place.json(&["events", "list", "--user", id]);
        list["items"].as_array().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_doors_leave_the_same_behind() {
    let doors = Doors::open().await;
    for act in acts().into_iter().chain(corrections()) {
        for door in ["api", "cli"] {
            let email = format!("{}.{door}@example.com", act.name);
            let made = doors
                .place
                .run(&["users", "create", &email, "--no-password", "-q"]);
            assert_eq!(made.code, Some(0), "{made:?}");
            if !act.before.is_empty() {
                let sql = format!("update users set {} where email = ?1", act.before);
                assert_eq!(doors.place.raw().execute(&sql, [&email]).unwrap(), 1);
            }
            if act.event == "passkey_removed" {
                let sql = "insert into passkeys (credential_id, id, user_id, name, public_key, sign_count, is_synced, rp_id, created_at)
                    select id, id, id, 'Laptop', x'00', 0, 0, 'localhost', created_at from users where email = ?1";
                assert_eq!(doors.place.raw().execute(sql, [&email]).unwrap(), 1);
            }
            let signer = Signer::of_user(&doors.place, &email, |_| ());
            let token = signer.session("rN7z0Y_z_-uIv4PdRl1A5Q");
            let id = signer.user.to_string();
            let fill = |text: &str| text.replace("{id}", &id).replace("{email}", &email);
            let what = format!("{} by {door}", act.name);
            if door == "api" {
                let (method, path, body) = act.api.clone();
                let answer = doors.admin.ask(method, &fill(path), body).await;
                assert!(answer.status.is_success(), "{what}: {answer:?}");
            } else {
                let arguments: Vec<String> = act.command.iter().map(|word| fill(word)).collect();
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let ran = doors.place.run_with_stdin(&arguments, act.stdin);
                assert_eq!(ran.code, Some(0), "{what}: {ran:?}");
            }
            let events = doors.events_of(&id);
            assert_eq!(events.len(), 2, "{what}: {events:?}");
            assert_eq!(events[0]["type"], act.event, "{what}");
            assert_eq!(events[0]["email"], *email, "{what}");
            let actor = events[0]["actor"].as_str().unwrap();
            let by = if door == "api" { "user:" } else { "operator:" };
            assert!(actor.starts_with(by), "{what}: {actor}");
            assert_eq!(doors.mails_to(&email).await, act.mails, "{what}");
            assert_eq!(doors.accepts(&token).await, !act.ends_sessions, "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_token_ends_at_both_doors_and_no_other() {
    let doors = Doors::open().await;
    assert_eq!(
        doors
            .place
            .run(&["users", "create", "ada@example.com", "--no-password"])
            .code,
        Some(0)
    );
    let ada = Signer::of(&doors.place, |_| ());
    let [by_api, by_cli, other] =
        ["a", "b", "c"].map(|end| ada.session(&format!("rN7z0Y_z_-uIv4PdRl1A5{end}")));
    doors.server.bearer(&by_api).log_out().await.is(200);
    let ran = doors
        .place
        .run_with_stdin(&["tokens", "revoke", "-"], &by_cli);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for (token, alive) in [(by_api, false), (by_cli, false), (other, true)] {
        assert_eq!(doors.accepts(&token).await, alive);
    }
    let events = doors.events_of(&ada.user.to_string());
    let kinds: Vec<&Value> = events.iter().map(|event| &event["type"]).collect();
    assert_eq!(
        kinds,
        ["tokens_revoked", "user_logged_out", "user_registered"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registrations_and_invitations_are_settled_alike() {
    let waiting = [
        "promote.api@example.com",
        "promote.cli@example.com",
        "delete.api@example.com",
        "delete.cli@example.com",
    ];
    let mut doors = Doors::open().await;
    doors.place = doors.place.with_registrations(&waiting).await;
    let path = |email: &str, end: &str| format!("/admin/pending/{email}{end}");
    let admin = &doors.admin;
    let promoted = admin.post(&path(waiting[0], "/promote"), NULL).await;
    promoted.is(201);
    let deleted = admin.delete(&path(waiting[2], ""), NULL).await;
    deleted.is(200);
    assert_eq!(
        doors.place.run(&["pending", "promote", waiting[1]]).code,
        Some(0)
    );
    assert_eq!(
        doors
            .place
            .run(&["pending", "delete", waiting[3], "--yes"])
            .code,
        Some(0)
    );
    assert_eq!(
        doors.place.json(&["pending", "list", "-q"])["items"],
        json!([])
    );

    let invitation = json!({"email": "invite.api@example.com", "send_invite": true});
    let invited = doors.admin.post("/admin/users", invitation).await;
    invited.is(201);
    let ran = doors
        .place
        .run(&["users", "create", "invite.cli@example.com", "--invite"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("was invited by email"), "{ran:?}");
    for (email, event, mails) in [
        (waiting[0], "user_verified", None),
        (waiting[1], "user_verified", None),
        ("invite.api@example.com", "user_registered", Some(1)),
        ("invite.cli@example.com", "user_registered", Some(1)),
    ] {
        let shown = doors.place.json(&["users", "show", email]);
        let events = shown["events"].as_array().unwrap();
        assert_eq!(
            (events.len(), &events[0]["type"]),
            (1, &json!(event)),
            "{email}"
        );
        if let Some(mails) = mails {
            assert_eq!(doors.mails_to(email).await, mails, "{email}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_invited_and_adds_a_passkey_is_shown_with_it() {
    let place = Place::configured();
    place.set("enable_passkeys = true");
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    place.mails_to(sink.port());
    let ran = place.run(&["users", "create", "ada@example.com", "--invite"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let before = place.json(&["users", "show", "ada@example.com"]);
    assert_eq!(before["passkeys"], json!([]));
    let server = place.serve(&[]);
    let doors = Doors {
        admin: server.anonymous(),
        place,
        server,
        sink,
    };
    assert_eq!(doors.mails_to("ada@example.com").await, 1);
    let link = token_in(&decoded(&doors.sink.mails()[0]));
    let mut key = SoftKey::new();
    let added = key.is_added_by_link(&doors.server, &link).await;
    added.is(201);
    let shown = doors.place.json(&["users", "show", "ada@example.com"]);
    assert_eq!(shown["passkeys"][0]["name"], "Laptop");
    assert_eq!(shown["user"]["is_verified"], true);
    let said = doors
        .place
        .run(&["users", "show", "ada@example.com"])
        .stdout;
    let mut fields = said.lines();
    let passkeys = fields.find(|field| field.starts_with("passkeys"));
    assert!(
        passkeys.is_some_and(|named| named.ends_with("Laptop")),
        "{said}"
    );
    let ways = doors
        .place
        .json(&["events", "list", "--type", "passkey_added"]);
    assert_eq!(ways["items"][0]["data"]["by"], "link");
    key.signed_in(&doors.server).await.me().await.is(200);
}
