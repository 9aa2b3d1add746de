//! The templates that can be overridden, with their names, variables, sources and samples.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::model::Language;

use super::console::is_of_the_console;
use super::{BuiltIn, RenderedMail, TemplateError, Templates, all, mails, single_files};

/// A built-in template.
#[derive(Debug, Clone)]
pub struct TemplateFile {
    /// Its name, which is the path of an override below its folder.
    pub name: String,
    /// The variables it is given. Empty for a part that other templates include, which has their variables.
    pub variables: Vec<String>,
    /// The file that overrides it.
    pub overridden_by: Option<PathBuf>,
}

impl Templates {
    /// Returns every template that can be overridden: the three of each email, those of SMS and pages, then the parts that
    /// they include.
    #[must_use]
    pub fn files(&self) -> Vec<TemplateFile> {
        let english = self.catalogue.words(&Language::english());
        let rendered = all(english).map(|(name, sample)| {
            let variables = sample.try_iter().into_iter().flatten();
            (name, variables.map(|name| name.to_string()).collect())
        });
        let mut files: Vec<(String, Vec<String>)> = rendered.collect();
        let shared: BTreeSet<Cow<'static, str>> = BuiltIn::iter()
            .filter(|name| !is_of_the_console(name))
            .filter(|name| !files.iter().any(|(known, _)| known == name))
            .collect();
        files.extend(shared.into_iter().map(|name| (name.into(), Vec::new())));
        let described = files.into_iter().map(|(name, variables)| TemplateFile {
            overridden_by: self.override_of(&name),
            name,
            variables,
        });
        described.collect()
    }

    /// Returns the names of the emails.
    #[must_use]
    pub fn mails() -> Vec<&'static str> {
        mails::NAMES.to_vec()
    }

    /// Returns the source of a built-in template, even if it is overridden.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Vec<u8>> {
        let file = BuiltIn::get(name).map(|file| file.data.into_owned());
        file.or_else(|| default_subject(name).map(String::into_bytes))
    }

    /// Renders an email with sample values. Returns `None` if there is no email with this name.
    #[must_use]
    pub fn preview(
        &self,
        mail: &str,
        language: &Language,
    ) -> Option<Result<RenderedMail, TemplateError>> {
        let words = self.catalogue.words(language);
        let (name, sample) = mails::all(words)
            .into_iter()
            .find(|(name, _)| *name == mail)?;
        Some(self.render_mail(name, &sample, words))
    }

    /// Renders an SMS or a page with sample values. Returns `None` if there is neither with this name.
    #[must_use]
    pub fn preview_file(
        &self,
        file: &str,
        language: &Language,
    ) -> Option<Result<String, TemplateError>> {
        let (name, sample) = single_files().find(|(name, _)| *name == file)?;
        Some(self.render(name, &sample, self.catalogue.words(language)))
    }

    /// Returns the files in the override folders that no template has used since they were opened.
    #[must_use]
    pub fn unused(&self) -> Vec<PathBuf> {
        let used: BTreeSet<&str> = self.environment.templates().map(|(name, _)| name).collect();
        let messages = self.catalogue.files();
        let mut unused = Vec::new();
        for folder in &*self.folders {
            let mut folders = vec![folder.clone()];
            while let Some(inner) = folders.pop() {
                for path in entries(&inner) {
                    let name = path.strip_prefix(folder).unwrap_or(&path);
                    // A symbolic link may lead to a folder that contains it.
                    if path.is_dir() && !path.is_symlink() {
                        folders.push(path);
                    } else if path.is_file()
                        && !messages.contains(&*path)
                        && !name.to_str().is_some_and(|name| used.contains(name))
                    {
                        unused.push(path);
                    }
                }
            }
        }
        unused.sort();
        unused
    }

    /// Returns the file that overrides a built-in template.
    pub(super) fn override_of(&self, name: &str) -> Option<PathBuf> {
        let files = self.folders.iter().map(|folder| folder.join(name));
        files.into_iter().find(|file| file.exists())
    }
}

/// Returns the default subject template of an email, which uses the message named after the email.
fn default_subject(file: &str) -> Option<String> {
    let mail = file.strip_suffix(".subject.txt")?;
    let message = format!("mail-{}-subject", mail.replace('_', "-"));
    mails::NAMES
        .contains(&mail)
        .then(|| format!("{{{{ t(\"{message}\", app=app_name) }}}}\n"))
}

/// Returns what is in a folder, except hidden entries.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let shown = entries.filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
    shown.map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_listed_once_with_what_it_is_given() {
        let files = Templates::load(&[]).unwrap().files();
        let names: BTreeSet<&str> = files.iter().map(|file| &*file.name).collect();
        assert_eq!(names.len(), files.len());
        let mut built_in = BuiltIn::iter().filter(|name| !is_of_the_console(name));
        assert!(built_in.all(|name| names.contains(&*name)));
        let of = |name: &str| files.iter().find(|file| file.name == name).unwrap();
        assert_eq!(
            of("verification.html").variables,
            [
                "app_name",
                "by_administrator",
                "email",
                "full_name",
                "ip",
                "time",
                "ttl_hours",
                "ttl_minutes",
                "url"
            ]
        );
        assert!(of("mail/frame.html").variables.is_empty());
        assert!(files.iter().all(|file| file.overridden_by.is_none()));
        for file in &files {
            assert!(Templates::built_in(&file.name).is_some());
        }
    }

    #[test]
    fn each_mail_has_a_preview() {
        let templates = Templates::load(&[]).unwrap();
        for mail in Templates::mails() {
            let preview = templates
                .preview(mail, &Language::english())
                .unwrap()
                .unwrap();
            assert!(preview.text.contains("Hello Ada Lovelace"), "{mail}");
        }
        assert!(
            templates
                .preview("mail/frame", &Language::english())
                .is_none()
        );
    }

    #[test]
    fn an_sms_and_a_page_have_a_preview_by_their_files() {
        let templates = Templates::load(&[]).unwrap();
        for (file, words) in [
            ("sms_login_mfa.txt", "code: 012345"),
            ("auth/login.html", "data-rs-form=\"login\""),
        ] {
            let preview = templates
                .preview_file(file, &Language::english())
                .unwrap()
                .unwrap();
            assert!(preview.contains(words), "{preview}");
        }
        assert!(
            templates
                .preview_file("base.html", &Language::english())
                .is_none()
        );
    }

    #[test]
    fn a_file_that_nothing_uses_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::create_dir(file("parts")).unwrap();
        std::os::unix::fs::symlink(folder.path(), file("loop")).unwrap();
        for (name, source) in [
            ("verification.txt", "{% include 'parts/used.txt' %}"),
            ("parts/used.txt", "{{ url }}"),
            ("parts/idle.txt", "{{ url }}"),
            ("verificaton.html", "{{ url }}"),
            (".hidden", "{{ url }}"),
        ] {
            std::fs::write(file(name), source).unwrap();
        }
        let templates = Templates::load(&[folder.path().to_owned()]).unwrap();
        let unused = [file("parts/idle.txt"), file("verificaton.html")];
        assert_eq!(templates.unused(), unused);
    }
}
