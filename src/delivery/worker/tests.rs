//! Tests the worker with a store that keeps its outbox in memory and fails on demand.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::queue::MAX_IN_FLIGHT;
use super::*;
use crate::auth::Sealer;
use crate::clock::{Clock as _, ManualClock};
use crate::config::{
    EmailBackend, EmailSettings, SmsBackend, SmtpSecurity, SmtpSettings, Tokens, TwilioSettings,
};
use crate::delivery::email::tests::Log;
use crate::delivery::email::{EmailTransport, Mail};
use crate::delivery::sms::{Sms, SmsTransport};
use crate::delivery::templates::{CodeSms, ada};
use crate::delivery::webhooks::Webhooks;
use crate::delivery::{Mailbox, Templates};
use crate::delivery::{OwnTransports, RetryAfter};
use crate::model::{Code, CodeKind, Email, Language, PhoneNumber};
use crate::random::SeededRandom;
use crate::store::*;

mod memory;
mod patience;
use memory::{Memory, Row};

const NUMBER: &str = "+14155550123";
const SLOW_NUMBER: &str = "+14155550199";

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Answers by local part: `refused` permanently, `busy` temporarily, `asks7` with a wait of 7 seconds, `lost`
/// unreadably, `slow` when the gate is opened. Accepts all others at once.
struct Recorder {
    tries: Mutex<HashMap<String, u32>>,
    gate: Semaphore,
    most_at_once: AtomicUsize,
    at_once: AtomicUsize,
}

#[async_trait]
impl EmailTransport for Arc<Recorder> {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let user = mail.to.split('@').next().unwrap();
        *self.tries.lock().unwrap().entry(user.into()).or_default() += 1;
        let _under_way = UnderWay(self);
        self.most_at_once
            .fetch_max(self.at_once.fetch_add(1, SeqCst) + 1, SeqCst);
        if user.starts_with("slow") {
            self.gate.acquire().await.unwrap().forget();
            Ok(())
        } else if user.starts_with("refused") {
            Err(SendError::permanent(&format!(
                "550 no: {}\r\n",
                mail.text
                    .lines()
                    .find(|line| line.starts_with("https"))
                    .unwrap()
            )))
        } else if user.starts_with("busy") {
            Err(SendError::transient("451 later"))
        } else if user.starts_with("lost") {
            Err(SendError::unconfirmed("the answer is missing"))
        } else if let Some(seconds) = user.strip_prefix("asks") {
            let wait = RetryAfter::parse(seconds).unwrap();
            Err(SendError::transient("429 slowly").after(Some(wait)))
        } else {
            Ok(())
        }
    }

    async fn probe(&self) -> Result<String, SendError> {
        unreachable!("a worker only sends")
    }
}

/// Refuses every SMS with an error that repeats its text, an SMS to `SLOW_NUMBER` only when the gate is opened.
#[async_trait]
impl SmsTransport for Arc<Recorder> {
    async fn send(&self, sms: &Sms) -> Result<(), SendError> {
        let to = sms.to.to_string();
        *self.tries.lock().unwrap().entry(to.clone()).or_default() += 1;
        if to == SLOW_NUMBER {
            self.gate.acquire().await.unwrap().forget();
        }
        Err(SendError::permanent(&format!("30007 spam: {}", sms.text)))
    }

    async fn probe(&self) -> Result<String, SendError> {
        unreachable!("a worker only sends")
    }
}

/// Counts a delivery as finished however it ends, even if it is cancelled.
struct UnderWay<'a>(&'a Recorder);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.at_once.fetch_sub(1, SeqCst);
    }
}

struct Bench {
    store: Arc<Memory>,
    clock: Arc<ManualClock>,
    outbox: Outbox,
    sent: Arc<Recorder>,
    stop: CancellationToken,
    /// The same worker, for direct calls.
    hand: Worker,
    worker: JoinHandle<()>,
}

impl Bench {
    /// Starts a worker. With a `pace` of 1 ms, it looks and renews all the time; with an hour, it only looks when
    /// woken.
    fn start(pace: Duration) -> Self {
        Self::scattering(pace, Duration::ZERO)
    }

