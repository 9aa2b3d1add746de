//! README and docs are true and plain: every link leads somewhere, every command is one that `regstack` understands, and
//! words that the glossary replaced stay away.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// README, CONTRIBUTING, CHANGELOG, docs/ and examples/.
fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap();
    let mut paths: Vec<_> = docs.map(|file| file.unwrap().path()).collect();
    paths.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root.join(name)));
    let examples = fs::read_dir(root.join("examples")).unwrap();
    let examples = examples.map(|file| file.unwrap().path());
    paths.push(root.join("examples/README.md"));
    paths.extend(
        examples
            .map(|folder| folder.join("README.md"))
            .filter(|file| file.exists()),
    );
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "md"));
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// The lines of a document, each with whether it stands in a block of code.
fn lines(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut inside = false;
    text.lines().filter_map(move |line| {
        if line.trim_start().starts_with("```") {
            inside = !inside;
            return None;
        }
        Some((inside, line))
    })
}

/// What a heading is called in a link, as GitHub makes it.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = lines(text).filter(|(inside, line)| !inside && line.starts_with('#'));
    headings
        .map(|(_, line)| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter_map(|character| match character {
                ' ' => Some('-'),
                '-' | '_' => Some(character),
                other => other.is_alphanumeric().then_some(other),
            });
            kept.collect()
        })
        .collect()
}

/// The targets of Markdown links: `[…](target)`.
fn links(text: &str) -> Vec<&str> {
    let prose = lines(text).filter(|(inside, _)| !inside);
    prose
        .flat_map(|(_, line)| line.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let documents = documents();
    let mut followed = 0;
    let mut broken = Vec::new();
    for (path, text) in &documents {
        for link in links(text).into_iter().filter(|link| !link.contains("://")) {
            followed += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                path.clone()
            } else {
                path.parent().unwrap().join(file)
            };
            let leads = if anchor.is_empty() {
                target.exists()
            } else {
                fs::read_to_string(&target).is_ok_and(|text| anchors(&text).contains(anchor))
            };
            if !leads {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(followed > 25, "only {followed} links were found");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A command as a shell would take it apart, as far as our documents go: the words up to a pipe, a redirection or a comment.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut quote, mut inside) = (None, false);
    for character in command.chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '\'' | '"') => (quote, inside) = (Some(character), true),
            (None, '#') if !inside => break,
            (None, '|' | '>' | '<' | ';' | '&' | '`') => break,
            (None, ' ' | '\n') => {
                if inside {
                    words.push(std::mem::take(&mut word));
                }
                inside = false;
            }
            _ => {
                word.push(character);
                inside = true;
            }
        }
    }
    if inside {
        words.push(word);
    }
    words
}

/// The commands in a document's blocks of code; and those named in its sentences, which may lack what they need.
fn commands(text: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let joined = text.replace("\\\n", " ");
    let (mut whole, mut named) = (Vec::new(), Vec::new());
    for (inside, line) in lines(&joined) {
        if inside {
            for piece in line.split('|') {
                let words = words(piece.trim_start().trim_start_matches("$ "));
                let is_before = |word: &&String| {
                    ["sudo", "-u", "env", "regstack"].contains(&word.as_str()) || word.contains('=')
                };
                let before = words.iter().take_while(is_before).count();
                // `sudo -u regstack regstack init`: the last of those is the program.
                if before > 0 && words[before - 1] == "regstack" && before < words.len() {
                    whole.push(words[before..].to_vec());
                }
            }
        } else {
            for span in line.split('`').skip(1).step_by(2) {
                if let Some(rest) = span.strip_prefix("regstack ") {
                    named.push(words(rest));
                }
            }
        }
    }
    (whole, named)
}

/// Whether only something is missing.
fn is_incomplete(fault: &clap::Error) -> bool {
    use clap::error::ErrorKind;
    matches!(
        fault.kind(),
        ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::InvalidValue
    )
}

