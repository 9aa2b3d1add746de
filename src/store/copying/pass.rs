//! One pass of a copy: reads the source and the target side by side in the order of keys, and changes the target where they
//! differ. Then reads both again and compares them.
//!
//! Equal records aren't written again. So a pass continues after one that was killed, another one copies only what has
//! changed, and there is no list of what was copied. Outdated records are removed before new ones are inserted, because an
//! email address may have moved from one account to another.

use std::cmp::Ordering;
use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use super::record::Checksum;
use super::{CopyTarget, Key, Record, Theme, Value, View};
use crate::clock::SharedClock;
use crate::model::SweepRule;
use crate::model::moment::before;
use crate::store::Result;

/// How many records are read, and written, at a time.
const BATCH: u32 = 200;

/// How often each theme is read: to remove, to insert, to compare.
const ROUNDS: u64 = 3;

/// One pass over everything.
pub struct Pass<'a> {
    /// What is copied.
    pub source: &'a dyn View,
    /// Where it is copied to.
    pub target: &'a dyn CopyTarget,
    /// The time.
    pub clock: SharedClock,
    /// How long expired data is kept.
    pub rule: SweepRule,
    /// Called with the progress.
    pub watch: &'a (dyn Fn(Progress) + Send + Sync),
}

/// How far a pass is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// How much is done.
    pub done: u64,
    /// The total, as far as it is known.
    pub total: u64,
}

/// What a pass did with a theme.
#[derive(Debug, Clone, Serialize)]
pub struct ThemeReport {
    /// Which one.
    pub name: &'static str,
    /// The number of records in both databases.
    pub records: u64,
    /// The checksum (SHA-256) of those, which doesn't depend on the engine.
    pub checksum: String,
    /// How many records were written.
    pub written: u64,
    /// How many records were removed.
    pub removed: u64,
    /// The number of records that differ in the end: none, unless the source was changed during the pass.
    pub different: u64,
}

/// What one reading does about differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    Remove,
    Write,
    Compare,
}

/// What one reading found.
#[derive(Default)]
struct Found {
    equal: u64,
    checksum: Checksum,
    missing: u64,
    outdated: u64,
}

