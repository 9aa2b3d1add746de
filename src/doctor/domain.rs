//! The sender's domain: asks a name server, and has its answers judged.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ProtocolConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use hickory_resolver::{Resolver as Hickory, TokioResolver};
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::dns::{Answer, Relay, Resolver, Sender, Trouble, dkim, dmarc, mx, spf};
use super::{Finding, Task};
use crate::config::{EmailBackend, EmailSettings};

/// How long a check may take.
const LIMIT: Duration = Duration::from_secs(5);
/// How long one question may take, by UDP and TCP together.
const QUESTION: Duration = Duration::from_millis(2200);
/// How long an answer by UDP is waited for alone: a firewall may let only TCP pass.
const PATIENCE: Duration = Duration::from_millis(800);
/// How long the system is waited for to resolve the relay's name.
const SYSTEM: Duration = Duration::from_millis(1500);

const IF_LATE: &str =
    "see whether this machine reaches its name server, or name another: --dns-server ADDRESS";

/// What is asked about a domain, and whom.
#[derive(Debug, Clone, Default)]
pub struct DnsWish {
    /// The name server; the configured one, else the system's, when none.
    pub server: Option<SocketAddr>,
    /// The name under which the key is that mail is signed with.
    pub dkim_selector: Option<String>,
    /// The domain that mail is signed for; the sender's or its organization's when none.
    pub dkim_domain: Option<String>,
}

/// The names of the checks.
pub(super) const NAMES: [&str; 4] = ["dns mx", "dns spf", "dns dmarc", "dns dkim"];

pub(super) fn tasks(
    email: &EmailSettings,
    wish: &DnsWish,
    configured: Option<SocketAddr>,
) -> Vec<Task> {
    let (_, domain) = email.from_address.rsplit_once('@').unwrap_or_default();
    let relay = match &email.backend {
        EmailBackend::Console { .. } => Relay::Nobody,
        EmailBackend::Ses(_) => Relay::Ses,
        EmailBackend::Smtp(smtp) => Relay::Host(smtp.host.clone()),
    };
    let sender = Arc::new(Sender {
        selector: wish.dkim_selector.clone(),
        signing_domain: wish.dkim_domain.as_deref().map(in_ascii),
        ..Sender::new(in_ascii(domain), relay)
    });
    let server = match NameServer::new(wish.server.or(configured)) {
        Ok(server) => Arc::new(server),
        Err(why) => {
            let finding = Finding::fail(
                format!("the system's name server cannot be found out: {why}"),
                "name one: --dns-server ADDRESS, or resolver in [dns]",
            );
            return NAMES
                .into_iter()
                .map(|name| Task::done(name, vec![finding.clone()]))
                .collect();
        }
    };
    let [of_mx, of_spf, of_dmarc, of_dkim] = NAMES;
    let both = || (Arc::clone(&server), Arc::clone(&sender));
    let tasks = [
        {
            let (server, sender) = both();
            Task::new(of_mx, IF_LATE, async move {
                Ok(mx::check(&*server, &sender.domain).await)
            })
        },
        {
            let (server, sender) = both();
            Task::new(of_spf, IF_LATE, async move {
                Ok(spf::check(&*server, &sender).await)
            })
        },
        {
            let (server, sender) = both();
            Task::new(of_dmarc, IF_LATE, async move {
                Ok(dmarc::check(&*server, &sender).await)
            })
        },
        {
            let (server, sender) = both();
            Task::new(of_dkim, IF_LATE, async move {
                Ok(dkim::check(&*server, &sender).await)
            })
        },
    ];
    tasks.into_iter().map(|task| task.within(LIMIT)).collect()
}

/// A domain as name servers know it, and as mail leaves with it (RFC 5890).
fn in_ascii(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase())
}

/// A name server that is asked over the network.
struct NameServer {
    udp: TokioResolver,
    tcp: TokioResolver,
    /// Once UDP was silent and TCP was not, nothing more is asked by UDP first.
    is_udp_silent: AtomicBool,
}

