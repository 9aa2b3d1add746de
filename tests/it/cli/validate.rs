//! `regstack validate`: an installation that passes, and one for each flow that is broken on purpose.

mod mails;

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use regstack::internals::clock::{Clock as _, SystemClock};
use serde_json::Value;

use crate::support::actor::PASSWORD;
use crate::support::database::{Database, Kind};
use crate::support::example::free_port;
use crate::support::fake_provider::FakeProvider;
use crate::support::process::{Place, Ran, Server};
use crate::support::served::Served;

/// Every feature that a stranger can use.
const ALL: &str = "enable_ui_router = true\nenable_totp = true\nenable_sms_2fa = true\nenable_passkeys = true\nenable_admin_router = true\n\
                   session_max_seconds = 86400\njwt_algorithm = \"EdDSA\"\n";

/// An installation with a port of its own, and its log in a file.
struct Installation {
    place: Place,
    port: u16,
    _database: Option<Database>,
}

impl Installation {
    /// One over a file, with these settings before all sections.
    fn new(settings: &str) -> Self {
        Self::over(Place::configured(), None, settings)
    }

    /// One on the engine of this run.
    async fn on_engine(settings: &str) -> Self {
        let database = Database::fresh(Kind::of_this_run()).await;
        Self::over(Place::over(&database.url()), Some(database), settings)
    }

