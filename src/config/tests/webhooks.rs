//! Tests webhook receivers.

use super::*;
use crate::model::EventKind;
use crate::secret::SecretString;

/// Two secrets of 24 bytes.
const WEBHOOK_SECRET: &str = "whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5";
const OLDER: &str = "whsec_b2xkZXJvb2xkZXJvb2xkZXJvb2xkZXJv";

#[test]
fn webhooks_bring_their_secrets() {
    let toml = "[[webhooks]]\nurl = \"https://a.example/hook\"\nsecret_env = \"REGSTACK_HOOK\"\nevents = [\"user_registered\"]\n[[webhooks]]\nurl = \"http://b.example\"\nsecret_env = \"OTHER\"\n[[webhooks]]\nurl = \"http://127.0.0.1:1/hook\"\nsecret_env = \"OTHER\"\n";
    let case = Case::new()
        .toml(toml)
        .variable("REGSTACK_HOOK", WEBHOOK_SECRET)
        .secrets("OTHER_FILE=other.txt\n")
        .file("other.txt", &format!("{WEBHOOK_SECRET} {OLDER}\n"));
    let loaded = case.loaded();
    let webhooks = &loaded.settings.webhooks;
    let secrets = |hook: &Webhook| -> Vec<String> {
        let shown = hook.secrets.iter().map(SecretString::expose_secret);
        shown.map(str::to_owned).collect()
    };
    assert_eq!(webhooks[0].url, "https://a.example/hook");
    assert_eq!(secrets(&webhooks[0]), [WEBHOOK_SECRET]);
    assert!(
        webhooks[0].wants(EventKind::UserRegistered) && !webhooks[0].wants(EventKind::UserDeleted)
    );
    assert_eq!(
        secrets(&webhooks[1]),
        [WEBHOOK_SECRET, OLDER],
        "while it is changed"
    );
    assert!(webhooks[1].wants(EventKind::UserDeleted));
    assert_eq!(
        effective(&loaded, "webhooks"),
        (
            "https://a.example/hook,http://b.example,http://127.0.0.1:1/hook",
            "regstack.toml:1"
        )
    );
    assert_eq!(
        lines(&loaded.warnings),
        ["regstack.toml:5: webhooks.url isn't https: others on the network can read the events"]
    );
    assert!(!format!("{loaded:?}").contains("whsec_"));
}

#[test]
fn a_webhook_secret_is_whole_and_elsewhere() {
    let long = format!("whsec_{}", "Y2Fu".repeat(22));
    for (secret, reason) in [
        ("", "which is in neither"),
        ("canary", "must be whsec_"),
        ("whsec_", "must be whsec_"),
        ("whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2Fu", "24 to 64 bytes"),
        (&long, "24 to 64 bytes"),
        (&format!("{WEBHOOK_SECRET} canary"), "must be whsec_"),
        (" ", "must be whsec_"),
    ] {
        let faults = Case::new()
            .toml("[[webhooks]]\nurl = \"https://a.example\"\nsecret_env = \"REGSTACK_HOOK\"\n")
            .variable("REGSTACK_HOOK", secret)
            .faults();
        assert!(
            faults.len() == 1
                && faults[0]
                    .starts_with("regstack.toml:1: webhooks.secret_env names REGSTACK_HOOK")
                && faults[0].contains(reason)
                && !faults[0].contains("canary")
                && !faults[0].contains("Y2Fu"),
            "{faults:?}"
        );
    }
    for within in [WEBHOOK_SECRET, &format!("{WEBHOOK_SECRET}=")] {
        let toml =
            format!("[[webhooks]]\nurl = \"https://a.example\"\nsecret_env = \"{within}\"\n");
        assert_eq!(
            Case::new().toml(&toml).faults(),
            [
                "regstack.toml:1: webhooks.secret_env must be the name of the variable with the secret, not the secret itself"
            ]
        );
    }
}

#[test]
fn webhooks_name_one_receiver_and_events_that_there_are() {
    let case = |lines: &str| {
        let toml = format!("[[webhooks]]\nsecret_env = \"REGSTACK_HOOK\"\n{lines}\n");
        Case::new()
            .toml(&toml)
            .variable("REGSTACK_HOOK", WEBHOOK_SECRET)
            .faults()
    };
    let url = "must be an absolute http or https URL without user, query and fragment";
    for bad in ["ftp://a", "https://u:canary@a.example", "/hook", ""] {
        assert_eq!(
            case(&format!("url = \"{bad}\"")),
            [format!("regstack.toml:1: webhooks.url {url}")]
        );
    }
    for bad in [
        "https://a.example/hook?key=canary",
        "https://a.example/#canary",
    ] {
        let faults = case(&format!("url = \"{bad}\""));
        assert!(
            faults.len() == 1
                && faults[0].contains("must not have a query")
                && !faults[0].contains("canary"),
            "{faults:?}"
        );
    }
    assert_eq!(
        case("url = \"https://a.example\"\nevents = [\"user_register\"]"),
        [
            "regstack.toml:1: webhooks.events must name events, not \"user_register\" (did you mean user_registered?)"
        ]
    );
    assert_eq!(
        case("url = \"https://a.example\"\nevents = []"),
        ["regstack.toml:1: webhooks.events must contain an event; leave it out for all events"]
    );
    assert_eq!(
        case(
            "url = \"https://a.example\"\n[[webhooks]]\nurl = \"https://A.example/\"\nsecret_env = \"REGSTACK_HOOK\""
        ),
        [
            "regstack.toml:4: webhooks.url is the URL of another webhook above: list all its events there"
        ]
    );
    assert_eq!(
        Case::new()
            .toml("[[webhooks]]\nurl = \"ftp://a\"\nsecret = \"x\"\nevents = 5\n")
            .faults(),
        [
            &format!("regstack.toml:1: webhooks.url {url}"),
            "regstack.toml:1: webhooks.secret_env is missing: it names the variable with the secret",
            "regstack.toml:3: webhooks.secret isn't a setting (did you mean secret_env?)",
            "regstack.toml:4: webhooks.events must be a list of events",
        ]
    );
    assert_eq!(
        Case::new().toml("webhooks = 5\n").faults(),
        ["regstack.toml:1: webhooks must be sections: [[webhooks]]"]
    );
}
