//! Accounts imported from another system.

use super::*;
use crate::model::{ForeignId, Identity, ProviderId, Sealed};
use crate::store::ImportOutcome::{self, Created, Duplicate, IdentityTaken, Unchanged, Updated};
use crate::store::ImportedUser;

fn imported(address: &str, foreign_id: &str) -> ImportedUser {
    ImportedUser {
        user: User {
            foreign_id: ForeignId::parse(foreign_id),
            ..user(address)
        },
        totp: None,
        identities: Vec::new(),
        effects: Effects::default(),
    }
}

async fn import(store: &dyn Store, accounts: &[ImportedUser], update: bool) -> Vec<ImportOutcome> {
    let imported = store.import_users(accounts.to_vec(), update, at(9));
    imported.await.unwrap()
}

pub(in crate::store) async fn an_import_makes_accounts_and_changes_nobody_elses(db: &dyn Database) {
    let store = db.open().await;
    create(&*store, user("taken@example.com")).await;
    let sealed = Sealed {
        bytes: vec![1, 2, 3],
        under: "key".into(),
    };
    let waiting = pending("bob@example.com", proof("waiting"));
    put(&*store, waiting).await;
    let mut accounts = vec![
        imported("ada@example.com", "1"),
        imported("bob@example.com", "2"),
        imported("taken@example.com", "3"),
        imported("ADA@example.com", "4"),
    ];
    accounts[3].user.email = Email::from_stored("ada@example.com".into());
    accounts[1].totp = Some(sealed.clone());
    accounts[1].user.has_totp = true;
    accounts[1].user.is_mfa_enabled = true;
    accounts[0].effects.messages.push(mail("ada@example.com"));
    let first = import(&*store, &accounts, false).await;
    assert_eq!(first, [Created, Created, Duplicate, Duplicate]);
    let again = import(&*store, &accounts, false).await;
    assert_eq!(again, [Unchanged, Unchanged, Duplicate, Duplicate]);
    for account in &accounts[..2] {
        let read = store.user(account.user.id).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", account.user));
        let id = account.user.foreign_id.as_ref().unwrap();
        let found = store.user_by_foreign_id(id).await.unwrap().unwrap();
        assert_eq!(found.id, account.user.id);
    }
    let nobody = ForeignId::parse("nobody").unwrap();
    assert!(store.user_by_foreign_id(&nobody).await.unwrap().is_none());
    let factors = store.factors(accounts[1].user.id).await.unwrap();
    assert_eq!(factors.totp.unwrap().secret, sealed);
    let pending = store
        .pending_by_email(&email("bob@example.com"), at(1))
        .await;
    assert!(
        pending.unwrap().is_none(),
        "the account stands in its place"
    );

    let mut changed = imported("taken@example.com", "3");
    changed.user.full_name = name("Ada");
    changed.user.hashed_password = Some(hash("another"));
    let before = store
        .user_by_email(&changed.user.email)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(import(&*store, &[changed.clone()], true).await, [Updated]);
    assert_eq!(import(&*store, &[changed.clone()], true).await, [Unchanged]);
    let after = store.user(before.id).await.unwrap().unwrap();
    assert_eq!(after.full_name, changed.user.full_name);
    assert_eq!(after.foreign_id, changed.user.foreign_id);
    assert_eq!(after.hashed_password, before.hashed_password);
    // An id belongs to one account.
    let mut thief = imported("thief@example.com", "5");
    thief.user.id = before.id;
    assert_eq!(import(&*store, &[thief], false).await, [Duplicate]);
}

fn linked(account: &mut ImportedUser, provider: &str, subject: &str) {
    account.identities.push(Identity {
        user_id: account.user.id,
        provider: ProviderId::parse(provider).unwrap(),
        subject: subject.to_owned(),
        email: None,
        linked_at: at(1),
        last_used_at: None,
    });
}

