//! A server with pages made by hand, and a client that sends exactly the bytes it is told.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use noroshi_domain::{Fact, Instant, Locale, PageId, STATE_INCIDENT_DAYS, State};
use noroshi_ops::{App, Chance, ManualClock};
use noroshi_page::{View, front};
use noroshi_publish::path::{self, PagePath};
use noroshi_publish::{Edition, Made, Published, Site};
use noroshi_server::{Limits, Surface, serve};
use noroshi_store::Store;
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// How long a client waits for bytes that must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server of its own, on a port of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) published: Arc<Published>,
    pub(crate) surface: Surface,
    pub(crate) shutdown: CancellationToken,
    thread: Option<JoinHandle<()>>,
    directory: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

impl Server {
    /// A server with one page in English and Japanese that has no host.
    pub(crate) fn with_one_page() -> Self {
        Self::start(Limits::default(), &[site("acme", &[], None)])
    }

    pub(crate) fn start(limits: Limits, sites: &[Site]) -> Self {
        Self::start_with(limits, sites, None)
    }

    pub(crate) fn start_with(limits: Limits, sites: &[Site], tls: Option<TlsAcceptor>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let published = Arc::new(Published::open(&directory.path().join("published")).unwrap());
        for site in sites {
            publish(&published, site, documents(site));
        }
        let store = Store::open_sqlite(directory.path()).unwrap();
        let clock = ManualClock::at(Instant::parse("2026-03-04T10:00:00Z").unwrap());
        let app = App::new(store, Arc::new(clock), Chance::System);
        let surface = Surface::new(published, app, limits);
        Self::listen(directory, surface, tls)
    }

    /// A server over a surface that was made by the test.
    pub(crate) fn listen(directory: TempDir, surface: Surface, tls: Option<TlsAcceptor>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let (own, token) = (surface.clone(), shutdown.clone());
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                serve(own, listener, tls, token).await;
            });
        });
        let published = Arc::clone(surface.published());
        Self {
            address,
            published,
            surface,
            shutdown,
            thread: Some(thread),
            directory,
        }
    }

    /// Where its published files lie.
    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.directory.path().join("published")
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// Sends a request line and headers, and reads the answer.
    pub(crate) fn ask(&self, line: &str, headers: &[&str]) -> Answer {
        let mut stream = self.connect();
        let mut request = format!("{line} HTTP/1.1\r\nconnection: close\r\n");
        if !headers.iter().any(|header| header.starts_with("host:")) {
            request.push_str("host: any.example\r\n");
        }
        for header in headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        read_answer(&mut stream, line.starts_with("HEAD"))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), &[])
    }

    /// Whatever a test wrote is there after a restart, and readers are shown the same: every page
    /// is read anew from the disk, as a process that has just started does.
    fn read_back(&self) {
        let app = self.surface.app();
        // A server whose store is elsewhere is read back by its own test.
        if !self.directory.path().join("record.db").exists() {
            return;
        }
        let store = Store::open_sqlite(self.directory.path()).unwrap();
        let now = app.now();
        let again = App::new(store, Arc::new(ManualClock::at(now)), Chance::System);
        let pages = app.pages().unwrap();
        assert_eq!(again.pages().unwrap(), pages);
        for page in pages {
            let (stood, stands) = (app.state(&page).unwrap(), again.state(&page).unwrap());
            let kept = stands.facts();
            let lost: Vec<Fact> = stood
                .facts()
                .into_iter()
                .filter(|fact| !kept.contains(fact))
                .filter(|fact| !is_of_long_ago(fact, &stood))
                .collect();
            assert_eq!(lost, [], "of {page}, after a restart");
            assert_eq!(stands.head, stood.head, "{page}");
            let locale = stood.page.default_locale;
            let shown = |state| front(&View::project(state, now), locale);
            assert!(shown(&stands) == shown(&stood), "the front page of {page}");
        }
    }

    /// Ends the server and waits for it.
    pub(crate) fn stop(&mut self) {
        self.shutdown.cancel();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        if !std::thread::panicking() {
            self.read_back();
        }
    }
}

