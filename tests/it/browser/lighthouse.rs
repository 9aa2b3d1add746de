//! What Lighthouse says of the pages that people see first: at least 95 of 100 in each of its four categories.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use regstack::internals::config::Transport;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use super::served_with;
use crate::support::actor::{PASSWORD, Requests as _};

const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];
const LEAST: f64 = 95.0;

/// Lighthouse's report on a page, for somebody who has this cookie.
async fn report(address: &str, cookie: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = root.join("target/test-tools/clients/node_modules/.bin/lighthouse");
    assert!(
        program.exists(),
        "lighthouse is missing: run tests/run --full"
    );
    let folder = tempfile::tempdir().unwrap();
    let headers = folder.path().join("headers.json");
    fs::write(&headers, json!({"Cookie": cookie}).to_string()).unwrap();
    let categories = format!("--only-categories={}", CATEGORIES.join(","));
    let done = Command::new(program)
        .args([address, "--quiet", "--output=json", &categories])
        .arg(format!("--extra-headers={}", headers.display()))
        .arg("--chrome-flags=--headless=new --no-sandbox --disable-gpu")
        .env("CHROME_PATH", "/usr/bin/chromium")
        .current_dir(folder.path())
        .output()
        .await
        .unwrap();
    serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|_| panic!("{address}: {}", String::from_utf8_lossy(&done.stderr)))
}

/// What cost points in a category.
fn faults(report: &Value, category: &str) -> Vec<String> {
    let audits = report["categories"][category]["auditRefs"]
        .as_array()
        .unwrap();
    audits
        .iter()
        .filter(|audit| audit["weight"].as_f64().is_some_and(|weight| weight > 0.0))
        .map(|audit| &report["audits"][audit["id"].as_str().unwrap()])
        .filter(|audit| audit["score"].as_f64().is_some_and(|score| score < 0.9))
        .map(|audit| format!("{} {}", audit["title"], audit["displayValue"]))
        .collect()
}

#[tokio::test]
#[ignore = "needs npm, and a machine that does little else: tests/run --full"]
async fn lighthouse_gives_ninety_five_in_every_category() {
    let served = served_with(Transport::Cookie, |settings| {
        settings.features.enable_admin_router = true;
    })
    .await;
    served.account("ada@example.com", |_| ()).await;
    let login = served
        .request(Method::POST, "/login")
        .header("x-regstack-transport", "bearer")
        .json(&json!({"email": "ada@example.com", "password": PASSWORD}));
    let login = served.send(login).await;
    let session = format!("regstack_session={}", login.is(200).text("access_token"));
    let mut table = format!(
        "| page | {} |\n|---|---|---|---|---|\n",
        CATEGORIES.join(" | ")
    );
    let mut poor = Vec::new();
    for (path, cookie) in [
        ("/account/login", ""),
        ("/account/register", ""),
        ("/account/me", session.as_str()),
        ("/docs", ""),
    ] {
        let report = report(&format!("{}{path}", served.origin), cookie).await;
        let _ = write!(table, "| `{path}` |");
        for category in CATEGORIES {
            let score = report["categories"][category]["score"].as_f64().unwrap() * 100.0;
            let _ = write!(table, " {score:.0} |");
            if score < LEAST {
                poor.push(format!(
                    "{path}, {category}: {:#?}",
                    faults(&report, category)
                ));
            }
        }
        table += "\n";
        assert!(
            report["finalDisplayedUrl"]
                .as_str()
                .unwrap()
                .ends_with(path),
            "{path} led elsewhere"
        );
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/lighthouse.md");
    fs::write(file, &table).unwrap();
    assert!(poor.is_empty(), "{table}\n{}", poor.join("\n"));
}
