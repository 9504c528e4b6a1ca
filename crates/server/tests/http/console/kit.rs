//! A page with systems, and an operator at its console.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use noroshi_domain::{
    Act, Actor, ActorKind, Command, ComponentId, Instant, Locale, Measurement, NewComponent,
    NewPage, PageId, PageSettings, StartDate, State, Status, Texts, Zone,
};
use noroshi_ops::tokens::NewToken;
use noroshi_ops::{App, Caller, Chance, ManualClock, Role};
use noroshi_publish::Published;
use noroshi_server::{Limits, Surface};
use noroshi_store::Store;

use crate::kit::{Answer, Server, read_answer};

/// When every test begins.
pub(crate) const START: &str = "2026-11-18T05:00:00Z";

/// A server with one page, and what is needed to act on it.
pub(crate) struct Place {
    pub(crate) server: Server,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) page: PageId,
    tokens: BTreeMap<Role, String>,
}

pub(crate) fn id(name: &str) -> ComponentId {
    ComponentId::parse(name).unwrap()
}

impl Place {
    /// Kazamori, in Tokyo, with the systems `api`, `chat` and `hub`, which depends on `api`.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let published = Published::open(&directory.path().join("published")).unwrap();
        let store = Store::open_sqlite(directory.path()).unwrap();
        let clock = Arc::new(ManualClock::at(Instant::parse(START).unwrap()));
        let app = App::new(store, Arc::clone(&clock) as Arc<_>, Chance::System);
        let surface = Surface::new(Arc::new(published), app, Limits::default());
        let server = Server::listen(directory, surface, None);
        let mut place = Self {
            server,
            clock,
            page: PageId::parse("kazamori").unwrap(),
            tokens: BTreeMap::new(),
        };
        place.enter();
        place
    }

    fn enter(&mut self) {
        let new = NewPage {
            id: Some(self.page.clone()),
            name: Texts::of(Locale::En, "Kazamori").with(Locale::Ja, "カザモリ"),
            hosts: Vec::new(),
            path: None,
            url: None,
            zone: Zone::parse("Asia/Tokyo").unwrap(),
            default_locale: Locale::Ja,
            locales: vec![Locale::Ja, Locale::En],
            settings: PageSettings::default(),
        };
        let actor = Actor::command_line();
        self.app().create_page(&actor, &new).unwrap();
        for (name, ja, en) in [
            ("api", "公開API", "Public API"),
            ("chat", "チャット", "Chat"),
            ("hub", "データハブ", "Data hub"),
        ] {
            self.execute(Command::CreateComponent(Box::new(NewComponent {
                id: Some(id(name)),
                name: Texts::of(Locale::Ja, ja).with(Locale::En, en),
                description: Texts::default(),
                group_id: None,
                position: None,
                showcase: true,
                start_date: StartDate::Today,
                only_show_if_degraded: false,
                depends_on: if name == "hub" {
                    vec![id("api")]
                } else {
                    Vec::new()
                },
                third_party: false,
                restricted: false,
                status: Status::Operational,
                created_at: None,
            })));
        }
        for role in Role::ALL {
            let new = NewToken {
                name: format!("A {}", role.as_str()),
                role,
                pages: Vec::new(),
                expires_at: None,
            };
            let made = self.app().create_token(&Caller::command_line(), &new);
            self.tokens.insert(role, made.unwrap().1);
        }
    }

    pub(crate) fn app(&self) -> &App {
        self.server.surface.app()
    }

    pub(crate) fn state(&self) -> Arc<State> {
        self.app().state(&self.page).unwrap()
    }

    /// Carries a command out as the command line does.
    pub(crate) fn execute(&self, command: Command) -> noroshi_domain::Answer {
        let actor = Actor::command_line();
        self.app()
            .execute(&self.page, &actor, command, None)
            .unwrap()
    }

    pub(crate) fn say(&self, component: &str, status: Status) {
        let (id, act) = (id(component), Act::Set);
        self.execute(Command::SetStatus { id, status, act });
    }

    pub(crate) fn measure(&self, component: &str, status: Status, since: &str) {
        let found = Measurement {
            component_id: id(component),
            status: Some(status),
            since: Instant::parse(since).unwrap(),
        };
        let actor = Actor {
            kind: ActorKind::Monitor,
            id: "test".to_owned(),
        };
        let command = Command::Measured(vec![found]);
        self.app()
            .execute(&self.page, &actor, command, None)
            .unwrap();
    }

    /// The path of a screen of the page.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/console/pages/{}{rest}", self.page)
    }

    /// Opens a screen of the page in Japanese.
    pub(crate) fn get(&self, role: Role, rest: &str) -> Answer {
        self.get_at(role, &self.path(rest))
    }

    /// Opens any screen in Japanese.
    pub(crate) fn get_at(&self, role: Role, path: &str) -> Answer {
        let headers = [self.key(role), "cookie: noroshi_language=ja".to_owned()];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        self.server.ask(&format!("GET {path}"), &headers)
    }

    /// Sends a form to a screen of the page.
    pub(crate) fn post(&self, role: Role, rest: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_at(role, &self.path(rest), fields)
    }

    /// Sends a form.
    pub(crate) fn post_at(&self, role: Role, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let body = body.join("&");
        let kind = "application/x-www-form-urlencoded";
        self.send(role, path, (kind, body.as_bytes()))
    }

    /// Sends a body of any kind to a screen of the page.
    pub(crate) fn post_body(&self, role: Role, rest: &str, body: (&str, &[u8])) -> Answer {
        self.send(role, &self.path(rest), body)
    }

    fn send(&self, role: Role, path: &str, (kind, body): (&str, &[u8])) -> Answer {
        let mut stream = self.server.connect();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: any.example\r\nconnection: close\r\n{}\r\n\
             cookie: noroshi_language=ja\r\norigin: http://any.example\r\n\
             content-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            self.key(role),
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        read_answer(&mut stream, false)
    }

    fn key(&self, role: Role) -> String {
        format!("authorization: OAuth {}", self.tokens[&role])
    }
}

fn encoded(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(escape).collect()
}
