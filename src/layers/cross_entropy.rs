//! Cross-entropy: log-softmax and negative log-likelihood in one (chapter 4).

use super::nll::nll;
use super::{Loss, Reduction, take_saved};
use crate::tensor::labels::check_labels;
use crate::{Scalar, Tensor};

/// −Σ_b log `softmax(x_b)[label_b]`, divided by the batch unless [`Reduction::Sum`] is asked for.
///
/// The prediction holds raw scores `[batch, classes]`.
///
/// ```
/// use longhand::Tensor;
/// use longhand::layers::{CrossEntropy, Loss};
/// let mut loss = CrossEntropy::mean();
/// let scores = Tensor::new([1, 2], vec![0.0_f64, 0.0]);
/// assert_eq!(loss.forward(&scores, &[1]), std::f64::consts::LN_2);
/// assert_eq!(loss.backward().data(), [0.5, -0.5]);
/// ```
#[derive(Debug)]
pub struct CrossEntropy<T: Scalar = f32> {
    reduction: Reduction,
    saved: Option<(Tensor<T>, Vec<usize>)>,
}

impl<T: Scalar> CrossEntropy<T> {
    /// The mean over the batch.
    pub fn mean() -> Self {
        Self { reduction: Reduction::Mean, saved: None }
    }

    /// The sum over the batch.
    pub fn sum() -> Self {
        Self { reduction: Reduction::Sum, saved: None }
    }
}

// ANCHOR: cross_entropy
// The loss is Nll(LogSoftmax(x)). Put Nll's gradient, −1/B at the label, into LogSoftmax's
// g − p·Σg: what is left is the probability, less 1 where the label is.
//
//   dL/dx = (p − one_hot(label)) / B
impl<T: Scalar> Loss<T> for CrossEntropy<T> {
    type Target = [usize];

    #[track_caller]
    fn forward(&mut self, scores: &Tensor<T>, labels: &[usize]) -> T {
        // scores [batch, classes], labels [batch] → a number
        check_labels("CrossEntropy", scores.shape(), labels);
        let log_p = scores.log_softmax();
        let loss = nll(&log_p, labels, self.reduction);
        self.saved = Some((log_p, labels.to_vec()));
        loss
    }

    #[track_caller]
    fn backward(&mut self) -> Tensor<T> {
        // [batch, classes]
        let (log_p, labels) = take_saved(&mut self.saved, "CrossEntropy");
        let (n, classes): (T, usize) = (self.reduction.divisor(labels.len()), log_p.shape()[1]);
        let mut d_scores = log_p.exp();
        for (row, &label) in d_scores.data_mut().chunks_exact_mut(classes).zip(&labels) {
            row[label] -= T::ONE;
        }
        d_scores / n
    }
}
// ANCHOR_END: cross_entropy
