//! Commands that print messages.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use mail_parser::mailbox::mbox::MessageIterator;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use super::message::message_to;
use super::{Message, Read, Source};
use crate::validate::phone::Codes;

/// How long a command may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The time between two runs.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest output that is read, in bytes.
const MAX_OUTPUT: u64 = 16 * 1024 * 1024;

/// A shell command that prints emails: one, or several as an mbox (RFC 4155). The address is in the variable
/// `VALIDATE_TO`.
pub(crate) struct MailCommand(pub(crate) String);

/// A shell command that prints the newest SMS. The number is in the variable `VALIDATE_TO`.
pub(crate) struct SmsCommand(pub(crate) String);

async fn output(command: &str, to: &str) -> Read<Vec<u8>> {
    let run = async {
        let mut program = Command::new("sh")
            .args(["-c", command])
            .env("VALIDATE_TO", to)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut printed = Vec::new();
        if let Some(stdout) = program.stdout.take() {
            stdout
                .take(MAX_OUTPUT + 1)
                .read_to_end(&mut printed)
                .await?;
        }
        // One that prints on is ended by the closed pipe.
        std::io::Result::Ok((program.wait().await?, printed))
    };
    let run = timeout(TIME_LIMIT, run)
        .await
        .map_err(|_| format!("the command takes longer than {} s", TIME_LIMIT.as_secs()))?;
    let (status, printed) = run.map_err(|error| format!("the command can't be run: {error}"))?;
    if printed.len() as u64 > MAX_OUTPUT {
        return Err("the command prints more than 16 MiB".to_owned());
    }
    if !status.success() {
        return Err(format!("the command failed ({status})"));
    }
    Ok(printed)
}

#[async_trait]
impl Source for MailCommand {
    async fn messages(&mut self, to: &str) -> Read<Vec<Message>> {
        let printed = output(&self.0, to).await?;
        if !printed.starts_with(b"From ") {
            return Ok(message_to(&printed, to).into_iter().collect());
        }
        let mails = MessageIterator::new(printed.as_slice()).flatten();
        Ok(mails
            .filter_map(|mail| message_to(mail.contents(), to))
            .collect())
    }

    fn pause(&self) -> Duration {
        PAUSE
    }

    fn name(&self) -> String {
        "what --mail-command prints".to_owned()
    }
}

#[async_trait]
impl Codes for SmsCommand {
    async fn texts(&mut self, number: &str) -> Read<Vec<(String, String)>> {
        let printed = output(&self.0, number).await?;
        let id = hex::encode(Sha256::digest(&printed));
        let text = String::from_utf8_lossy(&printed).into_owned();
        Ok(vec![(id, text)])
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::tests::mail;
    use super::*;

    #[tokio::test]
    async fn a_command_prints_one_mail_or_an_mbox() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mail");
        let mut command = MailCommand(format!("cat '{}'", file.display()));
        assert!(command.messages("ada@example.com").await.is_err());
        let one = mail("ada@example.com", "https://a.example/verify?token=one");
        let two = mail("ada@example.com", "https://a.example/verify?token=two");
        let other = mail("bob@example.com", "https://a.example/verify?token=three");
        std::fs::write(&file, &one).unwrap();
        assert_eq!(command.messages("ada@example.com").await.unwrap().len(), 1);
        let line = "From accounts@acme.test Mon Nov 30 00:00:00 2026\n";
        let mbox = [&one, &other, &two].map(|mail| format!("{line}{mail}\n"));
        std::fs::write(&file, &mbox[0]).unwrap();
        let alone = command.messages("ada@example.com").await.unwrap();
        std::fs::write(&file, mbox.concat()).unwrap();
        let read = command.messages("ada@example.com").await.unwrap();
        assert_eq!(read.len(), 2);
        // One that was read is the same when others have arrived.
        assert_eq!(read[0].id, alone[0].id);
        assert!(read[1].text.contains("token=two"));
    }

    #[tokio::test]
    async fn a_command_that_prints_without_end_is_ended() {
        let mut command = MailCommand("cat /dev/zero".to_owned());
        let problem = command.messages("ada@example.com").await.unwrap_err();
        assert_eq!(problem, "the command prints more than 16 MiB");
    }

    #[tokio::test]
    async fn the_command_knows_the_recipient() {
        let mut command = SmsCommand("echo \"code for $VALIDATE_TO: 123456\"".to_owned());
        let texts = command.texts("+15551234567").await.unwrap();
        assert_eq!(texts[0].1, "code for +15551234567: 123456\n");
        let mut failing = SmsCommand("exit 3".to_owned());
        let problem = failing.texts("+15551234567").await.unwrap_err();
        assert!(problem.contains("exit status: 3"), "{problem}");
    }
}
