//! The pages for people, and the files that they load.

use std::collections::BTreeSet;

use url::Url;

use crate::validate::site::{Reply, Site};
use crate::validate::{Probe, Result, Trouble, not_there, passed};

/// The pages that are there whenever pages are on, and those of the password reset.
const ALWAYS: [&str; 5] = ["login", "register", "verify", "confirm-email-change", "me"];
const OF_RESET: [&str; 2] = ["forgot", "reset"];

/// The most files of one page that are loaded. The pages of regstack have about ten.
const MAX_FILES: usize = 50;

/// Each page answers, loads its files, and calls the API where it is.
pub(super) async fn pages(probe: &mut Probe<'_>) -> Result {
    let Some(login) = login_page(probe).await? else {
        return not_there("the built-in pages are off (enable_ui_router)");
    };
    let mut files = BTreeSet::new();
    let mut count = 0;
    for name in ALWAYS.into_iter().chain(OF_RESET) {
        let url = login
            .join(name)
            .map_err(|_| Trouble::new("the address of the pages isn't a URL"))?;
        let reply = probe.site.send(Site::page(&url)).await?;
        if reply.is(404) && OF_RESET.contains(&name) {
            continue;
        }
        let reply = reply.expect(200)?;
        let html = reply.body();
        check(probe, name, &reply, &html)?;
        let named = links(&html).filter_map(|path| url.join(path).ok());
        files.extend(
            named
                .filter(|file| file.origin() == url.origin())
                .take(MAX_FILES),
        );
        count += 1;
    }
    let mut loaded = 0;
    for file in files {
        let kind = match file.path().rsplit('.').next() {
            Some("css") => "text/css",
            Some("js") => "javascript",
            _ => continue,
        };
        let reply = probe.site.send(Site::file(&file)).await?;
        let is_right = reply
            .header("content-type")
            .is_some_and(|given| given.contains(kind));
        if !reply.is(200) || !is_right {
            return Err(Trouble::new(format!("the pages load {file}, which answers {}", reply.status().as_u16()))
                .remedy("let the proxy forward static_prefix (/regstack-static) to regstack, and check theme_css_url"));
        }
        loaded += 1;
    }
    passed(format!("{count} pages and {loaded} files"))
}

/// Returns the login page, if pages are on. The root of the site leads there.
pub(super) async fn login_page(probe: &Probe<'_>) -> Result<Option<Url>> {
    let site = &probe.site;
    let base = probe.base();
    let root = base.join("./").unwrap_or_else(|_| base.clone());
    let reply = site.send(Site::page(&root)).await?;
    let target = reply
        .header("location")
        .and_then(|target| root.join(target).ok());
    let usual = base.join("account/login").ok();
    let mut is_answered = false;
    for url in [target, usual].into_iter().flatten() {
        let reply = site.send(Site::page(&url)).await?;
        if reply.is(200) && page_of(&reply.body()) == Some("login") {
            return Ok(Some(url));
        }
        is_answered |= reply.status().is_server_error();
    }
    if is_answered {
        return Err(Trouble::new("the login page answers with an error")
            .remedy("see the server's log; regstack templates check finds errors in templates"));
    }
    Ok(None)
}

/// Returns the name of the page that this is.
pub(super) fn page_of(html: &str) -> Option<&str> {
    attribute(html, "data-rs-page")
}

fn attribute<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = html.split_once(&format!("{name}=\""))?;
    rest.split('"').next()
}

fn check(probe: &Probe<'_>, name: &str, reply: &Reply, html: &str) -> Result<()> {
    if page_of(html) != Some(name) {
        return Err(Trouble::new(format!("the page {name} is another page"))
            .remedy("see whether the proxy or an application answers under ui_prefix"));
    }
    if reply.header("content-security-policy").is_none() {
        return Err(
            Trouble::new(format!("the page {name} has no Content-Security-Policy"))
                .remedy("keep the proxy from removing regstack's headers"),
        );
    }
    let called = attribute(html, "data-rs-api").unwrap_or_default();
    let api = Url::parse(&probe.site.api).map(|url| url.path().to_owned());
    if api.as_deref() != Ok(called) {
        return Err(Trouble::new(format!(
            "the pages call the API at {called}, but it is at {}",
            probe.site.api
        ))
        .remedy(
            "set api_prefix to the path that browsers see, and let the proxy forward it unchanged",
        ));
    }
    Ok(())
}

/// Returns the style sheets and scripts of a page.
fn links(html: &str) -> impl Iterator<Item = &str> {
    let named = html
        .split(" href=\"")
        .skip(1)
        .chain(html.split(" src=\"").skip(1));
    named
        .filter_map(|rest| rest.split('"').next())
        .filter(|path| {
            let path = path.split('?').next().unwrap_or_default();
            [".css", ".js"].iter().any(|end| path.ends_with(end))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_page_are_found() {
        let html = "<body data-rs-page=\"login\" data-rs-api=\"/api/auth\"><link rel=\"stylesheet\" href=\"/s/a.css?v=1\">\
                    <a href=\"/account/me\">x</a><script src=\"/s/b.js\"></script>";
        assert_eq!(links(html).collect::<Vec<_>>(), ["/s/a.css?v=1", "/s/b.js"]);
        assert_eq!(page_of(html), Some("login"));
        assert_eq!(attribute(html, "data-rs-ui"), None);
    }
}
