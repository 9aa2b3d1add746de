//! How commands take the names of accounts.

use crate::support::process::Place;

/// A request to delete `eve@…`, who has no account, must not hit `steve@…`.
#[test]
fn a_whole_address_or_id_names_that_account_or_none() {
    let place = Place::configured()
        .with_users(&["steve@example.com", "6b03e600439e14476a4e3b06@example.com"]);
    for name in [
        "eve@example.com",
        "6b03e600439e14476a4e3b06",
        "eve@example.co",
    ] {
        for act in ["delete", "lock"] {
            let ran = place.run(&["users", act, name, "--yes"]);
            assert_eq!(ran.code, Some(1), "{ran:?}");
        }
    }
    let users = place.json(&["users", "list"]);
    let items = users["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert!(items.iter().all(|user| user["is_active"] == true));
    assert_eq!(
        place.run(&["users", "lock", "steve"]).code,
        Some(0),
        "a part names the only one it fits"
    );
}
