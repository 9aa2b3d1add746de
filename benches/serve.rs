//! `cargo bench --features internals`: measures the built server from a client's view, on the machine it runs on.
//!
//! It measures `GET /me` in rounds that alternate with a handler that does nothing, introspection, forward-auth, logins
//! compared with the rate of password hashes alone, which limits them, memory, and the start. It uses SQLite, and
//! MongoDB with the share of processor time that its server takes. Client, server and database share the machine, so
//! rates are lower bounds.
//!
//! `-- --quick` takes two minutes instead of ten, `-- --sqlite` skips MongoDB, `-- --others` adds other account
//! servers, which `benches/others/run.py` installs, `-- --scale` a thousand accounts beside a million, and `-- --write` writes the results to `docs/performance.md`. `REGSTACK_TEST_MONGODB_URL` names a MongoDB server. Without it, the benchmark
//! starts the slow one that `tests/run` installs for the tests.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use regstack::internals::auth::PasswordHasher;
use regstack::internals::config::PasswordHashing;
use regstack::internals::model::Password;
use regstack::internals::random::SystemRandom;

use client::{Load, load, processor_seconds, request};
use scale::Took;
use servers::{Other, PASSWORD, Server};

#[path = "serve/client.rs"]
mod client;
#[path = "../tests/it/support/peer.rs"]
#[allow(dead_code, reason = "the tests share one server")]
mod peer;
#[path = "serve/scale.rs"]
mod scale;
#[path = "serve/servers.rs"]
mod servers;

const CONNECTIONS: usize = 64;
/// How long after the last login the memory for password hashes has to be freed.
const AFTER_LOGINS: Duration = Duration::from_mins(1);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    runtime.block_on(async {
        if servers::serve_if_bare().await {
            return;
        }
        let asked = |flag: &str| std::env::args().any(|argument| argument == flag);
        let mut bench = if asked("--quick") {
            Bench::new(3, Duration::from_secs(3))
        } else {
            Bench::new(5, Duration::from_secs(5))
        };
        bench.session_checks(asked("--others")).await;
        let bare = bench.bare_hash_rate().await;
        bench
            .measure("SQLite", "sqlite:accounts.db", bare, None)
            .await;
        if !asked("--sqlite") {
            if let Ok(url) = std::env::var("REGSTACK_TEST_MONGODB_URL") {
                bench.measure("MongoDB", &url, bare, None).await;
            } else {
                let (peer, url) = peer::start(&[], "");
                bench.measure("MongoDB", &url, bare, Some(peer.id())).await;
            }
        }
        if asked("--scale") {
            bench.scale().await;
        }
        if asked("--write") {
            bench.write();
        }
    });
}

struct Bench {
    rounds: usize,
    round: Duration,
    table: String,
}

impl Bench {
    fn new(rounds: usize, round: Duration) -> Self {
        Self {
            rounds,
            round,
            table: String::new(),
        }
    }

    /// Compares session checks with a handler that does nothing, and with those of other servers, in alternating rounds,
    /// so that disturbances affect all of them.
    async fn session_checks(&mut self, with_others: bool) {
        let bare = Server::bare().await;
        let quiet = Server::regstack("sqlite:accounts.db", "warn").await;
        let logging = Server::regstack("sqlite:accounts.db", "info").await;
        let others = if with_others {
            Other::all()
        } else {
            Vec::new()
        };
        let mut checks = Vec::new();
        for (what, server) in [
            ("a handler that does nothing (axum)", &bare),
            ("`GET /me`, `log_level = \"warn\"`", &quiet),
            ("`GET /me`, the default log", &logging),
        ] {
            let token = if checks.is_empty() {
                None
            } else {
                Some(server.account().await.1)
            };
            let request = request("GET", "/me", token.as_deref(), "");
            checks.push((what.to_owned(), &server.address, request, server.process()));
        }
        for other in &others {
            let what = format!("session check of {}", other.name);
            checks.push((what, &other.address, other.request.clone(), other.process));
        }
        let mut of = vec![Vec::<Load>::new(); checks.len()];
        for _ in 0..self.rounds {
            for (loads, (_, address, request, process)) in of.iter_mut().zip(&checks) {
                loads.push(load(address, request, CONNECTIONS, self.round, *process).await);
            }
        }
        let beside = median(&of[0]).rate;
        for (loads, (what, ..)) in of.iter().zip(&checks) {
            self.loaded(what, median(loads), beside);
        }
    }

