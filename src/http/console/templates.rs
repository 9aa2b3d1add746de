//! Templates of mail, SMS and pages: each as it looks in each language, with sample values.

use axum::http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use serde::Serialize;

use super::operator::{Answer, Operator};
use super::query::ListQuery;
use super::rooms::Room;
use crate::delivery::Templates;
use crate::http::error::ApiError;
use crate::model::Language;

/// What a preview in its frame may do: show itself, with the files and pictures that it names. It runs nothing.
const PREVIEW_POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline' https:; font-src 'self' https:; \
                              img-src 'self' data: https:; base-uri 'none'; form-action 'none'; \
                              frame-ancestors 'self'; sandbox";
/// The parameters of a preview.
const NAME: &str = "name";
const IN: &str = "in";

/// What a template makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Mail,
    Sms,
    Page,
}

/// A template in the list.
#[derive(Serialize)]
struct Row {
    name: String,
    kind: Kind,
    /// The subject of a mail.
    subject: Option<String>,
    /// The files that replace it or its parts.
    replaced_by: Option<String>,
}

/// A language to show templates in.
#[derive(Serialize)]
struct Choice {
    tag: String,
    /// Its name in the language itself.
    name: String,
    is_chosen: bool,
}

#[derive(Serialize)]
struct List {
    templates: Vec<Row>,
    choices: Vec<Choice>,
    /// The language that is shown.
    shown: String,
}

#[derive(Serialize)]
struct Preview {
    name: String,
    kind: Kind,
    subject: Option<String>,
    text: Option<String>,
    /// Whether there is HTML, for the frame.
    has_html: bool,
    /// Why it can't be shown.
    fault: Option<String>,
    choices: Vec<Choice>,
    shown: String,
}

/// Returns what a template makes, if there is one with this name.
fn kind(name: &str, templates: &Templates) -> Option<Kind> {
    if Templates::mails().contains(&name) {
        return Some(Kind::Mail);
    }
    templates
        .preview_file(name, &Language::english())
        .map(drop)?;
    let is_text = std::path::Path::new(name).extension() == Some("txt".as_ref());
    Some(if is_text { Kind::Sms } else { Kind::Page })
}

/// Returns the language to show templates in: the one asked for, or that of the page.
fn language(operator: &Operator, query: &ListQuery, templates: &Templates) -> Language {
    let wanted = query.get(IN).and_then(Language::parse);
    let known = wanted.filter(|wanted| templates.catalogue().languages().any(|one| one == wanted));
    known.unwrap_or_else(|| operator.page_request.language(templates.languages()))
}

fn choices(templates: &Templates, shown: &Language) -> Vec<Choice> {
    let languages = templates.catalogue().languages();
    let name = |language: &Language| {
        let words = templates.catalogue().words(language);
        words.say("language-name", &[].into())
    };
    let choices = languages.map(|language| Choice {
        name: name(language).unwrap_or_else(|_| language.to_string()),
        tag: language.to_string(),
        is_chosen: language == shown,
    });
    choices.collect()
}

/// Shows all templates.
pub(super) async fn list(operator: Operator, query: ListQuery) -> Answer {
    let templates = operator.console.templates().now();
    let shown = language(&operator, &query, &templates);
    let files = templates.files();
    // A mail is three files, which begin with its name.
    let replaced = |is_part: &dyn Fn(&str) -> bool| {
        let parts = files.iter().filter(|file| is_part(&file.name));
        let paths = parts.filter_map(|file| file.overridden_by.as_ref());
        let paths: Vec<String> = paths.map(|path| path.display().to_string()).collect();
        Some(paths.join(", ")).filter(|paths| !paths.is_empty())
    };
    let mails = Templates::mails().into_iter().map(|name| Row {
        name: name.to_owned(),
        kind: Kind::Mail,
        subject: templates
            .preview(name, &shown)
            .and_then(|mail| Some(mail.ok()?.subject)),
        replaced_by: replaced(&|file| {
            file.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('.'))
        }),
    });
    let others = files.iter().filter_map(|file| {
        Some(Row {
            kind: kind(&file.name, &templates)?,
            name: file.name.clone(),
            subject: None,
            replaced_by: replaced(&|name| name == file.name),
        })
    });
    let view = List {
        templates: mails.chain(others).collect(),
        choices: choices(&templates, &shown),
        shown: shown.to_string(),
    };
    operator.page("templates", Some(Room::Templates), view)
}

/// Shows one template with sample values.
pub(super) async fn preview(operator: Operator, query: ListQuery) -> Answer {
    let templates = operator.console.templates().now();
    let name = query.get(NAME).unwrap_or_default();
    let kind = kind(name, &templates).ok_or_else(ApiError::not_found)?;
    let shown = language(&operator, &query, &templates);
    let mut view = Preview {
        name: name.to_owned(),
        kind,
        subject: None,
        text: None,
        has_html: kind != Kind::Sms,
        fault: None,
        choices: choices(&templates, &shown),
        shown: shown.to_string(),
    };
    match (
        templates.preview(name, &shown),
        templates.preview_file(name, &shown),
    ) {
        (Some(Ok(mail)), _) => {
            view.subject = Some(mail.subject);
            view.text = Some(mail.text);
        }
        (_, Some(Ok(text))) => view.text = (kind == Kind::Sms).then_some(text),
        (Some(Err(fault)), _) | (_, Some(Err(fault))) => view.fault = Some(fault.to_string()),
        (None, None) => return Err(ApiError::not_found()),
    }
    view.has_html &= view.fault.is_none();
    let page = operator.page("template", Some(Room::Templates), view)?;
    Ok(framing(page))
}

/// Lets a page show frames of this server.
fn framing(mut page: Response) -> Response {
    let headers = page.headers_mut();
    let policy = headers.get(CONTENT_SECURITY_POLICY);
    let policy = policy.and_then(|policy| policy.to_str().ok());
    let wider = policy.map(|policy| HeaderValue::from_str(&format!("{policy}; frame-src 'self'")));
    if let Some(Ok(wider)) = wider {
        headers.insert(CONTENT_SECURITY_POLICY, wider);
    }
    page
}

/// Returns the HTML of a template, for its frame.
pub(super) async fn html(operator: Operator, query: ListQuery) -> Answer {
    let templates = operator.console.templates().now();
    let name = query.get(NAME).unwrap_or_default();
    let shown = language(&operator, &query, &templates);
    let html = match kind(name, &templates) {
        Some(Kind::Mail) => templates
            .preview(name, &shown)
            .and_then(|mail| Some(mail.ok()?.html)),
        Some(Kind::Page) => templates.preview_file(name, &shown).and_then(Result::ok),
        _ => None,
    };
    let html = html.ok_or_else(ApiError::not_found)?;
    let headers = [
        (CONTENT_SECURITY_POLICY, PREVIEW_POLICY),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    Ok((StatusCode::OK, headers, Html(html)).into_response())
}
