//! A name server in process that knows one zone.

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

/// Serves `text` as the zone `origin` on a free port of this machine until the test's runtime ends.
pub(crate) async fn serve(origin: &str, text: &str) -> SocketAddr {
    let origin = Name::from_ascii(origin).unwrap();
    let (_, records) = Parser::new(text, None, Some(origin.clone()))
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
    // The same port for both: whoever has the one is seldom refused the other.
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            break (udp, tcp);
        }
    };
    let address = udp.local_addr().unwrap();
    let mut server = Server::new(catalog);
    server.register_socket(udp);
    server.register_listener(tcp, Duration::from_secs(5), 4096);
    tokio::spawn(async move { server.block_until_done().await });
    address
}
