//! Sessions: how long, and how browsers carry them.

use super::Dialogue;
use crate::cli::{Failure, Result};

pub(super) async fn ask(dialogue: &mut Dialogue<'_, '_>) -> Result {
    if dialogue.plan.is_at_fault("jwt_secret") {
        dialogue.warn("the secret that signs tokens is too weak to be used");
        let question = "Make a new one? All have to log in again";
        if !dialogue.confirm(question, true).await? {
            return Err(
                Failure::refused("a secret has to be long: nothing was changed")
                    .next("regstack secret generate makes one"),
            );
        }
        dialogue.plan.renew_secret()?;
    }
    let changes = dialogue.plan.changes();
    let mut states = changes.iter().filter(|change| change.key == "jwt_secret");
    dialogue.faint(if states.any(|change| change.new == "generated") {
        "The secret that signs tokens is made for you."
    } else {
        "The secret that signs tokens is kept."
    });
    dialogue
        .text("jwt_ttl_seconds", "A session lasts, in seconds or as 2h")
        .await?;
    dialogue.propose("session_max_seconds")?;
    let prompt = "Stay logged in while active, for at most (0 for no longer)";
    dialogue.text("session_max_seconds", prompt).await?;
    let bearer = ("bearer", "bearer", "a header: apps and scripts of your own");
    let cookie = ("cookie", "cookie", "a cookie that scripts cannot read");
    let pages = dialogue.plan.value("enable_ui_router") == "true";
    dialogue.propose("transport")?;
    let choices = if pages {
        [cookie, bearer]
    } else {
        [bearer, cookie]
    };
    dialogue
        .choice("transport", "Browsers carry it in", &choices)
        .await
        .map(drop)
}
