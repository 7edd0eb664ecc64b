//! A text table: a header, rows, thin rules, as a terminal and a book's code block show it.
//!
//! A column whose cells are all numbers stands to the right, any other to the left. A table
//! that would be wider than 80 columns breaks the cells of its widest left-hand column. Whether
//! it does depends on no measured figure: see [`measured`](super::measured).

use std::fmt;

use super::measured::{MEASURED_WIDTH, is_measured};
use super::width::{cut, display_width, printable};

/// The greatest width that a table takes if its columns of text can be broken.
const PAGE: usize = 80;
/// The least width that a column of text is broken to.
const NARROW: usize = 12;
/// What stands between two columns.
const GAP: &str = "  ";

/// Rows and columns of text.
///
/// ```
/// use longhand::report::Table;
/// let table = Table::new(["layer", "output", "parameters"])
///     .title("A net for digits")
///     .row(["Linear", "64×50", "39,250"])
///     .row(["Relu", "64×50", "0"])
///     .row(["Linear", "64×10", "510"])
///     .footer(["", "", "39,760"]);
/// assert_eq!(table.to_string(), "\
/// A net for digits
/// ──────────────────────────
/// layer   output  parameters
/// ──────────────────────────
/// Linear  64×50       39,250
/// Relu    64×50            0
/// Linear  64×10          510
/// ──────────────────────────
///                     39,760
/// ");
/// ```
#[must_use = "a table is seen when it is printed"]
#[derive(Clone, Debug)]
pub struct Table {
    title: Option<String>,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    footer: Option<Vec<String>>,
    sides: Vec<Option<Side>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Left,
    Right,
}

impl Table {
    /// A table with these column headings and no rows.
    pub fn new<S: fmt::Display>(header: impl IntoIterator<Item = S>) -> Self {
        let header = texts(header);
        let sides = vec![None; header.len()];
        Self { title: None, header, rows: Vec::new(), footer: None, sides }
    }

    /// The line above the table.
    pub fn title(mut self, title: &str) -> Self {
        self.title = Some(printable(title));
        self
    }

    /// One more row.
    ///
    /// # Panics
    /// If it has not one cell for each column.
    #[track_caller]
    pub fn row<S: fmt::Display>(mut self, cells: impl IntoIterator<Item = S>) -> Self {
        self.push(cells);
        self
    }

