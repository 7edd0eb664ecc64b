//! `BasicSynthesizer`: fully connected layers with ReLU, the last of which starts at zero
//! (chapter 9).

use super::Synthesizer;
use crate::layers::Linear;
use crate::tape::Var;
use crate::tensor::Shape;
use crate::{Param, Rng, Scalar, Tensor};
use std::marker::PhantomData;

// ANCHOR: basic
/// A synthesizer of fully connected layers.
///
/// Trigger and context go through a layer each and are added up, then through the hidden layers,
/// with a ReLU before each. Without hidden layers it is linear. The weights of the last layer
/// start at zero, so that the first guesses say nothing; its bias starts as a layer's does.
///
/// Triggers may have any number of axes. The last one holds the features.
///
/// ```
/// use longhand::dni::{BasicSynthesizer, Synthesizer};
/// use longhand::{Rng, Tape, Tensor};
/// let synthesizer =
///     BasicSynthesizer::<f32>::builder(256).n_hidden(1).context_dim(10).build(&mut Rng::new(0));
/// let tape = Tape::new();
/// let (trigger, labels) = (Tensor::ones([64, 256]), Tensor::zeros([64, 10]));
/// let guess = synthesizer.synthesize(tape.constant(trigger), Some(tape.constant(labels)));
/// assert_eq!(guess.shape(), [64, 256]);
/// ```
pub struct BasicSynthesizer<T: Scalar = f32> {
    /// The layer that the trigger goes through.
    pub input_trigger: Linear<T>,
    /// The layer that the context goes through, if there is one.
    pub input_context: Option<Linear<T>>,
    /// The layers after them, each with a ReLU before it.
    pub layers: Vec<Linear<T>>,
}

impl<T: Scalar> Synthesizer for BasicSynthesizer<T> {
    type Element = T;

    /// # Panics
    /// If it was made with a context and there is none, or a size does not fit.
    #[track_caller]
    fn synthesize<'t>(&self, trigger: Var<'t, T>, context: Option<Var<'t, T>>) -> Var<'t, T> {
        let mut last = linear(&self.input_trigger, trigger);
        if let Some(layer) = &self.input_context {
            let Some(context) = context else {
                panic!("this synthesizer has a context, and is called outside synthesizer_context")
            };
            last = last + linear(layer, context);
        }
        for layer in &self.layers {
            last = linear(layer, last.relu());
        }
        last
    }
    // ANCHOR_END: basic

    fn params(&self) -> Vec<&Param<T>> {
        self.linears().flat_map(|layer| [&layer.weight].into_iter().chain(&layer.bias)).collect()
    }

    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        let Self { input_trigger, input_context, layers } = self;
        let all = [input_trigger].into_iter().chain(input_context).chain(layers);
        all.flat_map(|layer| [&mut layer.weight].into_iter().chain(&mut layer.bias)).collect()
    }
}

impl<T: Scalar> BasicSynthesizer<T> {
    /// A synthesizer of messages with this many features, its other sizes still to be chosen.
    pub fn builder(output_dim: usize) -> BasicBuilder<T> {
        BasicBuilder {
            output_dim,
            n_hidden: 0,
            hidden_dim: output_dim,
            trigger_dim: output_dim,
            context_dim: None,
            element: PhantomData,
        }
    }

    fn linears(&self) -> impl Iterator<Item = &Linear<T>> {
        [&self.input_trigger].into_iter().chain(&self.input_context).chain(&self.layers)
    }
}

/// The sizes of a [`BasicSynthesizer`].
#[derive(Clone, Copy, Debug)]
#[must_use = "these are only sizes until build() is called"]
pub struct BasicBuilder<T: Scalar = f32> {
    output_dim: usize,
    n_hidden: usize,
    hidden_dim: usize,
    trigger_dim: usize,
    context_dim: Option<usize>,
    element: PhantomData<T>,
}

impl<T: Scalar> BasicBuilder<T> {
    /// How many hidden layers: 0 unless said otherwise.
    pub fn n_hidden(self, n_hidden: usize) -> Self {
        Self { n_hidden, ..self }
    }

    /// The width of the hidden layers, if not that of the output.
    pub fn hidden_dim(self, hidden_dim: usize) -> Self {
        Self { hidden_dim, ..self }
    }

    /// The features of the trigger, if not as many as the output's.
    pub fn trigger_dim(self, trigger_dim: usize) -> Self {
        Self { trigger_dim, ..self }
    }

    /// The features of a context. Without this there is none.
    pub fn context_dim(self, context_dim: impl Into<Option<usize>>) -> Self {
        Self { context_dim: context_dim.into(), ..self }
    }

    // ANCHOR: zero
    /// The synthesizer. The layers start as PyTorch's do, but for the weights of the last one.
    pub fn build(self, rng: &mut Rng) -> BasicSynthesizer<T> {
        let Self { output_dim, n_hidden, hidden_dim, trigger_dim, context_dim, .. } = self;
        let top = if n_hidden == 0 { output_dim } else { hidden_dim };
        let mut input_trigger = Linear::new(trigger_dim, top, rng);
        let mut input_context = context_dim.map(|inputs| Linear::new(inputs, top, rng));
        let out = |layer| if layer + 1 < n_hidden { hidden_dim } else { output_dim };
        let mut layers: Vec<_> =
            (0..n_hidden).map(|layer| Linear::new(hidden_dim, out(layer), rng)).collect();
        match layers.last_mut() {
            Some(last) => zero(&mut last.weight),
            None => {
                zero(&mut input_trigger.weight);
                input_context.iter_mut().for_each(|layer| zero(&mut layer.weight));
            }
        }
        BasicSynthesizer { input_trigger, input_context, layers }
    }
    // ANCHOR_END: zero
}

pub(super) fn zero<T: Scalar>(param: &mut Param<T>) {
    param.value = Tensor::zeros(param.value.shape());
}

/// The layer on the tape, along the last axis of `x`.
#[track_caller]
pub(super) fn linear<'t, T: Scalar>(layer: &Linear<T>, x: Var<'t, T>) -> Var<'t, T> {
    // x [.., inputs] → [.., outputs]
    let (tape, shape) = (x.tape(), x.shape());
    let weight = tape.param(&layer.weight);
    let [outputs, inputs] = [weight.shape()[0], weight.shape()[1]];
    if shape.last() != Some(&inputs) {
        panic!("{inputs} features are wanted along the last axis, not shape {shape}");
    }
    let rows = x.reshape([shape.count() / inputs, inputs]);
    let y = match &layer.bias {
        Some(bias) => rows.linear(weight, tape.param(bias)),
        None => rows.matmul_nt(weight),
    };
    y.reshape(shape[..shape.rank() - 1].iter().copied().chain([outputs]).collect::<Shape>())
}
