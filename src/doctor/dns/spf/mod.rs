//! Checks SPF (RFC 7208): whether receivers accept our mail in the domain's name, and reject that of others.

mod coverage;
mod facts;
mod name;
mod policy;
mod record;
mod remedy;
mod walk;

use facts::Facts;
use policy::Policy;
use record::{Mechanism, Qualifier, Record};
use remedy::Unmended;
use walk::{MAX_LOOKUPS, MAX_VOIDS, Walk};

use super::provider::Need;
use super::{Finding, Relay, Resolver, Sender, compact, dkim, publish, quoted, trouble};
use crate::doctor::Status;

/// The longest record that fits into every UDP response (RFC 7208 §3.4), in bytes.
const LONG: usize = 512;

/// A finding about a record. The corrected record is only shown with the last one.
struct Note {
    status: Status,
    detail: String,
    change: Change,
}

enum Change {
    /// No change to the record, or none that can be written down. The text is the remedy.
    None(String),
    /// A corrected record: the text before it, and the text if it is shown with another note.
    Mended(String, String),
    /// A corrected record with another term, whose value the operator has to find out.
    With(&'static str, String),
}

impl Note {
    fn ok(detail: impl Into<String>) -> Self {
        Self {
            status: Status::Ok,
            detail: detail.into(),
            change: Change::None(String::new()),
        }
    }

