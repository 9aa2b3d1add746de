//! An act on many accounts: those that were ticked, or all that match the filters. It is shown before it is done.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::time::Instant;

use super::acts::{Act, Outcome};
use super::flash::Flash;
use super::form::Form;
use super::operator::{Answer, Operator};
use super::proof::Proof;
use super::query::ListQuery;
use super::rooms::Room;
use super::users::{FILTERS, Row, filter};
use crate::accounts::{Accounts, Error};
use crate::http::error::ApiError;
use crate::model::{Cursor as _, Id, PageKey, User, UserFilter};

/// The number of accounts that are shown before an act.
const SHOWN: u32 = 10;
/// The largest number of accounts that are ticked on one page.
const TICKED: usize = 200;
/// The number of accounts that are read at a time.
const PAGE: u32 = 200;
/// How long one request works before it shows how far it came, and offers to go on.
const PATIENCE: Duration = Duration::from_secs(8);
/// The path of the page.
const PATH: &str = "/users/bulk";

/// The parameters that select the accounts and the act. Those of the query and of the form are the same.
const PARAMETERS: [&str; 10] = [
    "act", "id", "all", "q", "state", "email", "role", "mfa", "way", "newest",
];
/// Those that don't say how far the act came.
const SELECTION: &[&str] = PARAMETERS.split_at(9).0;

/// The page that shows what will be done.
#[derive(Serialize)]
struct Preview {
    act: &'static str,
    is_dangerous: bool,
    total: u64,
    first: Vec<Row>,
    /// How many accounts are not shown.
    others: u64,
    /// The fields of the form, which repeat the selection.
    fields: Vec<(String, String)>,
    #[serde(flatten)]
    proof: Proof,
}

/// What was selected.
struct Selection<'a> {
    query: &'a ListQuery,
    act: Act,
}

impl<'a> Selection<'a> {
    /// Reads a selection. Without an act, or without accounts, there is none.
    fn of(query: &'a ListQuery) -> Option<Self> {
        let act = Act::from_name(query.get("act")?)?;
        let selection = Self { query, act };
        (selection.is_of_all() || query.get("id").is_some()).then_some(selection)
    }

    /// Returns whether all accounts that match the filters are selected.
    fn is_of_all(&self) -> bool {
        self.query.get("all").is_some()
    }

    /// Returns the filter of the accounts that are selected. None of them is newer than when the page was shown.
    fn filter(&self, accounts: &Accounts) -> UserFilter {
        let newest = self.newest().map(|newest| newest.at);
        UserFilter {
            before: newest.map(|at| at + SignedDuration::from_millis(1)),
            ..filter(self.query, accounts)
        }
    }

    /// Returns the newest account that is still to be done.
    fn newest(&self) -> Option<PageKey> {
        PageKey::from_text(self.query.get("newest")?)
    }

