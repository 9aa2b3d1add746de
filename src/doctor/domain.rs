//! Checks the sender's domain with queries to a name server.

use std::net::IpAddr;
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

use super::dns::{
    Answer, Relay, Resolver, SILENT, Sender, Trouble, UNUSABLE, blames_server, dkim, dmarc, ehlo,
    mx, spf,
};
use super::{Check, Finding, Task};
use crate::config::{EmailBackend, EmailSettings, NameServer};
use crate::delivery::email::hello_name;

/// The time limit of a check.
const LIMIT: Duration = Duration::from_secs(5);
/// The time limit of one query, by UDP and TCP together.
const QUESTION: Duration = Duration::from_millis(2200);
/// How long to wait for an answer by UDP before TCP is tried as well, because a firewall may only permit TCP.
const PATIENCE: Duration = Duration::from_millis(800);
/// The time limit for the system to resolve the mail server's name.
const SYSTEM: Duration = Duration::from_millis(1500);

/// Options for the DNS checks.
#[derive(Debug, Clone, Default)]
pub struct DnsWish {
    /// The name server. `None` means the configured one, or else the system's.
    pub server: Option<NameServer>,
    /// The DKIM selector.
    pub dkim_selector: Option<String>,
    /// The domain of DKIM signatures. `None` means the sender's domain or its organizational domain.
    pub dkim_domain: Option<String>,
}

/// The names of the checks.
pub(super) const NAMES: [&str; 5] = [MX, SPF, DMARC, "dns dkim", HELLO];
const MX: &str = "dns mx";
const SPF: &str = "dns spf";
const DMARC: &str = "dns dmarc";
const HELLO: &str = "dns ehlo";

pub(super) fn tasks(
    email: &EmailSettings,
    wish: &DnsWish,
    configured: Option<NameServer>,
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
    let server = match Client::new(wish.server.or(configured)) {
        Ok(server) => Arc::new(server),
        Err(why) => {
            let finding = Finding::fail(
                format!("the system's name server can't be determined: {why}"),
                UNUSABLE,
            );
            return NAMES
                .map(|name| Task::done(name, vec![finding.clone()]))
                .into();
        }
    };
    let greeting = match &email.backend {
        EmailBackend::Smtp(smtp) => Some(hello_name(smtp)),
        EmailBackend::Console { .. } | EmailBackend::Ses(_) => None,
    };
    let task = |name| {
        let (server, sender) = (Arc::clone(&server), Arc::clone(&sender));
        let greeting = greeting.clone();
        let work = async move {
            Ok(match greeting.filter(|_| name == HELLO) {
                Some(greeting) => ehlo::check(&*server, &greeting).await,
                None => judged(name, &*server, &sender).await,
            })
        };
        Task::new(name, SILENT, work).within(LIMIT)
    };
    let names = NAMES.into_iter();
    // Without SMTP, there is no EHLO.
    let names = names.filter(|name| *name != HELLO || greeting.is_some());
    names.map(task).collect()
}

async fn judged(name: &str, resolver: &dyn Resolver, sender: &Sender) -> Vec<Finding> {
    match name {
        MX => mx::check(resolver, &sender.domain).await,
        SPF => spf::check(resolver, sender).await,
        DMARC => dmarc::check(resolver, sender).await,
        _ => dkim::check(resolver, sender).await,
    }
}

/// Reports a name server that doesn't answer only once: the checks after the first are skipped.
pub(super) fn blame_once<'a>(checks: impl Iterator<Item = &'a mut Check>) {
    let mut first: Option<(&'static str, Option<String>)> = None;
    for check in checks.filter(|check| NAMES.contains(&check.name)) {
        let Some(fault) = check.findings.iter().find(|finding| blames_server(finding)) else {
            continue;
        };
        match &first {
            Some((name, remedy)) if *remedy == fault.remedy && check.findings.len() == 1 => {
                let skipped = format!("needs a name server that answers: see {name}");
                check.findings = vec![Finding::skipped(skipped)];
            }
            Some(_) => {}
            None => first = Some((check.name, fault.remedy.clone())),
        }
    }
}

/// Returns a domain in ASCII form, as name servers and mail use it (RFC 5890).
fn in_ascii(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase())
}

