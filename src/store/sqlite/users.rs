//! Accounts: the rows themselves, their lists and counts.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::types::ToSql;
use rusqlite::{Connection, named_params};

use super::administer;
use super::effects::{Subject, write_effects};
use super::rows::{Fields, Moment, all, email_key, execute, first, value};
use super::threads::Writer;
use super::{Sqlite, attempts, registration};
use crate::model::{Counts, Email, FullName, Id, Page, PageKey, User, UserChange, UserFilter};
use crate::store::page;
use crate::store::{Administer, CreateUser, Deletion, Effects, Result, StoreError, UserStore};

#[async_trait]
impl UserStore for Sqlite {
    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser> {
        self.threads
            .write(move |db| create(db, &user, effects))
            .await
    }

    async fn user(&self, id: Id) -> Result<Option<User>> {
        self.threads.read(move |db| by_id(db, id)).await
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<User>> {
        let email = email.clone();
        self.threads.read(move |db| by_email(db, &email)).await
    }

    async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>> {
        let filter = filter.clone();
        self.threads
            .read(move |db| list(db, &filter, &Place::After(after), limit))
            .await
    }

    async fn users_from(&self, filter: &UserFilter, skip: u32, limit: u32) -> Result<Page<User>> {
        let filter = filter.clone();
        self.threads
            .read(move |db| list(db, &filter, &Place::Skip(skip), limit))
            .await
    }

    async fn count_users(&self, filter: &UserFilter) -> Result<u64> {
        let filter = filter.clone();
        self.threads.read(move |db| count(db, &filter)).await
    }

    async fn change_user(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Administer> {
        self.threads
            .write(move |db| administer::change(db, id, &change, force, now, effects))
            .await
    }

    async fn delete_user(
        &self,
        id: Id,
        deletion: Deletion,
        effects: Effects,
    ) -> Result<Administer> {
        self.threads
            .write(move |db| administer::delete(db, id, &deletion, effects))
            .await
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts> {
        self.threads.read(move |db| counts(db, now)).await
    }
}

/// The columns that [`read`] takes, in its order.
pub(super) const COLUMNS: &str = "id, email, hashed_password, is_active, is_verified, is_superuser, \
     full_name, phone_number, is_mfa_enabled, created_at, updated_at, last_login, tokens_invalidated_after";

/// Above this many matches a search walks the list from its newest account instead of sorting all matches.
const NARROW: i64 = 1000;

/// Reads an account from the fields of [`COLUMNS`].
pub(super) fn read(fields: &mut Fields<'_>) -> Result<User> {
    Ok(User {
        id: fields.take("id")?,
        email: fields.take("email")?,
        hashed_password: fields.take("hashed_password")?,
        is_active: fields.take("is_active")?,
        is_verified: fields.take("is_verified")?,
        is_superuser: fields.take("is_superuser")?,
        full_name: fields.take("full_name")?,
        phone_number: fields.take("phone_number")?,
        is_mfa_enabled: fields.take("is_mfa_enabled")?,
        created_at: fields.moment("created_at")?,
        updated_at: fields.moment("updated_at")?,
        last_login: fields.optional_moment("last_login")?,
        tokens_invalidated_after: fields.optional_moment("tokens_invalidated_after")?,
    })
}

pub(super) fn by_id(connection: &Connection, id: Id) -> Result<Option<User>> {
    let sql = format!("select {COLUMNS} from users where id = ?1");
    first(connection, "users", &sql, [id], read)
}

pub(super) fn by_email(connection: &Connection, email: &Email) -> Result<Option<User>> {
    let sql = format!("select {COLUMNS} from users where email_key = ?1");
    first(connection, "users", &sql, [email_key(email)], read)
}

pub(super) fn name_key(name: Option<&FullName>) -> Option<String> {
    name.map(|name| name.as_str().to_lowercase())
}

/// Writes a new account and takes its address out of the pending registrations. An invitation to it may have been
/// issued at the moment it was made.
pub(super) fn insert(connection: &Connection, user: &User) -> Result<()> {
    execute(
        connection,
        "insert into users (id, email, email_key, hashed_password, is_active, is_verified, is_superuser,
             full_name, name_key, phone_number, is_mfa_enabled, created_at, updated_at, last_login,
             tokens_invalidated_after, last_iat)
         values (:id, :email, :email_key, :hashed_password, :is_active, :is_verified, :is_superuser,
             :full_name, :name_key, :phone_number, :is_mfa_enabled, :created_at, :updated_at, :last_login,
             :tokens_invalidated_after, :created_at)",
        named_params! {
            ":id": user.id,
            ":email": user.email,
            ":email_key": email_key(&user.email),
            ":hashed_password": user.hashed_password,
            ":is_active": user.is_active,
            ":is_verified": user.is_verified,
            ":is_superuser": user.is_superuser,
            ":full_name": user.full_name,
            ":name_key": name_key(user.full_name.as_ref()),
            ":phone_number": user.phone_number,
            ":is_mfa_enabled": user.is_mfa_enabled,
            ":created_at": Moment(user.created_at),
            ":updated_at": Moment(user.updated_at),
            ":last_login": user.last_login.map(Moment),
            ":tokens_invalidated_after": user.tokens_invalidated_after.map(Moment),
        },
    )?;
    registration::forget(connection, &user.email)
}

pub(super) fn create(connection: &Writer, user: &User, effects: Effects) -> Result<CreateUser> {
    if by_email(connection, &user.email)?.is_some() {
        return Ok(CreateUser::EmailTaken);
    }
    insert(connection, user)?;
    write_effects(connection, effects, &Subject::user(user))?;
    Ok(CreateUser::Created)
}

/// Where in a list a page starts.
pub(super) enum Place {
    After(Option<PageKey>),
    Skip(u32),
}

pub(super) fn list(
    connection: &Connection,
    filter: &UserFilter,
    place: &Place,
    limit: u32,
) -> Result<Page<User>> {
    let (sql, params) = list_statement(connection, filter, place, limit)?;
    let users = all(connection, "users", &sql, &*references(&params), read)?;
    Ok(page::of(users, limit, |user| PageKey {
        at: user.created_at,
        id: user.id,
    }))
}

pub(super) fn count(connection: &Connection, filter: &UserFilter) -> Result<u64> {
    let selection = Selection::of(connection, filter)?;
    let sql = if selection.conditions.is_empty() {
        "select total from user_counts".to_owned()
    } else {
        format!("select count(*) from users where {}", selection.condition())
    };
    let count: i64 = value(connection, &sql, &*references(&selection.params))?;
    Ok(count.unsigned_abs())
}

/// Parameters of a statement that is put together: their names and values.
pub(super) type Parameters = Vec<(&'static str, Box<dyn ToSql>)>;

/// The same parameters as a statement takes them.
pub(super) fn references(params: &Parameters) -> Vec<(&'static str, &dyn ToSql)> {
    params
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect()
}

/// The statement that reads one page.
pub(super) fn list_statement(
    connection: &Connection,
    filter: &UserFilter,
    place: &Place,
    limit: u32,
) -> Result<(String, Parameters)> {
    let mut selection = Selection::of(connection, filter)?;
    // The sign keeps SQLite from walking the index in time's order when few rows are wanted from anywhere in it.
    let (at, id) = if selection.is_narrow {
        ("+created_at", "+id")
    } else {
        ("created_at", "id")
    };
    let skipped = match place {
        Place::After(None) => 0,
        Place::After(Some(key)) => {
            let behind = format!("({at}, {id}) < (:after_at, :after_id)");
            selection.conditions.push(behind);
            selection
                .params
                .push((":after_at", Box::new(Moment(key.at))));
            selection.params.push((":after_id", Box::new(key.id)));
            0
        }
        Place::Skip(skipped) => *skipped,
    };
    let sql = format!(
        "select {COLUMNS} from users where {} order by {at} desc, {id} desc limit :limit offset :skipped",
        selection.condition()
    );
    let mut params = selection.params;
    params.push((":limit", Box::new(page::rows(limit))));
    params.push((":skipped", Box::new(skipped)));
    Ok((sql, params))
}

/// The accounts that a filter lets through: fixed texts only, what people typed is a parameter.
struct Selection {
    conditions: Vec<String>,
    params: Parameters,
    /// Few accounts are found first and then sorted; many are met soon enough on the way from the newest one.
    is_narrow: bool,
}

impl Selection {
    fn of(connection: &Connection, filter: &UserFilter) -> Result<Self> {
        let mut conditions: Vec<String> = Vec::new();
        let mut params = Parameters::new();
        let mut is_narrow = false;
        // Written as literals, so that the partial indexes over the rarer values serve.
        for (column, wanted) in [
            ("is_active", filter.is_active),
            ("is_verified", filter.is_verified),
            ("is_superuser", filter.is_superuser),
        ] {
            conditions.extend(wanted.map(|wanted| format!("{column} = {}", i32::from(wanted))));
        }
        if let Some(since) = filter.since {
            conditions.push("created_at >= :since".to_owned());
            params.push((":since", Box::new(Moment(since))));
        }
        if let Some(before) = filter.before {
            conditions.push("created_at < :before".to_owned());
            params.push((":before", Box::new(Moment(before))));
        }
        if let Some((rule, now)) = filter.throttled {
            conditions.push(format!("email_key in ({})", attempts::LOCKED_ADDRESSES));
            params.extend(attempts::locked_params(rule, now));
            is_narrow = true;
        }
        if let Some(text) = filter.q.as_deref().filter(|text| !text.is_empty()) {
            let search = Search::of(text);
            if search.is_narrow(connection)? {
                conditions.push(format!("seq in ({})", search.candidates));
                for (name, value) in search.candidate_params {
                    params.push((name, Box::new(value)));
                }
                is_narrow = true;
            } else {
                conditions.push(search.condition.to_owned());
                params.push((":text", Box::new(search.text)));
            }
        }
        Ok(Self {
            conditions,
            params,
            is_narrow,
        })
    }

    fn condition(&self) -> String {
        if self.conditions.is_empty() {
            return "true".to_owned();
        }
        self.conditions.join(" and ")
    }
}

/// A search for a text in addresses and names: as the accounts that an index finds, and as a condition on one account.
struct Search {
    candidates: &'static str,
    candidate_params: Vec<(&'static str, String)>,
    condition: &'static str,
    text: String,
}

impl Search {
    /// Three characters or more are found anywhere, fewer at the beginning only; so is a text with a NUL, at which
    /// FTS5 would stop reading.
    fn of(text: &str) -> Self {
        let text = text.to_lowercase();
        if text.chars().count() >= 3 && !text.contains('\0') {
            Self {
                candidates: "select rowid from users_search where users_search match :phrase",
                // In quotes everything is text, and a quote is doubled.
                candidate_params: vec![(":phrase", format!("\"{}\"", text.replace('"', "\"\"")))],
                condition: "(instr(email_key, :text) > 0 or instr(name_key, :text) > 0)",
                text,
            }
        } else {
            Self {
                candidates: "select seq from users where email_key >= :text and email_key < :end
                     union all
                     select seq from users where name_key >= :text and name_key < :end",
                candidate_params: vec![
                    (":text", text.clone()),
                    (":end", format!("{text}\u{10FFFF}")),
                ],
                condition: "(instr(email_key, :text) = 1 or instr(name_key, :text) = 1)",
                text,
            }
        }
    }

    fn is_narrow(&self, connection: &Connection) -> Result<bool> {
        let sql = format!(
            "select count(*) <= {NARROW} from (select * from ({}) limit {NARROW} + 1)",
            self.candidates
        );
        let params = self
            .candidate_params
            .iter()
            .map(|(name, value)| (*name, value as &dyn ToSql));
        value(connection, &sql, params.collect::<Vec<_>>().as_slice())
    }
}

pub(super) fn counts(connection: &Connection, now: Timestamp) -> Result<Counts> {
    let counts = first(
        connection,
        "user_counts",
        "select total, active, verified, superusers,
             (select count(*) from pending_registrations where expires_at > ?1)
         from user_counts",
        [Moment(now)],
        |fields| {
            let mut count = |field| Ok::<_, StoreError>(fields.take::<i64>(field)?.unsigned_abs());
            Ok(Counts {
                total_users: count("total")?,
                active_users: count("active")?,
                verified_users: count("verified")?,
                superusers: count("superusers")?,
                pending_registrations: count("pending_registrations")?,
            })
        },
    )?;
    Ok(counts.unwrap_or_default())
}
