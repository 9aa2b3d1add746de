//! The files of the pages: from the configured folders, or else from the binary.

use std::borrow::Cow;
use std::io::{self, ErrorKind};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use crate::config::read_file_of;
use crate::delivery::templates::FileHashes;
use crate::http::error::{ApiError, method_not_allowed, not_found};

/// For a URL that has the content's hash: the content never changes.
const FOR_LONG: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For any other URL: browsers keep the file but revalidate it each time, which is answered with 304.
const WITH_A_QUESTION: HeaderValue = HeaderValue::from_static("no-cache");
/// The largest file that is served, in bytes: each response holds it in memory.
const MAX_BYTES: u64 = 16 << 20;
/// The number of hexadecimal digits of a hash: enough to tell versions of a file apart.
const HASH_DIGITS: usize = 16;

/// The media types of files that themes need. Other files are sent as `application/octet-stream`, which browsers don't
/// run.
const TYPES: [(&str, &str); 15] = [
    ("avif", "image/avif"),
    ("css", "text/css; charset=utf-8"),
    ("gif", "image/gif"),
    ("ico", "image/x-icon"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("ttf", "font/ttf"),
    ("txt", "text/plain; charset=utf-8"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
];

#[derive(rust_embed::Embed)]
#[folder = "static/"]
struct BuiltIn;

/// The folders in which files are looked up. Cheap to clone.
#[derive(Clone)]
pub(in crate::http) struct Files(Arc<[PathBuf]>);

struct Found {
    content: Cow<'static, [u8]>,
    hash: String,
}

/// Returns whether a file of this name is built into the program.
pub(super) fn is_built_in(name: &str) -> bool {
    BuiltIn::get(name).is_some()
}

impl Files {
    pub(in crate::http) fn new(folders: &[PathBuf]) -> Self {
        Self(folders.into())
    }

    /// Returns the current hashes of the files that the pages load.
    pub(in crate::http) fn hashes(&self) -> FileHashes {
        FileHashes {
            core_css_hash: self.hash_of("css/core.css"),
            theme_css_hash: self.hash_of("css/theme.css"),
            script_hash: self.hash_of("js/regstack.js"),
        }
    }

    /// Returns the current hash of a file, or an empty text if there is none.
    pub(in crate::http) fn hash_of(&self, name: &str) -> String {
        match self.find(name) {
            Ok(found) => found.map(|found| found.hash).unwrap_or_default(),
            Err(error) => {
                tracing::error!(%error, "reading a file of the pages failed");
                String::new()
            }
        }
    }

    /// Returns the file of this name from the first folder that has it, or else the built-in one.
    fn find(&self, name: &str) -> io::Result<Option<Found>> {
        if !is_plain(name) {
            return Ok(None);
        }
        for folder in &*self.0 {
            if let Some(content) = read_within(folder, name)? {
                return Ok(Some(Found::new(content.into())));
            }
        }
        Ok(BuiltIn::get(name).map(|file| Found::new(file.data)))
    }
}

impl Found {
    fn new(content: Cow<'static, [u8]>) -> Self {
        let mut hash = hex::encode(Sha256::digest(&content));
        hash.truncate(HASH_DIGITS);
        Self { content, hash }
    }
}

/// Returns whether a name stays inside the folder and has no hidden part.
fn is_plain(name: &str) -> bool {
    let is_segment = |segment: &str| !segment.is_empty() && !segment.starts_with('.');
    name.split('/').all(is_segment) && !name.contains(['\\', '\0', ':'])
}

/// Reads a file inside the folder, following symbolic links that stay inside it. Returns `None` if there is no such
/// file.
fn read_within(folder: &FilePath, name: &str) -> io::Result<Option<Vec<u8>>> {
    let read = || {
        let file = folder.join(name).canonicalize()?;
        if file.is_file() && file.starts_with(folder.canonicalize()?) {
            let named = |cause: io::Error| {
                io::Error::new(cause.kind(), format!("{}: {cause}", file.display()))
            };
            read_file_of(&file, MAX_BYTES).map(Some).map_err(named)
        } else {
            Ok(None)
        }
    };
    match read() {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename
            ) =>
        {
            Ok(None)
        }
        other => other,
    }
}

/// Returns the routes below the prefix for static files.
pub(super) fn router<S: Clone + Send + Sync + 'static>(files: Files) -> Router<S> {
    Router::new()
        .route("/{*name}", get(file))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .with_state(files)
}