    async fn measure(&mut self, engine: &str, url: &str, bare_hashes: f64, database: Option<u32>) {
        let server = Server::regstack(url, "warn").await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let milliseconds = server.to_first_answer.as_secs_f64() * 1000.0;
        self.figure(
            &format!("{engine}: start to first answer"),
            milliseconds,
            "ms",
        );
        self.figure(
            &format!("{engine}: memory before the first login"),
            server.resident(),
            "MiB",
        );
        let (body, token) = server.account().await;
        let key = server.service_key();
        for (what, request) in [
            ("`GET /me`", request("GET", "/me", Some(&token), "")),
            (
                "`POST /introspect`",
                request("POST", "/introspect", Some(&key), &format!("token={token}")),
            ),
            (
                "`GET /forward-auth`",
                request("GET", "/forward-auth", Some(&token), ""),
            ),
        ] {
            self.timed(
                &format!("{engine}: {what}"),
                &server,
                &request,
                0.0,
                database,
            )
            .await;
        }
        let login = request("POST", "/login", None, &body);
        let what = format!("{engine}: `POST /login` (share of bare hashes)");
        self.timed(&what, &server, &login, bare_hashes, database)
            .await;
        self.figure(
            &format!("{engine}: memory after these logins"),
            server.resident(),
            "MiB",
        );
        tokio::time::sleep(AFTER_LOGINS).await;
        self.figure(
            &format!("{engine}: the same a minute later"),
            server.resident(),
            "MiB",
        );
    }

    async fn timed(
        &mut self,
        what: &str,
        server: &Server,
        request: &str,
        beside: f64,
        database: Option<u32>,
    ) {
        let spent = || database.map_or(0.0, processor_seconds);
        let (started, before) = (Instant::now(), spent());
        let process = server.process();
        let load = load(&server.address, request, CONNECTIONS, self.round, process).await;
        let share = 100.0 * (spent() - before) / started.elapsed().as_secs_f64();
        self.loaded(what, load, beside);
        if database.is_some() {
            self.figure("… of one processor, its database took", share, "%");
        }
    }

    /// Compares a thousand accounts with a million.
    async fn scale(&mut self) {
        let mut servers = Vec::new();
        for size in scale::SIZES {
            let server = Server::regstack("sqlite:accounts.db", "warn").await;
            let (login, token) = server.account().await;
            scale::run(&server, &["create-admin", "ada@example.com"]);
            scale::write_accounts(&server.folder().join("users.jsonl"), size);
            let took = scale::run(&server, &["users", "import", "users.jsonl"]);
            self.command(&format!("{size} accounts: `users import`"), &took);
            let server = server.again().await;
            let start = server.to_first_answer.as_secs_f64() * 1000.0;
            self.figure(
                &format!("{size} accounts: start to first answer"),
                start,
                "ms",
            );
            servers.push((size, server, scale::requests(&token, &login)));
        }
        let count = servers[0].2.len();
        for at in 0..count {
            let mut of = vec![Vec::<Load>::new(); servers.len()];
            for _ in 0..self.rounds {
                for (loads, (_, server, requests)) in of.iter_mut().zip(&servers) {
                    let (address, process) = (&server.address, server.process());
                    loads.push(load(address, &requests[at].1, 4, self.round, process).await);
                }
            }
            let beside = median(&of[0]).rate;
            for (loads, (size, _, requests)) in of.iter().zip(&servers) {
                let what = format!("{size} accounts: {}", requests[at].0);
                self.loaded(&what, median(loads), beside);
            }
        }
        for (size, server, _) in &servers {
            for arguments in [
                &["users", "list"][..],
                &["users", "list", "--q", "user777"],
                &["users", "list", "--all", "--format", "csv"],
                &["doctor"],
                &["users", "lock", "--unverified", "--yes"],
            ] {
                let took = scale::run(server, arguments);
                let what = format!("{size} accounts: `{}`", arguments.join(" "));
                self.command(&what, &took);
            }
        }
    }

