//! A `PostgreSQL` server of our own in a temporary folder, on a free port of 127.0.0.1.
//!
//! Its files are copied from a template, which the first test makes with `initdb` and leaves in
//! the temporary folder of the build for all others.
//!
//! A small shell script holds it: it stops the server and removes the folder as soon as its input
//! ends, which it does also when the test's process is killed.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use noroshi_domain::hash_hex;
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// Who runs the server when we are root, which it refuses to be.
const USER: &str = "postgres";

/// Speed instead of safety: what is in it is of no use after the test.
const OPTIONS: &str = "-c listen_addresses=127.0.0.1 -c fsync=off \
    -c full_page_writes=off -c shared_buffers=16MB -c max_connections=80";

/// How the template is made. Short log segments make the copy smaller by 15 MB.
const INITDB: [&str; 9] = [
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--no-locale",
    "--no-sync",
    "--wal-segsize=1",
];
/// How many letters of a hash name the template.
const TEMPLATE_NAME_CHARS: usize = 16;

const SCRIPT: &str = r#"
start() { "$BIN/pg_ctl" -D "$ROOT/data" -w -t 60 -s -l "$ROOT/log" -o "$OPTIONS" start 1>&2; }
stop() { "$BIN/pg_ctl" -D "$ROOT/data" -w -m immediate -s stop 1>&2; }
start && echo ready || { cat "$ROOT/log" 1>&2; echo failed; }
while read -r order; do
    "$order" && echo done || echo failed
done
stop
rm -rf "$ROOT"
"#;

/// A running server; it stops when dropped.
pub struct Cluster {
    root: TempDir,
    port: u16,
    holder: std::sync::Mutex<Holder>,
    database_count: AtomicU32,
}

struct Holder {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Cluster {
    /// Starts one. Panics with what is missing where it can not.
    pub fn start() -> Self {
        let bin = programs();
        let root = own_folder();
        copy(&template(&bin), &root.path().join("data"));
        let port = free_port();
        let root_text = root.path().display();
        let mut child = own_command(Path::new("sh"))
            .args(["-c", SCRIPT])
            .env("BIN", &bin)
            .env("ROOT", root.path())
            .env(
                "OPTIONS",
                format!("{OPTIONS} -p {port} -c unix_socket_directories={root_text}"),
            )
            .current_dir(root.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh, and setpriv when we are root, can be run");
        let answers = BufReader::new(child.stdout.take().expect("it was asked for"));
        let mut holder = Holder { child, answers };
        assert_eq!(
            holder.answer(),
            "ready",
            "PostgreSQL of {} did not start; its log is above",
            bin.display()
        );
        Self {
            root,
            port,
            holder: std::sync::Mutex::new(holder),
            database_count: AtomicU32::new(0),
        }
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and gives its address.
    pub fn create_database(&self) -> String {
        let number = self.database_count.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.script("postgres", &format!("create database {name}"));
        self.url(&name)
    }

    /// Runs statements in a database, past the store.
    pub fn script(&self, database: &str, text: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime of one thread");
        let url = self.url(database);
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls)
                .await
                .expect("our own server answers");
            let connection = tokio::spawn(connection);
            client
                .batch_execute(text)
                .await
                .expect("the test's own SQL");
            drop(client);
            connection
                .await
                .expect("it does not panic")
                .expect("our own server says goodbye");
        });
    }

    /// Stops the server as a crash would.
    pub fn halt(&self) {
        self.order("stop");
    }

    /// Starts a halted server again, on the same port.
    pub fn resume(&self) {
        self.order("start");
    }

    /// Stops all of the server's processes in their tracks: it takes connections and answers
    /// nothing.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets a frozen server go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// Takes encrypted connections only, with this certificate and key (PEM). Restarts the server.
    pub fn encrypt(&self, certificate: &str, key: &str) {
        let data = self.root.path().join("data");
        let owner = fs::metadata(&data).expect("the server made its folder");
        for (name, content) in [
            ("server.crt", certificate),
            ("server.key", key),
            ("pg_hba.conf", "hostssl all all 127.0.0.1/32 trust\n"),
        ] {
            let path = data.join(name);
            fs::write(&path, content).expect("the folder can be written to");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
                .expect("a mode can be set");
            chown(&path, Some(owner.uid()), Some(owner.gid())).expect("its folder's owner");
        }
        let settings = data.join("postgresql.auto.conf");
        fs::write(&settings, "ssl = on\n").expect("the folder can be written to");
        self.halt();
        self.resume();
    }

    /// The port of 127.0.0.1 that it listens on.
    pub const fn port(&self) -> u16 {
        self.port
    }

    fn order(&self, word: &str) {
        let mut holder = self
            .holder
            .lock()
            .expect("no test panics while it holds it");
        let input = holder.child.stdin.as_mut().expect("it was asked for");
        writeln!(input, "{word}").expect("the script waits for orders");
        assert_eq!(holder.answer(), "done", "PostgreSQL did not {word}");
    }