    /// Returns the accounts that were ticked and are still there.
    async fn ticked(&self, accounts: &Accounts) -> Result<Vec<User>, Error> {
        let mut users = Vec::new();
        let mut ids: Vec<Id> = self
            .query
            .all("id")
            .filter_map(|id| id.parse().ok())
            .collect();
        ids.truncate(TICKED);
        for id in ids {
            match accounts.user(id).await {
                Ok(user) => users.push(user),
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(users)
    }
}

/// Shows what an act would do.
pub(super) async fn preview(operator: Operator, query: ListQuery) -> Answer {
    let Some(selection) = Selection::of(&query) else {
        let flash = Flash::done("nothing-selected");
        return Ok(operator.done(
            &format!("{}{}", Room::Users.path(), query.only(&FILTERS)),
            &flash,
        ));
    };
    let accounts = operator.accounts();
    let (first, total) = if selection.is_of_all() {
        let filter = selection.filter(accounts);
        let (page, total) = accounts.users_from(&filter, 0, SHOWN).await?;
        (page.items, total)
    } else {
        let users = selection.ticked(accounts).await?;
        let total = users.len() as u64;
        (users, total)
    };
    let mut fields = query.pairs(SELECTION);
    // Accounts that are created after this page was shown are not part of the consent.
    let newest = first.first().filter(|_| selection.is_of_all());
    fields.extend(newest.map(|user| ("newest".to_owned(), key(user).to_text())));
    let shown = first.iter().take(SHOWN as usize);
    let view = Preview {
        act: selection.act.name(),
        is_dangerous: selection.act.is_dangerous(),
        others: total.saturating_sub(shown.len() as u64),
        first: shown.map(Row::from).collect(),
        total,
        fields,
        proof: Proof::of(
            &operator,
            true,
            format!("{PATH}{}", query.only(&PARAMETERS)),
        )
        .await?,
    };
    operator.page("bulk", Some(Room::Users), view)
}

/// Does an act on every selected account.
pub(super) async fn run(operator: Operator, form: Form) -> Answer {
    let query = form.query(&PARAMETERS);
    let list = format!("{}{}", Room::Users.path(), query.only(&FILTERS));
    let Some(selection) = Selection::of(&query) else {
        return Ok(operator.done(&list, &Flash::done("nothing-selected")));
    };
    let question = format!("{PATH}{}", query.only(SELECTION));
    let proven = match operator.prove(&form).await {
        Ok(proven) => proven,
        Err(refusal) => return operator.answer::<(), _>(&question, "", Err(refusal)),
    };
    let mut tally = Tally::default();
    let rest = if selection.is_of_all() {
        all(&operator, &selection, &mut tally).await?
    } else {
        let accounts = operator.accounts();
        for user in selection.ticked(accounts).await? {
            tally.note(selection.act.apply(accounts, &user, &operator.origin).await)?;
        }
        None
    };
    let mut response = if let Some(rest) = rest {
        let rest = query.with("newest", rest.to_text());
        let question = format!("{PATH}{}", rest.only(&PARAMETERS));
        operator.done(&question, &tally.flash("bulk-part"))
    } else {
        operator.done(&list, &tally.flash("bulk"))
    };
    proven.remember(&operator, response.headers_mut());
    Ok(response)
}

/// How many accounts an act changed, and how many it didn't.
#[derive(Default)]
struct Tally {
    done: u64,
    others: u64,
}

impl Tally {
    /// Counts one account. A refusal is one of this account; a failure ends the act.
    fn note(&mut self, outcome: Result<Outcome, Error>) -> Result<(), ApiError> {
        match outcome {
            Ok(Outcome::Done) => self.done += 1,
            Ok(Outcome::Unchanged | Outcome::CapSpent) => self.others += 1,
            Err(error) => {
                let refusal = ApiError::from(error);
                if !refusal.status().is_client_error() {
                    return Err(refusal);
                }
                self.others += 1;
            }
        }
        Ok(())
    }

    fn flash(&self, key: &str) -> Flash {
        Flash::done(key)
            .with_count(self.done)
            .with_others(self.others)
    }
}

fn key(user: &User) -> PageKey {
    PageKey {
        at: user.created_at,
        id: user.id,
    }
}

fn order(key: &PageKey) -> (Timestamp, Id) {
    (key.at, key.id)
}

/// Does an act on all accounts that match, each only if it still does. Returns the first account that is left when time is
/// up.
async fn all(
    operator: &Operator,
    selection: &Selection<'_>,
    tally: &mut Tally,
) -> Result<Option<PageKey>, ApiError> {
    let filter = selection.filter(operator.accounts());
    let accounts = operator.accounts().only_if(filter.clone());
    let newest = selection.newest();
    let give_up = Instant::now() + PATIENCE;
    // Positions in this order stay valid, whatever the act changes.
    let mut after = None;
    loop {
        let page = accounts.users(&filter, after, PAGE).await?;
        for user in &page.items {
            if newest.is_some_and(|newest| order(&key(user)) > order(&newest)) {
                continue;
            }
            if Instant::now() >= give_up {
                return Ok(Some(key(user)));
            }
            let outcome = selection.act.apply(&accounts, user, &operator.origin);
            tally.note(outcome.await)?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(None);
        }
    }
}
