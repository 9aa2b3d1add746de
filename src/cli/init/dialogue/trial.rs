//! What is tried out while the dialogue goes on: the database, the mail server, the names of the sender's domain.
//! Changes nothing and sends nothing.

use std::path::Path;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};

use crate::app::App;
use crate::config::{Dns, Engine, Settings};
use crate::delivery::Transports;

/// Nobody waits longer for a trial.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);
/// Nor for one answer of a name server.
const DNS_PATIENCE: Duration = Duration::from_secs(2);

/// How a trial ended.
pub(super) enum Trial {
    /// What was seen.
    Fine(String),
    /// Why not, and what to do.
    Fails { why: String, remedy: Option<String> },
}

impl Trial {
    pub(super) fn fails(why: impl Into<String>, remedy: Option<&str>) -> Self {
        Self::Fails {
            why: why.into(),
            remedy: remedy.map(str::to_owned),
        }
    }
}

/// The database answers, or its file can be made. `folder` will be made where it is not there.
pub(super) async fn database(settings: &Settings, folder: &Path) -> Trial {
    if let Engine::Sqlite { path } = &settings.database.engine
        && !path.exists()
    {
        return room_for(path, folder);
    }
    match App::inspect(settings).await {
        Ok(inspection) => {
            let topology = inspection
                .topology
                .map_or_else(String::new, |topology| format!(", {topology}"));
            Trial::Fine(format!(
                "{} at {}{topology}",
                inspection.engine, inspection.place
            ))
        }
        Err(error) => Trial::fails(error.to_string(), None),
    }
}

/// Whether a file can be made there: tried with one that goes at once.
fn room_for(path: &Path, installation: &Path) -> Trial {
    let folder = path.parent().unwrap_or(Path::new("."));
    let there = folder
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(folder);
    if there != folder && folder != installation {
        return Trial::fails(
            format!("the folder {} does not exist", folder.display()),
            Some("make it, or choose another"),
        );
    }
    match tempfile::tempfile_in(there) {
        Ok(_) => Trial::Fine(format!("{} can be made", path.display())),
        Err(error) => Trial::fails(
            format!("{} cannot be written: {error}", there.display()),
            None,
        ),
    }
}

/// The mail server takes the connection and the login.
pub(super) async fn email(settings: &Settings) -> Trial {
    let probed = match Transports::new(settings, None) {
        Ok(transports) => transports
            .probe_email()
            .await
            .map_err(|error| error.to_string()),
        Err(reasons) => Err(reasons.join("; ")),
    };
    ended(probed)
}

/// The SMS provider takes the login.
pub(super) async fn sms(settings: &Settings) -> Trial {
    let probed = match Transports::new(settings, None) {
        Ok(transports) => transports
            .probe_sms()
            .await
            .map_err(|error| error.to_string()),
        Err(reasons) => Err(reasons.join("; ")),
    };
    ended(probed)
}

fn ended(probed: Result<String, String>) -> Trial {
    match probed {
        Ok(seen) => Trial::Fine(seen),
        Err(why) => Trial::fails(why, None),
    }
}

/// The sender's domain can get mail, and says who may send it (RFC 5321 §5.1, RFC 7208).
pub(super) async fn sender(settings: &Settings) -> Trial {
    const DOCTOR: &str = "regstack doctor --dns says what to publish";
    let domain = settings
        .email
        .from_address
        .rsplit('@')
        .next()
        .unwrap_or_default();
    let resolver = match resolver(&settings.dns) {
        Ok(resolver) => resolver,
        Err(why) => return Trial::fails(format!("no name server can be asked: {why}"), None),
    };
    let name = format!("{domain}.");
    let (hosts, texts) = tokio::join!(
        records(&resolver, &name, RecordType::MX),
        records(&resolver, &name, RecordType::TXT),
    );
    match (hosts, texts) {
        (Err(why), _) | (_, Err(why)) => Trial::fails(
            format!("{domain} cannot be looked up: {why}"),
            Some("set dns.resolver, or go on: regstack doctor --dns looks again"),
        ),
        (Ok(hosts), Ok(texts)) => {
            let spf = texts.iter().any(|text| is_spf(text));
            match (hosts.len(), spf) {
                (0, false) => Trial::fails(
                    format!("{domain} has neither MX nor SPF: its mail will be taken for spam"),
                    Some(DOCTOR),
                ),
                (0, true) => Trial::fails(
                    format!("{domain} has no MX: answers and bounces go nowhere"),
                    Some(DOCTOR),
                ),
                (_, false) => Trial::fails(
                    format!("{domain} has no SPF (TXT v=spf1): its mail may be taken for spam"),
                    Some(DOCTOR),
                ),
                (count, true) => Trial::Fine(format!("{domain} has MX ({count}) and SPF")),
            }
        }
    }
}

fn is_spf(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    first.eq_ignore_ascii_case("v=spf1")
}

fn resolver(dns: &Dns) -> Result<TokioResolver, String> {
    let provider = TokioRuntimeProvider::default();
    let mut builder = match dns.resolver {
        Some(address) => {
            let connection = |mut connection: ConnectionConfig| {
                connection.port = address.port();
                connection
            };
            let ways = vec![
                connection(ConnectionConfig::udp()),
                connection(ConnectionConfig::tcp()),
            ];
            let server = NameServerConfig::new(address.ip(), true, ways);
            let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
            TokioResolver::builder_with_config(config, provider)
        }
        None => TokioResolver::builder(provider).map_err(|error| error.to_string())?,
    };
    let options: &mut ResolverOpts = builder.options_mut();
    options.timeout = DNS_PATIENCE;
    options.attempts = 1;
    builder.build().map_err(|error| error.to_string())
}

/// The records as texts; none where the name or the kind is missing.
async fn records(
    resolver: &TokioResolver,
    name: &str,
    kind: RecordType,
) -> Result<Vec<String>, String> {
    match resolver.lookup(name, kind).await {
        Ok(lookup) => Ok(lookup
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                // A text longer than 255 bytes comes in parts, which belong together without a space.
                RData::TXT(text) => Some(
                    text.txt_data
                        .iter()
                        .map(|part| String::from_utf8_lossy(part))
                        .collect(),
                ),
                // `0 .` says that the domain takes no mail (RFC 7505).
                RData::MX(host) if !host.exchange.is_root() => Some(host.exchange.to_string()),
                _ => None,
            })
            .collect()),
        Err(error) if error.is_no_records_found() => Ok(Vec::new()),
        Err(error) => Err(error.to_string()),
    }
}
