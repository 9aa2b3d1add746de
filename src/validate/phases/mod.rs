//! The phases, in the order in which they are run. Each is one flow.

mod changes;
mod delete;
mod documents;
mod factors;
mod linked;
mod oauth;
mod pages;
mod passkeys;
mod reach;
mod sessions;
mod sign_up;

use std::str::FromStr;

use serde::Serialize;
use tokio::time::Instant;

use super::{Phase, Probe, Report, Result, Status};

pub(super) use delete::delete;

/// A phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PhaseName {
    Reach,
    Documents,
    Answers,
    Pages,
    Register,
    Verify,
    Login,
    Clock,
    Me,
    Download,
    Cookie,
    Sessions,
    Renew,
    ChangePassword,
    ChangeEmail,
    Reset,
    Undo,
    Totp,
    Sms,
    Passkeys,
    Oauth,
    Logout,
    Delete,
}

impl PhaseName {
    /// All phases, in order.
    pub(crate) const ALL: [Self; 23] = [
        Self::Reach,
        Self::Documents,
        Self::Answers,
        Self::Pages,
        Self::Register,
        Self::Verify,
        Self::Login,
        Self::Clock,
        Self::Me,
        Self::Download,
        Self::Cookie,
        Self::Sessions,
        Self::Renew,
        Self::ChangePassword,
        Self::ChangeEmail,
        Self::Reset,
        Self::Undo,
        Self::Totp,
        Self::Sms,
        Self::Passkeys,
        Self::Oauth,
        Self::Logout,
        Self::Delete,
    ];

    /// Returns the name, as in `--skip`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Documents => "documents",
            Self::Answers => "answers",
            Self::Pages => "pages",
            Self::Register => "register",
            Self::Verify => "verify",
            Self::Login => "login",
            Self::Clock => "clock",
            Self::Me => "me",
            Self::Download => "download",
            Self::Cookie => "cookie",
            Self::Sessions => "sessions",
            Self::Renew => "renew",
            Self::ChangePassword => "change-password",
            Self::ChangeEmail => "change-email",
            Self::Reset => "reset",
            Self::Undo => "undo",
            Self::Totp => "totp",
            Self::Sms => "sms",
            Self::Passkeys => "passkeys",
            Self::Oauth => "oauth",
            Self::Logout => "logout",
            Self::Delete => "delete",
        }
    }

    /// Returns what it needs: nothing, a server that answers, or an account that can log in.
    fn needs(self) -> Need {
        match self {
            Self::Reach => Need::Nothing,
            Self::Documents | Self::Answers | Self::Pages | Self::Register => Need::Server,
            Self::Verify => Need::Registration,
            Self::Login => Need::Account,
            Self::Undo => Need::Reset,
            _ => Need::Login,
        }
    }
}

impl FromStr for PhaseName {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|phase| phase.as_str() == text).ok_or(())
    }
}

/// What has to work before a phase can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Nothing,
    Server,
    Registration,
    Account,
    Login,
    /// A lost password can be replaced, or that is off.
    Reset,
}

impl Need {
    /// Returns the phase without which this phase can't be run, if it failed or was left out.
    fn missing(self, probe: &Probe<'_>, report: &Report) -> Option<PhaseName> {
        let failed = |name| {
            let mut phases = report.phases.iter();
            phases.any(|phase| phase.name == name && phase.status == Status::Failed)
        };
        let server = probe.site.api.is_empty().then_some(PhaseName::Reach);
        let server = server.or_else(|| failed(PhaseName::Reach).then_some(PhaseName::Reach));
        let registered = (!probe.account.is_registered).then_some(PhaseName::Register);
        let account = (!probe.account.is_verified).then_some(PhaseName::Verify);
        let login = failed(PhaseName::Login).then_some(PhaseName::Login);
        match self {
            Self::Nothing => None,
            Self::Server => server,
            Self::Registration => server.or(registered),
            Self::Account => server.or(registered).or(account),
            Self::Login => server.or(registered).or(account).or(login),
            Self::Reset => Self::Login
                .missing(probe, report)
                .or_else(|| failed(PhaseName::Reset).then_some(PhaseName::Reset)),
        }
    }
}

/// Runs all phases but the last, which always has to be run. Failed phases don't stop the others.
pub(super) async fn all(probe: &mut Probe<'_>, skip: &[PhaseName], report: &mut Report) {
    let all = PhaseName::ALL.into_iter();
    for name in all.filter(|name| *name != PhaseName::Delete) {
        let phase = if skip.contains(&name) && name != PhaseName::Reach {
            Phase::skipped(name, "left out (--skip)".to_owned())
        } else if let Some(missing) = name.needs().missing(probe, report) {
            Phase::skipped(name, format!("needs {}", missing.as_str()))
        } else {
            probe.watch.begins(name);
            let begun = Instant::now();
            let outcome = Box::pin(one(name, probe)).await;
            Phase::of(name, outcome, begun.elapsed())
        };
        probe.watch.ended(&phase);
        report.phases.push(phase);
    }
}

async fn one(name: PhaseName, probe: &mut Probe<'_>) -> Result {
    match name {
        PhaseName::Reach => reach::reach(probe).await,
        PhaseName::Documents => documents::documents(probe).await,
        PhaseName::Answers => documents::answers(probe).await,
        PhaseName::Pages => pages::pages(probe).await,
        PhaseName::Register => sign_up::register(probe).await,
        PhaseName::Verify => sign_up::verify(probe).await,
        PhaseName::Login => sessions::login(probe).await,
        PhaseName::Clock => sessions::clock(probe).await,
        PhaseName::Me => changes::me(probe).await,
        PhaseName::Download => changes::download(probe).await,
        PhaseName::Cookie => sessions::cookie(probe).await,
        PhaseName::Sessions => sessions::sessions(probe).await,
        PhaseName::Renew => sessions::renew(probe).await,
        PhaseName::ChangePassword => changes::password(probe).await,
        PhaseName::ChangeEmail => changes::email(probe).await,
        PhaseName::Reset => changes::reset(probe).await,
        PhaseName::Undo => changes::undo(probe).await,
        PhaseName::Totp => factors::totp(probe).await,
        PhaseName::Sms => factors::sms(probe).await,
        PhaseName::Passkeys => passkeys::passkeys(probe).await,
        PhaseName::Oauth => oauth::oauth(probe).await,
        PhaseName::Logout => sessions::logout(probe).await,
        PhaseName::Delete => delete(probe).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_everywhere() {
        for phase in PhaseName::ALL {
            assert_eq!(phase.as_str().parse(), Ok(phase));
            assert_eq!(serde_json::to_value(phase).unwrap(), phase.as_str());
        }
        assert_eq!("nonsense".parse::<PhaseName>(), Err(()));
    }
}
