//! `docs/security.md`: every property names tests that are there, every requirement of the ASVS has an answer, and the tables are
//! those of `docs/security/`.
//!
//! `tests/refresh` writes the tables again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

const DOCUMENT: &str = "docs/security.md";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Properties {
    theme: Vec<Theme>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Theme {
    name: String,
    property: Vec<Property>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Property {
    is: String,
    tests: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirements {
    chapter: Vec<Chapter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    number: u8,
    name: String,
    /// Requirements that are answered together, parted by blanks; the answer; where it is to be found.
    rows: Vec<(String, Answer, String)>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Met,
    NotMet,
    Host,
    NotApplicable,
}

impl Answer {
    const ALL: [Self; 4] = [Self::Met, Self::NotMet, Self::Host, Self::NotApplicable];

    fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "**not met**",
            Self::Host => "yours",
            Self::NotApplicable => "n/a",
        }
    }
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn properties() -> Properties {
    toml::from_str(&read("docs/security/properties.toml")).unwrap()
}

fn requirements() -> Requirements {
    toml::from_str(&read("docs/security/asvs.toml")).unwrap()
}

/// A test of a source file: whether it only runs when it is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Always,
    InTheFullRun,
}

/// The tests of a source file. Those of the conformance suite are the ones in its list, and macros take names too.
fn tests_of(path: &str, text: &str) -> BTreeMap<String, Kind> {
    let mut found = BTreeMap::new();
    let mut attributes = String::new();
    let mut listed = None;
    for line in text.lines() {
        let line = line.trim();
        if let Some(names) = &mut listed {
            if line == "}" {
                listed = None;
            } else {
                found.insert(line.to_owned(), Kind::Always);
                *names += 1;
            }
        } else if line == "on_both_engines! {" {
            listed = Some(0);
        } else if line.starts_with("#[") {
            attributes.push_str(line);
        } else if let Some(name) = function(line) {
            if attributes.contains("test]") || attributes.contains("test(flavor") {
                let kind = if attributes.contains("#[ignore") {
                    Kind::InTheFullRun
                } else {
                    Kind::Always
                };
                found.insert(name.to_owned(), kind);
            }
            attributes.clear();
        } else if !line.starts_with("//") {
            attributes.clear();
        }
    }
    if let Some(theme) = path.strip_prefix("src/store/conformance/") {
        let theme = format!("{}::", theme.trim_end_matches(".rs"));
        let list = read("src/store/conformance.rs");
        let names = list.lines().map(str::trim);
        let names = names.filter_map(|line| line.strip_prefix(&theme));
        found.extend(names.map(|name| (name.to_owned(), Kind::Always)));
    }
    found
}

/// The name of the function that a line begins.
fn function(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    line.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// What a test named `path::function` is.
fn find(test: &str) -> Result<Kind, String> {
    let (path, name) = test
        .split_once("::")
        .ok_or_else(|| format!("{test} isn't path::function"))?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let source = fs::read_to_string(file).map_err(|error| format!("{path}: {error}"))?;
    let listed = tests_of(path, &source);
    let kind = listed.get(name).copied();
    kind.ok_or_else(|| format!("{path} has no test {name}"))
}

#[test]
fn every_property_names_tests_that_are_there() {
    let mut faults = Vec::new();
    let mut known = BTreeSet::new();
    let properties = properties();
    for property in properties.theme.iter().flat_map(|theme| &theme.property) {
        if property.tests.is_empty() {
            faults.push(format!("no test: {}", property.is));
        }
        if !known.insert(&property.is) || !property.is.ends_with('.') {
            // Each is one sentence or more, and stands once.
            faults.push(format!("twice, or no sentence: {}", property.is));
        }
        faults.extend(property.tests.iter().filter_map(|test| find(test).err()));
    }
    assert!(known.len() > 100, "only {} properties", known.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whether something in backticks is a file, or a test in one.
fn is_path(name: &str) -> bool {
    let file = name.split("::").next().unwrap_or_default();
    let kinds = ["rs", "md", "toml", "lock"];
    let kind = Path::new(file).extension();
    kind.is_some_and(|kind| kinds.iter().any(|known| *known == kind))
}

/// Every requirement of level 1 and 2 is answered once.
#[test]
fn every_requirement_of_the_asvs_has_an_answer() {
    let wanted = read("tests/fixtures/asvs-5.0.0.txt");
    let wanted: BTreeSet<&str> = wanted.split_whitespace().collect();
    assert_eq!(wanted.len(), 253, "of levels 1 and 2");
    let requirements = requirements();
    let mut answered = BTreeSet::new();
    let mut faults = Vec::new();
    for chapter in &requirements.chapter {
        for (ids, answer, place) in &chapter.rows {
            if place.is_empty() {
                faults.push(format!("{ids}: an empty answer"));
            }
            // What is met is met somewhere: a document, a source or a test, all of which are there.
            let named = place.split('`').skip(1).step_by(2);
            let named: Vec<&str> = named.filter(|name| is_path(name)).collect();
            if *answer == Answer::Met && named.is_empty() {
                faults.push(format!("{ids}: met where?"));
            }
            for name in named {
                if name.contains("::") {
                    faults.extend(find(name).err());
                } else if !Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists() {
                    faults.push(format!("{ids}: {name} isn't there"));
                }
            }
            for id in ids.split(' ') {
                if !answered.insert(id.to_owned()) {
                    faults.push(format!("{id} twice"));
                }
                let of_chapter = format!("V{}.", chapter.number);
                if !id.starts_with(&of_chapter) {
                    faults.push(format!("{id} in chapter {}", chapter.number));
                }
            }
        }
    }
    let answered: BTreeSet<&str> = answered.iter().map(String::as_str).collect();
    faults.extend(
        wanted
            .difference(&answered)
            .map(|id| format!("{id} has no answer")),
    );
    faults.extend(
        answered
            .difference(&wanted)
            .map(|id| format!("{id} isn't of level 1 or 2")),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The tests of a property as they stand in its row: a link for each file.
fn guards(tests: &[String]) -> String {
    let mut files: Vec<(&str, Vec<String>)> = Vec::new();
    for test in tests {
        let (path, name) = test.split_once("::").unwrap();
        let mark = match find(test) {
            Ok(Kind::InTheFullRun) => " (`tests/run --full`)",
            _ => "",
        };
        let name = format!("`{name}`{mark}");
        match files.last_mut() {
            Some((file, names)) if *file == path => names.push(name),
            _ => files.push((path, vec![name])),
        }
    }
    let files = files.iter().map(|(path, names)| {
        let short = path
            .trim_start_matches("tests/it/")
            .trim_start_matches("src/");
        format!("[{short}](../{path}): {}", names.join(", "))
    });
    files.collect::<Vec<_>>().join("<br>")
}

fn property_tables() -> String {
    let mut text = String::new();
    for theme in properties().theme {
        let _ = write!(
            text,
            "### {}\n\n| property | guarded by |\n|---|---|\n",
            theme.name
        );
        for property in theme.property {
            let _ = writeln!(text, "| {} | {} |", property.is, guards(&property.tests));
        }
        text.push('\n');
    }
    text
}

fn requirement_tables() -> String {
    let requirements = requirements();
    let mut text = "| chapter |".to_owned();
    let words = Answer::ALL.map(|answer| answer.words().trim_matches('*'));
    let _ = write!(
        text,
        " {} |\n|---|{}\n",
        words.join(" | "),
        "---|".repeat(words.len())
    );
    let mut all = [0; 4];
    for chapter in &requirements.chapter {
        let mut counts = [0; 4];
        for (ids, answer, _) in &chapter.rows {
            counts[*answer as usize] += ids.split(' ').count();
        }
        let cells = counts.map(|count| count.to_string()).join(" | ");
        let _ = writeln!(text, "| V{} {} | {cells} |", chapter.number, chapter.name);
        for (sum, count) in all.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    let cells = all.map(|count| count.to_string()).join(" | ");
    let _ = writeln!(text, "| all | {cells} |\n");
    for chapter in &requirements.chapter {
        let _ = write!(
            text,
            "### V{} {}\n\n| requirement | | |\n|---|---|---|\n",
            chapter.number, chapter.name
        );
        for (ids, answer, place) in &chapter.rows {
            let ids = ids.replace('V', "").replace(' ', ", ");
            let _ = writeln!(text, "| {ids} | {} | {place} |", answer.words());
        }
        text.push('\n');
    }
    text
}

/// The document with a part between its marks replaced.
fn with_part(document: &str, name: &str, part: &str) -> String {
    let (begin, end) = (
        format!("<!-- {name}: generated -->\n"),
        format!("<!-- end of {name} -->"),
    );
    let (before, rest) = document.split_once(&begin).expect(&begin);
    let (_, after) = rest.split_once(&end).expect(&end);
    format!("{before}{begin}\n{part}{end}{after}")
}

#[test]
fn the_document_has_the_tables_as_they_are() {
    let document = read(DOCUMENT);
    let fresh = with_part(&document, "properties", &property_tables());
    let fresh = with_part(&fresh, "asvs", &requirement_tables());
    if std::env::var_os("REGSTACK_REFRESH").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT), &fresh).unwrap();
    } else {
        assert!(
            document == fresh,
            "{DOCUMENT} is stale: tests/refresh writes it again"
        );
    }
}

#[test]
fn tests_are_found_and_nothing_else() {
    let text = "
        #[test]
        fn one() {}
        /// A helper.
        fn helper() {}
        #[tokio::test(flavor = \"multi_thread\", worker_threads = 2)]
        #[ignore = \"slow\"]
        async fn two() {}
        #[derive(Debug)]
        struct Three;
        #[cfg(test)]
        mod tests {}
        fn four() {}
    on_both_engines! {
        five
    }
    async fn five(kind: Kind) {}";
    let found = tests_of("tests/it/x.rs", text);
    let expected = [
        ("five", Kind::Always),
        ("one", Kind::Always),
        ("two", Kind::InTheFullRun),
    ];
    let expected = expected.map(|(name, kind)| (name.to_owned(), kind));
    assert_eq!(found, expected.into());
    for absent in [
        "tests/it/security.rs::tests_of",
        "tests/it/security.rs::none",
        "tests/it/none.rs::none",
        "src/store/conformance/sessions.rs::cut_off",
        "nothing",
    ] {
        assert!(find(absent).is_err(), "{absent}");
    }
    for there in [
        "tests/it/security.rs::tests_are_found_and_nothing_else",
        "tests/it/api/sessions.rs::nobody_ends_the_session_of_another",
        "src/store/conformance/sessions.rs::a_token_is_revoked_once",
    ] {
        assert_eq!(find(there), Ok(Kind::Always), "{there}");
    }
}

/// Where something secret is compared. A comparison by `==` would stop at the first byte that differs.
const COMPARISONS: &[(&str, &str)] = &[
    ("src/accounts/oauth/mod.rs", "fn take_underway"),
    ("src/auth/foreign/mod.rs", "fn matches"),
    ("src/auth/id_token.rs", "fn judge("),
    ("src/auth/passkeys/relying_party.rs", "fn check_client"),
    ("src/auth/stored_hashes.rs", "fn is_match"),
    ("src/auth/totp.rs", "fn find"),
    ("src/model/proof.rs", "fn matches"),
    ("src/model/service_key.rs", "fn is("),
    ("src/secret.rs", "fn equal"),
];

#[test]
fn secrets_are_compared_in_constant_time() {
    let mut without = Vec::new();
    for (path, name) in COMPARISONS {
        let text = read(path);
        let (_, body) = text
            .split_once(name)
            .unwrap_or_else(|| panic!("{path} has no {name}"));
        // Up to the next function.
        let body = body.split("fn ").next().unwrap_or_default();
        if !body.contains("secret::equal(") && !body.contains(".ct_eq(") {
            without.push(format!("{path}: {name}"));
        }
    }
    assert!(without.is_empty(), "{without:?}");
}
