//! The negative log-likelihood: how surprised a prediction is by the right label (chapter 4).

use super::{Loss, Reduction, take_saved};
use crate::tensor::Shape;
use crate::tensor::labels::check_labels;
use crate::{Scalar, Tensor};
use std::marker::PhantomData;

/// −Σ_b log `p_b[label_b]`, divided by the batch unless [`Reduction::Sum`] is asked for.
///
/// The prediction holds log-probabilities `[batch, classes]`, as
/// [`LogSoftmax`](super::LogSoftmax) gives them; the target holds one label per row.
#[derive(Debug)]
pub struct Nll<T: Scalar = f32> {
    reduction: Reduction,
    saved: Option<(Shape, Vec<usize>)>,
    element: PhantomData<T>,
}

impl<T: Scalar> Nll<T> {
    /// The mean over the batch.
    pub fn mean() -> Self {
        Self { reduction: Reduction::Mean, saved: None, element: PhantomData }
    }

    /// The sum over the batch.
    pub fn sum() -> Self {
        Self { reduction: Reduction::Sum, saved: None, element: PhantomData }
    }
}

// ANCHOR: nll
// L = −(1/B) Σ_b x_b[label_b]. Only the picked elements count: dL/dx is −1/B there, else 0.
impl<T: Scalar> Loss<T> for Nll<T> {
    type Target = [usize];

    #[track_caller]
    fn forward(&mut self, prediction: &Tensor<T>, labels: &[usize]) -> T {
        // prediction [batch, classes], labels [batch] → a number
        check_labels("Nll", prediction.shape(), labels);
        self.saved = Some((prediction.shape(), labels.to_vec()));
        nll(prediction, labels, self.reduction)
    }

    #[track_caller]
    fn backward(&mut self) -> Tensor<T> {
        // [batch, classes]
        let (shape, labels) = take_saved(&mut self.saved, "Nll");
        let n: T = self.reduction.divisor(labels.len());
        Tensor::one_hot(&labels, shape[1]) * (-T::ONE / n)
    }
}
// ANCHOR_END: nll

/// −Σ_b `log_p[b, label_b]`, reduced.
pub(super) fn nll<T: Scalar>(log_p: &Tensor<T>, labels: &[usize], reduction: Reduction) -> T {
    // log_p [batch, classes], labels [batch] → a number
    -log_p.pick(labels).sum() / reduction.divisor(labels.len())
}