    fn mended(
        status: Status,
        detail: impl Into<String>,
        before: impl Into<String>,
        alone: impl Into<String>,
    ) -> Self {
        Self {
            status,
            detail: detail.into(),
            change: Change::Mended(before.into(), alone.into()),
        }
    }
}

pub(in crate::doctor) async fn check(resolver: &dyn Resolver, sender: &Sender) -> Vec<Finding> {
    let domain = sender.domain.as_str();
    let (texts, has_key) = tokio::join!(resolver.txt(domain), makes_up_for_spf(resolver, sender));
    let texts = match texts {
        Ok(texts) => texts,
        Err(kind) => {
            let missing = format!("register {domain}, or correct email.from_address");
            return vec![trouble(domain, &kind, missing)];
        }
    };
    let mut facts = Facts::default();
    let records: Vec<&str> = texts
        .iter()
        .map(String::as_str)
        .filter(|text| record::is_spf(text))
        .collect();
    let notes = match records.as_slice() {
        [] => return missing(resolver, sender, &texts, has_key).await,
        [text] => match judged(resolver, &mut facts, sender, text, has_key).await {
            Ok(notes) => notes,
            Err(finding) => return vec![finding],
        },
        records => vec![Note::mended(
            Status::Fail,
            format!(
                "{domain} has {} SPF records, and receivers use none of them",
                records.len()
            ),
            "keep one",
            format!("combine them in one record that needs at most {MAX_LOOKUPS} look-ups"),
        )],
    };
    let is_good = notes
        .iter()
        .all(|note| matches!(note.change, Change::None(_)));
    let mended = if is_good {
        Err(Unmended::Unknown)
    } else {
        remedy::mended(resolver, &mut facts, sender, &records, has_key).await
    };
    told(domain, notes, &mended, &records)
}

/// Returns whether the provider signs with a DKIM key that can replace the include that it requires.
async fn makes_up_for_spf(resolver: &dyn Resolver, sender: &Sender) -> bool {
    match sender.provider().map(|provider| provider.need) {
        Some(Need::IncludeOrKey | Need::IncludeAndKey) => dkim::has_key(resolver, sender).await,
        _ => false,
    }
}

/// The remedy for a record that needs too many look-ups.
const CHEAPER: &str = "remove whatever no longer sends mail; use ip4 and ip6 instead of a, mx and include; or send from a subdomain with its own record";

/// Returns the findings. The record to publish is shown with the last one that needs it, because publishing two would
/// break both.
fn told(
    domain: &str,
    notes: Vec<Note>,
    mended: &Result<String, Unmended>,
    published: &[&str],
) -> Vec<Finding> {
    let changes = |note: &Note| !matches!(note.change, Change::None(_));
    let last = notes.iter().rposition(changes);
    let finding = |(index, note): (usize, Note)| {
        let is_last = Some(index) == last;
        let remedy = match (note.change, mended) {
            // Some faults can't be corrected without allowing more hosts to send.
            (Change::Mended(before, _), Ok(record)) if is_last && published != [record] => {
                let separator = if before.is_empty() { "" } else { ": " };
                format!("{before}{separator}{}", publish(domain, record))
            }
            (Change::With(term, words), Ok(record)) if is_last => {
                format!("{words}: {}", publish(domain, &remedy::with(record, term)))
            }
            (Change::Mended(_, alone), Err(Unmended::Costly(count)))
                if is_last && alone != CHEAPER =>
            {
                format!(
                    "{alone}; the rest still needs {count} look-ups, and receivers stop at {MAX_LOOKUPS}: {CHEAPER}"
                )
            }
            (Change::None(words) | Change::With(_, words), _) => words,
            (Change::Mended(_, alone), _) => alone,
        };
        Finding::new(
            note.status,
            note.detail,
            (!remedy.is_empty()).then_some(remedy),
        )
    };
    notes.into_iter().enumerate().map(finding).collect()
}

/// Returns the findings for a domain without a record, or with one that receivers don't recognise.
async fn missing(
    resolver: &dyn Resolver,
    sender: &Sender,
    texts: &[String],
    has_key: bool,
) -> Vec<Finding> {
    let domain = sender.domain.as_str();
    if let Some((text, why)) = texts
        .iter()
        .find_map(|text| Some((text, look_alike(text)?)))
    {
        let mut facts = Facts::default();
        let meant = remedy::meant(text);
        let mended = match &meant {
            Some(meant) => remedy::mended(resolver, &mut facts, sender, &[meant], has_key).await,
            None => Err(Unmended::Unknown),
        };
        let detail = format!(
            "{domain} has no SPF record: {} doesn't count, because {why}",
            quoted(text)
        );
        let remedy = match mended {
            Ok(record) => format!("replace it: {}", publish(domain, &record)),
            Err(_) => format!("replace it: {}", suggestion(sender)),
        };
        return vec![Finding::fail(detail, remedy)];
    }
    if let Some(provider) = sender.provider()
        && coverage::needs_no_spf(provider, has_key)
    {
        return vec![Finding::ok(format!(
            "{domain} has no SPF record, and {} needs none: {}",
            provider.name,
            coverage::by_dkim(provider, domain)
        ))];
    }
    vec![Finding::fail(
        format!("{domain} has no SPF record: receivers can't tell its mail from forged mail"),
        suggestion(sender),
    )]
}

/// Returns the record to suggest for a domain that has none.
fn suggestion(sender: &Sender) -> String {
    let domain = &sender.domain;
    let record = |term: &str| publish(domain, &format!("v=spf1 {term} ~all"));
    match (sender.provider(), &sender.relay) {
        (Some(provider), _) => record(&provider.term()),
        (None, Relay::Host(host)) => {
            format!(
                "{}: {}",
                coverage::find_out(host),
                record(coverage::ADDRESS)
            )
        }
        (None, Relay::Nobody | Relay::Ses) => record("mx"),
    }
}

/// Returns why a text that looks like an SPF record isn't one.
fn look_alike(text: &str) -> Option<&'static str> {
    let compact = compact(text);
    if !compact.starts_with("v=spf") && !compact.starts_with("spf1") {
        return None;
    }
    Some(if text.starts_with(['"', '\'']) {
        "the quotation marks are a part of it"
    } else {
        "it has to begin with v=spf1 and a space"
    })
}

