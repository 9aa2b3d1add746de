//! Limits per client address that several servers share: one row for each client, window and span.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::Sqlite;
use super::rows::{Moment, all, run};
use crate::model::window::SlidingWindow;
use crate::model::{ClientLimit, RequestCount};
use crate::store::{LimitStore, Result};

#[async_trait]
impl LimitStore for Sqlite {
    async fn count_request(&self, limit: ClientLimit) -> Result<Option<Timestamp>> {
        self.write(move |db| {
            let mut until = None;
            for window in &limit.windows {
                let counts = counts(db, &limit, *window)?;
                settle_future(db, &limit, *window, &counts)?;
                until = until.max(limit.full_until(*window, counts));
            }
            if until.is_none() {
                for window in &limit.windows {
                    add(db, &limit, *window, 1)?;
                }
            }
            Ok(until)
        })
        .await
    }
}

/// Selects the counts of a client that matter, oldest first.
pub(super) const COUNTS: &str = "select client, at, requests from request_counts
     where client = :client and seconds = :seconds and at > :since order by at";

fn counts(
    connection: &Connection,
    limit: &ClientLimit,
    window: SlidingWindow,
) -> Result<Vec<RequestCount>> {
    all(
        connection,
        "request_counts",
        COUNTS,
        named_params! {
            ":client": limit.key,
            ":seconds": window.length.as_secs(),
            ":since": Moment(limit.since(window)),
        },
        |fields| {
            fields.take::<String>("client")?;
            Ok(RequestCount {
                at: fields.moment("at")?,
                requests: fields.take("requests")?,
            })
        },
    )
}

/// Moves counts from the future, written before the clock was set back, to now, so that they expire from here on.
fn settle_future(
    connection: &Connection,
    limit: &ClientLimit,
    window: SlidingWindow,
    counts: &[RequestCount],
) -> Result<()> {
    let span = limit.span(window);
    let later = counts.iter().filter(|count| count.at > span);
    let requests: u32 = later.map(|count| count.requests).sum();
    if requests == 0 {
        return Ok(());
    }
    run(
        connection,
        "delete from request_counts where client = ?1 and seconds = ?2 and at > ?3",
        (&limit.key, window.length.as_secs(), Moment(span)),
    )?;
    add(connection, limit, window, requests)
}

/// Adds requests to the count of the present.
fn add(
    connection: &Connection,
    limit: &ClientLimit,
    window: SlidingWindow,
    requests: u32,
) -> Result<()> {
    run(
        connection,
        "insert into request_counts (client, seconds, at, requests, expires_at)
         values (:client, :seconds, :at, :requests, :expires_at)
         on conflict (client, seconds, at) do update set
             requests = requests + excluded.requests, expires_at = excluded.expires_at",
        named_params! {
            ":client": limit.key,
            ":seconds": window.length.as_secs(),
            ":at": Moment(limit.span(window)),
            ":requests": requests,
            ":expires_at": Moment(limit.expires_at()),
        },
    )
}
