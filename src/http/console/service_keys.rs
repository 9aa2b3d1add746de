//! Service keys: creating and revoking the keys of programs.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::flash::Flash;
use super::form::Form;
use super::operator::{Answer, Operator};
use super::proof::Proof;
use super::question::{Question, proved, told, unkept};
use super::rooms::Room;
use super::shown::Moment;
use crate::accounts::{Error, NewServiceKey};
use crate::http::error::ApiError;
use crate::http::extract::ServiceKeyId;
use crate::model::{Scope, Scopes, ServiceKey, ServiceKeyName};

/// The path of the form.
const NEW: &str = "/keys/service/new";
/// The longest time until a key expires, in days.
const MAX_DAYS: i64 = 3650;
const SCOPES: [Scope; 3] = [Scope::Introspect, Scope::AdminRead, Scope::AdminWrite];

/// A service key in the list.
#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    name: String,
    scopes: String,
    created_by: String,
    created: Moment,
    expires: Option<Moment>,
    is_expired: bool,
    /// The day of its last use.
    used: Option<String>,
}

impl Row {
    pub(super) fn of(key: &ServiceKey, now: Timestamp) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.to_string(),
            scopes: key.scopes.to_string(),
            created_by: key.created_by.clone(),
            created: key.created_at.into(),
            expires: key.expires_at.map(Moment::from),
            is_expired: key.expires_at.is_some_and(|at| at <= now),
            used: key.last_used_on.map(|day| day.to_string()),
        }
    }
}

/// The form as its template shows it.
#[derive(Serialize)]
struct View {
    name: String,
    days: String,
    scopes: Vec<Choice>,
    #[serde(flatten)]
    proof: Proof,
}

#[derive(Serialize)]
struct Choice {
    scope: &'static str,
    /// The key of its message: a scope has a colon in it.
    name: String,
    is_ticked: bool,
}

/// The key, which is shown once.
#[derive(Serialize)]
struct Made {
    name: String,
    key: String,
}

async fn show(operator: &Operator, entered: Option<(&Form, &ApiError)>) -> Answer {
    let form = entered.map(|(form, _)| form);
    let text = |field| form.map_or_else(String::new, |form| form.text(field).to_owned());
    let ticked = form.map(|form| form.query(&["scope"]));
    let choice = |scope: Scope| Choice {
        scope: scope.as_str(),
        name: scope.as_str().replace(':', "-"),
        is_ticked: ticked
            .as_ref()
            .is_some_and(|query| query.all("scope").any(|one| one == scope.as_str())),
    };
    let view = View {
        name: text("key_name"),
        days: text("days"),
        scopes: SCOPES.into_iter().map(choice).collect(),
        proof: Proof::of(operator, true, NEW.to_owned()).await?,
    };
    let (status, operator) = told(operator, entered.map(|(_, refusal)| refusal));
    Ok(operator.page_with(status, "service-key-new", Some(Room::Keys), view))
}

/// Shows the form.
pub(super) async fn ask(operator: Operator) -> Answer {
    show(&operator, None).await
}

/// Creates a key and shows it.
pub(super) async fn create(operator: Operator, form: Form) -> Answer {
    let form = &form;
    let act = async move |operator: Operator| -> Answer {
        let wanted = wanted(form, operator.accounts().clock.now())?;
        let made = operator
            .accounts()
            .create_service_key(wanted, &operator.origin);
        let (key, text) = made.await?;
        let view = Made {
            name: key.name.to_string(),
            key: text.expose().to_owned(),
        };
        let page = operator.page("service-key-made", Some(Room::Keys), view)?;
        Ok(unkept(page))
    };
    let again = async |operator: Operator, refusal: ApiError| -> Answer {
        show(&operator, Some((form, &refusal))).await
    };
    proved(operator, form, act, again).await
}

fn wanted(form: &Form, now: Timestamp) -> Result<NewServiceKey, ApiError> {
    let name = form.read::<ServiceKeyName>("key_name")?;
    let ticked = form.query(&["scope"]);
    let scopes = ticked.all("scope").collect::<Vec<_>>().join(" ");
    let days = match form.text("days") {
        "" => None,
        days => {
            let days = days
                .parse()
                .ok()
                .filter(|days| (1..=MAX_DAYS).contains(days));
            Some(days.ok_or(Error::ExpiryPassed)?)
        }
    };
    Ok(NewServiceKey {
        name: name.ok_or_else(|| ApiError::missing("key_name"))?,
        scopes: Scopes::parse(&scopes).map_err(|_| ApiError::missing("scope"))?,
        expires_at: days.map(|days| now + SignedDuration::from_hours(24 * days)),
    })
}

fn revocation(key: &ServiceKey) -> Question {
    Question {
        act: "revoke-service-key",
        room: Room::Keys,
        subject: Some(key.name.to_string()),
        field: None,
        choice: None,
        is_dangerous: true,
        path: format!("/keys/service/{}/revoke", key.id),
    }
}

/// Asks whether to revoke a key.
pub(super) async fn ask_revoke(operator: Operator, ServiceKeyId(id): ServiceKeyId) -> Answer {
    let key = operator.accounts().service_key(id).await?;
    revocation(&key).show(&operator, None).await
}

/// Revokes a key.
pub(super) async fn revoke(
    operator: Operator,
    ServiceKeyId(id): ServiceKeyId,
    form: Form,
) -> Answer {
    let key = operator.accounts().service_key(id).await?;
    let question = revocation(&key);
    let act = async move |operator: Operator| -> Answer {
        let revoked = operator
            .accounts()
            .revoke_service_key(&key, &operator.origin);
        revoked.await?;
        Ok(operator.done(Room::Keys.path(), &Flash::done("service-key-revoked")))
    };
    question.answer(operator, &form, act).await
}
