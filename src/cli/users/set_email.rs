//! `regstack users set-email`.

use serde_json::json;

use crate::accounts::Mailed;
use crate::cli::delivery::send_moved;
use crate::cli::named::AccountAndValue;
use crate::cli::{Context, Failure, Result, progress};
use crate::model::{Email, NewAddress, UserChange};

/// Change the email address of an account; its sessions end
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The change takes effect at once. Without --verified, the new address is
unverified and gets a verification link if logins need one. The old address
gets an email with a link that undoes the change for a week, if the pages are
on. Use --no-undo if the old mailbox is lost or belongs to someone else.

Example:
  regstack users set-email ada@example.com ada@example.org")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    account: AccountAndValue,
    /// Mark the new email address as verified
    #[arg(long)]
    verified: bool,
    /// Don't send the old email address a link that undoes the change, and disable earlier ones
    #[arg(long)]
    no_undo: bool,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let (name, new) = args.account.get()?;
    let new = Email::parse(new).map_err(|rule| {
        Failure::refused(format!("{new:?} isn't an email address")).because(rule)
    })?;
    let app = context.open().await?;
    let before = context.find(&app, name).await?;
    let change = UserChange {
        email: Some(NewAddress {
            is_final: args.no_undo,
            ..NewAddress::to(new.clone())
        }),
        is_verified: args.verified.then_some(true),
        ..UserChange::default()
    };
    let origin = context.origin();
    let changed = app
        .accounts
        .patch_and_mail(before.id, change, false, &origin);
    let (user, proof) = progress::waited(changed).await.map_err(|error| {
        let what = format!("{} can't have the email address {new}", before.email);
        Failure::act_on(&new, what, error)
    })?;
    let is_new = user.email != before.email;
    let to = user.email.as_str();
    let old = is_new.then_some(before.email.as_str());
    let is_proof_queued = proof == Some(Mailed::Queued);
    send_moved(context, &app, old, is_proof_queued.then_some(to)).await;
    if is_new && !is_proof_queued && app.accounts.must_verify(&user) {
        context.output.warn(&format!(
            "no verification link was sent to {to}: regstack users resend-verification {to}"
        ));
    }
    let line = if is_new {
        format!("{} now has the email address {to}", before.email)
    } else {
        format!("unchanged {to}")
    };
    let document = json!({ "user": user.public() });
    context.output.print_lines(&document, [line])
}
