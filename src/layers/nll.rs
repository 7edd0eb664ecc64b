//! The negative log-likelihood: how surprised a prediction is by the right label (chapter 4).

use super::{Loss, Reduction, spent};
use crate::tensor::Shape;
use crate::{Scalar, Tensor};

/// −Σ_b log `p_b[label_b]`, divided by the batch unless [`Reduction::Sum`] is asked for.
///
/// The prediction holds log-probabilities `[batch, classes]`, as
/// [`LogSoftmax`](super::LogSoftmax) gives them; the target holds one label per row.
pub struct Nll {
    reduction: Reduction,
    kept: Option<(Shape, Vec<usize>)>,
}

impl Nll {
    /// The mean over the batch.
    pub fn mean() -> Self {
        Self { reduction: Reduction::Mean, kept: None }
    }

    /// The sum over the batch.
    pub fn sum() -> Self {
        Self { reduction: Reduction::Sum, kept: None }
    }
}

// ANCHOR: nll
// L = −(1/B) Σ_b x_b[label_b]. Only the picked elements count: dL/dx is −1/B there, else 0.
impl<T: Scalar> Loss<T> for Nll {
    type Target = [usize];

    #[track_caller]
    fn forward(&mut self, prediction: &Tensor<T>, labels: &[usize]) -> T {
        // prediction [batch, classes], labels [batch] → a number
        let classes = check_labels("Nll", prediction.shape(), labels);
        let rows = prediction.data().chunks_exact(classes);
        let picked = rows.zip(labels).map(|(row, &label)| row[label]).collect();
        self.kept = Some((prediction.shape(), labels.to_vec()));
        -Tensor::new([labels.len()], picked).sum() / self.reduction.divisor(labels.len())
    }

    #[track_caller]
    fn backward(&mut self) -> Tensor<T> {
        // [batch, classes]
        let (shape, labels) = spent(&mut self.kept, "Nll");
        let n: T = self.reduction.divisor(labels.len());
        Tensor::one_hot(&labels, shape[1]) * (-T::ONE / n)
    }
}
// ANCHOR_END: nll

/// The number of classes, once every row is known to have a label below it.
#[track_caller]
pub(super) fn check_labels(loss: &str, scores: Shape, labels: &[usize]) -> usize {
    match *scores {
        [batch, classes] if batch == labels.len() && classes > 0 => {
            if let Some(label) = labels.iter().find(|&&label| label >= classes) {
                panic!("{loss}: label {label}, but the prediction has {classes} classes");
            }
            classes
        }
        _ => panic!(
            "{loss}: {} labels want a prediction of shape [{}, classes], not {scores}",
            labels.len(),
            labels.len()
        ),
    }
}
