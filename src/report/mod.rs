//! What a run shows: a progress line, text tables and figures. Every chapter uses them.
//!
//! - [`Progress`] redraws one line on the terminal's stderr and is silent in a pipe, so that
//!   stdout holds exactly the text that the book prints.
//! - [`measured`] marks what another machine will print otherwise, a time above all.
//! - [`spread`] says what several seeds gave: mean and standard deviation.
//! - [`Table`] sets rows and columns for a terminal and for a code block.
//! - [`chart`] writes figures as SVG, by hand. They follow the reader's light or dark theme and
//!   are the same bytes on every machine.
//!
//! All else may stand on this: nothing here knows a tensor or a net. It works on slices and
//! strings.

pub mod chart;
mod grouped;
mod measured;
mod progress;
mod spread;
mod table;
mod width;

pub use chart::{
    AreaChart, BarChart, ConfusionMatrix, Figure, Histogram, ImageGrid, LineChart, Saved, Timeline,
};
pub use grouped::grouped;
pub use measured::measured;
pub use progress::Progress;
pub use spread::spread;
pub use table::Table;
pub use width::display_width;

use std::ffi::OsString;
use std::path::PathBuf;

/// Prints a heading, after which an example shows one thing. The book takes its output apart at
/// these lines.
///
/// ```
/// longhand::report::section("A tensor"); // ── A tensor ─────…
/// ```
pub fn section(title: &str) {
    println!("\n── {title} {}", "─".repeat(68_usize.saturating_sub(title.chars().count())));
}

/// The folder that figures go to: the value of `LONGHAND_FIGURES`, else `target/figures`.
///
/// ```
/// // Without the variable:
/// # if std::env::var_os("LONGHAND_FIGURES").is_none() {
/// assert!(longhand::report::figure_folder().ends_with("target/figures"));
/// # }
/// ```
#[must_use]
pub fn figure_folder() -> PathBuf {
    folder_from(std::env::var_os("LONGHAND_FIGURES"))
}

/// Where the figure called `name` goes: `name.svg` in the [`figure_folder`].
///
/// ```
/// let path = longhand::report::figure_path("chapter4-loss");
/// assert!(path.ends_with("chapter4-loss.svg"));
/// ```
#[must_use]
pub fn figure_path(name: &str) -> PathBuf {
    figure_folder().join(format!("{}.svg", name.strip_suffix(".svg").unwrap_or(name)))
}

fn folder_from(variable: Option<OsString>) -> PathBuf {
    match variable {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => PathBuf::from("target").join("figures"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_none() {
        assert_eq!(folder_from(None), PathBuf::from("target/figures"));
        assert_eq!(folder_from(Some("".into())), PathBuf::from("target/figures"));
        assert_eq!(folder_from(Some("elsewhere".into())), PathBuf::from("elsewhere"));
    }
}
