//! `BasicSynthesizer`: fully connected layers with ReLU, the last of which starts at zero
//! (chapter 9).

use super::Synthesizer;
use crate::layers::{Layer, Linear};
use crate::record::Record;
use crate::tape::Var;
use crate::tensor::Shape;
use crate::{Param, Rng, Scalar, Tensor};

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
/// use longhand::dni::{BasicSizes, BasicSynthesizer, Synthesizer};
/// use longhand::{Rng, Tape, Tensor};
/// let sizes = BasicSizes::new(256).n_hidden(1).context_dim(10);
/// let mut synthesizer = BasicSynthesizer::<f32>::new(sizes, &mut Rng::new(0));
/// let tape = Tape::new();
/// let (trigger, labels) = (Tensor::ones([64, 256]), Tensor::zeros([64, 10]));
/// let guess = synthesizer.synthesize(tape.constant(trigger), Some(tape.constant(labels)));
/// assert_eq!(guess.shape(), [64, 256]);
/// ```
#[derive(Debug)]
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
    fn synthesize<'t>(&mut self, trigger: Var<'t, T>, context: Option<Var<'t, T>>) -> Var<'t, T> {
        let mut last = linear(&mut self.input_trigger, trigger);
        if let Some(layer) = &mut self.input_context {
            last = last + linear(layer, wanted(context));
        }
        for layer in &mut self.layers {
            last = linear(layer, last.relu());
        }
        last
    }
    // ANCHOR_END: basic

    fn params(&self) -> Vec<&Param<T>> {
        let Self { input_trigger, input_context, layers } = self;
        let all = [input_trigger].into_iter().chain(input_context).chain(layers);
        all.flat_map(|layer| layer.params()).collect()
    }

    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        let Self { input_trigger, input_context, layers } = self;
        let all = [input_trigger].into_iter().chain(input_context).chain(layers);
        all.flat_map(|layer| layer.params_mut()).collect()
    }
}

/// The sizes of a [`BasicSynthesizer`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BasicSizes {
    output_dim: usize,
    n_hidden: usize,
    hidden_dim: usize,
    trigger_dim: usize,
    context_dim: Option<usize>,
}

impl BasicSizes {
    /// For messages with this many features. All others are those of `dni.py` until they are
    /// chosen: no hidden layer, as many features in a trigger, no context.
    #[must_use]
    pub fn new(output_dim: usize) -> Self {
        let (hidden_dim, trigger_dim) = (output_dim, output_dim);
        Self { output_dim, n_hidden: 0, hidden_dim, trigger_dim, context_dim: None }
    }

    /// How many hidden layers.
    #[must_use]
    pub fn n_hidden(self, n_hidden: usize) -> Self {
        Self { n_hidden, ..self }
    }

    /// The width of the hidden layers, if not that of the output.
    #[must_use]
    pub fn hidden_dim(self, hidden_dim: usize) -> Self {
        Self { hidden_dim, ..self }
    }

    /// The features of the trigger, if not as many as the output's.
    #[must_use]
    pub fn trigger_dim(self, trigger_dim: usize) -> Self {
        Self { trigger_dim, ..self }
    }

    /// The features of a context. Without this there is none.
    #[must_use]
    pub fn context_dim(self, context_dim: impl Into<Option<usize>>) -> Self {
        Self { context_dim: context_dim.into(), ..self }
    }
}

impl<T: Scalar> BasicSynthesizer<T> {
    // ANCHOR: zero
    /// A synthesizer of these sizes. The layers start as PyTorch's do, but for the weights of the
    /// last one.
    pub fn new(sizes: BasicSizes, rng: &mut Rng) -> Self {
        let BasicSizes { output_dim, n_hidden, hidden_dim, trigger_dim, context_dim } = sizes;
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
        Self { input_trigger, input_context, layers }
    }
    // ANCHOR_END: zero
}

pub(super) fn zero<T: Scalar>(param: &mut Param<T>) {
    param.value = Tensor::zeros(param.value.shape());
}

/// The context that a synthesizer was made with a layer for.
#[track_caller]
pub(super) fn wanted<V>(context: Option<V>) -> V {
    context.unwrap_or_else(|| {
        panic!("this synthesizer has a context, and is called outside synthesizer_context")
    })
}

/// The layer on the tape, along the last axis of `x`.
#[track_caller]
pub(super) fn linear<'t, T: Scalar>(layer: &mut Linear<T>, x: Var<'t, T>) -> Var<'t, T> {
    // x [.., inputs] → [.., outputs]
    let [outputs, inputs] = [0, 1].map(|axis| layer.weight.value.shape()[axis]);
    let shape = x.shape();
    let Some((_, others)) = shape.split_last().filter(|(last, _)| **last == inputs) else {
        panic!("{inputs} features are wanted along the last axis, not shape {shape}");
    };
    let rows = x.reshape([others.iter().product(), inputs]);
    layer.record(rows).reshape(others.iter().copied().chain([outputs]).collect::<Shape>())
}
