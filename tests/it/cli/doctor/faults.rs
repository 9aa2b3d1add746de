//! Databases that can't be written or trusted, seen by the built program: the doctor is red with the remedy that helps, and
//! a server that cannot write says that it is not ready.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{FileExt as _, chown};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Diagnosis, diagnosed, diagnosed_by, healthy, installed};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::process::{Place, Ran, Server};

/// Nobody's user and group.
const NOBODY: u32 = 65534;

/// Another program in front of a command, which is to start it.
fn behind(front: &[&str], command: &Command) -> Command {
    let mut whole = Command::new(front[0]);
    whole
        .args(&front[1..])
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(folder) = command.get_current_dir() {
        whole.current_dir(folder);
    }
    whole.env_clear();
    for (name, value) in command.get_envs() {
        whole.env(name, value.unwrap_or_default());
    }
    whole
}

/// What readiness says once it says this.
async fn readiness(server: &Server, wanted: u16) {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        let answer = server.get("//readyz").await;
        if answer.status.as_u16() == wanted {
            return;
        }
        assert!(Instant::now() < deadline, "{wanted} is wanted: {answer:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn register(server: &Server, email: &str) -> u16 {
    let body = json!({"email": email, "password": PASSWORD});
    server.post("/register", body).await.status.as_u16()
}

/// A disk of a few MiB, in a mount namespace that goes with its process.
struct SmallDisk {
    holder: Child,
    front: Vec<String>,
}

impl SmallDisk {
    /// Mounts it as `disk` in the place. None where this machine lets nobody mount.
    fn in_place(place: &Place) -> Option<Self> {
        std::fs::create_dir(place.path("disk")).unwrap();
        for (unshare, nsenter) in [("-m", &[][..]), ("-Urm", &["-U", "--preserve-credentials"])] {
            let script = "mount -t tmpfs -o size=3m tmpfs disk && echo ready && exec sleep 600";
            let holder = Command::new("unshare")
                .args([unshare, "sh", "-c", script])
                .current_dir(place.path(""))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn();
            let Ok(mut holder) = holder else {
                return None;
            };
            let mut said = String::new();
            let _ = BufReader::new(holder.stdout.take().unwrap()).read_line(&mut said);
            if said == "ready\n" {
                let id = holder.id().to_string();
                let folder = place.path("").display().to_string();
                let front = ["nsenter", "-t", &id, "-m"];
                let inside = ["sh", "-c", "cd \"$0\" && exec \"$@\"", &folder];
                let front = [&front[..], nsenter, &inside].concat();
                return Some(Self {
                    holder,
                    front: front.into_iter().map(str::to_owned).collect(),
                });
            }
            let _ = holder.wait();
        }
        None
    }

    fn inside(&self, command: &Command) -> Command {
        let front: Vec<&str> = self.front.iter().map(String::as_str).collect();
        behind(&front, command)
    }

    fn shell(&self, script: &str) {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        assert!(self.inside(&shell).status().unwrap().success(), "{script}");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

#[tokio::test]
async fn a_full_disk_is_red_and_not_ready_until_there_is_room() {
    let place = Place::over("sqlite:disk/accounts.db");
    let Some(disk) = SmallDisk::in_place(&place) else {
        // Nobody may mount here: the limit on files below stands for it.
        return;
    };
    let serve = place.command(&["serve", "--json", "--create"]);
    let server = Server::start(disk.inside(&serve));
    assert_eq!(register(&server, "ada@example.com").await, 201);
    readiness(&server, 200).await;
    disk.shell("cat /dev/zero > disk/filler 2> /dev/null || true");
    readiness(&server, 503).await;
    assert_eq!(register(&server, "bob@example.com").await, 503);
    let doctor =
        async || diagnosed_by(&[], |arguments| disk.inside(&place.command(arguments))).await;
    let red = doctor().await;
    red.ends_with(1).says(
        "fail",
        "database",
        &["no space to write", "accounts.db", "0 MiB free"],
        "free up space on that disk",
    );
    disk.shell("rm disk/filler");
    readiness(&server, 200).await;
    assert_eq!(register(&server, "bob@example.com").await, 201);
    doctor().await.ends_with(0);
    let said = server.stop();
    assert!(said.contains("no space to write"), "{said}");
}

/// A page still finds a place, a registration does not: that is full.
#[tokio::test]
async fn a_disk_with_room_for_a_page_is_full() {
    let place = Place::over("sqlite:disk/accounts.db");
    let Some(disk) = SmallDisk::in_place(&place) else {
        return;
    };
    let serve = place.command(&["serve", "--json", "--create"]);
    let server = Server::start(disk.inside(&serve));
    assert_eq!(register(&server, "ada@example.com").await, 201);
    assert_eq!(server.get("//readyz").await.status, 200);
    disk.shell("cat /dev/zero > disk/filler 2> /dev/null || truncate -s -16K disk/filler");
    readiness(&server, 503).await;
    assert_eq!(register(&server, "bob@example.com").await, 503);
    let red = diagnosed_by(&[], |arguments| disk.inside(&place.command(arguments))).await;
    red.ends_with(1).says(
        "fail",
        "database",
        &["no space to write", "0 MiB free"],
        "free up space on that disk",
    );
    server.stop();
}

/// As under a systemd unit that does not name the folder.
#[tokio::test]
async fn a_file_system_that_is_read_only_is_named_and_not_the_rights() {
    let place = Place::over("sqlite:disk/accounts.db");
    let Some(disk) = SmallDisk::in_place(&place) else {
        return;
    };
    let inside = |arguments: &[&str]| disk.inside(&place.command(arguments));
    assert_eq!(Ran::end_of(inside(&["db", "migrate"])).code, Some(0));
    disk.shell("mount -o remount,ro disk");
    diagnosed_by(&[], inside).await.ends_with(1).says(
        "fail",
        "database",
        &["a file system that is read-only here"],
        "ReadWritePaths=",
    );
    Ran::end_of(inside(&["serve"])).refused(4, &["read-only here", "ReadWritePaths="]);
    disk.shell("mount -o remount,rw disk");
    diagnosed_by(&[], inside).await.ends_with(0);
}

#[tokio::test]
async fn a_limit_on_files_is_red_and_not_ready() {
    let place = installed();
    // Without this a process ends that writes beyond its limit.
    let unlimited = ["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];
    let server = Server::start(behind(&unlimited, &place.command(&["serve", "--json"])));
    readiness(&server, 200).await;
    let process = server.process().to_string();
    let limited = Command::new("prlimit")
        .args(["--pid", &process, "--fsize=0:0"])
        .status();
    assert!(limited.unwrap().success());
    readiness(&server, 503).await;
    assert_eq!(register(&server, "bob@example.com").await, 503);
    let limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""];
    let red = diagnosed_by(&[], |arguments| behind(&limited, &place.command(arguments))).await;
    red.ends_with(1).says(
        "fail",
        "database",
        &["the disk of", "reports an error", "MiB free"],
        "over its quota",
    );
}

/// The place as a user has it who may read everything and write nothing of the database.
fn of_a_reader(place: &Place) -> impl Fn(&[&str]) -> Command {
    let is_root = rustix_uid() == 0;
    place.set_mode("", 0o755);
    for name in ["regstack.toml", "regstack.secrets.env"] {
        if is_root {
            chown(place.path(name), Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    // Of the file's owner the mode has to say it.
    place.set_mode("accounts.db", if is_root { 0o644 } else { 0o444 });
    let folder = place.path("");
    move |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regstack"));
        command
            .args(arguments)
            .current_dir(&folder)
            .env("PATH", "/usr/bin:/bin");
        if is_root {
            let front = [
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
            ];
            behind(&front, &command)
        } else {
            behind(&["env"], &command)
        }
    }
}

fn rustix_uid() -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").unwrap().uid()
}

#[tokio::test]
async fn a_file_of_somebody_else_is_red_and_nothing_is_served_from_it() {
    let place = installed();
    let reader = of_a_reader(&place);
    let red = diagnosed_by(&[], &reader).await;
    red.ends_with(1).says(
        "fail",
        "database",
        &[
            "accounts.db can't be written",
            "the file belongs to uid",
            "its folder",
            "this is uid",
        ],
        "chown",
    );
    let ran = Ran::end_of(reader(&["serve"]));
    assert_ne!(ran.code, Some(0));
    for words in ["can't be written", "belongs to uid", "chown"] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
}

#[tokio::test]
async fn a_damaged_file_is_red_with_what_saves_it() {
    let place = installed();
    place.crowd(3000);
    let raw = place.raw();
    raw.execute_batch("pragma wal_checkpoint(truncate)")
        .unwrap();
    let pages: u32 = raw
        .query_row("pragma page_count", [], |row| row.get(0))
        .unwrap();
    drop(raw);
    let server = place.serve(&[]);
    readiness(&server, 200).await;
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(place.path("accounts.db"))
        .unwrap();
    file.write_all_at(&vec![0; 6 * 4096], u64::from(pages) / 2 * 4096)
        .unwrap();
    let red = diagnosed(&place, &[]).await;
    red.says(
        "fail",
        "database",
        &["the file is damaged"],
        "restore the last backup",
    );
    drop(server);
    // Cut off in the middle.
    file.set_len(u64::from(pages) / 2 * 4096).unwrap();
    let red = diagnosed(&place, &[]).await;
    red.says("fail", "database", &["damaged"], "restore the last backup");
}

#[tokio::test]
async fn a_file_that_another_program_keeps_locked_is_red_and_not_ready() {
    let place = installed();
    let server = place.serve(&[]);
    readiness(&server, 200).await;
    let other = place.raw();
    other.execute_batch("begin immediate").unwrap();
    readiness(&server, 503).await;
    let red = diagnosed(&place, &[]).await;
    red.ends_with(1).says(
        "fail",
        "database",
        &["another program has locked", "accounts.db"],
        "stop that program",
    );
    other.execute_batch("rollback").unwrap();
    readiness(&server, 200).await;
    diagnosed(&place, &[]).await.ends_with(0);
}

#[tokio::test]
async fn a_log_that_grows_while_somebody_reads_is_warned_of() {
    let (place, _sink) = healthy().await;
    let (reader, writer) = (place.raw(), place.raw());
    reader
        .execute_batch("begin; select count(*) from users")
        .unwrap();
    writer
        .execute_batch(
            "create table bulk (b); insert into bulk values (zeroblob(68000000)); drop table bulk",
        )
        .unwrap();
    let warned = diagnosed(&place, &[]).await;
    warned.ends_with(0).says(
        "warn",
        "database",
        &[
            "accounts.db-wal has grown to 6",
            "another program keeps a read transaction open",
        ],
        "fuser -v",
    );
    let server = place.serve(&[]);
    server.says("write-ahead log keeps growing");
    drop((reader, writer));
}

/// All that a database is asked but whether it is there.
const COMMANDS: [&str; 14] = [
    "find",
    "aggregate",
    "insert",
    "update",
    "delete",
    "findAndModify",
    "count",
    "distinct",
    "getMore",
    "listIndexes",
    "createIndexes",
    "listCollections",
    "dbStats",
    "commitTransaction",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_refuses_commands_is_red_and_not_ready() {
    let database = Database::fresh(Kind::Mongo).await;
    let place = Place::over(&database.wired_url());
    place.create_admin("ada@example.com");
    let server = place.serve(&[]);
    readiness(&server, 200).await;
    // As a server with authorization does to whoever has not logged in.
    database
        .wire()
        .refuse(&COMMANDS.map(|command| (command, 13)));
    readiness(&server, 503).await;
    assert_eq!(register(&server, "bob@example.com").await, 503);
    let red: Diagnosis = diagnosed(&place, &[]).await;
    red.ends_with(1)
        .says(
            "fail",
            "database",
            &["database_url: regstack.toml:"],
            "correct the user name and password, or grant the rights",
        )
        .says("skipped", "indexes", &["needs a database that answers"], "")
        .says(
            "skipped",
            "accounts",
            &["needs a database that answers"],
            "",
        )
        .says("skipped", "outbox", &["needs a database that answers"], "");
    database.wire().refuse(&[]);
    readiness(&server, 200).await;
}
