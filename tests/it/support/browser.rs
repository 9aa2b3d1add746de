//! Chromium, driven as a person would: it types, presses keys and reads what is shown.
//!
//! One chromedriver serves all tests; three browsers run at a time: one of them mostly waits.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::{By, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver, WebElement};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::served::Served;

/// How long anything may take to show. Generous: it is waited for, not waited out.
const PATIENCE: Duration = Duration::from_secs(30);

const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,900",
    // Whatever leads to another host ends at once.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/// Whether the page is loaded and its script has run.
const IS_READY: &str = "document.readyState === 'complete' && \
    (!document.querySelector('script[src*=\"/regstack.js\"]') || 'rsReady' in document.documentElement.dataset)";

static AT_A_TIME: Semaphore = Semaphore::const_new(3);
static CHROMEDRIVER: Mutex<Weak<Chromedriver>> = Mutex::new(Weak::new());

/// The program that starts browsers. Ends with the last of those who use it.
struct Chromedriver {
    process: Child,
    address: String,
}

impl Chromedriver {
    /// The one that runs, or a new one.
    fn shared() -> Arc<Self> {
        let mut shared = CHROMEDRIVER.lock().unwrap();
        shared.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Self::start());
            *shared = Arc::downgrade(&started);
            started
        })
    }

    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing: run tests/run");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("chromedriver starts").unwrap();
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            address: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A test that failed must leave no browser behind. The driver's own way out needs the runtime that is on its way down.
impl Drop for Browser {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let session = self.driver.session_id();
            let ask = format!(
                "DELETE /session/{session} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
            );
            let address = self.chromedriver.address.trim_start_matches("http://");
            if let Ok(mut connection) = TcpStream::connect(address) {
                let _ = connection.write_all(ask.as_bytes());
                let _ = connection.read(&mut [0]);
            }
            std::mem::forget(self.driver.clone());
        }
    }
}

/// A browser with a profile of its own, at a served application.
pub(crate) struct Browser {
    driver: WebDriver,
    origin: String,
    chromedriver: Arc<Chromedriver>,
    _profile: TempDir,
    _permit: SemaphorePermit<'static>,
}

impl Browser {
    pub(crate) async fn at(served: &Served) -> Self {
        Self::at_origin(&served.origin).await
    }

