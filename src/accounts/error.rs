//! Why a use case refused a request or failed.

use crate::auth::HashError;
use crate::delivery::TemplateError;
use crate::model::Passkey;
use crate::model::phone::InvalidPhoneNumber;
use crate::store::StoreError;

/// Every refusal and every failure of the use cases.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No token, or one that is not valid.
    #[error("could not validate credentials")]
    NotAuthenticated,
    /// The account is not an administrator.
    #[error("only administrators can do this")]
    NotAdmin,
    /// An administrator must have a second factor, and this one has none.
    #[error("administrators need a second factor: set one up first")]
    MfaRequired,
    /// The service key lacks the scope.
    #[error("this service key doesn't have the required scope")]
    InsufficientScope,
    /// Another service key has this name.
    #[error(
        "there is already a service key with this name: choose another name, or revoke that key first"
    )]
    NameTaken,
    /// The service key would already be expired when created.
    #[error("the expiry has to be in the future")]
    ExpiryPassed,
    /// No such service key.
    #[error("no such service key")]
    NoServiceKey,
    /// The account has no such live session.
    #[error("no such session")]
    NoSession,
    /// The session has no row, or is as old as `session_max_seconds` allows.
    #[error("this session can't be renewed: log in again")]
    NotRenewable,
    /// No such provider.
    #[error("no such provider")]
    NoProvider,
    /// The address to return to is not allowed.
    #[error("redirect_to must be on this site or in return_origins")]
    ForbiddenRedirect,
    /// The provider can't be reached.
    #[error("this provider can't be reached: try again later, or log in another way")]
    ProviderUnavailable,
    /// There is no finished provider login to fetch, or it belongs to another browser.
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
    /// Another account has the email address.
    #[error("this email address already has an account")]
    EmailTaken,
    /// The mail server does not accept the email address.
    #[error("mail can't reach this email address: use one without special characters before the @")]
    EmailNotReached,
    /// A mailed token that is unknown, used, replaced or expired.
    #[error("this link is invalid or has expired")]
    InvalidToken,
    /// A pending token that is unknown, expired, or no longer accepted by its account.
    #[error("this step has expired or was already completed: start again")]
    InvalidPendingToken,
    /// The code is wrong.
    #[error("the code is wrong")]
    WrongCode,
    /// The code was not entered in time.
    #[error("the code has expired: ask for a new one")]
    CodeExpired,
    /// The code was used, replaced by a newer one, or had too many wrong guesses.
    #[error("there is no code to check: ask for a new one")]
    NoCode,
    /// Too many wrong codes.
    #[error("too many wrong codes: try again later")]
    CodeBudgetSpent {
        /// Seconds until the next attempt is allowed, at least 1.
        retry_after: u64,
    },
    /// Too many SMS to this number, or too many phone setups of the account.
    #[error("too many messages to this number or for this account: try again later")]
    SmsCapSpent {
        /// Seconds until the next attempt is allowed, at least 1.
        retry_after: u64,
    },
    /// Not a number in international form.
    #[error(transparent)]
    InvalidPhone(#[from] InvalidPhoneNumber),
    /// There is no second factor to turn off.
    #[error("two-step verification is not turned on")]
    MfaNotEnabled,
    /// The login by passkey failed: the passkey is unknown, or its signature does not match the challenge.
    #[error("this passkey can't be used here")]
    PasskeyRefused,
    /// The new credential is not a passkey, or not of the requested kind.
    #[error("this passkey could not be added: try again")]
    InvalidPasskey,
    /// The passkey already belongs to an account.
    #[error("this passkey was already added")]
    PasskeyTaken,
    /// A mailed link can't add a passkey, because its account has a password or a second factor.
    #[error(
        "this account has a password or a second factor: set a new password with this link instead"
    )]
    PasswordOnly,
    /// The account has reached the maximum number of passkeys.
    #[error("an account has at most {} passkeys: remove one first", Passkey::MOST)]
    TooManyPasskeys,
    /// The account has no such passkey.
    #[error("no such passkey")]
    NoPasskey,
    /// Removing it would leave the account without a way to log in.
    #[error("this is the only way to log in to this account: add another one first")]
    LastLoginMethod,
    /// The person has to authenticate again.
    #[error("enter your password, or log in again")]
    ReauthenticationRequired,
    /// The password needed to confirm the action is missing or wrong.
    #[error("the password is wrong")]
    WrongPassword,
    /// The new password is the current one.
    #[error("the new password is the same as the current one")]
    PasswordUnchanged,
    /// The new email address is the account's own, possibly spelled differently.
    #[error("the account already has this email address")]
    SameEmail,
    /// The email address is already verified.
    #[error("the email address of this account is already verified")]
    AlreadyVerified,
    /// Login refused: unknown or pending email address, an account without a password, or a wrong password.
    #[error("email or password is wrong")]
    InvalidCredentials,
    /// The password was right, but the account is disabled.
    #[error("this account is disabled")]
    AccountDisabled,
    /// The password was right, but the email address is not verified.
    #[error("this email address is not verified yet")]
    EmailUnverified,
    /// The new password is easier to guess than `password.min_strength` allows.
    #[error("this password is too easy to guess: {0}")]
    WeakPassword(String),
    /// Too many failed attempts.
    #[error("too many failed attempts: try again later")]
    LockedOut {
        /// Seconds until the next attempt is allowed, at least 1.
        retry_after: u64,
    },
    /// The account no longer matches the condition of the change, or another process was faster.
    #[error("the account has been changed in the meantime")]
    Overtaken,
    /// No such account.
    #[error("no such account")]
    NotFound,
    /// Invitations would carry a link that does not work.
    #[error("an invitation needs the setting enable_password_reset")]
    InvitationsDisabled,
    /// No such message in the outbox.
    #[error("no such message: it was already sent or deleted")]
    NoMessage,
    /// There is no live pending registration for this email address.
    #[error("no such pending registration")]
    NotPending,
    /// The installation would be left without an active administrator.
    #[error("this is the last active administrator")]
    LastSuperuser,
    /// The queue for password hashing is full.
    #[error("the server is busy: try again in a moment")]
    Overloaded {
        /// Seconds until the next attempt makes sense, at least 1.
        retry_after: u64,
    },
    /// The search would take too long.
    #[error("the search takes too long: enter more of the email address or name")]
    SearchTooBroad,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// A bug or a broken invariant. The cause is logged and not shown to the client.
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
