//! The HTTP contract as a table: every route, what it takes and every status it lists. Each listed status is provoked, and
//! the API document says the same as the table.

mod cookie;
mod ledger;
mod provoked;

use std::collections::BTreeSet;

use futures_util::future::join_all;
use futures_util::stream;
use regstack::internals::config::{Quota, RateLimit, Settings, Transport};
use reqwest::Method;
use serde_json::{Value, json};

use ledger::{Ledger, Row, rows};

use crate::support::actor::{Actor, Answer, Requests as _};
use crate::support::served::Served;

/// `method path | what it takes | status of success | other statuses`. What a route takes stands for statuses too: `body`
/// 408, 413, 415, 422, and so does `form`; `query` 422; `service` 401 and 403; `session` 401; `admin` 401 and 403; `limited` 429; each route 500 and 503.
const TABLE: &str = "
    POST /register | body limited | 201 | 403 registration_disabled, 409 email_taken
    POST /verify | body limited | 200 | 400 invalid_token, 400 wrong_password, 403 cross_site, 429 locked
    POST /resend-verification | body limited | 202 |
    POST /login | body limited | 200 | 401 invalid_credentials, 403 cross_site, 403 account_disabled, 403 email_unverified, 429 locked, 429 code_budget_spent, 429 rate_limited
    POST /login/mfa-confirm | body limited | 200 | 400 invalid_token, 400 wrong_code, 400 code_expired, 400 no_code, 403 cross_site, 429 code_budget_spent
    POST /login/mfa-send | body limited | 200 | 400 invalid_token, 429 code_budget_spent, 429 rate_limited
    POST /logout | session | 200 |
    GET /me | session | 200 |
    PATCH /me | session body | 200 |
    GET /me/export | session limited | 200 |
    GET /sessions | session query | 200 |
    DELETE /sessions | session | 200 |
    DELETE /sessions/{sid} | session | 200 | 404 not_found
    POST /session/renew | session | 200 | 409 not_renewable
    POST /introspect | service form | 200 |
    GET /forward-auth | session query | 200 | 302, 403 not_admin, 403 mfa_required, 403 cross_site
    POST /change-password | session body limited | 200 | 400 wrong_password, 400 password_unchanged, 429 locked
    POST /change-email | session body limited | 202 | 400 wrong_password, 400 same_email, 429 locked
    POST /confirm-email-change | body limited | 200 | 400 invalid_token, 409 email_taken
    POST /undo-email-change | body limited | 200 | 400 invalid_token, 409 email_taken
    DELETE /account | session body limited | 200 | 400 wrong_password, 409 last_superuser, 429 locked
    POST /forgot-password | body limited | 202 |
    POST /reset-password | body limited | 200 | 400 invalid_token
    POST /phone/start | session body limited | 202 | 400 wrong_password, 400 invalid_phone, 429 locked, 429 code_budget_spent, 429 rate_limited
    POST /phone/confirm | body limited | 200 | 400 invalid_token, 400 wrong_code, 400 code_expired, 400 no_code, 429 code_budget_spent
    DELETE /phone | session body limited | 200 | 400 wrong_password, 400 mfa_not_enabled, 429 locked
    GET /mfa | session | 200 |
    POST /mfa/totp/start | session body limited | 200 | 400 wrong_password, 429 locked, 429 code_budget_spent
    POST /mfa/totp/confirm | body limited | 200 | 400 invalid_token, 400 wrong_code, 400 no_code, 429 code_budget_spent
    DELETE /mfa/totp | session body limited | 200 | 400 wrong_password, 400 mfa_not_enabled, 429 locked
    POST /mfa/recovery-codes | session body limited | 200 | 400 wrong_password, 400 mfa_not_enabled, 429 locked
    POST /passkeys/start | session body limited | 200 | 400 wrong_password, 403 reauthentication_required, 409 too_many_passkeys, 429 locked
    POST /passkeys/finish | session body limited | 201 | 400 invalid_token, 400 invalid_passkey, 409 passkey_taken, 409 too_many_passkeys
    POST /reset-password/passkey/start | body limited | 200 | 400 invalid_token, 409 password_only, 409 too_many_passkeys
    POST /reset-password/passkey/finish | body limited | 201 | 400 invalid_token, 400 invalid_passkey, 409 passkey_taken, 409 password_only, 409 too_many_passkeys
    GET /passkeys | session | 200 |
    PATCH /passkeys/{id} | session body | 200 | 404 not_found
    DELETE /passkeys/{id} | session body limited | 200 | 400 wrong_password, 403 reauthentication_required, 404 not_found, 409 last_way_in, 429 locked
    POST /login/passkey/start | limited | 200 |
    POST /login/passkey/finish | body limited | 200 | 400 invalid_token, 401 passkey_refused, 403 cross_site, 403 account_disabled, 403 email_unverified
    GET /admin/stats | admin | 200 |
    GET /admin/stats/series | admin query | 200 |
    GET /admin/users | admin query | 200 |
    POST /admin/users | admin body | 201 | 409 email_taken
    GET /admin/users/{user_id} | admin | 200 | 404 not_found
    PATCH /admin/users/{user_id} | admin body | 200 | 404 not_found, 409 last_superuser, 409 email_taken
    DELETE /admin/users/{user_id} | admin | 200 | 404 not_found, 409 last_superuser
    POST /admin/users/{user_id}/resend-verification | admin | 202 | 400 already_verified, 404 not_found
    POST /admin/users/{user_id}/unlock | admin | 200 | 404 not_found
    POST /admin/users/{user_id}/revoke-tokens | admin | 200 | 404 not_found
    POST /admin/users/{user_id}/set-password | admin body | 200 | 404 not_found
    POST /admin/users/{user_id}/send-password-reset | admin | 202 | 403 account_disabled, 404 not_found
    DELETE /admin/users/{user_id}/mfa | admin | 200 | 404 not_found
    DELETE /admin/users/{user_id}/passkeys | admin | 200 | 404 not_found
    GET /admin/users/{user_id}/sessions | admin query | 200 | 404 not_found
    DELETE /admin/users/{user_id}/sessions | admin | 200 | 404 not_found
    DELETE /admin/users/{user_id}/sessions/{sid} | admin | 200 | 404 not_found
    GET /admin/service-keys | admin query | 200 |
    POST /admin/service-keys | admin body | 201 | 409 name_taken
    DELETE /admin/service-keys/{id} | admin | 200 | 404 not_found
    GET /admin/pending | admin query | 200 |
    POST /admin/pending/{email}/promote | admin | 201 | 404 not_found, 409 email_taken
    DELETE /admin/pending/{email} | admin | 200 | 404 not_found
    GET /admin/events | admin query | 200 |
    GET /admin/outbox | admin query | 200 |
    POST /admin/outbox/{id}/retry | admin | 200 | 404 not_found
    DELETE /admin/outbox/{id} | admin | 200 | 404 not_found
