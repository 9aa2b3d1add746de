//! The pages for people, and the files that they load. The pages contain no personal data: their script calls the API.

mod error_pages;
mod files;
mod language;
mod policy;

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;

use super::error::ApiError;
use crate::app::App;
use crate::config::Settings;
use crate::delivery::LiveTemplates;
use crate::delivery::templates::{FileHashes, Page, PageContext};
pub(super) use error_pages::ErrorPages;
pub(super) use files::Files;
pub(super) use language::PageRequest;
pub(super) use policy::of as policy;

/// Returns the paths of a page below the prefix. The first is the canonical one; the others are for links already in
/// use.
const fn paths(page: Page) -> &'static [&'static str] {
    match page {
        Page::Login => &["/login"],
        Page::Register => &["/register"],
        Page::Verify => &["/verify"],
        Page::Forgot => &["/forgot"],
        Page::Reset => &["/reset", "/reset-password"],
        Page::Invite => &["/accept-invitation"],
        Page::ConfirmEmailChange => &["/confirm-email-change"],
        Page::UndoEmailChange => &["/undo-email-change"],
        Page::MfaConfirm => &["/mfa-confirm"],
        Page::OauthComplete => &["/oauth-complete"],
        Page::Me => &["/me"],
        Page::Error => &[],
    }
}

/// Returns whether a page exists. A page doesn't exist if the route that its form needs is disabled. Registration is an
/// exception: its page says that registration is closed.
fn is_on(page: Page, settings: &Settings) -> bool {
    let features = &settings.features;
    match page {
        Page::Forgot | Page::Reset | Page::Invite => features.enable_password_reset,
        Page::MfaConfirm => features.enable_sms_2fa || features.enable_totp,
        Page::OauthComplete => !settings.oauth.providers.is_empty(),
        _ => true,
    }
}

/// Returns whether a file of this name is built into the program.
pub(crate) fn has_built_in_file(name: &str) -> bool {
    files::is_built_in(name)
}

/// Returns the routes of the pages and their files, if the pages are enabled.
pub(super) fn router(app: &App) -> Router<App> {
    let settings = &app.settings;
    if !settings.features.enable_ui_router {
        return Router::new();
    }
    let files = Files::new(&settings.pages.extra_static_dirs);
    let pages = Pages::new(app, &files);
    let home = pages.context(Page::Me, StatusCode::OK).home();
    let to_home = get(async move || Redirect::temporary(&home));
    let prefix = settings.pages.ui_prefix.as_str();
    let mut router = Router::new();
    let there = Page::ALL.into_iter();
    for page in there.filter(|page| is_on(*page, settings)) {
        for path in paths(page) {
            let pages = pages.clone();
            let answer = get(async move |page_request: PageRequest| {
                pages.answer(page, StatusCode::OK, &page_request)
            });
            router = router.route(path, answer);
        }
    }
    let statics = files::router(files);
    // At the root, `/` and all unknown paths belong to the host application.
    if prefix.is_empty() {
        return router
            .nest(&settings.pages.static_prefix, statics)
            .layer(CompressionLayer::new());
    }
    let (elsewhere, unfit) = (pages.clone(), pages);
    let router = router
        .route("/", to_home.clone())
        .method_not_allowed_fallback(async move |page_request: PageRequest| {
            unfit.answer(Page::Error, StatusCode::METHOD_NOT_ALLOWED, &page_request)
        })
        .fallback(async move |page_request: PageRequest| {
            elsewhere.answer(Page::Error, StatusCode::NOT_FOUND, &page_request)
        });
    Router::new()
        .route(&format!("{prefix}/"), to_home)
        .nest(prefix, router)
        .nest(&settings.pages.static_prefix, statics)
        .layer(CompressionLayer::new())
}

/// Returns the routes at the root of the site, if the pages are enabled: a redirect to the login page, the URL where
/// password managers look for the page that changes a password, and the icon. They aren't part of [`router`], because
/// the root of a host application belongs to the application.
pub(super) fn root(settings: &Settings) -> Router<App> {
    if !settings.features.enable_ui_router {
        return Router::new();
    }
    let context = PageContext::new(Page::Login, settings, &FileHashes::default(), 200);
    let entrance = context.entrance();
    let change_password = format!("{}#password", context.home());
    let icon = context.icon();
    let found = |to: String| get(async move || (StatusCode::FOUND, [(LOCATION, to)]));
    Router::new()
        .route("/", get(async move || Redirect::to(&entrance)))
        .route("/.well-known/change-password", found(change_password))
        .route("/favicon.ico", found(icon))
}

/// The data that pages are rendered with.
#[derive(Clone)]
struct Pages(Arc<Rendering>);

struct Rendering {
    templates: LiveTemplates,
    settings: Arc<Settings>,
    policy: HeaderValue,
    hashes: FileHashes,
    has_mailbox: bool,
}

impl Pages {
    fn new(app: &App, files: &Files) -> Self {
        Self(Arc::new(Rendering {
            templates: app.templates.clone(),
            settings: app.settings.clone(),
            policy: policy::of(&app.settings.pages),
            hashes: files.hashes(),
            has_mailbox: app.ambient.mailbox.is_some(),
        }))
    }

    fn context(&self, page: Page, status: StatusCode) -> PageContext {
        let context = PageContext::new(page, &self.0.settings, &self.0.hashes, status.as_u16());
        if self.0.has_mailbox {
            context.with_mailbox()
        } else {
            context
        }
    }

    /// Renders a page. It isn't cached, because the URLs of some pages contain a token.
    fn answer(&self, page: Page, status: StatusCode, page_request: &PageRequest) -> Response {
        let menu = page_request.menu(&self.0.templates.now());
        self.render(
            self.context(page, status).offering(menu),
            status,
            page_request,
        )
    }

    /// Renders the page for an error. A URL that is refused for a while doesn't get a menu of languages, because each
    /// would be another try.
    fn error(&self, status: StatusCode, wait: Option<u64>, page_request: &PageRequest) -> Response {
        if wait.is_none() {
            return self.answer(Page::Error, status, page_request);
        }
        self.render(
            self.context(Page::Error, status).waiting(wait),
            status,
            page_request,
        )
    }

    fn render(
        &self,
        context: PageContext,
        status: StatusCode,
        page_request: &PageRequest,
    ) -> Response {
        let templates = self.0.templates.now();
        let language = page_request.language(templates.languages());
        let context = if page_request.is_nobody {
            context.for_nobody()
        } else {
            context
        };
        match templates.page(&context, &language) {
            Ok(html) => {
                let headers = [(CONTENT_SECURITY_POLICY, self.0.policy.clone())];
                let kept = page_request.keep(&language, &self.0.settings.identity);
                (status, headers, kept, Html(html)).into_response()
            }
            Err(cause) => ApiError::internal(&cause).into_response(),
        }
    }
}

/// Returns every path of a page below the prefix.
#[cfg(test)]
pub(super) fn all_paths() -> impl Iterator<Item = &'static str> {
    Page::ALL
        .into_iter()
        .flat_map(|page| paths(page).iter().copied())
}
