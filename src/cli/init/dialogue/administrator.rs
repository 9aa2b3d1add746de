//! Asks for the first administrator, who is created after the files are written.

use super::Dialogue;
use crate::cli::{Result, prompt};
use crate::model::Email;

pub(super) async fn ask(dialogue: &mut Dialogue<'_, '_>) -> Result {
    dialogue.administrator = None;
    if !dialogue.database {
        dialogue.warn("the database didn't answer: run regstack create-admin later");
        return Ok(());
    }
    let offered =
        !dialogue.plan.existing || dialogue.new_database || dialogue.admin_email.is_some();
    if !dialogue
        .confirm("Create an administrator now?", offered)
        .await?
    {
        return Ok(());
    }
    let offered = dialogue.admin_email.as_ref().map(ToString::to_string);
    let rule = |text: &str| {
        Email::parse(text)
            .map(drop)
            .map_err(|rule| rule.to_string())
    };
    let text = dialogue
        .line_under("Email address", &offered.unwrap_or_default(), rule)
        .await?;
    let password = prompt::new_password(false).await?;
    // Parsed successfully before, when it was typed.
    dialogue.administrator = Email::parse(&text).ok().map(|email| (email, password));
    Ok(())
}
