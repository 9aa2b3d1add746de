//! Every status of the table with a story of its own, provoked over HTTP.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use regstack::internals::config::Transport;
use serde_json::{Value, json};

use super::ledger::{Ledger, rows};
use super::{NOBODY, NOBODYS_ADDRESS, TABLE, call, request, with_everything};

use crate::support::actor::{Actor, NULL, PASSWORD, Requests as _};
use crate::support::authenticator::Authenticator;
use crate::support::passkey::{PRESENT, SoftKey, VERIFIED, give, start as start_passkey};
use crate::support::served::{Served, other_than};

const NEW: &str = "another good password";
const PROMOTE: &str = "POST /admin/pending/{email}/promote";

/// The scene: a server with everything on, and its administrator.
struct Scene {
    served: Served,
    ledger: Ledger,
    admin: Actor,
}

impl Scene {
    /// Somebody calls a route; what must come back is entered.
    async fn play(
        &mut self,
        (actor, route): (&Actor, &str),
        body: Value,
        outcome: (u16, &str),
    ) -> Value {
        self.play_for(actor, (route, ""), body, outcome).await
    }

    /// Nobody in particular calls a route.
    async fn visit(&mut self, route: &str, body: Value, outcome: (u16, &str)) -> Value {
        let visitor = self.served.anonymous();
        self.play((&visitor, route), body, outcome).await
    }

    /// An act of the administrator on who or what has this name.
    async fn administer(&mut self, route: &str, name: &str, body: Value, outcome: (u16, &str)) {
        let admin = self.admin.clone();
        self.play_for(&admin, (route, name), body, outcome).await;
    }

    async fn play_for(
        &mut self,
        actor: &Actor,
        (route, name): (&str, &str),
        body: Value,
        (status, code): (u16, &str),
    ) -> Value {
        let answer = call(actor, route, name, body).await;
        self.ledger.expect(route, &answer, status, code);
        answer.body
    }

    /// Uses up the guesses of an address.
    async fn lock_out(&self, email: &str) {
        self.served.lock_out(email).await;
    }
}

async fn registering(scene: &mut Scene) {
    let wish = |email: &str| json!({"email": email, "password": PASSWORD});
    scene
        .visit("POST /register", wish("ada@example.com"), (201, ""))
        .await;
    scene
        .visit(
            "POST /register",
            wish("root@example.com"),
            (409, "email_taken"),
        )
        .await;
    let closed = scene
        .served
        .sibling_with(|settings| settings.features.allow_registration = false)
        .await;
    let refused = (403, "registration_disabled");
    scene
        .play(
            (closed.actor(), "POST /register"),
            wish("eve@example.com"),
            refused,
        )
        .await;
    let open = scene
        .served
        .sibling_with(|settings| settings.features.require_verification = false)
        .await;
    scene
        .play(
            (open.actor(), "POST /register"),
            wish("eve@example.com"),
            (201, ""),
        )
        .await;
    scene
        .visit(
            "POST /resend-verification",
            json!({"email": "ada@example.com"}),
            (202, ""),
        )
        .await;

    let token = scene.served.mailed_token("ada@example.com", 2).await;
    let verify = "POST /verify";
    scene
        .visit(verify, json!({"token": "x"}), (400, "invalid_token"))
        .await;
    let wrong = json!({"token": token, "password": "wrong"});
    for _ in 0..5 {
        scene
            .visit(verify, wrong.clone(), (400, "wrong_password"))
            .await;
    }
    scene.visit(verify, wrong, (429, "locked")).await;
    scene
        .visit(verify, json!({"token": token}), (200, ""))
        .await;
}

