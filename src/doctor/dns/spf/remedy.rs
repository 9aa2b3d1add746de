//! Builds the corrected record. It is checked before it is suggested: publishing it leaves no failure, and allows
//! nobody to send whom the published record did not allow, except the mail server.

use super::coverage::needs_no_spf;
use super::facts::Facts;
use super::policy::{Matcher, Policy};
use super::record::{self, Mechanism, Qualifier};
use super::walk::{MAX_LOOKUPS, MAX_VOIDS, Walk};
use crate::doctor::dns::provider::Provider;
use crate::doctor::dns::{Resolver, Sender};

/// The most steps, each of which removes one fault. A record that fits into a response can't have more faults.
const MAX_STEPS: usize = 60;
/// The longest record, in bytes, up to which `a` and `mx` are replaced with addresses.
const MAX_BYTES: usize = 450;
/// The most addresses that replace one `a` or `mx`.
const MAX_ADDRESSES: usize = 6;

/// Why there is no record to suggest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unmended {
    /// It would need this many look-ups, and only the operator knows which hosts still have to send.
    Costly(usize),
    /// A query failed.
    Unknown,
}

/// Returns one record that replaces the published ones, if there is one that receivers can use.
pub(super) async fn mended(
    resolver: &dyn Resolver,
    facts: &mut Facts,
    sender: &Sender,
    records: &[&str],
    has_key: bool,
) -> Result<String, Unmended> {
    let wanted = sender
        .provider()
        .filter(|provider| !needs_no_spf(provider, has_key));
    let term = wanted.map(Provider::term);
    let mut terms = tidied(records, may_be_neutral(sender));
    let mut is_added = false;
    for _ in 0..MAX_STEPS {
        let text = joined(&terms);
        let Ok(record) = record::parse(&text) else {
            return Err(Unmended::Unknown);
        };
        let mut walk = Walk::to_the_end(facts, resolver, &sender.domain, &record).await;
        if is_added {
            // Faults in the provider's records are not for the operator to fix.
            walk.faults
                .retain(|(origin, _)| Some(origin) != term.as_ref());
        }
        if walk.trouble.is_some() && !is_added {
            return Err(Unmended::Unknown);
        }
        if without_a_fault(&mut terms, &walk) {
            close(&mut terms, "~all");
            continue;
        }
        if let (Some(provider), Some(term)) = (wanted, &term)
            && !is_added
            && !walk.included.iter().any(|name| provider.is_listed_by(name))
        {
            is_added = true;
            terms.retain(|other| {
                !other
                    .trim_start_matches(['+', '-', '~', '?'])
                    .eq_ignore_ascii_case(term)
            });
            insert(&mut terms, term);
            continue;
        }
        if walk.lookups > MAX_LOOKUPS {
            if !cheaper(&mut terms, &walk.policy) {
                return Err(Unmended::Costly(walk.lookups));
            }
            continue;
        }
        return Ok(text);
    }
    Err(Unmended::Unknown)
}

/// Removes the terms that make receivers stop, or that allow everybody to send, one kind at a time.
fn without_a_fault(terms: &mut Vec<String>, walk: &Walk) -> bool {
    let culprits: Vec<&str> = if let Some((origin, _)) = walk.faults.first() {
        vec![origin]
    } else if walk.voids.len() > MAX_VOIDS {
        let origins = walk.voids.iter().map(|(_, origin)| origin.as_str());
        let leads_on = |term: &str| {
            is_modifier(term, "redirect") || term.to_ascii_lowercase().contains("include:")
        };
        let (others, own): (Vec<_>, Vec<_>) = origins.partition(|origin| leads_on(origin));
        if own.is_empty() { others } else { own }
    } else if walk.policy.is_open() {
        match walk.policy.widest() {
            Some("redirect") => terms
                .iter()
                .find(|term| is_modifier(term, "redirect"))
                .map(String::as_str),
            widest => widest,
        }
        .into_iter()
        .collect()
    } else {
        let is_ptr = |term: &&str| {
            let name = term.trim_start_matches('+').to_ascii_lowercase();
            name == "ptr" || name.starts_with("ptr:")
        };
        terms.iter().map(String::as_str).filter(is_ptr).collect()
    };
    let culprits: Vec<String> = culprits.into_iter().map(ToOwned::to_owned).collect();
    let before = terms.len();
    terms.retain(|term| !culprits.contains(term));
    terms.len() < before
}

