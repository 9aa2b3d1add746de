//! Why a use case refused, or could not be done.

use crate::auth::HashError;
use crate::delivery::TemplateError;
use crate::model::Passkey;
use crate::model::phone::InvalidPhoneNumber;
use crate::store::StoreError;

/// Every refusal of every use case, and the ways in which one can break.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No token, or one that is not alive.
    #[error("could not validate credentials")]
    NotAuthenticated,
    /// The account is no administrator's.
    #[error("only administrators can do this")]
    NotAdmin,
    /// An administrator has to have a second factor, and this one has none.
    #[error("administrators need a second factor: set one up first")]
    MfaRequired,
    /// The service key is not for this.
    #[error("this service key doesn't have the required scope")]
    InsufficientScope,
    /// Another service key has the name.
    #[error(
        "there is already a service key with this name: choose another name, or revoke that key first"
    )]
    NameTaken,
    /// A service key would be dead from the beginning.
    #[error("the expiry has to be in the future")]
    ExpiryPassed,
    /// No such service key.
    #[error("no such service key")]
    NoServiceKey,
    /// No such live session of the account.
    #[error("no such session")]
    NoSession,
    /// The session has no row, or is as old as `session_max_seconds` allows.
    #[error("this session can't be renewed: log in again")]
    NotRenewable,
    /// No such provider.
    #[error("no such provider")]
    NoProvider,
    /// An address to return to that is not allowed.
    #[error("redirect_to must be on this site or in return_origins")]
    ForbiddenRedirect,
    /// A provider that cannot be asked.
    #[error("this provider can't be reached: try again later, or log in another way")]
    ProviderUnavailable,
    /// Nothing to fetch after a login with a provider, or not for this browser.
    #[error(
        "this login has expired, was already completed, or began in another browser: start again"
    )]
    NoOauthState,
    /// The account has no identity at the provider.
    #[error("this provider isn't linked to the account")]
    NotLinked,
    /// Registration is switched off.
    #[error("registration is disabled")]
    RegistrationDisabled,
    /// An account has the address.
    #[error("this email address already has an account")]
    EmailTaken,
    /// The mail server does not take the address.
    #[error("mail can't reach this email address: use one without special characters before the @")]
    EmailNotReached,
    /// A mailed token that is unknown, used, replaced or expired.
    #[error("this link is invalid or has expired")]
    InvalidToken,
    /// A token that waited for a code, and is unknown or expired, or not accepted by its account any more.
    #[error("this step has expired or was already completed: start again")]
    InvalidPendingToken,
    /// The code is wrong.
    #[error("the code is wrong")]
    WrongCode,
    /// The code was not entered in time.
    #[error("the code has expired: ask for a new one")]
    CodeExpired,
    /// The code was used, replaced by a newer one, or guessed at too often.
    #[error("there is no code to check: ask for a new one")]
    NoCode,
    /// Too many wrong codes; counts down truthfully.
    #[error("too many wrong codes: try again later")]
    CodeBudgetSpent {
        /// Whole seconds, at least 1.
        retry_after: u64,
    },
    /// The number had enough SMS for now, or the account enough set-ups; counts down truthfully.
    #[error("too many messages to this number or for this account: try again later")]
    SmsCapSpent {
        /// Whole seconds, at least 1.
        retry_after: u64,
    },
    /// Not a number in international form.
    #[error(transparent)]
    InvalidPhone(#[from] InvalidPhoneNumber),
    /// There is no second factor to switch off.
    #[error("two-step verification is not turned on")]
    MfaNotEnabled,
    /// A login by passkey came to nothing: the passkey is unknown, or what it signed is not what was asked for.
    #[error("this passkey can't be used here")]
    PasskeyRefused,
    /// What was made to be a passkey is none, or not as it was asked for.
    #[error("this passkey could not be added: try again")]
    InvalidPasskey,
    /// The passkey belongs to an account already.
    #[error("this passkey was already added")]
    PasskeyTaken,
    /// The account of a mailed link has a password or a second factor.
    #[error(
        "this account has a password or a second factor: set a new password with this link instead"
    )]
    PasswordOnly,
    /// The account has as many passkeys as it can have.
    #[error("an account has at most {} passkeys: remove one first", Passkey::MOST)]
    TooManyPasskeys,
    /// No such passkey of the account.
    #[error("no such passkey")]
    NoPasskey,
    /// Without it the account could not log in any more.
    #[error("this is the only way to log in to this account: add another one first")]
    LastWayIn,
    /// Who acts has to prove again who they are.
    #[error("enter your password, or log in again")]
    ReauthenticationRequired,
    /// The password that has to confirm the act is missing or wrong.
    #[error("the password is wrong")]
    WrongPassword,
    /// The new password is the current one.
    #[error("the new password is the same as the current one")]
    PasswordUnchanged,
    /// The new address is the account's own, in whatever spelling.
    #[error("the account already has this email address")]
    SameEmail,
    /// The address is proven already.
    #[error("the email address of this account is already verified")]
    AlreadyVerified,
    /// Login refused: unknown, pending, without a password, or a wrong one.
    #[error("email or password is wrong")]
    InvalidCredentials,
    /// The right password of a disabled account.
    #[error("this account is disabled")]
    AccountDisabled,
    /// The right password of an account whose address is not proven.
    #[error("this email address is not verified yet")]
    EmailUnverified,
    /// The new password is easier to guess than `password.min_strength` allows.
    #[error("this password is too easy to guess: {0}")]
    WeakPassword(String),
    /// Too many failures; counts down truthfully.
    #[error("too many failed attempts: try again later")]
    LockedOut {
        /// Whole seconds, at least 1.
        retry_after: u64,
    },
    /// The account is not like those any more that the act is for.
    #[error("the account has been changed in the meantime")]
    Overtaken,
    /// No such account.
    #[error("no such account")]
    NotFound,
    /// The invitation's link would open nothing.
    #[error("an invitation needs the setting enable_password_reset")]
    InvitationsDisabled,
    /// No such message in the outbox.
    #[error("no such message: it was already sent or deleted")]
    NoMessage,
    /// No live pending registration of this address.
    #[error("no such pending registration")]
    NotPending,
    /// The installation would be left without an active administrator.
    #[error("this is the last active administrator")]
    LastSuperuser,
    /// The hashing queue is full.
    #[error("the server is busy: try again in a moment")]
    Overloaded {
        /// Whole seconds, at least 1.
        retry_after: u64,
    },
    /// A search that would take too long.
    #[error("the search takes too long: enter more of the email address or name")]
    SearchTooBroad,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// Something that must not happen; the cause is for the log.
    #[error("internal error: {0}")]
    Internal(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TooBroad => Self::SearchTooBroad,
            other => Self::Store(other),
        }
    }
}

impl From<HashError> for Error {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Overloaded => Self::Overloaded { retry_after: 1 },
            HashError::NoMemory => {
                tracing::error!(%error, "the password couldn't be checked");
                Self::Overloaded { retry_after: 1 }
            }
            HashError::Failed(cause) => Self::Internal(cause),
        }
    }
}

impl From<TemplateError> for Error {
    fn from(error: TemplateError) -> Self {
        Self::Internal(error.to_string())
    }
}
