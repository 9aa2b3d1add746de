//! Who the application is and how people reach it.

use super::Dialogue;
use crate::cli::error::Result;

pub(super) async fn ask(dialogue: &mut Dialogue<'_, '_>) -> Result {
    dialogue
        .text("app_name", "Its name, in mail and on pages")
        .await?;
    dialogue.text("base_url", "Where people reach it").await?;
    dialogue.text("bind", "Listen on").await?;
    // Whatever ends TLS for such an address is in front, unless certificates are set by hand.
    if dialogue.plan.value("base_url").starts_with("https:")
        && dialogue.plan.value("tls_cert").is_empty()
    {
        let offered = !dialogue.plan.existing || dialogue.plan.value("behind_proxy") == "true";
        let proxied = dialogue
            .confirm("Is a proxy in front (nginx, Caddy, ...)?", offered)
            .await?;
        dialogue.set("behind_proxy", if proxied { "true" } else { "false" })?;
    }
    let offered = !dialogue.plan.existing || dialogue.plan.value("enable_ui_router") == "true";
    let pages = dialogue
        .confirm("Serve pages for sign-up, login, account?", offered)
        .await?;
    dialogue.set("enable_ui_router", if pages { "true" } else { "false" })
}
