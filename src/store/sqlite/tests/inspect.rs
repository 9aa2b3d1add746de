//! Inspecting a file and repairing its schema.

use super::*;
use crate::model::User;

async fn inspected(file: &File) -> Inspection {
    let store = Sqlite::connect(&file.path()).await.unwrap();
    store.inspect().await.unwrap()
}

fn faults(inspection: &Inspection) -> Vec<&str> {
    inspection.faults().map(|part| &*part.name).collect()
}

#[tokio::test]
async fn a_file_is_looked_at_as_it_is() {
    let file = fresh();
    assert!(Sqlite::connect(&file.path()).await.is_err());
    assert!(!file.path().exists(), "looking makes nothing");

    assert!(Sqlite::create(&file.path()).await.unwrap());
    assert!(!Sqlite::create(&file.path()).await.unwrap());
    let empty = inspected(&file).await;
    assert_eq!(
        faults(&empty),
        [
            "migration 0001_accounts",
            "migration 0002_codes",
            "migration 0003_lanes",
            "migration 0004_revocations",
            "migration 0005_oldest",
            "migration 0006_email_undos",
            "migration 0007_signing_keys",
            "migration 0008_language",
            "migration 0009_service_keys",
            "migration 0010_sessions",
            "migration 0011_factors",
            "migration 0012_passkeys",
            "migration 0013_identities",
            "migration 0014_foreign_ids",
            "migration 0015_extra_fields",
            "migration 0016_request_counts",
            "migration 0017_due_by_kind",
            "migration 0018_sessions_of_all",
            "migration 0019_ways_to_log_in",
            "migration 0020_undo_factors",
        ]
    );
    assert_eq!((empty.rows.len(), empty.bytes), (0, Some(0)));
    assert_eq!(std::fs::read(file.path()).unwrap(), b"");

    let store = Sqlite::connect(&file.path()).await.unwrap();
    assert_eq!(
        store.migrate().await.unwrap(),
        [
            "applied migration 0001_accounts",
            "applied migration 0002_codes",
            "applied migration 0003_lanes",
            "applied migration 0004_revocations",
            "applied migration 0005_oldest",
            "applied migration 0006_email_undos",
            "applied migration 0007_signing_keys",
            "applied migration 0008_language",
            "applied migration 0009_service_keys",
            "applied migration 0010_sessions",
            "applied migration 0011_factors",
            "applied migration 0012_passkeys",
            "applied migration 0013_identities",
            "applied migration 0014_foreign_ids",
            "applied migration 0015_extra_fields",
            "applied migration 0016_request_counts",
            "applied migration 0017_due_by_kind",
            "applied migration 0018_sessions_of_all",
            "applied migration 0019_ways_to_log_in",
            "applied migration 0020_undo_factors",
        ]
    );
    // A connection that was already open sees the new schema.
    store.record(event(EventKind::UserLoggedIn)).await.unwrap();
    assert_eq!(faults(&store.inspect().await.unwrap()), [] as [&str; 0]);
}

#[tokio::test]
async fn lost_and_changed_indexes_are_named_and_made_anew() {
    let file = fresh();
    drop(file.sqlite().await);
    file.raw()
        .execute_batch(
            "drop index users_newest;
             drop index events_by_kind; create index events_by_kind on events (kind);",
        )
        .unwrap();
    let inspection = inspected(&file).await;
    let names = ["index users_newest", "index events_by_kind"];
    assert_eq!(faults(&inspection), names);
    let states: Vec<&SchemaState> = inspection.faults().map(|part| &part.state).collect();
    assert_eq!(states[0], &SchemaState::Missing);
    let SchemaState::Different { found, wanted } = states[1] else {
        panic!("{states:?}");
    };
    assert!(found.ends_with("(kind)") && wanted.ends_with("(kind, at, id)"));

    let store = file.sqlite().await;
    assert_eq!(
        store.migrate().await.unwrap(),
        [
            "recreated the index users_newest",
            "recreated the index events_by_kind"
        ]
    );
    assert_eq!(faults(&store.inspect().await.unwrap()), [] as [&str; 0]);
}

#[tokio::test]
async fn what_holds_or_counts_rows_is_not_made_anew() {
    let file = fresh();
    drop(file.sqlite().await);
    file.raw()
        .execute_batch("drop trigger user_counts_insert; drop table revoked_tokens;")
        .unwrap();
    let store = Sqlite::connect(&file.path()).await.unwrap();
    assert_eq!(store.migrate().await.unwrap(), [] as [&str; 0]);
    let inspection = store.inspect().await.unwrap();
    let mut names = faults(&inspection);
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "index revoked_tokens_expiry",
            "table revoked_tokens",
            "trigger user_counts_insert"
        ]
    );
    assert!(
        inspection
            .rows
            .iter()
            .all(|table| table.name != "revoked_tokens")
    );
}

#[tokio::test]
async fn a_file_of_the_first_schema_is_brought_up_to_date() {
    let file = fresh();
    let (_, first) = schema::MIGRATIONS[0];
    let raw = file.raw();
    raw.execute_batch(first).unwrap();
    raw.execute_batch("pragma application_id = 0x52475354; pragma user_version = 1")
        .unwrap();
    drop(raw);
    let old = inspected(&file).await;
    assert_eq!(
        faults(&old),
        [
            "migration 0002_codes",
            "migration 0003_lanes",
            "migration 0004_revocations",
            "migration 0005_oldest",
            "migration 0006_email_undos",
            "migration 0007_signing_keys",
            "migration 0008_language",
            "migration 0009_service_keys",
            "migration 0010_sessions",
            "migration 0011_factors",
            "migration 0012_passkeys",
            "migration 0013_identities",
            "migration 0014_foreign_ids",
            "migration 0015_extra_fields",
            "migration 0016_request_counts",
            "migration 0017_due_by_kind",
            "migration 0018_sessions_of_all",
            "migration 0019_ways_to_log_in",
            "migration 0020_undo_factors",
        ]
    );
    let store = file.sqlite().await;
    assert_eq!(faults(&store.inspect().await.unwrap()), [] as [&str; 0]);
}

#[tokio::test]
async fn totals_that_drifted_are_named_and_counted_anew() {
    for (drift, found) in [
        (
            "update user_counts set total = 7, superusers = -1",
            "7 accounts, 1 active, 0 verified, -1 administrators",
        ),
        ("delete from user_counts", "empty"),
    ] {
        let file = fresh();
        let store = file.sqlite().await;
        let unverified = User {
            is_verified: false,
            ..user("ada@example.com")
        };
        let created = store.create_user(unverified, Effects::default()).await;
        assert_eq!(created.unwrap(), CreateUser::Created);
        assert_eq!(faults(&store.inspect().await.unwrap()), [] as [&str; 0]);
        file.raw().execute_batch(drift).unwrap();
        let inspection = store.inspect().await.unwrap();
        assert_eq!(faults(&inspection), ["totals user_counts"]);
        let wanted = "1 account, 1 active, 0 verified, 0 administrators".to_owned();
        let found = found.to_owned();
        assert_eq!(
            inspection.faults().next().unwrap().state,
            SchemaState::Different { found, wanted }
        );
        assert_eq!(store.migrate().await.unwrap(), ["recounted the accounts"]);
        assert_eq!(faults(&store.inspect().await.unwrap()), [] as [&str; 0]);
        assert_eq!(store.counts(at(0)).await.unwrap().total_users, 1);
    }
}