async fn logging_in(scene: &mut Scene) {
    let login = "POST /login";
    let proof = |email: &str| json!({"email": email, "password": PASSWORD});
    let served = &scene.served;
    served.account("open@example.com", |_| ()).await;
    served
        .account("new@example.com", |account| account.is_verified = false)
        .await;
    served.account("gone@example.com", |_| ()).await;
    served.operator().disable("gone@example.com").await;
    scene
        .visit(login, proof(NOBODYS_ADDRESS), (401, "invalid_credentials"))
        .await;
    scene
        .visit(login, proof("gone@example.com"), (403, "account_disabled"))
        .await;
    scene
        .visit(login, proof("new@example.com"), (403, "email_unverified"))
        .await;
    scene.lock_out("victim@example.com").await;
    scene
        .visit(login, proof("victim@example.com"), (429, "locked"))
        .await;
    let with_cookies = scene
        .served
        .sibling_with(|settings| settings.tokens.transport = Transport::Cookie)
        .await;
    let foreign = (403, "cross_site");
    let proof_of_open = proof("open@example.com");
    scene
        .play(
            (with_cookies.actor(), "POST /login"),
            proof_of_open,
            foreign,
        )
        .await;
    let verify = "POST /verify";
    let wish = request(with_cookies.actor(), verify, "").header("x-regstack-session", "wanted");
    let answer = with_cookies.send(wish.json(&json!({"token": "x"}))).await;
    scene.ledger.expect(verify, &answer, 403, "cross_site");
    let code = json!({"mfa_pending_token": "x", "code": "042719"});
    scene
        .play(
            (with_cookies.actor(), "POST /login/mfa-confirm"),
            code,
            foreign,
        )
        .await;
    let session = scene
        .visit(login, proof("open@example.com"), (200, ""))
        .await;
    let session = scene
        .served
        .bearer(session["access_token"].as_str().unwrap());
    scene.play((&session, "GET /me"), NULL, (200, "")).await;
    scene
        .play((&session, "GET /me/export"), NULL, (200, ""))
        .await;
    let change = json!({"full_name": "Ada"});
    scene.play((&session, "PATCH /me"), change, (200, "")).await;
    scene
        .play((&session, "POST /logout"), NULL, (200, ""))
        .await;
}

async fn ending_sessions(scene: &mut Scene) {
    const ADA: &str = "sessions@example.com";
    let sid = |session: &Value| session["id"].as_str().unwrap().to_owned();
    let list = "GET /sessions";
    let session = scene.served.signed_in(ADA).await;
    scene.served.signed_in(ADA).await;
    let listed = scene.play((&session, list), NULL, (200, "")).await;
    let mut others = listed["items"].as_array().unwrap().iter();
    let other = sid(others.find(|other| other["is_current"] == false).unwrap());
    let end = "DELETE /sessions/{sid}";
    let gone = (404, "not_found");
    for (name, outcome) in [(&*other, (200, "")), (&other, gone), (NOBODY, gone)] {
        scene.play_for(&session, (end, name), NULL, outcome).await;
    }
    let others = (&session, "DELETE /sessions");
    scene.play(others, NULL, (200, "")).await;
    let renew = "POST /session/renew";
    scene.play((&session, renew), NULL, (200, "")).await;
    scene.served.pass(SignedDuration::from_secs(7199));
    let late = scene.served.sibling_with(|settings| {
        settings.tokens.session_max_seconds = 1;
    });
    let late_server = late.await;
    let late = session.at(&late_server);
    scene
        .play((&late, renew), NULL, (409, "not_renewable"))
        .await;

    let list = "GET /admin/users/{user_id}/sessions";
    let end = "DELETE /admin/users/{user_id}/sessions/{sid}";
    let end_all = "DELETE /admin/users/{user_id}/sessions";
    let id = scene.served.id_of(ADA).await.to_string();
    scene.served.signed_in(ADA).await;
    scene.admin = scene.served.signed_in("root@example.com").await;
    let admin = scene.admin.clone();
    let listed = scene.play_for(&admin, (list, &id), NULL, (200, "")).await;
    let session = format!("{id} {}", sid(&listed["items"][0]));
    let nobody = format!("{NOBODY} {}", sid(&listed["items"][0]));
    for (route, name, outcome) in [
        (list, NOBODY, gone),
        (end, &*nobody, gone),
        (end, &session, (200, "")),
        (end, &session, gone),
        (end_all, NOBODY, gone),
        (end_all, &id, (200, "")),
    ] {
        scene.administer(route, name, NULL, outcome).await;
    }
}

