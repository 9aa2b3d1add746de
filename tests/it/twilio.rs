//! The Twilio transport against a stand-in for its API.

use jiff::Timestamp;
use regstack::internals::config::{SmsBackend, TwilioSettings};
use regstack::internals::delivery::SendError;
use regstack::internals::delivery::sms::{self, Sms, SmsTransport};
use regstack::internals::model::{Id, PhoneNumber};

use crate::support::actor::Requests as _;
use crate::support::phone::{self, ADA};
use crate::support::process::{Place, Server};
use crate::support::served::{code_in, eventually};
use crate::support::stand_in::{Asked, Reply, StandIn};

const SID: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "canary-token-0123456789abcdef";
const JSON: (&str, &str) = ("content-type", "application/json");
/// The answer to what it takes.
pub(crate) const TAKEN: Reply = (
    201,
    JSON,
    r#"{"sid": "SM1", "status": "queued", "error_code": null}"#,
);

fn settings(stand_in: &StandIn) -> TwilioSettings {
    TwilioSettings {
        from: "+15005550006".into(),
        account_sid: SID.into(),
        auth_token: TOKEN.into(),
        api_url: Some(stand_in.origin().into()),
    }
}

fn transport(settings: &TwilioSettings) -> Box<dyn SmsTransport> {
    sms::transport(&SmsBackend::Twilio(settings.clone())).unwrap()
}

fn sms() -> Sms {
    Sms {
        id: Id::from_bytes([0xab; 12]),
        date: Timestamp::from_second(1_800_000_000).unwrap(),
        to: PhoneNumber::parse("+14155550123").unwrap(),
        text: "Acmé & Söhne login code: 042719. It expires in 5 min.".into(),
    }
}

async fn send(settings: &TwilioSettings) -> Result<(), SendError> {
    transport(settings).send(&sms()).await
}

async fn probe(settings: &TwilioSettings) -> Result<String, String> {
    let seen = transport(settings).probe().await;
    seen.map_err(|error| error.to_string())
}