";

/// An id, or an address, that nobody has.
const NOBODY: &str = "00000000000000000000000a";
const NOBODYS_ADDRESS: &str = "nobody@example.com";

fn with_everything(settings: &mut Settings) {
    settings.features.enable_admin_router = true;
    settings.features.enable_sms_2fa = true;
    settings.features.enable_totp = true;
    settings.features.enable_passkeys = true;
    settings.features.enable_forward_auth = true;
    settings.tokens.session_max_seconds = settings.tokens.jwt_ttl_seconds;
    settings.pages.email_undo_url_template = Some("{base_url}/undo?token={token}".to_owned());
}

/// One route called by somebody; a null body is none.
async fn call(actor: &Actor, route: &str, name: &str, body: Value) -> Answer {
    let (method, path) = method_and_path(route, name);
    actor.ask(method, &path, body).await
}

/// A request to a route by somebody.
fn request(actor: &Actor, route: &str, name: &str) -> reqwest::RequestBuilder {
    let (method, path) = method_and_path(route, name);
    actor.request(method, &path)
}

fn method_and_path(route: &str, name: &str) -> (Method, String) {
    let (method, path) = route.split_once(' ').unwrap();
    // Of two names, the account's comes first.
    let mut names = name.split(' ').cycle();
    let steps = path.split('/').map(|step| match step.strip_prefix('{') {
        Some(_) => names.next().unwrap_or_default(),
        None => step,
    });
    let path = steps.collect::<Vec<_>>().join("/");
    (method.parse().unwrap(), path)
}