#[test]
fn every_command_is_understood() {
    let (mut understood, mut refused) = (0, Vec::new());
    for (path, text) in documents() {
        let (whole, named) = commands(&text);
        let all = whole.iter().map(|words| (words, true));
        for (words, is_whole) in all.chain(named.iter().map(|words| (words, false))) {
            // What stands for something, and the first line of what the server prints.
            if words.iter().any(|word| word.contains('…'))
                || words[0].starts_with(|first: char| first.is_ascii_digit())
            {
                continue;
            }
            match regstack::internals::cli::check(words) {
                Err(fault) if fault.use_stderr() && (is_whole || !is_incomplete(&fault)) => {
                    refused.push(format!(
                        "{}: regstack {}\n{fault}",
                        path.display(),
                        words.join(" ")
                    ));
                }
                _ => understood += 1,
            }
        }
    }
    assert!(understood > 60, "only {understood} commands were found");
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn commands_are_found_and_taken_apart() {
    let text = "Run `regstack users list` or:\n```\n$ sudo -u regstack env A=1 \\\n  regstack init --app-name 'My app' > out  # why\n\
                pbpaste | regstack tokens inspect\nregstack 0.2.0 serves\n```\n";
    let (whole, named) = commands(text);
    assert_eq!(named, [["users", "list"]]);
    assert_eq!(whole[0], ["init", "--app-name", "My app"]);
    assert_eq!(whole[1], ["tokens", "inspect"]);
}

/// Words that people don't read, in README and docs, help, settings and English messages: those that the glossary replaced, and
/// those of sentences that have to be read twice. Each with what to write.
const REPLACED: &[(&str, &str)] = &[
    ("whoever", "people who, anyone who"),
    ("somebody", "someone"),
    ("anybody", "anyone"),
    ("everybody", "everyone"),
    ("anew", "again"),
    ("beside", "next to"),
    ("likewise", "the same"),
    ("by itself", "automatically"),
    ("by themselves", "automatically"),
    ("is told", "is notified"),
    ("are told", "are notified"),
    ("any more", "anymore, no longer"),
    ("behaviour", "behavior"),
    ("colour", "color"),
    ("sign in", "log in"),
    ("signed in", "logged in"),
    ("sign out", "log out"),
    ("signed out", "logged out"),
    ("throttled", "locked out"),
    ("superuser", "administrator"),
    ("proven", "verified"),
    ("unproven", "unverified"),
    ("2fa", "two-step verification"),
    ("as good as none", "without effect"),
    ("none of ours", "not ours"),
    ("switched off", "turned off, disabled"),
    ("in the clear", "unencrypted"),
    ("opens nothing", "isn't valid"),
    ("stands for itself", "say it plainly"),
];

/// What of a line people read as prose: all but code.
fn prose(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The texts, a name and a line each.
fn read_by_people() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut read = Vec::new();
    let mut add = |name: &str, line: String| read.push((name.to_owned(), line));
    for (path, text) in documents() {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let outside = lines(&text).filter(|(inside, _)| !inside);
        outside.for_each(|(_, line)| add(&name, prose(line)));
    }
    let example = fs::read_to_string(root.join("regstack.toml.example")).unwrap();
    let comments = example.lines().filter_map(|line| line.strip_prefix("# "));
    comments.for_each(|line| add("regstack.toml.example", prose(line)));
    for file in ["en.ftl", "console/en.ftl"] {
        let messages = fs::read_to_string(root.join("templates/locales").join(file)).unwrap();
        // The name of a message is none of its words.
        let words = messages
            .lines()
            .map(|line| line.split_once(" = ").unwrap_or(("", line)).1);
        words.for_each(|line| add(file, line.to_owned()));
    }
    for page in fs::read_dir(root.join("man")).unwrap() {
        let page = page.unwrap();
        let name = page.file_name().into_string().unwrap();
        let text = fs::read_to_string(page.path()).unwrap();
        // Flags and examples are code.
        let prose = text
            .lines()
            .filter(|line| !line.contains("\\-\\-") && !line.contains("\\f"));
        prose.for_each(|line| add(&name, line.to_owned()));
    }
    sentences_of(&root.join("src"), &mut read);
    read
}

/// The sentences in the program: texts in quotation marks of three words at least, outside of comments and unit tests.
fn sentences_of(folder: &Path, read: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.is_dir() {
            if !name.ends_with("tests") && !name.ends_with("conformance") {
                sentences_of(&path, read);
            }
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let code = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n").replace("\\\"", "'");
            let texts = code.split('"').skip(1).step_by(2);
            let sentences = texts.filter(|text| text.split(' ').count() > 2);
            read.extend(sentences.map(|text| (name.clone(), text.to_owned())));
        }
    }
}

#[test]
fn words_that_were_replaced_do_not_come_back() {
    let read = read_by_people();
    assert!(read.len() > 3000, "only {} lines were read", read.len());
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut found = Vec::new();
    for (name, line) in &read {
        let line = line.to_lowercase();
        for (word, instead) in REPLACED {
            let stands = |at: usize| {
                let before = line[..at].chars().next_back();
                let after = line[at + word.len()..].chars().next();
                !before.is_some_and(is_word) && !after.is_some_and(is_word)
            };
            if line.match_indices(word).any(|(at, _)| stands(at)) {
                found.push(format!("{name}: {line}\n  {word}: write {instead}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
