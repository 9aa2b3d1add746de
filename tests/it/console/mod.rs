//! The console over HTTP, as a browser without scripts uses it. What happens with scripts is in `browser`.

mod acts;
mod backup;
mod entry;
mod events;
mod every;
mod keys;
mod outbox;
mod overview;
mod proof;
mod sessions;
mod set_up;
mod settings;
mod templates;
mod users;

use std::cell::RefCell;
use std::collections::BTreeMap;

use regstack::internals::config::{Settings, Transport};
use reqwest::Method;
use serde_json::json;

use crate::support::actor::{Actor, PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::process::Server;
use crate::support::served::Served;

pub(crate) const ROOT: &str = "root@example.com";

/// A server whose console is on, with sessions in cookies.
pub(crate) async fn office(kind: Kind) -> Served {
    office_with(kind, |_| ()).await
}

/// The same with other settings too.
pub(crate) async fn office_with(kind: Kind, change: impl FnOnce(&mut Settings)) -> Served {
    let database = Database::fresh(kind).await;
    let served = Served::over(database, |settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_admin_router = true;
        settings.tokens.transport = Transport::Cookie;
        change(settings);
    })
    .await;
    served
        .account(ROOT, |account| account.is_superuser = true)
        .await;
    served
}

/// A browser at the console: it keeps cookies and follows redirects only when it is told to.
pub(crate) struct Desk {
    actor: Actor,
    origin: String,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// A page that came back.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) status: u16,
    pub(crate) html: String,
    /// Where it leads.
    pub(crate) location: Option<String>,
    pub(crate) headers: reqwest::header::HeaderMap,
}

impl Sheet {
    pub(crate) async fn of(answer: reqwest::Response) -> Self {
        let headers = answer.headers().clone();
        let location = headers.get("location");
        Self {
            status: answer.status().as_u16(),
            location: location.map(|value| value.to_str().unwrap().to_owned()),
            headers,
            html: answer.text().await.unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn shows(&self, text: &str) -> &Self {
        assert!(self.html.contains(text), "no {text:?} in {}", self.html);
        self
    }

    #[track_caller]
    pub(crate) fn lacks(&self, text: &str) -> &Self {
        assert!(!self.html.contains(text), "{text:?} is in {}", self.html);
        self
    }
}

/// The token of a login, in the body.
pub(crate) async fn token(served: &Served, email: &str) -> String {
    let credentials = json!({"email": email, "password": PASSWORD});
    let request = served.request(Method::POST, "/login").json(&credentials);
    let request = request.header("x-regstack-transport", "bearer");
    let answer = served.send(request).await;
    answer.is(200).text("access_token").to_owned()
}

/// The desk of somebody with an account and the usual password, at a server that is a process.
pub(crate) async fn of_process(server: &Server, email: &str) -> Desk {
    let credentials = json!({"email": email, "password": PASSWORD});
    let request = server.request(Method::POST, "/login").json(&credentials);
    let request = request.header("x-regstack-transport", "bearer");
    let answer = server.send(request).await;
    let desk = Desk {
        actor: server.unled(),
        origin: server.url(""),
        cookies: RefCell::default(),
    };
    desk.keep("regstack_session", answer.is(200).text("access_token"));
    desk
}

impl Desk {
    /// Nobody's.
    pub(crate) fn new(served: &Served) -> Self {
        Self {
            actor: served.unled(),
            origin: served.origin.clone(),
            cookies: RefCell::default(),
        }
    }

    /// That of somebody with an account and the usual password.
    pub(crate) async fn of(served: &Served, email: &str) -> Self {
        let desk = Self::new(served);
        desk.keep("regstack_session", &token(served, email).await);
        desk
    }

    pub(crate) fn keep(&self, name: &str, value: &str) {
        self.cookies
            .borrow_mut()
            .insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// One request to the console; the path is below it.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
    ) -> Sheet {
        let url = format!("//account/admin{path}");
        let cookies = self.cookies.borrow().clone();
        let cookies: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = self
            .actor
            .request(method, &url)
            .header("accept", "text/html")
            .header("cookie", cookies.join("; "));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(fields) = form {
            let mut body = url::form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(fields);
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body.finish());
        }
        let answer = request.send().await.unwrap();
        let headers = answer.headers().clone();
        for line in headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.keep(name, value);
            }
        }
        Sheet {
            status: answer.status().as_u16(),
            location: headers
                .get("location")
                .map(|value| value.to_str().unwrap().to_owned()),
            headers,
            html: answer.text().await.unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Sheet {
        self.send(Method::GET, path, &[], None).await
    }

    /// Sends a form of this site.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Sheet {
        let headers = [
            ("origin", self.origin.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, Some(fields)).await
    }

    /// Sends a form, and shows the page that it leads to.
    pub(crate) async fn act(&self, path: &str, fields: &[(&str, &str)]) -> Sheet {
        let sent = self.post(path, fields).await;
        let leads = sent.is(303).location.clone().unwrap();
        let below = leads
            .strip_prefix("/account/admin")
            .expect("in the console");
        self.get(below).await
    }
}