#[tokio::test]
async fn the_request_is_exactly_what_the_messages_api_asks_for() {
    let stand_in = StandIn::new(&[TAKEN]).await;
    send(&settings(&stand_in)).await.unwrap();
    let service = format!("MG{}", &SID[2..]);
    let by_service = TwilioSettings {
        from: service.clone(),
        // A slash at its end is none too many.
        api_url: Some(format!("{}/", stand_in.origin())),
        ..settings(&stand_in)
    };
    send(&by_service).await.unwrap();
    for (asked, from) in stand_in.asked().into_iter().zip([
        ("From", "+15005550006"),
        ("MessagingServiceSid", service.as_str()),
    ]) {
        assert_eq!(
            asked.line,
            format!("POST /2010-04-01/Accounts/{SID}/Messages.json")
        );
        let header = |name: &str| asked.headers[name].to_str().unwrap();
        assert_eq!(
            header("authorization"),
            "Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjpjYW5hcnktdG9rZW4tMDEyMzQ1Njc4OWFiY2RlZg=="
        );
        assert_eq!(header("content-type"), "application/x-www-form-urlencoded");
        let form: Vec<(String, String)> = url::form_urlencoded::parse(asked.body.as_bytes())
            .into_owned()
            .collect();
        let expected = [("To", "+14155550123"), from, ("Body", &sms().text)];
        assert_eq!(
            form,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
    assert_eq!(stand_in.asked().len(), 2);
}

/// Twilio's answer to what it does not accept.
fn refusal(status: u16, code: u32) -> Reply {
    let body = format!("{{\"code\": {code}, \"message\": \"words\", \"status\": {status}}}");
    (status, JSON, body.leak())
}

#[tokio::test]
async fn what_is_about_the_message_is_final_and_all_else_is_tried_again() {
    let stand_in = StandIn::new(&[TAKEN]).await;
    let to_be_told = |code| {
        (
            true,
            refusal(400, code),
            format!("refused: 400 {code} words"),
        )
    };
    let to_be_mended = |status, code| {
        let words = format!("not accepted: {status} {code} words");
        (false, refusal(status, code), words)
    };
    let foreign = |status, body| {
        (
            false,
            (status, JSON, body),
            format!("not accepted: {status}"),
        )
    };
    let mut cases = Vec::from([21211, 21610, 21614, 21617].map(to_be_told));
    cases.extend(
        [20001, 21408, 21606, 21608, 21611, 21659, 21703].map(|code| to_be_mended(400, code)),
    );
    cases.extend([
        to_be_mended(401, 20003),
        to_be_mended(403, 20005),
        to_be_mended(404, 20404),
        to_be_mended(429, 20429),
        to_be_mended(500, 20500),
        foreign(429, ""),
        foreign(503, "<html>busy</html>"),
        foreign(400, "<html>a proxy</html>"),
        foreign(404, "\"21211\""),
    ]);
    for (is_final, reply, words) in cases {
        stand_in.answers(&[reply]);
        let error = send(&settings(&stand_in)).await.unwrap_err();
        assert_eq!(
            matches!(error, SendError::Permanent(_)),
            is_final,
            "{error}"
        );
        assert_eq!(error.to_string(), format!("Twilio: {words}"));
    }
}

#[tokio::test]
async fn redirects_are_not_followed_and_the_token_is_in_no_error() {
    let elsewhere = StandIn::new(&[TAKEN]).await;
    let target: &'static str = Box::leak(elsewhere.origin().to_owned().into_boxed_str());
    let stand_in = StandIn::new(&[(307, ("location", target), "")]).await;
    let moved = send(&settings(&stand_in)).await.unwrap_err();
    assert_eq!(moved.to_string(), "Twilio: not accepted: 307");
    assert_eq!((stand_in.asked().len(), elsewhere.asked().len()), (1, 0));

    let quoting = r#"{"code": 21211, "message": "no: canary-token-0123456789abcdef"}"#;
    stand_in.answers(&[(400, JSON, quoting)]);
    let quoted = send(&settings(&stand_in)).await.unwrap_err();
    assert_eq!(quoted.to_string(), "Twilio: refused: 400 21211 no: [...]");

    let nobody = TwilioSettings {
        api_url: Some("http://127.0.0.1:1".into()),
        ..settings(&stand_in)
    };
    let error = send(&nobody).await.unwrap_err();
    assert!(
        matches!(&error, SendError::Transient(reason) if reason.starts_with("Twilio: can't be reached: ") && reason.contains("Connection refused")),
        "{error}"
    );
    for secret in [TOKEN, "042719", "Body"] {
        assert!(!error.to_string().contains(secret), "{error}");
    }
}

#[tokio::test]
async fn a_probe_asks_for_the_account_and_sends_nothing() {
    let stand_in = StandIn::new(&[(200, JSON, r#"{"status": "active", "type": "Full"}"#)]).await;
    assert_eq!(
        probe(&settings(&stand_in)).await.unwrap(),
        "Twilio accepts the login, and the account is active"
    );
    let asked = stand_in.asked().remove(0);
    assert_eq!(asked.line, format!("GET /2010-04-01/Accounts/{SID}.json"));
    assert!(asked.headers.contains_key("authorization"));
    for (status, body, words) in [
        (
            401,
            r#"{"code": 20003, "message": "Authenticate"}"#,
            "20003 Authenticate (sms.twilio_account_sid, sms.twilio_auth_token",
        ),
        (
            200,
            r#"{"status": "suspended"}"#,
            "sms.twilio_account_sid is suspended",
        ),
        (200, "hello", "sms.twilio_api_url"),
    ] {
        stand_in.answers(&[(status, JSON, body)]);
        let fault = probe(&settings(&stand_in)).await.unwrap_err();
        assert!(fault.contains(words) && !fault.contains(TOKEN), "{fault}");
    }
}

/// A place whose SMS go to the stand-in.
fn place(stand_in: &StandIn) -> Place {
    let settings = format!(
        "backend = \"twilio\"\ntwilio_account_sid = \"{SID}\"\nfrom_number = \"+15005550006\"\ntwilio_api_url = \"{}\"\n",
        stand_in.origin()
    );
    phone::place(
        &settings,
        &format!("REGSTACK_SMS__TWILIO_AUTH_TOKEN={TOKEN}\n"),
    )
}

/// The text of an SMS that the stand-in was asked to send.
fn body_of(asked: &Asked) -> String {
    let mut form = url::form_urlencoded::parse(asked.body.as_bytes());
    form.find(|(name, _)| name == "Body")
        .unwrap()
        .1
        .into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_by_sms_gets_through_twilio_also_when_it_is_busy_at_first() {
    let stand_in = StandIn::new(&[refusal(429, 20429), refusal(503, 20503), TAKEN]).await;
    let place = place(&stand_in);
    let mut serve = place.command(&["serve", "--json", "--create"]);
    serve.env("REGSTACK_LOG_LEVEL", "trace");
    let server = Server::start(serve);
    let ada = server.signed_in(ADA).await;
    let started = ada.start_phone("+14155550123").await;
    let pending = started.is(202).text("pending_token");
    eventually(|| stand_in.asked().len() == 3).await;
    let asked = stand_in.asked();
    assert!(
        asked.iter().all(|other| other.body == asked[0].body),
        "the same message"
    );
    let code = code_in(&body_of(&asked[0]));
    server.confirm_phone(pending, &code).await.is(200);

    let halfway = server.log_in_halfway(ADA).await;
    eventually(|| stand_in.asked().len() == 4).await;
    let code = code_in(&body_of(&stand_in.asked()[3]));
    let session = server.confirm_login(&halfway, &code).await;
    session.is(200).text("access_token");
    let said = phone::stop_silent_about(server, &code);
    assert!(said.contains("not accepted: 429 20429"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_number_fails_for_good_and_a_retry_by_hand_sends_at_once() {
    let stand_in = StandIn::new(&[refusal(400, 21211)]).await;
    let place = place(&stand_in);
    let server = place.serve(&[]);
    let ada = server.signed_in(ADA).await;
    ada.start_phone("+14155550123").await.is(202);
    let failed = || place.json(&["outbox", "list", "--state", "failed"])["items"][0].clone();
    eventually(|| failed().is_object()).await;
    server.stop();
    assert_eq!(stand_in.asked().len(), 1, "not tried again");
    let message = failed();
    assert_eq!(message["last_error"], "Twilio: refused: 400 21211 words");
    assert_eq!(
        (&message["kind"], &message["to"]),
        (&"sms".into(), &"+14155550123".into())
    );

    let id = message["id"].as_str().unwrap();
    stand_in.answers(&[refusal(503, 20503)]);
    place
        .run(&["outbox", "retry", id])
        .refused(1, &[id, "not accepted: 503 20503", "a server will retry"]);
    stand_in.answers(&[TAKEN]);
    let sent = place.run(&["outbox", "retry", id]);
    assert_eq!(sent.stdout, format!("sent {id}\n"));
    let asked = stand_in.asked();
    assert_eq!(body_of(&asked[2]), body_of(&asked[0]), "the same message");
}
