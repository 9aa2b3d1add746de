//! An application served on a port of its own, with its own database, a clock that stands still, and a mailbox; and the
//! people who have to do with it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use regstack::internals::accounts::{NewAccount, NewServiceKey};
use regstack::internals::app::{Ambient, App, Insight};
use regstack::internals::clock::{Clock as _, ManualClock};
use regstack::internals::config::Settings;
use regstack::internals::delivery::Mailbox;
use regstack::internals::model::{
    CapPurpose, Email, Event, EventFilter, Id, LockoutRule, MessageEntry, MessageFilter,
    MessageKind, Origin, QueuedMessage, RecipientCap, Scopes, ServiceKey, ServiceKeyName, User,
};
use regstack::internals::random::{self, Random, SystemRandom};
use regstack::internals::store::{Effects, IssueLink, LinkIssue};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::actor::{Actor, PASSWORD, Requests};
use super::client;
use super::database::{Database, Kind};
use super::operator::Operator;

/// One served application. Its workers and server end when it is dropped.
pub(crate) struct Served {
    pub(crate) app: App,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) mailbox: Mailbox,
    pub(crate) origin: String,
    anonymous: Actor,
    stop: CancellationToken,
    stop_working: CancellationToken,
    working: JoinHandle<()>,
    database: Arc<Database>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Requests for Served {
    fn actor(&self) -> &Actor {
        &self.anonymous
    }
}

/// The settings of tests: hashes that cost next to nothing, a secret made for the occasion.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.password.memory_kib = 16;
    settings.password.iterations = 1;
    settings.tokens.jwt_secret = random::token::<48>(&SystemRandom).into();
    settings
}

/// What a served application has around it, apart from its clock.
fn ambient(random: impl Random) -> Ambient {
    Ambient {
        random: Arc::new(random),
        mailbox: Some(Mailbox::default()),
        ..Ambient::system()
    }
}

/// Randomness with which mail is never delayed: the delay is the only thing that is made of two bytes.
struct WithoutDelay;

impl Random for WithoutDelay {
    fn fill(&self, buffer: &mut [u8]) {
        if buffer.len() == 2 {
            buffer.fill(0);
        } else {
            SystemRandom.fill(buffer);
        }
    }
}