async fn changing(scene: &mut Scene) {
    let session = scene.served.signed_in("own@example.com").await;
    let password = (&session, "POST /change-password");
    let email = (&session, "POST /change-email");
    let wish = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    let move_to = |current: &str, new: &str| json!({"current_password": current, "new_email": new});
    scene
        .play(password, wish("wrong", NEW), (400, "wrong_password"))
        .await;
    scene
        .play(
            password,
            wish(PASSWORD, PASSWORD),
            (400, "password_unchanged"),
        )
        .await;
    scene
        .play(
            email,
            move_to("wrong", "x@example.com"),
            (400, "wrong_password"),
        )
        .await;
    scene
        .play(
            email,
            move_to(PASSWORD, "OWN@example.com"),
            (400, "same_email"),
        )
        .await;
    for new in ["first@example.com", "moved@example.com"] {
        scene.play(email, move_to(PASSWORD, new), (202, "")).await;
    }
    let to_first = scene.served.mailed_token("first@example.com", 1).await;
    let to_moved = scene.served.mailed_token("moved@example.com", 1).await;
    scene.served.account("first@example.com", |_| ()).await;
    let confirm = "POST /confirm-email-change";
    for (token, outcome) in [
        ("x", (400, "invalid_token")),
        (to_first.as_str(), (409, "email_taken")),
        (to_moved.as_str(), (200, "")),
    ] {
        scene.visit(confirm, json!({"token": token}), outcome).await;
    }
    let session = scene.served.signed_in("moved@example.com").await;
    let undo = scene.served.mailed_token("own@example.com", 1).await;
    scene.served.account("own@example.com", |_| ()).await;
    let route = "POST /undo-email-change";
    for (token, outcome) in [
        ("x", (400, "invalid_token")),
        (&*undo, (409, "email_taken")),
    ] {
        scene.visit(route, json!({"token": token}), outcome).await;
    }
    let mover = scene.served.signed_in("mover@example.com").await;
    mover.change_email("elsewhere@example.com").await.is(202);
    let link = scene.served.mailed_token("elsewhere@example.com", 1).await;
    scene.served.confirm_email_change(&link).await.is(200);
    let undo = scene.served.mailed_token("mover@example.com", 1).await;
    scene.visit(route, json!({"token": undo}), (200, "")).await;
    scene.lock_out("moved@example.com").await;
    for (route, body) in [
        ("POST /change-password", wish(PASSWORD, NEW)),
        ("POST /change-email", move_to(PASSWORD, "y@example.com")),
        ("DELETE /account", json!({"current_password": PASSWORD})),
    ] {
        scene.play((&session, route), body, (429, "locked")).await;
    }

    let forgot = json!({"email": "moved@example.com"});
    scene
        .visit("POST /forgot-password", forgot, (202, ""))
        .await;
    let token = scene.served.mailed_token("moved@example.com", 2).await;
    let reset = "POST /reset-password";
    for (token, outcome) in [("x", (400, "invalid_token")), (token.as_str(), (200, ""))] {
        let body = json!({"token": token, "new_password": PASSWORD});
        scene.visit(reset, body, outcome).await;
    }
    let session = scene.served.signed_in("moved@example.com").await;
    scene
        .play(
            (&session, "POST /change-password"),
            wish(PASSWORD, NEW),
            (200, ""),
        )
        .await;

    let session = scene.served.signed_in("leaver@example.com").await;
    let leave = (&session, "DELETE /account");
    let proof = |password: &str| json!({"current_password": password});
    scene
        .play(leave, proof("wrong"), (400, "wrong_password"))
        .await;
    scene.play(leave, proof(PASSWORD), (200, "")).await;
    let admin = scene.admin.clone();
    let last = (&admin, "DELETE /account");
    scene
        .play(last, proof(PASSWORD), (409, "last_superuser"))
        .await;
}

/// The four refusals of a code, and the success: `ask` sends one to the number and gives the token that waits for it.
async fn presenting_codes(
    scene: &mut Scene,
    (route, token_field): (&str, &str),
    number: &str,
    ask: impl AsyncFn(&Served) -> String,
) {
    let present = |token: &str, code: &str| json!({token_field: token, "code": code});
    let confirm = route;
    scene
        .visit(confirm, present("x", "042719"), (400, "invalid_token"))
        .await;
    let already = scene.served.mailbox.messages();
    let already = already.iter().filter(|sms| sms.to == number).count();
    let token = ask(&scene.served).await;
    let code = scene.served.code_sent_to(number, already + 1).await;
    let wrong = present(&token, &other_than(&code));
    scene
        .visit(confirm, wrong.clone(), (400, "wrong_code"))
        .await;
    scene.served.pass(SignedDuration::from_secs(300));
    scene
        .visit(confirm, present(&token, &code), (400, "code_expired"))
        .await;
    let newer = ask(&scene.served).await;
    scene
        .visit(confirm, present(&token, &code), (400, "no_code"))
        .await;
    let code = scene.served.code_sent_to(number, already + 2).await;
    // A sibling with the least of budgets takes the code that was wrong before for the last one.
    let strict = scene
        .served
        .sibling_with(|settings| {
            settings.guessing.login_lockout_threshold = 1;
            settings.sms_codes.sms_code_max_attempts = 1;
        })
        .await;
    let spent = (429, "code_budget_spent");
    scene
        .play((strict.actor(), route), present(&newer, &code), spent)
        .await;
    scene
        .visit(confirm, present(&newer, &code), (200, ""))
        .await;
}

