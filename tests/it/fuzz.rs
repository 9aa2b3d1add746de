//! The bodies of the fuzz targets, on the inputs that are kept for them and on a few thousand others, so that they stay
//! right while nobody fuzzes. `fuzz/` runs the same functions for as long as somebody likes. With `REGSTACK_TEST_INPUTS`,
//! each is run on so many inputs that are new each time.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use regstack::internals::random::{self, SystemRandom};
use regstack::internals::{accounts, auth, config, delivery, doctor, http};

type Target = (&'static str, fn(&[u8]));

const TARGETS: &[Target] = &[
    ("cookie", http::fuzz::cookie),
    ("dkim", doctor::fuzz::dkim),
    ("dmarc", doctor::fuzz::dmarc),
    ("fluent", delivery::fuzz::fluent),
    ("forwarded", http::fuzz::forwarded),
    ("import", accounts::fuzz::import),
    ("json", http::fuzz::json),
    ("phc", auth::fuzz::phc),
    ("rate_limit", config::fuzz::rate_limit),
    ("secrets_file", config::fuzz::secrets_file),
    ("spf", doctor::fuzz::spf),
    ("token", auth::fuzz::token),
    ("toml", config::fuzz::toml),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The inputs that are kept for a target.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = folder().join("seeds").join(target);
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let seeds = files.iter().map(|file| std::fs::read(file).unwrap());
    seeds.collect()
}

/// A seed with some bytes replaced, removed, repeated, or taken from another seed.
fn near(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<Index>(), 0..4_u8, any::<u8>(), 1..16_usize);
    let pair = (select(seeds.clone()), select(seeds));
    (pair, vec(edit, 1..6)).prop_map(|((seed, other), edits)| {
        let mut bytes = seed;
        for (at, kind, byte, length) in edits {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let part = bytes[at..end].to_vec();
                    bytes.splice(at..at, part);
                }
                _ => {
                    let part = other.iter().skip(at).take(4 * length).copied();
                    let part: Vec<u8> = part.collect();
                    bytes.splice(at..end, part);
                }
            }
        }
        bytes
    })
}

fn run(target: &str, count: u32) {
    let (_, body) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "no inputs are kept for {target}");
    for seed in &seeds {
        body(seed);
    }
    let input = prop_oneof![
        6 => near(seeds),
        1 => vec(any::<u8>(), 0..200),
        1 => "\\PC{0,80}".prop_map(String::into_bytes),
    ];
    let asked = std::env::var("REGSTACK_TEST_INPUTS").ok();
    let asked = asked.map(|text| text.parse().expect("REGSTACK_TEST_INPUTS"));
    let seed = match asked {
        // The same inputs each time: only a change can make a test fail.
        None => [22; 32],
        Some(_) => random::bytes(&SystemRandom),
    };
    let config = Config {
        cases: asked.unwrap_or(count),
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let outcome = TestRunner::new_with_rng(config, rng).run(&input, |bytes| {
        body(&bytes);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{target}: {failure}"));
}

macro_rules! holds {
    ($($target:ident: $count:literal,)+) => {
        $(#[test]
        fn $target() {
            run(stringify!($target), $count);
        })+

        /// Each target has a program, inputs, and a test here.
        #[test]
        fn every_target_is_run_and_has_a_program() {
            let tested: BTreeSet<&str> = [$(stringify!($target)),+].into();
            let known: BTreeSet<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(tested, known);
            let programs = std::fs::read_dir(folder().join("fuzz_targets")).unwrap();
            let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
            let mut names = BTreeSet::new();
            for program in programs {
                let path = program.unwrap().path();
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(text.contains(&format!("::fuzz::{name}(data)")), "{text}");
                assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
                names.insert(name);
            }
            assert_eq!(names.iter().map(String::as_str).collect::<BTreeSet<_>>(), known);
        }
    };
}

holds! {
    cookie: 4000,
    dkim: 2000,
    dmarc: 2000,
    fluent: 2000,
    forwarded: 4000,
    import: 3000,
    json: 4000,
    phc: 3000,
    rate_limit: 4000,
    secrets_file: 2000,
    spf: 2000,
    token: 300,
    toml: 500,
}
