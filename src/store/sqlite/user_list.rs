//! Lists of accounts: filters, and the start of a page.

use rusqlite::Connection;
use rusqlite::types::ToSql;

use super::rows::{Moment, all, value};
use super::{attempts, user_rows};
use crate::model::{Email, FullName, Id, LoginMethod, Page, PageKey, User, UserFilter};
use crate::store::Result;
use crate::store::page::{self, Start, rows};

/// Above this many matches, a search scans the list from its newest account instead of sorting all matches.
const NARROW: i64 = 1000;
/// How many accounts with a value are counted, to find out which value is the rarest.
const ENOUGH: i64 = 20_000;

pub(super) fn page(
    connection: &Connection,
    filter: &UserFilter,
    start: &Start,
    limit: u32,
) -> Result<Page<User>> {
    let (sql, params) = statement(connection, filter, start, limit)?;
    let users = all(
        connection,
        "users",
        &sql,
        &*references(&params),
        user_rows::read,
    )?;
    Ok(page::of(users, limit, |user| PageKey {
        at: user.created_at,
        id: user.id,
    }))
}

/// Returns whether an account matches a filter, if there is one.
pub(super) fn admits(connection: &Connection, filter: Option<&UserFilter>, id: Id) -> Result<bool> {
    let Some(filter) = filter else {
        return Ok(true);
    };
    let mut selection = Selection::of(connection, filter, false)?;
    selection.conditions.push("id = :id".to_owned());
    selection.params.push((":id", Box::new(id)));
    let sql = format!(
        "select exists (select 1 from users where {})",
        selection.condition()
    );
    value(connection, &sql, &*references(&selection.params))
}

pub(super) fn count(connection: &Connection, filter: &UserFilter) -> Result<u64> {
    let selection = Selection::of(connection, filter, true)?;
    let sql = match (selection.is_by_way, selection.conditions.len()) {
        (_, 0) => "select total from user_counts".to_owned(),
        // Every row of the table is of an account.
        (true, 1) => format!("select count(*) from login_ways where {IN_THIS_WAY}"),
        _ => format!(
            "select count(*) from {} where {}",
            selection.tables(),
            selection.condition()
        ),
    };
    let count: i64 = value(connection, &sql, &*references(&selection.params))?;
    Ok(count.unsigned_abs())
}

/// The parameters of a dynamic statement: names and values.
pub(super) type Parameters = Vec<(&'static str, Box<dyn ToSql>)>;

/// Returns the parameters in the form that a statement takes.
pub(super) fn references(params: &Parameters) -> Vec<(&'static str, &dyn ToSql)> {
    params
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect()
}

/// Returns the statement that reads one page.
pub(super) fn statement(
    connection: &Connection,
    filter: &UserFilter,
    start: &Start,
    limit: u32,
) -> Result<(String, Parameters)> {
    let mut selection = Selection::of(connection, filter, true)?;
    // The `+` keeps SQLite from scanning the index by time when only a few rows from anywhere in it match.
    let (at, id) = if selection.is_narrow {
        ("+created_at", "+id")
    } else if selection.is_by_way {
        ("login_ways.since", "login_ways.user_id")
    } else {
        ("created_at", "id")
    };
    let skipped = match start {
        Start::After(None) => 0,
        Start::After(Some(key)) => {
            let behind = format!("({at}, {id}) < (:after_at, :after_id)");
            selection.conditions.push(behind);
            selection
                .params
                .push((":after_at", Box::new(Moment(key.at))));
            selection.params.push((":after_id", Box::new(key.id)));
            0
        }
        Start::Skip(skipped) => *skipped,
    };
    let sql = format!(
        "select {} from {} where {} order by {at} desc, {id} desc limit :limit offset :skipped",
        user_rows::COLUMNS,
        selection.tables(),
        selection.condition()
    );
    let mut params = selection.params;
    params.push((":limit", Box::new(rows(limit))));
    params.push((":skipped", Box::new(skipped)));
    Ok((sql, params))
}

/// The accounts that match a filter. The conditions are fixed texts; user input is passed only as parameters.
struct Selection {
    conditions: Vec<String>,
    params: Parameters,
    /// Whether few accounts match. Few are found first and then sorted; many are found soon enough by scanning from the
    /// newest.
    is_narrow: bool,
    /// Whether the accounts are found through the table of ways to log in, which has its own order by time.
    is_by_way: bool,
}

/// The rows of a way to log in, and the condition that an account has it.
const IN_THIS_WAY: &str = "login_ways.way = :way";
const HAS_THIS_WAY: &str =
    "exists (select 1 from login_ways where login_ways.user_id = users.id and way = :way)";

/// Returns the column of the rarest value that a filter asks for, of those with an index that has just these accounts in
/// order. The table of ways to log in is a `way`.
fn rarest(connection: &Connection, filter: &UserFilter) -> Result<Option<&'static str>> {
    let way = filter.login_method.as_ref();
    let is_in_table = way.is_some_and(|way| *way != LoginMethod::Password);
    let some = |rows: &str| format!("count(*) from (select 1 from {rows} limit {ENOUGH})");
    let factor = i32::from(filter.has_second_factor == Some(true));
    let indexes = [
        (
            "is_superuser",
            filter.is_superuser == Some(true),
            "superusers from user_counts".to_owned(),
        ),
        (
            "is_active",
            filter.is_active == Some(false),
            "total - active from user_counts".to_owned(),
        ),
        (
            "is_verified",
            filter.is_verified == Some(false),
            "total - verified from user_counts".to_owned(),
        ),
        ("way", is_in_table, some("login_ways where way = :way")),
        (
            "is_mfa_enabled",
            filter.has_second_factor.is_some(),
            some(&format!("users where is_mfa_enabled = {factor}")),
        ),
        (
            "hashed_password",
            way == Some(&LoginMethod::Password),
            some("users where hashed_password is not null"),
        ),
    ];
    let asked: Vec<_> = indexes
        .iter()
        .filter(|(_, is_asked, _)| *is_asked)
        .collect();
    if asked.len() < 2 {
        return Ok(asked.first().map(|(column, ..)| *column));
    }
    let name = way.map(LoginMethod::name).unwrap_or_default();
    let mut counted = Vec::new();
    for (place, (column, _, count)) in asked.into_iter().enumerate() {
        let params: &[(&str, &dyn ToSql)] = &[(":way", &name)];
        let params = if *column == "way" { params } else { &[] };
        let count: i64 = value(connection, &format!("select {count}"), params)?;
        counted.push((count.min(ENOUGH), place, *column));
    }
    Ok(counted.into_iter().min().map(|(.., column)| column))
}

