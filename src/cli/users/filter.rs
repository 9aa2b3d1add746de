//! Selects accounts by their properties.
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::since::Since;
use crate::cli::{Context, Result};
use crate::model::{LoginMethod, UserFilter};

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(in crate::cli) struct Filter {
    /// Only those with this in the email address or name
    #[arg(long, value_name = "PART")]
    q: Option<String>,
    /// Only enabled ones
    #[arg(long)]
    active: bool,
    /// Only disabled ones; --disabled is the same
    #[arg(long, alias = "disabled", conflicts_with = "active")]
    locked: bool,
    /// Only those locked out after failed logins
    #[arg(long, alias = "locked-out")]
    throttled: bool,
    /// Only unverified ones
    #[arg(long)]
    unverified: bool,
    /// Only administrators
    #[arg(long)]
    admins: bool,
    /// Only those with a second factor
    #[arg(long)]
    mfa: bool,
    /// Only those without a second factor
    #[arg(long, conflicts_with = "mfa")]
    no_mfa: bool,
    /// Only with a password, a passkey, or oidc:ID
    #[arg(long, value_name = "METHOD", value_parser = method)]
    login_method: Option<LoginMethod>,
    /// Only those created since 2026-01-31, monday, 2h
    #[arg(long, value_name = "WHEN", value_parser = Since::parse)]
    since: Option<Since>,
    /// Only those created before then, such as 30d
    #[arg(long, value_name = "WHEN", value_parser = Since::parse)]
    before: Option<Since>,
}

fn method(text: &str) -> Result<LoginMethod, &'static str> {
    LoginMethod::from_name(text)
        .ok_or("expected password, passkey, or oidc: and the ID of a provider")
}

impl Filter {
    /// Returns whether any filter is set.
    pub(super) fn is_given(&self) -> bool {
        let flags = [
            self.active,
            self.locked,
            self.throttled,
            self.unverified,
            self.admins,
            self.mfa,
            self.no_mfa,
            self.login_method.is_some(),
        ];
        let moments = [&self.since, &self.before];
        self.q.is_some() || moments.into_iter().any(Option::is_some) || flags.contains(&true)
    }

    pub(super) fn of(&self, context: &Context, output: &Output, app: &App) -> Result<UserFilter> {
        let at = |moment: &Option<Since>| {
            let moment = moment.as_ref();
            moment.map(|moment| moment.at(context, output)).transpose()
        };
        Ok(UserFilter {
            q: self.q.clone(),
            is_active: self.active.then_some(true).or(self.locked.then_some(false)),
            is_verified: self.unverified.then_some(false),
            is_superuser: self.admins.then_some(true),
            since: at(&self.since)?,
            before: at(&self.before)?,
            locked_out: self.throttled.then(|| app.accounts.locked_out_now()),
            has_second_factor: self.mfa.then_some(true).or(self.no_mfa.then_some(false)),
            login_method: self.login_method.clone(),
        })
    }
}
