//! A house that answers over HTTP, and a client that knows as much of it as is needed.

use bellwether::app::App;
use bellwether::web::{Doors, serve};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// A house that is served until this is dropped.
pub struct Served {
    pub client: Client,
    stop: Option<Box<dyn FnOnce() + Send + Sync>>,
}

/// Asks whoever listens at an address; one connection for each request.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    pub address: SocketAddr,
}

/// What came back. Status 0: nothing did.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// In small letters.
    pub head: String,
    pub body: String,
    /// How long the body was on its way.
    pub bytes: usize,
}

impl Served {
    pub fn start(app: &Arc<App>) -> Self {
        let (tell, told) = std::sync::mpsc::channel();
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let app = Arc::clone(app);
        let thread = std::thread::spawn(move || {
            let doors = Doors { pages: ([127, 0, 0, 1], 0).into(), metrics: None };
            let started = |doors: &Doors| tell.send(doors.pages).unwrap();
            serve(app, &doors, started, async { drop(ended.await) }).unwrap();
        });
        let address = told.recv().unwrap();
        let stop = Box::new(move || {
            drop(end);
            thread.join().unwrap();
        });
        Self { client: Client { address }, stop: Some(stop) }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop();
        }
    }
}

impl Client {
    pub fn send(&self, method: &str, path: &str, headers: &[String], body: &str) -> Reply {
        self.ask(method, path, headers, body).unwrap_or(Reply {
            status: 0,
            head: String::new(),
            body: String::new(),
            bytes: 0,
        })
    }

    pub fn get(&self, path: &str, headers: &[String]) -> Reply {
        self.send("GET", path, headers, "")
    }

    pub fn post(&self, path: &str, headers: &[String], fields: &[(&str, &str)]) -> Reply {
        let mut headers = headers.to_vec();
        headers.push("Content-Type: application/x-www-form-urlencoded".into());
        self.send("POST", path, &headers, &encoded(fields))
    }

    fn ask(&self, method: &str, path: &str, headers: &[String], body: &str) -> std::io::Result<Reply> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let headers: String = headers.iter().map(|h| format!("{h}\r\n")).collect();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        )?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let sent = bytes.windows(4).position(|w| w == b"\r\n\r\n").map_or(0, |at| bytes.len() - at - 4);
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        Ok(Reply { status, head: head.to_ascii_lowercase(), body: body.to_owned(), bytes: sent })
    }
}

/// Fields as a form sends them.
fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}
