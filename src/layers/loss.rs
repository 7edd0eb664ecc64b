//! What all losses share: one number that says how wrong a prediction is (chapters 3 and 4).

use crate::{Scalar, Tensor};

/// How the losses of the samples become one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reduction {
    /// Their mean, so that the gradient does not grow with the batch.
    #[default]
    Mean,
    /// Their sum, so that each sample's gradient is its own.
    Sum,
}

impl Reduction {
    /// What each of `count` terms is divided by.
    pub(crate) fn divisor<T: Scalar>(self, count: usize) -> T {
        match self {
            Reduction::Mean => T::from_f64(count as f64),
            Reduction::Sum => T::ONE,
        }
    }
}

/// A function of a prediction and a target that gives one number to be made small.
pub trait Loss<T: Scalar = f32>: Send {
    /// What a prediction is measured against: labels, or a tensor.
    type Target: ?Sized;

    /// The loss; saves what [`backward`](Loss::backward) will need.
    #[track_caller]
    fn forward(&mut self, prediction: &Tensor<T>, target: &Self::Target) -> T;

    /// dL/d(prediction), and lets go of what `forward` saved.
    #[track_caller]
    fn backward(&mut self) -> Tensor<T>;
}
