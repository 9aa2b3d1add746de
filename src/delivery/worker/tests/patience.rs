//! Tests how long the worker waits: as long as it was asked to, and with limits.

use super::*;

#[tokio::test]
async fn what_may_have_arrived_is_tried_three_times_in_all() {
    let bench = Bench::start(RESTLESS);
    let id = bench.queue("lost");
    for tries in 1..=2 {
        until("tried and put back", || {
            bench.row(id, |row| {
                row.message.attempts == tries && row.lease.is_none()
            })
        })
        .await;
        bench.clock.advance(SignedDuration::from_secs(3));
    }
    until("failed after", || bench.failure(id).is_some()).await;
    assert_eq!(
        bench.failure(id).unwrap(),
        "failed after 3 attempts, each of which may have been delivered: the answer is missing"
    );
    assert_eq!(bench.tries("lost"), 3);
    bench.stop().await;
}

#[tokio::test]
async fn who_asks_for_time_gets_it_up_to_five_minutes() {
    let mut bench = Bench::start(WAKEN_ONLY);
    bench.stop.cancel();
    (&mut bench.worker).await.unwrap();
    let mut last = bench.clock.now();
    for (user, wait) in [("asks0", 1.0), ("asks100", 100.0), ("asks86400", 300.0)] {
        let id = bench.queue(user);
        let attempt = bench
            .hand
            .send_due(&[MessageKind::Email], Duration::from_mins(1));
        let attempt = attempt.await.unwrap().remove(0);
        let Delivery::Retry { not_before, .. } = attempt.delivery else {
            panic!("{attempt:?}")
        };
        assert_eq!(attempt.id, id);
        let pause = not_before.duration_since(last).as_secs_f64();
        assert!(
            (0.75 * wait..=1.25 * wait).contains(&pause),
            "{user}: {pause}"
        );
        bench.store.rows.lock().unwrap().clear();
        last = bench.clock.now();
    }
    // A message that expires before that is not given up, but tried once more in time.
    let id = bench.queue("asks300");
    bench.row(id, |row| {
        row.message.expires_at = last + SignedDuration::from_secs(100);
    });
    let attempt = bench
        .hand
        .send_due(&[MessageKind::Email], Duration::from_mins(1));
    let attempt = attempt.await.unwrap().remove(0);
    assert!(
        matches!(attempt.delivery, Delivery::Retry { not_before, .. } if not_before == last + SignedDuration::from_secs(50)),
        "{attempt:?}"
    );
}

#[tokio::test]
async fn a_backlog_for_a_neighbor_that_is_away_is_not_tried_at_full_speed() {
    let bench = Bench::start(RESTLESS);
    let all: Vec<Id> = (0..400).map(|n| bench.queue(&format!("busy{n}"))).collect();
    let tried = || {
        let tries = bench.sent.tries.lock().unwrap();
        tries.values().sum::<u32>()
    };
    until("the first are tried", || tried() >= 16).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    // 16 failures, the deliveries in flight beside the last of them, and one that checks whether the server is back.
    assert!(tried() <= 16 + 8 + 1, "{} tries", tried());
    let waiting = |id: &&Id| bench.row(**id, |row| row.message.attempts == 0);
    assert!(all.iter().filter(waiting).count() > 300);
    // SMS have their own queue.
    bench.queue_sms(NUMBER);
    until("the SMS is tried", || bench.tries(NUMBER) == 1).await;
    bench.stop().await;
}

#[test]
fn pauses_double_with_jitter_up_to_five_minutes() {
    let random = SeededRandom::new(3);
    let mut seen = HashSet::new();
    for attempts in [1, 2, 3, 4, 8, 9, 20, 1000, u32::MAX] {
        for _ in 0..200 {
            let spread = u16::from_be_bytes(random::bytes(&random));
            let pause = QueuedMessage::pause_after(attempts, spread);
            let about = 2_f64.powi(i32::try_from((attempts - 1).min(20)).unwrap());
            assert!(
                pause.as_secs_f64() >= (0.75 * about).min(225.0)
                    && pause.as_secs_f64() <= (1.25 * about).min(300.0),
                "{attempts}: {pause:?}"
            );
            seen.insert(pause);
        }
    }
    assert!(seen.len() > 500, "there is jitter");
}

/// The writes after somebody else's request must not reveal at once whether it caused an email.
#[tokio::test]
async fn a_mail_waits_a_moment_that_nobody_knows_and_a_code_does_not() {
    let bench = Bench::scattering(WAKEN_ONLY, Duration::from_hours(1));
    // The first look is at the start.
    sleep(Duration::from_millis(50)).await;
    bench.queue("ada");
    bench.queue_sms("+14155550123");
    until("the code is tried", || bench.tries("+14155550123") == 1).await;
    sleep(Duration::from_millis(50)).await;
    assert_eq!(bench.tries("ada"), 0);
    bench.stop().await;

    let bench = Bench::scattering(WAKEN_ONLY, Duration::from_millis(250));
    let mail = Queue::People(MessageKind::Email);
    let waits: Vec<Duration> = (0..200)
        .map(|_| bench.hand.0.pace.wait(&mail, &*bench.outbox.0.random))
        .collect();
    assert!(waits.iter().all(|wait| *wait <= Duration::from_millis(250)));
    let quarters: HashSet<u128> = waits.iter().map(|wait| wait.as_millis() / 63).collect();
    assert_eq!(quarters.len(), 4, "{waits:?}");
    // The first email is sent in time, however many are queued meanwhile.
    for _ in 0..20 {
        bench.queue("ada");
        sleep(Duration::from_millis(20)).await;
    }
    assert!(bench.tries("ada") > 0);
    bench.stop().await;
}
