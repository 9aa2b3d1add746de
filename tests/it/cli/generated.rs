//! `regstack completions` and `regstack man`, and what is committed of them.
//!
//! `tests/refresh` makes completions/ and man/ anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

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
    assert_eq!(written["pages"].as_array().unwrap().len(), made.len());
    for (name, page) in &made {
        assert!(page.contains(".SH SYNOPSIS"), "{}", name.display());
        assert!(page.contains(" 1 20"), "{} has no date", name.display());
        assert!(!page.contains(&*place.path(".").to_string_lossy()));
    }
    let first = place.run(&["man"]).stdout;
    assert_eq!(made[Path::new("regstack.1")], first);
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

/// The manual says the day of the release, which is in the changelog: the same in every build.
#[test]
fn the_date_of_the_manual_is_that_of_the_release() {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        fs::read_to_string(path).unwrap()
    };
    let heading = format!("## [{}] - ", env!("CARGO_PKG_VERSION"));
    let changelog = read("CHANGELOG.md");
    let day = changelog
        .lines()
        .find_map(|line| line.strip_prefix(&heading));
    if let Some(day) = day {
        assert!(
            read("man/regstack.1").contains(day),
            "DATE in src/cli/man.rs is not {day}"
        );
    }
}
