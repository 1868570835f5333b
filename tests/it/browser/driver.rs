//! A browser as a person has one: Chromium, led by chromedriver.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long something may take to appear before the test says what it waited for.
const PATIENCE: Duration = Duration::from_secs(15);
const BEAT: Duration = Duration::from_millis(40);

/// A running chromedriver. Dropping it ends it together with every browser that it has opened.
pub struct Driver {
    child: Child,
    port: u16,
    chromium: PathBuf,
}

/// What a person looks at the pages with.
#[derive(Debug, Clone, Copy)]
pub struct Device {
    pub width: u32,
    pub height: u32,
    pub phone: bool,
    pub scripts: bool,
    /// What the browser asks pages to be written in.
    pub language: &'static str,
}

impl Device {
    pub const DESK: Self = Self { width: 1440, height: 1000, phone: false, scripts: true, language: "en" };
    pub const PHONE: Self = Self { width: 390, height: 844, phone: true, scripts: true, language: "en" };
}

/// One browser with its own cookies.
pub struct Browser {
    client: Client,
    /// The port of chromedriver, for what the client does not speak of.
    port: u16,
    device: Device,
    /// Faults of pages that stop nobody from going on; told when the browser is closed.
    faults: RefCell<Vec<String>>,
}

/// The program that a variable names; without it there is nothing to test with, which is no success.
fn program(variable: &str, name: &str) -> PathBuf {
    let path = std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from).unwrap_or_else(|| {
        panic!("{variable} is not set: run scripts/test, which finds {name}, or name the program in it")
    });
    assert!(path.is_file(), "{variable} names no program: {}", path.display());
    path
}

