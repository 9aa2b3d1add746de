//! SES and SNS against moto, which stands in for Amazon, and against a stand-in that fails as Amazon does.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use jiff::Timestamp;
use regstack::internals::config::{AwsCredentials, EmailBackend, EmailSettings, SesSettings};
use regstack::internals::delivery::SendError;
use regstack::internals::delivery::email::{self, Mail};
use regstack::internals::model::Id;
use serde_json::{Value, json};

use crate::support::actor::Requests as _;
use crate::support::client::client;
use crate::support::phone::{self, ADA};
use crate::support::process::{Place, Server};
use crate::support::served::{code_in, eventually};
use crate::support::stand_in::{Reply, StandIn};

const TOKEN: &str = "9fGh2Lk-mNoPqRsTuVwXyZ_0123456789abcdefghij";

/// Amazon, for all tests of this process. It ends with the pipe to it, however this process ends.
fn moto() -> &'static str {
    static MOTO: LazyLock<(Child, String)> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = root.join("target/test-tools/venv/bin/python");
        let child = Command::new(&python)
            .arg(root.join("tests/tools/aws_peer.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = child
            .unwrap_or_else(|error| panic!("{}: {error}; tests/run installs it", python.display()));
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        assert!(
            line.starts_with("http://"),
            "moto did not start; run tests/run"
        );
        (child, line.trim().to_owned())
    });
    &MOTO.1
}

/// What moto was sent: `ses` `RawMessage`, `sns` `SMS`.
async fn arrived(service: &str, kind: &str) -> Vec<Value> {
    let data = client()
        .get(format!("{}/moto-api/data.json", moto()))
        .send();
    let data: Value = data.await.unwrap().json().await.unwrap();
    data[service][kind].as_array().cloned().unwrap_or_default()
}

/// Makes an address one that SES in `eu-west-1` sends for.
async fn verify(address: &str) {
    let signed = "AWS4-HMAC-SHA256 Credential=test/20270115/eu-west-1/ses/aws4_request, SignedHeaders=host, Signature=0";
    let made = client()
        .post(format!("{}/v2/email/identities", moto()))
        .header("authorization", signed)
        .json(&json!({"EmailIdentity": address}))
        .send();
    assert!(made.await.unwrap().status().is_success());
}

fn settings(from: &str, endpoint: &str) -> EmailSettings {
    let credentials = AwsCredentials::AccessKey {
        id: "test".into(),
        secret: "canary-secret".into(),
    };
    with_credentials(credentials, from, endpoint)
}

fn with_credentials(credentials: AwsCredentials, from: &str, endpoint: &str) -> EmailSettings {
    EmailSettings {
        from_address: from.into(),
        from_name: None,
        allow_utf8_email: None,
        backend: EmailBackend::Ses(SesSettings {
            region: "eu-west-1".into(),
            credentials,
            endpoint_url: Some(endpoint.into()),
        }),
    }
}

fn mail_to(address: &str) -> Mail {
    Mail {
        id: Id::from_bytes([0xc4; 12]),
        date: Timestamp::from_second(1_800_000_000).unwrap(),
        to: address.into(),
        subject: "Hello & welcome".into(),
        text: format!("Hello,\n\nhttps://app.example/verify?token={TOKEN}\n"),
        html: "<p>Hello</p>".into(),
    }
}

async fn send(settings: &EmailSettings, to: &str) -> Result<(), SendError> {
    let transport = email::transport(settings, "Acme & Söhne").unwrap();
    transport.send(&mail_to(to)).await
}