impl Selection {
    /// Returns the accounts that match a filter. If they are `listed`, an index leads to them in their order.
    fn of(connection: &Connection, filter: &UserFilter, listed: bool) -> Result<Self> {
        let mut conditions: Vec<String> = Vec::new();
        let mut params = Parameters::new();
        let mut is_narrow = false;
        // Written as literals, so that the partial indexes over the rarer values can be used; but of these, only the
        // smallest, which leaves least to be looked through. The `+` keeps SQLite from the others.
        let rarest = rarest(connection, filter)?;
        let plus = |column| match rarest {
            Some(rarest) if rarest != column => "+",
            _ => "",
        };
        for (column, wanted) in [
            ("is_active", filter.is_active),
            ("is_verified", filter.is_verified),
            ("is_superuser", filter.is_superuser),
            ("is_mfa_enabled", filter.has_second_factor),
        ] {
            let (plus, value) = (plus(column), wanted.map(i32::from));
            conditions.extend(value.map(|value| format!("{plus}{column} = {value}")));
        }
        if let Some(since) = filter.since {
            conditions.push("created_at >= :since".to_owned());
            params.push((":since", Box::new(Moment(since))));
        }
        if let Some(before) = filter.before {
            conditions.push("created_at < :before".to_owned());
            params.push((":before", Box::new(Moment(before))));
        }
        if let Some((rule, now)) = filter.locked_out {
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
        let mut is_by_way = false;
        match &filter.login_method {
            None => {}
            Some(LoginMethod::Password) => {
                let plus = plus("hashed_password");
                conditions.push(format!("{plus}hashed_password is not null"));
            }
            Some(way) => {
                is_by_way = listed && !is_narrow && rarest == Some("way");
                let condition = if is_by_way { IN_THIS_WAY } else { HAS_THIS_WAY };
                conditions.push(condition.to_owned());
                params.push((":way", Box::new(way.name().into_owned())));
            }
        }
        Ok(Self {
            conditions,
            params,
            is_narrow,
            is_by_way,
        })
    }

    fn tables(&self) -> &'static str {
        if self.is_by_way {
            // SQLite keeps the order of a cross join.
            "login_ways cross join users on users.id = login_ways.user_id"
        } else {
            "users"
        }
    }

    fn condition(&self) -> String {
        if self.conditions.is_empty() {
            return "true".to_owned();
        }
        self.conditions.join(" and ")
    }
}

/// A search for a text in email addresses and names: as accounts found through an index, and as a condition on one
/// account.
pub(super) struct Search {
    candidates: &'static str,
    candidate_params: Vec<(&'static str, String)>,
    condition: &'static str,
    text: String,
    is_anywhere: bool,
}

impl Search {
    /// Three characters or more are found anywhere, fewer only at the beginning. A text with a NUL is also found only
    /// at the beginning, because FTS5 would stop reading at the NUL.
    pub(super) fn of(text: &str) -> Self {
        let text = text.to_lowercase();
        if text.chars().count() >= 3 && !text.contains('\0') {
            Self {
                candidates: "select rowid from users_search where users_search match :phrase",
                // Inside quotes everything is text, and a quote is doubled.
                candidate_params: vec![(":phrase", format!("\"{}\"", text.replace('"', "\"\"")))],
                condition: "(instr(email_key, :text) > 0 or instr(name_key, :text) > 0)",
                text,
                is_anywhere: true,
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
                is_anywhere: false,
            }
        }
    }

    /// Returns whether the search finds an account with this email address and name, by the same rule as the condition.
    pub(super) fn finds(&self, email: &Email, name: Option<&FullName>) -> bool {
        let name = name.map(|name| name.as_str().to_lowercase());
        let mut texts = [Some(email.key()), name].into_iter().flatten();
        texts.any(|text| {
            if self.is_anywhere {
                text.contains(&self.text)
            } else {
                text.starts_with(&self.text)
            }
        })
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