/// A name that fits the route's path and is nobody's.
fn nobody(row: &Row) -> &'static str {
    if row.route.contains("{email}") {
        NOBODYS_ADDRESS
    } else {
        NOBODY
    }
}

/// Who may call any route.
struct Crew {
    nobody: Actor,
    person: Actor,
    admin: Actor,
    service: Actor,
}

impl Crew {
    async fn of(served: &Served) -> Self {
        Self {
            nobody: served.anonymous(),
            person: served.signed_up("ada@example.com").await,
            admin: served.admin().await,
            service: served.service("introspect").await,
        }
    }

    /// The least of them who gets past the route's refusals of who asks.
    fn enough(&self, row: &Row) -> &Actor {
        if row.takes("admin") {
            &self.admin
        } else if row.takes("service") {
            &self.service
        } else if row.takes("session") {
            &self.person
        } else {
            &self.nobody
        }
    }
}

/// A route, its statuses, and whether it needs a session.
type Described = (String, Vec<u16>, bool);

/// What the API document says, where `security` stands for a session.
fn documented(document: &Value, security: &Value) -> BTreeSet<Described> {
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(path) = path.strip_prefix("/api/auth") else {
                continue;
            };
            let statuses = operation["responses"].as_object().unwrap().keys();
            let route = format!("{} {path}", method.to_uppercase());
            let statuses: Vec<u16> = statuses.map(|status| status.parse().unwrap()).collect();
            let is_guarded = operation["security"] == *security;
            documented.insert((route, statuses, is_guarded));
        }
    }
    documented
}

/// What the table says.
fn listed(transport: Transport) -> BTreeSet<Described> {
    rows(TABLE)
        .iter()
        .map(|row| {
            let is_guarded = row.takes("session") || row.takes("admin");
            (row.route.to_owned(), row.statuses(transport), is_guarded)
        })
        .collect()
}

#[tokio::test]
async fn the_api_document_says_what_the_table_says() {
    let served = Served::with(with_everything).await;
    let document = served.get("//openapi.json").await.body;
    let bearer = json!([{"bearer": []}]);
    assert_eq!(documented(&document, &bearer), listed(Transport::Bearer));
}

/// A generated client fails where a required field is missing.
#[tokio::test]
async fn what_an_answer_may_lack_is_not_required_in_the_api_document() {
    let served = Served::with(with_everything).await;
    let document = served.get("//openapi.json").await.body;
    for (schema, field) in [
        ("MfaRequiredAnswer", "delivery"),
        ("MfaRequiredAnswer", "phone_hint"),
        ("FactorOnAnswer", "recovery_codes"),
        ("ActiveToken", "aud"),
    ] {
        let schema = &document["components"]["schemas"][schema];
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let mut found = false;
        for part in parts.chain([schema]) {
            found |= part["properties"].get(field).is_some();
            let required = part["required"].as_array().into_iter().flatten();
            assert!(required.into_iter().all(|name| name != field), "{field}");
        }
        assert!(found, "{field}");
    }
}