/// Whether a fact belongs to an incident that a fresh start leaves in the store.
fn is_of_long_ago(fact: &Fact, stood: &State) -> bool {
    let incident = match fact {
        Fact::Incident(incident) => &incident.id,
        Fact::Update(update) => &update.incident_id,
        Fact::Promise(promise) => &promise.incident_id,
        _ => return false,
    };
    let kept_from = stood.head.at.plus_seconds(-STATE_INCIDENT_DAYS * 86_400);
    let incident = stood.incidents.get(incident);
    incident.is_some_and(|own| own.lifecycle.is_over() && own.created_at < kept_from)
}

/// Reads one answer by its length.
pub(crate) fn read_answer(stream: &mut impl Read, is_head: bool) -> Answer {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        let count = stream.read(&mut byte).unwrap();
        assert!(
            count > 0,
            "closed within a header: {:?}",
            String::from_utf8_lossy(&head)
        );
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .fold(HashMap::new(), |mut all, (name, value)| {
            // An answer may give several cookies: each is a line.
            let own: &mut String = all.entry(name).or_default();
            if !own.is_empty() {
                own.push('\n');
            }
            own.push_str(&value);
            all
        });
    let has_body = !is_head && status != 304 && status != 204;
    let length = headers
        .get("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; if has_body { length } else { 0 }];
    stream.read_exact(&mut body).unwrap();
    if headers
        .get("connection")
        .is_some_and(|value| value == "close")
    {
        let mut rest = Vec::new();
        drop(stream.read_to_end(&mut rest));
        assert!(
            rest.is_empty(),
            "bytes after the body: {:?}",
            String::from_utf8_lossy(&rest)
        );
    }
    Answer {
        status,
        headers,
        body,
    }
}

/// Whether the server ends a connection by itself, whatever it says before.
pub(crate) fn is_closed(stream: &mut TcpStream) -> bool {
    let mut bytes = [0; 1024];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::ConnectionReset,
        }
    }
}

pub(crate) fn site(name: &str, hosts: &[&str], path: Option<&str>) -> Site {
    Site {
        page_id: PageId::parse(name).unwrap(),
        // The page "two" was made first.
        created_at: Instant::from_micros(i64::from(name != "two")),
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        path: path.map(str::to_owned),
        old_hosts: Vec::new(),
        old_paths: Vec::new(),
        address: hosts.first().map_or_else(String::new, |host| {
            format!("https://{host}{}", path.unwrap_or_default())
        }),
        default_locale: Locale::En,
        locales: vec![Locale::En, Locale::Ja],
        seq: 7,
        styles: vec!["c3R5bGU=".to_owned()],
    }
}

pub(crate) fn publish(published: &Published, site: &Site, made: Vec<Made>) {
    let edition = Edition {
        site: site.clone(),
        state: None,
        made_at: None,
        live: None,
        gone: Vec::new(),
    };
    published.publish(edition, made).unwrap();
}

/// One of each kind, each naming its page, its path and its locale.
pub(crate) fn documents(site: &Site) -> Vec<Made> {
    let localized = [
        path::front(),
        path::history(),
        path::not_found(),
        path::api(),
        path::atom(),
        PagePath::parse("/incidents/inc1").unwrap(),
    ];
    let single = [
        path::api_v2("status"),
        path::beat(),
        PagePath::parse("/incidents/inc1.json").unwrap(),
    ];
    let body = |path: &PagePath, locale: &str| {
        format!("[{} {path} {locale}]", site.page_id)
            .repeat(40)
            .into_bytes()
    };
    let mut made = Vec::new();
    for path in localized {
        for locale in [Locale::En, Locale::Ja] {
            let body = body(&path, locale.as_str());
            made.push(Made {
                path: path.clone(),
                locale: Some(locale),
                body,
            });
        }
    }
    for path in single {
        let body = body(&path, "any");
        made.push(Made {
            path,
            locale: None,
            body,
        });
    }
    made
}