/// Replaces terms that need look-ups with addresses, or removes duplicates.
fn cheaper(terms: &mut Vec<String>, policy: &Policy) -> bool {
    let before = terms.len();
    let mut seen: Vec<String> = Vec::new();
    terms.retain(|term| {
        let term = term.to_lowercase();
        let is_new = !seen.contains(&term);
        seen.push(term);
        is_new
    });
    if terms.len() < before {
        return true;
    }
    let length = joined(terms).len();
    for (index, text) in terms.iter().enumerate() {
        let Ok(parsed) = record::parse(&format!("v=spf1 {text}")) else {
            continue;
        };
        let is_costly = parsed.terms.first().is_some_and(|term| {
            term.qualifier == Qualifier::Pass
                && matches!(term.mechanism, Mechanism::A(..) | Mechanism::Mx(..))
        });
        let step = policy.steps.iter().find(|step| step.text == *text);
        if let (true, Some(Matcher::Networks(networks))) =
            (is_costly, step.map(|step| &step.matcher))
            && networks.len() <= MAX_ADDRESSES
        {
            let named = networks.iter().map(|network| {
                let kind = if network.addr().is_ipv4() {
                    "ip4"
                } else {
                    "ip6"
                };
                if network.prefix_len() == network.max_prefix_len() {
                    format!("{kind}:{}", network.addr())
                } else {
                    format!("{kind}:{}", network.trunc())
                }
            });
            let named: Vec<String> = named.collect();
            let more: usize = named.iter().map(|term| term.len() + 1).sum();
            if length + more <= MAX_BYTES {
                terms.splice(index..=index, named);
                return true;
            }
        }
    }
    false
}

/// Combines the valid terms of one or several records into one list, which ends in the result for all other senders.
fn tidied(records: &[&str], may_be_neutral: bool) -> Vec<String> {
    let lists: Vec<Vec<String>> = records.iter().map(|text| of_one(text)).collect();
    let is_alone = lists.len() == 1;
    let ends: Vec<Option<String>> = lists
        .iter()
        .map(|terms| terms.iter().find(|term| is_all(term)).cloned())
        .collect();
    let mut terms: Vec<String> = Vec::new();
    for list in lists {
        let closes = list.iter().position(|term| is_all(term));
        let (before, after) = list.split_at(closes.unwrap_or(list.len()));
        let is_redirect = |term: &&String| is_modifier(term, "redirect");
        let is_explained = |terms: &[String]| terms.iter().any(|term| is_modifier(term, "exp"));
        for term in before.iter().filter(|term| !is_redirect(term)) {
            let is_explanation = is_modifier(term, "exp");
            let is_new = is_alone || !terms.contains(term);
            if is_new && !(is_explanation && is_explained(&terms)) {
                terms.push(term.clone());
            }
        }
        let mut explanations = after.iter().filter(|term| is_modifier(term, "exp"));
        if !is_explained(&terms) {
            terms.extend(explanations.next().cloned());
        }
        // Beside an `all`, it has no effect; otherwise it is evaluated last.
        let redirect = before.iter().find(is_redirect).filter(|_| closes.is_none());
        if let Some((_, target)) = redirect.and_then(|redirect| redirect.split_once('=')) {
            terms.push(if is_alone {
                format!("redirect={target}")
            } else {
                format!("include:{target}")
            });
        }
    }
    let end = match ends.as_slice() {
        [Some(end)] if end.starts_with('-') => "-all",
        [Some(end)] if end.starts_with('?') && may_be_neutral => "?all",
        ends if !is_alone
            && ends
                .iter()
                .all(|end| end.as_ref().is_some_and(|end| end.starts_with('-'))) =>
        {
            "-all"
        }
        _ => "~all",
    };
    let is_closed = ends.iter().any(Option::is_some);
    if is_closed || !is_alone {
        terms.push(end.to_owned());
    }
    close(&mut terms, end);
    terms
}

