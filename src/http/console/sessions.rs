//! Sessions of all accounts, newest login first.

use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::filters::{address, person};
use super::flash::Flash;
use super::form::Form;
use super::operator::{Answer, Operator};
use super::proof::Proof;
use super::query::{ListQuery, Pages};
use super::rooms::Room;
use super::shown::{Moment, cut};
use crate::accounts::Error;
use crate::http::error::ApiError;
use crate::model::{Id, SessionFilter, SessionPublic, TokenId, User};

/// The number of sessions on a page.
const PAGE: u32 = 40;
/// The number of sessions that are ended at a time, and the largest number that is ticked on one page.
const PART: u32 = 200;
const TICKED: usize = 200;
/// How long one request ends sessions before it shows how far it came.
const PATIENCE: Duration = Duration::from_secs(8);
/// The number of sessions that are shown before they are ended.
const SHOWN: u32 = 10;
/// How much of the name of an unknown client is shown, in characters.
const CLIENT: usize = 60;
/// The path of the page that asks whether to end sessions.
const PATH: &str = "/sessions/end";
/// The parameters that select sessions.
const FILTERS: [&str; 2] = ["user", "ip"];
/// The parameters that select what to end: ticked sessions, or all that match the filters.
const SELECTION: [&str; 4] = ["user", "ip", "s", "all"];

/// The list as its template shows it.
#[derive(Serialize)]
struct List {
    user: String,
    ip: String,
    is_filtered: bool,
    /// The key of the message that says why a filter finds nothing.
    trouble: Option<&'static str>,
    sessions: Vec<Row>,
    pages: Pages,
}

#[derive(Serialize)]
struct Row {
    /// The account and the session, as a form names them.
    key: String,
    user_id: String,
    email: String,
    is_current: bool,
    client: String,
    ip: Option<IpAddr>,
    /// The query of the list of sessions that share it.
    same_ip: Option<String>,
    method: String,
    began: Moment,
    last_seen: Moment,
}

impl From<(SessionPublic, User)> for Row {
    fn from((session, user): (SessionPublic, User)) -> Self {
        let known = [session.browser, session.system].into_iter().flatten();
        let known = known.collect::<Vec<_>>().join(", ");
        let said = session.user_agent.map(|agent| agent.to_string());
        Self {
            key: format!("{}.{}", user.id, session.id),
            user_id: user.id.to_string(),
            email: user.email.to_string(),
            is_current: session.is_current,
            client: if known.is_empty() {
                cut(&said.unwrap_or_default(), CLIENT)
            } else {
                known
            },
            same_ip: session.ip.map(|ip| ListQuery::one("ip", &ip)),
            ip: session.ip,
            method: session.method.name().into_owned(),
            began: session.created_at.into(),
            last_seen: session.last_seen_at.into(),
        }
    }
}

/// Returns the sessions that a page selects, or the key of the message that says why there are none.
async fn filter(
    operator: &Operator,
    query: &ListQuery,
) -> Result<Result<SessionFilter, &'static str>, Error> {
    let named = person(operator.accounts(), query).await?;
    let ip = match address(query) {
        Ok(ip) => ip,
        Err(trouble) => return Ok(Err(trouble)),
    };
    Ok(match named.trouble() {
        Some(trouble) => Err(trouble),
        None => Ok(SessionFilter {
            user_id: named.id(),
            ip,
        }),
    })
}

/// Shows one page of the sessions, newest login first.
pub(super) async fn list(operator: Operator, query: ListQuery) -> Answer {
    let after = query.after();
    let filter = filter(&operator, &query).await?;
    let trouble = filter.as_ref().err().copied();
    let (sessions, next) = match filter {
        Err(_) => (Vec::new(), None),
        Ok(filter) => {
            let current = Some(&operator.session);
            let accounts = operator.accounts();
            let found = accounts.sessions_of_all(&filter, current, after, PAGE);
            let found = found.await?;
            (found.items, found.next)
        }
    };
    let text = |name| query.get(name).unwrap_or_default().to_owned();
    let view = List {
        user: text("user"),
        ip: text("ip"),
        is_filtered: FILTERS.iter().any(|name| query.get(name).is_some()),
        trouble,
        sessions: sessions.into_iter().map(Row::from).collect(),
        pages: query.pages(Room::Sessions.path(), &FILTERS, next.as_ref()),
    };
    operator.page("sessions", Some(Room::Sessions), view)
}

/// Returns the sessions that are ticked: accounts with the ids of their sessions.
fn ticked(query: &ListQuery) -> Vec<(Id, TokenId)> {
    let named = query.all("s").filter_map(|key| {
        let (user, session) = key.split_once('.')?;
        Some((user.parse().ok()?, TokenId::parse(session)?))
    });
    named.take(TICKED).collect()
}