async fn proving_a_phone(scene: &mut Scene) {
    const NUMBER: &str = "+14155550123";
    let session = scene.served.signed_in("phone@example.com").await;
    let start = (&session, "POST /phone/start");
    let disable = (&session, "DELETE /phone");
    let wish = |number: &str, password: &str| json!({"phone_number": number, "current_password": password});
    let proof = |password: &str| json!({"current_password": password});
    let invalid = (400, "invalid_phone");
    scene
        .play(start, wish("04155550123", PASSWORD), invalid)
        .await;
    let wrong = (400, "wrong_password");
    scene.play(start, wish(NUMBER, "wrong"), wrong).await;
    scene.play(disable, proof("wrong"), wrong).await;
    scene
        .play(disable, proof(PASSWORD), (400, "mfa_not_enabled"))
        .await;
    scene.play(start, wish(NUMBER, PASSWORD), (202, "")).await;
    let ask = async |served: &Served| {
        let started = session.at(served).start_phone(NUMBER).await;
        started.is(202).text("pending_token").to_owned()
    };
    scene.served.code_sent_to(NUMBER, 1).await;
    presenting_codes(scene, ("POST /phone/confirm", "pending_token"), NUMBER, ask).await;
    let ask = async |served: &Served| served.log_in_halfway("phone@example.com").await;
    presenting_codes(
        scene,
        ("POST /login/mfa-confirm", "mfa_pending_token"),
        NUMBER,
        ask,
    )
    .await;
    let halfway = scene.served.log_in_halfway("phone@example.com").await;
    // The rest of the five SMS that each purpose may send to a number in an hour.
    while session.start_phone(NUMBER).await.status == 202 {}
    while scene
        .served
        .log_in("phone@example.com", PASSWORD)
        .await
        .status
        == 200
    {}
    let login = "POST /login";
    let credentials = json!({"email": "phone@example.com", "password": PASSWORD});
    let capped = (429, "rate_limited");
    scene.visit(login, credentials.clone(), capped).await;
    scene.play(start, wish(NUMBER, PASSWORD), capped).await;
    let again = "POST /login/mfa-send";
    let waiting = |token: &str| json!({"mfa_pending_token": token});
    scene
        .visit(again, waiting("none"), (400, "invalid_token"))
        .await;
    scene.visit(again, waiting(&halfway), capped).await;

    scene.served.code_sent_to(NUMBER, 10).await;
    scene.served.pass(SignedDuration::from_hours(1));
    let token = scene.served.log_in_halfway("phone@example.com").await;
    scene.visit(again, waiting(&token), (200, "")).await;
    let token = scene.served.log_in_halfway("phone@example.com").await;
    let code = scene.served.code_sent_to(NUMBER, 13).await;
    let wrong = scene.served.confirm_login(&token, &other_than(&code)).await;
    wrong.refused(400, "wrong_code");
    let halfway_again = token;
    let started = session.start_phone(NUMBER).await;
    let token = started.is(202).text("pending_token");
    let code = scene.served.code_sent_to(NUMBER, 14).await;
    let wrong = scene.served.confirm_phone(token, &other_than(&code)).await;
    wrong.refused(400, "wrong_code");
    let strict = scene
        .served
        .sibling_with(|settings| {
            settings.guessing.login_lockout_threshold = 1;
            settings.sms_codes.sms_code_max_attempts = 1;
        })
        .await;
    let spent = (429, "code_budget_spent");
    scene
        .play((strict.actor(), "POST /login"), credentials, spent)
        .await;
    let spender = (strict.actor(), again);
    scene.play(spender, waiting(&halfway_again), spent).await;
    let answer = session.at(&strict).start_phone(NUMBER).await;
    scene
        .ledger
        .expect("POST /phone/start", &answer, 429, "code_budget_spent");

    scene.play(disable, proof(PASSWORD), (200, "")).await;
    scene.lock_out("phone@example.com").await;
    let locked = (429, "locked");
    scene.play(start, wish(NUMBER, PASSWORD), locked).await;
    scene.play(disable, proof(PASSWORD), locked).await;
}

