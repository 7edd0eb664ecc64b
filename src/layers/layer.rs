//! What a layer is: a function that can go forward, and back (chapter 4).

use super::Function;
use crate::{Param, Rng, Scalar, Tensor};
use std::fmt;

// ANCHOR: layer
/// A differentiable function with parameters of its own.
pub trait Layer<T: Scalar = f32>: Send {
    /// What a summary calls it: `"Linear"`.
    fn name(&self) -> String;

    /// The output in evaluation. Nothing is saved, and nothing changes: neither the layer's mode,
    /// nor what a forward pass has saved that still waits for its backward pass.
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T>;

    /// The output, in the layer's own mode. Saves what [`backward`](Layer::backward) will need,
    /// the values of parameters included: if they change before it, it uses the old ones.
    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T>;

    /// Takes dL/d(output), adds to the parameters' gradients, gives dL/d(input), and lets go of
    /// what `forward` saved: each forward pass can be gone back through once.
    ///
    /// What was saved of a parameter is gone before its gradient is handed over, and it is not
    /// read again: its value may change in place at that moment (chapter 7).
    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T>;

    /// The same without dL/d(input), which the first layer of a net has no use for.
    #[track_caller]
    fn backward_params(&mut self, d_output: &Tensor<T>) {
        self.backward(d_output);
    }

    /// The parameters, in the order in which the layer uses them.
    fn params(&self) -> Vec<&Param<T>> {
        Vec::new()
    }

    /// The parameters, to be changed.
    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        Vec::new()
    }
    // ANCHOR_END: layer

    /// Drops every parameter's gradient, before the next backward pass adds its own.
    fn zero_grad(&mut self) {
        for param in self.params_mut() {
            param.zero_grad();
        }
    }

    /// Lets go of what `forward` saved, when no backward pass will follow.
    fn forget(&mut self) {}

    /// Chooses between training and evaluation, for layers that behave differently in each.
    fn set_mode(&mut self, _mode: Mode) {}

    /// Every parameter with its name, in the order of [`params`](Layer::params). In a net, the
    /// layer's number stands in front, as PyTorch has it: `"0.weight"`, in a net within a net
    /// `"2.0.weight"`.
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

    /// The generators that a forward pass in training draws from.
    fn rngs_mut(&mut self) -> Vec<&mut Rng> {
        Vec::new()
    }

    /// The layers it is a chain of, the first first; none if it is a layer by itself.
    fn layers(&self) -> Option<&[Box<dyn Layer<T>>]> {
        None
    }

    /// The same, to be changed.
    fn layers_mut(&mut self) -> Option<&mut [Box<dyn Layer<T>>]> {
        None
    }

    /// Instead of [`forward`](Layer::forward), for those who compute in another way than by hand:
    /// which function the layer is of this input. It draws and it moves running statistics as
    /// `forward` would have done, once, and saves nothing.
    ///
    /// A layer of your own that is made of others says so with [`Function::Chain`].
    ///
    /// # Panics
    /// If the input has a shape that the layer does not take, or if the layer does not say.
    #[track_caller]
    fn function(&mut self, _input: &Tensor<T>) -> Function<'_, T> {
        panic!("{} does not say which function it is: it has no `function`", self.name());
    }
}

/// Its name; in a chain, the names of its layers.
impl<T: Scalar> fmt::Debug for dyn Layer<T> + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())?;
        match self.layers() {
            Some(layers) => f.debug_list().entries(layers).finish(),
            None => Ok(()),
        }
    }
}

/// Whether a net is being trained or evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// Dropout drops, batch normalisation uses the batch's own statistics.
    #[default]
    Train,
    /// Nothing is random, and a sample's output does not depend on its batch.
    Eval,
}