pub(in crate::store) async fn people_are_linked_to_the_account_that_they_come_with(
    db: &dyn Database,
) {
    let store = db.open().await;
    let mut accounts = vec![
        imported("ada@example.com", "1"),
        imported("eve@example.com", "2"),
        imported("bob@example.com", "3"),
    ];
    linked(&mut accounts[0], "google", "a");
    linked(&mut accounts[0], "github", "a");
    linked(&mut accounts[1], "github", "e");
    linked(&mut accounts[1], "google", "a");
    linked(&mut accounts[2], "google", "b");
    let first = import(&*store, &accounts, false).await;
    assert_eq!(first, [Created, IdentityTaken, Created]);
    let again = import(&*store, &accounts, true).await;
    assert_eq!(again, [Unchanged, IdentityTaken, Unchanged]);
    let owner = async |provider: &str, subject: &str| {
        let provider = ProviderId::parse(provider).unwrap();
        let owner = store.identity_owner(&provider, subject).await.unwrap();
        owner.map(|user| user.id)
    };
    let [ada, eve, bob] = [0, 1, 2].map(|place: usize| accounts[place].user.id);
    assert_eq!(owner("google", "a").await, Some(ada));
    assert_eq!(owner("github", "a").await, Some(ada));
    assert_eq!(owner("google", "b").await, Some(bob));
    assert_eq!(
        owner("github", "e").await,
        None,
        "nothing of a refused account stays"
    );
    assert!(store.user(eve).await.unwrap().is_none());
    let mut of_both: Vec<_> = store
        .identities_of(&[ada, bob, eve])
        .await
        .unwrap()
        .into_iter()
        .map(|identity| (identity.user_id, identity.provider.to_string()))
        .collect();
    of_both.sort();
    let mut expected = vec![
        (ada, "github".into()),
        (ada, "google".into()),
        (bob, "google".into()),
    ];
    expected.sort();
    assert_eq!(of_both, expected);
    // An account that exists is linked to nobody by an import.
    let mut more = accounts[2].clone();
    linked(&mut more, "github", "mallory");
    assert_eq!(import(&*store, &[more], true).await, [Unchanged]);
    assert_eq!(owner("github", "mallory").await, None);
}

/// Where no account has to do with another one of the file, it is also what an import of all of them does.
pub(in crate::store) async fn an_import_is_foreseen_and_nothing_changes(db: &dyn Database) {
    let store = db.open().await;
    let mut accounts: Vec<ImportedUser> = (0..230)
        .map(|number| imported(&format!("u{number}@example.com"), &number.to_string()))
        .collect();
    for (number, account) in accounts.iter_mut().enumerate().step_by(3) {
        linked(account, "google", &number.to_string());
    }
    create(&*store, user("u1@example.com")).await;
    assert_eq!(import(&*store, &accounts[2..4], false).await, [Created; 2]);
    accounts[3].user.full_name = name("Ada");
    accounts[204].user.id = accounts[2].user.id;
    let mut people = accounts[3].identities.clone();
    people[0].user_id = accounts[6].user.id;
    accounts[6].identities.clone_from(&people);
    // The first reason counts.
    accounts[207].user.id = accounts[2].user.id;
    accounts[207].identities = people;
    let foresee = async |update| {
        store
            .foresee_import(accounts.clone(), update)
            .await
            .unwrap()
    };
    let before = store.counts(at(0)).await.unwrap();
    for (update, [first, third]) in [(false, [Duplicate, Unchanged]), (true, [Updated; 2])] {
        let mut expected = [Created; 230];
        (expected[1], expected[2], expected[3]) = (first, Unchanged, third);
        expected[6] = IdentityTaken;
        (expected[204], expected[207]) = (Duplicate, Duplicate);
        assert_eq!(foresee(update).await, expected, "{update}");
    }
    let same = store.counts(at(0)).await.unwrap();
    assert_eq!(format!("{same:?}"), format!("{before:?}"));
    let foreseen = foresee(true).await;
    assert_eq!(import(&*store, &accounts, true).await, foreseen);
}

