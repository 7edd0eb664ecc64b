//! The exact diagonal of the Gauss-Newton matrix, from sums of squared individual gradients
//! (chapter 10).
//!
//! Write the Hessian of a sample's loss, with respect to its own output, as S·Sᵀ. Then the matrix
//! is Σ_n Σ_c (J_nᵀ·s_nc)·(J_nᵀ·s_nc)ᵀ, where s_nc is column c of S for sample n, and its diagonal is
//! the sum of the squares of J_nᵀ·s_nc. But that is what a sample's gradient would be if s_nc were the
//! gradient of its output: one backward pass for each column, and nothing new.

use super::recorder::Recorder;
use crate::layers::Reduction;
use crate::tape::{Tape, Var};
use crate::{Scalar, Tensor};

impl<'t, T: Scalar> Recorder<'t, T> {
    // ANCHOR: ggn_diagonal
    /// The diagonal of the Gauss-Newton matrix for each parameter, in the order of
    /// [`params`](Self::params). `root` holds the columns of S, each of the output's shape: see
    /// [`cross_entropy_root`] and [`squared_error_root`]. Nothing is freed.
    ///
    /// # Panics
    /// If a column has another shape than the output, or an operation before the output
    /// [mixes the samples](Var::mixing_samples).
    #[track_caller]
    pub fn ggn_diagonal(&self, output: Var<'t, T>, root: &[Tensor<T>]) -> Vec<Tensor<T>> {
        let params = self.params();
        let mut diagonal: Vec<_> = params.iter().map(|p| Tensor::zeros(p.shape())).collect();
        for column in root {
            let scratch = Tape::new();
            let samples = self.samples_on(&scratch, output, column);
            for (sum, &param) in diagonal.iter_mut().zip(&params) {
                *sum += &samples.sum_squares(param).value();
            }
        }
        diagonal
    }
    // ANCHOR_END: ggn_diagonal
}

// ANCHOR: root
/// The columns of S for a cross-entropy: with p = softmax of a sample's scores, the Hessian is
/// diag(p) − p·pᵀ, and S = diag(√p) − p·√pᵀ. For a mean over the batch, S is divided by √N.
///
/// ```
/// use longhand::layers::Reduction;
/// use longhand::per_sample::cross_entropy_root;
/// use longhand::Tensor;
/// let root = cross_entropy_root(&Tensor::<f64>::zeros([1, 2]), Reduction::Sum); // p = ½, ½
/// let product = |i: usize, j: usize| root.iter().map(|s| s[[0, i]] * s[[0, j]]).sum::<f64>();
/// assert!((product(0, 0) - 0.25).abs() < 1e-15 && (product(0, 1) + 0.25).abs() < 1e-15);
/// ```
///
/// # Panics
/// If the scores are not `[n, classes]`.
#[track_caller]
#[must_use]
pub fn cross_entropy_root<T: Scalar>(scores: &Tensor<T>, reduction: Reduction) -> Vec<Tensor<T>> {
    let [n, classes] = *scores.shape() else {
        panic!("scores of shape {}, not [n, classes]", scores.shape());
    };
    let p = scores.log_softmax().exp();
    let scale = reduction.divisor::<T>(n).sqrt();
    let column = |c: usize| {
        let own = p.slice(1, c..c + 1).sqrt();
        (Tensor::one_hot(&vec![c; n], classes) - &p) * own / scale
    };
    (0..classes).map(column).collect()
}

/// The columns of S for a squared error: its Hessian is 2 times the identity, and S is √2 times
/// it. For a mean over all elements, S is divided by the root of their number.
///
/// # Panics
/// If the output is not `[n, features]`.
#[track_caller]
#[must_use]
pub fn squared_error_root<T: Scalar>(output: &Tensor<T>, reduction: Reduction) -> Vec<Tensor<T>> {
    let [n, features] = *output.shape() else {
        panic!("an output of shape {}, not [n, features]", output.shape());
    };
    let scale = (T::from_f64(2.0) / reduction.divisor(output.len())).sqrt();
    (0..features).map(|c| Tensor::one_hot(&vec![c; n], features) * scale).collect()
}
// ANCHOR_END: root
