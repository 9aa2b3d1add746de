//! What is specific to MongoDB: its layout, its indexes, and repair after a process died between two writes. Everything
//! else is in the conformance suite.

use async_trait::async_trait;
use std::sync::Arc;

use mongodb::bson::doc;
use mongodb::bson::oid::ObjectId;

use super::*;
use crate::model::{EventKind, FullName, PendingRegistration, UserChange};
use crate::store::conformance::announcements::TestAnnouncer;
use crate::store::conformance::{Database, at, conformance, effects, email, event, user};
use crate::store::*;

mod clocks;
mod copying;
mod damage;
mod imports;
#[path = "../../../tests/it/support/peer.rs"]
mod peer;
mod repair;
mod second_factor;

/// A database of its own on the server that all tests share.
struct OnPeer {
    name: String,
}

fn fresh() -> OnPeer {
    OnPeer {
        name: format!("regstack_test_{}", ObjectId::new()),
    }
}

/// Drops the database, because the server scans all its databases every second.
impl Drop for OnPeer {
    fn drop(&mut self) {
        let db = Mongo::new(
            peer::url().into(),
            self.name.clone(),
            &Settings::default(),
            Duration::from_mins(15),
        );
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let db = db.unwrap().connection.connect().await.unwrap();
                let _ = db.database.drop().await;
            });
        });
        let _ = dropping.join();
    }
}

impl OnPeer {
    fn mongo(&self) -> Mongo {
        self.with_announcer(None)
    }

    /// Returns a store that announces.
    fn announcing(&self) -> Mongo {
        self.with_announcer(Some(Arc::new(TestAnnouncer::default())))
    }

    fn with_announcer(&self, announcer: SharedAnnouncer) -> Mongo {
        Mongo::announcing(
            peer::url().into(),
            self.name.clone(),
            &Settings::default(),
            Duration::from_mins(15),
            announcer,
        )
        .unwrap()
    }

    /// Returns the collections as another program sees them.
    async fn raw(&self) -> Db {
        self.mongo().connection.connect().await.unwrap()
    }
}

#[async_trait]
impl Database for OnPeer {
    async fn open(&self) -> SharedStore {
        Arc::new(self.mongo())
    }

    async fn open_announcing(&self, announcer: SharedAnnouncer) -> SharedStore {
        Arc::new(self.with_announcer(announcer))
    }

    async fn try_begin_copy(&self) -> Result<Box<dyn CopyTarget>> {
        self.mongo().as_it_is().unwrap().begin_copy().await
    }

    async fn try_open(&self) -> Result<()> {
        self.mongo().ready().await
    }

    async fn plant(&self, pending: PendingRegistration) {
        let document = documents::pending_document(&pending);
        self.raw().await.pending.insert_one(document).await.unwrap();
    }
}

mod behaviours {
    use super::*;

    conformance!(super::fresh);
}

#[tokio::test]
async fn collections_have_the_names_that_are_configured() {
    let db = fresh();
    let settings = Settings {
        user_collection: "people".to_owned(),
        pending_collection: "applicants".to_owned(),
        blacklist_collection: "ended".to_owned(),
        login_attempt_collection: "guesses".to_owned(),
        mfa_code_collection: "digits".to_owned(),
        ..Settings::default()
    };
    let window = Duration::from_mins(15);
    let store = Mongo::new(peer::url().into(), db.name.clone(), &settings, window).unwrap();
    store
        .create_user(user("ada@example.com"), Effects::default())
        .await
        .unwrap();
    let database = &store.db().await.unwrap().database;
    let names = database.list_collection_names().await.unwrap();
    let default = Settings::default();
    for (given, usual) in [
        (&settings.user_collection, &default.user_collection),
        (&settings.pending_collection, &default.pending_collection),
        (
            &settings.blacklist_collection,
            &default.blacklist_collection,
        ),
        (
            &settings.login_attempt_collection,
            &default.login_attempt_collection,
        ),
        (&settings.mfa_code_collection, &default.mfa_code_collection),
    ] {
        assert!(names.contains(given) && !names.contains(usual), "{names:?}");
    }
}

#[tokio::test]
async fn what_a_collation_takes_for_the_same_address_is_two() {
    let db = fresh();
    let store = db.mongo();
    for address in ["strasse@example.com", "straße@example.com"] {
        let created = store.create_user(user(address), Effects::default()).await;
        assert_eq!(created.unwrap(), CreateUser::Created, "{address}");
        let found = store.user_by_email(&email(address)).await.unwrap().unwrap();
        assert_eq!(found.email, email(address));
    }
}

#[tokio::test]
async fn look_alikes_neither_hide_an_address_nor_keep_it_from_registering() {
    let db = fresh();
    let store = db.mongo();
    let spelling = |number: u32| {
        let sharp = |place: u32| {
            if (number >> place) & 1 == 1 {
                "ß"
            } else {
                "ss"
            }
        };
        let local: String = (0..6).map(sharp).collect();
        format!("{local}@example.com")
    };
    let create = async |number| {
        let created = store.create_user(user(&spelling(number)), Effects::default());
        created.await.unwrap()
    };
    for number in 1..64 {
        let expected = if number <= 10 {
            CreateUser::Created
        } else {
            CreateUser::EmailTaken
        };
        assert_eq!(create(number).await, expected, "{number}");
    }
    // Another program creates more of them.
    let raw = db.raw().await;
    for number in 11..64 {
        let account = documents::user_document(&user(&spelling(number)));
        raw.users.insert_one(account).await.unwrap();
    }
    assert_eq!(create(0).await, CreateUser::Created);
    assert_eq!(create(0).await, CreateUser::EmailTaken);
    for number in [0, 1, 63] {
        let address = email(&spelling(number));
        let found = store.user_by_email(&address).await.unwrap().unwrap();
        assert_eq!(found.email, address);
    }
}