impl Pass<'_> {
    /// Makes the target equal to the source, and finishes the copy if they are. Returns what was done with each theme.
    ///
    /// # Errors
    /// Errors of the databases. Another pass completes what was interrupted.
    pub async fn run(&self) -> Result<Vec<ThemeReport>> {
        let mut counts = Vec::new();
        for theme in Theme::ALL {
            counts.push(self.source.count(theme).await?);
        }
        let mut progress = Progress {
            done: 0,
            total: ROUNDS * counts.iter().sum::<u64>(),
        };
        let mut reports = Vec::new();
        for (theme, count) in Theme::ALL.into_iter().zip(counts) {
            reports.push(self.theme(theme, count, progress).await?);
            progress.done += ROUNDS * count;
            (self.watch)(progress);
        }
        if reports.iter().all(|report| report.different == 0) {
            self.target.finish().await?;
        }
        Ok(reports)
    }

    async fn theme(&self, theme: Theme, count: u64, progress: Progress) -> Result<ThemeReport> {
        let from = |round: u64| Progress {
            done: progress.done + round * count,
            ..progress
        };
        let mut found = self.read(theme, Round::Remove, from(0)).await?;
        let removed = found.outdated;
        let mut written = 0;
        if found.outdated + found.missing > 0 {
            written = self.read(theme, Round::Write, from(1)).await?.missing;
            found = self.read(theme, Round::Compare, from(2)).await?;
        }
        Ok(ThemeReport {
            name: theme.name(),
            records: found.equal,
            checksum: found.checksum.finish(),
            written,
            removed,
            different: found.missing + found.outdated,
        })
    }

    /// Reads both databases side by side.
    async fn read(&self, theme: Theme, round: Round, progress: Progress) -> Result<Found> {
        let target = self.target.view().await?;
        let mut source = Stream::of(self.source, theme);
        let mut target = Stream::of(&*target, theme);
        let mut found = Found::default();
        let (mut new, mut outdated) = (Vec::new(), Vec::new());
        let mut read = 0;
        if round == Round::Remove && target.peek().await?.is_none() {
            // There is nothing to remove, so it only matters whether there is anything to insert.
            found.missing = u64::from(source.peek().await?.is_some());
            return Ok(found);
        }
        loop {
            let order = match (source.peek().await?, target.peek().await?) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(one), Some(other)) => one.key().cmp(other.key()),
            };
            let one = if order == Ordering::Greater {
                None
            } else {
                source.next()
            };
            let other = if order == Ordering::Less {
                None
            } else {
                target.next()
            };
            read += u64::from(one.is_some());
            match (one, other) {
                (Some(one), Some(other)) if one == other => {
                    found.equal += 1;
                    found.checksum.add(&one);
                }
                (one, other) => {
                    // A record that only one of them has may have expired in the meantime.
                    let alone = one.as_ref().xor(other.as_ref());
                    let lapsed = alone.is_some_and(|record| self.may_be_gone(theme, record));
                    if round == Round::Compare && lapsed {
                        continue;
                    }
                    if let Some(other) = other {
                        found.outdated += 1;
                        outdated.push(other.key().clone());
                    } else {
                        found.missing += 1;
                        new.extend(one);
                    }
                }
            }
            if new.len() >= BATCH as usize || outdated.len() >= BATCH as usize {
                self.write(theme, round, &mut new, &mut outdated).await?;
            }
            if read.is_multiple_of(u64::from(BATCH)) {
                (self.watch)(Progress {
                    done: progress.done + read,
                    ..progress
                });
            }
        }
        self.write(theme, round, &mut new, &mut outdated).await?;
        Ok(found)
    }

    async fn write(
        &self,
        theme: Theme,
        round: Round,
        new: &mut Vec<Record>,
        outdated: &mut Vec<Key>,
    ) -> Result<()> {
        let (new, outdated) = (std::mem::take(new), std::mem::take(outdated));
        if round == Round::Remove && !outdated.is_empty() {
            self.target.remove(theme, outdated).await?;
        }
        if round == Round::Write && !new.is_empty() {
            self.target.insert(theme, new).await?;
        }
        Ok(())
    }

    /// Returns whether a database may have removed a record by itself, because it has expired.
    fn may_be_gone(&self, theme: Theme, record: &Record) -> bool {
        let now = self.clock.now();
        let rule = SweepRule { now, ..self.rule };
        let by = |column, until: Timestamp| match record.value(theme, column) {
            Some(Value::Integer(at)) => *at <= until.as_millisecond(),
            _ => false,
        };
        match theme {
            Theme::Pending | Theme::Codes | Theme::OauthStates | Theme::Revocations => {
                by("expires_at", now)
            }
            Theme::Sessions => by("expires_at", rule.sessions_until()),
            Theme::Challenges => by("expires_at", rule.challenges_until()),
            Theme::FailedLogins => by("started_at", before(now, rule.lockout_window)),
            Theme::Events => by("at", before(now, rule.events)),
            Theme::Accounts
            | Theme::Identities
            | Theme::WrongCodes
            | Theme::LoginsUnderWay
            | Theme::CountedMessages
            | Theme::ServiceKeys
            | Theme::SigningKeys
            | Theme::Outbox
            | Theme::Days => false,
        }
    }
}

/// The records of a theme, one after another.
struct Stream<'a> {
    view: &'a dyn View,
    theme: Theme,
    waiting: VecDeque<Record>,
    /// The key after which the next ones are; `None` before the first.
    next: Option<Key>,
    ended: bool,
}

impl<'a> Stream<'a> {
    fn of(view: &'a dyn View, theme: Theme) -> Self {
        Self {
            view,
            theme,
            waiting: VecDeque::new(),
            next: None,
            ended: false,
        }
    }

    async fn peek(&mut self) -> Result<Option<&Record>> {
        while self.waiting.is_empty() && !self.ended {
            let batch = self.view.records(self.theme, self.next.as_ref(), BATCH);
            let batch = batch.await?;
            self.waiting.extend(batch.records);
            self.ended = batch.next.is_none();
            self.next = batch.next;
        }
        Ok(self.waiting.front())
    }

    fn next(&mut self) -> Option<Record> {
        self.waiting.pop_front()
    }
}
