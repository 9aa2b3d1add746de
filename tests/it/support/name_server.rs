//! A name server in process: it knows one zone, and refuses to answer about every other.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_server::Server;
use hickory_server::net::runtime::TokioRuntimeProvider;
use hickory_server::proto::rr::Name;
use hickory_server::proto::serialize::txt::Parser;
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneType};
use tokio::net::{TcpListener, UdpSocket};

/// Serves a zone file's text until the test's runtime ends; where it is.
pub(crate) async fn serving(origin: &str, zone: &str) -> SocketAddr {
    served(origin, zone, true).await
}

/// The same by TCP only: what comes by UDP is never answered.
pub(crate) async fn serving_by_tcp(origin: &str, zone: &str) -> SocketAddr {
    served(origin, zone, false).await
}

async fn served(origin: &str, zone: &str, by_udp: bool) -> SocketAddr {
    let origin = Name::from_ascii(origin).unwrap();
    let (_, records) = Parser::new(zone, None, Some(origin.clone()))
        .parse()
        .unwrap();
    let zone = InMemoryZoneHandler::<TokioRuntimeProvider>::new(
        origin.clone(),
        records,
        ZoneType::Primary,
        AxfrPolicy::Deny,
    );
    let mut catalog = Catalog::new();
    catalog.upsert(origin.into(), vec![Arc::new(zone.unwrap())]);
    let (udp, tcp) = sockets().await;
    let address = udp.local_addr().unwrap();
    let mut server = Server::new(catalog);
    let mut silent = None;
    if by_udp {
        server.register_socket(udp);
    } else {
        silent = Some(udp);
    }
    server.register_listener(tcp, Duration::from_secs(5), 4096);
    tokio::spawn(async move {
        let done = server.block_until_done().await;
        drop(silent);
        done
    });
    address
}

/// One port for both protocols.
pub(crate) async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        // Another test may have the same number by TCP.
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}
