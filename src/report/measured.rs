//! Figures that were measured here and now: marked, so that nobody takes them for a result.
//!
//! A loss or an accuracy is the same on every machine, to the last digit. A time is not, nor is
//! anything worked out from one. In what the chapters print, such a figure begins with a `~`.
//! The tests of the book compare all the rest to the letter.

use std::fmt::Display;

/// What a measured figure begins with.
const MARK: char = '~';

/// The width that a table counts a measured cell at when it looks for room: its own width would
/// make the table of a slow machine fold where that of a fast one does not.
pub(super) const MEASURED_WIDTH: usize = 11;

/// A measured figure with its unit, marked as one.
///
/// ```
/// use longhand::report::measured;
/// let seconds = 1.94;
/// assert_eq!(format!("trained in {}", measured(format_args!("{seconds:.1} s"))), "trained in ~1.9 s");
/// ```
pub fn measured(figure: impl Display) -> String {
    format!("{MARK}{figure}")
}

/// Whether this cell of a table holds a measured figure.
pub(super) fn is_measured(cell: &str) -> bool {
    cell.starts_with(MARK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Table;

    #[test]
    fn no_measured_figure_decides_whether_a_table_folds() {
        let table = |time: &str| {
            let long = "a name that is long, and that a table folds where there is no room for it";
            Table::new(["what", "took"]).row([long, &measured(time)]).to_string()
        };
        let lines = |time: &str| table(time).lines().count();
        assert_eq!(lines("1 s"), lines("1,234,567.8 ms"), "{}", table("1,234,567.8 ms"));
        assert!(table("1,234,567.8 ms").contains("~1,234,567.8 ms\n"));
    }
}
