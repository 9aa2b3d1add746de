//! Three servers on one database, of which one after the other is killed under load: what was acknowledged is there, and
//! what was sent was committed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use regstack::internals::random::{self, SeededRandom, SystemRandom};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::RwLock;

use crate::support::actor::{Actor, PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::on_both_engines;
use crate::support::process::{Place, Server};
use crate::support::served::{eventually, token_in};
use crate::support::smtp_sink::{SmtpSink, decoded};

const SERVERS: usize = 3;
/// Each changes its own account, and registers others.
const CLIENTS: usize = 6;

on_both_engines! {
    five_kills_lose_nothing_that_was_acknowledged
}

async fn five_kills_lose_nothing_that_was_acknowledged(kind: Kind) {
    kills(kind, 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: tests/run --full"]
async fn a_hundred_kills_lose_nothing_that_was_acknowledged() {
    kills(Kind::Sqlite, 100).await;
}

/// What the clients were told.
#[derive(Default)]
struct Acknowledged {
    registered: Mutex<BTreeSet<String>>,
    /// The last number that each client's name was set to, and the last that it asked for.
    names: Mutex<BTreeMap<usize, (u32, u32)>>,
    answers: AtomicU32,
}

/// The status of an answer; none if the server was killed meanwhile.
async fn ask(actor: &Actor, method: Method, path: &str, body: Value) -> Option<u16> {
    let sent = actor.request(method, path).json(&body).send().await.ok()?;
    let status = sent.status().as_u16();
    sent.bytes().await.ok()?;
    Some(status)
}

async fn load(
    client: usize,
    token: &str,
    at: &RwLock<Vec<Server>>,
    told: &Acknowledged,
    stop: &AtomicBool,
) {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let somebody = {
            let servers = at.read().await;
            servers[(client + number as usize) % servers.len()].anonymous()
        };
        let ada = somebody.bearer(token);
        told.names.lock().unwrap().entry(client).or_default().1 = number;
        let named = ask(
            &ada,
            Method::PATCH,
            "/me",
            json!({"full_name": format!("Ada {number}")}),
        )
        .await;
        if named == Some(200) {
            told.names.lock().unwrap().entry(client).or_default().0 = number;
        }
        let email = format!("user{client}-{number}@example.com");
        let wish = json!({"email": email, "password": PASSWORD});
        let registered = ask(&somebody, Method::POST, "/register", wish).await;
        if registered == Some(201) {
            told.registered.lock().unwrap().insert(email);
        }
        let answered = [named, registered].iter().flatten().count();
        told.answers
            .fetch_add(u32::try_from(answered).unwrap(), Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[allow(clippy::print_stdout, reason = "a seed can be replayed")]
async fn kills(kind: Kind, kills: u32) {
    let seed = std::env::var("REGSTACK_TEST_SEED").map_or_else(
        |_| u64::from_be_bytes(random::bytes(&SystemRandom)),
        |seed| seed.parse().unwrap(),
    );
    let seeded = SeededRandom::new(seed);
    let seed = format!("REGSTACK_TEST_SEED={seed}");
    println!("{seed}");
    let database = Database::fresh(kind).await;
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let place = Place::over(&database.url());
    place.mails_to(sink.port());
    let servers: Vec<_> = (0..SERVERS).map(|_| place.serve(&[])).collect();
    let mut tokens = Vec::new();
    for client in 0..CLIENTS {
        let email = format!("client{client}@example.com");
        let create = ["users", "create", &email, "--verified", "--password-stdin"];
        assert_eq!(place.run_with_stdin(&create, PASSWORD).code, Some(0));
        tokens.push(servers[0].signed_in(&email).await.token().to_owned());
    }
    let (servers, told, stop) = (
        RwLock::new(servers),
        Acknowledged::default(),
        AtomicBool::new(false),
    );
    let (at, told, stop) = (&servers, &told, &stop);
    let clients = tokens.iter().enumerate();
    let clients = clients.map(|(client, token)| load(client, token, at, told, stop));
    let killing = async {
        for _ in 0..kills {
            let [pause, victim] = random::bytes::<2>(&seeded);
            tokio::time::sleep(Duration::from_millis(20 + u64::from(pause))).await;
            let victim = usize::from(victim) % SERVERS;
            let mut servers = at.write().await;
            // Dropping it is SIGKILL: in the midst of whatever it does. The others go on.
            drop(servers.remove(victim));
            drop(servers);
            let next = tokio::task::block_in_place(|| place.serve(&[]));
            at.write().await.push(next);
        }
        stop.store(true, Ordering::Relaxed);
    };
    let (_, ()) = tokio::join!(futures_util::future::join_all(clients), killing);

    let answers = told.answers.load(Ordering::Relaxed);
    let acknowledged = told.registered.lock().unwrap().clone();
    assert!(
        answers > kills && acknowledged.len() > 3,
        "{seed}: {answers} answers only"
    );
    for (client, (set, asked)) in told.names.lock().unwrap().iter() {
        let user = place.json(&["users", "show", &format!("client{client}@example.com")]);
        let name = user["user"]["full_name"]
            .as_str()
            .unwrap_or("Ada 0")
            .to_owned();
        let kept: u32 = name.strip_prefix("Ada ").unwrap().parse().unwrap();
        assert!(
            (*set..=*asked).contains(&kept),
            "{seed}: {set} was set, {asked} asked for, {kept} is there"
        );
    }
    // Every message that was acknowledged leaves, also those that a killed server was sending.
    let addressee = |mail: &str| {
        let to = mail.lines().find_map(|line| line.strip_prefix("To: "));
        to.unwrap().trim_matches(['<', '>']).to_owned()
    };
    eventually(|| {
        let reached: BTreeSet<_> = sink.mails().iter().map(|mail| addressee(mail)).collect();
        acknowledged.is_subset(&reached)
    })
    .await;
    // Whatever was sent leads somewhere: nothing left that was not committed.
    let newest: BTreeMap<_, _> = sink
        .mails()
        .iter()
        .map(|mail| (addressee(mail), decoded(mail)))
        .collect();
    let server = &at.read().await[0];
    for (email, mail) in newest
        .iter()
        .filter(|(email, _)| email.starts_with("user"))
        .take(200)
    {
        let answer = server.verify(&token_in(mail)).await;
        assert_eq!(
            answer.status, 200,
            "{seed}: the link to {email} leads nowhere: {answer:?}"
        );
    }
    let status = place.run(&["db", "status"]);
    assert_eq!(status.code, Some(0), "{seed}: {}", status.stderr);
}
