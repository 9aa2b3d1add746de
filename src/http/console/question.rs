//! Asking whether to do a sensitive act that isn't about one account: the question, the proof, and the act.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::flash::Flash;
use super::form::Form;
use super::operator::{Answer, Operator};
use super::proof::Proof;
use super::rooms::Room;
use crate::http::error::ApiError;

/// A question. Its texts are `console-act-ACT` and `console-act-ACT-what`.
#[derive(Clone, Serialize)]
pub(super) struct Question {
    pub(super) act: &'static str,
    #[serde(skip)]
    pub(super) room: Room,
    /// What the act is about.
    pub(super) subject: Option<String>,
    /// A field that the form sends with the answer: its name and value.
    pub(super) field: Option<(&'static str, String)>,
    /// A box to tick. Its text is `console-act-ACT-NAME`.
    pub(super) choice: Option<&'static str>,
    pub(super) is_dangerous: bool,
    /// The path of the question.
    pub(super) path: String,
}

/// A question about an act that isn't sensitive.
#[derive(Serialize)]
pub(super) struct Confirmation {
    pub(super) act: &'static str,
    #[serde(skip)]
    pub(super) room: Room,
    /// What the act is about.
    pub(super) subject: String,
    pub(super) field: Option<(&'static str, String)>,
    pub(super) is_dangerous: bool,
    /// The path of the page that it leads back to.
    pub(super) cancel: String,
}

impl Confirmation {
    /// Shows the question.
    pub(super) fn show(&self, operator: &Operator) -> Answer {
        let view = Confirming {
            question: self,
            choice: None,
            needs_proof: false,
            path: "",
        };
        operator.page("question", Some(self.room), view)
    }
}

#[derive(Serialize)]
struct Confirming<'a> {
    #[serde(flatten)]
    question: &'a Confirmation,
    choice: Option<&'static str>,
    needs_proof: bool,
    path: &'static str,
}

#[derive(Serialize)]
struct View<'a> {
    #[serde(flatten)]
    question: &'a Question,
    #[serde(flatten)]
    proof: Proof,
    cancel: &'static str,
}

impl Question {
    /// Shows the question, with why the answer was refused.
    pub(super) async fn show(&self, operator: &Operator, refusal: Option<&ApiError>) -> Answer {
        let view = View {
            question: self,
            proof: Proof::of(operator, true, self.path.clone()).await?,
            cancel: self.room.path(),
        };
        let (status, operator) = told(operator, refusal);
        Ok(operator.page_with(status, "question", Some(self.room), view))
    }

    /// Does the act once the administrator has proved who they are. A refusal shows the question again.
    pub(super) async fn answer<F: Future<Output = Answer>>(
        &self,
        operator: Operator,
        form: &Form,
        act: impl FnOnce(Operator) -> F,
    ) -> Answer {
        let again = async |operator: Operator, refusal: ApiError| -> Answer {
            self.show(&operator, Some(&refusal)).await
        };
        proved(operator, form, act, again).await
    }
}

/// Does an act once the administrator has proved who they are. `again` answers refusals.
pub(super) async fn proved<F: Future<Output = Answer>, G: Future<Output = Answer>>(
    mut operator: Operator,
    form: &Form,
    act: impl FnOnce(Operator) -> F,
    again: impl Fn(Operator, ApiError) -> G,
) -> Answer {
    let proven = match operator.prove(form).await.map_err(ApiError::from) {
        Ok(proven) => proven,
        Err(refusal) if refusal.status().is_client_error() => {
            return again(operator, refusal).await;
        }
        Err(failure) => return Err(failure),
    };
    proven.apply(&mut operator);
    let mut response = match act(operator.clone()).await {
        Err(refusal) if refusal.status().is_client_error() => {
            again(operator.clone(), refusal).await?
        }
        done => done?,
    };
    proven.remember(&operator, response.headers_mut());
    Ok(response)
}

/// Returns the status of a form, and the administrator to whom it says why it was refused.
pub(super) fn told(operator: &Operator, refusal: Option<&ApiError>) -> (StatusCode, Operator) {
    match refusal {
        None => (StatusCode::OK, operator.clone()),
        Some(refusal) => (
            refusal.status(),
            operator.with_flash(Flash::refused(refusal)),
        ),
    }
}

/// Keeps a response out of every cache.
pub(super) fn unkept(mut response: Response) -> Response {
    let value = axum::http::HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(axum::http::header::CACHE_CONTROL, value);
    response
}
