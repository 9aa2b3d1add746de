//! Pages of lists. One more row than requested is read, to see whether another page follows.

use jiff::Timestamp;

use crate::model::{Id, Page, PageKey, SessionKey, User, UserSession};

/// Where a page of accounts starts.
pub(in crate::store) enum Start {
    After(Option<PageKey>),
    Skip(u32),
}

/// Returns how many rows to read for a page of `limit` items.
pub(in crate::store) fn rows(limit: u32) -> i64 {
    i64::from(limit.max(1)) + 1
}

/// Returns where a page starts. For the first page this is a key before everything, so that one statement serves all
/// pages.
pub(in crate::store) fn start(after: Option<PageKey>) -> PageKey {
    after.unwrap_or(PageKey {
        at: Timestamp::MAX,
        id: Id::from_bytes([u8::MAX; 12]),
    })
}

/// Returns the page of `limit` items from these rows.
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

/// Returns the page of `limit` sessions of any accounts from these rows, each with its account, without those that aren't
/// live.
pub(in crate::store) fn of_sessions_of_all(
    sessions: Vec<UserSession>,
    limit: u32,
    users: &[User],
    now: Timestamp,
) -> Page<(UserSession, User), SessionKey> {
    let Page { items, next } = of(sessions, limit, |last| SessionKey {
        at: last.created_at,
        id: last.id.clone(),
    });
    let live = items.into_iter().filter_map(|session| {
        let user = users.iter().find(|user| user.id == session.user_id)?;
        session.is_live(user, now).then(|| (session, user.clone()))
    });
    Page {
        items: live.collect(),
        next,
    }
}

/// Returns the page of `limit` sessions from these rows, without those that ended together with others of their
/// account.
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
