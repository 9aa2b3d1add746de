//! Pages of lists: one row more than asked for is read, and shows whether another page follows.

use jiff::Timestamp;

use crate::model::{Id, Page, PageKey, SessionKey, User, UserSession};

/// Where a page of accounts starts.
pub(in crate::store) enum Start {
    After(Option<PageKey>),
    Skip(u32),
}

/// How many rows to read for a page of `limit` items.
pub(in crate::store) fn rows(limit: u32) -> i64 {
    i64::from(limit.max(1)) + 1
}

/// Where a page starts. The beginning is before everything: one statement serves the first page as well as later ones.
pub(in crate::store) fn start(after: Option<PageKey>) -> PageKey {
    after.unwrap_or(PageKey {
        at: Timestamp::MAX,
        id: Id::from_bytes([u8::MAX; 12]),
    })
}

/// The page of `limit` items that these rows make.
pub(in crate::store) fn of<T, K>(
    mut items: Vec<T>,
    limit: u32,
    key: impl Fn(&T) -> K,
) -> Page<T, K> {
    let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(key) } else { None };
    Page { items, next }
}

/// The page of `limit` sessions that these rows make; those that ended with others of their account are left out.
pub(in crate::store) fn of_sessions(
    sessions: Vec<UserSession>,
    limit: u32,
    user: Option<&User>,
    now: Timestamp,
) -> Page<UserSession, SessionKey> {
    let mut page = of(sessions, limit, |last| SessionKey {
        at: last.created_at,
        id: last.id.clone(),
    });
    page.items
        .retain(|session| user.is_some_and(|user| session.is_live(user, now)));
    page
}
