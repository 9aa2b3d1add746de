//! What a request costs on MongoDB: its commands, and how many round trips they take one after another.
//!
//! `docs/mongodb.md` has the same numbers.

use jiff::SignedDuration;
use mongodb::bson::Document;
use regstack::internals::config::Settings;
use serde_json::json;

use crate::support::actor::{Actor, Answer, NULL, PASSWORD, Requests as _};
use crate::support::authenticator::{Authenticator, set_up};
use crate::support::database::{Database, Kind};
use crate::support::served::Served;

/// So often a request is looked at: on a busy machine, commands that go together may come apart.
const TRIES: u32 = 5;

/// The first requests only open connections to the server.
const UNSEEN: u32 = 2;

const DOCS: &str = include_str!("../../docs/mongodb.md");

/// What a request took.
#[derive(Debug, PartialEq, Eq)]
struct Cost {
    /// Of each round trip, the commands that went together.
    trips: Vec<Vec<String>>,
    /// What went after the answer.
    later: Vec<String>,
}

impl Cost {
    /// What is the same however late a command goes that nobody waits for.
    fn commands(&self) -> usize {
        self.trips.iter().map(Vec::len).sum::<usize>() + self.later.len()
    }

    /// Checks the trips, and that the docs have a row with these numbers.
    fn is(&self, request: &str, trips: &[&str]) {
        let joined: Vec<String> = self.trips.iter().map(|trip| trip.join(" + ")).collect();
        assert_eq!(joined, trips, "{request}: {self:#?}");
        let row = format!("| {request} | {} | {} |", trips.len(), self.commands());
        assert!(DOCS.contains(&row), "docs/mongodb.md has no row {row:?}");
    }
}

async fn served(change: impl FnOnce(&mut Settings)) -> Served {
    let database = Database::fresh(Kind::Mongo).await;
    let mut served = Served::over(database, change).await;
    served.stop_sending().await;
    served
}

fn address(nth: u32) -> String {
    format!("ada{nth}@example.com")
}

/// What a request costs, of several the one with the fewest round trips: none takes fewer than it needs.
async fn cost<Before>(
    served: &Served,
    before: impl AsyncFn(u32) -> Before,
    act: impl AsyncFn(Before) -> Answer,
) -> Cost {
    let wire = served.database().wire();
    let mut costs = Vec::new();
    for nth in 0..UNSEEN + TRIES {
        let prepared = before(nth).await;
        served.app.store.settled().await;
        wire.tell_trips_apart();
        let answer = act(prepared).await;
        let (trips, later) = wire.trips();
        assert!(answer.status.is_success(), "{answer:?}");
        let trips = trips.iter().map(|trip| names(trip)).collect();
        let later = names(&later);
        if nth >= UNSEEN {
            costs.push(Cost { trips, later });
        }
    }
    let least = costs.into_iter().min_by_key(|cost| {
        // What nobody waits for may go with the last trip, or not.
        (cost.trips.len(), usize::MAX - cost.later.len())
    });
    least.unwrap()
}