/// Judges a record. The error is a query that failed.
async fn judged(
    resolver: &dyn Resolver,
    facts: &mut Facts,
    sender: &Sender,
    text: &str,
    has_key: bool,
) -> Result<Vec<Note>, Finding> {
    let domain = sender.domain.as_str();
    let record = match record::parse(text) {
        Ok(record) => record,
        Err(faults) => {
            let malformed = |(term, why): &(String, String)| {
                Note::mended(
                    Status::Fail,
                    format!("receivers ignore the SPF record of {domain}: {term} {why}"),
                    "correct the term, or without it",
                    "correct the term, or remove it",
                )
            };
            return Ok(faults.iter().map(malformed).collect());
        }
    };
    let walk = Walk::to_the_end(facts, resolver, domain, &record).await;
    if let Some((name, kind)) = &walk.trouble {
        return Err(trouble(name, kind, ""));
    }
    let mut notes = limits(domain, &walk);
    notes.extend(others(sender, &record, &walk.policy));
    if !notes.iter().any(|note| note.status == Status::Fail) {
        notes.extend(coverage::judged(resolver, facts, sender, &walk, has_key).await?);
    }
    if walk.has_ptr {
        notes.push(Note::mended(
            Status::Warn,
            "ptr is slow, and many receivers ignore it (RFC 7208 §5.5)",
            "name addresses by ip4 and ip6",
            "name addresses by ip4 and ip6 instead",
        ));
    }
    if text.len() > LONG {
        notes.push(Note {
            status: Status::Warn,
            detail: format!(
                "the SPF record of {domain} has {} characters; some receivers only read {LONG}",
                text.len()
            ),
            change: Change::None(
                "remove the terms for servers that no longer send mail".to_owned(),
            ),
        });
    }
    if notes.iter().any(|note| note.status == Status::Fail) {
        // Good properties of a record that receivers ignore say nothing.
        notes.retain(|note| note.status != Status::Ok);
    } else {
        let found = format!("{text}, {} of {MAX_LOOKUPS} look-ups", walk.lookups);
        notes.insert(0, Note::ok(found));
    }
    Ok(notes)
}

/// Returns notes about exceeded limits, at which receivers stop.
fn limits(domain: &str, walk: &Walk) -> Vec<Note> {
    let fault = |(term, why): &(String, String)| {
        Note::mended(
            Status::Fail,
            format!("receivers ignore the SPF record of {domain}: {why}"),
            format!("correct {term}, or without it"),
            format!("correct {term}, or remove it"),
        )
    };
    let mut notes: Vec<Note> = walk.faults.iter().map(fault).collect();
    if walk.lookups > MAX_LOOKUPS {
        let mut costs = walk.costs.clone();
        costs.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
        let costs: Vec<String> = costs
            .iter()
            .map(|(term, cost)| format!("{term} {cost}"))
            .collect();
        notes.push(Note::mended(
            Status::Fail,
            format!(
                "the SPF record of {domain} needs {} look-ups, and receivers stop at {MAX_LOOKUPS}: {}",
                walk.lookups,
                costs.join(", ")
            ),
            CHEAPER,
            CHEAPER,
        ));
    }
    // A receiver that stops earlier doesn't reach these.
    if walk.faults.is_empty() && walk.voids.len() > MAX_VOIDS {
        let names: Vec<&str> = walk.voids.iter().map(|(name, _)| name.as_str()).collect();
        notes.push(Note::mended(
            Status::Fail,
            format!(
                "{} look-ups of the SPF record of {domain} find nothing, and receivers stop at {MAX_VOIDS}: {}",
                names.len(),
                names.join(", ")
            ),
            "remove them",
            "remove them",
        ));
    }
    notes
}

/// Judges what the record says about all other senders.
fn others(sender: &Sender, record: &Record, policy: &Policy) -> Option<Note> {
    let domain = &sender.domain;
    let all = record
        .terms
        .iter()
        .find(|term| term.mechanism == Mechanism::All);
    if policy.is_open() {
        let term = match (policy.widest(), &record.redirect) {
            (Some("redirect"), Some((_, text))) => text,
            (term, _) => term.unwrap_or("all"),
        };
        let alone = if all.is_some_and(|all| all.text == term) {
            "replace it with ~all"
        } else {
            "remove it"
        };
        return Some(Note::mended(
            Status::Fail,
            format!("{term} in the SPF record of {domain} allows anyone to send mail in its name"),
            "",
            alone,
        ));
    }
    let Some(all) = all else {
        return record.redirect.is_none().then(|| {
            Note::mended(
                Status::Warn,
                format!(
                    "the SPF record of {domain} has no all, so it says nothing about other senders"
                ),
                "",
                "add ~all at its end",
            )
        });
    };
    if all.qualifier == Qualifier::Neutral && !remedy::may_be_neutral(sender) {
        return Some(Note::mended(
            Status::Warn,
            format!(
                "?all in the SPF record of {domain} doesn't tell receivers to reject forged mail"
            ),
            "",
            "replace it with ~all",
        ));
    }
    None
}

#[cfg(test)]
mod tests;
