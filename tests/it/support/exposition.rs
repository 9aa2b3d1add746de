//! The text format of Prometheus (version 0.0.4), read as strictly as `promtool check metrics` reads it.

use std::collections::{BTreeMap, BTreeSet};

/// The metrics of one answer.
#[derive(Debug)]
pub(crate) struct Exposition {
    /// Each family with its type.
    pub(crate) families: BTreeMap<String, String>,
    /// Each series, as it is written, with its value.
    pub(crate) series: BTreeMap<String, f64>,
}

impl Exposition {
    /// Reads a text; fails on all that a linter would complain of.
    #[track_caller]
    pub(crate) fn of(text: &str) -> Self {
        let mut read = Self {
            families: BTreeMap::new(),
            series: BTreeMap::new(),
        };
        assert!(text.ends_with('\n'));
        let mut family = (String::new(), String::new());
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').expect("a help text");
                assert!(help.ends_with('.'), "{line}");
                let kind = lines.next().unwrap().strip_prefix("# TYPE ").unwrap();
                let (of, kind) = kind.split_once(' ').unwrap();
                assert_eq!(of, name, "HELP and TYPE belong together");
                read.begin(name, kind);
                family = (name.to_owned(), kind.to_owned());
            } else {
                read.add(line, &family.0, &family.1);
            }
        }
        read.check_histograms();
        read
    }

    fn begin(&mut self, name: &str, kind: &str) {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(name.chars().all(is_name), "{name}");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name} {kind}");
        for part in name.split('_') {
            let odd = [
                "ms",
                "milliseconds",
                "minutes",
                "kb",
                "mb",
                "percent",
                "histogram",
                "gauge",
            ];
            assert!(
                !odd.contains(&part),
                "{name}: base units only, and no types"
            );
        }
        for time in ["duration", "age", "time"] {
            let is_time = name.contains(&format!("_{time}_"));
            assert!(!is_time || name.ends_with("_seconds"), "{name} has no unit");
        }
        let before = self.families.insert(name.to_owned(), kind.to_owned());
        assert_eq!(before, None, "{name} comes twice");
    }

    fn add(&mut self, line: &str, family: &str, kind: &str) {
        let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
        assert!(value >= 0.0, "{line}");
        let name = series.split('{').next().unwrap();
        let suffixes: &[&str] = match kind {
            "histogram" => &["_bucket", "_sum", "_count"],
            _ => &[""],
        };
        let of_family = |suffix: &&str| name.strip_suffix(*suffix) == Some(family);
        assert!(suffixes.iter().any(of_family), "{line} in {family}");
        for name in labels(series).keys() {
            assert!(
                name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
                "{line}"
            );
        }
        let before = self.series.insert(series.to_owned(), value);
        assert_eq!(before, None, "{series} comes twice");
    }

    fn check_histograms(&self) {
        let buckets = self
            .series
            .iter()
            .filter(|(series, _)| series.contains("_bucket{"));
        let mut ends: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
        for (series, count) in buckets {
            let mut of = labels(series);
            let end = of.remove("le").expect("buckets end somewhere");
            let name = series.split("_bucket{").next().unwrap();
            let key = format!("{name} {of:?}");
            ends.entry(key)
                .or_default()
                .push((end.parse().unwrap(), *count));
        }
        for (key, mut buckets) in ends {
            buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
            assert!(
                buckets.windows(2).all(|two| two[0].1 <= two[1].1),
                "{key}: cumulative"
            );
            let (end, all) = buckets.last().unwrap();
            assert!(end.is_infinite(), "{key}: a bucket without an end");
            let count = self.series.iter().find(|(series, _)| {
                let name = series.split('{').next().unwrap();
                name.strip_suffix("_count")
                    .is_some_and(|name| key == format!("{name} {:?}", labels(series)))
            });
            assert!((count.expect("a count").1 - all).abs() < 0.5, "{key}");
        }
    }

    /// The sum of all series of a name that have these labels.
    pub(crate) fn sum(&self, name: &str, wanted: &[(&str, &str)]) -> f64 {
        let ours = self.series.iter().filter(|(series, _)| {
            let of = labels(series);
            let has = |(label, value): &(&str, &str)| of.get(*label).is_some_and(|is| is == value);
            series.split('{').next() == Some(name) && wanted.iter().all(has)
        });
        ours.map(|(_, value)| value).sum()
    }

    /// The same, of what is counted in whole numbers.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts are small, whole and not negative, as was checked"
    )]
    pub(crate) fn count(&self, name: &str, wanted: &[(&str, &str)]) -> u64 {
        self.sum(name, wanted) as u64
    }

    /// The values of a label.
    pub(crate) fn values(&self, label: &str) -> BTreeSet<String> {
        let all = self.series.keys();
        all.filter_map(|series| labels(series).remove(label))
            .collect()
    }
}

/// The labels of a series. No value of ours holds a quote or a comma.
fn labels(series: &str) -> BTreeMap<String, String> {
    let Some((_, labels)) = series.split_once('{') else {
        return BTreeMap::new();
    };
    let labels = labels.strip_suffix('}').unwrap().split("\",");
    let labels = labels.map(|label| {
        let (name, value) = label
            .split_once("=\"")
            .unwrap_or_else(|| panic!("{series}"));
        (name.to_owned(), value.trim_end_matches('"').to_owned())
    });
    labels.collect()
}
