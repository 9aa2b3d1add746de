//! The sender's domain: asks a name server, and has its answers judged.

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
    Answer, Relay, Resolver, SILENT, Sender, Trouble, UNUSABLE, blames_server, dkim, dmarc, hello,
    mx, spf,
};
use super::{Check, Finding, Task};
use crate::config::{EmailBackend, EmailSettings, NameServer};
use crate::delivery::email::hello_name;

/// How long a check may take.
const LIMIT: Duration = Duration::from_secs(5);
/// How long one question may take, by UDP and TCP together.
const QUESTION: Duration = Duration::from_millis(2200);
/// How long an answer by UDP is waited for alone: a firewall may let only TCP pass.
const PATIENCE: Duration = Duration::from_millis(800);
/// How long the system is waited for to resolve the relay's name.
const SYSTEM: Duration = Duration::from_millis(1500);

/// What is asked about a domain, and whom.
#[derive(Debug, Clone, Default)]
pub struct DnsWish {
    /// The name server; the configured one, else the system's, when none.
    pub server: Option<NameServer>,
    /// The name under which the key is that mail is signed with.
    pub dkim_selector: Option<String>,
    /// The domain that mail is signed for; the sender's or its organization's when none.
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
                format!("the system's name server cannot be found out: {why}"),
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
                Some(greeting) => hello::check(&*server, &greeting).await,
                None => judged(name, &*server, &sender).await,
            })
        };
        Task::new(name, SILENT, work).within(LIMIT)
    };
    let names = NAMES.into_iter();
    // Where mail leaves otherwise, nobody is greeted.
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

/// One name server that does not answer is one failure: the rows after the first do not repeat it.
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

/// A domain as name servers know it, and as mail leaves with it (RFC 5890).
fn in_ascii(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase())
}

/// A name server that is asked over the network.
struct Client {
    udp: TokioResolver,
    tcp: TokioResolver,
    /// Once UDP was silent and TCP was not, nothing more is asked by UDP first.
    is_udp_silent: AtomicBool,
}

impl Client {
    /// This one, or the system's.
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

    /// The records of this kind, as far as `pick` takes them.
    async fn ask<T>(
        &self,
        name: &str,
        kind: RecordType,
        pick: fn(&RData) -> Option<T>,
    ) -> Answer<T> {
        // With its dot no search list is tried.
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

/// A host as it is compared: in lower case, without the dot at its end.
fn host(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_lowercase()
}

/// What went wrong; none where the name is there, and has other records only.
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
        let server = Client::new("127.0.0.1:9".parse().ok()).unwrap();
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
