//! The sender's name, as a receiver reads it.

use super::*;

/// The lines of a header, and what Python's `email` package reads in it.
struct From {
    lines: Vec<String>,
    read: String,
}

async fn from_of(server: &Server, name: &str) -> From {
    let settings = EmailSettings {
        backend: EmailBackend::Smtp(server.settings()),
        from_name: Some(name.to_owned()),
        ..EmailSettings::default()
    };
    let transport = email::transport(&settings, "Acme").unwrap();
    transport.send(&mail_to("ada")).await.unwrap();
    let accepted = server.accepted();
    let raw = accepted["raw"].as_str().unwrap();
    let (head, _) = raw.split_once("\r\n\r\n").unwrap();
    let lines: Vec<&str> = head.split("\r\n").collect();
    let is_from = |line: &&str| line.starts_with("From:");
    assert_eq!(lines.iter().filter(|line| is_from(line)).count(), 1);
    assert!(!lines.iter().any(|line| line.starts_with("Bcc")), "{head}");
    let start = lines.iter().position(is_from).unwrap();
    let more = lines[start + 1..]
        .iter()
        .take_while(|line| line.starts_with([' ', '\t']));
    let lines: Vec<&str> = lines[start..=start].iter().chain(more).copied().collect();
    From {
        lines: lines.into_iter().map(str::to_owned).collect(),
        read: python_reads(lines_joined(raw).as_str()),
    }
}

fn lines_joined(raw: &str) -> String {
    raw.split_once("\r\n\r\n").unwrap().0.to_owned()
}

/// Name and address of `From` as JSON, read by Python.
fn python_reads(head: &str) -> String {
    // The newer interface of `email` puts blanks between encoded words (Python 3.11), where none belong (RFC 2047 §6.2).
    let script = "import email, json, sys\n\
        from email.header import decode_header, make_header\n\
        from email.utils import getaddresses\n\
        message = email.message_from_string(sys.argv[1] + '\\r\\n\\r\\n')\n\
        [value] = message.get_all('From')\n\
        [(name, address)] = getaddresses([''.join(value.splitlines())])\n\
        print(json.dumps([str(make_header(decode_header(name))), address]))";
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = Command::new(root.join("target/test-tools/venv/bin/python"))
        .args(["-c", script, head])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{head}\n{ran:?}");
    String::from_utf8(ran.stdout).unwrap()
}

#[tokio::test]
async fn any_name_arrives_as_it_is() {
    let server = Server::start(&[]);
    let long = "A rather long name of a rather large company ".repeat(20);
    let long = long.trim();
    let foreign = "Größe und Übermut für Ägypten ".repeat(20);
    let foreign = foreign.trim();
    for name in [
        "Acme",
        "Acme, Inc.",
        "Acme Inc.",
        "The \"Acme\" Company",
        "Back\\slash",
        "O'Neill & Söhne",
        "Bücher, \"neu\"",
        "a@b.example <c@d.example>",
        "(not a comment)",
        ",;:",
        "=?utf-8?q?Eve?=",
        "日本語の会社",
        "👩‍⚕️ Praxis",
        "e\u{301}\u{301}\u{301}",
        long,
        foreign,
        &"x".repeat(400),
        &"é".repeat(400),
    ] {
        let from = from_of(&server, name).await;
        let wanted = serde_json::json!([name, "noreply@example.com"]);
        let read: Value = serde_json::from_str(&from.read).unwrap();
        assert_eq!(read, wanted, "{:#?}", from.lines);
        for line in &from.lines {
            assert!(line.is_ascii() && line.len() <= 998, "{line}");
            let words = line
                .split_whitespace()
                .filter(|word| word.starts_with("=?"));
            let is_encoded = words.clone().count() > 0;
            assert!(!is_encoded || line.len() <= 76, "{} {line}", line.len());
            assert!(words.clone().all(|word| word.len() <= 75), "{line}");
        }
    }
}

#[tokio::test]
async fn what_would_end_the_line_becomes_a_blank() {
    let server = Server::start(&[]);
    let from = from_of(&server, "Eve\r\nBcc: mallory@example.com").await;
    let read: Value = serde_json::from_str(&from.read).unwrap();
    assert_eq!(read[0], "Eve Bcc: mallory@example.com");
}