/// Commands and their collections, in order.
fn names(commands: &[Document]) -> Vec<String> {
    let name = |command: &Document| {
        let (name, collection) = command.iter().next().unwrap();
        let collection = collection.as_str().unwrap_or_default();
        format!("{name} {}", collection.trim_start_matches("regstack_"))
    };
    let mut names: Vec<String> = commands.iter().map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_session_is_checked_in_one_trip_and_begun_in_four() {
    let served = served(|settings| settings.tokens.session_max_seconds = 86_400).await;
    let account = async |nth| {
        served.account(&address(nth), |_| ()).await;
        address(nth)
    };
    let signed_in = async |nth: u32| served.signed_in(&address(100 + nth)).await;

    let me = cost(&served, signed_in, async |ada: Actor| ada.me().await).await;
    me.is(
        "A session is checked (`/me`)",
        &["find token_blacklist + find users"],
    );

    let log_in = async |email: String| served.log_in(&email, PASSWORD).await;
    let issued = cost(&served, account, log_in).await;
    issued.is(
        "Login with a password",
        &[
            // The attempt is recorded before the password is looked at,
            "find login_attempts + find users + find users + findAndModify login_guard",
            // the session issued only after that, if the password is still the same,
            "findAndModify users",
            "delete login_attempts + insert events + update sessions",
            "findAndModify days + update login_guard",
        ],
    );

    let renew = async |ada: Actor| ada.post("/session/renew", NULL).await;
    let renewal = cost(&served, signed_in, renew).await;
    renewal.is(
        "Renewal of a session",
        &[
            "find token_blacklist + find users",
            "find sessions + find token_blacklist",
            "findAndModify users",
            "findAndModify sessions",
        ],
    );

    let logout = cost(&served, signed_in, async |ada: Actor| ada.log_out().await).await;
    logout.is(
        "Logout",
        &[
            "find token_blacklist + find users",
            "insert token_blacklist",
            "findAndModify sessions + insert events",
        ],
    );
}

#[tokio::test]
async fn a_registration_takes_three_trips() {
    let new = async |nth| address(nth);
    let served = served(|_| ()).await;
    let register = async |email: String| served.register(&email).await;
    let verified = cost(&served, new, register).await;
    verified.is(
        "Registration",
        &[
            // The cap is paid before anything changes that it pays for.
            "find pending_registrations + find users + find users + findAndModify recipient_caps",
            "findAndModify pending_registrations",
            "find users + find users + insert events + insert outbox",
        ],
    );

    let served = self::served(|settings| settings.features.require_verification = false).await;
    let register = async |email: String| served.register(&email).await;
    let unverified = cost(&served, new, register).await;
    unverified.is(
        "Registration with `require_verification = false`",
        &[
            "find users + find users",
            "insert users",
            "findAndModify days + findAndModify pending_registrations + insert events",
        ],
    );
}

#[tokio::test]
async fn a_login_with_an_app_takes_its_trips() {
    let served = served(|settings| settings.features.enable_totp = true).await;
    let with_app = async |nth| {
        let email = address(nth);
        let person = served.signed_in(&email).await;
        let (app, _) = set_up(&served, &person).await;
        served.pass(SignedDuration::from_secs(30));
        (email, app)
    };
    let first = async |(email, _): (String, Authenticator)| served.log_in(&email, PASSWORD).await;
    let begun = cost(&served, with_app, first).await;
    let halfway = async |nth| {
        let (email, app) = with_app(100 + nth).await;
        (served.log_in_halfway(&email).await, app.code(&served))
    };
    let second = async |(token, code): (String, String)| {
        let proof = json!({"mfa_pending_token": token, "code": code, "method": "totp"});
        served.post("/login/mfa-confirm", proof).await
    };
    let done = cost(&served, halfway, second).await;
    begun.is(
        "Login with an app: the password",
        &[
            "find login_attempts + find users + find users + findAndModify login_guard",
            "find users",
            "find code_budget + find code_budget + find users",
            "findAndModify mfa_codes + findAndModify mfa_codes",
            "findAndModify users",
            "insert events",
            // The attempt is given back: the failures are forgiven when the login is through.
            "update login_guard + update users",
        ],
    );
    done.is(
        "Login with an app: the code",
        &[
            "find users",
            "find code_budget + find users",
            // An attempt of the code and a unit of the budget are paid before it is looked at.
            "findAndModify mfa_codes",
            "findAndModify code_budget",
            "update users",
            "delete mfa_codes",
            "delete code_budget + delete mfa_codes",
            "findAndModify users",
            "delete login_attempts + insert events + update sessions",
            "findAndModify days + update login_guard",
        ],
    );
}

/// Nobody learns from the time who has an account.
#[tokio::test]
async fn what_nobody_gets_takes_as_many_trips() {
    let served = served(|settings| {
        settings.features.hide_registered_emails = true;
        settings.guessing.mail_per_recipient_per_hour = 100;
    })
    .await;
    let known = async |nth| {
        served.account(&address(nth), |_| ()).await;
        address(nth)
    };
    let unverified = async |nth| {
        let email = address(100 + nth);
        served.register(&email).await.is(201);
        email
    };
    let nobody = async |nth| format!("nobody{nth}@example.com");
    let same = |what: &str, one: &Cost, other: &Cost| {
        let trips = |cost: &Cost| cost.trips.len();
        assert_eq!(trips(one), trips(other), "{what}: {one:#?} {other:#?}");
        let writes = |cost: &Cost| cost.commands();
        assert_eq!(writes(one), writes(other), "{what}: {one:#?} {other:#?}");
    };
    let forget = async |email: String| served.forgot_password(&email).await;
    let one = cost(&served, known, forget).await;
    let other = cost(&served, nobody, forget).await;
    same("a forgotten password", &one, &other);

    let resend = async |email: String| served.resend_verification(&email).await;
    let one = cost(&served, unverified, resend).await;
    let other = cost(&served, nobody, resend).await;
    same("a link that is sent again", &one, &other);

    let register = async |email: String| served.register(&email).await;
    let taken = async |nth| {
        served.account(&address(200 + nth), |_| ()).await;
        address(200 + nth)
    };
    let one = cost(&served, taken, register).await;
    let new = async |nth| format!("new{nth}@example.com");
    let other = cost(&served, new, register).await;
    assert_eq!(one.trips.len(), other.trips.len(), "{one:#?} {other:#?}");
}
