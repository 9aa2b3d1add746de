//! Versions of the database server with a known vulnerability. Pure functions.

/// A vulnerability that allows reading heap memory without a login, through zlib-compressed messages ("`MongoBleed`").
pub(super) const MONGOBLEED: &str = "CVE-2025-14847";

/// The first version without it in each release series, oldest first.
const FIXED: [(u64, u64, u64); 6] = [
    (4, 4, 30),
    (5, 0, 32),
    (6, 0, 27),
    (7, 0, 28),
    (8, 0, 17),
    (8, 2, 3),
];

/// Returns the fixed version if a `MongoDB` server of this version is vulnerable. For a series that is no longer
/// maintained, that is the next fixed version of a later series.
pub(super) fn update_for(version: &str) -> Option<String> {
    let mut numbers = version
        .split(['.', '-', '+'])
        .map_while(|part| part.parse::<u64>().ok());
    let series = (numbers.next()?, numbers.next()?);
    let installed = numbers.next().unwrap_or(0);
    let (major, minor, patch) = FIXED.iter().find(|fixed| (fixed.0, fixed.1) >= series)?;
    let is_mended = (*major, *minor) == series && installed >= *patch;
    (series >= (3, 6) && !is_mended).then(|| format!("{major}.{minor}.{patch}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_has_its_first_good_version() {
        for (version, update) in [
            ("8.3.0", None),
            ("8.2.3", None),
            ("8.2.2", Some("8.2.3")),
            ("8.2.11", None),
            ("8.1.5", Some("8.2.3")),
            ("8.0.17", None),
            ("8.0.16", Some("8.0.17")),
            ("7.0.28", None),
            ("7.0.14", Some("7.0.28")),
            ("7.0.27-rc0", Some("7.0.28")),
            ("6.3.1", Some("7.0.28")),
            ("6.0.26", Some("6.0.27")),
            ("5.0.31", Some("5.0.32")),
            ("4.4.30", None),
            ("4.4.29", Some("4.4.30")),
            ("4.2.24", Some("4.4.30")),
            ("4.0.0", Some("4.4.30")),
            ("3.6.23", Some("4.4.30")),
            ("3.4.0", None),
            ("unknown", None),
            ("", None),
        ] {
            assert_eq!(update_for(version).as_deref(), update, "{version}");
        }
    }
}
