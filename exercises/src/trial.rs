//! A trial: a check calls the answer on one case after the other and records what came and what
//! should have come. It goes on to the end, so that one fault does not hide another.

use crate::value::{Observed, Value, Within};
use std::cell::RefCell;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// What came of one part of an answer in one case.
#[derive(Clone, Debug)]
pub struct Record {
    /// The number of the case, from 0 on.
    pub case: usize,
    /// Which result: `d_w`.
    pub part: &'static str,
    /// What the answer gave.
    pub found: Value,
    /// What is right.
    pub expected: Value,
    /// How near it must be.
    pub within: Within,
}

/// One case: what the answer was called with.
#[derive(Clone, Debug)]
pub struct Case {
    /// The input, or where it is from.
    pub about: String,
    /// Whether it is small enough to be done on paper.
    pub paper: bool,
    /// The number of samples in it.
    pub batch: usize,
    /// What went in, to know it again if it comes out.
    pub given: Vec<Value>,
}

/// All cases of one answer.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// In order.
    pub cases: Vec<Case>,
    /// In order.
    pub records: Vec<Record>,
}

/// The part under which a panic is recorded.
pub const CALL: &str = "the call";

/// What `todo!()` panics with.
const TODO: &str = "not yet implemented";

impl Trial {
    /// Begins a case that can be done on paper. It is printed whole when it goes wrong.
    pub fn paper(&mut self, about: impl Display) {
        self.begin(about, true);
    }

    /// Begins any other case.
    pub fn case(&mut self, about: impl Display) {
        self.begin(about, false);
    }

    fn begin(&mut self, about: impl Display, paper: bool) {
        let about = about.to_string().replace("\n ", ", "); // a matrix in one line
        self.cases.push(Case { about, paper, batch: 1, given: Vec::new() });
    }

    /// Says how many samples this case holds: who forgets a mean is wrong by that factor.
    pub fn batch(&mut self, count: usize) {
        self.cases.last_mut().expect("a case").batch = count;
    }

    /// Says that this goes in.
    pub fn given(&mut self, input: &(impl Observed + ?Sized)) {
        self.cases.last_mut().expect("a case").given.push(input.value());
    }

    /// Calls the answer. A panic in it is recorded, and then there is no result.
    pub fn call<R>(&mut self, answer: impl FnOnce() -> R) -> Option<R> {
        match caught(answer) {
            Ok(result) => Some(result),
            Err(panic) => {
                self.record(CALL, panic, Value::Words("a result".into()), Within::Bits);
                None
            }
        }
    }

    /// Records what should be equal but for rounding.
    pub fn near(
        &mut self,
        part: &'static str,
        found: &(impl Observed + ?Sized),
        expected: &(impl Observed + ?Sized),
    ) {
        self.record(part, found.value(), expected.value(), Within::Share(1e-12));
    }

    /// Records what should be equal to finite differences, which are exact to about 10⁻¹⁰.
    pub fn measured(
        &mut self,
        part: &'static str,
        found: &(impl Observed + ?Sized),
        expected: &(impl Observed + ?Sized),
    ) {
        self.record(part, found.value(), expected.value(), Within::Share(1e-8));
    }

    /// Records what should be equal to the last bit.
    pub fn bits(
        &mut self,
        part: &'static str,
        found: &(impl Observed + ?Sized),
        expected: &(impl Observed + ?Sized),
    ) {
        self.record(part, found.value(), expected.value(), Within::Bits);
    }

    fn record(&mut self, part: &'static str, found: Value, expected: Value, within: Within) {
        let case = self.cases.len().checked_sub(1).expect("a case");
        self.records.push(Record { case, part, found, expected, within });
    }

    /// The parts in the order in which they were first recorded.
    pub fn parts(&self) -> Vec<&'static str> {
        let mut parts = Vec::new();
        for record in &self.records {
            if !parts.contains(&record.part) {
                parts.push(record.part);
            }
        }
        parts
    }

    /// What was recorded of a part.
    pub fn of(&self, part: &str) -> Vec<&Record> {
        self.records.iter().filter(|record| record.part == part).collect()
    }

    /// Whether a `todo!()` was met.
    pub fn not_begun(&self) -> bool {
        let todo =
            |value: &Value| matches!(value, Value::Panic(message, _) if message.starts_with(TODO));
        self.records.iter().any(|record| todo(&record.found))
    }

    /// Whether another answer, on the same cases, gave in this part what this one gave.
    pub fn same_in(&self, part: &str, other: &Trial) -> bool {
        let (ours, theirs) = (self.of(part), other.of(part));
        ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|(a, b)| {
                a.case == b.case && b.right() == a.right() && a.found.agrees(&b.found, a.within)
            })
    }
}

impl Record {
    /// Whether it is as it should be.
    pub fn right(&self) -> bool {
        self.found.agrees(&self.expected, self.within)
    }
}

thread_local! {
    /// While an answer runs: the panic that it met, if it met one.
    static WATCHED: RefCell<Option<Option<Value>>> = const { RefCell::new(None) };
}

/// Runs it, and catches its panic with message and place, without a word on the screen.
fn caught<R>(answer: impl FnOnce() -> R) -> Result<R, Value> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map_or(String::new(), ToString::to_string);
            let payload = panic.payload();
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
            let message = text.unwrap_or("no message").to_string();
            let watched = WATCHED.with_borrow_mut(|watched| {
                watched.as_mut().map(|seen| *seen = Some(Value::Panic(message, place))).is_some()
            });
            if !watched {
                report(panic);
            }
        }));
    });
    let outer = WATCHED.replace(Some(None));
    let outcome = catch_unwind(AssertUnwindSafe(answer));
    let seen = WATCHED.replace(outer).flatten();
    outcome.map_err(|_| seen.unwrap_or(Value::Panic("no message".into(), String::new())))
}
