//! Error pages: where a browser asks for a page, a JSON error becomes one that people can read.

use axum::extract::{FromRequestParts as _, Request};
use axum::http::HeaderName;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::response::Response;

use super::Pages;
use super::files::Files;
use super::language::PageRequest;
use crate::app::App;
use crate::http::accept;
use crate::http::error::RefusalCode;

/// The middleware that shows errors as pages. It has no pages if they are disabled.
pub(in crate::http) struct ErrorPages {
    app: App,
    pages: Option<Pages>,
}

impl ErrorPages {
    pub(in crate::http) fn new(app: &App) -> Self {
        let files = || Files::new(&app.settings.pages.extra_static_dirs);
        let is_on = app.settings.features.enable_ui_router;
        Self {
            app: app.clone(),
            pages: is_on.then(|| Pages::new(app, &files())),
        }
    }

    /// Replaces the body of an error with a page. The status, the headers and the log entry stay the same.
    pub(in crate::http) async fn run<F: Future<Output = Response>>(
        &self,
        request: Request,
        inner: impl FnOnce(Request) -> F,
    ) -> Response {
        let of_the_api = self.below_api(request.uri().path());
        let is_for_browsers = of_the_api.is_none_or(is_opened_by_browsers);
        let is_api = of_the_api.is_some();
        let reads = accept::names(request.headers(), "text/html") && is_for_browsers;
        let (Some(pages), true) = (&self.pages, reads) else {
            return inner(request).await;
        };
        let (mut parts, body) = request.into_parts();
        let Ok(page_request) = PageRequest::from_request_parts(&mut parts, &self.app).await;
        let response = inner(Request::from_parts(parts, body)).await;
        if response.extensions().get::<RefusalCode>().is_none() {
            return response;
        }
        let wait = response.headers().get(RETRY_AFTER);
        let wait = wait.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        // What else is wrong with a link into the API is for those who made the link.
        if is_api && wait.is_none() {
            return response;
        }
        let page = pages.error(response.status(), wait, &page_request);
        if page.status() != response.status() {
            // Rendering the page failed.
            return response;
        }
        let (mut parts, _) = response.into_parts();
        let (of_page, body) = page.into_parts();
        let replaced: [HeaderName; 2] = [CONTENT_TYPE, CONTENT_LENGTH];
        for name in replaced {
            parts.headers.remove(name);
        }
        parts.headers.extend(of_page.headers);
        Response::from_parts(parts, body)
    }

    /// Returns what follows the API's prefix in a path, if the path belongs to the API, whose errors are JSON.
    fn below_api<'a>(&self, path: &'a str) -> Option<&'a str> {
        let prefix = self.app.settings.pages.api_prefix.trim_end_matches('/');
        let rest = path.strip_prefix(prefix)?;
        (!prefix.is_empty() && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
    }
}

/// Returns whether a path of the API is one that browsers open on the way to a provider and back.
fn is_opened_by_browsers(below_api: &str) -> bool {
    let route = below_api.strip_prefix("/oauth/");
    route.is_some_and(|route| route.ends_with("/start") || route.ends_with("/callback"))
}
