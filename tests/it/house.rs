//! The wall of the house: which room may name which, and the few rules that every file keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which top-level modules each may name with `crate::`. Whoever needs another edge changes the design first.
const EDGES: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("random", &[]),
    ("secret", &[]),
    ("model", &["secret"]),
    ("config", &["model", "secret"]),
    ("metrics", &[]),
    ("traces", &[]),
    (
        "auth",
        &["model", "clock", "random", "secret", "config", "traces"],
    ),
    ("store", &["model", "clock"]),
    (
        "store::sqlite",
        &[
            "store", "model", "clock", "config", "metrics", "secret", "traces",
        ],
    ),
    (
        "store::mongo",
        &[
            "store", "model", "clock", "config", "metrics", "secret", "traces",
        ],
    ),
    (
        "delivery",
        &[
            "model", "clock", "random", "secret", "config", "metrics", "store", "auth", "traces",
        ],
    ),
    (
        "accounts",
        &[
            "model", "auth", "store", "delivery", "clock", "random", "secret", "config", "metrics",
        ],
    ),
    (
        "doctor",
        &["app", "config", "store", "delivery", "auth", "model"],
    ),
    (
        "http",
        &[
            "app", "accounts", "auth", "config", "metrics", "model", "delivery", "clock", "random",
            "secret", "traces",
        ],
    ),
    (
        "cli",
        &[
            "app", "accounts", "doctor", "http", "config", "model", "delivery", "clock", "random",
            "secret", "validate",
        ],
    ),
    // A client: what it knows of an installation, it reads in answers and emails.
    ("validate", &["clock", "delivery", "random", "secret"]),
    (
        "app",
        &[
            "accounts", "auth", "clock", "config", "delivery", "metrics", "model", "random",
            "secret", "store",
        ],
    ),
];

/// The engines, which only the composition root may name. Tests need one to run on.
const ENGINES: &[&str] = &["sqlite", "mongo"];

/// No file has more lines, its unit tests left aside: it would own more than one thing.
const MAX_LINES: usize = 400;
/// The same for files that are tests only: lists of behaviours.
const MAX_TEST_LINES: usize = 650;

/// A source file: its path below `src/`, its modules, its text.
struct Source {
    path: PathBuf,
    modules: Vec<String>,
    text: String,
}

impl Source {
    fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut sources = Vec::new();
        collect(&root, &root, &mut sources);
        assert!(sources.len() > 20, "only {} sources found", sources.len());
        sources
    }

    /// The row of the table that this file belongs to.
    fn room(&self) -> String {
        match self.modules.as_slice() {
            [store, engine, ..] if store == "store" && ENGINES.contains(&engine.as_str()) => {
                format!("{store}::{engine}")
            }
            [room, ..] => room.clone(),
            [] => String::new(),
        }
    }

    /// Where the file's unit tests start, or its end.
    fn unit_tests(&self) -> usize {
        [
            "#[cfg(test)]\nmod tests {",
            "#[cfg(test)]\npub(super) mod tests {",
        ]
        .iter()
        .find_map(|start| self.text.find(start))
        .unwrap_or(self.text.len())
    }

    /// Whether what stands at a position is compiled for tests only.
    fn is_test(&self, at: usize) -> bool {
        let all = self
            .modules
            .iter()
            .any(|module| module == "tests" || module == "conformance");
        all || at > self.unit_tests()
    }
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root).unwrap().to_owned();
            let stem = path.with_extension("");
            let modules = stem.iter().map(|part| part.to_str().unwrap().to_owned());
            let modules = modules
                .filter(|module| !matches!(module.as_str(), "mod" | "lib" | "main"))
                .collect();
            sources.push(Source {
                path,
                modules,
                text,
            });
        }
    }
}

/// The same text with comments and the content of string literals blanked, so that positions stay.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    let blank = |code: &mut String, part: &str| {
        code.extend(part.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
    };
    while let Some(next) = rest.chars().next() {
        let raw = rest
            .strip_prefix('r')
            .map(|after| after.len() - after.trim_start_matches('#').len());
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw.filter(|hashes| rest[1 + hashes..].starts_with('"')) {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = hashes + 2;
            rest[start..]
                .find(&end)
                .map_or(rest.len(), |at| start + at + end.len())
        } else if next == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |at| at + 2)
        } else if rest.starts_with("'\"'") {
            3
        } else {
            code.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        blank(&mut code, &rest[..length]);
        rest = &rest[length..];
    }
    code
}

