//! Layers with their gradients written out by hand (chapters 3, 4 and 6).
//!
//! One file is one layer: its `forward` stands directly above its `backward`, and the derivation
//! above both. A gradient is named for what it belongs to: `d_weight` is dL/d(weight), and has
//! the weight's shape.

mod avg_pool2d;
mod batch_norm;
mod conv2d;
mod cross_entropy;
mod dropout;
mod flatten;
mod linear;
mod log_softmax;
mod loss;
mod max_pool2d;
mod mse;
mod nll;
mod relu;
mod saving;
mod sequential;
mod summary;

use crate::{Param, Scalar, Tensor};

pub use avg_pool2d::AvgPool2d;
pub use batch_norm::{BatchNorm, BatchNorm1d, BatchNorm2d};
pub use conv2d::Conv2d;
pub use cross_entropy::CrossEntropy;
pub use dropout::Dropout;
pub use flatten::Flatten;
pub use linear::Linear;
pub use log_softmax::LogSoftmax;
pub use loss::{Loss, Reduction};
pub use max_pool2d::MaxPool2d;
pub use mse::Mse;
pub use nll::Nll;
pub use relu::Relu;
pub use sequential::Sequential;
pub use summary::{Summary, summary};

// ANCHOR: layer
/// A differentiable function with parameters of its own.
pub trait Layer<T: Scalar = f32>: Send {
    /// What a summary calls it: `"Linear"`.
    fn name(&self) -> String;

    /// The output for this input; keeps what [`backward`](Layer::backward) will need.
    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T>;

    /// Takes dL/d(output), adds to the parameters' gradients, gives dL/d(input), and lets go of
    /// what `forward` kept: each forward pass can be gone back through once.
    ///
    /// A parameter's value is read before its gradient is handed over, and not again: it may
    /// change at that moment (chapter 7).
    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T>;

    /// The same without dL/d(input), which the first layer of a net has no use for.
    #[track_caller]
    fn backward_params(&mut self, d_output: &Tensor<T>) {
        self.backward(d_output);
    }

    /// Lets go of what `forward` kept, when no backward pass will follow.
    fn forget(&mut self) {}

    /// The parameters, in the order in which the layer uses them.
    fn params(&self) -> Vec<&Param<T>> {
        Vec::new()
    }

    /// The parameters, to be changed.
    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        Vec::new()
    }

    /// Every parameter with its name, in the same order. In a net, the layer's number stands in
    /// front, as PyTorch has it: `"0.weight"`, in a net within a net `"2.0.weight"`.
    fn named_params(&self) -> Vec<(String, &Param<T>)> {
        self.params().into_iter().map(|param| (param.name.to_string(), param)).collect()
    }

    /// Tensors that belong to the layer as its parameters do but are not learnt, with their names:
    /// running statistics.
    fn buffers(&self) -> Vec<(String, &Tensor<T>)> {
        Vec::new()
    }

    /// The buffers, to be changed.
    fn buffers_mut(&mut self) -> Vec<(String, &mut Tensor<T>)> {
        Vec::new()
    }

    /// The layers it is a chain of, the first first; none if it is a layer by itself.
    fn layers_mut(&mut self) -> Option<&mut [Box<dyn Layer<T>>]> {
        None
    }

    /// Chooses between training and evaluation, for layers that behave differently in each.
    fn set_mode(&mut self, _mode: Mode) {}
}
// ANCHOR_END: layer

/// Whether a net is being trained or evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// Dropout drops, batch normalisation uses the batch's own statistics.
    #[default]
    Train,
    /// Nothing is random, and a sample's output does not depend on its batch.
    Eval,
}

/// What `forward` kept, or a panic at the caller's line that says it is missing.
#[track_caller]
fn take_saved<K>(kept: &mut Option<K>, layer: &str) -> K {
    kept.take().unwrap_or_else(|| {
        panic!(
            "{layer}: backward without a forward pass before it; each can be gone back through once"
        )
    })
}