/// What becomes of an account depends on those before it, however many are written together.
pub(in crate::store) async fn accounts_are_imported_in_their_order(db: &dyn Database) {
    let store = db.open().await;
    let mut accounts: Vec<ImportedUser> = (0..450)
        .map(|number| imported(&format!("u{number}@example.com"), &number.to_string()))
        .collect();
    let mut expected = vec![Created; 450];
    // Here before.
    for number in [0, 7, 250] {
        create(&*store, user(&format!("u{number}@example.com"))).await;
        accounts[number].user.full_name = name("Ada");
        expected[number] = Updated;
    }
    for number in ["3", "299"] {
        let address = format!("u{number}@example.com");
        put(&*store, pending(&address, proof(number))).await;
    }
    // Of the same file: an address once more, an id once more, a person once more.
    accounts[11].user.email = email("u10@example.com");
    accounts[11].user.full_name = name("Bob");
    expected[11] = Updated;
    accounts[12].user.email = email("u10@example.com");
    accounts[12].user.full_name = name("Bob");
    accounts[12].user.foreign_id = accounts[11].user.foreign_id.clone();
    expected[12] = Unchanged;
    accounts[21].user.id = accounts[20].user.id;
    expected[21] = Duplicate;
    for number in [30, 31, 33, 433] {
        linked(&mut accounts[number], "google", "g");
    }
    linked(&mut accounts[31], "github", "h");
    linked(&mut accounts[32], "github", "h");
    (expected[31], expected[33], expected[433]) = (IdentityTaken, IdentityTaken, IdentityTaken);
    for number in [5, 199, 200, 449] {
        let address = format!("u{number}@example.com");
        accounts[number].effects.messages.push(mail(&address));
    }
    // Nothing comes of what is not created.
    accounts[33].effects.messages.push(mail("u33@example.com"));
    assert_eq!(import(&*store, &accounts, true).await, expected);
    let created = expected.iter().filter(|outcome| **outcome == Created);
    let created = created.count() as u64;
    let counts = store.counts(at(0)).await.unwrap();
    assert_eq!(
        (counts.total_users, counts.pending_registrations),
        (created + 3, 0)
    );
    assert_eq!(waiting(&*store).await, 4);
    let days = store.series(1, at(0)).await.unwrap();
    assert_eq!(days[0].registered, created + 3);
    let found = store
        .user_by_email(&email("u10@example.com"))
        .await
        .unwrap();
    let found = found.unwrap();
    assert_eq!(
        (found.id, found.full_name),
        (accounts[10].user.id, name("Bob"))
    );
    // Once more: nothing is made.
    let again = import(&*store, &accounts, true).await;
    for (number, (outcome, before)) in again.iter().zip(&expected).enumerate() {
        let expected = match (number, before) {
            // One takes the other's id over, and back.
            (10 | 11, _) => Updated,
            (_, Duplicate | IdentityTaken) => *before,
            _ => Unchanged,
        };
        assert_eq!(*outcome, expected, "{number}");
    }
    let same = store.counts(at(0)).await.unwrap();
    assert_eq!(format!("{same:?}"), format!("{counts:?}"));
    assert_eq!(waiting(&*store).await, 4);
}

/// Each account is made once, and each process is told what became of it.
pub(in crate::store) async fn of_parallel_imports_one_makes_each_account(db: &dyn Database) {
    let mut accounts: Vec<ImportedUser> = (0..120)
        .map(|number| imported(&format!("u{number}@example.com"), &number.to_string()))
        .collect();
    for (number, account) in accounts.iter_mut().enumerate().step_by(3) {
        linked(account, "google", &number.to_string());
    }
    let outcomes = race(db, 3, |store, _| {
        let mut accounts = accounts.clone();
        for account in accounts.iter_mut().step_by(3) {
            let address = account.user.email.to_string();
            account.effects.messages.push(mail(&address));
        }
        async move { import(&*store, &accounts, false).await }
    })
    .await;
    let store = db.open().await;
    for (number, account) in accounts.iter().enumerate() {
        let told: Vec<ImportOutcome> = outcomes.iter().map(|all| all[number]).collect();
        let of = |wanted| told.iter().filter(|outcome| **outcome == wanted).count();
        assert_eq!((of(Created), of(Unchanged)), (1, 2), "{number}: {told:?}");
        assert!(store.user(account.user.id).await.unwrap().is_some());
    }
    assert_eq!(store.counts(at(0)).await.unwrap().total_users, 120);
    let ids: Vec<Id> = accounts.iter().map(|account| account.user.id).collect();
    assert_eq!(store.identities_of(&ids).await.unwrap().len(), 40);
    assert_eq!(waiting(&*store).await, 40);
}
