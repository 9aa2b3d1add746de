//! `regstack stats`.

use crate::support::process::Place;

#[tokio::test]
async fn counts_and_days_are_those_of_what_happened() {
    let place = Place::configured()
        .with_users(&["ada@example.com", "bob@example.com"])
        .with_registrations(&["carol@example.com"])
        .await;
    assert_eq!(place.run(&["users", "lock", "bob"]).code, Some(0));
    assert_eq!(place.run(&["users", "verify", "ada"]).code, Some(0));
    let stats = place.json(&["stats", "--days", "3"]);
    for (count, expected) in [
        ("total_users", 2),
        ("active_users", 1),
        ("verified_users", 1),
        ("superusers", 0),
        ("pending_registrations", 1),
        ("outbox_waiting", 1),
        ("outbox_failed", 0),
    ] {
        assert_eq!(stats[count], expected, "{count}");
    }
    let days = stats["days"].as_array().unwrap();
    assert_eq!(days.len(), 3);
    let sum = |count: &str| -> u64 { days.iter().map(|day| day[count].as_u64().unwrap()).sum() };
    assert_eq!(
        (sum("registered"), sum("verified"), sum("logins")),
        (2, 1, 0)
    );
    let text = place.run(&["stats"]).stdout;
    assert!(
        text.contains("2: 1 active, 1 verified, 0 administrators") && text.lines().count() == 12,
        "{text}"
    );
    place
        .run(&["stats", "--days", "366"])
        .refused(2, &["--days", "366"]);
}
