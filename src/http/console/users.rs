//! The list of accounts, with its filters.

use serde::Serialize;

use super::account::Account;
use super::acts::Act;
use super::operator::{Answer, Operator};
use super::query::{ListQuery, Pages};
use super::rooms::Room;
use super::shown::Moment;
use crate::accounts::Accounts;
use crate::model::{LoginMethod, ProviderId, User, UserFilter};

/// The number of accounts on a page.
const PAGE: u32 = 50;
/// The parameters that select accounts. A link to the next page, and an act on all that match, has the same.
pub(super) const FILTERS: [&str; 6] = ["q", "state", "email", "role", "mfa", "way"];

/// The list as its template shows it.
#[derive(Serialize)]
struct List {
    q: String,
    /// The values of the filters.
    state: &'static str,
    email: &'static str,
    role: &'static str,
    mfa: &'static str,
    way: String,
    /// The ways to log in that the filter offers.
    ways: Vec<Way>,
    /// Whether any of them is set.
    is_filtered: bool,
    /// The filters as fields of a form, and as a query.
    filters: Vec<(String, String)>,
    query: String,
    /// The acts that can be done to many accounts.
    acts: [&'static str; 11],
    users: Vec<Row>,
    pages: Pages,
}

/// A way to log in: its name, and that of its provider, if it has one.
#[derive(Serialize)]
struct Way {
    name: String,
    provider: Option<String>,
}

/// Returns the ways to log in that this installation offers. That of the filter is among them, whatever it is.
fn ways(accounts: &Accounts, chosen: Option<&LoginMethod>) -> Vec<Way> {
    let own = [LoginMethod::Password, LoginMethod::Passkey].map(|way| Way {
        name: way.name().into_owned(),
        provider: None,
    });
    let provider = |(id, title): (ProviderId, String)| Way {
        name: LoginMethod::Provider(id).name().into_owned(),
        provider: Some(title),
    };
    let mut ways: Vec<Way> = own.into();
    ways.extend(accounts.providers().into_iter().map(provider));
    if let Some(way @ LoginMethod::Provider(id)) = chosen
        && ways.iter().all(|shown| shown.name != way.name())
    {
        ways.push(provider((id.clone(), id.to_string())));
    }
    ways
}

/// An account as a row of a list.
#[derive(Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    account: Account,
    created: Moment,
    last_login: Option<Moment>,
}

impl From<&User> for Row {
    fn from(user: &User) -> Self {
        Self {
            account: Account::from(user),
            created: user.created_at.into(),
            last_login: user.last_login.map(Moment::from),
        }
    }
}

/// Returns the value of a filter if it is a known one.
fn one_of(query: &ListQuery, name: &str, known: &[&'static str]) -> &'static str {
    let given = query.get(name).unwrap_or_default();
    let known = known.iter().find(|known| **known == given);
    known.copied().unwrap_or_default()
}

impl List {
    /// Reads the filters.
    fn filters(query: &ListQuery, accounts: &Accounts) -> Self {
        let state = one_of(query, "state", &["enabled", "disabled", "locked-out"]);
        let email = one_of(query, "email", &["verified", "unverified"]);
        let role = one_of(query, "role", &["admin", "other"]);
        let mfa = one_of(query, "mfa", &["on", "off"]);
        let way = query.get("way").and_then(LoginMethod::from_name);
        let ways = ways(accounts, way.as_ref());
        let way = way.map_or_else(String::new, |way| way.name().into_owned());
        let q = query.search().unwrap_or_default();
        Self {
            is_filtered: [q.as_str(), state, email, role, mfa, &way]
                .iter()
                .any(|set| !set.is_empty()),
            q,
            state,
            email,
            role,
            mfa,
            way,
            ways,
            filters: query.pairs(&FILTERS),
            query: query.only(&FILTERS),
            acts: Act::ALL.map(Act::name),
            users: Vec::new(),
            pages: Pages::default(),
        }
    }
}

/// Returns the accounts that the parameters of a page select.
pub(super) fn filter(query: &ListQuery, accounts: &Accounts) -> UserFilter {
    let List {
        q,
        state,
        email,
        role,
        mfa,
        way,
        ..
    } = List::filters(query, accounts);
    let either = |value: &str, yes: &str| (!value.is_empty()).then_some(value == yes);
    let is_about_activity = matches!(state, "enabled" | "disabled");
    UserFilter {
        q: (!q.is_empty()).then_some(q),
        is_active: is_about_activity.then_some(state == "enabled"),
        locked_out: (state == "locked-out").then(|| accounts.locked_out_now()),
        is_verified: either(email, "verified"),
        is_superuser: either(role, "admin"),
        has_second_factor: either(mfa, "on"),
        login_method: LoginMethod::from_name(&way),
        ..UserFilter::default()
    }
}

/// Shows one page of the accounts, newest first.
pub(super) async fn list(operator: Operator, query: ListQuery) -> Answer {
    let accounts = operator.accounts();
    let after = query.after();
    let found = accounts
        .users(&filter(&query, accounts), after, PAGE)
        .await?;
    let view = List {
        users: found.items.iter().map(Row::from).collect(),
        pages: query.pages(Room::Users.path(), &FILTERS, found.next.as_ref()),
        ..List::filters(&query, accounts)
    };
    operator.page("users", Some(Room::Users), view)
}
