//! Repeats the authorization check of a request once its body has arrived.

use std::pin::Pin;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::App;
use crate::http::error::ApiError;

type Again = for<'a> fn(
    &'a mut Parts,
    &'a App,
) -> Pin<Box<dyn Future<Output = Result<(), ApiError>> + Send + 'a>>;

/// The check to repeat: a client that sends the body late must not use rights that have ended since.
#[derive(Clone)]
pub(super) struct AccessCheck {
    app: App,
    again: Again,
}

impl AccessCheck {
    /// Returns the check that the extractor `T` makes.
    pub(super) fn of<T>(app: App) -> Self
    where
        T: FromRequestParts<App, Rejection = ApiError>,
    {
        Self {
            app,
            again: again::<T>,
        }
    }

    pub(super) async fn repeat(self, parts: &mut Parts) -> Result<(), ApiError> {
        (self.again)(parts, &self.app).await
    }
}

fn again<'a, T>(
    parts: &'a mut Parts,
    app: &'a App,
) -> Pin<Box<dyn Future<Output = Result<(), ApiError>> + Send + 'a>>
where
    T: FromRequestParts<App, Rejection = ApiError>,
{
    Box::pin(async move { T::from_request_parts(parts, app).await.map(drop) })
}
