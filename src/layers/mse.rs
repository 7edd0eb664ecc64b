//! The mean squared error (chapter 3).

use super::{Loss, Reduction, take_saved};
use crate::{Scalar, Tensor};

/// Σ (ŷ − y)² over all elements, divided by their number unless [`Reduction::Sum`] is asked for.
///
/// Prediction and target must have the same shape. In many libraries a prediction `[n, 1]` and a
/// target `[n]` are silently broadcast to n × n differences; here that is an error.
///
/// ```
/// use longhand::Tensor;
/// use longhand::layers::{Loss, Mse};
/// let mut loss = Mse::mean();
/// let (prediction, target) = (Tensor::vector(&[1.0_f32, 4.0]), Tensor::vector(&[0.0, 2.0]));
/// assert_eq!(loss.forward(&prediction, &target), 2.5);
/// assert_eq!(loss.backward().data(), [1.0, 2.0]);
/// ```
#[derive(Debug)]
pub struct Mse<T: Scalar = f32> {
    reduction: Reduction,
    difference: Option<Tensor<T>>,
}

impl<T: Scalar> Mse<T> {
    /// The mean over all elements.
    pub fn mean() -> Self {
        Self { reduction: Reduction::Mean, difference: None }
    }

    /// The sum over all elements.
    pub fn sum() -> Self {
        Self { reduction: Reduction::Sum, difference: None }
    }
}

// ANCHOR: mse
// L = (1/n) Σ (ŷ − y)², so dL/dŷ = 2(ŷ − y)/n. For the sum, n is 1.
impl<T: Scalar> Loss<T> for Mse<T> {
    type Target = Tensor<T>;

    #[track_caller]
    fn forward(&mut self, prediction: &Tensor<T>, target: &Tensor<T>) -> T {
        // prediction and target of one shape → a number
        let (predicted, wanted) = (prediction.shape(), target.shape());
        if predicted != wanted {
            panic!("Mse: prediction of shape {predicted} against a target of shape {wanted}");
        }
        let difference = prediction - target;
        let loss = difference.square().sum() / self.reduction.divisor(difference.len());
        self.difference = Some(difference);
        loss
    }

    #[track_caller]
    fn backward(&mut self) -> Tensor<T> {
        // the prediction's shape
        let difference = take_saved(&mut self.difference, "Mse");
        let n: T = self.reduction.divisor(difference.len());
        difference * T::from_f64(2.0) / n
    }
}
// ANCHOR_END: mse
