//! The sender's domain: asks a name server, and has its answers judged.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Resolver as Hickory, TokioResolver};

use super::dns::{Answer, Relay, Resolver, Sender, Trouble, dkim, dmarc, mx, spf};
use super::{Finding, Task};
use crate::config::{EmailBackend, EmailSettings};

/// How long a check may take.
const LIMIT: Duration = Duration::from_secs(5);
/// How long one question may take, once by UDP and, without an answer, once more by TCP.
const QUESTION: Duration = Duration::from_secs(2);

const IF_LATE: &str =
    "see whether this machine reaches its name server, or name another: --dns-server ADDRESS";

/// What is asked about a domain, and whom.
#[derive(Debug, Clone, Default)]
pub struct DnsWish {
    /// The name server; the configured one, else the system's, when none.
    pub server: Option<SocketAddr>,
    /// The name under which the key is that mail is signed with.
    pub dkim_selector: Option<String>,
}

/// The names of the checks.
pub(super) const NAMES: [&str; 4] = ["dns mx", "dns spf", "dns dmarc", "dns dkim"];

pub(super) fn tasks(
    email: &EmailSettings,
    wish: &DnsWish,
    configured: Option<SocketAddr>,
) -> Vec<Task> {
    let (_, domain) = email.from_address.rsplit_once('@').unwrap_or_default();
    let sender = Arc::new(Sender {
        domain: domain.to_lowercase(),
        relay: match &email.backend {
            EmailBackend::Console { .. } => Relay::Nobody,
            EmailBackend::Ses(_) => Relay::Ses,
            EmailBackend::Smtp(smtp) => Relay::Host(smtp.host.clone()),
        },
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
    let selector = wish.dkim_selector.clone();
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
                Ok(dkim::check(&*server, &sender.domain, selector.as_deref()).await)
            })
        },
    ];
    tasks.into_iter().map(|task| task.within(LIMIT)).collect()
}

/// A name server that is asked over the network.
struct NameServer(TokioResolver);

impl NameServer {
    /// This one, or the system's.
    fn new(address: Option<SocketAddr>) -> Result<Self, NetError> {
        let mut builder = match address {
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
                Hickory::builder_with_config(config, TokioRuntimeProvider::default())
            }
            None => Hickory::builder_tokio()?,
        };
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
        Ok(Self(builder.build()?))
    }

    async fn ask(&self, name: &str, kind: RecordType) -> Answer<RData> {
        // With its dot no search list is tried.
        let name = Name::from_ascii(format!("{name}."));
        let name = name.map_err(|error| Trouble::Other(error.to_string()))?;
        match self.0.lookup(name, kind).await {
            Ok(lookup) => Ok(records(&lookup)),
            Err(error) => trouble(&error).map_or(Ok(Vec::new()), Err),
        }
    }
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
}
