//! Files and keys of the Python package: they load unchanged, or are refused by name.
//!
//! The package's files are not part of this repository: `tests/run` fetches them into `target/test-tools/python`.

use std::fs;
use std::path::{Path, PathBuf};

use regstack::internals::config::{self, Engine, Fault, Loaded, Sources};
use tempfile::TempDir;

const VERSIONS: [&str; 2] = ["0.1.0", "0.9.3"];
const SECRET: &str = "a-secret-of-the-tests-0123456789abcdef";

/// A file below `target/test-tools/python`.
fn tool(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/test-tools/python")
        .join(path);
    assert!(
        path.exists(),
        "{} is missing: run tests/run",
        path.display()
    );
    path
}

/// Loads a TOML file where it lies, with a secret in the environment and nothing else.
fn load(file: &Path) -> Result<Loaded, Vec<Fault>> {
    let empty = TempDir::new().expect("a temporary folder");
    config::load(&Sources {
        config: Some(file.to_owned()),
        environment: [("REGSTACK_JWT_SECRET".to_owned(), SECRET.to_owned())].into(),
        working_dir: empty.path().to_owned(),
        ..Sources::default()
    })
    .map_err(|error| error.faults)
}

fn database(loaded: &Loaded) -> &str {
    match &loaded.settings.database.engine {
        Engine::Mongo { database, .. } => database,
        Engine::Sqlite { .. } => "SQLite",
    }
}

#[test]
fn its_example_files_load_unchanged() {
    for version in VERSIONS {
        let loaded = load(&tool(&format!("{version}/regstack.toml.example"))).unwrap();
        assert_eq!(loaded.settings.identity.app_name, "MyApp");
        assert_eq!(loaded.settings.email.from_address, "noreply@myapp.example");
        assert!(!loaded.settings.features.require_verification);
        assert_eq!(database(&loaded), "myapp");
        let warned: Vec<_> = loaded
            .warnings
            .iter()
            .map(|warning| warning.key.as_str())
            .collect();
        assert_eq!(warned, ["login_max_per_minute", "login_max_per_hour"]);
    }
    let loaded = load(&tool("0.1.0/examples/minimal/regstack.toml")).unwrap();
    assert!(loaded.settings.features.enable_ui_router);
    assert!(loaded.settings.features.require_verification);
    assert_eq!(
        loaded.settings.pages.theme_css_url.as_deref(),
        Some("/branding/theme.css")
    );
    assert_eq!(database(&loaded), "regstack_demo");
}

#[test]
fn every_key_of_it_is_known() {
    let folder = TempDir::new().unwrap();
    for version in VERSIONS {
        let keys = fs::read_to_string(tool(&format!("keys-{version}.txt"))).unwrap();
        assert!(
            keys.lines().count() > 50,
            "the list of {version} is not whole: run tests/run"
        );
        for key in keys.lines() {
            // An empty text suits no number and no flag, but it suits the question whether the name is known.
            let file = folder.path().join("regstack.toml");
            fs::write(&file, format!("{key} = \"\"\n")).unwrap();
            let faults = load(&file).err().unwrap_or_default();
            assert!(
                faults
                    .iter()
                    .all(|fault| fault.message.starts_with("must be ")),
                "{version} {key}: {faults:?}"
            );
        }
    }
}

#[test]
fn its_sign_in_through_others_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("regstack.toml");
    fs::write(
        &file,
        "enable_oauth = true\n[oauth]\ngoogle_client_id = \"x\"\n",
    )
    .unwrap();
    let faults = load(&file).unwrap_err();
    let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(keys, ["enable_oauth"]);
    assert!(
        faults
            .iter()
            .all(|fault| fault.message.contains("not built"))
    );
}
