//! How well a net does on a data set, as the WTB notebook prints and saves it (chapter 8).

use crate::data::{Dataset, write_tensor};
use crate::layers::{Layer, Loss, Nll, Sequential};
use crate::{Result, Scalar, Tensor};
use std::path::Path;

/// The loss and the hits of a net on a data set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stats {
    /// The mean negative log-likelihood of an example.
    pub loss: f64,
    /// How many examples got their highest probability at their label.
    pub correct: usize,
    /// How many there are.
    pub total: usize,
}

impl Stats {
    /// How many in a hundred are correct.
    pub fn accuracy(&self) -> f64 {
        100.0 * self.correct as f64 / self.total as f64
    }

    /// The WTB notebook's line, `set` being `"training"` or `"test"`.
    ///
    /// ```
    /// use longhand::wtb::Stats;
    /// let stats = Stats { loss: 2.28104, correct: 10_020, total: 60_000 };
    /// assert_eq!(
    ///     stats.line("training"),
    ///     "training set: average loss: 2.2810, accuracy: 10020/60000 (17%)"
    /// );
    /// ```
    pub fn line(&self, set: &str) -> String {
        let Self { loss, correct, total } = self;
        let accuracy = self.accuracy();
        format!("{set} set: average loss: {loss:.4}, accuracy: {correct}/{total} ({accuracy:.0}%)")
    }
}

/// Runs a net that gives log-probabilities over a data set, in evaluation mode and in batches of
/// `size`, so that no more than one batch is in memory. The loss of a batch counts by its size.
///
/// # Panics
/// If there are no examples, or `size` is 0.
#[track_caller]
pub fn stats<T: Scalar>(net: &mut Sequential<T>, data: &Dataset<T>, size: usize) -> Stats {
    assert!(!data.is_empty(), "statistics of a data set without examples");
    let (mut loss, mut correct, mut nll) = (0.0, 0, Nll::mean());
    for (images, labels) in data.batches(size).in_order() {
        let output = net.predict(&images);
        let mean: T = nll.forward(&output, &labels);
        loss += mean.to_f64() * labels.len() as f64;
        let guesses = output.argmax(-1);
        correct += guesses.iter().zip(&labels).filter(|(guess, label)| guess == label).count();
    }
    Stats { loss: loss / data.len() as f64, correct, total: data.len() }
}

/// Saves one row for each epoch, its loss and its accuracy in per cent, as `numpy.save` would:
/// a `.npy` file of `<f8`, shape `[epochs, 2]`. The four of the WTB notebook are called `train_stats_wtb`,
/// `test_stats_wtb`, `train_stats_norm` and `test_stats_norm`.
///
/// # Errors
/// If the file cannot be written.
///
/// ```
/// use longhand::data::read_tensor;
/// use longhand::wtb::{Stats, save_stats};
/// let path = std::env::temp_dir().join(format!("longhand-stats-{}.npy", std::process::id()));
/// save_stats(&path, &[Stats { loss: 2.25, correct: 3, total: 4 }])?;
/// assert_eq!(read_tensor::<f64>(&path)?.data(), [2.25, 75.0]);
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), longhand::Error>(())
/// ```
pub fn save_stats(path: impl AsRef<Path>, epochs: &[Stats]) -> Result<()> {
    let rows = epochs.iter().flat_map(|stats| [stats.loss, stats.accuracy()]);
    write_tensor(path, &Tensor::<f64>::new([epochs.len(), 2], rows.collect()))
}