async fn file(
    State(files): State<Files>,
    name: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Path(name) = name.map_err(|_| ApiError::not_found())?;
    let kind = FilePath::new(&name)
        .extension()
        .and_then(|extension| TYPES.iter().find(|(known, _)| extension == *known))
        .map_or("application/octet-stream", |(_, kind)| kind);
    let found = tokio::task::spawn_blocking(move || files.find(&name))
        .await
        .map_err(|cause| ApiError::internal(&cause))?
        .map_err(|cause| ApiError::internal(&cause))?
        .ok_or_else(ApiError::not_found)?;
    let names_hash = query.is_some_and(|query| query == format!("v={}", found.hash));
    let keep = if names_hash {
        FOR_LONG
    } else {
        WITH_A_QUESTION
    };
    // A weak tag, because it's the same for the file whether it is compressed or not.
    let tag = format!("W/\"{}\"", found.hash);
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == &tag[2..]);
    let headers = [
        (CACHE_CONTROL, keep),
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            ETAG,
            HeaderValue::from_str(&tag).map_err(|cause| ApiError::internal(&cause))?,
        ),
    ];
    Ok(if known {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (headers, found.content.into_owned()).into_response()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_down_and_to_nothing_hidden() {
        for plain in ["a.css", "css/core.css", "a b/ü.png", "a..b/c"] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in [
            "",
            "/",
            "/etc/passwd",
            "../a",
            "a/../b",
            "a/..",
            ".",
            "./a",
            "a//b",
            "a/",
            ".env",
            "a/.git/config",
            "..\\a",
            "a\\..\\b",
            "C:/a",
            "a\0",
        ] {
            assert!(!is_plain(other), "{other:?}");
        }
    }

    #[test]
    fn the_first_folder_wins_and_what_is_built_in_comes_last() {
        let [first, second] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        for (folder, name, text) in [
            (&first, "a.css", "first"),
            (&second, "a.css", "second"),
            (&second, "css/theme.css", "mine"),
        ] {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let files = Files::new(&[first.path().into(), second.path().into()]);
        let text = |name: &str| {
            let found = files.find(name).unwrap();
            found.map(|found| String::from_utf8(found.content.into_owned()).unwrap())
        };
        assert_eq!(text("a.css").unwrap(), "first");
        assert_eq!(text("css/theme.css").unwrap(), "mine");
        assert!(text("js/regstack.js").unwrap().len() > 1000);
        assert_eq!(text("css"), None, "a folder is no file");
        assert_eq!(text("a.css/b"), None);
        assert_eq!(text(&"x".repeat(5000)), None);
        let built_in = Files::new(&[]).hashes();
        let hashes = files.hashes();
        assert_eq!(hashes.script_hash, built_in.script_hash);
        assert_ne!(hashes.theme_css_hash, built_in.theme_css_hash);
        assert_eq!(hashes.theme_css_hash.len(), HASH_DIGITS);
    }

    #[test]
    fn links_out_of_the_folder_lead_nowhere() {
        let outside = tempfile::tempdir().unwrap();
        let inside = outside.path().join("static");
        std::fs::create_dir(&inside).unwrap();
        std::fs::write(outside.path().join("secret"), "SECRET").unwrap();
        std::fs::write(inside.join("there.css"), "here").unwrap();
        let link = |to: &FilePath, name: &str| {
            std::os::unix::fs::symlink(to, inside.join(name)).unwrap();
        };
        link(&outside.path().join("secret"), "out.css");
        link(outside.path(), "up");
        link(&inside.join("there.css"), "alias.css");
        let files = Files::new(std::slice::from_ref(&inside));
        for name in ["out.css", "up/secret"] {
            assert!(files.find(name).unwrap().is_none(), "{name}");
        }
        assert!(files.find("alias.css").unwrap().is_some());
    }
}