async fn proving_an_app(scene: &mut Scene) {
    let session = scene.served.signed_in("app@example.com").await;
    let start = (&session, "POST /mfa/totp/start");
    let disable = (&session, "DELETE /mfa/totp");
    let codes = (&session, "POST /mfa/recovery-codes");
    let proof = |password: &str| json!({"current_password": password});
    for act in [start, disable, codes] {
        let wrong = (400, "wrong_password");
        scene.play(act, proof("wrong"), wrong).await;
        scene.served.signed_in("app@example.com").await;
    }
    for act in [disable, codes] {
        let off = (400, "mfa_not_enabled");
        scene.play(act, proof(PASSWORD), off).await;
    }
    scene.play((&session, "GET /mfa"), NULL, (200, "")).await;
    let started = scene.play(start, proof(PASSWORD), (200, "")).await;
    let confirm = "POST /mfa/totp/confirm";
    let app = Authenticator(started["otpauth_url"].as_str().unwrap().to_owned());
    let code = app.code(&scene.served);
    let present = |code: &str| json!({"pending_token": started["pending_token"], "code": code});
    let none = json!({"pending_token": "x", "code": code});
    scene.visit(confirm, none, (400, "invalid_token")).await;
    let wrong = present(&other_than(&code));
    scene.visit(confirm, wrong, (400, "wrong_code")).await;
    let strict = scene
        .served
        .sibling_with(|settings| {
            settings.guessing.login_lockout_threshold = 1;
            settings.sms_codes.sms_code_max_attempts = 1;
        })
        .await;
    let spent = (429, "code_budget_spent");
    scene
        .play((strict.actor(), confirm), present(&code), spent)
        .await;
    let spender = session.at(&strict);
    scene
        .play((&spender, start.1), proof(PASSWORD), spent)
        .await;
    scene.visit(confirm, present(&code), (200, "")).await;
    scene.visit(confirm, present(&code), (400, "no_code")).await;
    scene.play(codes, proof(PASSWORD), (200, "")).await;
    scene.play(disable, proof(PASSWORD), (200, "")).await;
    scene.lock_out("app@example.com").await;
    for act in [start, disable, codes] {
        scene.play(act, proof(PASSWORD), (429, "locked")).await;
    }
}

/// Who has passkeys.
const KEEPER: &str = "keys@example.com";

fn proof_by(password: &str) -> Value {
    json!({"current_password": password})
}

/// The passkey that is asked for, as it is presented.
fn made_as(key: &mut SoftKey, started: &Value) -> Value {
    let mut made = key.make(&started["public_key"]);
    made["pending_token"] = started["pending_token"].clone();
    made["name"] = "Laptop".into();
    made
}

async fn proving_a_passkey(scene: &mut Scene) {
    let mut key = SoftKey::new();
    let id = adding_a_passkey(scene, &mut key).await;
    logging_in_by_passkey(scene, &mut key).await;
    removing_passkeys(scene, &mut key, &id).await;
    keeping_the_last_way_in(scene).await;
    adding_a_passkey_by_link(scene).await;
}

async fn adding_a_passkey(scene: &mut Scene, key: &mut SoftKey) -> String {
    let session = scene.served.signed_in(KEEPER).await;
    let start = (&session, "POST /passkeys/start");
    let finish = (&session, "POST /passkeys/finish");
    scene
        .play(start, proof_by("wrong"), (400, "wrong_password"))
        .await;
    let unproven = (403, "reauthentication_required");
    scene.play(start, json!({}), unproven).await;
    let started = scene.play(start, proof_by(PASSWORD), (200, "")).await;
    key.flags = PRESENT;
    let unverified = made_as(key, &started);
    scene
        .play(finish, unverified, (400, "invalid_passkey"))
        .await;
    key.flags = VERIFIED;
    let made = made_as(key, &started);
    let added = scene.play(finish, made.clone(), (201, "")).await;
    scene.play(finish, made, (400, "invalid_token")).await;
    let started = scene.play(start, proof_by(PASSWORD), (200, "")).await;
    let again = made_as(key, &started);
    scene.play(finish, again, (409, "passkey_taken")).await;
    let id = added["id"].as_str().unwrap();
    scene
        .play((&session, "GET /passkeys"), NULL, (200, ""))
        .await;
    let named = json!({"name": "Phone"});
    for (id, outcome) in [(id, (200, "")), (NOBODY, (404, "not_found"))] {
        let rename = ("PATCH /passkeys/{id}", id);
        scene
            .play_for(&session, rename, named.clone(), outcome)
            .await;
    }
    id.to_owned()
}

async fn logging_in_by_passkey(scene: &mut Scene, key: &mut SoftKey) {
    let (begin, end) = ("POST /login/passkey/start", "POST /login/passkey/finish");
    let started = scene.visit(begin, NULL, (200, "")).await;
    let signed = |key: &SoftKey, started: &Value| {
        let mut signed = key.sign(&started["public_key"]);
        signed["pending_token"] = started["pending_token"].clone();
        signed
    };
    key.count += 1;
    let answer = signed(key, &started);
    scene.visit(end, answer.clone(), (200, "")).await;
    scene.visit(end, answer, (400, "invalid_token")).await;
    let started = scene.visit(begin, NULL, (200, "")).await;
    let unknown = signed(&SoftKey::new(), &started);
    scene.visit(end, unknown, (401, "passkey_refused")).await;
    let by_cookie = scene
        .served
        .sibling_with(|settings| settings.tokens.transport = Transport::Cookie)
        .await;
    let foreign = signed(key, &started);
    let visitor = (by_cookie.actor(), end);
    scene
        .play(visitor, foreign.clone(), (403, "cross_site"))
        .await;
    for (column, refusal) in [
        ("is_verified", "email_unverified"),
        ("is_active", "account_disabled"),
    ] {
        let user_id = scene.served.id_of(KEEPER).await.to_string();
        let change = |value: bool| json!({ column: value });
        let patch = "PATCH /admin/users/{user_id}";
        scene
            .administer(patch, &user_id, change(false), (200, ""))
            .await;
        scene.visit(end, foreign.clone(), (403, refusal)).await;
        scene
            .administer(patch, &user_id, change(true), (200, ""))
            .await;
    }
}

