//! Prompts for passwords, tokens and consent. They are shown on stderr. Without a terminal, nothing is asked.

use std::io::{self, IsTerminal as _, Read as _};
use std::time::Duration;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use super::output::write_err;
use super::theme::Look;
use super::{Context, Failure, Result};
use crate::model::NewPassword;
use crate::model::password::MIN_LENGTH;
use crate::secret::{ExposeSecret as _, SecretString};

/// The most bytes read from stdin, which is more than any valid password or token.
const STDIN_LIMIT: u64 = 8192;

/// How long a prompt may take to set up the terminal.
const SETTLING: Duration = Duration::from_secs(1);

/// Returns whether a person can be asked: stdin and stderr are terminals.
pub(crate) fn possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Returns a new password, from stdin if requested, otherwise from two prompts.
pub(crate) async fn new_password(from_stdin: bool) -> Result<NewPassword> {
    if from_stdin {
        return checked(read_stdin("password")?);
    }
    if !possible() {
        return Err(Failure::refused(
            "a password is needed, and there is no terminal to ask for it",
        )
        .next("pipe it in with --password-stdin"));
    }
    let password = asked(|| {
        dialoguer::Password::with_theme(&Look)
            .with_prompt(format!("Password (at least {MIN_LENGTH} characters)"))
            .validate_with(|text: &String| {
                NewPassword::parse(SecretString::from(text.as_str())).map(drop)
            })
            .with_confirmation("Repeat the password", "the passwords differ: try again")
            .interact()
    })
    .await?;
    checked(SecretString::from(password))
}

/// Returns a token, from stdin if it is piped in, otherwise from a prompt that doesn't show it.
pub(crate) async fn token() -> Result<SecretString> {
    let token = if !io::stdin().is_terminal() {
        read_stdin("token")?
    } else if possible() {
        let asked = asked(|| dialoguer::Password::new().with_prompt("Token").interact());
        SecretString::from(asked.await?)
    } else {
        return Err(
            Failure::refused("a token is needed, and there is no terminal to ask for it")
                .next("pipe it in"),
        );
    };
    let token = token_of(token.expose_secret());
    if token.expose_secret().is_empty() {
        return Err(Failure::refused("no token was given").next("pipe it in"));
    }
    Ok(token)
}

/// Returns the token in a copied text, without white space around it and without a preceding `Bearer`.
pub(crate) fn token_of(text: &str) -> SecretString {
    let text = text.trim();
    let (word, rest) = text.split_once(' ').unwrap_or(("", text));
    let token = if word.eq_ignore_ascii_case("bearer") {
        rest.trim_start()
    } else {
        text
    };
    SecretString::from(token)
}

/// Returns a password given as text, if it is valid.
pub(crate) fn checked(text: SecretString) -> Result<NewPassword> {
    NewPassword::parse(text)
        .map_err(|rule| Failure::refused("this password can't be used").because(rule))
}

/// Asks for a line until it is valid.
pub(crate) async fn line(
    question: &'static str,
    check: impl Fn(&str) -> Result<(), &'static str> + Send + 'static,
) -> Result<String> {
    asked(move || {
        dialoguer::Input::new()
            .with_prompt(question)
            .validate_with(move |text: &String| check(text))
            .interact_text()
    })
    .await
}

/// Asks for consent, unless `--yes`. Without a terminal, that flag is required.
pub(crate) async fn consent(context: &Context, what: &str) -> Result {
    if context.global.yes {
        return Ok(());
    }
    if !possible() {
        return Err(Failure::refused(
            "this needs confirmation, and there is no terminal to ask for it",
        )
        .because(what)
        .next("repeat with --yes"));
    }
    context.output.warn(&format!("this {what}"));
    if asked(|| {
        dialoguer::Confirm::with_theme(&Look)
            .with_prompt("Continue?")
            .default(false)
            .wait_for_newline(true)
            .interact()
    })
    .await?
    {
        Ok(())
    } else {
        Err(Failure::refused("declined: nothing was changed"))
    }
}

/// Reads stdin as one secret, without the line ending that `echo` adds.
fn read_stdin(what: &str) -> Result<SecretString> {
    let text = stdin(what, STDIN_LIMIT)?;
    let line = text.strip_suffix('\n');
    let line = line.map(|line| line.strip_suffix('\r').unwrap_or(line));
    Ok(SecretString::from(line.unwrap_or(&text)))
}

/// Reads at most `limit` bytes from stdin. The memory is cleared on drop.
pub(super) fn stdin(what: &str, limit: u64) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let mut stdin = io::stdin().lock().take(limit);
    stdin.read_to_string(&mut text).map_err(|cause| {
        Failure::refused(format!("no {what} can be read from stdin")).because(cause)
    })?;
    Ok(text)
}

/// Shows a prompt. A signal restores the terminal before the process ends; otherwise it would be left without echo or
/// cursor.
pub(super) async fn asked<T: Send + 'static>(
    question: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
) -> Result<T> {
    let heard = |kind| signal(kind).map_err(|error| Failure::prompt(&error));
    let mut interrupt = heard(SignalKind::interrupt())?;
    let mut terminate = heard(SignalKind::terminate())?;
    let mut hangup = heard(SignalKind::hangup())?;
    let before = tcgetattr(io::stdin()).map_err(|error| Failure::prompt(&error.into()))?;
    let mut asking = tokio::task::spawn_blocking(question);
    let ended = || Failure::failed("interrupted: nothing was changed");
    let failure = tokio::select! {
        answer = &mut asking => match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(dialoguer::Error::IO(error))) => Failure::prompt(&error),
            Err(crash) => Failure::prompt(&crash.into()),
        },
        _ = interrupt.recv() => Failure::prompt(&io::ErrorKind::Interrupted.into()),
        _ = terminate.recv() => ended(),
        _ = hangup.recv() => ended(),
    };
    let _ = timeout(SETTLING, settled(&asking, &before)).await;
    // If the terminal is gone, there is nothing left to restore.
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
    let _ = console::Term::stderr().show_cursor();
    write_err("\n");
    Err(failure)
}

/// Returns when a prompt has ended or has set up the terminal. A signal may arrive before that, and the prompt would
/// then change the restored terminal again.
async fn settled<T>(asking: &JoinHandle<T>, before: &Termios) {
    while !asking.is_finished()
        && tcgetattr(io::stdin()).is_ok_and(|now| now.local_modes == before.local_modes)
    {
        sleep(Duration::from_millis(1)).await;
    }
}