    /// One more row, for a table that grows in a loop.
    ///
    /// # Panics
    /// If it has not one cell for each column.
    #[track_caller]
    pub fn push<S: fmt::Display>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells = self.fitting(texts(cells));
        self.rows.push(cells);
    }

    /// A last row below a rule: totals, say.
    ///
    /// # Panics
    /// If it has not one cell for each column.
    #[track_caller]
    pub fn footer<S: fmt::Display>(mut self, cells: impl IntoIterator<Item = S>) -> Self {
        self.footer = Some(self.fitting(texts(cells)));
        self
    }

    /// Sets a column (counted from 0) to the left, whatever its cells.
    pub fn left(mut self, column: usize) -> Self {
        self.sides[column] = Some(Side::Left);
        self
    }

    /// Sets a column (counted from 0) to the right, whatever its cells.
    pub fn right(mut self, column: usize) -> Self {
        self.sides[column] = Some(Side::Right);
        self
    }

    #[track_caller]
    fn fitting(&self, cells: Vec<String>) -> Vec<String> {
        let (found, expected) = (cells.len(), self.header.len());
        assert!(found == expected, "a row of {found} cells in a table of {expected} columns");
        cells
    }

    fn side(&self, column: usize) -> Side {
        let cells = || self.rows.iter().map(|row| row[column].as_str()).filter(|c| !c.is_empty());
        self.sides[column].unwrap_or(match cells().next().is_some() && cells().all(is_number) {
            true => Side::Right,
            false => Side::Left,
        })
    }

    /// The width of each column, after narrowing. Whether there is narrowing depends on no
    /// measured cell: each counts as [`MEASURED_WIDTH`] wide, and has the room that it needs.
    fn widths(&self) -> Vec<usize> {
        let counted = |cell: &str| match is_measured(cell) {
            true => MEASURED_WIDTH,
            false => display_width(cell),
        };
        let mut widths = self.widest(counted);
        let measured = self.widest(|cell| is_measured(cell).into());
        while total(&widths) > PAGE {
            let soft =
                (0..widths.len()).filter(|&c| self.side(c) == Side::Left && measured[c] == 0);
            match soft.max_by_key(|&c| widths[c]) {
                Some(column) if widths[column] > NARROW => widths[column] -= 1,
                _ => break,
            }
        }
        let needed = self.widest(display_width);
        (0..widths.len()).map(|c| if measured[c] > 0 { needed[c] } else { widths[c] }).collect()
    }

    /// The greatest width in each column.
    fn widest(&self, width: impl Fn(&str) -> usize) -> Vec<usize> {
        let lines = || std::iter::once(&self.header).chain(&self.rows).chain(&self.footer);
        let widest = |column: usize| lines().map(|line| width(&line[column])).max();
        (0..self.header.len()).filter_map(widest).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let sides: Vec<_> = (0..widths.len()).map(|column| self.side(column)).collect();
        let rule = "─".repeat(total(&widths));
        let row = |f: &mut fmt::Formatter<'_>, cells: &[String]| -> fmt::Result {
            let cells = cells.iter().zip(&widths);
            let broken: Vec<_> = cells.map(|(cell, &width)| broken(cell, width)).collect();
            for line in 0..broken.iter().map(Vec::len).max().unwrap_or(0) {
                let mut text = String::new();
                for ((cell, &width), side) in broken.iter().zip(&widths).zip(&sides) {
                    let cell = cell.get(line).copied().unwrap_or("");
                    let pad = " ".repeat(width.saturating_sub(display_width(cell)));
                    match side {
                        Side::Left => text += &format!("{cell}{pad}{GAP}"),
                        Side::Right => text += &format!("{pad}{cell}{GAP}"),
                    }
                }
                writeln!(f, "{}", text.trim_end())?;
            }
            Ok(())
        };
        if let Some(title) = &self.title {
            writeln!(f, "{title}\n{rule}")?;
        }
        row(f, &self.header)?;
        writeln!(f, "{rule}")?;
        for cells in &self.rows {
            row(f, cells)?;
        }
        if let Some(cells) = &self.footer {
            writeln!(f, "{rule}")?;
            row(f, cells)?;
        }
        Ok(())
    }
}

fn texts<S: fmt::Display>(cells: impl IntoIterator<Item = S>) -> Vec<String> {
    // A plain loop, because this is compiled for every kind of row.
    let mut texts = Vec::new();
    for cell in cells {
        texts.push(printable(&cell.to_string()));
    }
    texts
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
}

/// Whether a cell reads as a number, its unit included: `-0.5`, `39,250`, `97.5 %`, `1.2 ms`,
/// `3.0×`, `1e-5`; or stands for a missing one: `-`, `–`.
fn is_number(cell: &str) -> bool {
    let mut words = cell.split(' ');
    let number = words.next().unwrap_or("").trim_start_matches(['±', '~', '<', '>', '≈']);
    let number = number.trim_end_matches(['×', '%', 's', 'x']);
    let number = number.replace(',', "").replace('−', "-");
    let unit = words.next().unwrap_or("");
    let short = words.next().is_none() && display_width(unit) <= 8;
    let missing = matches!(cell, "-" | "–");
    missing || (short && number.parse::<f64>().is_ok())
}

/// A cell as lines of at most `width` columns, broken at spaces where there are any.
fn broken(cell: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = cell;
    while display_width(rest) > width {
        let head = cut(rest, width);
        // A space just after the part that fits is a good place too.
        let space = match rest[head.len()..].starts_with(' ') {
            true => Some(head.len()),
            false => head.rfind(' '),
        };
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let at = space.filter(|&at| at > 0).unwrap_or(head.len().max(first));
        lines.push(rest[..at].trim_end());
        rest = rest[at..].trim_start();
    }
    lines.push(rest);
    lines
}
