//! `regstack keys`: what signs session tokens, and how it is replaced.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::support::actor::{Actor, Requests as _};
use crate::support::process::{Place, Server};

const ADA: &str = "ada@example.com";

fn with_key_pairs() -> Place {
    let place = Place::configured().with_account(ADA);
    place.set("jwt_algorithm = \"EdDSA\"");
    place
}

/// Name and state of each key, oldest first.
fn states(place: &Place) -> Vec<(String, String)> {
    let listed = place.json(&["keys", "list", "-q"]);
    let text = |item: &Value, field: &str| item[field].as_str().unwrap().to_owned();
    let items = listed["items"].as_array().unwrap().iter();
    items
        .map(|item| (text(item, "kid"), text(item, "state")))
        .collect()
}

fn kid_of(session: &Actor) -> String {
    let header = session.token().split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_key_is_announced_signs_and_is_replaced_by_command() {
    let place = with_key_pairs();
    let empty = place.run(&["keys", "list"]);
    assert_eq!(empty.code, Some(0));
    assert!(empty.stderr.contains("no signing key"), "{empty:?}");

    let server = place.serve(&[]);
    let ada = server.signed_in(ADA).await;
    let first = kid_of(&ada);
    let signs = |kid: &str| (kid.to_owned(), "signs".to_owned());
    assert_eq!(states(&place), [signs(&first)]);
    place
        .run(&["keys", "remove", &first])
        .refused(2, &[&first, "it signs", "keys rotate"]);
    place
        .run(&["keys", "remove", "nobody"])
        .refused(1, &["no signing key nobody", "keys list"]);

    let made = place.json(&["keys", "rotate"]);
    let second = made["kid"].as_str().unwrap().to_owned();
    let published = (second.clone(), "published".to_owned());
    assert_eq!(states(&place), [signs(&first), published]);
    place
        .run(&["keys", "remove", &second])
        .refused(2, &["it will sign soon", "--force"]);
    // Nothing is asked without a terminal: what ends sessions needs a word more.
    for arguments in [
        &["keys", "rotate", "--now"][..],
        &["keys", "remove", &second, "--force"],
    ] {
        place.run(arguments).refused(2, &["--yes"]);
    }
    let shown = place.run(&["keys", "list", "--utc"]);
    assert!(shown.stdout.contains(&first) && shown.stdout.contains(&second));
    assert!(!shown.stdout.contains("sealed"), "{shown:?}");
    assert_eq!(kid_of(&server.signed_in(ADA).await), first, "not yet");
    ada.me().await.is(200);
}

/// What the help says to do after a theft.
#[tokio::test]
async fn a_stolen_key_opens_nothing_once_it_is_removed() {
    let place = with_key_pairs();
    let server = place.serve(&[]);
    let ada = server.signed_in(ADA).await;
    let stolen = kid_of(&ada);
    let ran = place.run(&["keys", "rotate", "--now", "--yes"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let removed = place.json(&["keys", "remove", &stolen, "--force", "--yes"]);
    assert_eq!(removed["removed"], stolen.as_str());
    assert_eq!(states(&place).len(), 1);
    drop(server);

    let server = place.serve(&[]);
    ada.at(&server).me().await.refused(401, "not_authenticated");
    let set = server.get("//.well-known/jwks.json").await;
    assert!(!set.is(200).body.to_string().contains(&stolen));
    let again = server.signed_in(ADA).await;
    assert_ne!(kid_of(&again), stolen);
    again.me().await.is(200);
}

#[tokio::test]
async fn a_new_secret_keeps_the_keys() {
    let place = with_key_pairs();
    let server = place.serve(&[]);
    let ada = server.signed_in(ADA).await;
    let before = states(&place);
    let set = server.get("//.well-known/jwks.json").await.body;
    drop(server);
    for _ in 0..2 {
        let rotated = place.run(&["secret", "rotate"]);
        assert_eq!(rotated.code, Some(0), "{rotated:?}");
        // A server seals them anew as it starts.
        let server = place.serve(&[]);
        ada.at(&server).me().await.is(200);
        let next = server.signed_in(ADA).await;
        assert_eq!(kid_of(&next), before[0].0);
        assert_eq!(server.get("//.well-known/jwks.json").await.body, set);
    }
    // The secrets of before are forgotten, and the keys are not.
    let secrets = std::fs::read_to_string(place.path("regstack.secrets.env")).unwrap();
    let kept = secrets
        .lines()
        .filter(|line| !line.starts_with("REGSTACK_JWT_PREVIOUS_SECRETS"));
    let kept: Vec<&str> = kept.collect();
    place.write("regstack.secrets.env", &(kept.join("\n") + "\n"));
    let server = place.serve(&[]);
    ada.at(&server).me().await.is(200);
    assert_eq!(kid_of(&server.signed_in(ADA).await), before[0].0);
    assert_eq!(states(&place), before);
}

/// Two processes over one new database.
#[tokio::test]
async fn two_servers_that_start_at_once_make_one_key() {
    let place = with_key_pairs();
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| place.serve(&[]));
        let other = place.serve(&[]);
        (one.join().unwrap(), other)
    });
    let (ada, bob) = (one.signed_in(ADA).await, other.signed_in(ADA).await);
    assert_eq!(kid_of(&ada), kid_of(&bob));
    assert_eq!(states(&place).len(), 1);
    ada.at(&other).me().await.is(200);
    bob.at(&one).me().await.is(200);
}

#[tokio::test]
async fn an_hmac_has_no_keys() {
    let place = Place::configured().with_account(ADA);
    place
        .run(&["keys", "rotate"])
        .refused(2, &["HMAC", "jwt_algorithm = \"EdDSA\"", "this command"]);
    assert!(states(&place).is_empty());

    // A server that was told otherwise in its environment.
    let mut command = place.command(&["serve", "--json"]);
    let server = Server::start({
        command.env("REGSTACK_JWT_ALGORITHM", "EdDSA");
        command
    });
    server.signed_in(ADA).await;
    let listed = place.run(&["keys", "list"]);
    assert!(
        listed.stderr.contains("jwt_algorithm is HS256 here"),
        "{listed:?}"
    );
}
