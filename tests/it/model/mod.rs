//! Random sequences of requests by several people and an administrator, against a reference model that predicts each
//! answer: its status, its code, how long a lockout lasts, the account in it, and whether a mail with a link arrives.
//!
//! Each sequence has a seed. A sequence that differs is cut down to the steps that matter, and printed with its seed, with
//! which it runs again:
//!
//! ```text
//! REGSTACK_TEST_SEED=17 cargo test --features internals --test it -- model::on_sqlite
//! ```
//!
//! `REGSTACK_TEST_SEQUENCES` says how many there are.

mod drive;
mod rules;
mod steps;
mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use regstack::internals::random::{self, SystemRandom};
use tokio::runtime::Handle;

use crate::support::database::{Database, Kind};
use crate::support::on_both_engines;
use crate::support::served::Served;
use drive::Sequence;

on_both_engines!(
    sequences_answer_as_the_model_says
    sequences_that_differed_once_answer_as_the_model_says
);

/// Bytes.
const STACK: usize = 64 << 20;

/// How often which answer was given to which step.
type Seen = BTreeMap<String, usize>;

/// Runs in `tests/run`: the same sequences each time, so that only a change can make it fail.
#[allow(clippy::unused_async, reason = "the macro of both engines awaits it")]
async fn sequences_answer_as_the_model_says(kind: Kind) {
    let (count, lanes) = match kind {
        Kind::Sqlite => (300, 4),
        Kind::Mongo => (40, 2),
    };
    let seen = run(kind, 1, count, lanes);
    if kind == Kind::Sqlite && sequences_asked_for().is_none() && seed_asked_for().is_none() {
        let missing: Vec<_> = REACHED
            .iter()
            .filter(|answer| !seen.contains_key(**answer))
            .collect();
        assert!(
            missing.is_empty(),
            "no sequence reached {missing:?}, only {seen:#?}"
        );
    }
}

/// The seeds of sequences that found a fault, which is mended.
#[allow(clippy::unused_async, reason = "the macro of both engines awaits it")]
async fn sequences_that_differed_once_answer_as_the_model_says(kind: Kind) {
    for seed in [2_875_650_900, 2_875_657_861] {
        run(kind, seed, 1, 1);
    }
}

/// New sequences each time.
#[allow(clippy::print_stdout, reason = "who runs it reads what was reached")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; tests/run --full runs it"]
async fn ten_thousand_new_sequences_answer_as_the_model_says() {
    let first = u32::from_be_bytes(random::bytes(&SystemRandom));
    let seen = run(Kind::Sqlite, first.into(), 10_000, 4);
    let mut report = String::new();
    for (answer, count) in seen {
        let _ = writeln!(report, "{count:>8} {answer}");
    }
    println!("the first seed was {first}\n{report}");
}

fn asked_for(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect(variable))
}

fn seed_asked_for() -> Option<u64> {
    asked_for("REGSTACK_TEST_SEED")
}

fn sequences_asked_for() -> Option<u64> {
    asked_for("REGSTACK_TEST_SEQUENCES")
}

/// Runs sequences, on several servers at a time: they wait more than they compute.
fn run(kind: Kind, first: u64, count: u64, lanes: u64) -> Seen {
    let count = sequences_asked_for().unwrap_or(count);
    let (first, count) = seed_asked_for().map_or((first, count), |seed| (seed, 1));
    let seen = Mutex::new(Seen::new());
    let handle = Handle::current();
    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            let started: Vec<_> = (0..lanes.min(count))
                .map(|lane| {
                    let (handle, seen) = (handle.clone(), &seen);
                    let run = move || {
                        let seeds = (first + lane..first + count).step_by(to_usize(lanes));
                        run_lane(&handle, kind, seeds, seen);
                    };
                    // Without optimizations, what waits for a request takes much of a stack.
                    let thread = std::thread::Builder::new().stack_size(STACK);
                    thread.spawn_scoped(scope, run).unwrap()
                })
                .collect();
            for lane in started {
                // Its own message is printed already.
                lane.join()
                    .expect("each sequence answers as the model says");
            }
        });
    });
    seen.into_inner().unwrap()
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

fn run_lane(handle: &Handle, kind: Kind, seeds: impl Iterator<Item = u64>, seen: &Mutex<Seen>) {
    let served = handle.block_on(async {
        let database = Database::fresh(kind).await;
        Served::prompt(database, drive::settings).await
    });
    for seed in seeds {
        run_seed(handle, &served, seed, seen);
    }
}

/// One sequence, cut down if it differs.
fn run_seed(handle: &Handle, served: &Served, seed: u64, answers: &Mutex<Seen>) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: 400,
        max_shrink_time: 120_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let outcome = runner.run(&steps::sequence(), |steps| {
        let mut sequence = Sequence::begin(served);
        let outcome = handle.block_on(sequence.run(&steps));
        handle.block_on(sequence.end());
        let mut answers = answers.lock().unwrap();
        for answer in sequence.answers() {
            *answers.entry(answer).or_default() += 1;
        }
        outcome.map_err(TestCaseError::fail)
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(difference, _)) => {
            panic!("REGSTACK_TEST_SEED={seed} differs from the model:\n{difference}")
        }
        Err(TestError::Abort(reason)) => panic!("REGSTACK_TEST_SEED={seed}: {reason}"),
    }
}

/// Answers that some sequence of `tests/run` must reach: what is never asked is never checked.
const REACHED: &[&str] = &[
    "Register 201",
    "Register 409 email_taken",
    "Verify 200",
    "Verify 400 invalid_token",
    "Verify 400 wrong_password",
    "ResendVerification 202",
    "LogIn 200",
    "LogIn 401 invalid_credentials",
    "LogIn 403 account_disabled",
    "LogIn 403 email_unverified",
    "LogIn 429 locked",
    "Me 200",
    "Me 401 not_authenticated",
    "Rename 200",
    "ChangePassword 200",
    "ChangePassword 400 password_unchanged",
    "ChangePassword 400 wrong_password",
    "ChangePassword 401 not_authenticated",
    "ChangePassword 429 locked",
    "Forgot 202",
    "Reset 200",
    "Reset 400 invalid_token",
    "ChangeEmail 202",
    "ChangeEmail 400 same_email",
    "ChangeEmail 400 wrong_password",
    "ChangeEmail 401 not_authenticated",
    "ConfirmEmail 200",
    "ConfirmEmail 400 invalid_token",
    "ConfirmEmail 409 email_taken",
    "UndoEmail 200",
    "UndoEmail 400 invalid_token",
    "Renew 200",
    "Renew 401 not_authenticated",
    "Sessions 200",
    "EndSession 200",
    "EndSession 404 not_found",
    "EndOthers 200",
    "LogOut 200",
    "LogOut 401 not_authenticated",
    "DeleteAccount 200",
    "DeleteAccount 400 wrong_password",
    "DeleteAccount 409 last_superuser",
    "Administer 200",
    "Administer 202",
    "Administer 400 already_verified",
    "Administer 401 not_authenticated",
    "Administer 403 not_admin",
    "Administer 404 not_found",
    "Administer 409 last_superuser",
    "Create 201",
    "Create 409 email_taken",
    "PromotePending 201",
    "PromotePending 404 not_found",
    "DeletePending 200",
    "DeletePending 404 not_found",
    "Stats 200",
];
