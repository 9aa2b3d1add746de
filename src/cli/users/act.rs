//! Acts on accounts, with the same steps for all of them, from the command line to the report.

use jiff::Timestamp;

use super::selection::{Selected, Selection};
use crate::accounts::{self, Accounts, Mailed};
use crate::app::App;
use crate::cli::bulk::Done;
use crate::cli::delivery::{send_asked, send_notice};
use crate::cli::{Context, Failure, Result, bulk, progress};
use crate::model::{Id, Origin, User, UserChange};

/// How many accounts are read at a time.
const PAGE: u32 = 512;

/// An act on accounts. `force` also applies it to the last active administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Act {
    Lock { force: bool },
    Unlock,
    Promote,
    Demote { force: bool },
    Verify,
    ResetMfa,
    RemovePasskeys,
    ResendVerification,
    SendReset,
    Delete { force: bool },
    RevokeTokens,
}

enum Outcome {
    Done,
    /// There was nothing to do.
    Unchanged,
    /// It is done, and the owner is notified by email if the settings require it.
    Notified,
    /// The owner gets the email that the act is about.
    Mailed(Mailed),
}

impl Act {
    /// Returns the text for a request for consent, which continues with the accounts, and the outcome for reports.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Lock { .. } => ("disables and logs out", "locked"),
            Self::Unlock => ("enables and clears the lockout of", "unlocked"),
            Self::Promote => ("makes administrators of", "promoted"),
            Self::Demote { .. } => ("takes administrator rights away from", "demoted"),
            Self::Verify => ("marks as verified the email addresses of", "verified"),
            Self::ResetMfa => ("turns off all second factors of", "reset"),
            Self::RemovePasskeys => ("removes all passkeys of", "removed"),
            Self::ResendVerification => ("sends a verification link to", "mailed"),
            Self::SendReset => ("sends a password reset link to", "mailed"),
            Self::Delete { .. } => ("permanently deletes", "deleted"),
            Self::RevokeTokens => ("ends the sessions of", "revoked"),
        }
    }

    /// Returns how many accounts are processed at the same time. Acts that send email process one after the other.
    const fn at_once(self) -> usize {
        match self {
            Self::ResetMfa | Self::ResendVerification | Self::SendReset => 1,
            _ => bulk::AT_ONCE,
        }
    }

    /// Returns the error message for an account.
    fn failed(self, user: &User) -> String {
        let email = &user.email;
        match self {
            Self::ResetMfa => format!("the second factors of {email} can't be turned off"),
            Self::RemovePasskeys => format!("the passkeys of {email} can't be removed"),
            Self::RevokeTokens => format!("the tokens of {email} can't be revoked"),
            _ => format!("{email} can't be {}", self.words().1),
        }
    }

    /// Refuses an act that can't succeed for any account.
    fn check(self, app: &App) -> Result {
        if self == Self::SendReset && !app.accounts.password_links_work() {
            return Err(Failure::refused("a reset link wouldn't work")
                .because("enable_password_reset is false"));
        }
        Ok(())
    }

    /// Returns whether the account already is what the act makes it.
    const fn is_settled(self, user: &User) -> bool {
        match self {
            Self::Lock { .. } => !user.is_active,
            Self::Promote => user.is_superuser,
            Self::Demote { .. } => !user.is_superuser,
            Self::Verify => user.is_verified,
            _ => false,
        }
    }

    async fn apply(
        self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome> {
        let id = user.id;
        let administers = |is_superuser| UserChange {
            is_superuser: Some(is_superuser),
            ..UserChange::default()
        };
        match self {
            Self::Lock { force } => accounts.lock(id, force, origin).await?,
            Self::Unlock => accounts.unlock(id, origin).await?,
            Self::Promote => accounts.patch(id, administers(true), false, origin).await?,
            Self::Demote { force } => {
                accounts
                    .patch(id, administers(false), force, origin)
                    .await?
            }
            Self::Verify => {
                let change = UserChange {
                    is_verified: Some(true),
                    ..UserChange::default()
                };
                accounts.patch(id, change, false, origin).await?
            }
            Self::ResetMfa => {
                let is_changed = accounts.reset_second_factor(user, origin).await?;
                return Ok(if is_changed {
                    Outcome::Notified
                } else {
                    Outcome::Unchanged
                });
            }
            Self::RemovePasskeys => {
                let removed = accounts.remove_passkeys(id, origin).await?;
                return Ok(if removed > 0 {
                    Outcome::Notified
                } else {
                    Outcome::Unchanged
                });
            }
            Self::ResendVerification => {
                return accounts.reverify(id, origin).await.map(Outcome::Mailed);
            }
            Self::SendReset => {
                let mailed = accounts.send_password_reset(id, origin).await;
                return mailed.map(Outcome::Mailed);
            }
            Self::Delete { force } => accounts.delete(id, force, origin).await?,
            Self::RevokeTokens => accounts.revoke_tokens(id, origin).await?,
        };
        Ok(if self.is_settled(user) {
            Outcome::Unchanged
        } else {
            Outcome::Done
        })
    }
}

