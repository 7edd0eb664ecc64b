//! What a gradient check has found, and how it says so (chapter 5).

use crate::report::Table;
use std::fmt;

/// What a check has found.
#[derive(Clone, Debug)]
#[must_use = "a report is there to be read, or to expect_right()"]
pub struct Report {
    /// The number of elements that were checked.
    pub checked: usize,
    /// The largest error among those that are right.
    pub error: f64,
    /// Elements whose gradient is wrong.
    pub mistakes: Vec<Finding>,
    /// Elements at which the function has no slope, and whose gradient is as good as any.
    pub kinks: Vec<Finding>,
}

/// An element at which gradient and measurement differ.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which input, counted from 0.
    pub argument: usize,
    /// Which element of it.
    pub index: Vec<usize>,
    /// The gradient as the pullbacks have it.
    pub gradient: f64,
    /// The slope as measured.
    pub measured: f64,
    /// How far apart the two are.
    pub error: f64,
    /// The slopes just to the left and just to the right of the element's value.
    pub sides: (f64, f64),
}

impl Report {
    /// Whether no gradient is wrong.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// Panics with the report if a gradient is wrong.
    #[track_caller]
    pub fn expect_right(&self) {
        if !self.is_right() {
            panic!("{self}");
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        writeln!(
            f,
            "{}: {}, {}; largest error elsewhere {:.1e}",
            count(self.checked, "element"),
            count(self.mistakes.len(), "mistake"),
            count(self.kinks.len(), "kink"),
            self.error
        )?;
        if self.mistakes.is_empty() && self.kinks.is_empty() {
            return Ok(());
        }
        let header = ["", "input", "index", "gradient", "measured", "error", "left", "right"];
        let mut table = Table::new(header);
        let mistakes = self.mistakes.iter().map(|finding| ("mistake", finding));
        for (kind, finding) in mistakes.chain(self.kinks.iter().map(|finding| ("kink", finding))) {
            let number = |x: f64| format!("{x:.6}");
            let Finding { argument, index, gradient, measured, error, sides } = finding;
            table.push([
                kind.to_string(),
                argument.to_string(),
                format!("{index:?}"),
                number(*gradient),
                number(*measured),
                format!("{error:.1e}"),
                number(sides.0),
                number(sides.1),
            ]);
        }
        write!(f, "{table}")
    }
}
