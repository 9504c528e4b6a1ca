//! Runs the built binary on an installation of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use noroshi_store::Store;
use noroshi_store::testkit::{Database, Engine};
use serde_json::Value;
use tempfile::TempDir;

/// An installation: a folder, and where there is a server a database beside it.
pub(crate) struct Installation {
    folder: TempDir,
    database: Option<Database>,
}

impl Installation {
    /// An empty one.
    pub(crate) fn new(engine: Engine) -> Self {
        let database = (engine == Engine::Postgres).then(|| engine.database());
        Self {
            folder: tempfile::tempdir().unwrap(),
            database,
        }
    }

    /// One with a page and two components.
    pub(crate) fn with_page(engine: Engine) -> Self {
        let installation = Self::new(engine);
        installation.ok(&["page", "create", "--name", "Acme", "--zone", "Asia/Tokyo"]);
        installation.ok(&["component", "create", "--name", "API", "--code", "api"]);
        installation.ok(&["component", "create", "--name", "Web", "--code", "web"]);
        installation
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_noroshi"));
        command.arg("--data").arg(self.folder.path());
        if let Some(url) = self.database.as_ref().and_then(Database::url) {
            command.args(["--database", url]);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Runs what must succeed; gives its output without the line's end.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {stderr}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    /// Runs what must succeed with `--json`.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        serde_json::from_str(&self.ok(&all)).unwrap()
    }

    /// Runs what must fail; gives exit code and what was said.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?} was taken");
        (output.status.code().unwrap(), stderr)
    }

    /// The page's revision.
    pub(crate) fn seq(&self) -> i64 {
        self.json(&["page", "show"])["seq"].as_i64().unwrap()
    }

    /// The store behind it.
    pub(crate) fn store(&self) -> Store {
        match &self.database {
            Some(database) => database.open(),
            None => Store::open_sqlite(self.folder.path()).unwrap(),
        }
    }

    /// Starts a server; its address is known once this returns.
    pub(crate) fn serve(&self, more: &[&str]) -> Server {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(more);
        self.start(&arguments)
    }

    /// Starts a command that serves; its address is known once this returns.
    pub(crate) fn start(&self, arguments: &[&str]) -> Server {
        let mut child = self
            .command()
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line = line.unwrap();
            line.strip_prefix("listening on http://").map(str::to_owned)
        });
        Server {
            child,
            address: address.expect("the server says its address"),
        }
    }

    /// A file of this installation's folder, made by the test.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// A running server; killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    /// Asks for a path; gives status and body.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.ask(path, &[])
    }

    /// The same with headers of its own.
    pub(crate) fn ask(&self, path: &str, headers: &[&str]) -> (u16, String) {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: status.example\r\nConnection: close\r\n"
        )
        .unwrap();
        for header in headers {
            write!(stream, "{header}\r\n").unwrap();
        }
        write!(stream, "\r\n").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    /// Waits until a path's body holds words, at most so many milliseconds.
    pub(crate) fn wait_for(&self, path: &str, words: &str, most_ms: u64) {
        let deadline = std::time::Instant::now() + std::time::Duration::from_millis(most_ms);
        loop {
            let (_, body) = self.get(path);
            if body.contains(words) {
                return;
            }
            let is_over = std::time::Instant::now() > deadline;
            assert!(
                !is_over,
                "{path} has not shown {words:?} in {most_ms} ms: {body}"
            );
            std::thread::yield_now();
        }
    }

    /// Waits until something holds, at most so many milliseconds.
    pub(crate) fn wait_until(&self, most_ms: u64, holds: impl Fn() -> bool) {
        let deadline = std::time::Instant::now() + std::time::Duration::from_millis(most_ms);
        while !holds() {
            let is_over = std::time::Instant::now() > deadline;
            assert!(!is_over, "{} has not done it in {most_ms} ms", self.address);
        }
    }

    /// Ends it as an init system would; gives whether it ended well.
    pub(crate) fn terminate(mut self) -> bool {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().success()
    }

    /// Kills it on the spot.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
