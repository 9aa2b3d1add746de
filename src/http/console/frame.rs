//! What the pages of the console share: the frame with its navigation, the cookies, and the pages for those who may not
//! come in.

use std::sync::Arc;

use axum::http::header::{
    CONTENT_SECURITY_POLICY, COOKIE, LOCATION, REFERRER_POLICY, SET_COOKIE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use serde::Serialize;

use super::PATH;
use super::flash::Notice;
use super::rooms::Room;
use crate::app::App;
use crate::config::{Settings, Transport};
use crate::delivery::LiveTemplates;
use crate::delivery::templates::OfferedLanguage;
use crate::http::error::ApiError;
use crate::http::pages::{Files, PageRequest, policy};

/// The pages of the console, with what they are rendered with. Cheap to clone.
#[derive(Clone)]
pub(super) struct Console(Arc<Inner>);

struct Inner {
    app: App,
    policy: HeaderValue,
    files: FileNames,
    /// The path of the pages, as browsers see it.
    ui: String,
    static_prefix: String,
}

/// The files that the pages load, as browsers ask for them.
#[derive(Debug, Clone, Serialize)]
struct FileNames {
    core_css: String,
    theme_css: String,
    console_css: String,
    script: String,
}

/// The variables of every page. A page's own variables stand beside them.
#[derive(Serialize)]
struct Frame<'a, V> {
    app_name: &'a str,
    brand_logo_url: Option<&'a str>,
    brand_logo_has_name: bool,
    brand_icon_url: Option<&'a str>,
    static_prefix: &'a str,
    theme_css_url: Option<&'a str>,
    files: &'a FileNames,
    /// The path of the other pages.
    ui: &'a str,
    /// The path of the console.
    console: String,
    /// The address of the login page that leads back to it.
    login: String,
    languages: Vec<OfferedLanguage>,
    #[serde(flatten)]
    inside: Inside,
    #[serde(flatten)]
    view: V,
}

/// The variables that only administrators see.
#[derive(Debug, Default, Serialize)]
pub(super) struct Inside {
    /// The rooms of the navigation. None for those who may not come in.
    pub(super) rooms: Vec<Door>,
    /// The email address of the administrator.
    pub(super) me: Option<String>,
    /// What the act before came to.
    pub(super) said: Option<Notice>,
}

/// A room in the navigation.
#[derive(Debug, Serialize)]
pub(super) struct Door {
    name: &'static str,
    url: String,
    is_here: bool,
}

/// A page without variables of its own.
#[derive(Serialize)]
pub(super) struct Plain {}

impl Console {
    pub(super) fn new(app: &App, files: &Files) -> Self {
        let settings = &app.settings;
        let above = url::Url::parse(&settings.identity.base_url)
            .map(|url| url.path().trim_end_matches('/').to_owned())
            .unwrap_or_default();
        let static_prefix = format!("{above}{}", settings.pages.static_prefix);
        let named = |name: &str| format!("{static_prefix}/{name}?v={}", files.hash_of(name));
        Self(Arc::new(Inner {
            policy: policy(&settings.pages),
            files: FileNames {
                core_css: named("css/core.css"),
                theme_css: named("css/theme.css"),
                console_css: named("css/console.css"),
                script: named("js/regstack/console.js"),
            },
            ui: format!("{above}{}", settings.pages.ui_prefix),
            static_prefix,
            app: app.clone(),
        }))
    }

    pub(super) fn app(&self) -> &App {
        &self.0.app
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.app.settings
    }

    pub(super) fn templates(&self) -> &LiveTemplates {
        &self.0.app.templates
    }

    /// Returns whether sessions are in the session cookie, and not in the storage of the pages.
    pub(super) fn has_session_cookie(&self) -> bool {
        self.settings().tokens.transport == Transport::Cookie
    }

    /// Returns a path of the console as browsers see it.
    pub(super) fn url(&self, path: &str) -> String {
        let path = if path == "/" { "" } else { path };
        format!("{}{PATH}{path}", self.0.ui)
    }

    /// Returns the address of the login page, which leads back to a page of the console.
    pub(super) fn login(&self, next: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("next", next);
        format!("{}/login?{}", self.0.ui, query.finish())
    }

    /// Returns the rooms for the navigation.
    pub(super) fn rooms(&self, here: Option<Room>) -> Vec<Door> {
        let door = |room: Room| Door {
            name: room.name(),
            url: self.url(room.path()),
            is_here: here == Some(room),
        };
        Room::ALL.into_iter().map(door).collect()
    }

    /// Redirects to a page of the console.
    pub(super) fn redirect(&self, path: &str) -> Response {
        Self::lead(&self.url(path))
    }

    /// Redirects a browser, with a GET whatever the request was.
    pub(super) fn lead(to: &str) -> Response {
        match HeaderValue::from_str(to) {
            Ok(to) => (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response(),
            Err(cause) => ApiError::internal(&cause).into_response(),
        }
    }

    /// Renders a page.
    pub(super) fn render(
        &self,
        status: StatusCode,
        template: &str,
        page_request: &PageRequest,
        inside: Inside,
        view: impl Serialize,
    ) -> Response {
        let templates = self.templates().now();
        let language = page_request.language(templates.languages());
        let pages = &self.settings().pages;
        let frame = Frame {
            app_name: &self.settings().identity.app_name,
            brand_logo_url: pages.brand_logo_url.as_deref(),
            brand_logo_has_name: pages.brand_logo_has_name,
            brand_icon_url: pages.brand_icon_url.as_deref(),
            static_prefix: &self.0.static_prefix,
            theme_css_url: pages.theme_css_url.as_deref(),
            files: &self.0.files,
            ui: &self.0.ui,
            console: self.url(""),
            login: self.login(&self.url("")),
            languages: page_request.menu(&templates),
            inside,
            view,
        };
        let html = match templates.console(template, &frame, &language) {
            Ok(html) => html,
            Err(cause) => return ApiError::internal(&cause).into_response(),
        };
        let headers = [
            (CONTENT_SECURITY_POLICY, self.0.policy.clone()),
            // Without a referrer, browsers would not say that a form was sent by a page of this site.
            (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (VARY, HeaderValue::from(COOKIE)),
        ];
        let kept = page_request.keep(&language, &self.settings().identity);
        (status, headers, kept, Html(html)).into_response()
    }

    /// Returns the page for everybody who may not come in. It is the same whatever was asked for.
    pub(super) fn forbidden(&self, page_request: &PageRequest) -> Response {
        let (inside, view) = (Inside::default(), Plain {});
        self.render(
            StatusCode::FORBIDDEN,
            "forbidden",
            page_request,
            inside,
            view,
        )
    }

    /// Sets a cookie that only the console gets, and that no other site can make a browser send.
    pub(super) fn set_cookie(
        &self,
        headers: &mut HeaderMap,
        name: &str,
        value: &str,
        seconds: u32,
    ) {
        let https = self.settings().identity.base_url.starts_with("https://");
        let secure = if https { "; Secure" } else { "" };
        let path = self.url("");
        let line = format!(
            "{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
        );
        // A value that isn't plain text is not set; there are none.
        if let Ok(mut line) = HeaderValue::from_str(&line) {
            line.set_sensitive(true);
            headers.append(SET_COOKIE, line);
        }
    }
}
