//! Drives a running installation through every flow, as a stranger would: over HTTP, with the emails that it sends.
//!
//! This module is a client. It knows neither the store nor the accounts of this program, nor a terminal: everything
//! that it finds out, it finds out from answers and emails. It makes accounts of its own, acts on no other, and deletes
//! them at the end.

mod account;
mod link;
pub(crate) mod mails;
mod passkey;
mod phases;
mod phone;
mod report;
mod site;
mod totp;

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout};
use url::Url;

use crate::clock::SharedClock;
use crate::random::{SharedRandom, bytes};
use crate::secret::SecretString;
use account::Account;
use mails::Mailbox;
use site::Site;

pub(crate) use phases::PhaseName;
pub(crate) use phone::{Codes, SmsReader};
pub(crate) use report::{Phase, Report, Status};

/// How long the accounts may take to be deleted after an interruption.
const CLEANING: Duration = Duration::from_mins(1);

/// Why a phase failed, and what to do. Neither contains a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) detail: String,
    pub(crate) remedy: Option<String>,
}

impl Trouble {
    fn new(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            remedy: None,
        }
    }

    fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// How a phase ended that didn't fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Done {
    Passed(String),
    /// The installation doesn't have this flow, or it can't be seen from here.
    NotThere(String),
}

type Result<T = Done> = std::result::Result<T, Trouble>;

/// Returns the result of a phase that passed.
#[allow(clippy::unnecessary_wraps, reason = "the last line of every phase")]
fn passed(detail: impl Into<String>) -> Result {
    Ok(Done::Passed(detail.into()))
}

/// Returns the result of a phase that the installation doesn't have.
#[allow(clippy::unnecessary_wraps, reason = "the last line of a phase")]
fn not_there(detail: impl Into<String>) -> Result {
    Ok(Done::NotThere(detail.into()))
}

/// What to validate, and how.
pub(crate) struct Wishes {
    /// The installation: its address, or that of its API.
    pub(crate) url: Url,
    /// Which phases to leave out.
    pub(crate) skip: Vec<PhaseName>,
    /// The email addresses of the accounts.
    pub(crate) addresses: Addresses,
    /// The first password; random by default.
    pub(crate) password: Option<SecretString>,
    /// Whether the accounts stay.
    pub(crate) keep: bool,
    /// How long to wait for an email or an SMS.
    pub(crate) patience: Duration,
    /// How long to wait in total if the server asks for it, for each request.
    pub(crate) max_wait: Duration,
    /// How long an answer may take.
    pub(crate) time_limit: Duration,
    /// Whether any certificate is accepted.
    pub(crate) insecure: bool,
    /// How the emails are read.
    pub(crate) mails: Option<Mailbox>,
    /// The phone for codes by SMS, and how they are read.
    pub(crate) phone: Option<SmsReader>,
}

/// Where the addresses of the accounts come from. Each has a random part.
#[derive(Debug, Clone)]
pub(crate) enum Addresses {
    /// `validate-RANDOM@DOMAIN`.
    In(String),
    /// `LOCAL+RANDOM@DOMAIN`, which arrives in the mailbox of `LOCAL@DOMAIN`.
    Tagged(String, String),
}

impl Addresses {
    /// Returns the address with this tag.
    fn with(&self, tag: &str) -> String {
        match self {
            Self::In(domain) => format!("validate-{tag}@{domain}"),
            Self::Tagged(local, domain) => format!("{local}+validate-{tag}@{domain}"),
        }
    }
}

/// Whoever shows what happens.
pub(crate) trait Watch: Send + Sync {
    /// A phase begins.
    fn begins(&self, phase: PhaseName);
    /// What it does, if that takes time.
    fn does(&self, what: &str);
    /// A phase has ended.
    fn ended(&self, phase: &Phase);
}

/// Everything that the phases share.
struct Probe<'a> {
    site: Site<'a>,
    mails: Option<Mailbox>,
    phone: Option<SmsReader>,
    account: Account,
    /// The address of the site, as the server's metadata has it.
    issuer: Option<Url>,
    addresses: Addresses,
    patience: Duration,
    keep: bool,
    clock: SharedClock,
    random: SharedRandom,
    watch: &'a dyn Watch,
}

impl Probe<'_> {
    /// Returns the address of the site, with a slash at the end: everything outside of the API is below it.
    fn base(&self) -> Url {
        let mut base = self.site.given.clone();
        let path = self.issuer.as_ref().map_or("", |issuer| issuer.path());
        base.set_path(&format!("{}/", path.trim_end_matches('/')));
        base.set_query(None);
        base.set_fragment(None);
        base
    }

    /// Returns a new email address.
    fn new_address(&self) -> String {
        let tag: [u8; 6] = bytes(&*self.random);
        self.addresses.with(&hex::encode(tag))
    }

    /// Returns a new password.
    fn new_password(&self) -> SecretString {
        SecretString::from(crate::random::token::<24>(&*self.random))
    }
}

/// Runs all phases, and deletes the accounts. If `interrupted` returns, the phases end and the accounts are deleted.
///
/// # Errors
/// The HTTP client can't be set up.
pub(crate) async fn run(
    mut wishes: Wishes,
    clock: SharedClock,
    random: SharedRandom,
    watch: &dyn Watch,
    interrupted: impl Future<Output = ()>,
) -> std::result::Result<Report, String> {
    let site = Site::new(&wishes, clock.clone(), watch)?;
    let mut probe = Probe {
        site,
        mails: wishes.mails.take(),
        phone: wishes.phone.take(),
        account: Account::default(),
        issuer: None,
        addresses: wishes.addresses,
        patience: wishes.patience,
        keep: wishes.keep,
        clock,
        random,
        watch,
    };
    probe.account.email = probe.new_address();
    probe.account.password = match wishes.password {
        Some(password) => password,
        None => probe.new_password(),
    };
    let mut report = Report::new(wishes.url.as_str());
    let finished = {
        let all = phases::all(&mut probe, &wishes.skip, &mut report);
        tokio::select! {
            () = all => true,
            () = interrupted => false,
        }
    };
    report.interrupted = !finished;
    let begun = Instant::now();
    watch.begins(PhaseName::Delete);
    let deleting = phases::delete(&mut probe);
    let outcome = timeout(CLEANING, deleting).await.unwrap_or_else(|_| {
        Err(Trouble::new(
            "the server doesn't answer, so the account is still there",
        ))
    });
    let outcome = outcome.map_err(|trouble| probe.account.left_behind(trouble));
    report.left = probe.account.left();
    let phase = Phase::of(PhaseName::Delete, outcome, begun.elapsed());
    watch.ended(&phase);
    report.phases.push(phase);
    Ok(report)
}
