//! The address to serve on: whether it is free.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::{Finding, Task};

pub(super) fn task(address: SocketAddr) -> Task {
    Task::new("ports", "", async move { Ok(vec![check(address).await]) })
}

async fn check(address: SocketAddr) -> Finding {
    // Taken for a moment, and given back at once.
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