#[tokio::test]
async fn who_may_not_ask_is_refused_before_anything_is_looked_at() {
    let served = Served::with(with_everything).await;
    let mut ledger = Ledger::new(&served).await;
    let person = served.signed_up("ada@example.com").await;
    let other = served.service("admin:write").await;
    for row in rows(TABLE) {
        let nonsense = if row.takes("body") {
            json!(7)
        } else {
            json!(null)
        };
        if ["session", "admin", "service"]
            .iter()
            .any(|who| row.takes(who))
        {
            let answer = call(served.actor(), row.route, "x", nonsense.clone()).await;
            ledger.expect(row.route, &answer, 401, "not_authenticated");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        if row.takes("admin") {
            let answer = call(&person, row.route, "x", nonsense).await;
            ledger.expect(row.route, &answer, 403, "not_admin");
        } else if row.takes("service") {
            let answer = call(&person, row.route, "x", nonsense.clone()).await;
            ledger.expect(row.route, &answer, 401, "not_authenticated");
            let answer = call(&other, row.route, "x", nonsense).await;
            ledger.expect(row.route, &answer, 403, "insufficient_scope");
        }
    }
}

#[tokio::test]
async fn every_body_is_bounded_typed_and_read_strictly() {
    let served = Served::with(with_everything).await;
    let mut ledger = Ledger::new(&served).await;
    let crew = Crew::of(&served).await;
    for row in rows(TABLE).iter().filter(|row| row.takes("body")) {
        let actor = crew.enough(row);
        let raw = |kind: &'static str, body: String| {
            let request = request(actor, row.route, NOBODY);
            served.send(request.header("content-type", kind).body(body))
        };
        let huge = raw("application/json", " ".repeat(70_000)).await;
        ledger.expect(row.route, &huge, 413, "body_too_large");
        let text = raw("text/plain", "{}".into()).await;
        ledger.expect(row.route, &text, 415, "unsupported_media_type");
        for (body, loc, kind) in [
            ("", json!(["body"]), "json_invalid"),
            ("[]", json!(["body"]), "json_invalid"),
            (
                "{\"surplus\": 1}",
                json!(["body", "surplus"]),
                "extra_forbidden",
            ),
        ] {
            let answer = raw("application/json", body.into()).await;
            ledger.expect(row.route, &answer, 422, "validation_error");
            let faults = answer.body["detail"].as_array().unwrap();
            assert!(
                faults
                    .iter()
                    .any(|fault| fault["loc"] == loc && fault["type"] == kind),
                "{} {answer:?}",
                row.route
            );
        }
    }
}

#[tokio::test]
async fn a_body_that_never_arrives_is_given_up() {
    let patient = Served::with(with_everything).await;
    let crew = Crew::of(&patient).await;
    // What comes before the body is quick; only the body is waited for that long.
    let hasty = |settings: &mut Settings| settings.server.request_timeout_seconds = 3;
    let served = patient.sibling_with(hasty).await;
    let mut ledger = Ledger::new(&served).await;
    let rows = rows(TABLE);
    let with_body = rows.iter().filter(|row| row.takes("body"));
    let answers = with_body.map(async |row| {
        let silence = stream::pending::<Result<Vec<u8>, std::io::Error>>();
        let actor = crew.enough(row).at(&served);
        let request = request(&actor, row.route, NOBODY)
            .header("content-type", "application/json")
            .body(reqwest::Body::wrap_stream(silence));
        (row.route, served.send(request).await)
    });
    for (route, answer) in join_all(answers).await {
        ledger.expect(route, &answer, 408, "request_timeout");
    }
}

#[tokio::test]
async fn every_query_is_read_strictly() {
    let served = Served::with(with_everything).await;
    let mut ledger = Ledger::new(&served).await;
    let admin = served.admin().await;
    for row in rows(TABLE).iter().filter(|row| row.takes("query")) {
        let route = format!("{}?surplus=1", row.route);
        let answer = call(&admin, &route, nobody(row), json!(null)).await;
        ledger.expect(row.route, &answer, 422, "validation_error");
        let fault = &answer.body["detail"][0];
        assert_eq!(
            (&fault["loc"], &fault["type"]),
            (&json!(["query", "surplus"]), &json!("extra_forbidden"))
        );
    }
}

#[tokio::test]
async fn every_limited_route_counts_its_clients() {
    let served = Served::with(|settings| {
        with_everything(settings);
        let once = || {
            let count = 1.try_into().unwrap();
            Some(RateLimit(vec![Quota { count, seconds: 60 }]))
        };
        let limits = &mut settings.guessing.limits;
        limits.register = once();
        limits.verify = once();
        limits.resend_verification = once();
        limits.login = once();
        limits.change_password = once();
        limits.change_email = once();
        limits.confirm_email_change = once();
        limits.delete_account = once();
        limits.forgot_password = once();
        limits.reset_password = once();
        limits.login_mfa_confirm = once();
        limits.phone_start = once();
        limits.phone_confirm = once();
        limits.phone_disable = once();
        limits.mfa_change = once();
        limits.totp_confirm = once();
        limits.passkey_change = once();
        limits.passkey_login = once();
        limits.passkey_login_start = once();
        limits.export_data = once();
    })
    .await;
    let mut ledger = Ledger::new(&served).await;
    for row in rows(TABLE) {
        let first = call(served.actor(), row.route, nobody(&row), json!({})).await;
        assert_ne!(first.status, 429, "{}", row.route);
        let second = call(served.actor(), row.route, nobody(&row), json!({})).await;
        if row.takes("limited") {
            ledger.expect(row.route, &second, 429, "rate_limited");
            assert_eq!(second.header("retry-after"), Some("60"));
        } else {
            assert_ne!(second.status, 429, "{}", row.route);
        }
    }
}