    fn scattering(pace: Duration, scatter: Duration) -> Self {
        let clock = Arc::new(ManualClock::starting_at(
            Timestamp::from_second(1_800_000_000).unwrap(),
        ));
        let outbox = outbox("the secret", clock.clone());
        let store = Arc::new(Memory::default());
        let sent = Arc::new(Recorder {
            tries: Mutex::default(),
            gate: Semaphore::new(0),
            most_at_once: AtomicUsize::new(0),
            at_once: AtomicUsize::new(0),
        });
        let pace = Pace {
            renew: pace,
            look: pace,
            store: Duration::from_millis(1),
            scatter,
        };
        let parts = Inner {
            outbox: outbox.clone(),
            queued: outbox.0.queued.subscribe(),
            store: store.clone(),
            transports: Transports {
                email: Arc::new(sent.clone()),
                sms: Arc::new(sent.clone()),
                webhooks: Webhooks::to(&[]).unwrap(),
            },
            pace,
            grace: Duration::from_secs(20),
            metrics: Arc::default(),
        };
        let stop = CancellationToken::new();
        let hand = Worker(Arc::new(parts));
        let worker = tokio::spawn(hand.clone().run(stop.clone()));
        Self {
            store,
            clock,
            outbox,
            sent,
            stop,
            hand,
            worker,
        }
    }

    /// Queues an email that expires in an hour.
    fn queue(&self, to: &str) -> Id {
        self.queue_from(&self.outbox, to)
    }

    fn queue_from(&self, outbox: &Outbox, to: &str) -> Id {
        let to = Email::parse(&format!("{to}@example.com")).unwrap();
        let message = outbox
            .mail(
                &to,
                None,
                &ada(),
                &Language::english(),
                self.clock.now() + HOUR,
            )
            .unwrap();
        let id = self.store.put(message);
        self.outbox.wake();
        id
    }

    fn queue_sms(&self, to: &str) -> Id {
        let number = PhoneNumber::parse(to).unwrap();
        let message = self
            .outbox
            .sms(&number, None, &code(), &Language::english(), Timestamp::MAX);
        let id = self.store.put(message.unwrap());
        self.outbox.wake();
        id
    }

    fn tries(&self, user: &str) -> u32 {
        self.sent
            .tries
            .lock()
            .unwrap()
            .get(user)
            .copied()
            .unwrap_or(0)
    }

    fn waiting(&self) -> usize {
        self.store
            .rows
            .lock()
            .unwrap()
            .iter()
            .filter(|row| row.failed.is_none())
            .count()
    }

    fn row<T>(&self, id: Id, look: impl Fn(&mut Row) -> T) -> T {
        look(
            self.store
                .rows
                .lock()
                .unwrap()
                .iter_mut()
                .find(|row| row.message.id == id)
                .expect("the message is there"),
        )
    }

    fn failure(&self, id: Id) -> Option<String> {
        self.row(id, |row| row.failed.clone())
    }

    async fn stop(self) -> Arc<Memory> {
        self.stop.cancel();
        self.worker.await.unwrap();
        self.store
    }
}

fn code() -> CodeSms {
    let code = Code::presented("042719".into());
    CodeSms::new(CodeKind::LoginMfa, "Acme", &code, 300)
}

fn outbox(secret: &str, clock: Arc<ManualClock>) -> Outbox {
    let random = Arc::new(SeededRandom::new(7));
    let tokens = Tokens {
        jwt_secret: secret.into(),
        ..Tokens::default()
    };
    Outbox::new(
        Templates::load(&[]).unwrap(),
        Sealer::new(&tokens, "outbox", random.clone()),
        clock,
        random,
    )
}

const WAKEN_ONLY: Duration = Duration::from_hours(1);
const RESTLESS: Duration = Duration::from_millis(1);