    fn command(&mut self, what: &str, took: &Took) {
        let seconds = took.time.as_secs_f64();
        self.row(
            what,
            &format!("{seconds:.2} s, {:.0} MiB | | | |", took.peak),
        );
    }

    async fn bare_hash_rate(&mut self) -> f64 {
        let settings = PasswordHashing::default();
        let hasher =
            PasswordHasher::new(&settings, Arc::new(SystemRandom)).expect("the defaults are valid");
        let (started, round) = (Instant::now(), self.round);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..settings.max_concurrent_hashes {
            let hasher = hasher.clone();
            tasks.spawn(async move {
                let password = Password::parse(PASSWORD.into()).expect("a password");
                let mut done = 0_u32;
                while started.elapsed() < round {
                    hasher.hash(&password).await.expect("a hash");
                    done += 1;
                }
                done
            });
        }
        let done: u32 = tasks.join_all().await.iter().sum();
        let rate = f64::from(done) / started.elapsed().as_secs_f64();
        self.figure("Argon2id, default parameters, bare", rate, "hashes/s");
        rate
    }

    fn loaded(&mut self, what: &str, load: Load, beside: f64) {
        let Load {
            rate,
            cost,
            median,
            p99,
        } = load;
        let share = if beside > 0.0 {
            format!("{:.0} %", 100.0 * rate / beside)
        } else {
            String::new()
        };
        self.row(
            what,
            &format!("{rate:.0}/s | {share} | {cost:.1} | {median:.2} | {p99:.2}"),
        );
    }

    fn figure(&mut self, what: &str, figure: f64, unit: &str) {
        self.row(what, &format!("{figure:.1} {unit} | | | |"));
    }

    #[allow(clippy::print_stdout, reason = "a bench is there to print")]
    fn row(&mut self, what: &str, figures: &str) {
        println!("{what:<52} {figures}");
        let _ = writeln!(self.table, "| {what} | {figures} |");
    }

    /// Returns the results with a description of the machine.
    fn results(&self) -> String {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let model = read("/proc/cpuinfo");
        let model = model
            .lines()
            .find_map(|line| line.strip_prefix("model name"));
        let model = model
            .unwrap_or("unknown")
            .trim_start_matches(['\t', ' ', ':']);
        let processors = std::thread::available_parallelism().map_or(1, Into::into);
        let load = read("/proc/loadavg");
        let load = load.split(' ').next().unwrap_or("unknown");
        format!(
            "Measured with {processors} processors ({model}), which the client, the server and the database shared. The load\n\
             average was {load} at the end, {CONNECTIONS} connections were open unless the table says otherwise, and shares are\n\
             of medians of {} alternating rounds of {} s.\n\n\
             | | rate or figure | share | server's µs each | median ms | 99 % ms |\n|---|---|---|---|---|---|\n{}",
            self.rounds,
            self.round.as_secs(),
            self.table
        )
    }

    /// Writes the results into the document, between its two marks.
    fn write(&self) {
        const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
        const MARKS: [&str; 2] = ["<!-- results -->\n", "<!-- end of the results -->\n"];
        let document = std::fs::read_to_string(DOCUMENT).expect("docs/performance.md can be read");
        let parts = document
            .split_once(MARKS[0])
            .and_then(|(before, rest)| Some((before, rest.split_once(MARKS[1])?.1)));
        let (before, after) = parts.expect("docs/performance.md has both marks");
        let results = self.results();
        let [start, end] = MARKS;
        let document = format!("{before}{start}\n{results}\n{end}{after}");
        std::fs::write(DOCUMENT, document).expect("docs/performance.md can be written");
    }
}

/// Returns the round with the median rate.
fn median(loads: &[Load]) -> Load {
    let mut loads = loads.to_vec();
    loads.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    loads[loads.len() / 2]
}