impl NameServer {
    /// This one, or the system's.
    fn new(address: Option<SocketAddr>) -> Result<Self, NetError> {
        let (config, options) = match address {
            Some(address) => {
                let on_its_port = |mut connection: ConnectionConfig| {
                    connection.port = address.port();
                    connection
                };
                let connections = vec![
                    on_its_port(ConnectionConfig::udp()),
                    on_its_port(ConnectionConfig::tcp()),
                ];
                let server = NameServerConfig::new(address.ip(), true, connections);
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                (config, ResolverOpts::default())
            }
            None => read_system_conf()?,
        };
        let mut by_tcp = config.clone();
        for server in &mut by_tcp.name_servers {
            let is_tcp = |connection: &ConnectionConfig| connection.protocol == ProtocolConfig::Tcp;
            server.connections.retain(is_tcp);
        }
        by_tcp
            .name_servers
            .retain(|server| !server.connections.is_empty());
        let build = |config: ResolverConfig| {
            let mut builder = Hickory::builder_with_config(config, TokioRuntimeProvider::default());
            *builder.options_mut() = options.clone();
            let ResolverOpts {
                timeout,
                attempts,
                use_hosts_file,
                edns0,
                ..
            } = builder.options_mut();
            *timeout = QUESTION;
            *attempts = 1;
            *use_hosts_file = ResolveHosts::Never;
            // Long texts then need no second question.
            *edns0 = true;
            builder.build()
        };
        Ok(Self {
            udp: build(config)?,
            tcp: build(by_tcp)?,
            is_udp_silent: AtomicBool::new(false),
        })
    }

    async fn ask(&self, name: &str, kind: RecordType) -> Answer<RData> {
        // With its dot no search list is tried.
        let name = Name::from_ascii(format!("{name}."));
        let name = name.map_err(|error| Trouble::Other(error.to_string()))?;
        let answer = timeout(QUESTION, self.looked_up(name, kind)).await;
        match answer.unwrap_or(Err(NetError::Timeout)) {
            Ok(lookup) => Ok(records(&lookup)),
            Err(error) => trouble(&error).map_or(Ok(Vec::new()), Err),
        }
    }

    /// Asks by UDP and, where nothing comes for a while, by TCP as well; whichever answers first.
    async fn looked_up(&self, name: Name, kind: RecordType) -> Result<Lookup, NetError> {
        let by_tcp = || self.tcp.lookup(name.clone(), kind);
        if self.is_udp_silent.load(Ordering::Relaxed) {
            return by_tcp().await;
        }
        let mut udp = pin!(self.udp.lookup(name.clone(), kind));
        match timeout(PATIENCE, &mut udp).await {
            Ok(answer) if is_answer(&answer) => answer,
            Ok(answer) => Some(by_tcp().await).filter(is_answer).unwrap_or(answer),
            Err(_) => {
                let mut tcp = pin!(by_tcp());
                tokio::select! {
                    answer = &mut tcp => {
                        if !is_answer(&answer) {
                            return udp.await;
                        }
                        self.is_udp_silent.store(true, Ordering::Relaxed);
                        answer
                    }
                    answer = &mut udp => {
                        if is_answer(&answer) { answer } else { tcp.await }
                    }
                }
            }
        }
    }
}

/// Whether a server answered, be it that there is nothing.
fn is_answer(answer: &Result<Lookup, NetError>) -> bool {
    matches!(answer, Ok(_) | Err(NetError::Dns(_)))
}

fn records(lookup: &Lookup) -> Vec<RData> {
    let answers = lookup.answers().iter();
    answers.map(|record| record.data.clone()).collect()
}

/// What went wrong; none where the name is there, and has other records only.
fn trouble(error: &NetError) -> Option<Trouble> {
    Some(match error {
        _ if error.is_nx_domain() => Trouble::NoSuchName,
        NetError::Dns(DnsError::NoRecordsFound(none)) => match none.response_code {
            ResponseCode::NoError => return None,
            code => of_code(code),
        },
        NetError::Dns(DnsError::ResponseCode(code)) => of_code(*code),
        NetError::Timeout => Trouble::TimedOut,
        other => Trouble::Other(other.to_string()),
    })
}

