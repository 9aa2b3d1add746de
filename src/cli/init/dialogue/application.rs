//! Asks for the application's name and addresses.

use super::Dialogue;
use crate::cli::Result;
use crate::cli::init::proposals;

pub(super) async fn ask(dialogue: &mut Dialogue<'_, '_>) -> Result {
    dialogue
        .text("app_name", "Name, shown in email and on pages")
        .await?;
    dialogue
        .text("base_url", "Address where people reach it")
        .await?;
    // With an https URL, a proxy usually handles TLS, unless certificates are configured.
    if proposals::needs_proxy(dialogue.plan) {
        let offered = proposals::of(dialogue.plan, "behind_proxy") == "true";
        let proxied = dialogue
            .confirm("Is a proxy in front (nginx, Caddy, ...)?", offered)
            .await?;
        dialogue.set("behind_proxy", if proxied { "true" } else { "false" })?;
    }
    if dialogue.every_question.is_none() {
        dialogue.faint("Everything else has a good default: the address to listen on, the pages,");
        dialogue.faint("the database, sessions, SMS, features.");
        dialogue.every_question = Some(dialogue.confirm("Change more settings?", false).await?);
    }
    if dialogue.every_question != Some(true) {
        if dialogue.plan.is_at_fault("bind") {
            dialogue.text("bind", "Listen on").await?;
        }
        for key in ["bind", "enable_ui_router"] {
            dialogue.propose(key)?;
        }
        return Ok(());
    }
    let offered = proposals::of(dialogue.plan, "bind");
    dialogue.text_like("bind", "Listen on", &offered).await?;
    let offered = proposals::of(dialogue.plan, "enable_ui_router") == "true";
    let pages = dialogue
        .confirm("Serve pages for sign-up, login and the account?", offered)
        .await?;
    dialogue.set("enable_ui_router", if pages { "true" } else { "false" })
}
