//! Figures, written as SVG by hand: every chapter's curves, histograms and digits.
//!
//! A figure is drawn 640 units wide and scales to any width. It brings its own style sheet, so
//! that one file serves a light page and a dark one (`prefers-color-scheme`), and sets its text
//! larger on a phone, for which every margin leaves room. Colours come from the palette of
//! Okabe and Ito, which colour-blind readers can tell apart, made darker for white paper and
//! lighter for black. Numbers are printed with fixed rounding and no function of the platform's
//! mathematics library is called: the same data give the same bytes everywhere.
//!
//! ```
//! use longhand::report::{Figure, LineChart};
//! let epochs = [1, 2, 3, 4];
//! let svg = LineChart::new("Loss falls")
//!     .x("epoch")
//!     .y("loss (nats)")
//!     .line("training", &epochs, &[0.61, 0.25, 0.19, 0.15])
//!     .line("test", &epochs, &[0.32, 0.22, 0.18, 0.16])
//!     .to_svg();
//! assert!(svg.starts_with("<svg "));
//! ```

mod area;
mod bar;
mod confusion;
mod decimal;
mod frame;
mod histogram;
mod images;
mod line;
mod png;
mod scale;
mod series;
mod svg;
mod timeline;
mod trace;

pub use area::AreaChart;
pub use bar::BarChart;
pub use confusion::ConfusionMatrix;
pub use histogram::Histogram;
pub use images::ImageGrid;
pub use line::LineChart;
pub use timeline::Timeline;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::{Result, files};

/// What every kind of chart can do: become SVG, and go to a file.
pub trait Figure {
    /// The figure as the text of an SVG file.
    fn to_svg(&self) -> String;

    /// Writes the figure to `path`, making the folder if there is none.
    ///
    /// # Errors
    /// If the folder cannot be made or the file cannot be written.
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            files::create_folder(folder)?;
        }
        files::write(path, self.to_svg())
    }

    /// Writes the figure to [`figure_path(name)`](crate::report::figure_path).
    ///
    /// What comes back prints as the file's bare name, which is the same wherever the folder is.
    ///
    /// # Errors
    /// If the folder cannot be made or the file cannot be written.
    ///
    /// ```
    /// # use longhand::report::{BarChart, Figure};
    /// # fn main() -> longhand::Result<()> {
    /// let chart = BarChart::new("Two bars").bar("one", 1.0).bar("two", 2.0);
    /// let saved = chart.save_figure("doctest-bars")?;
    /// println!("figure: {saved}"); // figure: doctest-bars.svg
    /// # assert_eq!(saved.to_string(), "doctest-bars.svg");
    /// # std::fs::remove_file(saved.path()).unwrap();
    /// # Ok(())
    /// # }
    /// ```
    fn save_figure(&self, name: &str) -> Result<Saved> {
        let path = crate::report::figure_path(name);
        self.save(&path).map_err(|error| {
            error.help("set LONGHAND_FIGURES to a folder that has room and that you may write to")
        })?;
        Ok(Saved { path })
    }
}

/// A figure that has been written. Prints as the file's name, without the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    path: PathBuf,
}

impl Saved {
    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.path.file_name().unwrap_or_default();
        f.write_str(&name.to_string_lossy())
    }
}

/// Numbers of any type that fits in an f64, as f64.
fn numbers<T: Into<f64> + Copy>(values: &[T]) -> Vec<f64> {
    values.iter().map(|&value| value.into()).collect()
}
