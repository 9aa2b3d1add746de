//! Runs the official SPF test suites. They define what a receiver decides about one mail, while the doctor judges a
//! record and a mail server. For most results, the judgement follows from the result (`follows`). `suites.tsv` has the
//! judgement for each case, with the reason if it is a different one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    suite: String,
    #[serde(rename = "case")]
    name: String,
    host: String,
    domain: String,
    results: Vec<String>,
    zone: BTreeMap<String, Vec<String>>,
}

/// Returns the judgement that follows from a receiver's result.
fn follows(result: &str) -> &'static str {
    match result {
        "pass" => "covered",
        "fail" | "softfail" | "neutral" => "left out",
        "permerror" => "broken",
        "none" => "missing",
        "temperror" => "no answer",
        other => panic!("unknown result {other}"),
    }
}

/// Returns the doctor's judgement as one word.
fn word(findings: &[Finding]) -> &'static str {
    let told: Vec<String> = told(findings);
    let says = |status: &str, words: &str| {
        let mut lines = told.iter().filter(|line| line.starts_with(status));
        lines.any(|line| line.contains(words))
    };
    match () {
        () if says("fail", "allows anyone to send") => "open",
        () if says("fail", "has no SPF record: ")
            || says("fail d", "does not exist (NXDOMAIN)") =>
        {
            "missing"
        }
        () if says("fail", "receivers ignore the SPF record")
            || says("fail", "receivers stop at")
            || says("fail", "receivers use none of them") =>
        {
            "broken"
        }
        () if says("fail", "does not exist (NXDOMAIN)") => "missing",
        () if says("fail", "in time") => "no answer",
        () if says("fail", "") => "other",
        () if says("warn", "doesn't cover") => "left out",
        () if says("warn", "depends on") => "undecided",
        () if says("ok", "is inside") => "inside",
        () if says("ok", "covers ") => "covered",
        () => "other",
    }
}

#[tokio::test]
#[ignore = "needs the official suites, which are fetched: tests/run --full"]
async fn the_official_suites_are_judged_as_the_table_says() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-tools/spf-suites/cases.json");
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; tests/run --full fetches it", path.display()));
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    let table: BTreeMap<&str, (&str, &str)> = include_str!("suites.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut columns = line.split('\t');
            let mut next = || columns.next().unwrap_or_default();
            (next(), (next(), next()))
        })
        .collect();
    let mut met: Vec<&str> = Vec::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let full = format!("{}/{}", case.suite, case.name);
        // A row may be for one suite or for both.
        let row = table.get_key_value(full.as_str());
        let row = row.or_else(|| table.get_key_value(case.name.as_str()));
        let records: Vec<(&str, &str)> = case
            .zone
            .iter()
            .flat_map(|(name, records)| {
                records
                    .iter()
                    .map(|record| (name.as_str(), record.as_str()))
            })
            .collect();
        let sender = Sender::new(case.domain.as_str(), Relay::Host(case.host.clone()));
        let findings = check(&Zone::of(&records), &sender).await;
        let judgement = word(&findings);
        let is_expected = case
            .results
            .iter()
            .any(|result| follows(result) == judgement);
        match row {
            Some((name, (wanted, why))) => {
                met.push(name);
                if *wanted != judgement || why.is_empty() != is_expected {
                    wrong.push(format!(
                        "{full}\t{judgement}\t{why} ({:?}): {:?}",
                        case.results,
                        told(&findings)
                    ));
                }
            }
            None => wrong.push(format!(
                "{full}\t{judgement}\t ({:?}): {:?}",
                case.results,
                told(&findings)
            )),
        }
    }
    let unmet: Vec<&&str> = table.keys().filter(|name| !met.contains(name)).collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
    assert!(unmet.is_empty(), "rows of no case: {unmet:?}");
}