/// The sessions that would be ended.
#[derive(Serialize)]
struct Question {
    /// Whether all that match the filters are selected. Otherwise `count` are.
    is_all: bool,
    count: usize,
    emails: Vec<String>,
    /// How many accounts aren't shown. Not known if all that match are selected.
    has_more: bool,
    /// The fields of the form, which repeat the selection.
    fields: Vec<(String, String)>,
    list: String,
    #[serde(flatten)]
    proof: Proof,
}

fn list_path(query: &ListQuery) -> String {
    format!("{}{}", Room::Sessions.path(), query.only(&FILTERS))
}

fn question_path(query: &ListQuery) -> String {
    format!("{PATH}{}", query.only(&SELECTION))
}

/// Returns whether more than one session may be ended. Like other acts on many, that wants a proof.
fn is_bulk(query: &ListQuery) -> bool {
    is_all(query) || query.all("s").nth(1).is_some()
}

fn is_all(query: &ListQuery) -> bool {
    // Without a filter that would log everybody out.
    query.get("all").is_some() && FILTERS.iter().any(|name| query.get(name).is_some())
}

/// Asks whether to end the selected sessions.
pub(super) async fn ask(operator: Operator, query: ListQuery) -> Answer {
    let accounts = operator.accounts();
    let back = list_path(&query);
    let nothing = || operator.done(&back, &Flash::done("no-session-selected"));
    let ticked = ticked(&query);
    let mut emails = Vec::new();
    let has_more;
    if is_all(&query) {
        let Ok(filter) = filter(&operator, &query).await? else {
            return Ok(nothing());
        };
        let current = Some(&operator.session);
        let found = accounts.sessions_of_all(&filter, current, None, SHOWN);
        let found = found.await?;
        has_more = found.next.is_some();
        let others = found.items.into_iter();
        let others = others.filter(|(session, _)| !session.is_current);
        emails.extend(others.map(|(_, user)| user.email.to_string()));
        if emails.is_empty() && !has_more {
            return Ok(nothing());
        }
    } else {
        if ticked.is_empty() {
            return Ok(nothing());
        }
        let mut ids: Vec<Id> = ticked.iter().map(|(user, _)| *user).collect();
        ids.sort_unstable();
        ids.dedup();
        has_more = ids.len() > SHOWN as usize;
        for id in ids.into_iter().take(SHOWN as usize) {
            match accounts.user(id).await {
                Ok(user) => emails.push(user.email.to_string()),
                Err(Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    emails.sort_unstable();
    emails.dedup();
    let view = Question {
        is_all: is_all(&query),
        count: ticked.len(),
        emails,
        has_more,
        fields: query.pairs(&SELECTION),
        proof: Proof::of(&operator, is_bulk(&query), question_path(&query)).await?,
        list: back,
    };
    operator.page("end-sessions", Some(Room::Sessions), view)
}

/// How many sessions were ended, and how many weren't there any more.
#[derive(Default)]
struct Tally {
    ended: u64,
    gone: u64,
}

impl Tally {
    async fn end(&mut self, operator: &Operator, user: &User, id: &str) -> Result<(), ApiError> {
        let ended = operator.accounts().end_session(user, id, &operator.origin);
        match ended.await {
            Ok(()) => self.ended += 1,
            Err(Error::NoSession) => self.gone += 1,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// Ends the selected sessions.
pub(super) async fn end(operator: Operator, form: Form) -> Answer {
    let query = form.query(&SELECTION);
    let proven = if is_bulk(&query) {
        match operator.prove(&form).await {
            Ok(proven) => Some(proven),
            Err(refusal) => {
                return operator.answer::<(), _>(&question_path(&query), "", Err(refusal));
            }
        }
    } else {
        None
    };
    let mut tally = Tally::default();
    let mut key = "sessions-ended";
    if is_all(&query) {
        if let Ok(filter) = filter(&operator, &query).await?
            && !all(&operator, &filter, &mut tally).await?
        {
            key = "sessions-ended-part";
        }
    } else {
        for (id, session) in ticked(&query) {
            match operator.accounts().user(id).await {
                Ok(user) => tally.end(&operator, &user, session.as_str()).await?,
                Err(Error::NotFound) => tally.gone += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }
    let said = Flash::done(key)
        .with_count(tally.ended)
        .with_others(tally.gone);
    let mut response = operator.done(&list_path(&query), &said);
    if let Some(proven) = proven {
        proven.remember(&operator, response.headers_mut());
    }
    Ok(response)
}

/// Ends all sessions that match, except the one that asks. Returns false if time is up before.
async fn all(
    operator: &Operator,
    filter: &SessionFilter,
    tally: &mut Tally,
) -> Result<bool, ApiError> {
    let give_up = Instant::now() + PATIENCE;
    let mut after = None;
    loop {
        let current = Some(&operator.session);
        let accounts = operator.accounts();
        let page = accounts
            .sessions_of_all(filter, current, after, PART)
            .await?;
        for (session, user) in &page.items {
            if !session.is_current {
                tally.end(operator, user, &session.id).await?;
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(true);
        }
        if Instant::now() >= give_up {
            return Ok(false);
        }
    }
}
