//! `docs/cli-json.md`: every command is in it, and answers in the form that it says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use regstack::internals::model::{Email, Id, Identity, Origin, Password, ProviderId};
use regstack::internals::store::{Effects, IdentityLink, LinkIdentity, LinkProof};
use serde_json::Value;

use crate::support::process::Place;

/// The forms of the page: by command, and by the names in capitals that stand for one.
#[derive(Default)]
struct Forms {
    of_commands: BTreeMap<String, Value>,
    named: BTreeMap<String, Value>,
}

impl Forms {
    /// A heading names commands, or a line begins with the name of a form; the next block of code is theirs.
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli-json.md");
        let text = fs::read_to_string(path).unwrap();
        let mut forms = Self::default();
        let (mut commands, mut name) = (Vec::new(), None);
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(heading) = line.strip_prefix("## ") {
                let words = heading
                    .split('`')
                    .filter(|word| word.starts_with("regstack "));
                commands = words.map(str::to_owned).collect();
            } else if let Some((word, _)) = line.split_once(", here and below:") {
                name = Some(word.to_owned());
            } else if line == "```json" {
                let block = lines.by_ref().take_while(|line| *line != "```");
                let block: String = block.collect();
                let form: Value =
                    serde_json::from_str(&block).unwrap_or_else(|error| panic!("{error}: {block}"));
                if let Some(name) = name.take() {
                    forms.named.insert(name, form);
                } else {
                    for command in &commands {
                        forms.of_commands.insert(command.clone(), form.clone());
                    }
                }
            }
        }
        forms
    }

    /// What is other than its form, if anything.
    fn fault(&self, form: &Value, value: &Value, at: &str) -> Option<String> {
        let fault = || Some(format!("{at} is {value}, not {form}"));
        match (form, value) {
            (Value::Array(form), Value::Array(items)) => items
                .iter()
                .find_map(|item| self.fault(&form[0], item, &format!("{at}[]"))),
            (Value::Object(form), Value::Object(fields)) => {
                let unknown = fields.keys().find(|key| !form.contains_key(*key));
                if let Some(key) = unknown {
                    return Some(format!("{at}.{key} is not on the page"));
                }
                form.iter().find_map(|(key, form)| match fields.get(key) {
                    Some(value) => self.fault(form, value, &format!("{at}.{key}")),
                    None => Some(format!("{at}.{key} is missing")),
                })
            }
            (Value::String(name), value) => {
                if let Some(form) = self.named.get(name) {
                    return self.fault(form, value, at);
                }
                if let Some(name) = name.strip_suffix(" or null") {
                    if value.is_null() {
                        return None;
                    }
                    return self.fault(&name.into(), value, at);
                }
                let text = value.as_str();
                let fits = match name.as_str() {
                    "text" => text.is_some(),
                    "number" => value.is_u64(),
                    "flag" => value.is_boolean(),
                    "object" => value.is_object(),
                    "moment" => text.is_some_and(|text| text.parse::<Timestamp>().is_ok()),
                    "date" => text.is_some_and(|text| text.parse::<Date>().is_ok()),
                    "id" => text.is_some_and(|text| text.parse::<Id>().is_ok()),
                    other => panic!("{at}: the page does not say what {other:?} is"),
                };
                if fits { None } else { fault() }
            }
            _ => fault(),
        }
    }
}

