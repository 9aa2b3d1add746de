//! Counters and histograms.
//!
//! The histograms of prometheus-client lock a mutex for each observation, and every request would wait for it. So that
//! crate is only used to write the text.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A counter that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds one.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The upper bounds of a histogram's buckets in whole steps, and the size of a step in the unit of the metric.
#[derive(Debug)]
pub(super) struct Scale {
    pub(super) bounds: &'static [u64],
    pub(super) step: f64,
}

/// The distribution of observed values.
#[derive(Debug)]
pub(super) struct Histogram {
    scale: &'static Scale,
    /// One count for each bound, and one for larger values.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    pub(super) fn new(scale: &'static Scale) -> Self {
        Self {
            scale,
            counts: (0..=scale.bounds.len())
                .map(|_| AtomicU64::new(0))
                .collect(),
            sum: AtomicU64::new(0),
        }
    }

    pub(super) fn observe(&self, value: u64) {
        let bucket = self.scale.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Records a duration. The scale has to be in microseconds.
    pub(super) fn observe_time(&self, time: Duration) {
        self.observe(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    pub(super) fn read(&self) -> Reading {
        let mut reading = Reading::new(self.scale);
        reading.add(self);
        reading
    }
}

/// The values of a histogram, or of several together, at one moment.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    scale: &'static Scale,
    counts: Vec<u64>,
    sum: u64,
}

impl Reading {
    pub(super) fn new(scale: &'static Scale) -> Self {
        Self {
            scale,
            counts: vec![0; scale.bounds.len() + 1],
            sum: 0,
        }
    }

    pub(super) fn add(&mut self, histogram: &Histogram) {
        for (total, count) in self.counts.iter_mut().zip(&histogram.counts) {
            *total += count.load(Ordering::Relaxed);
        }
        self.sum += histogram.sum.load(Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "sums beyond 2^53 steps lose their last digits"
    )]
    pub(super) fn sum(&self) -> f64 {
        self.sum as f64 * self.scale.step
    }

    /// Returns the upper bound of each bucket with the number of values in it. The last bucket has no bound.
    #[allow(clippy::cast_precision_loss, reason = "bounds are small")]
    pub(super) fn buckets(&self) -> Vec<(f64, u64)> {
        let bounds = self.scale.bounds.iter();
        let ends = bounds.map(|bound| {
            // Divides rather than multiplies, so that 25 thousandths are exactly 0.025.
            let steps = (1.0 / self.scale.step).round();
            *bound as f64 / steps
        });
        let ends = ends.chain([f64::INFINITY]);
        ends.zip(self.counts.iter().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: Scale = Scale {
        bounds: &[1000, 25_000, 1_000_000],
        step: 1e-6,
    };

    #[test]
    fn a_value_is_in_the_first_bucket_that_does_not_end_below_it() {
        let histogram = Histogram::new(&SCALE);
        for value in [0, 1000, 1001, 25_000, 2_000_000] {
            histogram.observe(value);
        }
        let reading = histogram.read();
        let expected = [(0.001, 2), (0.025, 2), (1.0, 0), (f64::INFINITY, 1)];
        assert_eq!(reading.buckets(), expected);
        assert_eq!(reading.count(), 5);
        assert!((reading.sum() - 2.027_001).abs() < 1e-9, "{reading:?}");
    }
}
