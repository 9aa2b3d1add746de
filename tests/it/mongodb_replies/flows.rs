//! Flows of several steps, and what an operator does: whichever reply is lost, each ends well.

use std::time::{Duration, Instant};

use regstack::internals::accounts::NewAccount;
use regstack::internals::model::{self, Email, Origin};

use super::{MOST, NEW, address, each_reply_lost};
use crate::support::actor::{Actor, Answer, PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::process::Place;
use crate::support::served::Served;

/// So many accounts are made ready before anything is lost: more than any of these acts has commands.
const READY: u32 = 25;

async fn with_everything() -> Served {
    let database = Database::fresh(Kind::Mongo).await;
    Served::over(database, |settings| {
        settings.guessing.rate_limit_disabled = true;
        settings.features.enable_sms_2fa = true;
        settings.pages.email_undo_url_template = Some("{base_url}/undo?token={token}".to_owned());
    })
    .await
}

fn number(nth: u32) -> String {
    format!("+14155550{nth:03}")
}

/// Loses replies to an act on each of what was made ready.
async fn each_of<T>(
    served: &mut Served,
    ready: &[T],
    act: impl AsyncFn(&T) -> Answer,
    answers: &[u16],
) {
    served.stop_sending().await;
    let nth = async |nth: u32| nth as usize;
    each_reply_lost(served, nth, async |nth| act(&ready[*nth]).await, answers).await;
}

#[tokio::test]
async fn a_login_with_a_second_factor_ends_well() {
    let mut served = with_everything().await;
    let mut ready = Vec::new();
    for nth in 0..READY {
        served
            .signed_in_with_phone(&address(nth), &number(nth))
            .await;
        let token = served.log_in_halfway(&address(nth)).await;
        ready.push((token, served.code_sent_to(&number(nth), 2).await));
    }
    let anonymous = served.anonymous();
    // A code that was used up is no code any more.
    let confirm =
        async |(token, code): &(String, String)| anonymous.confirm_login(token, code).await;
    each_of(&mut served, &ready, confirm, &[200, 400]).await;
    // Who was refused so logs in again, which ends well too.
    let email = async |nth| address(nth);
    let log_in = async |email: &String| anonymous.log_in(email, PASSWORD).await;
    each_reply_lost(&served, email, log_in, &[200]).await;
}

#[tokio::test]
async fn a_phone_is_confirmed_and_removed() {
    let mut served = with_everything().await;
    let mut ready = Vec::new();
    for nth in 0..READY {
        let person = served.signed_in(&address(nth)).await;
        let started = person.start_phone(&number(nth)).await;
        let token = started.is(202).text("pending_token").to_owned();
        let code = served.code_sent_to(&number(nth), 1).await;
        ready.push((person, token, code));
    }
    each_of(
        &mut served,
        &ready,
        async |(person, token, code)| person.confirm_phone(token, code).await,
        &[200, 400],
    )
    .await;
    // Who was refused so begins anew: a code that is used up is no code any more, whatever it was good for.
    let mut served = with_everything().await;
    let mut people = Vec::new();
    for nth in 0..READY {
        people.push(
            served
                .signed_in_with_phone(&address(nth), &number(nth))
                .await,
        );
    }
    each_of(
        &mut served,
        &people,
        async |person: &Actor| person.remove_phone(PASSWORD).await,
        &[200, 400],
    )
    .await;
    for nth in [0, 1, 2, 3] {
        assert!(!served.user(&address(nth)).await.is_mfa_enabled, "{nth}");
    }
}

#[tokio::test]
async fn a_change_of_the_address_is_asked_for_made_and_undone() {
    let new = |nth: u32| format!("new{nth}@example.com");
    let mut served = with_everything().await;
    let mut ready = Vec::new();
    for nth in 0..READY {
        let person = served.signed_in(&address(nth)).await;
        person.change_email(&new(nth)).await.is(202);
        ready.push(served.mailed_token(&new(nth), 1).await);
    }
    let anonymous = served.anonymous();
    each_of(
        &mut served,
        &ready,
        async |token: &String| anonymous.confirm_email_change(token).await,
        &[200, 400],
    )
    .await;
    for nth in [0, 1, 2, 3] {
        let account = served.find(&new(nth)).await;
        assert!(account.is_some(), "{nth}");
    }

    let mut served = with_everything().await;
    let mut undos = Vec::new();
    for nth in 0..READY {
        let person = served.signed_in(&address(nth)).await;
        person.change_email(&new(nth)).await.is(202);
        let link = served.mailed_token(&new(nth), 1).await;
        served.confirm_email_change(&link).await.is(200);
        undos.push(served.mailed_token(&address(nth), 1).await);
    }
    let anonymous = served.anonymous();
    each_of(
        &mut served,
        &undos,
        async |token: &String| anonymous.undo_email_change(token).await,
        &[200, 400],
    )
    .await;
    for nth in [0, 1, 2, 3] {
        let account = served.find(&address(nth)).await;
        assert!(account.is_some_and(|user| user.hashed_password.is_none()));
        assert!(served.find(&new(nth)).await.is_none(), "{nth}");
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced() {
    let mut served = with_everything().await;
    let mut ready = Vec::new();
    for nth in 0..READY {
        served.account(&address(nth), |_| ()).await;
        served.forgot_password(&address(nth)).await.is(202);
        ready.push(served.mailed_token(&address(nth), 1).await);
    }
    let anonymous = served.anonymous();
    each_of(
        &mut served,
        &ready,
        async |token: &String| anonymous.reset_password(token, NEW).await,
        &[200, 400],
    )
    .await;
    for nth in [0, 1, 2, 3] {
        served.log_in(&address(nth), NEW).await.is(200);
    }
    let known = async |nth| address(nth);
    let forget = async |email: &String| anonymous.forgot_password(email).await;
    each_reply_lost(&served, known, forget, &[202]).await;
    let unknown = async |nth| format!("nobody{nth}@example.com");
    each_reply_lost(&served, unknown, forget, &[202]).await;
}

/// The commands that write.
const WRITES: [&str; 4] = ["insert", "update", "delete", "findAndModify"];

/// Runs a command for each reply that may be lost, from the `first` on. Run again, it must end with one of these codes.
fn each_command(
    database: &Database,
    place: &Place,
    arguments: impl Fn(u32) -> Vec<String>,
    first: u32,
    codes: &[i32],
) {
    for nth in first..first + MOST {
        let arguments = arguments(nth);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        database.wire().lose_reply_after(nth);
        let started = Instant::now();
        let ran = place.run_with_stdin(&arguments, PASSWORD);
        let took = started.elapsed();
        let lost = database.wire().lost();
        if ran.code != Some(0) {
            assert!(
                ran.code == Some(4) && lost.is_some() && ran.stdout.is_empty(),
                "reply {nth} lost: {ran:?}"
            );
            let is_write = lost.as_deref().is_some_and(|name| WRITES.contains(&name));
            assert_eq!(
                ran.stderr.contains("may have been done"),
                is_write,
                "reply {nth} ({lost:?}) lost: {ran:?}"
            );
            // A busy machine may keep the server from answering the next connection in time.
            let mut runs = (0..3).map(|_| place.run_with_stdin(&arguments, PASSWORD));
            let again = runs.find(|again| !again.stderr.contains("no MongoDB server responds"));
            let again = again.expect("the server is back");
            assert!(
                again.code.is_some_and(|code| codes.contains(&code)),
                "reply {nth} ({lost:?}) lost: {ran:?}, then {again:?}"
            );
        }
        assert!(took < Duration::from_secs(15), "reply {nth} lost: {took:?}");
        if lost.is_none() {
            assert!(nth > first + 2, "{arguments:?} asks more than {nth} things");
            return;
        }
    }
    panic!("{MOST} commands are not enough");
}

/// An installation whose database has its indexes, and how many commands the program asks before it does anything.
fn installed(database: &Database) -> (Place, u32) {
    let place = Place::over(&database.wired_url());
    assert_eq!(place.run(&["db", "migrate"]).code, Some(0));
    database.wire().commands();
    place.run(&["users", "show", "nobody@example.com"]);
    let asked = u32::try_from(database.wire().commands().len()).unwrap();
    (place, asked.saturating_sub(2))
}

fn command(words: &[&str], nth: u32) -> Vec<String> {
    let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    words.push(address(nth));
    words
}

/// Runs a command on accounts that are there.
async fn operates(act: &[&str]) {
    let database = Database::fresh(Kind::Mongo).await;
    let (place, first) = installed(&database);
    let app = place.app().await;
    let origin = Origin {
        actor: model::Actor::Anonymous,
        ip: None,
        request_id: None,
        languages: Vec::new(),
        user_agent: None,
    };
    for nth in std::iter::once(0).chain(first..first + READY) {
        let account = NewAccount {
            email: Email::parse(&address(nth)).unwrap(),
            password: None,
            full_name: None,
            // Somebody has to stay.
            is_superuser: nth == 0,
            is_verified: true,
            send_invite: false,
        };
        app.accounts.create_user(account, &origin).await.unwrap();
    }
    each_command(&database, &place, |nth| command(act, nth), first, &[0, 1]);
}

// Each has a database of its own, so that they run side by side.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_an_operator_creates_is_there() {
    let database = Database::fresh(Kind::Mongo).await;
    let (place, first) = installed(&database);
    // Who is there already was created by the first try: that is said.
    let create = |nth| command(&["users", "create", "--password-stdin", "--email"], nth);
    each_command(&database, &place, create, first, &[0, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_an_operator_promotes_is_an_administrators() {
    operates(&["users", "promote", "--yes"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_an_operator_revokes_have_ended() {
    operates(&["tokens", "revoke", "--user"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_an_operator_deletes_is_gone() {
    // Who is gone is not found.
    operates(&["users", "delete", "--yes"]).await;
}
