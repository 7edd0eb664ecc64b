//! How many comparisons a target has made: libFuzzer counts inputs, not what is done with them.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A count that says so each time it has doubled.
#[derive(Debug)]
pub struct Count {
    what: &'static str,
    number: AtomicU64,
}

impl Count {
    pub const fn new(what: &'static str) -> Self {
        Self { what, number: AtomicU64::new(0) }
    }

    pub fn one_more(&self) {
        let number = 1 + self.number.fetch_add(1, Relaxed);
        if number >= 64 && number.is_power_of_two() {
            eprintln!("{number} {}", self.what);
        }
    }
}