impl Served {
    pub(crate) async fn start() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let database = Database::fresh(Kind::of_this_run()).await;
        Self::over(database, change).await
    }

    /// One over a database that may hold something already.
    pub(crate) async fn over(database: Database, change: impl FnOnce(&mut Settings)) -> Self {
        // Far ahead: a server that removes what is old by its own clock must find nothing.
        let now = "2100-11-23T06:00:00.123Z".parse().unwrap();
        Self::over_at(database, now, change).await
    }

    /// The same at this moment.
    pub(crate) async fn over_at(
        database: Database,
        now: Timestamp,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let database = Arc::new(database);
        let clock = Arc::new(ManualClock::starting_at(now));
        let ambient = Ambient {
            clock: clock.clone(),
            ..ambient(SystemRandom)
        };
        Self::on(settings, database, clock, ambient).await
    }

    /// One that sends mail at once, without the random delay that hides whether there was one.
    pub(crate) async fn prompt(database: Database, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let now = "2100-11-23T06:00:00.123Z".parse().unwrap();
        let clock = Arc::new(ManualClock::starting_at(now));
        let ambient = Ambient {
            clock: clock.clone(),
            ..ambient(WithoutDelay)
        };
        Self::on(settings, Arc::new(database), clock, ambient).await
    }

    /// From now on nothing is sent: what is queued stays in the outbox.
    pub(crate) async fn stop_sending(&mut self) {
        self.stop_working.cancel();
        (&mut self.working).await.unwrap();
    }

    /// A second server over the same database, with the same clock, settings and mailbox.
    pub(crate) async fn sibling(&self) -> Self {
        self.sibling_with(|_| ()).await
    }

    /// A second server over the same database, with other settings.
    pub(crate) async fn sibling_with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = (*self.app.settings).clone();
        change(&mut settings);
        Self::on(
            settings,
            Arc::clone(&self.database),
            Arc::clone(&self.clock),
            self.app.ambient.clone(),
        )
        .await
    }

    /// A second server over the same database, whose program knows something for the console.
    pub(crate) async fn knowing(&self, insight: Arc<dyn Insight>) -> Self {
        Self::on(
            (*self.app.settings).clone(),
            Arc::clone(&self.database),
            Arc::clone(&self.clock),
            Ambient {
                insight: Some(insight),
                ..self.app.ambient.clone()
            },
        )
        .await
    }

    async fn on(
        mut settings: Settings,
        database: Arc<Database>,
        clock: Arc<ManualClock>,
        ambient: Ambient,
    ) -> Self {
        let mailbox = ambient.mailbox.clone().expect("tests have a mailbox");
        settings.database.engine = database.engine();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        // Browsers keep passkeys for names only; a test that has its own origins keeps them.
        if settings.passkeys.origins.len() == 1 {
            let named = format!("http://localhost:{}", address.port());
            settings.passkeys.origins.push(named);
        }
        let app = App::open(settings, ambient).await.unwrap();
        // A request waits for the indexes of an empty database, but only so long; all tests share one server of one thread.
        let _ = app.store.ready().await;
        let origin = format!("http://{address}");
        let stop = CancellationToken::new();
        let (serving, working) = (app.clone(), app.clone());
        let (stop_serving, stop_working) = (stop.clone(), stop.child_token());
        let stopped_working = stop_working.clone();
        tokio::spawn(async move {
            regstack::internals::http::serve(&serving, listener, stop_serving)
                .await
                .unwrap();
        });
        let working = tokio::spawn(async move { working.run_workers(stopped_working).await });
        Self {
            app,
            clock,
            mailbox,
            anonymous: Actor::anonymous(client::client(), origin.clone()),
            origin,
            stop,
            stop_working,
            working,
            database,
        }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.clock.advance(time);
    }

    /// Nobody in particular.
    pub(crate) fn anonymous(&self) -> Actor {
        self.anonymous.clone()
    }

    /// Somebody with a session by the usual password. Who has no account yet is given one.
    pub(crate) async fn signed_in(&self, email: &str) -> Actor {
        if self.find(email).await.is_none() {
            self.account(email, |_| ()).await;
        }
        self.logged_in(email, PASSWORD).await
    }

    /// An administrator with a session.
    pub(crate) async fn admin(&self) -> Actor {
        self.superuser("root@example.com").await
    }

    /// A program with a new service key of this scope.
    pub(crate) async fn service(&self, scope: &str) -> Actor {
        let (_, actor) = self.service_named(&self.new_name(), scope).await;
        actor
    }

    /// The key that a program of this name gets, and the program.
    pub(crate) async fn service_named(&self, name: &str, scope: &str) -> (ServiceKey, Actor) {
        let wanted = NewServiceKey {
            name: ServiceKeyName::parse(name).unwrap(),
            scopes: Scopes::parse(scope).unwrap(),
            expires_at: None,
        };
        let origin = Origin::server();
        let made = self.app.accounts.create_service_key(wanted, &origin).await;
        let (key, text) = made.unwrap();
        (key, self.bearer(text.expose()))
    }

    fn new_name(&self) -> String {
        let name: [u8; 8] = random::bytes(&*self.app.ambient.random);
        format!("service-{:x}", u64::from_be_bytes(name))
    }

    /// A new administrator of this address, with a session.
    pub(crate) async fn superuser(&self, email: &str) -> Actor {
        self.account(email, |account| account.is_superuser = true)
            .await;
        self.logged_in(email, PASSWORD).await
    }

    /// Somebody who registered, pressed the link in their mail, and logged in.
    pub(crate) async fn signed_up(&self, email: &str) -> Actor {
        let before = self.arrived(email).len();
        self.register(email).await.is(201);
        let token = self.mailed_token(email, before + 1).await;
        self.verify(&token).await.is(200);
        self.logged_in(email, PASSWORD).await
    }

    /// Somebody whose logins need a code from a phone that nobody wrote to before.
    pub(crate) async fn signed_in_with_phone(&self, email: &str, number: &str) -> Actor {
        let person = self.signed_in(email).await;
        let started = person.start_phone(number).await;
        let pending = started.is(202).text("pending_token");
        let code = self.code_sent_to(number, 1).await;
        self.confirm_phone(pending, &code).await.is(200);
        person
    }

    /// Somebody with a shell on the machine.
    pub(crate) fn operator(&self) -> Operator<'_> {
        Operator::of(self)
    }

    /// An account made by an operator, verified and with the usual password unless `change` says otherwise.
    pub(crate) async fn account(&self, email: &str, change: impl FnOnce(&mut NewAccount)) -> User {
        self.operator().create(email, change).await
    }

    /// The code in the newest SMS to a number, once `count` went there.
    pub(crate) async fn code_sent_to(&self, number: &str, count: usize) -> String {
        code_in(&self.mails(number, count).await[0])
    }

    /// The account of an address, if there is one.
    pub(crate) async fn find(&self, email: &str) -> Option<User> {
        let email = Email::parse(email).unwrap();
        self.app.accounts.user_by_email(&email).await.unwrap()
    }

    /// The account of an address.
    pub(crate) async fn user(&self, email: &str) -> User {
        self.find(email).await.expect("there is such an account")
    }

    /// How many accounts there are.
    pub(crate) async fn count_users(&self) -> u64 {
        self.app.accounts.counts().await.unwrap().total_users
    }

    /// The id of the account of an address.
    pub(crate) async fn id_of(&self, email: &str) -> Id {
        self.user(email).await.id
    }

    /// The token in the newest mail with a link to an address, once `count` mails went there. Mails may overtake each
    /// other: a notice that was queued before the link can arrive after it.
    pub(crate) async fn mailed_token(&self, email: &str, count: usize) -> String {
        let mails = self.mails(email, count).await;
        let with_link = mails.iter().find(|mail| mail.contains("token="));
        token_in(with_link.expect("a mail with a link"))
    }

    /// The token in the newest mail to an address, however many there are.
    pub(crate) fn newest_token(&self, email: &str) -> String {
        let mails = self.arrived(email);
        let with_link = mails.iter().find(|mail| mail.contains("token="));
        token_in(with_link.expect("a mail with a link"))
    }

    /// The texts of the messages to an address or number, newest first, once there are `count`.
    pub(crate) async fn mails(&self, email: &str, count: usize) -> Vec<String> {
        eventually(|| self.arrived(email).len() >= count).await;
        let mails = self.arrived(email);
        assert_eq!(mails.len(), count, "mails to {email}");
        mails
    }

    /// The texts of the messages that are here, newest first.
    fn arrived(&self, to: &str) -> Vec<String> {
        let messages = self.mailbox.messages().into_iter();
        let ours = messages.filter(|message| message.to == to);
        ours.map(|message| message.text).collect()
    }

    /// How many failed logins of an address count just now.
    pub(crate) async fn failures_of(&self, email: &str) -> u32 {
        let rule = LockoutRule {
            threshold: 5,
            window: SignedDuration::from_secs(900),
        };
        let email = Email::parse(email).unwrap();
        let lockout = self.app.store.lockout(&email, rule, self.now()).await;
        lockout.unwrap().failures
    }

    /// How many messages wait in the outbox.
    pub(crate) async fn waiting(&self) -> u64 {
        self.app.store.outbox().await.unwrap().waiting
    }

    /// The newest messages of the outbox.
    pub(crate) async fn messages(&self) -> Vec<MessageEntry> {
        let filter = MessageFilter::default();
        let page = self.app.store.messages(&filter, None, 100);
        page.await.unwrap().items
    }

    /// Queues a message to somebody that is not due until tomorrow; its id.
    pub(crate) async fn queue_for_tomorrow(&self, email: &str) -> Id {
        let user = self.user(email).await;
        let (now, recipient) = (self.now(), user.email.to_string());
        let tomorrow = now + SignedDuration::from_hours(24);
        let id = Id::new(now, random::bytes(&SystemRandom));
        let message = QueuedMessage {
            id,
            kind: MessageKind::Email,
            recipient: recipient.clone(),
            user_id: Some(user.id),
            pending_proof: None,
            dies_with_change: false,
            payload: vec![0; 64],
            created_at: now,
            not_before: tomorrow,
            expires_at: tomorrow + SignedDuration::from_hours(1),
            attempts: 0,
        };
        let link = LinkIssue {
            only_if: None,
            user_id: Some(user.id),
            email: None,
            verified_hash: None,
            issued_at: now,
            cap: RecipientCap {
                recipient,
                purpose: CapPurpose::PasswordReset,
                is_pretended: false,
                limit: None,
                useless_until: None,
                client: None,
                now,
            },
        };
        let effects = Effects {
            messages: vec![message],
            ..Effects::default()
        };
        let issued = self.app.store.issue_link(link, effects).await;
        assert_eq!(issued.unwrap(), IssueLink::Queued);
        id
    }

    /// The newest events, at most so many.
    pub(crate) async fn events(&self, limit: u32) -> Vec<Event> {
        let all = EventFilter::default();
        let page = self.app.store.events(&all, None, limit);
        page.await.unwrap().items
    }

    /// Waits until the outbox is empty: whatever was queued has arrived.
    pub(crate) async fn outbox_is_empty(&self) {
        self.outbox_falls_to(0).await;
    }

    /// Waits until no more than so many messages are left in the outbox, and says how many are; fails after a minute.
    pub(crate) async fn outbox_falls_to(&self, count: u64) -> u64 {
        let give_up = std::time::Instant::now() + Duration::from_mins(1);
        loop {
            let waiting = self.waiting().await;
            if waiting <= count {
                return waiting;
            }
            assert!(
                std::time::Instant::now() < give_up,
                "{waiting} are left, not {count}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The names of the recorded events, oldest first.
    pub(crate) async fn event_kinds(&self) -> Vec<&'static str> {
        let events = self.events(200).await;
        let oldest_first = events.iter().rev();
        oldest_first.map(|event| event.kind.as_str()).collect()
    }

    /// How many events of this name are recorded.
    pub(crate) async fn count_events(&self, name: &str) -> usize {
        let kinds = self.event_kinds().await;
        kinds.into_iter().filter(|kind| *kind == name).count()
    }
}

/// The code in an SMS.
pub(crate) fn code_in(sms: &str) -> String {
    let mut numbers = sms.split(|c: char| !c.is_ascii_digit());
    let code = numbers.find(|number| number.len() >= 4);
    code.expect("a code in the SMS").to_owned()
}

/// The token in a mail's link.
pub(crate) fn token_in(mail: &str) -> String {
    let (_, after) = mail.split_once("token=").expect("a link in the mail");
    let in_token = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
    after.chars().take_while(in_token).collect()
}

/// A code that is not this one.
pub(crate) fn other_than(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", &code[1..])
}

/// Waits for something that another task or process is about to do; fails after a minute.
#[track_caller]
pub(crate) fn eventually(done: impl Fn() -> bool) -> impl Future<Output = ()> {
    let place = std::panic::Location::caller();
    async move {
        let give_up = std::time::Instant::now() + Duration::from_mins(1);
        while !done() {
            assert!(
                std::time::Instant::now() < give_up,
                "never came true, at {place}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Does something `count` times at once; the outcomes.
pub(crate) async fn at_once<T, F: Future<Output = T>>(
    count: usize,
    act: impl Fn(usize) -> F,
) -> Vec<T> {
    join_all((0..count).map(act)).await
}
