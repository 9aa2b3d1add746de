//! A maildir: one file for each message, in `new` and `cur`.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use async_trait::async_trait;
use tokio::fs;
use tokio::io::AsyncReadExt as _;

use super::message::Mail;
use super::{MAX_MAIL, Message, Read, Source};

/// The most messages that are kept: the newest.
const MAX_ARRIVED: usize = 50;

/// The messages that arrive after this was created.
pub(crate) struct Maildir {
    path: PathBuf,
    known: HashSet<OsString>,
    arrived: Vec<Mail>,
}

impl Maildir {
    /// Returns the maildir at this path.
    ///
    /// # Errors
    /// It can't be read, or it isn't a maildir.
    pub(crate) async fn open(path: PathBuf) -> io::Result<Self> {
        let mut maildir = Self {
            path,
            known: HashSet::new(),
            arrived: Vec::new(),
        };
        for (name, _) in maildir.files().await? {
            maildir.known.insert(name);
        }
        Ok(maildir)
    }

    /// Returns the files: their names, without the flags that mail programs append, and paths.
    async fn files(&self) -> io::Result<Vec<(OsString, PathBuf)>> {
        let mut files = Vec::new();
        for folder in ["new", "cur"] {
            let mut entries = fs::read_dir(self.path.join(folder)).await?;
            while let Some(entry) = entries.next_entry().await? {
                let name = entry.file_name();
                let text = name.to_string_lossy();
                let unique = text.split(':').next().unwrap_or_default();
                files.push((OsString::from(unique), entry.path()));
            }
        }
        Ok(files)
    }
}

/// Returns the part of a file that is read.
async fn beginning(path: PathBuf) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    let file = fs::File::open(path).await?;
    file.take(MAX_MAIL.into()).read_to_end(&mut raw).await?;
    Ok(raw)
}

#[async_trait]
impl Source for Maildir {
    async fn messages(&mut self, to: &str) -> Read<Vec<Message>> {
        let files = self.files().await.map_err(|error| error.to_string())?;
        for (name, path) in files {
            if self.known.contains(&name) {
                continue;
            }
            // A mail program may have moved it since; then it's found there the next time.
            if let Ok(raw) = beginning(path).await {
                self.known.insert(name);
                self.arrived.extend(Mail::parse(&raw));
            }
        }
        let old = self.arrived.len().saturating_sub(MAX_ARRIVED);
        self.arrived.drain(..old);
        let ours = self.arrived.iter().filter(|mail| mail.is_to(to));
        Ok(ours.map(|mail| mail.message.clone()).collect())
    }

    fn name(&self) -> String {
        format!("the maildir {}", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::tests::mail;
    use super::*;

    #[tokio::test]
    async fn of_a_long_message_the_beginning_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("new")).unwrap();
        std::fs::create_dir(at("cur")).unwrap();
        let mut maildir = Maildir::open(folder.path().to_owned()).await.unwrap();
        let text = mail("ada@example.com", "https://a.example/verify?token=one");
        let long = format!("{text}{}", "x".repeat(3 * MAX_MAIL as usize));
        std::fs::write(at("new/1"), long).unwrap();
        let read = maildir.messages("ada@example.com").await.unwrap();
        assert!(read[0].text.contains("token=one"));
        assert!(read[0].text.len() <= MAX_MAIL as usize);
    }

    #[tokio::test]
    async fn messages_that_arrive_are_read_once_wherever_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(Maildir::open(at("nowhere")).await.is_err());
        std::fs::create_dir(at("new")).unwrap();
        std::fs::create_dir(at("cur")).unwrap();
        let text = mail("ada@example.com", "https://a.example/verify?token=one");
        std::fs::write(at("cur/1.old:2,S"), &text).unwrap();
        let mut maildir = Maildir::open(folder.path().to_owned()).await.unwrap();
        assert_eq!(maildir.messages("ada@example.com").await.unwrap(), []);
        std::fs::write(at("new/2.fresh"), &text).unwrap();
        std::fs::write(at("new/3.other"), text.replace("Ada <ada@", "Bob <bob@")).unwrap();
        assert_eq!(maildir.messages("ada@example.com").await.unwrap().len(), 1);
        std::fs::rename(at("new/2.fresh"), at("cur/2.fresh:2,")).unwrap();
        assert_eq!(maildir.messages("ada@example.com").await.unwrap().len(), 1);
        std::fs::remove_dir_all(at("new")).unwrap();
        assert!(maildir.messages("ada@example.com").await.is_err());
    }
}
