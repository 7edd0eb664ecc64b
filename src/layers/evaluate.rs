//! How well a net does on examples with labels: its loss, its accuracy, and what it takes for what
//! (chapter 4).

use super::Loss;
use crate::data::Dataset;
use crate::{Scalar, Tensor};
use std::fmt;

/// What [`evaluate`] finds. It prints as
/// `average loss: 2.2810, accuracy: 10020/60000 (17%)`.
#[derive(Clone, PartialEq, Debug)]
pub struct Evaluation {
    /// The mean loss of an example.
    pub loss: f64,
    /// The confusion matrix: `confusion[label][guess]` examples of this label were given this
    /// guess.
    pub confusion: Vec<Vec<usize>>,
}

impl Evaluation {
    /// How many examples have their highest score at their label.
    pub fn correct(&self) -> usize {
        self.confusion.iter().enumerate().map(|(label, guesses)| guesses[label]).sum()
    }

    /// How many examples there are.
    pub fn total(&self) -> usize {
        self.confusion.iter().flatten().sum()
    }

    /// How many in a hundred are correct.
    pub fn accuracy(&self) -> f64 {
        100.0 * self.correct() as f64 / self.total() as f64
    }
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (loss, correct, total) = (self.loss, self.correct(), self.total());
        write!(f, "average loss: {loss:.4}, accuracy: {correct}/{total} ({:.0}%)", self.accuracy())
    }
}

/// Runs the examples through `predict`, `batch` of them at a time, so that no more are in memory.
/// A batch's loss, which must be a mean, counts by the batch's size.
///
/// ```
/// use longhand::data::Dataset;
/// use longhand::layers::{CrossEntropy, evaluate};
/// use longhand::Tensor;
/// let scores = Tensor::new([3, 2], vec![1.0_f32, 0.0, 0.0, 2.0, 5.0, 0.0]);
/// let data = Dataset { images: scores, labels: vec![0, 1, 1] };
/// let found = evaluate(&data, 2, &mut CrossEntropy::mean(), |scores| scores.clone());
/// assert_eq!(found.confusion, [[1, 0], [1, 1]]);
/// assert_eq!(found.to_string(), "average loss: 1.8156, accuracy: 2/3 (67%)");
/// ```
///
/// # Panics
/// If there are no examples, `batch` is 0, or `predict` does not give a row of scores for each.
#[track_caller]
pub fn evaluate<T: Scalar>(
    data: &Dataset<T>,
    batch: usize,
    loss: &mut impl Loss<T, Target = [usize]>,
    mut predict: impl FnMut(&Tensor<T>) -> Tensor<T>,
) -> Evaluation {
    assert!(!data.is_empty(), "an evaluation of no examples");
    let (mut sum, mut confusion) = (0.0, Vec::new());
    for (x, labels) in data.batches(batch).in_order() {
        let scores = predict(&x);
        sum += loss.forward(&scores, &labels).to_f64() * labels.len() as f64;
        let classes = scores.shape()[1];
        confusion.resize(classes, vec![0; classes]);
        for (label, guess) in labels.into_iter().zip(scores.argmax(-1)) {
            confusion[label][guess] += 1;
        }
    }
    Evaluation { loss: sum / data.len() as f64, confusion }
}