#[tokio::test]
async fn a_lost_database_is_a_503_everywhere() {
    let served = Served::with(with_everything).await;
    let mut ledger = Ledger::new(&served).await;
    let crew = Crew::of(&served).await;
    served.database().lose();
    let rows = rows(TABLE);
    // Their tokens are refused before the database is asked.
    let asks_first = |row: &&Row| {
        !matches!(
            row.route,
            "POST /confirm-email-change"
                | "POST /undo-email-change"
                | "POST /reset-password"
                | "POST /reset-password/passkey/start"
                | "POST /reset-password/passkey/finish"
                | "POST /login/mfa-confirm"
                | "POST /login/mfa-send"
                | "POST /phone/confirm"
                | "POST /mfa/totp/confirm"
                | "POST /login/passkey/start"
                | "POST /login/passkey/finish"
        )
    };
    // All at once: each waits until it is found out that no database answers.
    let answers = rows.iter().filter(asks_first).map(async |row| {
        let body = match row.route {
            "POST /register" => json!({"email": NOBODYS_ADDRESS, "password": "long enough"}),
            "POST /login" => json!({"email": NOBODYS_ADDRESS, "password": "x"}),
            "POST /verify" => json!({"token": "x"}),
            "POST /introspect" => {
                let form = request(&crew.service, row.route, "").form(&[("token", "x.y.z")]);
                return (row.route, served.send(form).await);
            }
            "POST /resend-verification" | "POST /forgot-password" => {
                json!({"email": NOBODYS_ADDRESS})
            }
            _ => json!(null),
        };
        let actor = crew.enough(row);
        (row.route, call(actor, row.route, nobody(row), body).await)
    });
    for (route, answer) in join_all(answers).await {
        ledger.expect(route, &answer, 503, "unavailable");
        assert!(answer.header("retry-after").is_some(), "{route}");
    }
}

#[tokio::test]
async fn what_is_switched_off_is_not_there() {
    let served = Served::with(|settings| {
        settings.features.enable_password_reset = false;
        settings.features.enable_account_deletion = false;
        settings.features.enable_admin_router = false;
        settings.features.enable_sms_2fa = false;
    })
    .await;
    let admin = served.admin().await;
    let document = served.get("//openapi.json").await.body;
    for row in rows(TABLE) {
        let is_off = [
            "/admin",
            "/account",
            "/forgot-password",
            "/reset-password",
            "/phone",
            "/mfa",
            "/passkeys",
            "/login/",
            "/session/",
            "/forward-auth",
        ]
        .iter()
        .any(|off| row.path().starts_with(off));
        let documented = &document["paths"][format!("/api/auth{}", row.path())];
        assert_eq!(documented.is_null(), is_off, "{}", row.route);
        if is_off {
            // Before credentials, and before the body is looked at.
            for actor in [served.actor(), &admin] {
                let answer = call(actor, row.route, nobody(&row), json!(7)).await;
                answer.refused(404, "not_found");
            }
        }
    }
    let reset = "POST /admin/users/{user_id}/send-password-reset";
    let served = Served::with(|settings| {
        with_everything(settings);
        settings.features.enable_password_reset = false;
    })
    .await;
    let admin = served.admin().await;
    call(&admin, reset, NOBODY, json!(null))
        .await
        .refused(404, "not_found");
    let invite = json!({"email": "ada@example.com", "send_invite": true});
    let answer = call(&admin, "POST /admin/users", "", invite).await;
    assert_eq!(
        answer.refused(422, "validation_error").body["detail"][0]["loc"],
        json!(["body", "send_invite"])
    );
}