async fn probe(settings: &EmailSettings) -> Result<String, String> {
    let seen = email::transport(settings, "Acme").unwrap().probe().await;
    seen.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_mail_arrives_at_ses_with_both_parts_and_the_right_addresses() {
    let (from, to) = ("whole@sender.example", "whole@example.com");
    verify(from).await;
    let settings = settings(from, moto());
    send(&settings, to).await.unwrap();
    let mails = arrived("ses", "RawMessage").await;
    let ours: Vec<_> = mails.iter().filter(|mail| mail["source"] == from).collect();
    assert_eq!(ours.len(), 1, "{mails:?}");
    let destinations = ours[0]["destinations"].as_array().unwrap();
    assert!(!destinations.is_empty() && destinations.iter().all(|address| address == to));
    // The parts are quoted-printable.
    let raw = ours[0]["raw_data"].as_str().unwrap();
    let raw = raw.replace('\r', "").replace("=\n", "").replace("=3D", "=");
    for line in [
        "Message-ID: <c4c4c4c4c4c4c4c4c4c4c4c4@sender.example>",
        "Date: Fri, 15 Jan 2027 08:00:00 +0000",
        "From: =?utf-8?b?QWNtZSAmIFPDtmhuZQ==?= <whole@sender.example>",
        "To: whole@example.com",
        "Subject: Hello & welcome",
        "Content-Type: text/plain; charset=utf-8",
        &format!("https://app.example/verify?token={TOKEN}"),
        "Content-Type: text/html; charset=utf-8",
        "<p>Hello</p>",
    ] {
        assert!(raw.lines().any(|is| is == line), "{line:?} is not in {raw}");
    }
    assert_eq!(
        probe(&settings).await.unwrap(),
        "SES in eu-west-1 takes the login and has verified email.from_address"
    );
}

#[tokio::test]
async fn a_sender_that_ses_does_not_know_is_a_refusal_for_good() {
    let settings = settings("stranger@stranger.example", moto());
    let error = send(&settings, "ada@example.com").await.unwrap_err();
    assert!(
        matches!(&error, SendError::Permanent(reason) if reason.starts_with("SES in eu-west-1: refused: MessageRejected: ")),
        "{error:?}"
    );
    let fault = probe(&settings).await.unwrap_err();
    assert!(
        fault.contains(
            "knows neither email.from_address (stranger@stranger.example) nor its domain"
        ),
        "{fault}"
    );
    // A domain speaks for all its addresses.
    verify("whole-domain.example").await;
    let settings = self::settings("any@whole-domain.example", moto());
    probe(&settings).await.unwrap();
}

/// An answer of SES: its errors are named in a header.
fn ses_error(status: u16, name: &'static str) -> Reply {
    (
        status,
        ("x-amzn-errortype", name),
        "{\"message\": \"some words\"}",
    )
}

#[tokio::test]
async fn ses_failures_are_final_only_when_they_are_about_the_mail() {
    let stand_in = StandIn::new(&[]).await;
    let settings = settings("noreply@example.com", stand_in.origin());
    for (is_final, status, name) in [
        (true, 400, "MessageRejected"),
        (true, 400, "BadRequestException"),
        (false, 429, "TooManyRequestsException"),
        (false, 400, "LimitExceededException"),
        (false, 400, "AccountSuspendedException"),
        (false, 400, "SendingPausedException"),
        (false, 400, "MailFromDomainNotVerifiedException"),
        (false, 404, "NotFoundException"),
        (false, 400, "ThrottlingException"),
        (false, 403, "InvalidSignatureException"),
        (false, 403, "UnrecognizedClientException"),
        (false, 403, "AccessDeniedException"),
        (false, 500, "InternalFailure"),
    ] {
        stand_in.answers(&[ses_error(status, name)]);
        let error = send(&settings, "ada@example.com").await.unwrap_err();
        assert_eq!(
            matches!(error, SendError::Permanent(_)),
            is_final,
            "{error:?}"
        );
        let verdict = if is_final { "refused" } else { "not accepted" };
        assert_eq!(
            error.to_string(),
            format!("SES in eu-west-1: {verdict}: {name}: some words")
        );
    }
    assert_eq!(
        stand_in.asked().len(),
        13,
        "the outbox tries again, not the SDK"
    );
    let asked = stand_in.asked().remove(0);
    assert_eq!(asked.line, "POST /v2/email/outbound-emails");
    let login = asked.headers["authorization"].to_str().unwrap();
    assert!(
        login.contains("Credential=test/") && login.contains("/eu-west-1/ses/"),
        "{login}"
    );

    stand_in.answers(&[(502, ("content-type", "text/html"), "<html>a proxy</html>")]);
    let error = send(&settings, "ada@example.com").await.unwrap_err();
    assert!(matches!(error, SendError::Transient(_)), "{error:?}");

    let nobody = self::settings("noreply@example.com", "http://127.0.0.1:1");
    let error = send(&nobody, "ada@example.com").await.unwrap_err();
    assert!(
        matches!(&error, SendError::Transient(reason) if reason.starts_with("SES in eu-west-1: cannot be asked: ") && reason.contains("Connection refused")),
        "{error:?}"
    );
    let unknown_profile = with_credentials(
        AwsCredentials::Profile("no-such-profile-of-regstack".into()),
        "noreply@example.com",
        stand_in.origin(),
    );
    let error = send(&unknown_profile, "ada@example.com").await.unwrap_err();
    assert!(
        matches!(&error, SendError::Transient(reason) if reason == "SES in eu-west-1: cannot be asked: no credentials were found"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_probe_of_ses_says_what_is_wrong_and_sends_nothing() {
    let stand_in = StandIn::new(&[ses_error(403, "InvalidSignatureException")]).await;
    let settings = settings("noreply@example.com", stand_in.origin());
    let fault = probe(&settings).await.unwrap_err();
    assert!(
        fault.contains("InvalidSignatureException") && fault.contains("email.ses_access_key_id"),
        "{fault}"
    );
    stand_in.answers(&[ses_error(403, "AccessDeniedException")]);
    let seen = probe(&settings).await.unwrap();
    assert!(seen.contains("ses:GetEmailIdentity"), "{seen}");
    let pending = "{\"VerifiedForSendingStatus\": false, \"VerificationStatus\": \"PENDING\"}";
    stand_in.answers(&[(200, ("content-type", "application/json"), pending)]);
    let fault = probe(&settings).await.unwrap_err();
    assert!(
        fault.contains("has not verified email.from_address"),
        "{fault}"
    );
    assert!(
        stand_in
            .asked()
            .iter()
            .all(|asked| asked.line.starts_with("GET /v2/email/identities/"))
    );
}

/// A place whose SMS go to SNS at `endpoint`, with these lines of `[sms]` too.
fn place(endpoint: &str, sms: &str) -> Place {
    let settings = format!("backend = \"sns\"\nsns_endpoint_url = \"{endpoint}\"\n{sms}");
    phone::place(&settings, "")
}

/// The program with Amazon's credentials in its environment.
fn command(place: &Place, arguments: &[&str]) -> Command {
    let mut command = place.command(arguments);
    command
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "canary-secret")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_arrives_at_sns_and_confirms_the_phone() {
    let place = place(moto(), "from_number = \"Acme\"\n");
    let mut serve = command(&place, &["serve", "--json", "--create"]);
    serve.env("REGSTACK_LOG_LEVEL", "trace");
    let server = Server::start(serve);
    let ada = server.signed_in(ADA).await;
    let started = ada.start_phone("+14155550177").await;
    let pending = started.is(202).text("pending_token");
    let mut ours = None;
    while ours.is_none() {
        let all = arrived("sns", "SMS").await;
        ours = all
            .into_iter()
            .find(|sms| sms["phone_number"] == "+14155550177");
    }
    let ours = ours.unwrap();
    let text = ours["message"].as_str().unwrap();
    let code = code_in(text);
    server.confirm_phone(pending, &code).await.is(200);
    phone::stop_silent_about(server, &code);
}

/// An answer of SNS.
fn sns_error(status: u16, code: &str) -> Reply {
    let body = format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>some words</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    );
    (status, ("content-type", "text/xml"), body.leak())
}

#[tokio::test(flavor = "multi_thread")]
async fn sns_failures_are_final_only_when_they_are_about_the_message() {
    let stand_in = StandIn::new(&[sns_error(400, "Throttled")]).await;
    let place = place(stand_in.origin(), "from_number = \"+15005550006\"\n");
    let server = Server::start(command(&place, &["serve", "--json", "--create"]));
    let ada = server.signed_in(ADA).await;
    ada.start_phone("+14155550123").await.is(202);
    eventually(|| !stand_in.asked().is_empty()).await;
    server.stop();

    let form = stand_in.asked().remove(0).body;
    let form: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect();
    let value = |name: &str| {
        form.iter()
            .find(|(is, _)| is == name)
            .map(|(_, value)| &**value)
    };
    assert_eq!(value("Action"), Some("Publish"));
    assert_eq!(value("PhoneNumber"), Some("+14155550123"));
    assert!(value("Message").unwrap().contains("code: "));
    let attributes: Vec<_> = (1..=2)
        .map(|number| {
            let of =
                |part: &str| value(&format!("MessageAttributes.entry.{number}.{part}")).unwrap();
            (of("Name"), of("Value.DataType"), of("Value.StringValue"))
        })
        .collect();
    for attribute in [
        ("AWS.SNS.SMS.SMSType", "String", "Transactional"),
        ("AWS.MM.SMS.OriginationNumber", "String", "+15005550006"),
    ] {
        assert!(attributes.contains(&attribute), "{attributes:?}");
    }

    let list = place.json(&["outbox", "list"]);
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    for (is_final, status, code) in [
        (false, 400, "Throttled"),
        (false, 403, "AuthorizationError"),
        (false, 403, "InvalidClientTokenId"),
        (false, 403, "SignatureDoesNotMatch"),
        (false, 500, "InternalError"),
        (true, 400, "InvalidParameter"),
        (true, 400, "ParameterValueInvalid"),
        (true, 400, "ValidationException"),
    ] {
        stand_in.answers(&[sns_error(status, code)]);
        let output = command(&place, &["outbox", "retry", &id]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        let verdict = if is_final { "refused" } else { "not accepted" };
        assert!(
            said.contains(&format!("SNS in eu-west-1: {verdict}: {code}: some words")),
            "{said}"
        );
        assert_eq!(said.contains("a server tries again"), !is_final, "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
    let mut nobody = place.command(&["outbox", "retry", &id]);
    let nobody = nobody.env("AWS_EC2_METADATA_DISABLED", "true").output();
    let said = String::from_utf8(nobody.unwrap().stderr).unwrap();
    assert!(
        said.contains("no credentials were found") && said.contains("a server tries again"),
        "{said}"
    );

    let sent = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
    stand_in.answers(&[(200, ("content-type", "text/xml"), sent)]);
    let output = command(&place, &["outbox", "retry", &id]).output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("sent {id}\n")
    );
}
