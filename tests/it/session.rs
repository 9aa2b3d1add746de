//! `docs/session.md` is true: what it shows as typed is typed into a shell, what it shows as answered must come back.

use std::process::Command;

use crate::support::process::Place;

/// The steps of the page: what is typed, and the lines that answer.
fn steps(page: &str) -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = Vec::new();
    let mut recorded = false;
    for line in page.lines() {
        if line.starts_with("```") {
            recorded = line == "```console";
        } else if let (true, Some(typed)) = (recorded, line.strip_prefix("$ ")) {
            steps.push((typed.to_owned(), String::new()));
        } else if recorded {
            let (_, answer) = steps.last_mut().expect("an answer follows what was typed");
            answer.push_str(line);
            answer.push('\n');
        }
    }
    steps
}

/// Whether an answer is as recorded, where `…` stands for anything.
fn is_as_recorded(answer: &str, recorded: &str) -> bool {
    let mut pieces = recorded.trim().split('…');
    let (first, last) = (
        pieces.next().unwrap_or_default(),
        recorded.trim().rsplit('…').next().unwrap_or_default(),
    );
    let Some(mut rest) = answer.trim().strip_prefix(first) else {
        return false;
    };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else {
            return false;
        };
        rest = after;
    }
    answer.trim().ends_with(last) && (recorded.contains('…') || rest.is_empty())
}

#[test]
fn the_recorded_session_happens_as_it_is_written() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/session.md")).unwrap();
    let steps = steps(&page);
    assert!(steps.len() > 20, "the page was read");
    let place = Place::empty();
    let server = place.serve(&["--dev", "--bind", "127.0.0.1:0"]);
    let mut script = String::from("last=\n");
    for (typed, _) in &steps {
        script += typed;
        script += "\nprintf '\\n@@step@@\\n'\n";
    }
    let shell = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .env("server", server.url(""))
        .current_dir(place.path("."))
        .output()
        .unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&shell.stdout),
        String::from_utf8_lossy(&shell.stderr),
    );
    let answers: Vec<&str> = stdout.split("@@step@@").collect();
    for ((typed, recorded), answer) in steps.iter().zip(&answers) {
        assert!(
            is_as_recorded(answer, recorded),
            "$ {typed}\nrecorded: {recorded}answered: {}\n{stderr}",
            answer.trim()
        );
    }
    assert_eq!(answers.len(), steps.len() + 1, "it stopped early: {stderr}");
}
