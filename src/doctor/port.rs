//! Checks whether the address to serve on is free.

use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::fs::Access;
use tokio::net::TcpListener;

use super::{Finding, Task};
use crate::config::Bind;

pub(super) fn task(bind: Bind) -> Task {
    Task::new("ports", "", async move { Ok(vec![check(&bind).await]) })
}

async fn check(bind: &Bind) -> Finding {
    let address = match bind {
        Bind::Tcp(address) => address,
        Bind::Unix(path) => return check_socket(path),
    };
    // Binds for a moment only.
    let Err(error) = TcpListener::bind(address).await else {
        return Finding::ok(format!("{address} is free"));
    };
    match error.kind() {
        ErrorKind::AddrInUse => Finding::fail(
            format!("{address} is in use"),
            "stop the program that listens there (such as a running regstack serve), or choose another bind",
        ),
        ErrorKind::PermissionDenied => Finding::fail(
            format!("this user isn't allowed to listen on {address}"),
            "choose a port from 1024 on, or let the service manager grant CAP_NET_BIND_SERVICE",
        ),
        _ => Finding::fail(
            format!("can't listen on {address}: {error}"),
            "set bind to an address of this machine, such as 127.0.0.1:8000 or 0.0.0.0:8000",
        ),
    }
}

fn check_socket(path: &Path) -> Finding {
    let place = path.display();
    if UnixStream::connect(path).is_ok() {
        return Finding::fail(
            format!("{place} is in use"),
            "stop the program that listens there (such as a running regstack serve), or choose another bind",
        );
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    match rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Finding::ok(format!("{place} is free")),
        Err(error) => Finding::fail(
            format!("{place} can't be created: {}: {error}", folder.display()),
            format!(
                "let this user write to {}, for example with RuntimeDirectory= in a systemd unit",
                folder.display()
            ),
        ),
    }
}