#[tokio::test]
async fn texts_that_look_like_fields_are_texts() {
    let db = fresh();
    let store = db.mongo();
    let ada = user("ada@example.com");
    store
        .create_user(ada.clone(), Effects::default())
        .await
        .unwrap();
    let named = UserChange {
        full_name: Some(FullName::parse("$hashed_password").unwrap()),
        ..UserChange::default()
    };
    let renamed = store.change_user(ada.id, named, false, at(1), Effects::default());
    let ChangeUser::Done(renamed) = renamed.await.unwrap() else {
        panic!("not renamed");
    };
    assert_eq!(
        renamed.full_name.unwrap().as_str(),
        "$hashed_password",
        "a name shows no hash"
    );
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "mongodb://{}/?serverSelectionTimeoutMS=300",
        silent.local_addr().unwrap()
    );
    let store = Mongo::new(
        url.into(),
        "accounts".to_owned(),
        &Settings::default(),
        Duration::from_mins(15),
    );
    let error = store.unwrap().ping().await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Unavailable(cause) if cause.to_string().starts_with("no MongoDB server responds")),
        "{error}"
    );
}

#[tokio::test]
async fn what_decides_is_read_from_the_primary_whatever_the_url_says() {
    let url = format!(
        "{}&readPreference=secondaryPreferred&w=majority",
        peer::url()
    );
    let window = Duration::from_mins(15);
    let store = Mongo::new(
        url.into(),
        fresh().name.clone(),
        &Settings::default(),
        window,
    );
    let db = store.unwrap().connection.connect().await.unwrap();
    let primary = mongodb::options::ReadPreference::Primary;
    let primary = mongodb::options::SelectionCriteria::ReadPreference(primary);
    assert_eq!(db.database.selection_criteria(), Some(&primary));
    let confirmed = db.database.write_concern().unwrap();
    assert!(
        confirmed
            .w_timeout
            .is_some_and(|timeout| timeout < error::DEADLINE),
        "the server speaks before it is given up"
    );
}

#[tokio::test]
async fn a_deletion_leaves_events_behind_and_no_message_that_waited() {
    let db = fresh();
    let store = db.mongo();
    let ada = user("ada@example.com");
    let created = store.create_user(ada.clone(), Effects::default()).await;
    assert_eq!(created.unwrap(), CreateUser::Created);
    let raw = store.db().await.unwrap();
    // Effects that a process left behind when it died.
    let effects = effects("ada@example.com", EventKind::UserLoggedIn);
    let left = out::Out::of_account(effects).unwrap().stage(false);
    let key = user_documents::key(ada.id);
    raw.users.update_one(key.clone(), vec![left]).await.unwrap();
    let turn = superusers::Turn::take(raw, false).await.unwrap();
    let deletion = Deletion::default();
    let marked = deletion::mark(raw, &ada, &deletion, &turn, Effects::default());
    let deletion::Marked::Gone(document) = marked.await.unwrap() else {
        panic!("not marked");
    };
    let entries = document.get_array(out::OUT).unwrap();
    assert_eq!(entries.len(), 1, "{document}");
    let entry = entries[0].as_document().unwrap();
    assert!(entry.contains_key("event") && !entry.contains_key("message"));
}

#[tokio::test]
async fn what_was_copied_is_taken_out_after_the_answer() {
    let db = fresh();
    let store = db.mongo();
    let creations = (0..20).map(|number| {
        let address = format!("ada{number}@example.com");
        let effects = effects(&address, EventKind::UserRegistered);
        store.create_user(user(&address), effects)
    });
    for created in futures_util::future::join_all(creations).await {
        assert_eq!(created.unwrap(), CreateUser::Created);
    }
    let raw = db.raw().await;
    let events = raw.events.count_documents(doc! {}).await.unwrap();
    assert_eq!(events, 20, "an event is there before the answer");
    store.settled().await;
    let left = doc! { out::OUT: { "$exists": true } };
    assert_eq!(raw.users.count_documents(left).await.unwrap(), 0);
}

#[tokio::test]
async fn what_waits_in_a_document_is_bounded() {
    let db = fresh();
    let store = db.mongo();
    let ada = user("ada@example.com");
    let created = store.create_user(ada.clone(), Effects::default()).await;
    assert_eq!(created.unwrap(), CreateUser::Created);
    let raw = store.db().await.unwrap();
    let many = || {
        let events = (0..400).map(|_| event(EventKind::UserLoggedIn));
        out::Out::of_account(Effects::of_events(events)).unwrap()
    };
    let key = user_documents::key(ada.id);
    let mut push = doc! {};
    many().push_into(&mut push);
    for _ in 0..2 {
        raw.users
            .update_one(key.clone(), push.clone())
            .await
            .unwrap();
        let stage = vec![many().stage(false)];
        raw.users.update_one(key.clone(), stage).await.unwrap();
        let found = raw.users.find_one(key.clone()).await.unwrap().unwrap();
        assert_eq!(found.get_array(out::OUT).unwrap().len(), 500);
    }
}

#[test]
fn a_url_that_cannot_be_used_is_refused_without_its_password() {
    for url in [
        "mongodb://ada:canary@localhost/?maxPoolSize=canary",
        "mongodb://ada:canary@/x",
        "mongodb://ada:can%ary@localhost",
        "mongodb://ada:canary@localhost/?authMechanism=canary",
    ] {
        let refused = Mongo::new(
            url.into(),
            "accounts".to_owned(),
            &Settings::default(),
            Duration::from_mins(15),
        );
        let error = refused.err().expect(url).to_string();
        assert!(
            error.starts_with("the MongoDB URL can't be used: ") && !error.contains("canary"),
            "{error}"
        );
    }
}
