//! Which function a layer is, as plain data (chapter 6).
//!
//! A layer goes forward and back by hand. Others compute the same function in their own way: the
//! tape derives its gradient, chapter 10 takes it apart by samples. They ask the layer by
//! [`Layer::function`], and neither has to know the other.

use super::Layer;
use crate::tensor::{Divisor, Window};
use crate::{Param, Scalar, Tensor};

// ANCHOR: function
/// A layer as a function of its input x.
#[derive(Debug)]
pub enum Function<'a, T: Scalar = f32> {
    /// x·Wᵀ + b, with x `[batch, inputs]`, W `[outputs, inputs]`, b `[outputs]`.
    Linear {
        /// W
        weight: &'a Param<T>,
        /// b
        bias: Option<&'a Param<T>>,
    },
    /// W ⋆ x + b, with x `[n, c, h, w]`, W `[o, c, kh, kw]`, b `[o]`.
    Conv2d {
        /// W
        weight: &'a Param<T>,
        /// b
        bias: Option<&'a Param<T>>,
        /// What slides over the input.
        window: Window,
    },
    /// (x − μ)/√(v + ε)·w + b for each channel, with x `[n, c, ..]`, all others `[c]`.
    BatchNorm {
        /// w
        weight: &'a Param<T>,
        /// b
        bias: &'a Param<T>,
        /// μ and v
        statistics: Statistics<'a, T>,
        /// ε
        eps: T,
    },
    /// (x − μ)/√(v + ε)·w + b with μ and v of each group of channels of each sample, with x
    /// `[n, c, ..]`, w and b `[c]`.
    GroupNorm {
        /// w
        weight: &'a Param<T>,
        /// b
        bias: &'a Param<T>,
        /// The number of groups.
        groups: usize,
        /// ε
        eps: T,
    },
    /// x·mask, element by element: dropout that has drawn its mask.
    Dropout {
        /// Of the input's shape.
        mask: Tensor<T>,
    },
    /// The largest element of each window, with x `[n, c, h, w]`.
    MaxPool2d {
        /// What slides over the input.
        window: Window,
    },
    /// The mean of each window, with x `[n, c, h, w]`.
    AvgPool2d {
        /// What slides over the input.
        window: Window,
        /// Whether padding counts.
        divisor: Divisor,
    },
    /// `[n, ..]` as `[n, rest]`.
    Flatten,
    /// max(x, 0) − shift, element by element.
    Relu {
        /// 0 for a plain rectifier.
        shift: T,
    },
    /// x − ln Σ exp(x) along the last axis.
    LogSoftmax,
    /// x as it is: dropout in evaluation.
    Identity,
    /// These layers one after another, the first first.
    Chain(Vec<&'a mut dyn Layer<T>>),
}
// ANCHOR_END: function

/// Where a batch normalisation takes its mean and its variance from.
#[derive(Clone, Copy, Debug)]
pub enum Statistics<'a, T: Scalar = f32> {
    /// From outside, as in evaluation: one of each for every channel. The samples stay apart.
    Given {
        /// The mean of each channel.
        mean: &'a Tensor<T>,
        /// The variance of each channel.
        var: &'a Tensor<T>,
    },
    /// From the batch itself, as in training: each output depends on every sample.
    OfBatch,
}