async fn removing_passkeys(scene: &mut Scene, key: &mut SoftKey, id: &str) {
    let remove = "DELETE /passkeys/{id}";
    let session = key.signed_in(&scene.served).await;
    for number in 1..20 {
        SoftKey::new()
            .is_added(&session, &format!("{number}"))
            .await
            .is(201);
    }
    let full = (409, "too_many_passkeys");
    let start = (&session, "POST /passkeys/start");
    scene.play(start, proof_by(PASSWORD), full).await;
    // All are of one moment, in no order: any but the one that logs in.
    let listed = session.get("/passkeys").await;
    let other = listed.items().iter().find(|passkey| passkey["id"] != id);
    let last = other.unwrap()["id"].as_str().unwrap().to_owned();
    let wrong = (400, "wrong_password");
    scene
        .play_for(&session, (remove, &last), proof_by("wrong"), wrong)
        .await;
    scene
        .play_for(
            &session,
            (remove, NOBODY),
            proof_by(PASSWORD),
            (404, "not_found"),
        )
        .await;
    scene
        .play_for(&session, (remove, &last), json!({}), (200, ""))
        .await;
    // Two that were started while there was room for one.
    let first = start_passkey(&session).await;
    let second = start_passkey(&session).await;
    SoftKey::new()
        .is_added_to(&session, "one", &first)
        .await
        .is(201);
    let mut late = SoftKey::new();
    let late = made_as(&mut late, &second.body);
    scene
        .play((&session, "POST /passkeys/finish"), late, full)
        .await;
    // Later by more than the milliseconds by which a session comes after what ended those before.
    scene.served.pass(SignedDuration::from_secs(301));
    let none = (403, "reauthentication_required");
    scene
        .play_for(&session, (remove, id), json!({}), none)
        .await;
    scene.served.signed_in(KEEPER).await;
    scene.lock_out(KEEPER).await;
    let locked = (429, "locked");
    scene.play(start, proof_by(PASSWORD), locked).await;
    scene
        .play_for(&session, (remove, id), proof_by(PASSWORD), locked)
        .await;
    // A passkey can't be guessed: it logs in all the same, and ends the lockout.
    key.signed_in(&scene.served).await;
    scene.served.log_in(KEEPER, PASSWORD).await.is(200);

    let user = scene.served.id_of(KEEPER).await.to_string();
    let all = "DELETE /admin/users/{user_id}/passkeys";
    scene.administer(all, &user, NULL, (200, "")).await;
    scene
        .administer(all, NOBODY, NULL, (404, "not_found"))
        .await;
}

async fn keeping_the_last_way_in(scene: &mut Scene) {
    let remove = "DELETE /passkeys/{id}";
    let invited = scene
        .served
        .account("invited@example.com", |account| account.password = None)
        .await;
    let mut only = SoftKey::new();
    give(&scene.served, &invited, &mut only).await;
    let session = only.signed_in(&scene.served).await;
    let id = session.get("/passkeys").await.items()[0]["id"].clone();
    let last_way = (409, "last_way_in");
    scene
        .play_for(
            &session,
            (remove, id.as_str().unwrap()),
            json!({}),
            last_way,
        )
        .await;
}