/// A client for a name server on the network.
struct Client {
    udp: TokioResolver,
    tcp: TokioResolver,
    /// Set when only TCP got an answer. From then on, queries use TCP.
    is_udp_silent: AtomicBool,
}

impl Client {
    /// Creates a client for this name server, or for the system's.
    fn new(server: Option<NameServer>) -> Result<Self, NetError> {
        let (config, options) = match server {
            Some(NameServer(address)) => {
                let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
                for connection in &mut connections {
                    connection.port = address.port();
                }
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
            // With EDNS, long texts need no second query.
            *edns0 = true;
            builder.build()
        };
        Ok(Self {
            udp: build(config)?,
            tcp: build(by_tcp)?,
            is_udp_silent: AtomicBool::new(false),
        })
    }

    /// Queries records of this type and returns those that `pick` accepts.
    async fn ask<T>(
        &self,
        name: &str,
        kind: RecordType,
        pick: fn(&RData) -> Option<T>,
    ) -> Answer<T> {
        // The dot at the end prevents the use of a search list.
        let name = Name::from_ascii(format!("{name}."));
        let name = name.map_err(|error| Trouble::Other(error.to_string()))?;
        let answer = timeout(QUESTION, self.looked_up(name, kind)).await;
        match answer.unwrap_or(Err(NetError::Timeout)) {
            Ok(lookup) => {
                let records = lookup.answers().iter();
                Ok(records.filter_map(|record| pick(&record.data)).collect())
            }
            Err(error) => trouble(&error).map_or(Ok(Vec::new()), Err),
        }
    }

    /// Queries by UDP and, if there is no answer for a while, also by TCP. Returns the first answer.
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

/// Returns whether the server answered, even if there are no records.
fn is_answer(answer: &Result<Lookup, NetError>) -> bool {
    matches!(answer, Ok(_) | Err(NetError::Dns(_)))
}

/// Returns a host name for comparisons: in lower case, without the dot at the end.
fn host(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_lowercase()
}

/// Returns the reason for a failure, or `None` if the name exists and only has other records.
fn trouble(error: &NetError) -> Option<Trouble> {
    let code = match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => none.response_code,
        NetError::Dns(DnsError::ResponseCode(code)) => *code,
        NetError::Timeout => return Some(Trouble::TimedOut),
        other => return Some(Trouble::Other(other.to_string())),
    };
    match code {
        ResponseCode::NoError => None,
        ResponseCode::NXDomain => Some(Trouble::NoSuchName),
        ResponseCode::ServFail => Some(Trouble::Failed),
        ResponseCode::Refused => Some(Trouble::Refused),
        other => Some(Trouble::Other(other.to_string())),
    }
}

#[async_trait]
impl Resolver for Client {
    async fn txt(&self, name: &str) -> Answer<String> {
        self.ask(name, RecordType::TXT, |data| match data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        })
        .await
    }

    async fn mx(&self, name: &str) -> Answer<String> {
        self.ask(name, RecordType::MX, |data| match data {
            RData::MX(mx) => Some(host(&mx.exchange)),
            _ => None,
        })
        .await
    }

    async fn addresses(&self, name: &str) -> Answer<IpAddr> {
        let (v4, v6) = tokio::join!(
            self.ask(name, RecordType::A, RData::ip_addr),
            self.ask(name, RecordType::AAAA, RData::ip_addr)
        );
        Ok(v4?.into_iter().chain(v6?).collect())
    }

    async fn alias(&self, name: &str) -> Answer<String> {
        self.ask(name, RecordType::CNAME, |data| match data {
            RData::CNAME(name) => Some(host(&name.0)),
            _ => None,
        })
        .await
    }

    async fn relay(&self, host: &str) -> Answer<IpAddr> {
        // Like the transport, this uses /etc/hosts and search domains, which container platforms rely on.
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
        // No server answers there.
        let server = Client::new("127.0.0.1:9".parse().ok()).unwrap();
        let hosts = std::fs::read_to_string("/etc/hosts").unwrap();
        // The test needs another name than localhost, which may be resolved without /etc/hosts.
        let (ip, name) = hosts
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .find_map(|line| {
                let mut words = line.split_whitespace();
                let ip: IpAddr = words.next()?.parse().ok()?;
                let name = words.rfind(|name| !name.ends_with("localhost"))?;
                Some((ip, name.to_owned()))
            })
            .expect("/etc/hosts has another name than localhost");
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