/// What follows a `crate::` (or another path to the crate's root): one path, or each path of a group.
fn paths(after: &str) -> Vec<String> {
    let after = after.trim_start();
    let Some(group) = after.strip_prefix('{') else {
        let end = after
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
            .unwrap_or(after.len());
        return vec![after[..end].to_owned()];
    };
    let mut depth = 0_usize;
    let mut members = vec![String::new()];
    for character in group.chars() {
        match character {
            '}' if depth == 0 => break,
            ',' if depth == 0 => {
                members.push(String::new());
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if let Some(member) = members.last_mut() {
            member.push(character);
        }
    }
    members
        .iter()
        .map(|member| member.trim())
        .filter(|member| !member.is_empty())
        .flat_map(paths)
        .collect()
}

/// Every path to a top-level module in the code, with its position.
fn named(source: &Source) -> Vec<(usize, String)> {
    let code = code_of(&source.text);
    let crate_root = if source.modules.is_empty() {
        "regstack::"
    } else {
        "crate::"
    };
    let climb = "super::".repeat(source.modules.len());
    let mut found = Vec::new();
    for root in [crate_root, &climb] {
        if root.is_empty() {
            continue;
        }
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_none_or(|c| !(c.is_alphanumeric() || "_$:".contains(c))) {
                found.extend(
                    paths(&code[at + root.len()..])
                        .into_iter()
                        .map(|path| (at, path)),
                );
            }
        }
    }
    found
}

fn room_of(path: &str) -> &str {
    path.split("::").next().unwrap_or_default()
}

#[test]
fn no_room_names_one_it_must_not_know() {
    let rooms: BTreeSet<&str> = EDGES.iter().map(|(room, _)| *room).collect();
    let mut faults = Vec::new();
    for source in Source::all() {
        let place = source.path.display();
        let room = source.room();
        if room.is_empty() {
            if source.path == Path::new("main.rs") {
                faults.extend(
                    named(&source)
                        .iter()
                        .filter(|(_, path)| path != "run_command_line")
                        .map(|(_, path)| format!("{place}: {path}")),
                );
            }
            continue;
        }
        let Some((_, allowed)) = EDGES.iter().find(|(from, _)| *from == room) else {
            faults.push(format!("{place}: the room {room} is not in the table"));
            continue;
        };
        for (at, path) in named(&source) {
            let target = room_of(&path);
            let home = source.modules.first().is_some_and(|home| home == target);
            if rooms.contains(target) && !home && !allowed.contains(&target) {
                faults.push(format!("{place}: {room} names {target} ({path})"));
            }
            let engine = path
                .strip_prefix("store::")
                .map(room_of)
                .is_some_and(|part| ENGINES.contains(&part));
            if engine && !matches!(target, _ if home || room == "app" || source.is_test(at)) {
                faults.push(format!("{place}: {room} names a concrete engine ({path})"));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "edges that the table does not have:\n{}",
        faults.join("\n")
    );
}

#[test]
fn every_module_opens_with_what_it_owns() {
    let silent: Vec<_> = Source::all()
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "no //! at the top of {silent:?}");
}

#[test]
fn files_stay_short() {
    let mut long = Vec::new();
    for source in Source::all() {
        let (lines, most) = if source.is_test(0) {
            (source.text.lines().count(), MAX_TEST_LINES)
        } else {
            (
                source.text[..source.unit_tests()].lines().count(),
                MAX_LINES,
            )
        };
        if lines > most {
            long.push(format!(
                "{}: {lines} lines, at most {most}",
                source.path.display()
            ));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
    let main =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).unwrap();
    assert!(main.lines().count() < 40, "main.rs is only the way in");
}

#[test]
fn only_the_command_line_prints() {
    let mut faults = Vec::new();
    for source in Source::all().iter().filter(|source| source.room() != "cli") {
        let code = code_of(&source.text);
        for call in [
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "dbg!",
            "io::stdout()",
        ] {
            let word = |at: usize| {
                code[..at]
                    .chars()
                    .next_back()
                    .is_none_or(|c| !(c.is_alphanumeric() || c == '_'))
            };
            if code.match_indices(call).any(|(at, _)| word(at)) {
                faults.push(format!("{}: {call}", source.path.display()));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "prints outside cli/:\n{}",
        faults.join("\n")
    );
}

#[test]
fn the_wall_sees_every_way_to_name_a_room() {
    let source = |modules: &[&str], text: &str| Source {
        path: PathBuf::new(),
        modules: modules.iter().map(|module| (*module).to_owned()).collect(),
        text: text.to_owned(),
    };
    let rooms = |modules: &[&str], text: &str| -> Vec<String> {
        named(&source(modules, text))
            .iter()
            .map(|(_, path)| room_of(path).to_owned())
            .collect()
    };
    assert_eq!(
        rooms(&["http", "api"], "use crate::store::Store;"),
        ["store"]
    );
    assert_eq!(
        rooms(
            &["http"],
            "use crate::{accounts::{self, Error}, store,\n    cli};"
        ),
        ["accounts", "store", "cli"]
    );
    assert_eq!(
        rooms(
            &["http"],
            "fn f() { let x = crate::store::sqlite::open(); }"
        ),
        ["store"]
    );
    assert_eq!(
        rooms(&["http", "api"], "use super::super::store::Store;"),
        ["store"]
    );
    assert_eq!(rooms(&["http"], "pub(in crate::http) fn f() {}"), ["http"]);
    assert!(rooms(&["http"], "//! See [`crate::cli`].\n/* crate::cli */ const A: &str = \"crate::cli \\\" crate::cli\"; const B: &str = r#\"crate::cli\"#; $crate::x").is_empty());
    assert_eq!(
        rooms(&[], "fn main() { regstack::store::open() }"),
        ["store"]
    );
}

/// Circles that may stay: a macro and the tables that it is used for.
const CIRCLES: &[&[&str]] = &[&["config::key", "config::settings"]];

/// The modules that a file's own code takes names from; re-exports and declarations say nothing of who knows whom.
fn taken(source: &Source, known: &BTreeSet<String>) -> BTreeSet<String> {
    let own = source.modules.join("::");
    let code = code_of(&source.text[..source.unit_tests()]);
    let mut found = BTreeSet::new();
    let mut take = |path: &str| {
        // The longest beginning of the path that is a file.
        let mut parts: Vec<&str> = path.split("::").filter(|part| !part.is_empty()).collect();
        while !parts.is_empty() && !known.contains(&parts.join("::")) {
            parts.pop();
        }
        let module = parts.join("::");
        if !module.is_empty() && module != own {
            found.insert(module);
        }
    };
    let exported: String = code
        .split_inclusive(';')
        .filter(|statement| !statement.trim_start().starts_with("pub use"))
        .collect();
    for (at, _) in exported.match_indices("::") {
        let start = exported[..at]
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
            .map_or(0, |before| before + 1);
        if exported[start..at].contains("::") {
            continue;
        }
        let (mut levels, mut rest) = (0, &exported[start..]);
        while let Some(next) = rest.strip_prefix("super::") {
            (levels, rest) = (levels + 1, next);
        }
        let base = if let Some(next) = rest.strip_prefix("crate::") {
            rest = next;
            String::new()
        } else {
            rest = rest.strip_prefix("self::").unwrap_or(rest);
            let up = source.modules.len().saturating_sub(levels);
            source.modules[..up].join("::")
        };
        for path in paths(rest) {
            take(&format!("{base}::{path}"));
        }
    }
    found
}

/// Files that know one another can only be understood together.
#[test]
fn no_two_files_know_each_other() {
    let sources: Vec<Source> = Source::all()
        .into_iter()
        .filter(|source| !source.modules.is_empty() && !source.is_test(0))
        .collect();
    let known: BTreeSet<String> = sources
        .iter()
        .map(|source| source.modules.join("::"))
        .collect();
    // A module and its parts are one thing: what a part takes from the module above it makes no circle.
    let above = |a: &str, b: &str| b.starts_with(&format!("{a}::"));
    let arrows: BTreeMap<String, BTreeSet<String>> = sources
        .iter()
        .map(|source| {
            let from = source.modules.join("::");
            let mut targets = taken(source, &known);
            targets.retain(|to| !above(&from, to) && !above(to, &from));
            (from, targets)
        })
        .collect();
    let reaches = |from: &str, to: &str| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from];
        while let Some(module) = next.pop() {
            for target in arrows.get(module).into_iter().flatten() {
                if target == to {
                    return true;
                }
                if seen.insert(target.as_str()) {
                    next.push(target);
                }
            }
        }
        false
    };
    let may_stay = |module: &str| {
        CIRCLES
            .iter()
            .any(|circle| circle.iter().any(|part| module.starts_with(part)))
    };
    let mut circles = Vec::new();
    for (from, targets) in &arrows {
        for to in targets {
            if !may_stay(from) && reaches(to, from) {
                circles.push(format!("{from} -> {to}"));
            }
        }
    }
    assert!(
        circles.is_empty(),
        "arrows that are part of a circle:\n{}",
        circles.join("\n")
    );
}

/// Words that the glossary replaced, in names and in prose.
const REPLACED: &[(&str, &str)] = &[
    ("Happening", "AccountEvent"),
    ("Herald", "TestAnnouncer"),
    ("MOST_", "MAX_"),
    ("LONGEST_", "MAX_"),
    ("LEAST_", "MIN_"),
    ("untell", "discard"),
    ("oversee", "outbox"),
    ("dishonoured", "refused"),
];

#[test]
fn replaced_words_do_not_come_back() {
    let mut found = Vec::new();
    for source in Source::all() {
        for (number, line) in source.text.lines().enumerate() {
            for (word, instead) in REPLACED {
                if line.contains(word) {
                    let place = source.path.display();
                    found.push(format!("{place}:{}: {word}, say {instead}", number + 1));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Each file or folder that a recipe names is there.
#[test]
fn the_recipes_name_files_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    let recipes = text.split("## Recipes").nth(1).unwrap();
    let named: Vec<&str> = recipes
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains('/') && !name.contains("NAME"))
        .collect();
    assert!(named.len() > 30, "only {named:?}");
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !root.join(name).exists())
        .collect();
    assert!(missing.is_empty(), "CONTRIBUTING.md names {missing:?}");
    assert_eq!(recipes.matches("\n### ").count(), 10, "ten recipes");
    let mail = recipes.split("### A mail\n").nth(1).unwrap();
    let steps = mail.lines().take_while(|line| !line.is_empty());
    let steps: Vec<&str> = steps.collect();
    // The first step names two files; all others one each.
    assert_eq!(steps.len() + 1, 4, "a mail takes four files: {steps:?}");
    assert!(!mail.starts_with("1. `templates/`: `NAME.subject.txt`"));
}