/// Waits until the condition is true, for at most a minute.
async fn until(what: &str, so: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_mins(1);
    while !so() {
        assert!(Instant::now() < patience, "never: {what}");
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_queued_mail_leaves_at_once_when_woken() {
    let bench = Bench::start(WAKEN_ONLY);
    for user in ["ada", "bob"] {
        bench.queue(user);
        until("sent", || bench.waiting() == 0).await;
        assert_eq!(bench.tries(user), 1);
    }
    bench.stop().await;
}

#[tokio::test]
async fn a_mailbox_takes_the_place_of_every_transport() {
    let bench = Bench::start(WAKEN_ONLY);
    let (outbox, store, mailbox) = (bench.outbox.clone(), bench.stop().await, Mailbox::default());
    let smtp = EmailBackend::Smtp(SmtpSettings {
        host: "localhost".into(),
        port: 587,
        security: SmtpSecurity::Tls {
            ca_file: Some("/nowhere/ca.pem".into()),
        },
        login: None,
        timeout: Duration::from_secs(1),
        helo_name: None,
        own_host: "app.example".into(),
    });
    let settings = Settings {
        email: EmailSettings {
            backend: smtp,
            ..EmailSettings::default()
        },
        sms: SmsBackend::Twilio(TwilioSettings {
            account_sid: "AC".into(),
            auth_token: "token".into(),
            from: "+15005550006".into(),
            api_url: Some("mailto:nobody".into()),
        }),
        ..Settings::default()
    };
    let refused = Transports::new(&settings, OwnTransports::default())
        .err()
        .unwrap();
    let keys: Vec<_> = refused.iter().map(|error| error.key).collect();
    assert_eq!(keys, ["email.smtp_ca_file", "sms.twilio_api_url"]);
    let transports = Transports::new(&settings, (&mailbox).into()).unwrap();
    let worker = Worker::new(
        &settings,
        &outbox,
        store.clone(),
        transports,
        &Arc::default(),
    );
    let stop = CancellationToken::new();
    let mut arrivals = mailbox.subscribe();
    let running = tokio::spawn(worker.run(stop.clone()));
    let to = Email::parse("ada@example.com").unwrap();
    let message = outbox.mail(&to, None, &ada(), &Language::english(), Timestamp::MAX);
    store.put(message.unwrap());
    outbox.wake();
    assert_eq!(arrivals.recv().await.unwrap().to, "ada@example.com");
    let number = PhoneNumber::parse("+14155550123").unwrap();
    let sms = outbox
        .sms(&number, None, &code(), &Language::english(), Timestamp::MAX)
        .unwrap();
    store.put(sms);
    outbox.wake();
    let arrived = arrivals.recv().await.unwrap();
    assert_eq!(arrived.to, "+14155550123");
    assert!(arrived.text.contains("code: 042719"), "{}", arrived.text);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn an_sms_goes_by_its_own_transport_and_a_quoted_code_is_kept_nowhere() {
    let log = Log::capture();
    let bench = Bench::start(WAKEN_ONLY);
    let id = bench.queue_sms(NUMBER);
    until("refused", || bench.failure(id).is_some()).await;
    assert_eq!(bench.tries(NUMBER), 1);
    let reason = bench.failure(id).unwrap();
    assert!(
        reason.starts_with("30007 spam: Acme sign-in code: [...]."),
        "{reason}"
    );
    assert!(
        log.text().contains("30007") && !log.text().contains("042719"),
        "{}",
        log.text()
    );
    bench.stop().await;
}

#[tokio::test]
async fn what_is_due_is_sent_once_by_who_does_not_stay() {
    let mut bench = Bench::start(WAKEN_ONLY);
    bench.stop.cancel();
    (&mut bench.worker).await.unwrap();
    let many: Vec<Id> = (0..20).map(|n| bench.queue(&format!("user{n}"))).collect();
    let (busy, refused, held) = (
        bench.queue("busy"),
        bench.queue("refused"),
        bench.queue("held"),
    );
    let elsewhere = (Id::from_bytes([9; 12]), Timestamp::MAX);
    bench.row(held, |row| row.lease = Some(elsewhere));
    let patience = Duration::from_mins(1);
    let send_due = async |patience| bench.hand.send_due(PEOPLE, patience).await.unwrap();
    let tried = send_due(patience).await;
    let of = |id: Id| tried.iter().filter(move |tried| tried.id == id);
    for id in many {
        assert!(of(id).all(|tried| matches!(tried.delivery, Delivery::Sent)));
        assert_eq!(of(id).count(), 1);
    }
    let [busy, refused] = [busy, refused].map(|id| of(id).next().unwrap().clone());
    assert!(matches!(busy.delivery, Delivery::Retry { error, .. } if error == "451 later"));
    assert!(matches!(refused.delivery, Delivery::Failed { .. }));
    assert_eq!(refused.recipient, "refused@example.com");
    assert_eq!((of(held).count(), bench.tries("held")), (0, 0));
    assert!(send_due(patience).await.is_empty());
    bench.queue("late");
    assert!(send_due(Duration::ZERO).await.is_empty());
    let sms = bench.hand.send_due(&[MessageKind::Sms], patience).await;
    assert!(sms.unwrap().is_empty(), "mail is left to who can send it");
}

#[tokio::test]
async fn what_another_process_queued_is_found_without_waking() {
    let bench = Bench::start(Duration::from_millis(20));
    let elsewhere = outbox("the secret", bench.clock.clone());
    let message = elsewhere
        .mail(
            &Email::parse("ada@example.com").unwrap(),
            None,
            &ada(),
            &Language::english(),
            bench.clock.now() + HOUR,
        )
        .unwrap();
    bench.store.put(message);
    until("sent", || bench.waiting() == 0).await;
    bench.stop().await;
}

#[tokio::test]
async fn slow_and_refused_recipients_hold_up_nobody_and_eight_go_at_a_time() {
    let log = Log::capture();
    let bench = Bench::start(WAKEN_ONLY);
    for number in 0..7 {
        bench.queue(&format!("slow{number}"));
    }
    let refused = bench.queue("refused");
    for number in 0..20 {
        bench.queue(&format!("ada{number}"));
    }
    until("the others are sent", || bench.waiting() == 7).await;
    bench.queue("slow7");
    bench.queue("slow8");
    until("the eighth is under way", || bench.tries("slow7") == 1).await;
    assert_eq!(bench.tries("slow8"), 0, "the ninth waits");
    bench.sent.gate.add_permits(9);
    until("all are sent", || bench.waiting() == 0).await;
    assert_eq!(bench.sent.most_at_once.load(SeqCst), MAX_IN_FLIGHT);
    assert_eq!(bench.tries("refused"), 1, "a refusal is final");
    assert_eq!(
        bench.failure(refused).unwrap(),
        "550 no: https://app.example/verify?token=[...]",
        "one line, without the token"
    );
    assert!(
        log.text().contains("550 no")
            && !log.text().contains("p3Jx0mB7")
            && !log.text().contains("Lovelace"),
        "{}",
        log.text()
    );
    bench.stop().await;
}

#[tokio::test]
async fn a_mail_server_that_hangs_holds_up_no_sms_and_no_sms_a_mail() {
    let bench = Bench::start(WAKEN_ONLY);
    for number in 0..MAX_IN_FLIGHT {
        bench.queue(&format!("slow{number}"));
    }
    until("mail hangs", || {
        bench.sent.at_once.load(SeqCst) == MAX_IN_FLIGHT
    })
    .await;
    bench.queue_sms(NUMBER);
    until("the SMS is tried", || bench.tries(NUMBER) == 1).await;
    for _ in 0..MAX_IN_FLIGHT {
        bench.queue_sms(SLOW_NUMBER);
    }
    let all = u32::try_from(MAX_IN_FLIGHT).unwrap();
    until("SMS hang", || bench.tries(SLOW_NUMBER) == all).await;
    bench.sent.gate.add_permits(MAX_IN_FLIGHT);
    until("mail leaves", || bench.sent.at_once.load(SeqCst) == 0).await;
    bench.queue("ada");
    until("the mail is sent", || bench.tries("ada") == 1).await;
    bench.sent.gate.add_permits(MAX_IN_FLIGHT);
    bench.stop().await;
}

#[tokio::test]
async fn failures_are_retried_as_long_as_the_content_lives() {
    let bench = Bench::start(RESTLESS);
    let id = bench.queue("busy");
    let mut last = bench.clock.now();
    for attempt in 1..=3 {
        until("tried and put back", || {
            bench.row(id, |row| {
                row.message.attempts == attempt && row.lease.is_none()
            })
        })
        .await;
        let pause = bench
            .row(id, |row| row.message.not_before)
            .duration_since(last)
            .as_secs_f64();
        let about = f64::from(2_u32.pow(attempt - 1));
        assert!(
            (0.75 * about..=1.25 * about).contains(&pause),
            "{pause} s after try {attempt}"
        );
        assert_eq!(
            bench.row(id, |row| row.last_error.clone()).as_deref(),
            Some("451 later")
        );
        assert_eq!(bench.tries("busy"), attempt, "not before its time");
        bench.clock.advance(SignedDuration::from_millis(
            i64::try_from(Duration::from_secs_f64(pause).as_millis()).unwrap() + 1,
        ));
        last = bench.clock.now();
    }
    until("the fourth try is put back", || {
        bench.row(id, |row| row.message.attempts == 4 && row.lease.is_none())
    })
    .await;
    bench.clock.advance(HOUR - SignedDuration::from_secs(9));
    until("failed after", || bench.failure(id).is_some()).await;
    assert!(
        bench
            .failure(id)
            .unwrap()
            .starts_with("failed after 5 attempts"),
        "{:?}",
        bench.failure(id)
    );
    bench.stop().await;
}

#[tokio::test]
async fn what_is_sealed_under_a_foreign_secret_waits_for_who_can_open_it() {
    let bench = Bench::start(RESTLESS);
    let foreign = bench.queue_from(&outbox("another secret", bench.clock.clone()), "eve");
    bench.queue("ada");
    until("tried", || {
        bench.row(foreign, |row| row.message.attempts) > 0
    })
    .await;
    until("sent", || bench.tries("ada") == 1).await;
    assert_eq!(bench.failure(foreign), None, "another process can send it");
    bench.clock.advance(HOUR);
    until("expired", || bench.failure(foreign).is_some()).await;
    assert_eq!(bench.tries("eve"), 0);
    bench.stop().await;
}

#[tokio::test]
async fn what_is_expired_fails_unsent_with_the_reason() {
    let bench = Bench::start(WAKEN_ONLY);
    bench.store.down.store(true, SeqCst);
    let late = bench.queue("late");
    bench.clock.advance(HOUR);
    bench.store.down.store(false, SeqCst);
    bench.outbox.wake();
    until("failed", || bench.failure(late).is_some()).await;
    assert!(bench.failure(late).unwrap().contains("expired"));
    assert_eq!(bench.tries("late"), 0);
    bench.stop().await;
}

#[tokio::test]
async fn a_lost_claim_stops_the_sending_and_a_held_one_is_renewed() {
    let bench = Bench::start(RESTLESS);
    let id = bench.queue("slow");
    until("under way", || bench.tries("slow") == 1).await;
    let lease = bench.row(id, |row| row.lease.unwrap());
    bench.clock.advance(SignedDuration::from_secs(10));
    until("renewed", || {
        bench.row(id, |row| row.lease.unwrap())
            == (lease.0, lease.1 + SignedDuration::from_secs(10))
    })
    .await;
    let thief = Id::from_bytes([9; 12]);
    bench.row(id, |row| {
        row.lease = Some((thief, bench.clock.now() + HOUR));
    });
    until("the sending is cut off", || {
        bench.sent.at_once.load(SeqCst) == 0
    })
    .await;
    bench.queue("ada");
    until("others are sent", || bench.tries("ada") == 1).await;
    let store = bench.stop().await;
    assert_eq!(
        store.rows.lock().unwrap().len(),
        1,
        "the thief's message was not settled"
    );
}

#[tokio::test]
async fn a_store_that_is_down_is_asked_with_pauses_and_used_again_once_it_is_up() {
    let log = Log::capture();
    let bench = Bench::start(RESTLESS);
    bench.store.down.store(true, SeqCst);
    until("noticed", || bench.store.refused.load(SeqCst) > 3).await;
    assert!(!bench.worker.is_finished());
    bench.queue("ada");
    bench.store.down.store(false, SeqCst);
    until("sent", || bench.waiting() == 0).await;
    assert_eq!(
        log.text().matches("reading the outbox failed").count(),
        PEOPLE.len(),
        "{}",
        log.text()
    );
    let back = || log.text().matches("readable again").count();
    until("each queue says so", || back() == PEOPLE.len()).await;
    bench.stop().await;
}

#[tokio::test]
async fn an_outcome_waits_for_a_store_that_is_down_while_it_happens() {
    let bench = Bench::start(WAKEN_ONLY);
    bench.queue("slow");
    until("under way", || bench.tries("slow") == 1).await;
    bench.store.down.store(true, SeqCst);
    bench.sent.gate.add_permits(1);
    until("settling is refused", || {
        bench.store.refused.load(SeqCst) > 0
    })
    .await;
    bench.store.down.store(false, SeqCst);
    until("settled", || bench.waiting() == 0).await;
    assert_eq!(bench.tries("slow"), 1);
    bench.stop().await;
}

#[tokio::test]
async fn stopping_lets_what_is_under_way_end_and_takes_nothing_new() {
    let bench = Bench::start(RESTLESS);
    bench.queue("slow");
    until("under way", || bench.tries("slow") == 1).await;
    bench.stop.cancel();
    let ada = bench.queue("ada");
    bench.sent.gate.add_permits(1);
    let sent = bench.sent.clone();
    let store = bench.stop().await;
    let rows = store.rows.lock().unwrap();
    assert_eq!(
        rows.iter()
            .map(|row| row.message.id)
            .collect::<HashSet<_>>(),
        HashSet::from([ada])
    );
    assert!(!sent.tries.lock().unwrap().contains_key("ada"));
}
