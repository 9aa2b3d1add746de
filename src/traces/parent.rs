//! The trace context of a request, as its headers claim it (W3C Trace Context, level 1).

use std::str::FromStr as _;

use axum::http::HeaderMap;
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

pub(super) const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// The most of a `tracestate` that is passed on (section 3.3.1.5); of a longer one, nothing is.
const MAX_STATE_BYTES: usize = 512;

/// Returns what the headers claim, if it is well-formed and said once.
pub(super) fn claimed(headers: &HeaderMap) -> Option<SpanContext> {
    let (trace, span, flags) = parse(only(headers, TRACEPARENT)?)?;
    let state = only(headers, TRACESTATE)
        .filter(|state| state.len() <= MAX_STATE_BYTES)
        .and_then(|state| TraceState::from_str(state).ok());
    let context = SpanContext::new(trace, span, flags, true, state.unwrap_or_default());
    context.is_valid().then_some(context)
}

fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut lines = headers.get_all(name).iter();
    match (lines.next(), lines.next()) {
        (Some(line), None) => line.to_str().ok(),
        _ => None,
    }
}

/// `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`; a later version may have more behind a further dash.
fn parse(line: &str) -> Option<(TraceId, SpanId, TraceFlags)> {
    let (known, more) = line.split_at_checked(55)?;
    let mut parts = known.split('-');
    let mut hex = |length: usize| {
        let part = parts.next()?;
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (part.len() == length && part.bytes().all(is_hex)).then_some(part)
    };
    let (version, trace, span, flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
    let fits = match version {
        "00" => more.is_empty(),
        "ff" => false,
        _ => more.is_empty() || more.starts_with('-'),
    };
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    fits.then_some((
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        flags,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, line) in lines {
            headers.append(*name, line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_well_formed_claim_is_read() {
        let state = (TRACESTATE, "vendor=1");
        let claim = claimed(&headers(&[(TRACEPARENT, GOOD), state])).unwrap();
        assert_eq!(
            claim.trace_id().to_string(),
            "0af7651916cd43dd8448eb211c80319c"
        );
        assert_eq!(claim.span_id().to_string(), "b7ad6b7169203331");
        assert!(claim.is_sampled() && claim.is_remote());
        assert_eq!(claim.trace_state().get("vendor"), Some("1"));
        let later = GOOD.replacen("00", "cc", 1) + "-more";
        assert!(claimed(&headers(&[(TRACEPARENT, &later)])).is_some());
    }

    #[test]
    fn anything_else_is_no_claim() {
        let zero_trace = format!("00-{}-b7ad6b7169203331-01", "0".repeat(32));
        let zero_span = format!("00-0af7651916cd43dd8448eb211c80319c-{}-01", "0".repeat(16));
        for line in [
            "",
            "00",
            &GOOD[..54],
            &format!("{GOOD}0"),
            &format!("{GOOD}-more"),
            &GOOD.replacen("00", "ff", 1),
            &GOOD.replacen("00", "+0", 1),
            &GOOD.replace('a', "A"),
            &GOOD.replace('a', "g"),
            &GOOD.replace('-', "_"),
            &format!("{GOOD} "),
            &zero_trace,
            &zero_span,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71692033é-01",
        ] {
            assert!(
                claimed(&headers(&[(TRACEPARENT, line)])).is_none(),
                "{line}"
            );
        }
        let twice = [(TRACEPARENT, GOOD), (TRACEPARENT, GOOD)];
        assert!(claimed(&headers(&twice)).is_none());
    }

    #[test]
    fn a_state_that_is_too_long_is_dropped_and_the_claim_stands() {
        let long =
            format!("a={}", "b".repeat(250)) + "," + &format!("c={}", "d".repeat(255)) + ",e=12";
        let claim = claimed(&headers(&[(TRACEPARENT, GOOD), (TRACESTATE, &long)]));
        assert_eq!(claim.unwrap().trace_state().header(), "");
    }
}
