//! The ratio as the WTB notebook computes it, plain and with that notebook's faults; and the file
//! that it saves (chapter 8).
//!
//! It adds up g and g² in the precision of the net and takes the variance as a difference of two
//! large numbers. Where the gradients of an epoch are nearly equal, that difference is rounding
//! error: it can be anything, also negative, and then its root is NaN. A NaN is not below 1, so
//! nothing is tempered and nobody is told. [`GradientStats`](super::GradientStats) does better; in
//! double precision and for gradients that scatter the two agree, and the tests hold it to this.
//!
//! The sums and the ratio have the parameter's shape; tensors of different shapes panic, unless one
//! broadcasts to the other.
//!
//! ```
//! use longhand::{Tensor, wtb::notebook::compute_snr};
//! // The gradients 1 and 3: mean 2, variance 1, error √½.
//! let (grad, grad2) = (Tensor::vector(&[4.0_f64]), Tensor::vector(&[10.0]));
//! assert!((compute_snr(&grad, &grad2, 2).item() - 2.0 / 0.5_f64.sqrt()).abs() < 1e-12);
//! ```

use super::EPSILON;
use crate::data::write_tensor;
use crate::layers::Evaluation;
use crate::{Result, Scalar, Tensor};
use std::path::Path;

// ANCHOR: notebook
/// `grad` += g: what one mini-batch adds to the running sum.
#[track_caller]
pub fn acc_grad<T: Scalar>(grad: &mut Tensor<T>, g: &Tensor<T>) {
    // both of the parameter's shape
    *grad += g;
}

/// `grad2` += g², element by element.
#[track_caller]
pub fn acc_grad2<T: Scalar>(grad2: &mut Tensor<T>, g: &Tensor<T>) {
    // both of the parameter's shape
    *grad2 += &g.square();
}

/// The signal-to-noise ratio of `batches` gradients from their sum and the sum of their squares.
#[track_caller]
pub fn compute_snr<T: Scalar>(grad: &Tensor<T>, grad2: &Tensor<T>, batches: usize) -> Tensor<T> {
    // grad and grad2 of the parameter's shape → the same shape
    let (b, epsilon) = (T::from_f64(batches as f64), T::from_f64(EPSILON));
    grad.zip(grad2, |grad, grad2| {
        let (mean, mean2) = (grad / b, grad2 / b);
        let err = ((mean2 - mean * mean) / b).sqrt();
        mean.abs() / if err == T::ZERO { epsilon } else { err }
    })
}
// ANCHOR_END: notebook

// ANCHOR: admitted
/// How many mini-batches of `size` the notebook's loop admits if it is to see `samples` images. It
/// breaks off where `batch_idx * size > samples`, and so goes on where the two are equal.
///
/// [`batches_needed`] is what was meant. The notebook's own run is spared: it asks for all images
/// that there are, and the loader has no more batches. Even of no images it admits a batch.
///
/// # Panics
/// If `size` is 0.
pub fn batches_admitted(samples: usize, size: usize) -> usize {
    samples / size + 1
}

/// How many mini-batches of `size` hold `samples` images; the last one may not be full.
///
/// # Panics
/// If `size` is 0.
pub fn batches_needed(samples: usize, size: usize) -> usize {
    samples.div_ceil(size)
}
// ANCHOR_END: admitted

/// Saves one row for each epoch, its loss and its accuracy in per cent, as `numpy.save` would:
/// a `.npy` file of `<f8`, shape `[epochs, 2]`. The notebook's four are called `train_stats_wtb`,
/// `test_stats_wtb`, `train_stats_norm` and `test_stats_norm`.
///
/// # Errors
/// If the file cannot be written.
///
/// ```
/// use longhand::data::read_tensor;
/// use longhand::layers::Evaluation;
/// use longhand::wtb::notebook::save_stats;
/// let path = std::env::temp_dir().join(format!("longhand-stats-{}.npy", std::process::id()));
/// save_stats(&path, &[Evaluation { loss: 2.25, confusion: vec![vec![2, 1], vec![0, 1]] }])?;
/// assert_eq!(read_tensor::<f64>(&path)?.data(), [2.25, 75.0]);
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), longhand::Error>(())
/// ```
pub fn save_stats(path: impl AsRef<Path>, epochs: &[Evaluation]) -> Result<()> {
    let rows = epochs.iter().flat_map(|epoch| [epoch.loss, epoch.accuracy()]);
    write_tensor(path, &Tensor::<f64>::new([epochs.len(), 2], rows.collect()))
}