async fn adding_a_passkey_by_link(scene: &mut Scene) {
    const START: &str = "POST /reset-password/passkey/start";
    const FINISH: &str = "POST /reset-password/passkey/finish";
    const JOAN: &str = "joan@example.com";
    let by = |link: &str| json!({ "token": link });
    scene.served.account("ruth@example.com", |_| ()).await;
    let joan = scene
        .served
        .account(JOAN, |account| account.password = None);
    let joan = joan.await;
    for email in ["ruth@example.com", JOAN] {
        scene.served.forgot_password(email).await.is(202);
    }
    let link = scene.served.mailed_token(JOAN, 1).await;
    let only_password = scene.served.mailed_token("ruth@example.com", 1).await;
    let refused = (409, "password_only");
    scene.visit(START, by(&only_password), refused).await;
    let dead = (400, "invalid_token");
    scene.visit(START, by("dead"), dead).await;
    let started = scene.visit(START, by(&link), (200, "")).await;
    let present = |key: &mut SoftKey, link: &str| {
        let mut made = made_as(key, &started);
        made["token"] = link.into();
        made
    };
    let mut key = SoftKey::new();
    let made = present(&mut key, &only_password);
    scene.visit(FINISH, made, refused).await;
    key.flags = PRESENT;
    let unverified = present(&mut key, &link);
    scene
        .visit(FINISH, unverified, (400, "invalid_passkey"))
        .await;
    key.flags = VERIFIED;
    give(&scene.served, &joan, &mut key).await;
    let taken = present(&mut key, &link);
    scene.visit(FINISH, taken, (409, "passkey_taken")).await;
    for _ in 2..20 {
        give(&scene.served, &joan, &mut SoftKey::new()).await;
    }
    // Two that were started while there was room for one.
    let started = scene.visit(START, by(&link), (200, "")).await;
    let late = scene.visit(START, by(&link), (200, "")).await;
    give(&scene.served, &joan, &mut SoftKey::new()).await;
    let present = |started: &Value| {
        let mut made = made_as(&mut SoftKey::new(), started);
        made["token"] = link.as_str().into();
        made
    };
    let full = (409, "too_many_passkeys");
    scene.visit(FINISH, present(&started), full).await;
    scene.visit(START, by(&link), full).await;
    let id = joan.id.to_string();
    let all = "DELETE /admin/users/{user_id}/passkeys";
    scene.administer(all, &id, NULL, (200, "")).await;
    let made = present(&late);
    scene.visit(FINISH, made.clone(), (201, "")).await;
    scene.visit(FINISH, made, dead).await;
}

async fn administering_accounts(scene: &mut Scene) {
    const USER: &str = "/admin/users/{user_id}";
    let route = |method: &str, rest: &str| format!("{method} {USER}{rest}");
    for list in [
        "stats",
        "stats/series",
        "users",
        "pending",
        "events",
        "outbox",
    ] {
        scene
            .administer(&format!("GET /admin/{list}"), "", NULL, (200, ""))
            .await;
    }
    let wish = json!({"email": "made@example.com", "send_invite": true});
    let create = "POST /admin/users";
    scene.administer(create, "", wish.clone(), (201, "")).await;
    scene
        .administer(create, "", wish, (409, "email_taken"))
        .await;
    let id_of = async |email| scene.served.id_of(email).await.to_string();
    let made = id_of("made@example.com").await;
    let root = id_of("root@example.com").await;
    let secret = json!({"new_password": NEW});
    for (method, rest, body, success) in [
        ("GET", "", NULL, 200),
        ("PATCH", "", json!({"full_name": "Made"}), 200),
        ("POST", "/unlock", NULL, 200),
        ("POST", "/revoke-tokens", NULL, 200),
        ("POST", "/set-password", secret, 200),
        ("POST", "/send-password-reset", NULL, 202),
        ("POST", "/resend-verification", NULL, 202),
        ("DELETE", "/mfa", NULL, 200),
    ] {
        let route = route(method, rest);
        for nobody in [NOBODY, "x", "%ff"] {
            scene
                .administer(&route, nobody, body.clone(), (404, "not_found"))
                .await;
        }
        scene.administer(&route, &made, body, (success, "")).await;
    }
    // The account has a pending registration of its own now.
    scene
        .administer(PROMOTE, "made@example.com", NULL, (409, "email_taken"))
        .await;
    let verified = (400, "already_verified");
    scene
        .administer(
            &route("POST", "/resend-verification"),
            &root,
            NULL,
            verified,
        )
        .await;
    let disable = json!({"is_active": false});
    let last = (409, "last_superuser");
    let (patch, delete) = (route("PATCH", ""), route("DELETE", ""));
    scene.administer(&patch, &root, disable.clone(), last).await;
    scene.administer(&delete, &root, NULL, last).await;
    let taken = json!({"email": "root@example.com"});
    scene
        .administer(&patch, &made, taken, (409, "email_taken"))
        .await;
    scene.administer(&patch, &made, disable, (200, "")).await;
    let disabled = (403, "account_disabled");
    scene
        .administer(
            &route("POST", "/send-password-reset"),
            &made,
            NULL,
            disabled,
        )
        .await;
    scene.administer(&delete, &made, NULL, (200, "")).await;
    scene
        .administer(&delete, &made, NULL, (404, "not_found"))
        .await;
}

