//! Field values in import files. JSON has typed values, CSV only text.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Returns the text of a field, or `None` if it is missing, null or empty.
pub(super) fn text(row: &Value, name: &str) -> Option<String> {
    match row.get(name)? {
        Value::String(text) if !text.is_empty() && text != "\\N" => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns a boolean field, or `otherwise` if it is missing. An error names the field.
pub(super) fn flag(row: &Value, name: &str, otherwise: bool) -> Result<bool, String> {
    match row.get(name) {
        None | Some(Value::Null) => Ok(otherwise),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(Value::Number(number)) => match number.as_i64() {
            Some(0) => Ok(false),
            Some(1) => Ok(true),
            _ => Err(format!("{name} is neither true nor false")),
        },
        Some(Value::String(text)) => match text.to_ascii_lowercase().as_str() {
            "" | "\\n" => Ok(otherwise),
            "true" | "t" | "1" | "yes" => Ok(true),
            "false" | "f" | "0" | "no" => Ok(false),
            _ => Err(format!("{name} is neither true nor false")),
        },
        Some(_) => Err(format!("{name} is neither true nor false")),
    }
}

/// Returns a time: RFC 3339, a database's timestamp format (UTC if it names no zone), or milliseconds since 1970.
pub(super) fn moment(row: &Value, name: &str) -> Result<Option<Timestamp>, String> {
    // MongoDB's exports wrap dates.
    let value = row
        .get(name)
        .map(|value| value.get("$date").unwrap_or(value));
    let parsed = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_i64().and_then(from_millis),
        Some(Value::String(text)) if text.is_empty() || text == "\\N" => return Ok(None),
        Some(Value::String(text)) => parse(text),
        Some(_) => None,
    };
    match parsed {
        Some(moment) => Ok(Some(moment)),
        None => Err(format!("{name} isn't a date and time")),
    }
}

fn from_millis(millis: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(millis).ok()
}

fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().and_then(from_millis);
    }
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    let exact: Option<Timestamp> = text.parse().ok();
    let exact = exact.or_else(|| {
        let local: DateTime = text.parse().ok()?;
        let zoned = local.to_zoned(TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    })?;
    from_millis(exact.as_millisecond())
}