fn of_code(code: ResponseCode) -> Trouble {
    match code {
        ResponseCode::NXDomain => Trouble::NoSuchName,
        ResponseCode::ServFail => Trouble::Failed,
        ResponseCode::Refused => Trouble::Refused,
        other => Trouble::Other(other.to_string()),
    }
}

#[async_trait]
impl Resolver for NameServer {
    async fn txt(&self, name: &str) -> Answer<String> {
        let records = self.ask(name, RecordType::TXT).await?;
        let texts = records.iter().filter_map(|record| match record {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        });
        Ok(texts.collect())
    }

    async fn mx(&self, name: &str) -> Answer<String> {
        let records = self.ask(name, RecordType::MX).await?;
        let hosts = records.iter().filter_map(|record| match record {
            RData::MX(mx) => Some(mx.exchange.to_ascii().trim_end_matches('.').to_lowercase()),
            _ => None,
        });
        Ok(hosts.collect())
    }

    async fn addresses(&self, name: &str) -> Answer<IpAddr> {
        let (v4, v6) = tokio::join!(
            self.ask(name, RecordType::A),
            self.ask(name, RecordType::AAAA)
        );
        let addresses = v4?.into_iter().chain(v6?);
        let addresses = addresses.filter_map(|record| match record {
            RData::A(ip) => Some(IpAddr::V4(ip.0)),
            RData::AAAA(ip) => Some(IpAddr::V6(ip.0)),
            _ => None,
        });
        Ok(addresses.collect())
    }

    async fn alias(&self, name: &str) -> Answer<String> {
        let records = self.ask(name, RecordType::CNAME).await?;
        let names = records.iter().filter_map(|record| match record {
            RData::CNAME(name) => Some(name.0.to_ascii().trim_end_matches('.').to_lowercase()),
            _ => None,
        });
        Ok(names.collect())
    }

    async fn relay(&self, host: &str) -> Answer<IpAddr> {
        // As the transport does: by /etc/hosts and search domains too, which container platforms make use of.
        let system = timeout(SYSTEM, lookup_host((host, 25)));
        let (system, asked) = tokio::join!(system, self.addresses(host));
        match system {
            Ok(Ok(found)) => Ok(found.map(|address| address.ip()).collect()),
            _ => asked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_of_itself_is_told_apart() {
        for (code, wanted) in [
            (ResponseCode::NXDomain, Trouble::NoSuchName),
            (ResponseCode::ServFail, Trouble::Failed),
            (ResponseCode::Refused, Trouble::Refused),
        ] {
            let error = NetError::Dns(DnsError::ResponseCode(code));
            assert_eq!(trouble(&error), Some(wanted));
        }
        assert_eq!(trouble(&NetError::Timeout), Some(Trouble::TimedOut));
        let other = trouble(&NetError::NoConnections);
        assert!(matches!(other, Some(Trouble::Other(_))), "{other:?}");
    }

    #[tokio::test]
    async fn the_relay_is_found_as_the_transport_finds_it() {
        // Nobody answers there.
        let server = NameServer::new(Some(SocketAddr::from(([127, 0, 0, 1], 9)))).unwrap();
        let hosts = std::fs::read_to_string("/etc/hosts").unwrap();
        let (ip, name) = hosts
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .find_map(|line| {
                let mut words = line.split_whitespace();
                let ip: IpAddr = words.next()?.parse().ok()?;
                Some((ip, words.last().filter(|_| ip.is_ipv4())?.to_owned()))
            })
            .unwrap();
        let found = server.relay(&name).await.unwrap();
        assert!(found.contains(&ip), "{name}: {found:?}");
        assert!(server.relay("gone.invalid").await.is_err());
    }

    #[test]
    fn domains_are_asked_about_in_ascii() {
        assert_eq!(in_ascii("B\u{fc}cher.Example"), "xn--bcher-kva.example");
        assert_eq!(in_ascii("D.Example"), "d.example");
    }
}
