//! A test email or SMS, which is sent at once, without the outbox.

use serde::Serialize;

use super::flash::Flash;
use super::form::Form;
use super::operator::{Answer, Operator};
use super::proof::Proof;
use super::rooms::Room;
use crate::app::{TestError, TestRecipient};
use crate::http::error::ApiError;
use crate::http::fault::{Fault, Location, kind};
use crate::model::{Email, PhoneNumber};

/// The path of the form.
const PATH: &str = "/outbox/test";

/// The form as its template shows it.
#[derive(Serialize)]
struct View {
    to: String,
    /// Whether mail and SMS leave this server.
    sends_mail: bool,
    sends_sms: bool,
    /// The key of the message that says why nothing was sent.
    trouble: Option<&'static str>,
    /// What the other side said.
    reason: Option<String>,
    #[serde(flatten)]
    proof: Proof,
}

async fn view(
    operator: &Operator,
    to: String,
    trouble: Option<(&'static str, Option<String>)>,
) -> Answer {
    let app = operator.console.app();
    let (trouble, reason) = trouble.map_or((None, None), |(key, reason)| (Some(key), reason));
    let view = View {
        to,
        sends_mail: app.sends_mail(),
        sends_sms: app.sends_sms(),
        trouble,
        reason,
        proof: Proof::of(operator, true, PATH.to_owned()).await?,
    };
    operator.page("test-message", Some(Room::Outbox), view)
}

/// Shows the form. It proposes the administrator's own email address.
pub(super) async fn show(operator: Operator) -> Answer {
    let own = operator.session.user.email.to_string();
    view(&operator, own, None).await
}

/// Returns the recipient in the form: a phone number if it begins like one.
fn recipient(form: &Form) -> Result<TestRecipient, ApiError> {
    let missing = || ApiError::missing("to");
    let given = form.text("to");
    if given.trim_start().starts_with(['+', '＋']) {
        let number = PhoneNumber::parse(given).map_err(|error| {
            let fault = Fault::field(Location::Body, "to", kind::VALUE_ERROR, error.to_string());
            ApiError::invalid(vec![fault])
        })?;
        return Ok(TestRecipient::Sms(number));
    }
    let email = form.read::<Email>("to")?;
    email.map(TestRecipient::Mail).ok_or_else(missing)
}

/// Sends the message, and shows what the other side said.
pub(super) async fn send(operator: Operator, form: Form) -> Answer {
    let mut operator = operator;
    let to = form.text("to").to_owned();
    // It costs money, and reaches anybody.
    let proven = match operator.prove(&form).await {
        Ok(proven) => proven,
        Err(refusal) => return operator.answer::<(), _>(PATH, "", Err(refusal)),
    };
    proven.apply(&mut operator);
    let mut response = match recipient(&form) {
        Err(refusal) => {
            let again = operator.with_flash(Flash::refused(&refusal));
            view(&again, to, None).await?
        }
        Ok(recipient) => match operator.console.app().send_test(&recipient).await {
            Ok(_) => operator.done(PATH, &Flash::done("test-sent")),
            Err(TestError::SendsNothing) => {
                view(&operator, to, Some(("console-test-nothing", None))).await?
            }
            Err(TestError::TooLate) => {
                view(&operator, to, Some(("console-test-late", None))).await?
            }
            Err(TestError::Refused(reason)) => {
                view(&operator, to, Some(("console-test-refused", Some(reason)))).await?
            }
        },
    };
    proven.remember(&operator, response.headers_mut());
    Ok(response)
}
