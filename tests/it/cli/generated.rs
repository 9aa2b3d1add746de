//! `regstack completions` and `regstack man`, and what is committed of them.
//!
//! `tests/refresh` makes completions/ and man/ anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regstack::internals::clock::{Clock as _, SystemClock};

use crate::support::process::Place;

/// Shells, and the files that they look for.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "regstack.bash"),
    ("elvish", "regstack.elv"),
    ("fish", "regstack.fish"),
    ("powershell", "_regstack.ps1"),
    ("zsh", "_regstack"),
];

fn files_of(folder: &Path) -> BTreeMap<PathBuf, String> {
    let Ok(files) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let files = files.map(|file| file.unwrap().path());
    let read = files.map(|file| {
        let text = fs::read_to_string(&file).unwrap();
        (file.file_name().unwrap().into(), text)
    });
    read.collect()
}

fn is_committed(folder: &str, made: &BTreeMap<PathBuf, String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if std::env::var_os("REGSTACK_REFRESH").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        for (name, text) in made {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let committed = files_of(&folder);
    let differ: Vec<_> = made
        .keys()
        .chain(committed.keys())
        .filter(|name| made.get(*name) != committed.get(*name))
        .collect();
    assert!(
        differ.is_empty(),
        "{} is not what the commands are: {differ:?}\ntests/refresh makes them anew",
        folder.display()
    );
}

#[test]
fn the_completions_are_those_of_the_commands() {
    let place = Place::empty();
    let made = SHELLS.map(|(shell, file)| {
        let ran = place.run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        assert!(ran.stdout.contains("resend-verification"), "{shell}");
        assert!(ran.stdout.contains("twilio-account-sid"), "{shell}");
        // Some scripts know what is hidden, too.
        if ["fish", "zsh"].contains(&shell) {
            assert!(!ran.stdout.contains("twilio-auth-token"), "{shell}");
        }
        (PathBuf::from(file), ran.stdout)
    });
    is_committed("completions", &made.into());
    place
        .run(&["completions", "tcsh"])
        .refused(2, &["tcsh", "bash, elvish, fish, powershell, zsh"]);
}

#[test]
fn the_manual_is_that_of_the_commands() {
    let place = Place::empty();
    let written = place.json(&["man", "pages"]);
    let made = files_of(&place.path("pages"));
    let first = place.run(&["man"]).stdout;
    assert_eq!(made[Path::new("regstack.1")], first);
    let made = if std::env::var_os("REGSTACK_REFRESH").is_some() {
        dated(made)
    } else {
        made
    };
    assert_eq!(written["pages"].as_array().unwrap().len(), made.len());
    for (name, page) in &made {
        assert!(page.contains(".SH SYNOPSIS"), "{}", name.display());
        assert!(page.contains(" 1 20"), "{} has no date", name.display());
        assert!(!page.contains(&*place.path(".").to_string_lossy()));
    }
    assert!(made.contains_key(Path::new("regstack-users-delete.1")));
    let init = &made[Path::new("regstack-init.1")];
    assert!(init.contains("[\\-\\-set <KEY=VALUE>]"), "{init}");
    let pages = made.keys().map(|name| place.path("pages").join(name));
    let linted = std::process::Command::new("mandoc")
        .arg("-Tlint")
        .args(pages)
        .output()
        .expect("mandoc is needed: apt-get install mandoc, or tests/run, which installs it");
    assert_eq!(String::from_utf8_lossy(&linted.stdout), "");
    is_committed("man", &made);
}

/// A shell that takes the script completes with it.
#[test]
fn bash_completes_commands() {
    let place = Place::empty();
    place.write("regstack.bash", &place.run(&["completions", "bash"]).stdout);
    let script = "source regstack.bash; COMP_WORDS=(regstack users res); COMP_CWORD=2; \
                  _regstack regstack res users; echo \"${COMPREPLY[@]}\"";
    let output = std::process::Command::new("bash")
        .args(["-c", script])
        .current_dir(place.path("."))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        said.trim(),
        "reset-mfa resend-verification",
        "{:?}",
        output.stderr
    );
}

/// What the manual should be dated, if that is known: the day of this version's release.
fn released() -> Option<String> {
    let heading = format!("## [{}] - ", env!("CARGO_PKG_VERSION"));
    let changelog = read("CHANGELOG.md");
    let day = changelog
        .lines()
        .find_map(|line| line.strip_prefix(&heading));
    day.map(|day| day.trim().to_owned())
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).unwrap()
}

/// The day in the source, between its quotes.
fn day_in(source: &str) -> &str {
    let (_, after) = source.split_once("const DATE: &str = \"").unwrap();
    after.split_once('"').unwrap().0
}

/// The pages under the day that they should have: another one than before if they say something else than before.
fn dated(made: BTreeMap<PathBuf, String>) -> BTreeMap<PathBuf, String> {
    let source = read("src/cli/man.rs");
    let old = day_in(&source);
    let committed = files_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("man"));
    let is_new = made != committed;
    let day = match released() {
        Some(day) => day,
        None if is_new => SystemClock.now().strftime("%F").to_string(),
        None => old.to_owned(),
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/man.rs");
    if day != old {
        fs::write(path, source.replacen(old, &day, 1)).unwrap();
    }
    let pages = made.into_iter();
    pages
        .map(|(name, page)| (name, page.replacen(old, &day, 1)))
        .collect()
}

/// The manual has the day of its version's release, or else of a day that has been, and of no day before an earlier release:
/// the same in every build.
#[test]
fn the_date_of_the_manual_is_that_of_the_release() {
    let source = read("src/cli/man.rs");
    let day = day_in(&source);
    if let Some(released) = released() {
        assert_eq!(day, released, "tests/refresh dates the manual");
    }
    let date: jiff::civil::Date = day.parse().unwrap();
    let tomorrow = SystemClock.now() + jiff::SignedDuration::from_hours(24);
    assert!(day <= &*tomorrow.strftime("%F").to_string(), "{date}");
    let changelog = read("CHANGELOG.md");
    let headings = changelog.lines().filter(|line| line.starts_with("## ["));
    for earlier in headings.filter_map(|line| line.split_once("] - ")) {
        assert!(earlier.1 <= day, "{day} is before {}", earlier.1);
    }
    let place = Place::empty();
    let mut command = place.command(&["man"]);
    // Nothing of the machine has a say in it.
    command
        .env("SOURCE_DATE_EPOCH", "0")
        .env("TZ", "Pacific/Apia");
    let page = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let title = page.lines().find(|line| line.starts_with(".TH")).unwrap();
    assert!(title.contains(&format!(" 1 {day} ")), "{title}");
}
