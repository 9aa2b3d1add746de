//! Logging out.

use axum::response::IntoResponse as _;

use super::cookies;
use super::form::Form;
use super::frame::Console;
use super::operator::{Answer, Operator};
use crate::accounts::Error;
use crate::http::cookie::ClearCookie;

/// Ends the session and leads to the login, and from there back to the page that the form names.
pub(super) async fn log_out(operator: Operator, clear: ClearCookie, form: Form) -> Answer {
    let Operator {
        console,
        session,
        origin,
        ..
    } = &operator;
    // Somebody else may have ended it a moment ago.
    match operator.accounts().log_out(session, origin).await {
        Ok(()) | Err(Error::NotAuthenticated) => {}
        Err(error) => return Err(error.into()),
    }
    let back = form.text("next");
    let back = if back.starts_with('/') { back } else { "" };
    let mut response = (clear, Console::lead(&console.login(&console.url(back)))).into_response();
    for name in [cookies::SESSION, cookies::PROOF, cookies::FLASH] {
        console.set_cookie(response.headers_mut(), name, "", 0);
    }
    Ok(response)
}
