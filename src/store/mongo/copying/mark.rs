//! The mark of a database that is a copy: one document.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::layouts;
use crate::store::copying::{in_use, under_way, unfinished};
use crate::store::mongo::db::Db;
use crate::store::mongo::error::{DEADLINE, ServerError, timed};
use crate::store::{Result, Theme};

/// How long the process that copies may be silent: longer than a write takes.
const WATCH: Duration = Duration::from_secs(2 * DEADLINE.as_secs());
/// How often it says that it is alive.
const PAUSE: Duration = Duration::from_secs(1);
/// How often to check while waiting.
const LOOK: Duration = Duration::from_millis(100);

const HOLDER: &str = "holder";
const BEAT: &str = "beat";

const KEY: &str = "copy";
const UNFINISHED: &str = "unfinished";
const UNUSED: &str = "unused";

fn key() -> Document {
    doc! { "_id": KEY }
}

fn marked(state: &str) -> Document {
    doc! { "$set": { "state": state } }
}

/// The right to write into a copy, which one process has at a time. It ends when this is dropped.
///
/// Its holder renews it every second. A process that hasn't renewed it for [`WATCH`] has died or hangs, so another one takes
/// it over. If the former holder continues after all, it notices before its next write.
pub(super) struct Hold {
    place: String,
    beat: Arc<Beat>,
    beating: JoinHandle<()>,
}

struct Beat {
    copies: Collection<Document>,
    holder: ObjectId,
    /// Whether another process has the right now.
    is_lost: AtomicBool,
    /// When it was certain for the last time that none has.
    confirmed: Mutex<Instant>,
}

impl Beat {
    fn held(&self) -> Document {
        doc! { "_id": KEY, HOLDER: self.holder }
    }

    /// Says that this process is alive. Returns whether it has the right still.
    async fn say(&self) -> Result<bool, ServerError> {
        let tried = Instant::now();
        let beat = doc! { "$inc": { BEAT: 1_i64 } };
        let said = timed(self.copies.update_one(self.held(), beat)).await?;
        if said.matched_count == 0 {
            self.is_lost.store(true, Ordering::Relaxed);
            return Ok(false);
        }
        *self
            .confirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = tried;
        Ok(true)
    }

    /// Gives the right back. If that fails, others wait until they take it.
    async fn end(&self) {
        let free = doc! { "$unset": { HOLDER: "", BEAT: "" } };
        if let Err(error) = timed(self.copies.update_one(self.held(), free)).await {
            tracing::debug!(%error, "another copy has to wait for this one");
        }
    }
}

impl Hold {
    fn of(db: &Db, holder: ObjectId, place: &str, since: Instant) -> Self {
        let beat = Arc::new(Beat {
            copies: db.copies.clone(),
            holder,
            is_lost: AtomicBool::new(false),
            confirmed: Mutex::new(since),
        });
        let beating = tokio::spawn({
            let beat = Arc::clone(&beat);
            async move {
                loop {
                    sleep(PAUSE).await;
                    if matches!(beat.say().await, Ok(false)) {
                        return;
                    }
                }
            }
        });
        Self {
            place: place.to_owned(),
            beat,
            beating,
        }
    }

    /// Makes sure that no other process writes, for as long as one write takes.
    pub(super) async fn check(&self) -> Result<()> {
        let confirmed = *self
            .beat
            .confirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut is_lost = self.beat.is_lost.load(Ordering::Relaxed);
        if !is_lost && confirmed.elapsed() + DEADLINE > WATCH {
            is_lost = !self.beat.say().await?;
        }
        if is_lost {
            return Err(under_way(&self.place));
        }
        Ok(())
    }

    /// Lets others open the database.
    pub(super) async fn finish(&self, db: &Db) -> Result<()> {
        let done = || db.copies.update_one(self.beat.held(), marked(UNUSED));
        if db.again(done).await?.matched_count == 0 {
            return Err(under_way(&self.place));
        }
        Ok(())
    }

    /// Lets others copy.
    pub(super) async fn end(&self) {
        self.beating.abort();
        self.beat.end().await;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.beating.abort();
        let beat = Arc::clone(&self.beat);
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { beat.end().await });
        }
    }
}

/// Marks a database as an unfinished copy if it is empty, or a copy that was never used. Fails while another process is
/// copying into it.
pub(super) async fn begin(db: &Db, place: &str) -> Result<Hold> {
    let holder = ObjectId::new();
    let mut watched: Option<([Option<Bson>; 2], Instant)> = None;
    loop {
        let found = db.read(db.copies.find_one(key())).await?;
        let tried = Instant::now();
        let mine = doc! { "state": UNFINISHED, HOLDER: holder, BEAT: 0_i64 };
        let claimed = if let Some(mark) = found {
            let now = [HOLDER, BEAT].map(|field| mark.get(field).cloned());
            let is_free = match (&now, &watched) {
                ([None, _], _) => true,
                (_, None) => {
                    watched = Some((now.clone(), tried));
                    false
                }
                (_, Some((before, _))) if *before != now => return Err(under_way(place)),
                (_, Some((_, since))) => since.elapsed() >= WATCH,
            };
            if !is_free {
                sleep(LOOK).await;
                continue;
            }
            let [other, beat] = now.map(|value| value.unwrap_or(Bson::Null));
            let as_seen = doc! { "_id": KEY, HOLDER: other, BEAT: beat };
            let claim = db.copies.update_one(as_seen, doc! { "$set": mine });
            db.write(claim).await.map(drop)
        } else {
            refuse_data(db, place).await?;
            let mut mark = key();
            mark.extend(mine);
            db.write_unique(db.copies.insert_one(mark)).await.map(drop)
        };
        // It may have been done although that was not confirmed.
        let own = doc! { "_id": KEY, HOLDER: holder };
        if db.read(db.copies.find_one(own)).await?.is_some() {
            return Ok(Hold::of(db, holder, place, tried));
        }
        claimed?;
        // Another process was faster.
        watched = None;
        sleep(LOOK).await;
    }
}

async fn refuse_data(db: &Db, place: &str) -> Result<()> {
    for theme in Theme::ALL {
        let found = layouts::collection(db, theme).find_one(layouts::filter(theme));
        if db.read(found).await?.is_some() {
            return Err(in_use(place));
        }
    }
    Ok(())
}

/// Makes a copy that is opened for use the installation: from now on, nothing may overwrite it.
pub(in crate::store::mongo) async fn use_copy(db: &Db, place: &str) -> Result<()> {
    let Some(mark) = db.read(db.copies.find_one(key())).await? else {
        return Ok(());
    };
    if mark.get_str("state").is_ok_and(|state| state == UNUSED) {
        let unused = doc! { "_id": KEY, "state": UNUSED };
        if db.write(db.copies.delete_one(unused)).await?.deleted_count > 0 {
            return Ok(());
        }
        // Another process has opened it meanwhile, or copies again.
        if db.read(db.copies.find_one(key())).await?.is_none() {
            return Ok(());
        }
    }
    Err(unfinished(place))
}