/// Returns the terms of a record. Invalid terms are corrected if their meaning is clear, and removed otherwise.
fn of_one(text: &str) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    let mut words = text
        .split(' ')
        .filter(|word| !word.is_empty())
        .skip(1)
        .peekable();
    while let Some(word) = words.next() {
        let mut term = word.to_owned();
        if matches!(word, "+" | "-" | "~" | "?")
            && let Some(next) =
                words.next_if(|next| next.starts_with(|c: char| c.is_alphanumeric()))
        {
            term.push_str(next);
        }
        if record::parse(&format!("v=spf1 {term}")).is_ok() {
            terms.push(term);
        } else if let Some(all) = meant_as_all(&term) {
            terms.push(all);
        }
    }
    terms
}

/// Recognises misspelt variants of `all`, such as `-al`, `–all` and `-all;`.
fn meant_as_all(term: &str) -> Option<String> {
    let qualifier = match term.chars().next()? {
        '-' | '–' | '—' | '−' => '-',
        '?' => '?',
        _ => '~',
    };
    let bare = term
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    let name = bare.split([':', '/']).next().unwrap_or_default();
    let is_near = name.len() > 1 && strsim::osa_distance(name, "all") <= 1;
    is_near.then(|| format!("{qualifier}all"))
}

/// Adds `end`, unless the record already has an `all` or `redirect`.
fn close(terms: &mut Vec<String>, end: &str) {
    let is_closed = |term: &String| is_all(term) || is_modifier(term, "redirect");
    if !terms.iter().any(is_closed) {
        terms.push(end.to_owned());
    }
}

/// Inserts a term before `all` and modifiers, so that it takes effect.
fn insert(terms: &mut Vec<String>, term: &str) {
    let is_last = |term: &String| is_all(term) || term.contains('=');
    let at = terms.iter().position(is_last).unwrap_or(terms.len());
    terms.insert(at, term.to_owned());
}

/// Returns the record with another mechanism.
pub(super) fn with(text: &str, term: &str) -> String {
    let mut terms: Vec<String> = text.split(' ').skip(1).map(ToOwned::to_owned).collect();
    insert(&mut terms, term);
    joined(&terms)
}

fn joined(terms: &[String]) -> String {
    let terms = terms.iter().map(String::as_str);
    std::iter::once("v=spf1")
        .chain(terms)
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_all(term: &str) -> bool {
    let name = term.trim_start_matches(['+', '-', '~', '?']);
    name.eq_ignore_ascii_case("all")
}

fn is_modifier(term: &str, name: &str) -> bool {
    term.split_once('=')
        .is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
}

/// Returns whether the provider's documentation recommends `?all`.
pub(super) fn may_be_neutral(sender: &Sender) -> bool {
    sender.provider().is_some_and(Provider::is_neutral)
}

/// Returns the record that was meant by a text that receivers don't recognise.
pub(super) fn meant(text: &str) -> Option<String> {
    let bare: String = text
        .chars()
        .filter(|c| !matches!(c, '"' | '\'' | '\\'))
        .collect();
    let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    let at = bare.to_ascii_lowercase().find("spf1")?;
    let rest = bare[at + 4..]
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | ':' | '.'));
    let is_other_version = bare[at + 4..].starts_with(|c: char| c.is_ascii_digit());
    let rest = rest.replace([';', ','], " ");
    (!is_other_version).then(|| format!("v=spf1 {rest}"))
}