/// Applies an act to the selected accounts, after consent if it is needed.
pub(super) async fn run(act: Act, who: &Selection, context: &Context) -> Result {
    let app = who.open(context).await?;
    act.check(&app)?;
    let selected = who.find(context, &app).await?;
    let needs_consent = match (&selected, act) {
        (Selected::Named(users), Act::Delete { force }) => {
            // An act that would be refused needs no consent.
            if let ([user], false) = (users.as_slice(), force) {
                let checked = app.accounts.check_deletion(user).await;
                checked.map_err(|error| Failure::act(act.failed(user), error))?;
            }
            true
        }
        (Selected::Named(_), _) => false,
        (Selected::Filtered { total, .. }, _) => *total > 0,
    };
    if needs_consent {
        selected.consent(context, act.words().0).await?;
    }
    each(act, context, &app, selected).await
}

pub(in crate::cli) async fn each(
    act: Act,
    context: &Context,
    app: &App,
    selected: Selected,
) -> Result {
    let origin = context.origin();
    let total = selected.total();
    // The filter must still match when an account is processed.
    let accounts = match &selected {
        Selected::Named(_) => app.accounts.clone(),
        Selected::Filtered { filter, .. } => app.accounts.only_if(filter.clone()),
    };
    let apply = async |user: &User| {
        let applied = act.apply(&accounts, user, &origin);
        // While there is a progress bar, no spinner is shown.
        let applied = if total == 1 {
            progress::waited(applied).await
        } else {
            applied.await
        };
        let to = user.email.as_str();
        let applied = match applied {
            Err(accounts::Error::Overtaken) => Ok(Outcome::Unchanged),
            applied => applied,
        };
        match applied.map_err(|error| Failure::act(act.failed(user), error))? {
            Outcome::Done => Ok(Done::Did(act.words().1)),
            Outcome::Unchanged => Ok(Done::Skipped("unchanged")),
            Outcome::Notified => {
                send_notice(context, app, to).await;
                Ok(Done::Did(act.words().1))
            }
            Outcome::Mailed(mailed) => {
                let sent = send_asked(context, app, to, mailed).await;
                sent.map(Done::Did)
            }
        }
    };
    let (filter, first) = match selected {
        Selected::Named(users) => return bulk::each(context, users, apply).await,
        Selected::Filtered { filter, first, .. } => (filter, first),
    };
    let Some(newest) = first.first().map(key) else {
        context.output.say("no matching accounts");
        return bulk::each(context, Vec::new(), apply).await;
    };
    // Pages start from the newest account: positions in this order stay valid, whatever the act changes.
    let (mut after, mut ended) = (None, false);
    let pages = async || {
        while !ended {
            let page = app
                .accounts
                .users(&filter, after, PAGE)
                .await
                .map_err(|error| Failure::act("reading the remaining accounts failed", error))?;
            (after, ended) = (page.next, page.next.is_none());
            // Accounts created after the count were not part of the consent.
            let mut users = page.items;
            users.retain(|user| key(user) <= newest);
            if !users.is_empty() {
                return Ok(users);
            }
        }
        Ok(Vec::new())
    };
    bulk::each_of(context, total, act.at_once(), pages, apply).await
}

fn key(user: &User) -> (Timestamp, Id) {
    (user.created_at, user.id)
}
