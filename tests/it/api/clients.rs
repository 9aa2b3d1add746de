//! Clients that are made from the API document: a linter passes it, and what TypeScript and Python generate from it tells
//! answers apart by their types and works against a server.

use std::path::{Path, PathBuf};

use regstack::internals::config::{Settings, Transport};
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::served::Served;

/// A tool that `tests/run --full` installs.
fn tool(path: &str) -> PathBuf {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/test-tools/clients")
        .join(path);
    assert!(
        tool.exists(),
        "{} is missing: run tests/run --full",
        tool.display()
    );
    tool
}

/// Runs a tool in a folder; fails with what it printed.
async fn run(program: &Path, arguments: &[&str], folder: &TempDir) {
    let done = Command::new(program)
        .args(arguments)
        .current_dir(folder.path())
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .output()
        .await
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    assert!(
        done.status.success(),
        "{} {arguments:?}: {}",
        program.display(),
        String::from_utf8_lossy(&said)
    );
}

/// An application with every route there is, and the folder that holds its document.
async fn documented() -> (Served, TempDir) {
    let (served, folder) = documented_with(|_| ()).await;
    served.superuser("ada@example.com").await;
    (served, folder)
}

/// The same with other settings.
async fn documented_with(change: impl FnOnce(&mut Settings)) -> (Served, TempDir) {
    let served = Served::with(|settings| {
        settings.features.enable_admin_router = true;
        settings.features.enable_sms_2fa = true;
        settings.features.enable_totp = true;
        settings.features.enable_forward_auth = true;
        settings.tokens.session_max_seconds = 2_592_000;
        change(settings);
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let mut document = served.get("//openapi.json").await.body.clone();
    // The linter takes the host that tests have for an example that was forgotten.
    assert_eq!(
        document["servers"][0]["url"],
        served.app.settings.identity.base_url
    );
    document["servers"][0]["url"] = "https://accounts.acme.test".into();
    let file = folder.path().join("openapi.json");
    std::fs::write(file, document.to_string()).unwrap();
    (served, folder)
}

/// A file of `tests/tools/clients`, put into the folder.
fn place(file: &str, folder: &TempDir) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/clients");
    std::fs::copy(source.join(file), folder.path().join(file)).unwrap();
}

#[tokio::test]
#[ignore = "needs npm and PyPI: tests/run --full"]
async fn redocly_has_nothing_to_say_against_the_document() {
    lint(|_| ()).await;
}

#[tokio::test]
#[ignore = "needs npm and PyPI: tests/run --full"]
async fn redocly_has_nothing_to_say_against_the_document_of_sessions_in_cookies() {
    lint(|settings| settings.tokens.transport = Transport::Cookie).await;
}

async fn lint(change: impl FnOnce(&mut Settings)) {
    let (_served, folder) = documented_with(change).await;
    let arguments = [
        "lint",
        "--extends=recommended",
        "--format=stylish",
        "--max-problems=200",
        "openapi.json",
    ];
    let done = Command::new(tool("node_modules/.bin/redocly"))
        .args(arguments)
        .current_dir(folder.path())
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .output()
        .await
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    // Warnings are no failure to the linter, but they are to us.
    assert!(
        done.status.success() && !said.contains("You have"),
        "{said}"
    );
}

#[tokio::test]
#[ignore = "needs npm and PyPI: tests/run --full"]
async fn a_generated_typescript_client_narrows_types_and_works() {
    let (served, folder) = documented().await;
    place("flow.ts", &folder);
    std::os::unix::fs::symlink(tool("node_modules"), folder.path().join("node_modules")).unwrap();
    std::fs::write(folder.path().join("package.json"), r#"{"type": "module"}"#).unwrap();
    let generate = tool("node_modules/.bin/openapi-typescript");
    run(&generate, &["openapi.json", "-o", "schema.d.ts"], &folder).await;
    let compile = [
        "--strict",
        "--noUncheckedIndexedAccess",
        "--target",
        "es2022",
        "--module",
        "nodenext",
        "--types",
        "node",
        "flow.ts",
    ];
    run(&tool("node_modules/.bin/tsc"), &compile, &folder).await;
    let arguments = ["flow.js", &served.origin, "ada@example.com", PASSWORD];
    run(Path::new("node"), &arguments, &folder).await;
}

#[tokio::test]
#[ignore = "needs npm and PyPI: tests/run --full"]
async fn a_generated_python_client_narrows_types_and_works() {
    let (served, folder) = documented().await;
    place("flow.py", &folder);
    std::fs::write(folder.path().join("generator.yml"), "post_hooks: []\n").unwrap();
    let generate = [
        "generate",
        "--path",
        "openapi.json",
        "--output-path",
        "regstack_api",
        "--meta",
        "none",
        "--config",
        "generator.yml",
        "--fail-on-warning",
    ];
    // The scripts of an environment name the folder that it was made in; its modules are found wherever it is.
    let python = tool("venv/bin/python");
    let generate = [&["-m", "openapi_python_client"][..], &generate].concat();
    run(&python, &generate, &folder).await;
    let check = [
        "-m",
        "mypy",
        "--strict",
        "--follow-imports=silent",
        "flow.py",
    ];
    run(&python, &check, &folder).await;
    let arguments = ["flow.py", &served.origin, "ada@example.com", PASSWORD];
    run(&python, &arguments, &folder).await;
}