async fn administering_what_waits(scene: &mut Scene) {
    let delete = "DELETE /admin/pending/{email}";
    for (route, success) in [(PROMOTE, 201), (delete, 200)] {
        scene.served.register("waiting@example.org").await.is(201);
        scene
            .administer("GET /admin/pending", "", NULL, (200, ""))
            .await;
        scene
            .administer(route, "Waiting@example.org", NULL, (success, ""))
            .await;
        for nobody in ["waiting@example.org", "nonsense"] {
            scene
                .administer(route, nobody, NULL, (404, "not_found"))
                .await;
        }
        if scene.served.find("waiting@example.org").await.is_some() {
            scene.served.operator().delete("waiting@example.org").await;
        }
    }

    for (route, success) in [
        ("POST /admin/outbox/{id}/retry", 200),
        ("DELETE /admin/outbox/{id}", 200),
    ] {
        let message = scene
            .served
            .queue_for_tomorrow("root@example.com")
            .await
            .to_string();
        scene.administer(route, &message, NULL, (success, "")).await;
        for nobody in [NOBODY, "x"] {
            scene
                .administer(route, nobody, NULL, (404, "not_found"))
                .await;
        }
    }
}

async fn standing_before_others(scene: &mut Scene) {
    let ask = "GET /forward-auth";
    let (served, admin) = (&scene.served, scene.admin.clone());
    let ada = served.signed_in("open@example.com").await;
    let introspect = "POST /introspect";
    let service = served.service("introspect").await;
    for (token, alive) in [(ada.token(), true), ("x", false)] {
        let form = request(&service, introspect, "").form(&[("token", token)]);
        let answer = service.send(form).await;
        scene.ledger.expect(introspect, &answer, 200, "");
        assert_eq!(answer.body["active"], json!(alive));
    }
    scene.play((&ada, ask), NULL, (200, "")).await;
    let only_admin = format!("{ask}?admin=true");
    let answer = call(&ada, &only_admin, "", NULL).await;
    scene.ledger.expect(ask, &answer, 403, "not_admin");
    let careful = scene
        .served
        .sibling_with(|settings| settings.features.require_mfa_for_admins = true)
        .await;
    let answer = call(&admin.at(&careful), &only_admin, "", NULL).await;
    scene.ledger.expect(ask, &answer, 403, "mfa_required");
    let with_pages = scene
        .served
        .sibling_with(|settings| {
            settings.identity.behind_proxy = true;
            settings.features.enable_ui_router = true;
            settings.tokens.transport = Transport::Cookie;
        })
        .await;
    let page = request(&with_pages.unled(), ask, "")
        .header("accept", "text/html")
        .header("x-forwarded-method", "GET");
    let answer = with_pages.send(page).await;
    assert_eq!(answer.status, 302);
    scene
        .ledger
        .provoked
        .insert((ask.to_owned(), 302, String::new()));

    let page = request(&with_pages.page(ada.token()), ask, "");
    let answer = with_pages
        .send(page.header("sec-fetch-site", "cross-site"))
        .await;
    scene.ledger.expect(ask, &answer, 403, "cross_site");

    let keys = "/admin/service-keys";
    let create = format!("POST {keys}");
    let wish = json!({"name": "shop", "scope": "introspect", "expires_at": null});
    let made = scene.play((&admin, &create), wish.clone(), (201, "")).await;
    scene
        .play((&admin, &create), wish, (409, "name_taken"))
        .await;
    scene
        .play((&admin, &format!("GET {keys}")), NULL, (200, ""))
        .await;
    let revoke = format!("DELETE {keys}/{{id}}");
    let id = made["service_key"]["id"].as_str().unwrap();
    scene.administer(&revoke, id, NULL, (200, "")).await;
    for nobody in [id, NOBODY, "x"] {
        scene
            .administer(&revoke, nobody, NULL, (404, "not_found"))
            .await;
    }
}

#[tokio::test]
async fn every_listed_status_is_provoked_and_has_its_shape() {
    let served = Served::with(with_everything).await;
    let admin = served.admin().await;
    let ledger = Ledger::new(&served).await;
    let mut scene = Scene {
        served,
        ledger,
        admin,
    };
    registering(&mut scene).await;
    logging_in(&mut scene).await;
    ending_sessions(&mut scene).await;
    changing(&mut scene).await;
    proving_a_phone(&mut scene).await;
    proving_an_app(&mut scene).await;
    proving_a_passkey(&mut scene).await;
    administering_accounts(&mut scene).await;
    administering_what_waits(&mut scene).await;
    standing_before_others(&mut scene).await;
    let listed: BTreeSet<_> = rows(TABLE)
        .iter()
        .flat_map(|row| {
            let entry =
                |(status, code): &(u16, &str)| (row.route.to_owned(), *status, (*code).to_owned());
            row.listed.iter().map(entry).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(scene.ledger.provoked, listed);
}