/// How each command of the page is run, in this order.
fn runs() -> Vec<(&'static str, Vec<&'static str>, &'static str)> {
    let plain = |command: &'static str| (command, command.split(' ').skip(1).collect(), "");
    let with = |command: &'static str, rest: &[&'static str]| {
        let words = command.split(' ').skip(1).chain(rest.iter().copied());
        (command, words.collect(), "correct horse battery")
    };
    let ada = |command| with(command, &["ada@example.com", "--yes"]);
    vec![
        with(
            "regstack create-admin",
            &["--email", "root@example.com", "--password-stdin"],
        ),
        with(
            "regstack users create",
            &["bob@example.com", "--invite", "-q"],
        ),
        with(
            "regstack users set-password",
            &["ada", "--password-stdin", "-q"],
        ),
        with(
            "regstack users set-email",
            &["bob", "bob@example.org", "-q"],
        ),
        with("regstack users set-name", &["bob", "Bob", "-q"]),
        with("regstack users import", &["-", "--format", "csv", "-q"]),
        with("regstack users export", &["--output", "users.jsonl", "-q"]),
        plain("regstack users list"),
        ada("regstack users show"),
        with(
            "regstack users resend-verification",
            &["ada@example.com", "-q"],
        ),
        with("regstack users send-reset", &["ada@example.com", "-q"]),
        ada("regstack users reset-mfa"),
        ada("regstack users remove-passkeys"),
        ada("regstack users promote"),
        ada("regstack users demote"),
        ada("regstack users verify"),
        with("regstack users unlink", &["ada", "google", "-q"]),
        with("regstack sessions list", &["ada"]),
        with("regstack sessions revoke", &["ada"]),
        with("regstack sessions revoke --all", &["ada"]),
        ada("regstack users lock"),
        ada("regstack users unlock"),
        with("regstack tokens revoke --user", &["ada"]),
        with("regstack tokens revoke", &["rN7z0Y_z_-uIv4PdRl1A5Q"]),
        (
            "regstack tokens inspect",
            vec!["tokens", "inspect"],
            "no.to.ken",
        ),
        plain("regstack tokens list"),
        plain("regstack keys rotate"),
        plain("regstack keys list"),
        plain("regstack keys remove"),
        with(
            "regstack service-keys create",
            &["shop", "--scope", "introspect", "-q"],
        ),
        plain("regstack service-keys list"),
        with("regstack service-keys revoke", &["shop", "--yes"]),
        plain("regstack tokens purge"),
        plain("regstack pending list"),
        with("regstack pending promote", &["carol@example.com"]),
        with("regstack pending delete", &["dave@example.com", "--yes"]),
        plain("regstack events list"),
        with("regstack events tail", &["-n", "1"]),
        with("regstack outbox list", &["-q"]),
        plain("regstack outbox retry"),
        plain("regstack outbox delete"),
        plain("regstack stats"),
        plain("regstack templates list"),
        plain("regstack templates check"),
        with("regstack templates preview", &["verification"]),
        with(
            "regstack templates eject",
            &["verification", "--to", "templates", "-q"],
        ),
        plain("regstack db status"),
        plain("regstack db migrate"),
        plain("regstack db purge"),
        with("regstack db backup", &["backup.db"]),
        with("regstack db restore", &["backup.db", "--yes", "--as-it-is"]),
        with("regstack db copy", &["--to", "sqlite:copy.db"]),
        plain("regstack config show"),
        plain("regstack config check"),
        plain("regstack config path"),
        plain("regstack doctor"),
        plain("regstack secret generate"),
        with("regstack init", &["--defaults", "--if-missing"]),
        plain("regstack secret rotate"),
        with("regstack completions", &["bash"]),
        with("regstack man", &["pages"]),
        ada("regstack users delete"),
        ada("regstack users erase"),
    ]
}

/// Links Ada's account to a person at a provider.
async fn link(place: &Place) {
    let app = place.app().await;
    let ada = Email::parse("ada@example.com").unwrap();
    let ada = app.store.user_by_email(&ada).await.unwrap().unwrap();
    let identity = Identity {
        user_id: ada.id,
        provider: ProviderId::parse("google").unwrap(),
        subject: "1".to_owned(),
        email: None,
        linked_at: ada.created_at,
        last_used_at: None,
    };
    let proof = LinkProof::VerifiedEmail(ada.email);
    let link = IdentityLink { identity, proof };
    let linked = app.store.link_identity(link, Effects::default()).await;
    assert_eq!(linked.unwrap(), LinkIdentity::Linked);
}