    fn over(place: Place, database: Option<Database>, settings: &str) -> Self {
        let port = free_port();
        let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
        let toml = toml
            .replace("127.0.0.1:0", &format!("127.0.0.1:{port}"))
            .replace("email_link_prefix = \"/\"\n", "");
        place.write("regstack.toml", &toml);
        if !settings.contains("base_url = ") {
            place.set(&format!("base_url = \"http://localhost:{port}\""));
        }
        place.set(settings);
        Self {
            place,
            port,
            _database: database,
        }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn serve(&self) -> Server {
        let mut command = self.place.command(&["serve", "--json", "--create"]);
        command.stderr(Stdio::from(File::create(self.place.path("log")).unwrap()));
        Server::start(command)
    }

    /// The option to read links and codes in the log.
    fn log(&self) -> String {
        format!("file:{}", self.place.path("log").display())
    }

    /// Validates it from a place of its own, without any configuration.
    fn validate(&self, arguments: &[&str]) -> Ran {
        Ran::end_of(self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let url = self.url();
        let mut command = self
            .place
            .command(&[&["validate", url.as_str()], arguments].concat());
        command.current_dir("/");
        command
    }

    fn report(&self, arguments: &[&str]) -> Report {
        Report::of(&self.validate(&[arguments, &["--json"]].concat()))
    }

    /// Nothing of what was done is left.
    fn is_clean(&self) {
        let users = self.place.json(&["users", "list"]);
        assert_eq!(users["items"], serde_json::json!([]), "accounts are left");
    }
}

/// A report, and how the command ended.
struct Report {
    code: Option<i32>,
    document: Value,
}

impl Report {
    fn of(ran: &Ran) -> Self {
        keeps_secrets(ran);
        Self {
            code: ran.code,
            document: serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}")),
        }
    }

    fn phase(&self, name: &str) -> &Value {
        let mut phases = self.document["phases"].as_array().unwrap().iter();
        phases.find(|phase| phase["name"] == name).unwrap()
    }

    fn named(&self, status: &str) -> Vec<&str> {
        let phases = self.document["phases"].as_array().unwrap().iter();
        let ours = phases.filter(|phase| phase["status"] == status);
        ours.map(|phase| phase["name"].as_str().unwrap()).collect()
    }

    /// Exactly these phases failed, and the account is gone.
    #[track_caller]
    fn failed(&self, names: &[&str]) {
        assert_eq!(self.named("failed"), names, "{:#}", self.document);
        assert_eq!(self.code, Some(i32::from(!names.is_empty())));
        assert_eq!(self.document["left"], serde_json::json!([]));
    }

    /// A phase says this, and what to do.
    #[track_caller]
    fn says(&self, name: &str, detail: &str, remedy: &str) {
        let phase = self.phase(name);
        let text = |field: &str| phase[field].as_str().unwrap_or_default();
        assert!(text("detail").contains(detail), "{phase:#}");
        assert!(text("remedy").contains(remedy), "{phase:#}");
    }
}

/// No token and no secret is shown.
#[track_caller]
fn keeps_secrets(ran: &Ran) {
    for text in [&ran.stdout, &ran.stderr] {
        for secret in ["token=", "eyJ", "canary", PASSWORD] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

/// How the code of an SMS is read in a log.
fn read_code(installation: &Installation) -> String {
    let log = installation.place.path("log");
    format!(
        "grep \"$VALIDATE_TO\" '{}' | tail -n 1 | sed 's/.*\"text\":\"//; s/\".*//'",
        log.display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flow_passes_with_every_feature_on() {
    let provider = FakeProvider::new().await;
    let installation = Installation::on_engine(&format!("transport = \"cookie\"\n{ALL}")).await;
    let sink = free_port();
    installation.place.mails_to(sink);
    installation.place.append(
        "regstack.toml",
        &format!(
            "[sms]\nlog_bodies = true\n[[oauth.providers]]\nid = \"acme\"\nname = \"Acme\"\nissuer = \"{}\"\nclient_id = \"client\"\n\
             client_secret_env = \"REGSTACK_ACME_SECRET\"\n",
            provider.issuer
        ),
    );
    installation
        .place
        .append("regstack.secrets.env", "REGSTACK_ACME_SECRET=secret\n");
    installation.place.set("enable_oauth = true");
    let _server = installation.serve();
    let (sink, code) = (format!("127.0.0.1:{sink}"), read_code(&installation));
    let options = [
        "--smtp-sink",
        &sink,
        "--phone",
        "+15551234567",
        "--sms-command",
        &code,
    ];
    let report = tokio::task::block_in_place(|| installation.report(&options));
    report.failed(&[]);
    assert_eq!(
        report.named("skipped"),
        Vec::<&str>::new(),
        "{:#}",
        report.document
    );
    assert_eq!(report.document["passed"], 23);
    tokio::task::block_in_place(|| installation.is_clean());
}

#[test]
fn links_and_codes_are_read_in_the_log_with_the_options_of_the_python_package() {
    let installation = Installation::new(&format!("transport = \"bearer\"\n{ALL}"));
    installation
        .place
        .append("regstack.toml", "[sms]\nlog_bodies = true\n");
    let _server = installation.serve();
    let api = format!("{}/api/auth", installation.url());
    let arguments = [
        "validate",
        "--url",
        &api,
        "--log-source",
        &installation.log(),
        "--phone",
        "+15551234567",
        "--probe-email-domain",
        "acme.test",
        "--password",
        "a password of the operator",
        "--skip",
        "oauth,account",
        "--timeout",
        "20",
    ];
    let ran = installation.place.run(&arguments);
    keeps_secrets(&ran);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stderr
            .contains("others on this machine can read a password")
    );
    assert!(!ran.stdout.contains("a password of the operator"));
    for line in [
        "✓ reach",
        "✓ sms ",
        "✓ reset",
        "✓ passkeys",
        "- me ",
        "- download",
        "- undo",
        "- change-password",
        "- change-email",
        "- oauth",
        "- cookie",
    ] {
        assert!(ran.stdout.contains(line), "{line} in {}", ran.stdout);
    }
    assert!(ran.stdout.contains("@acme.test"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("all 16 phases passed, 7 skipped"),
        "{}",
        ran.stdout
    );
    installation.is_clean();
}

#[test]
fn mail_that_does_not_arrive_is_named() {
    let installation = Installation::new("enable_ui_router = true");
    let _server = installation.serve();
    let sink = free_port().to_string();
    let report = installation.report(&["--smtp-sink", &sink, "--mail-timeout", "1"]);
    report.failed(&["verify"]);
    report.says(
        "verify",
        "hasn't arrived",
        "email.backend = \"console\" sends nothing",
    );
    assert_eq!(report.phase("reset")["detail"], "needs verify");
    assert!(
        report.phase("delete")["detail"]
            .as_str()
            .unwrap()
            .contains("expires automatically")
    );
    installation.is_clean();
}

#[test]
fn a_wrong_base_url_is_named_and_everything_else_is_tested() {
    let nobody = free_port();
    let settings = format!(
        "base_url = \"http://127.0.0.1:{nobody}\"\nenable_ui_router = true\nenable_totp = true"
    );
    let installation = Installation::new(&settings);
    let server = installation.serve();
    let report = installation.report(&["--log-source", &installation.log()]);
    report.failed(&["documents", "verify", "change-email", "reset"]);
    let remedy = format!("set base_url = \"{}\"", installation.url());
    report.says("documents", "but you reached it at", &remedy);
    for phase in ["verify", "change-email", "reset"] {
        report.says(phase, "no answer", &remedy);
    }
    installation.is_clean();
    server.stop();
    // The remedy, exactly.
    let toml = std::fs::read_to_string(installation.place.path("regstack.toml")).unwrap();
    let right = toml.replace(
        &format!("base_url = \"http://127.0.0.1:{nobody}\""),
        remedy.trim_start_matches("set "),
    );
    installation.place.write("regstack.toml", &right);
    let _server = installation.serve();
    installation
        .report(&["--log-source", &installation.log()])
        .failed(&[]);
}

#[test]
fn links_without_a_page_are_named() {
    let installation = Installation::new("");
    let server = installation.serve();
    let report = installation.report(&["--log-source", &installation.log()]);
    report.failed(&["verify", "change-email", "reset"]);
    assert!(report.named("skipped").contains(&"pages"));
    report.says(
        "verify",
        "/verify, which answers 404",
        "enable_ui_router = true",
    );
    report.says(
        "reset",
        "/reset-password, which answers 404",
        "password_reset_url_template",
    );
    server.stop();
    installation.place.set("enable_ui_router = true");
    let server = installation.serve();
    installation
        .report(&["--log-source", &installation.log()])
        .failed(&[]);
    server.stop();
    // A link that leads to another page of this server is wrong, too.
    installation
        .place
        .set("verify_url_template = \"{base_url}/account/login?token={token}\"");
    let _server = installation.serve();
    let report = installation.report(&["--log-source", &installation.log()]);
    report.failed(&["verify"]);
    report.says("verify", "which is the page login", "verify_url_template");
}

#[test]
fn a_wrong_link_prefix_is_named() {
    let installation =
        Installation::new("enable_ui_router = true\nemail_link_prefix = \"/nowhere\"");
    let server = installation.serve();
    let report = installation.report(&["--log-source", &installation.log()]);
    report.failed(&["verify", "change-email", "reset"]);
    for phase in ["verify", "change-email", "reset"] {
        report.says(phase, "/nowhere/", "remove ");
        report.says(phase, "/nowhere/", " and email_link_prefix from");
    }
    installation.is_clean();
    server.stop();
    // The remedy, exactly.
    let toml = std::fs::read_to_string(installation.place.path("regstack.toml")).unwrap();
    let right = toml.replace("email_link_prefix = \"/nowhere\"\n", "");
    assert_ne!(right, toml);
    installation.place.write("regstack.toml", &right);
    let _server = installation.serve();
    installation
        .report(&["--log-source", &installation.log()])
        .failed(&[]);
}

#[test]
fn a_notice_without_a_link_is_no_failure() {
    let installation = Installation::new(
        "verify_url_template = \"{base_url}/readyz?token={token}\"\nemail_change_url_template = \"{base_url}/readyz?token={token}\"\n\
         password_reset_url_template = \"{base_url}/readyz?token={token}\"",
    );
    let server = installation.serve();
    let report = installation.report(&["--log-source", &installation.log()]);
    report.failed(&[]);
    let undo = report.phase("undo");
    assert_eq!(undo["status"], "skipped");
    assert!(undo["detail"].to_string().contains("has no link"), "{undo}");
    server.stop();
    // A page of an application.
    installation
        .place
        .set("email_undo_url_template = \"{base_url}/readyz?token={token}\"");
    let server = installation.serve();
    let report = installation.report(&["--log-source", &installation.log()]);
    report.failed(&[]);
    assert_eq!(report.phase("undo")["status"], "passed");
    server.stop();
    // Whoever had the password keeps it, because nothing else would set another.
    installation.place.set("enable_password_reset = false");
    let server = installation.serve();
    let report = installation.report(&["--log-source", &installation.log()]);
    report.failed(&[]);
    assert_eq!(report.phase("undo")["status"], "passed");
    server.stop();
    // Without notices, nobody learns of the change.
    installation
        .place
        .set("enable_ui_router = true\nnotify_on_change = false");
    let _server = installation.serve();
    let report = installation.report(&["--log-source", &installation.log(), "--mail-timeout", "1"]);
    report.failed(&["undo"]);
    report.says(
        "undo",
        "the notice to the old address",
        "notify_on_change = true",
    );
    installation.is_clean();
}

#[test]
fn passkeys_of_another_domain_are_named() {
    let installation = Installation::new(
        "enable_passkeys = true\nrequire_verification = false\nbase_url = \"http://accounts.localhost:8000\"",
    );
    let _server = installation.serve();
    let report = installation.report(&["--skip", "verify,change-email,reset"]);
    report.failed(&["documents", "passkeys"]);
    let remedy = format!("set base_url = \"{}\"", installation.url());
    report.says("passkeys", "passkeys are for accounts.localhost", &remedy);
    installation.is_clean();
}

#[test]
fn a_certificate_of_nobody_is_accepted_if_asked_for_only() {
    let installation = Installation::new(
        "enable_ui_router = true\ntransport = \"cookie\"\nenable_passkeys = true\ntls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\n",
    );
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let place = &installation.place;
    place.write("cert.pem", &made.cert.pem());
    place.write("key.pem", &made.signing_key.serialize_pem());
    place.set_mode("key.pem", 0o600);
    let url = format!("https://localhost:{}", installation.port);
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    let http = format!("http://localhost:{}", installation.port);
    place.write("regstack.toml", &toml.replace(&http, &url));
    let _server = installation.serve();
    let log = installation.log();
    let run = |options: &[&str], authority: bool| {
        let always = ["validate", &url, "--log-source", &log, "--json"];
        let mut command = place.command(&[&always[..], options].concat());
        if authority {
            command.env("SSL_CERT_FILE", place.path("cert.pem"));
        }
        Report::of(&Ran::end_of(command))
    };
    let report = run(&[], false);
    report.failed(&["reach"]);
    report.says("reach", "certificate", "certificate");
    run(&["--insecure"], false).failed(&[]);
    run(&[], true).failed(&[]);
    installation.is_clean();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_is_named() {
    let database = Database::fresh(Kind::Sqlite).await;
    let wrong = SystemClock.now() + SignedDuration::from_mins(10);
    let served = Served::over_at(database, wrong, |settings| {
        settings.features.enable_totp = true;
        settings.features.enable_ui_router = true;
    });
    let served = served.await;
    // It has the mailbox of `serve --dev`, which is found without an option.
    let place = Place::empty();
    let run = || {
        place.run(&[
            "validate",
            &served.origin,
            "--skip",
            "documents,verify-nothing",
            "--json",
        ])
    };
    let refused = tokio::task::block_in_place(run);
    refused.refused(2, &["the phases are reach, documents"]);
    let skip = "documents,answers,pages,cookie,sessions,change-email,reset";
    let run = || place.run(&["validate", &served.origin, "--skip", skip, "--json"]);
    let report = Report::of(&tokio::task::block_in_place(run));
    // Links are made from a base_url where nobody is.
    report.failed(&["verify", "clock", "totp"]);
    report.says("clock", "s ahead of this machine's", "NTP");
    report.says("totp", "wrong_code", "clock");
    assert_eq!(served.count_users().await, 0);
}

#[test]
fn a_code_that_is_not_sent_is_named() {
    let installation = Installation::new(ALL);
    let _server = installation.serve();
    let log = installation.log();
    let options = [
        "--log-source",
        &log,
        "--phone",
        "+15551234567",
        "--mail-timeout",
        "5",
        "--sms-command",
        "true",
    ];
    let report = installation.report(&options);
    report.failed(&["sms"]);
    report.says(
        "sms",
        "none arrived within 5 s",
        "regstack doctor --send-test NUMBER",
    );
    installation.is_clean();
}

#[test]
fn rate_limits_are_waited_for_and_said() {
    let installation = Installation::new(
        "login_rate_limit = \"3 per 2 seconds\"\nforgot_password_rate_limit = \"1/hour\"\nenable_ui_router = true",
    );
    let server = installation.serve();
    let asked = server.url("/api/auth/forgot-password");
    let spend = installation
        .place
        .bare("curl")
        .args([
            "-s",
            "-o",
            "/dev/null",
            "-H",
            "content-type: application/json",
            "-d",
            "{}",
            &asked,
        ])
        .status();
    assert!(spend.unwrap().success());
    let ran = installation.validate(&["--log-source", &installation.log(), "--json", "-v"]);
    let report = Report::of(&ran);
    report.failed(&["reset"]);
    report.says("reset", "429 rate_limited", "--max-wait");
    assert!(
        ran.stderr.contains("POST /login: waiting for"),
        "{}",
        ran.stderr
    );
    installation.is_clean();
}

#[test]
fn an_interruption_deletes_the_account() {
    let installation = Installation::new(ALL);
    let _server = installation.serve();
    let waits = installation.place.path("waits");
    let command = format!("touch '{}'; exec sleep 60", waits.display());
    let log = installation.log();
    let options = [
        "--log-source",
        &log,
        "--phone",
        "+15551234567",
        "--sms-command",
        &command,
    ];
    let child = installation.command(&options).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    while !waits.exists() {
        assert!(Instant::now() < deadline, "the phase sms never begins");
        std::thread::sleep(Duration::from_millis(10));
    }
    let sent = Command::new("sh")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .status();
    assert!(sent.unwrap().success());
    let ran = Ran::of(&child.wait_with_output().unwrap());
    keeps_secrets(&ran);
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert!(ran.stderr.contains("deleting the account"), "{ran:?}");
    assert!(ran.stdout.contains("✓ delete"), "{ran:?}");
    installation.is_clean();
}

#[test]
fn an_account_that_stays_is_said() {
    let installation =
        Installation::new("enable_account_deletion = false\nrequire_verification = false");
    let _server = installation.serve();
    let quick = ["--skip", "pages,change-email,reset,totp,sessions"];
    let ran = installation.validate(&[&quick[..], &["--log-source", &installation.log()]].concat());
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stdout
            .contains("enable_account_deletion = true, or repeat with --no-cleanup"),
        "{}",
        ran.stdout
    );
    installation.is_clean();
    let ran = installation.validate(
        &[
            &quick[..],
            &[
                "--skip",
                "verify",
                "--no-cleanup",
                "--email",
                "ada@acme.test",
            ],
        ]
        .concat(),
    );
    keeps_secrets(&ran);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let users = installation.place.json(&["users", "list"]);
    let email = users["items"][0]["email"].as_str().unwrap();
    assert!(
        email.starts_with("ada+validate-") && email.ends_with("@acme.test"),
        "{email}"
    );
    assert!(
        ran.stdout.contains(&format!("still there: {email}")),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_cannot_be_tested_is_refused_before_anything_is_made() {
    let installation = Installation::new("");
    let _server = installation.serve();
    let refused = installation.validate(&[]);
    refused.refused(
        2,
        &["it isn't known where the emails arrive", "docs/validate.md"],
    );
    let refused = installation.validate(&["--maildir", "/nowhere"]);
    refused.refused(2, &["the maildir /nowhere can't be used"]);
    let refused = installation.validate(&["--imap", "imaps://ada@mail.example.com"]);
    refused.refused(2, &["the password for --imap is missing", "IMAP_PASSWORD"]);
    let refused = installation.validate(&["--smtp-sink", "2525", "--phone", "+15551234567"]);
    refused.refused(2, &["--sms-command"]);
    let elsewhere = format!("{}/nothing", installation.url());
    let ran =
        installation
            .place
            .run(&["validate", &elsewhere, "--log-source", &installation.log()]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains("there is no regstack API"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("give the address of the API"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("- register") && ran.stdout.contains("needs reach"));
}