    fn signal(&self, signal: &str) {
        let file = fs::read_to_string(self.root.path().join("data/postmaster.pid"))
            .expect("a running server leaves its number");
        let first = file.lines().next().expect("its first line").trim();
        let children = fs::read_to_string(format!("/proc/{first}/task/{first}/children"))
            .expect("a running server has processes");
        let sent = Command::new("kill")
            .arg(signal)
            .arg(first)
            .args(children.split_whitespace())
            .status()
            .expect("kill can be run");
        assert!(sent.success(), "a process of the server is gone");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Ok(holder) = self.holder.get_mut() {
            drop(holder.child.stdin.take());
            drop(holder.child.wait());
        }
    }
}

impl Holder {
    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("the script says how it went");
        line.trim().to_owned()
    }
}

/// The files of an empty cluster, made once for each version, way to make it and user.
///
/// It is complete where it is there: it gets its name last, under a lock.
fn template(bin: &Path) -> PathBuf {
    let initdb = bin.join("initdb");
    let version = output(Command::new(&initdb).arg("--version"));
    let way = format!("{version} {} {}", INITDB.join(" "), own_user());
    let hash = hash_hex(way.as_bytes());
    let folder = build_folder();
    let name = format!("postgres-{}", &hash[..TEMPLATE_NAME_CHARS]);
    let made = folder.join(&name);
    if made.is_dir() {
        return made;
    }
    fs::create_dir_all(&folder).expect("the build's own folder");
    let lock = fs::File::create(folder.join(format!("{name}.lock"))).expect("a file in it");
    lock.lock().expect("whoever makes it lets go of it");
    if made.is_dir() {
        return made;
    }
    let first = own_folder();
    let data = first.path().join("data");
    output(
        own_command(&initdb)
            .args(INITDB)
            .arg("-D")
            .arg(&data)
            .current_dir(first.path()),
    );
    let half_made = folder.join(format!("{name}.new"));
    // Somebody was killed over it.
    drop(fs::remove_dir_all(&half_made));
    copy(&data, &half_made);
    fs::rename(&half_made, &made).expect("a name beside it");
    made
}

/// The temporary folder of the build that this test belongs to: it stays from run to run.
fn build_folder() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let mut above = program.ancestors();
    above
        .find(|folder| folder.ends_with("deps"))
        .and_then(|deps| deps.parent()?.parent())
        .map_or_else(env::temp_dir, |target| target.join("tmp"))
}

/// Copies a folder with owners and modes.
fn copy(from: &Path, to: &Path) {
    output(Command::new("cp").arg("-a").arg(from).arg(to));
}

/// Runs a program to its end and gives what it printed. Panics with its complaint.
fn output(command: &mut Command) -> String {
    let done = command.stdin(Stdio::null()).output();
    let done = done.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {complaint}");
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// A temporary folder of the user that runs the server.
fn own_folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    if is_root() {
        let (user, group) = user_of(USER);
        chown(folder.path(), Some(user), Some(group)).expect("root may give folders away");
    }
    folder
}

/// A program, run by the user that runs the server.
fn own_command(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", USER, "--regid", USER, "--clear-groups"])
        .arg(program);
    command
}

/// The number of the user that runs the server.
fn own_user() -> u32 {
    match process_user() {
        0 => user_of(USER).0,
        user => user,
    }
}

fn is_root() -> bool {
    process_user() == 0
}

fn process_user() -> u32 {
    let process = fs::metadata("/proc/self").expect("the tests run on Linux");
    process.uid()
}

/// The folder of `initdb` and `pg_ctl`.
fn programs() -> PathBuf {
    if let Some(given) = env::var_os("NOROSHI_PG_BIN") {
        let given = PathBuf::from(given);
        assert!(has_programs(&given), "NOROSHI_PG_BIN has no initdb, pg_ctl");
        return given;
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    installed.sort();
    env::split_paths(&path)
        .chain(installed.into_iter().rev())
        .find(|folder| has_programs(folder))
        .expect(
            "the tests need PostgreSQL 15 or newer: install its server, or name the folder of \
             initdb and pg_ctl in NOROSHI_PG_BIN",
        )
}

fn has_programs(folder: &Path) -> bool {
    ["initdb", "pg_ctl"]
        .iter()
        .all(|program| folder.join(program).is_file())
}

fn user_of(name: &str) -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").expect("there is a list of users");
    let line = users
        .lines()
        .find(|line| line.split(':').next() == Some(name))
        .unwrap_or_else(|| panic!("PostgreSQL refuses root, and there is no user {name}"));
    let mut numbers = line.split(':').skip(2).map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(user)), Some(Ok(group))) => (user, group),
        _ => panic!("the line of user {name} has no numbers"),
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