#[tokio::test]
async fn every_command_answers_in_the_form_that_the_page_says() {
    let forms = Forms::read();
    let place = Place::configured()
        .with_users(&["ada@example.com"])
        .with_registrations(&["carol@example.com", "dave@example.com"])
        .await;
    place.set("jwt_algorithm = \"EdDSA\"");
    let mut held = vec!["regstack serve"];
    let runs = runs();
    for (command, mut arguments, stdin) in runs.iter().cloned() {
        let outbox = place.json(&["outbox", "list", "-q"]);
        if command.starts_with("regstack outbox r") || command.starts_with("regstack outbox d") {
            let id = outbox["items"][0]["id"].as_str().unwrap().to_owned();
            arguments.extend([&*id.leak(), "--yes"]);
        }
        if command == "regstack users unlink" {
            link(&place).await;
        }
        if command == "regstack sessions list" {
            let ada = Email::parse("ada@example.com").unwrap();
            let password = Password::parse("correct horse battery".into()).unwrap();
            let accounts = place.app().await.accounts.clone();
            let origin = Origin::server();
            accounts.log_in(&ada, &password, &origin).await.unwrap();
        }
        if command == "regstack sessions revoke" {
            let sessions = place.json(&["sessions", "list", "ada"]);
            let sid = sessions["items"][0]["id"].as_str().unwrap().to_owned();
            arguments.push(sid.leak());
        }
        if command == "regstack keys remove" {
            let keys = place.json(&["keys", "list"]);
            let kid = keys["items"][0]["kid"].as_str().unwrap().to_owned();
            arguments.extend([&*kid.leak(), "--force", "--yes"]);
        }
        arguments.push("--json");
        let ran = place.run_with_stdin(&arguments, stdin);
        assert_eq!(
            (ran.code, ran.stderr.as_str()),
            (Some(0), ""),
            "{command}: {}",
            ran.stdout
        );
        let document = serde_json::from_str(&ran.stdout).unwrap();
        let form = forms.of_commands.get(command);
        let form = form.unwrap_or_else(|| panic!("{command} is not in docs/cli-json.md"));
        assert_eq!(forms.fault(form, &document, command), None);
        held.push(command);
    }
    let server = place.serve(&[]);
    let form = &forms.of_commands["regstack serve"];
    assert_eq!(forms.fault(form, &server.report, "regstack serve"), None);
    let mailed = "verify,change-email,reset";
    let validate = ["validate", &server.url(""), "--skip", mailed, "--json"];
    let ran = place.run(&validate);
    assert_eq!(ran.code, Some(1), "base_url is another: {}", ran.stdout);
    let form = &forms.of_commands["regstack validate"];
    let document = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(forms.fault(form, &document, "regstack validate"), None);
    held.push("regstack validate");
    for command in forms.of_commands.keys() {
        assert!(
            held.contains(&command.as_str()),
            "{command} is on the page and was not run"
        );
    }
}

/// The pages of the manual are the commands: a new one has to say how it answers.
#[test]
fn every_command_is_on_the_page() {
    let forms = Forms::read();
    let place = Place::empty();
    let written = place.json(&["man", "pages"]);
    let names = written["pages"].as_array().unwrap().iter();
    let names: Vec<String> = names
        .map(|page| {
            Path::new(page.as_str().unwrap())
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let documented: Vec<String> = forms
        .of_commands
        .keys()
        .map(|command| command.replace(' ', "-"))
        .collect();
    for name in &names {
        let holds_others = names
            .iter()
            .any(|other| other.starts_with(&format!("{name}-")));
        assert!(
            holds_others || documented.contains(name),
            "{name} is not in docs/cli-json.md: say there how it answers with --json, and run it in this file"
        );
    }
}

#[test]
fn the_judge_sees_what_is_wrong() {
    let mut forms = Forms::default();
    forms
        .named
        .insert("ITEM".to_owned(), serde_json::json!({"id": "id"}));
    let form = serde_json::json!({"items": ["ITEM"], "next": "text or null"});
    let id = "6b03e600439e14476a4e3b06";
    let fault = |value: Value| forms.fault(&form, &value, "it");
    assert_eq!(
        fault(serde_json::json!({"items": [{"id": id}], "next": null})),
        None
    );
    for (wrong, words) in [
        (
            serde_json::json!({"items": [{"id": id}]}),
            "it.next is missing",
        ),
        (
            serde_json::json!({"items": [{"id": id}, {"id": "7"}], "next": null}),
            "it.items[].id is",
        ),
        (serde_json::json!({"items": [], "next": 7}), "it.next is 7"),
        (
            serde_json::json!({"items": [], "next": "", "more": 1}),
            "it.more is not on the page",
        ),
        (serde_json::json!([]), "it is []"),
    ] {
        assert!(
            fault(wrong).is_some_and(|fault| fault.starts_with(words)),
            "{words}"
        );
    }
}
