//! `regstack users erase`.

use expectrl::Expect as _;
use serde_json::json;

use crate::support::actor::Requests as _;
use crate::support::process::{Place, end_of};

/// The file and what stands beside it.
fn holds(place: &Place, canary: &str) -> bool {
    let files = std::fs::read_dir(place.path(".")).unwrap();
    let mut files = files.filter_map(|file| {
        let path = file.unwrap().path();
        path.is_file().then(|| std::fs::read(path).unwrap())
    });
    files.any(|bytes| {
        bytes
            .windows(canary.len())
            .any(|part| part == canary.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_erased_with_consent_beside_a_server() {
    let place = Place::configured()
        .with_account("quokka@example.com")
        .with_account("eve@example.com");
    place.create_admin("root@example.com");
    let server = place.serve(&[]);
    let person = server.signed_in("quokka@example.com").await;
    let named = person.patch("/me", json!({"full_name": "Wallaby Quokka"}));
    named.await.is(200);
    let wrong = json!({"email": "quokka@example.com", "password": "wrong password"});
    server.post("/login", wrong).await.is(401);
    let erase = |name: &str, more: &[&str]| place.run(&[&["users", "erase", name], more].concat());
    erase("quokka@example.com", &[]).refused(2, &["needs confirmation", "--yes"]);
    let hint = ["its whole email address"];
    erase("joe@example.com", &["--yes"]).refused(1, &hint);
    erase("quokka", &["--yes"]).refused(1, &hint);
    erase("root@example.com", &["--yes"]).refused(2, &["root@example.com"]);
    assert!(holds(&place, "quokka@example.com"));
    let mut asked = place.on_terminal(100, &["users", "erase", "quokka@example.com"]);
    asked.expect("Continue?").unwrap();
    asked.send_line("y").unwrap();
    let (said, code) = end_of(&mut asked);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("deleted"), "{said}");
    for canary in ["quokka", "Quokka", "Wallaby"] {
        assert!(!holds(&place, canary), "{canary} is in a file");
    }
    // The server goes on.
    server.signed_in("eve@example.com").await.me().await.is(200);
    person.get("/me").await.is(401);
    erase("quokka@example.com", &["--yes"]).refused(1, &hint);
    server.stop();
}

#[test]
fn freed_parts_keep_what_was_there_unless_the_file_is_rewritten() {
    let place = Place::configured().with_users(&["quokka@example.com", "eve@example.com"]);
    place.run(&["users", "delete", "quokka@example.com", "--yes"]);
    let told = place.json(&[
        "users",
        "erase",
        "quokka@example.com",
        "--yes",
        "--no-vacuum",
    ]);
    assert_eq!(
        (&told["account_deleted"], &told["file_rewritten"]),
        (&json!(false), &json!(false))
    );
    place.run(&["users", "delete", "eve@example.com", "--yes"]);
    let told = place.json(&["users", "erase", "eve@example.com", "--yes"]);
    assert_eq!(told["file_rewritten"], true, "{told}");
    assert!(!holds(&place, "quokka@") && !holds(&place, "eve@example"));
}
