//! The accounts that match the filters, as CSV for spreadsheets.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use serde_json::Value;

use super::operator::{Answer, Operator};
use super::query::ListQuery;
use super::users::filter;
use crate::accounts::{Accounts, Error};
use crate::http::chunks::{self, Source};
use crate::model::inert::{csv_line, spreadsheet_cell};
use crate::model::{PageKey, User, UserFilter};

/// The number of accounts that are read at a time.
const PAGE: u32 = 500;
/// The columns: fields of the published account.
const COLUMNS: [&str; 11] = [
    "id",
    "email",
    "full_name",
    "is_active",
    "is_verified",
    "is_superuser",
    "is_mfa_enabled",
    "phone_number",
    "language",
    "created_at",
    "last_login",
];

/// The lines that are still to be written.
struct Lines {
    accounts: Accounts,
    filter: UserFilter,
    after: Option<PageKey>,
    has_ended: bool,
}

impl Source for Lines {
    async fn next(&mut self) -> Result<Option<String>, Error> {
        if self.has_ended {
            return Ok(None);
        }
        let page = self.accounts.users(&self.filter, self.after, PAGE).await?;
        self.after = page.next;
        self.has_ended = page.next.is_none();
        Ok(Some(page.items.iter().map(line).collect()))
    }
}

/// Returns the line of an account.
fn line(user: &User) -> String {
    let fields = serde_json::to_value(user.public()).unwrap_or_default();
    let cells = COLUMNS.map(|column| match &fields[column] {
        Value::Null => String::new(),
        Value::String(text) => spreadsheet_cell(text),
        other => other.to_string(),
    });
    csv_line(cells.iter().map(String::as_str))
}

/// Sends the accounts, newest first.
pub(super) async fn csv(operator: Operator, query: ListQuery) -> Answer {
    let accounts = operator.accounts().clone();
    let mut lines = Lines {
        filter: filter(&query, &accounts),
        accounts,
        after: None,
        has_ended: false,
    };
    // What fails by now is refused properly.
    let first = lines.next().await?.unwrap_or_default();
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"users.csv\""),
    ];
    let body = chunks::body(csv_line(COLUMNS) + &first, lines);
    Ok((headers, body).into_response())
}
