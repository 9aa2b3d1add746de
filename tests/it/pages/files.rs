//! The files under `static_prefix`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regstack::internals::config::{Provider, ProviderKind};
use regstack::internals::model::ProviderId;
use reqwest::Method;

use super::with_pages;

use crate::support::actor::{Answer, Requests as _};
use crate::support::served::Served;

const FILES: [(&str, &str); 5] = [
    ("css/core.css", "text/css; charset=utf-8"),
    ("css/theme.css", "text/css; charset=utf-8"),
    ("js/regstack.js", "text/javascript; charset=utf-8"),
    ("js/regstack/start.js", "text/javascript; charset=utf-8"),
    ("img/icon.svg", "image/svg+xml"),
];

async fn file(served: &Served, name: &str, headers: &[(&str, &str)]) -> Answer {
    let request = served.request(Method::GET, &format!("//regstack-static/{name}"));
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    served.send(request).await
}

#[tokio::test]
async fn a_file_is_kept_and_asked_after() {
    let served = with_pages().await;
    for (name, kind) in FILES {
        let answer = file(&served, name, &[]).await;
        assert_eq!(answer.is(200).header("content-type"), Some(kind));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let built_in = fs::read_to_string(format!("{}/static/{name}", env!("CARGO_MANIFEST_DIR")));
        assert_eq!(answer.body.as_str().unwrap(), built_in.unwrap());
        let tag = answer.header("etag").unwrap();
        for known in [tag, &format!("\"x\", {tag}"), &tag[2..]] {
            let again = file(&served, name, &[("if-none-match", known)]).await;
            assert_eq!(again.is(304).header("etag"), Some(tag));
            assert_eq!(again.body, "");
        }
        file(&served, name, &[("if-none-match", "W/\"0\"")])
            .await
            .is(200);
        let head = served.request(Method::HEAD, &format!("//regstack-static/{name}"));
        let head = served.send(head).await;
        assert_eq!(head.is(200).header("etag"), Some(tag));
        assert_eq!(head.body, "");
        let post = served.request(Method::POST, &format!("//regstack-static/{name}"));
        served.send(post).await.refused(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn an_address_with_the_hash_is_kept_for_long_and_any_other_is_not() {
    let served = with_pages().await;
    let login = served.get("//account/login").await;
    let html = login.body.as_str().unwrap();
    let mut addresses = 0;
    for part in html.split('"').filter(|part| part.contains("?v=")) {
        let answer = served.get(&format!("/{part}")).await;
        assert_eq!(
            answer.is(200).header("cache-control"),
            Some("public, max-age=31536000, immutable"),
            "{part}"
        );
        addresses += 1;
    }
    assert_eq!(addresses, 3);
    for query in ["?v=", "?v=0123456789abcdef", "?w=1"] {
        let answer = file(&served, &format!("css/core.css{query}"), &[]).await;
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{query}");
    }
}

/// The most bytes of each page with its messages, styles and all modules of its script, compressed: what it has, and a
/// twentieth more.
const MOST_BYTES: [(&str, usize); 5] = [
    ("login", 31_200),
    ("register", 31_500),
    ("verify", 31_400),
    ("reset", 31_200),
    ("me", 38_200),
];

/// The files that a page names, and so loads at once.
fn files_of(html: &str) -> Vec<&str> {
    let named = html.split("=\"/regstack-static/").skip(1);
    named
        .map(|rest| rest.split(['"', '?']).next().unwrap())
        .collect()
}

/// What a module loads, and what that loads.
fn loaded_by(module: &str, page: &str, found: &mut BTreeSet<String>) {
    if !found.insert(module.to_owned()) {
        return;
    }
    let file = format!("{}/static/js/{module}", env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(file).unwrap();
    let now = source.split(" from \"./").skip(1);
    for rest in now.chain(source.split("import(\"./").skip(1)) {
        let name = rest.split('"').next().unwrap();
        let is_of_others = match name {
            "account.js" => !page.starts_with("me"),
            "door.js" => page.starts_with("me"),
            "factors.js" => page != "me with apps",
            "knock.js" => page != "login with passkeys",
            "invited.js" => page != "accept-invitation with passkeys",
            "passkeys.js" => page != "me with passkeys",
            "providers.js" | "links.js" => !page.ends_with(" with providers"),
            _ => false,
        };
        if !is_of_others {
            loaded_by(
                &format!("regstack/{}", name.trim_start_matches("regstack/")),
                page,
                found,
            );
        }
    }
}

fn provider() -> Provider {
    Provider {
        id: ProviderId::parse("idp").unwrap(),
        name: "IdP".to_owned(),
        kind: ProviderKind::OpenId,
        issuer: "http://127.0.0.1:9".to_owned(),
        client_id: "regstack".to_owned(),
        client_secret: "secret".into(),
        scopes: Vec::new(),
        redirect_uri: String::new(),
    }
}

#[tokio::test]
async fn every_module_of_a_page_is_named_in_it_so_that_none_waits_for_another() {
    let served = with_pages().await;
    let apps = served.sibling_with(|settings| settings.features.enable_totp = true);
    let apps = apps.await;
    let passkeys = served.sibling_with(|settings| settings.features.enable_passkeys = true);
    let passkeys = passkeys.await;
    let others = served.sibling_with(|settings| settings.oauth.providers.push(provider()));
    let others = others.await;
    for page in [
        "login",
        "login with passkeys",
        "register",
        "verify",
        "accept-invitation",
        "accept-invitation with passkeys",
        "me",
        "me with apps",
        "me with passkeys",
        "login with providers",
        "me with providers",
        "oauth-complete with providers",
    ] {
        let (path, with) = page.split_once(" with ").unwrap_or((page, ""));
        let served = match with {
            "apps" => &apps,
            "passkeys" => &passkeys,
            "providers" => &others,
            _ => &served,
        };
        let answer = served.get(&format!("//account/{path}")).await;
        let html = answer.body.as_str().unwrap();
        let named: BTreeSet<String> = files_of(html)
            .into_iter()
            .filter_map(|name| name.strip_prefix("js/"))
            .map(str::to_owned)
            .collect();
        let mut loaded = BTreeSet::new();
        loaded_by("regstack.js", page, &mut loaded);
        assert_eq!(named, loaded, "{page}");
    }
}

/// The bytes of a body as they travel.
async fn transferred(served: &Served, path: &str, encodings: &str) -> usize {
    let request = served.request(Method::GET, path);
    let answer = request
        .header("accept-encoding", encodings)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let encoding = answer.headers().get("content-encoding").cloned();
    assert!(
        encoding.is_some_and(|encoding| encodings.contains(encoding.to_str().unwrap())),
        "{path} is not compressed for {encodings}"
    );
    answer.bytes().await.unwrap().len()
}

#[tokio::test]
async fn a_page_with_all_its_files_is_small() {
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_sms_2fa = true;
    })
    .await;
    let mut large = Vec::new();
    for encoding in ["gzip", "br"] {
        for (page, most) in MOST_BYTES {
            let path = format!("//account/{page}");
            let answer = served.get(&path).await;
            let html = answer.body.as_str().unwrap();
            let mut size = transferred(&served, &path, encoding).await;
            for name in files_of(html) {
                size += transferred(&served, &format!("//regstack-static/{name}"), encoding).await;
            }
            if size > most {
                large.push(format!("{page}, {encoding}: {size}"));
            }
        }
    }
    assert!(large.is_empty(), "{large:#?}");
    // The API's answers hold secrets beside what a client sent, which compression would give away by its length.
    let answer = served
        .request(Method::GET, "//openapi.json")
        .header("accept-encoding", "gzip, br")
        .send()
        .await
        .unwrap();
    assert!(!answer.headers().contains_key("content-encoding"));
}

fn write(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

#[tokio::test]
async fn folders_of_ones_own_come_first_and_nothing_leads_out_of_them() {
    let [first, second] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let inner = first.path().join("inner");
    write(&inner, "css/theme.css", ":root { --rs-accent: #123456 }");
    write(&inner, "logo.png", "first");
    write(second.path(), "logo.png", "second");
    write(second.path(), "fonts/mine.woff2", "font");
    write(second.path(), ".env", "SECRET");
    write(first.path(), "secret.txt", "SECRET");
    std::os::unix::fs::symlink(first.path().join("secret.txt"), inner.join("link.txt")).unwrap();
    let folders = vec![inner, second.path().to_owned()];
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.pages.extra_static_dirs = folders;
    })
    .await;
    for (name, kind, text) in [
        (
            "css/theme.css",
            "text/css; charset=utf-8",
            ":root { --rs-accent: #123456 }",
        ),
        ("logo.png", "image/png", "first"),
        ("fonts/mine.woff2", "font/woff2", "font"),
    ] {
        let answer = file(&served, name, &[]).await;
        assert_eq!(answer.is(200).header("content-type"), Some(kind));
        assert_eq!(answer.body, text);
    }
    assert!(
        file(&served, "js/regstack.js", &[])
            .await
            .body
            .to_string()
            .len()
            > 1000
    );
    // The page names the theme that is served.
    let login = served.get("//account/login").await;
    let tag = file(&served, "css/theme.css", &[]).await;
    let hash = tag
        .header("etag")
        .unwrap()
        .trim_matches(['W', '/', '"'])
        .to_owned();
    assert!(
        login
            .body
            .as_str()
            .unwrap()
            .contains(&format!("css/theme.css?v={hash}"))
    );
    for name in [
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "css/..%2f..%2fsecret.txt",
        "css%2f..%2f..%2fsecret.txt",
        "..%5csecret.txt",
        "link.txt",
        ".env",
        "%2eenv",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "css",
        "css/",
        "",
        "logo.png%00.css",
        "%ff",
    ] {
        let answer = file(&served, name, &[]).await;
        assert!(answer.status.is_client_error(), "{name}: {answer:?}");
        assert!(!answer.body.to_string().contains("SECRET"), "{name}");
    }
}

#[tokio::test]
async fn a_folder_that_is_missing_is_said_at_start() {
    let mut settings = crate::support::served::settings();
    settings.pages.extra_static_dirs = vec!["/nowhere/at/all".into()];
    let ambient = regstack::internals::app::Ambient::system();
    let faults = regstack::internals::app::App::check(&settings, &ambient).unwrap_err();
    assert_eq!(
        faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["extra_static_dirs: /nowhere/at/all is not a folder"]
    );
}

#[tokio::test]
async fn what_is_no_file_is_passed_over_and_what_is_too_large_is_refused_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("js")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(at("js/regstack.js"))
        .status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", at("zero.css")).unwrap();
    fs::create_dir(at("folder.css")).unwrap();
    let huge = fs::File::create(at("huge.png")).unwrap();
    huge.set_len(5 << 30).unwrap();
    fs::write(at("large.png"), vec![0; 16 << 20]).unwrap();
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.pages.extra_static_dirs = vec![folder.path().to_owned()];
    })
    .await;
    let started = std::time::Instant::now();
    // The one that comes with the program stands in.
    file(&served, "js/regstack.js", &[]).await.is(200);
    for name in ["zero.css", "folder.css"] {
        file(&served, name, &[]).await.refused(404, "not_found");
    }
    file(&served, "huge.png", &[])
        .await
        .refused(500, "internal");
    file(&served, "large.png", &[]).await.is(200);
    assert!(started.elapsed() < std::time::Duration::from_secs(10));
}
