//! Asks for the lifetime of sessions and how browsers store them.

use super::Dialogue;
use crate::cli::{Failure, Result};

pub(super) async fn ask(dialogue: &mut Dialogue<'_, '_>) -> Result {
    if dialogue.plan.is_at_fault("jwt_secret") {
        dialogue.warn("the secret that signs tokens is too weak");
        let question = "Create a new one? Everyone has to log in again";
        if !dialogue.confirm(question, true).await? {
            return Err(
                Failure::refused("the secret is too short: nothing was changed")
                    .next("regstack secret generate prints one"),
            );
        }
        dialogue.plan.renew_secret()?;
    }
    let changes = dialogue.plan.changes();
    let mut states = changes.iter().filter(|change| change.key == "jwt_secret");
    dialogue.faint(if states.any(|change| change.new == "generated") {
        "A secret that signs tokens is created for you."
    } else {
        "The secret that signs tokens is kept."
    });
    dialogue
        .text(
            "jwt_ttl_seconds",
            "How long a session lasts, in seconds or such as 2h",
        )
        .await?;
    dialogue.propose("session_max_seconds")?;
    let prompt = "How long people stay logged in while active, such as 30d (0 for no longer)";
    dialogue.text("session_max_seconds", prompt).await?;
    let bearer = (
        "bearer",
        "bearer",
        "a header, for apps and your own scripts",
    );
    let cookie = ("cookie", "cookie", "a cookie, which scripts can't read");
    let pages = dialogue.plan.value("enable_ui_router") == "true";
    dialogue.propose("transport")?;
    let choices = if pages {
        [cookie, bearer]
    } else {
        [bearer, cookie]
    };
    dialogue
        .choice("transport", "How browsers hold the session", &choices)
        .await
        .map(drop)
}
