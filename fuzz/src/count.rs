//! How many comparisons a target has made: libFuzzer counts inputs, not what is done with them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A count that says so each time it has doubled, and once more when the program ends.
#[derive(Debug)]
pub struct Count {
    what: &'static str,
    number: AtomicU64,
}

/// Those that have begun.
static COUNTS: Mutex<Vec<&Count>> = Mutex::new(Vec::new());

unsafe extern "C" {
    safe fn atexit(last: extern "C" fn()) -> i32;
}

extern "C" fn say_all() {
    for count in COUNTS.lock().iter().flat_map(|counts| counts.iter()) {
        count.say();
    }
}

impl Count {
    pub const fn new(what: &'static str) -> Self {
        Self { what, number: AtomicU64::new(0) }
    }

    pub fn one_more(&'static self) {
        let number = 1 + self.number.fetch_add(1, Relaxed);
        if number == 1 {
            let mut counts = COUNTS.lock().expect("nothing panics that holds the counts");
            if counts.is_empty() {
                assert_eq!(atexit(say_all), 0, "no room for what is done at the end");
            }
            counts.push(self);
        } else if number >= 64 && number.is_power_of_two() {
            self.say();
        }
    }

    fn say(&self) {
        eprintln!("{} {}", self.number.load(Relaxed), self.what);
    }
}
