//! `regstack service-keys`: keys for programs, made and revoked beside a running server.

use reqwest::Method;

use crate::support::actor::{Actor, Requests as _};
use crate::support::process::{Place, operator};

async fn ask(program: &Actor) -> u16 {
    let request = program.request(Method::POST, "/introspect");
    let answer = program.send(request.form(&[("token", "x")])).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn a_key_is_shown_once_used_and_revoked_under_a_running_server() {
    let place = Place::configured();
    let server = place.serve(&[]);
    let ran = place.run(&["service-keys", "create", "shop", "--scope", "introspect"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let key = ran.stdout.trim_end().to_owned();
    assert_eq!((ran.stdout.lines().count(), key.len()), (1, 100));
    assert!(ran.stderr.contains("not shown again"), "{ran:?}");
    let program = server.bearer(&key);
    assert_eq!(ask(&program).await, 200);

    let listed = place.run(&["service-keys", "list", "--json"]);
    assert!(!listed.stdout.contains(&key[28..]), "{listed:?}");
    let item = &place.json(&["service-keys", "list"])["items"][0];
    assert_eq!(item["name"], "shop");
    assert_eq!(item["created_by"], operator());
    assert!(item["last_used_on"].is_string(), "{item}");
    assert!(
        place
            .bytes_of("accounts.db")
            .windows(64)
            .all(|bytes| bytes != &key.as_bytes()[28..92])
    );

    place
        .run(&["service-keys", "create", "shop", "--scope", "introspect"])
        .refused(1, &["shop"]);
    place
        .run(&["service-keys", "revoke", "shop"])
        .refused(2, &["--yes"]);
    assert_eq!(ask(&program).await, 200);
    let revoked = place.run(&["service-keys", "revoke", "shop", "--yes"]);
    assert_eq!(revoked.code, Some(0), "{revoked:?}");
    assert_eq!(ask(&program).await, 401, "with the next request");
    place
        .run(&["service-keys", "revoke", "shop", "--yes"])
        .refused(1, &["shop"]);
}

#[test]
fn bad_wishes_are_refused_before_anything_is_made() {
    let place = Place::configured().with_account("ada@example.com");
    for (arguments, words) in [
        (&["Shop", "--scope", "introspect"][..], "1 to 64 letters"),
        (&["shop", "--scope", "everything"], "introspect, admin:read"),
        (&["shop", "--scope", ""], "introspect, admin:read"),
        (&["shop"], "--scope"),
        (&["shop", "--scope", "introspect", "--expires", "0d"], "90d"),
        (&["shop", "--scope", "introspect", "--expires=-3d"], "90d"),
        (
            &["shop", "--scope", "introspect", "--expires", "soon"],
            "90d",
        ),
        (
            &["shop", "--scope", "introspect", "--expires", "19000y"],
            "moment",
        ),
    ] {
        let ran = place.run(&[&["service-keys", "create"], arguments].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
    let none = place.json(&["service-keys", "list", "-q"]);
    assert!(none["items"].as_array().unwrap().is_empty());
}