impl Driver {
    pub fn start() -> Self {
        let driver = program("BELLWETHER_TEST_CHROMEDRIVER", "chromedriver");
        let chromium = program("BELLWETHER_TEST_CHROMIUM", "Chromium");
        let mut child = Command::new(&driver)
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", driver.display()));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        // It would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let Some(port) = port else {
            drop(child.kill());
            panic!("{} ended before it was ready: {:?}", driver.display(), child.wait());
        };
        Self { child, port, chromium }
    }

    /// Opens a browser that knows nothing yet, as on a device of its own.
    pub async fn open(&self, device: Device) -> Browser {
        let Device { width, height, phone, scripts, language } = device;
        let mut options = json!({
            "binary": self.chromium,
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-extensions", "--hide-scrollbars",
                format!("--lang={language}"), format!("--accept-lang={language}"),
                format!("--window-size={width},{height}"),
            ],
            "prefs": {
                "intl.accept_languages": language,
                "profile.managed_default_content_settings.javascript": if scripts { 1 } else { 2 },
            },
        });
        if phone {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0, "touch": true } });
        }
        let mut wishes = Map::new();
        wishes.insert("goog:chromeOptions".into(), options);
        wishes.insert("goog:loggingPrefs".into(), json!({ "browser": "ALL" }));
        if !scripts {
            // Whether a page is loaded is found out by a script, which would never answer.
            wishes.insert("pageLoadStrategy".into(), json!("none"));
        }
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(wishes).connect(&format!("http://127.0.0.1:{}", self.port)).await;
        Browser { client: client.expect("Chromium starts"), port: self.port, device, faults: RefCell::default() }
    }

    /// Asks it to close its browsers and to end.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new()).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A second panic while a failed test unwinds would hide the first.
        drop(self.shut_down());
        let until = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(BEAT);
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Browser {
    pub async fn go(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    /// The path of the page that is open, and its query.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url.as_str().strip_prefix(&url.origin().ascii_serialization()).unwrap_or_default().to_owned()
    }

    /// Waits until the open page is one whose path passes.
    pub async fn arrive(&self, what: &str, passes: impl Fn(&str) -> bool) {
        let until = Instant::now() + PATIENCE;
        loop {
            let path = self.path().await;
            let complete = self.client.execute("return document.readyState", vec![]).await;
            if passes(&path) && complete.is_ok_and(|state| state == "complete") {
                return;
            }
            assert!(Instant::now() < until, "waited for {what}, but {path} is open:\n{}", self.words().await);
            tokio::time::sleep(BEAT).await;
        }
    }

    /// The element that is seen under this selector, as soon as there is one.
    pub async fn see(&self, css: &str) -> Element {
        let until = Instant::now() + PATIENCE;
        loop {
            for found in self.client.find_all(Locator::Css(css)).await.unwrap_or_default() {
                if found.is_displayed().await.unwrap_or(false) {
                    return found;
                }
            }
            assert!(
                Instant::now() < until,
                "waited for {css} on {}, which says:\n{}",
                self.path().await,
                self.words().await
            );
            tokio::time::sleep(BEAT).await;
        }
    }

    /// What is read there.
    pub async fn text(&self, css: &str) -> String {
        self.see(css).await.text().await.unwrap()
    }

    /// Waits until these words are read there.
    pub async fn read(&self, css: &str, words: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let text = match self.client.find(Locator::Css(css)).await {
                Ok(found) => found.text().await.unwrap_or_default(),
                Err(_) => String::new(),
            };
            if text.contains(words) {
                return;
            }
            assert!(
                Instant::now() < until,
                "waited for “{words}” in {css} of {}, which says:\n{}",
                self.path().await,
                if text.is_empty() { self.words().await } else { text }
            );
            tokio::time::sleep(BEAT).await;
        }
    }

    pub async fn click(&self, css: &str) {
        let element = self.see(css).await;
        element.click().await.unwrap_or_else(|error| panic!("{css} cannot be clicked: {error}"));
    }

    /// Chooses what a person would choose by clicking on the label of a box or a point.
    pub async fn choose(&self, name: &str, value: &str) {
        self.click(&format!("label:has(input[name=\"{name}\"][value=\"{value}\"])")).await;
        let input =
            self.client.find(Locator::Css(&format!("input[name=\"{name}\"][value=\"{value}\"]"))).await.unwrap();
        assert!(input.is_selected().await.unwrap(), "{name} is {value}");
    }

    pub async fn is_chosen(&self, name: &str, value: &str) -> bool {
        let css = format!("input[name=\"{name}\"][value=\"{value}\"]");
        self.client.find(Locator::Css(&css)).await.unwrap().is_selected().await.unwrap()
    }

    /// Types into a field that is empty.
    pub async fn write(&self, css: &str, text: &str) {
        self.see(css).await.send_keys(text).await.unwrap_or_else(|error| panic!("{css} takes no text: {error}"));
    }

    /// Sets a field that has a picker instead of a keyboard, such as one for a day.
    pub async fn pick(&self, css: &str, value: &str) {
        self.see(css).await;
        let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1]; \
                      field.dispatchEvent(new Event('input', { bubbles: true })); return field.value";
        let set = self.client.execute(script, vec![json!(css), json!(value)]).await.unwrap();
        assert_eq!(set, json!(value), "{css} takes {value}");
    }

    pub async fn select(&self, css: &str, value: &str) {
        self.see(css)
            .await
            .select_by_value(value)
            .await
            .unwrap_or_else(|error| panic!("{css} has no {value}: {error}"));
    }

    /// Where a link inside a frame of the page leads to.
    pub async fn link_in_frame(&self, frame: &str, css: &str) -> Option<String> {
        self.see(frame).await.enter_frame().await.unwrap();
        let mut found = None;
        let until = Instant::now() + PATIENCE / 5;
        while found.is_none() && Instant::now() < until {
            found = match self.client.find(Locator::Css(css)).await {
                Ok(link) => link.prop("href").await.ok().flatten(),
                Err(_) => None,
            };
            tokio::time::sleep(BEAT).await;
        }
        self.client.clone().enter_parent_frame().await.unwrap();
        found
    }

    /// Is there such an element on the open page?
    pub async fn has(&self, css: &str) -> bool {
        self.client.find(Locator::Css(css)).await.is_ok()
    }

    /// Nothing may stick out to the side: a page that scrolls both ways cannot be read on a phone.
    pub async fn fits(&self) {
        let script = "const wide = document.documentElement.clientWidth; \
             return Array.from(document.querySelectorAll('body *')).filter(e => { const r = e.getBoundingClientRect(); \
             return r.width && r.right > wide + 1 && !e.closest('.scroll-x, .unseen, .seg, svg'); }) \
             .map(e => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right)).slice(0, 5)";
        let out = self.client.execute(script, vec![]).await.unwrap();
        let beyond = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let beyond = self.client.execute(beyond, vec![]).await.unwrap();
        if beyond.as_i64().unwrap_or(0) > 1 {
            let fault = format!("{} scrolls sideways at {}: {out}", self.path().await, self.device.width);
            self.faults.borrow_mut().push(fault);
        }
    }

    /// Keeps the whole page as it looks, light and dark.
    pub async fn keep(&self, name: &str) {
        for theme in ["light", "dark"] {
            self.theme(Some(theme)).await;
            let width = if self.device.phone { "390" } else { "1440" };
            let picture = self.picture().await.unwrap();
            let home = screens();
            fs::write(home.join(format!("{name}-{width}-{theme}.png")), picture).unwrap();
        }
        self.theme(None).await;
        self.fits().await;
    }

    async fn theme(&self, theme: Option<&str>) {
        let script = "if (arguments[0]) document.documentElement.dataset.theme = arguments[0]; \
                      else delete document.documentElement.dataset.theme";
        self.client.execute(script, vec![json!(theme)]).await.unwrap();
    }

    /// The page from its top to its end, at most some screens of it.
    async fn picture(&self) -> Result<Vec<u8>, CmdError> {
        if self.device.phone {
            // A phone keeps its size; the element is drawn beyond it.
            return self.client.find(Locator::Css("html")).await?.screenshot().await;
        }
        let high = self.client.execute("return document.documentElement.scrollHeight", vec![]).await?;
        let high = high.as_u64().unwrap_or(0).clamp(u64::from(self.device.height), 6000) as u32;
        // A window is higher than the page that it shows.
        let high = high + 160;
        self.client.set_window_size(self.device.width, high).await?;
        let picture = self.client.screenshot().await;
        self.client.set_window_size(self.device.width, self.device.height).await?;
        picture
    }

    /// All that is read on the open page.
    async fn words(&self) -> String {
        let body = match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await,
            Err(error) => Err(error),
        };
        body.unwrap_or_else(|error| error.to_string())
    }

    /// Speaks to chromedriver itself.
    async fn wire(&self, path: &str, body: &Value) -> Result<Value, String> {
        let session = self.client.session_id().await.unwrap().expect("a session");
        let body = body.to_string();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE * 4)).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST /session/{session}/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        // It keeps the connection open, whatever it was asked.
        let mut lines = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            lines.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut json = vec![0; length];
        lines.read_exact(&mut json).unwrap();
        let mut json: Value = serde_json::from_slice(&json).unwrap();
        let value = json["value"].take();
        if value.get("error").is_some() { Err(format!("{path} {body}: {}", value["message"])) } else { Ok(value) }
    }

    /// Asks Chromium by its own protocol, for what needs no script on the page.
    pub async fn ask(&self, command: &str, with: Value) -> Value {
        self.try_ask(command, with).await.unwrap()
    }

    /// The same, where it may well fail.
    pub async fn try_ask(&self, command: &str, with: Value) -> Result<Value, String> {
        self.wire("goog/cdp/execute", &json!({ "cmd": command, "params": with })).await
    }

    /// What the browser has complained of since it was asked last.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.wire("se/log", &json!({ "type": "browser" })).await.unwrap();
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The node under a selector, as soon as there is one; found without a script.
    async fn node(&self, css: &str) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let root = self.ask("DOM.getDocument", json!({ "depth": 0 })).await["root"]["nodeId"].take();
            // In the meantime another page may have come.
            let found = self.try_ask("DOM.querySelector", json!({ "nodeId": root, "selector": css })).await;
            if let Some(node) = found.ok().map(|found| found["nodeId"].clone()).filter(|node| *node != 0) {
                return node;
            }
            assert!(Instant::now() < until, "waited for {css}:\n{}", self.words().await);
            tokio::time::sleep(BEAT).await;
        }
    }

    /// Waits for an element on a page without scripts.
    pub async fn wait_for(&self, css: &str) {
        self.node(css).await;
    }

    /// Puts a finger on it, as on a phone; needs no script.
    pub async fn tap(&self, css: &str) {
        let node = self.node(css).await;
        self.ask("DOM.scrollIntoViewIfNeeded", json!({ "nodeId": node })).await;
        let quads = self.ask("DOM.getContentQuads", json!({ "nodeId": node })).await;
        let quad = quads["quads"][0].as_array().unwrap_or_else(|| panic!("{css} is not to be seen"));
        let at = |i: usize| quad[i].as_f64().unwrap();
        let point = json!({ "x": (at(0) + at(4)) / 2.0, "y": (at(1) + at(5)) / 2.0 });
        self.ask("Input.dispatchTouchEvent", json!({ "type": "touchStart", "touchPoints": [point] })).await;
        self.ask("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] })).await;
    }

    /// Taps a box or a point, and sees it chosen; needs no script.
    pub async fn tap_choice(&self, name: &str, value: &str) {
        self.tap(&format!("label:has(input[name=\"{name}\"][value=\"{value}\"])")).await;
        self.wait_for(&format!("input[name=\"{name}\"][value=\"{value}\"]:checked")).await;
    }

    /// Goes to a field and presses one key after the other, as a list to select from and a field for a day
    /// want it; needs no script.
    pub async fn press_keys(&self, css: &str, keys: &str) {
        let node = self.node(css).await;
        self.ask("DOM.focus", json!({ "nodeId": node })).await;
        for key in keys.chars() {
            self.ask("Input.dispatchKeyEvent", json!({ "type": "keyDown", "text": key, "key": key })).await;
            self.ask("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key })).await;
        }
    }

    /// Taps a field and types into it; needs no script.
    pub async fn tap_and_write(&self, css: &str, text: &str) {
        self.tap(css).await;
        self.wait_for(&format!("{css}:focus")).await;
        self.ask("Input.insertText", json!({ "text": text })).await;
    }

    /// Keeps the whole page as it looks, without a script; nothing may stick out to the side.
    pub async fn keep_plain(&self, name: &str) {
        let metrics = self.ask("Page.getLayoutMetrics", json!({})).await;
        let wide = metrics["cssContentSize"]["width"].as_f64().unwrap();
        assert!(wide <= f64::from(self.device.width) + 1.0, "{name} is {wide} wide");
        let picture = self.ask("Page.captureScreenshot", json!({ "captureBeyondViewport": true })).await;
        let picture = data_encoding::BASE64.decode(picture["data"].as_str().unwrap().as_bytes()).unwrap();
        fs::write(screens().join(format!("{name}-{}.png", self.device.width)), picture).unwrap();
    }

    /// Keeps the whole page as the colours and the size that are emulated show it.
    pub async fn keep_view(&self, name: &str) {
        let with = json!({ "captureBeyondViewport": true, "clip": self.whole().await });
        let picture = self.ask("Page.captureScreenshot", with).await;
        let picture = data_encoding::BASE64.decode(picture["data"].as_str().unwrap().as_bytes()).unwrap();
        fs::write(screens().join(format!("{name}.png")), picture).unwrap();
    }

    async fn whole(&self) -> Value {
        let metrics = self.ask("Page.getLayoutMetrics", json!({})).await;
        let size = &metrics["cssContentSize"];
        json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 })
    }

    /// Runs an expression on the page, past its content security policy, and waits for what it promises.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let with = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut done = self.ask("Runtime.evaluate", with).await;
        assert!(done.get("exceptionDetails").is_none(), "{}", done["exceptionDetails"]);
        done["result"]["value"].take()
    }

    /// Presses a key and lets it go, wherever the focus is: a character, or one of `fantoccini::key::Key`.
    pub async fn press(&self, key: char) {
        let keys =
            KeyActions::new("keys".into()).then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Runs a script on the page.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    pub async fn close(self) {
        let faults = self.faults.into_inner();
        self.client.close().await.unwrap();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

/// Where pictures are kept for people to look at.
fn screens() -> PathBuf {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens");
    fs::create_dir_all(&home).unwrap();
    home
}