    /// The same at another address of it.
    pub(crate) async fn at_origin(origin: &str) -> Self {
        // The driver's own client needs a TLS provider, too.
        drop(super::client::client());
        let permit = AT_A_TIME.acquire().await.unwrap();
        let profile = tempfile::tempdir().unwrap();
        let chromedriver = Chromedriver::shared();
        let mut wishes = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wishes.add_arg(flag).unwrap();
        }
        let folder = format!("--user-data-dir={}", profile.path().display());
        wishes.add_arg(&folder).unwrap();
        wishes
            .set_browser_log_level(LoggingPrefsLogLevel::All)
            .unwrap();
        let driver = WebDriver::new(chromedriver.address.as_str(), wishes)
            .await
            .unwrap();
        Self {
            driver,
            origin: origin.to_owned(),
            chromedriver,
            _profile: profile,
            _permit: permit,
        }
    }

    /// Ends it. What the console holds must be harmless: no violated policy, no script that broke.
    pub(crate) async fn end(self) {
        self.console_is_clean().await;
        self.driver.clone().quit().await.unwrap();
    }

    /// Asserts that nothing went wrong that the page does not show. A refused request is no fault of the page.
    pub(crate) async fn console_is_clean(&self) {
        let faults: Vec<_> = self.driver.browser_log().await.unwrap();
        let faults = faults.into_iter().filter(|entry| {
            matches!(entry.level.as_str(), "SEVERE" | "WARNING")
                && entry.source.as_deref() != Some("network")
        });
        let faults: Vec<String> = faults.map(|entry| entry.message).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }

    /// Opens a path of the application, or the link of a mail.
    pub(crate) async fn open(&self, path: &str) {
        let path = path.strip_prefix("http://localhost:8000").unwrap_or(path);
        self.driver
            .goto(format!("{}{path}", self.origin))
            .await
            .unwrap();
        self.is_ready().await;
    }

    /// Opens an address of another application, which may lead here.
    pub(crate) async fn visit(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
        self.is_ready().await;
    }

    pub(crate) async fn reload(&self) {
        self.driver.refresh().await.unwrap();
        self.is_ready().await;
    }

    pub(crate) async fn back(&self) {
        self.driver.back().await.unwrap();
        self.is_ready().await;
    }

    /// Waits for the modules of the page's script. A script of somebody's own does not say when it is ready.
    async fn is_ready(&self) {
        let deadline = Instant::now() + Duration::from_secs(2);
        let script = format!("return {IS_READY}");
        while Instant::now() < deadline {
            let returned = self.driver.execute(script.as_str(), vec![]).await;
            if returned.is_ok_and(|returned| returned.json() == &Value::Bool(true)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Runs a script in the page, with `arguments`; what it returns.
    pub(crate) async fn js(&self, script: &str, arguments: Vec<Value>) -> Value {
        let returned = self.driver.execute(script, arguments).await.unwrap();
        returned.json().clone()
    }

    /// Gives the browser a command that only developers' tools have.
    pub(crate) async fn devtools(&self, command: &str, arguments: Value) -> Value {
        let session = self.driver.session_id();
        let address = format!(
            "{}/session/{session}/goog/cdp/execute",
            self.chromedriver.address
        );
        let done = super::client::client()
            .post(address)
            .json(&json!({"cmd": command, "params": arguments}))
            .send()
            .await
            .unwrap();
        assert_eq!(done.status(), 200, "{command}");
        let answer: Value = done.json().await.unwrap();
        answer["value"].clone()
    }

    /// Runs a script in every page that is opened from now on, before any of its own.
    pub(crate) async fn every_page(&self, script: &str) {
        let source = json!({ "source": script });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", source)
            .await;
    }

    /// Has the page's clock go on by so many seconds.
    pub(crate) async fn pass(&self, seconds: u32) {
        let script =
            format!("const now = Date.now.bind(Date); Date.now = () => now() + {seconds} * 1000");
        self.js(&script, vec![]).await;
    }

    /// What the console says of requests that failed.
    pub(crate) async fn failed_requests(&self) -> Vec<String> {
        let entries: Vec<_> = self.driver.browser_log().await.unwrap();
        let entries = entries.into_iter();
        entries
            .filter(|entry| entry.source.as_deref() == Some("network"))
            .map(|entry| entry.message)
            .collect()
    }

    /// Takes all cookies away, those too that scripts do not see.
    pub(crate) async fn forget_cookies(&self) {
        self.devtools("Network.clearBrowserCookies", json!({}))
            .await;
    }

    /// Opens another tab at a path; what follows happens in it.
    pub(crate) async fn open_tab(&self, path: &str) {
        let tab = self.driver.new_tab().await.unwrap();
        self.driver.switch_to_window(tab).await.unwrap();
        self.open(path).await;
    }

    /// Goes to the first, second, … tab.
    pub(crate) async fn go_to_tab(&self, number: usize) {
        let tabs = self.driver.windows().await.unwrap();
        let tab = tabs[number].clone();
        self.driver.switch_to_window(tab).await.unwrap();
    }

    /// Has the browser ask for pages in a language.
    pub(crate) async fn speaks(&self, language: &str) {
        let agent = self.js("return navigator.userAgent", vec![]).await;
        let asked = json!({"userAgent": agent, "acceptLanguage": language});
        self.devtools("Emulation.setUserAgentOverride", asked).await;
    }

    /// Has the page shown again as it is, or with colours that the system chooses, or without motion.
    pub(crate) async fn prefers(&self, feature: &str, value: &str) {
        let features = json!({"features": [{"name": feature, "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// How wide the window is, and whether the person prefers `light` or `dark`.
    pub(crate) async fn look(&self, width: u32, scheme: &str) {
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
        // Nothing is judged half-way from one colour to another.
        let scheme = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.devtools("Emulation.setEmulatedMedia", scheme).await;
    }

    /// A picture of the whole page at the width that was chosen, as PNG.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        let size = "return [innerWidth, Math.min(Math.max(innerHeight, document.documentElement.scrollHeight), 2400)]";
        let size = self.js(size, vec![]).await;
        let whole =
            json!({"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", whole)
            .await;
        // A machine that is busy elsewhere may not come to draw a page in time.
        for _ in 0..3 {
            if let Ok(picture) = self.driver.screenshot_as_png().await {
                return picture;
            }
        }
        self.driver.screenshot_as_png().await.unwrap()
    }

    /// The element, once it is there and shown.
    pub(crate) async fn find(&self, selector: &str) -> WebElement {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(element) = self.driver.find(By::Css(selector)).await
                && element.is_displayed().await.unwrap_or(false)
            {
                return element;
            }
            assert!(
                Instant::now() < deadline,
                "{selector} never showed: {}",
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Types into a field that is empty, or is made so.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(crate) async fn press(&self, selector: &str) {
        let button = self.find(selector).await;
        button.scroll_into_view().await.unwrap();
        button.click().await.unwrap();
    }

    /// Presses the button that sends a form.
    pub(crate) async fn send(&self, form: &str) {
        self.press(&format!("[data-rs-form={form}] [type=submit]"))
            .await;
    }

    /// Types keys to whatever has the focus.
    pub(crate) async fn keys(&self, keys: &str) {
        self.driver
            .action_chain()
            .send_keys(keys)
            .perform()
            .await
            .unwrap();
    }

    /// What can be read on the page.
    pub(crate) async fn text(&self) -> String {
        let text = self.js("return document.body.innerText", vec![]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn path(&self) -> String {
        let path = self
            .js("return location.pathname + location.search", vec![])
            .await;
        path.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a script returns true.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, script: &str) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let deadline = Instant::now() + PATIENCE;
            // Between two pages there is none that could answer.
            let holds = || async {
                let returned = self.driver.execute(script, vec![]).await;
                returned.is_ok_and(|returned| returned.json() == &Value::Bool(true))
            };
            while !holds().await {
                assert!(
                    Instant::now() < deadline,
                    "{what} never came, at {place}; {}:\n{}",
                    self.path().await,
                    self.text().await
                );
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// Waits until these words can be read.
    #[track_caller]
    pub(crate) fn shows(&self, words: &str) -> impl Future<Output = ()> {
        let script = format!(
            "return document.body.innerText.includes({})",
            Value::from(words)
        );
        let words = words.to_owned();
        let place = std::panic::Location::caller();
        async move {
            self.until(&format!("{words:?} ({place})"), &script).await;
        }
    }

    /// Waits until the page is at this path, loaded, with its script run.
    #[track_caller]
    pub(crate) fn arrives(&self, path: &str) -> impl Future<Output = ()> {
        let script = format!(
            "return location.pathname + location.search === {} && {IS_READY}",
            Value::from(path)
        );
        let path = path.to_owned();
        let place = std::panic::Location::caller();
        async move {
            self.until(&format!("{path} ({place})"), &script).await;
        }
    }

    /// Logs in on the page that is open, or at the login.
    pub(crate) async fn log_in(&self, email: &str, password: &str) {
        if !self.path().await.starts_with("/account/login") {
            self.open("/account/login").await;
        }
        self.fill("[name=email]", email).await;
        self.fill("[name=password]", password).await;
        self.send("login").await;
    }

    /// Waits for the account's page with this address on it.
    pub(crate) async fn is_home_of(&self, email: &str) {
        self.arrives("/account/me").await;
        let script = format!(
            "return document.querySelector('[data-rs-field=email]').textContent === {}",
            Value::from(email)
        );
        self.until(email, &script).await;
    }

    /// Opens a section of the account.
    pub(crate) async fn open_section(&self, id: &str) {
        self.press(&format!("#{id} > summary")).await;
    }
}
