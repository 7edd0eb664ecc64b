//! The diagonal of the Gauss-Newton matrix, exact or drawn, from sums of squared individual
//! gradients (chapter 10).
//!
//! Write the Hessian of a sample's loss, with respect to its own output, as S·Sᵀ. Then the matrix
//! is Σ_n Σ_c (J_nᵀ·s_nc)·(J_nᵀ·s_nc)ᵀ, where s_nc is column c of S for sample n, and its diagonal
//! is the sum of the squares of J_nᵀ·s_nc. But that is what a sample's gradient would be if s_nc
//! were the gradient of its output: one backward pass for each column, and nothing new.
//!
//! With many classes these are many passes. But any columns will do that have S·Sᵀ as their mean.
//! Draw a label y for each sample from the net's own probabilities p: then e_y − p has the mean 0
//! and the covariance diag(p) − p·pᵀ = S·Sᵀ. So a few such columns, each over the root of their
//! number, are an estimate of S, and all that is made of S is estimated with them.

use super::recorder::Recorder;
use crate::layers::Reduction;
use crate::tape::{Tape, Var};
use crate::{Rng, Scalar, Tensor};

impl<'t, T: Scalar> Recorder<'t, T> {
    // ANCHOR: ggn_diagonal
    /// The diagonal of the Gauss-Newton matrix for each parameter, in the order of
    /// [`params`](Self::params). `root` holds the columns of S, each of the output's shape: see
    /// [`cross_entropy_root`] and [`squared_error_root`]; with those of
    /// [`sampled_cross_entropy_root`] it is an estimate. Nothing is freed.
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

    /// The same for each sample: `[n, ..the parameter's shape]`, which add up to the diagonal of
    /// the batch. This writes down n times as many numbers.
    ///
    /// # Panics
    /// As [`ggn_diagonal`](Self::ggn_diagonal).
    #[track_caller]
    pub fn ggn_diagonal_per_sample(
        &self,
        output: Var<'t, T>,
        root: &[Tensor<T>],
    ) -> Vec<Tensor<T>> {
        let squares = |column: &Tensor<T>| {
            let scratch = Tape::new();
            let samples = self.samples_on(&scratch, output, column);
            let params = self.params().into_iter();
            params.map(|param| samples.individual(param).value().square()).collect::<Vec<_>>()
        };
        let add = |mut sums: Vec<Tensor<T>>, more: Vec<Tensor<T>>| {
            sums.iter_mut().zip(&more).for_each(|(sum, more)| *sum += more);
            sums
        };
        root.iter().map(squares).reduce(add).unwrap_or_default()
    }
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

// ANCHOR_END: root

// ANCHOR: sampled_root
/// Columns of an estimate of S for a cross-entropy, as many as `draws`: each is e_y − p with a
/// label y drawn for each sample from p = softmax of its scores. Every draw takes one number of the
/// generator for each sample.
///
/// # Panics
/// If the scores are not `[n, classes]`, or there is no draw.
#[track_caller]
#[must_use]
pub fn sampled_cross_entropy_root<T: Scalar>(
    scores: &Tensor<T>,
    reduction: Reduction,
    draws: usize,
    rng: &mut Rng,
) -> Vec<Tensor<T>> {
    let [n, classes] = *scores.shape() else {
        panic!("scores of shape {}, not [n, classes]", scores.shape());
    };
    assert!(draws >= 1, "an estimate from no draw");
    let p = scores.log_softmax().exp();
    let scale = (reduction.divisor::<T>(n) * T::from_f64(draws as f64)).sqrt();
    let mut draw = |row: &[T]| {
        let (mut left, last) = (rng.uniform::<T>(), row.len() - 1);
        let passed = |p: &&T| {
            left -= **p;
            left >= T::ZERO
        };
        row.iter().take_while(passed).count().min(last)
    };
    let column = |_| {
        let labels: Vec<usize> = p.data().chunks(classes).map(&mut draw).collect();
        (Tensor::one_hot(&labels, classes) - &p) / scale
    };
    (0..draws).map(column).collect()
}

// ANCHOR_END: sampled_root

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
