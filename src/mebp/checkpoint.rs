//! Activation checkpointing by hand: keep a few activations, compute the others again on the way
//! back (chapter 7).
//!
//! Let a net have L layers, each of which keeps one activation of the same size for the way back:
//! L of them at the end of the forward pass. Now cut the net into s segments of L/s layers, and
//! let the forward pass keep the *inputs* of segments only. The backward pass goes forward once
//! more through a segment before it goes back through it, so one segment at a time has all of
//! its activations. (The −1: the net's own input is the caller's. All other inputs are there when
//! the way back begins, with the last segment's activations.)
//!
//! ```text
//! held at most, in activations     a(s) = s − 1 + L/s
//! least where                      da/ds = 1 − L/s² = 0,  so  s = √L  and  a = 2√L − 1
//! ```
//!
//! The last segment is gone back through as soon as it was gone forward through, so it keeps what
//! it has computed. All others go forward twice: that is the price, (s − 1)/s of a forward pass.
//! Where going back costs twice what going forward does, a step takes at most 4/3 of the time.
//!
//! T. Chen and others, "Training Deep Nets with Sublinear Memory Cost" (2016). A. Griewank,
//! "Achieving Logarithmic Growth of Temporal and Spatial Complexity in Reverse Automatic
//! Differentiation" (1992), cuts each segment again, and comes down to about ln L.

use crate::layers::{Function, Layer, Mode, PassState, Sequential, preserve_state};
use crate::{Param, Rng, Scalar, Tensor};
use std::mem::swap;

// ANCHOR: checkpoint
/// A chain of layers whose forward pass keeps the input, and nothing else, for the way back.
///
/// It is a layer with the bits of the chain: outputs, gradients, running statistics (which move
/// once) and what is drawn at random are those of the chain without it. See
/// [`checkpoint_sequential`].
#[derive(Debug)]
pub struct Checkpoint<T: Scalar = f32> {
    chain: Sequential<T>,
    kept: Option<Kept<T>>,
}

/// From where a forward pass is done over.
#[derive(Debug)]
struct Kept<T: Scalar> {
    input: Tensor<T>,
    /// What must come out again. The next segment holds it anyway.
    output: Tensor<T>,
    /// The parameters' values. They share the parameters' memory until one of the two is written
    /// to.
    values: Vec<Tensor<T>>,
    /// The running statistics and random generators before the pass.
    state: PassState<T>,
}

impl<T: Scalar> Checkpoint<T> {
    /// Keeps the input of this chain only.
    pub fn new(chain: Sequential<T>) -> Self {
        Self { chain, kept: None }
    }
}

impl<T: Scalar> Layer<T> for Checkpoint<T> {
    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        // the chain's input → the chain's output
        let state = PassState::of(&mut self.chain);
        let values = self.chain.params().into_iter().map(|param| param.value.clone()).collect();
        let output = self.chain.forward(input);
        self.chain.forget();
        self.kept = Some(Kept { input: input.clone(), output: output.clone(), values, state });
        output
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // dL/d(output) → dL/d(input)
        self.recompute();
        self.chain.backward(d_output)
    }

    #[track_caller]
    fn backward_params(&mut self, d_output: &Tensor<T>) {
        self.recompute();
        self.chain.backward_params(d_output);
    }

    /// Goes forward once more, as the first time: with the parameters, statistics and generators
    /// of then. Afterwards all of them are again as they are now.
    ///
    /// # Panics
    /// If another output comes out: some layer draws or counts without saying so in
    /// [`rngs_mut`](Layer::rngs_mut) or [`buffers`](Layer::buffers).
    #[track_caller]
    fn recompute(&mut self) {
        let Some(Kept { input, output, mut values, mut state }) = self.kept.take() else { return };
        let mut exchange_values = |chain: &mut Sequential<T>| {
            let params = chain.params_mut().into_iter().zip(&mut values);
            params.for_each(|(param, value)| swap(&mut param.value, value));
        };
        let again = preserve_state(&mut self.chain, |chain| {
            state.put_into(chain);
            exchange_values(chain);
            let again = chain.forward(&input);
            exchange_values(chain);
            again
        });
        if !again.same_bits(&output) {
            panic!("a segment gives another output when it is computed again: does it draw?");
        }
    }

    /// As for any layer; but a pass that waits to be gone back through is in the old mode, so it
    /// is computed again now.
    fn set_mode(&mut self, mode: Mode) {
        self.recompute();
        self.chain.set_mode(mode);
    }

    fn forget(&mut self) {
        self.kept = None;
        self.chain.forget();
    }
    // ANCHOR_END: checkpoint

    fn name(&self) -> String {
        "Checkpoint".into()
    }

    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        self.chain.predict(input)
    }

    /// The chain: on a tape all of it is recorded. There, see
    /// [`tape::checkpoint`](crate::tape::checkpoint).
    #[track_caller]
    fn function(&mut self, input: &Tensor<T>) -> Function<'_, T> {
        self.chain.function(input)
    }

    fn params(&self) -> Vec<&Param<T>> {
        self.chain.params()
    }

    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        self.chain.params_mut()
    }

    fn named_params(&self) -> Vec<(String, &Param<T>)> {
        self.chain.named_params()
    }

    fn buffers(&self) -> Vec<(String, &Tensor<T>)> {
        self.chain.buffers()
    }

    fn buffers_mut(&mut self) -> Vec<(String, &mut Tensor<T>)> {
        self.chain.buffers_mut()
    }

    fn rngs_mut(&mut self) -> Vec<&mut Rng> {
        self.chain.rngs_mut()
    }

    fn layers(&self) -> Option<&[Box<dyn Layer<T>>]> {
        self.chain.layers()
    }

    fn layers_mut(&mut self) -> Option<&mut [Box<dyn Layer<T>>]> {
        self.chain.layers_mut()
    }
}

// ANCHOR: checkpoint_sequential
/// The same net in so many segments, as equal as can be, each but the last a [`Checkpoint`].
/// Near √L segments take the least memory, where the L layers keep the same each.
///
/// Where L cannot be divided, the first segments are longer: fewer inputs are held when the way
/// back comes to them. Names count the segments: `"5.weight"` may become `"1.2.weight"`, so load a
/// file before.
///
/// ```
/// use longhand::layers::{Layer, Linear, Sequential};
/// use longhand::tensor::meter::{Kind, Meter};
/// use longhand::{Rng, Tensor, mebp};
/// let activations = |segments| {
///     let rng = &mut Rng::new(0);
///     let layers = (0..16).map(|_| Box::new(Linear::<f32>::new(10, 10, rng)) as _);
///     let mut net = mebp::checkpoint_sequential(Sequential::new(layers.collect()), segments);
///     let meter = Meter::new();
///     meter.watch(|| net.forward(&Tensor::ones([1, 10])));
///     meter.watch(|| net.backward_params(&Tensor::ones([1, 10])));
///     meter.most(Kind::Activation) / (10 * size_of::<f32>())
/// };
/// assert_eq!([1, 2, 4, 8, 16].map(activations), [16, 9, 7, 9, 16]);
/// ```
///
/// # Panics
/// Unless there are from 1 segment to as many as layers.
#[track_caller]
pub fn checkpoint_sequential<T: Scalar>(net: Sequential<T>, segments: usize) -> Sequential<T> {
    let count = net.layers.len();
    if segments == 0 || segments > count {
        panic!("{count} layers in {segments} segments; expected 1 to {count}");
    }
    let mut layers = net.layers.into_iter();
    let cut = (0..segments).map(|number| -> Box<dyn Layer<T>> {
        let length = count / segments + usize::from(number < count % segments);
        let chain = Sequential::new(layers.by_ref().take(length).collect());
        if number + 1 < segments { Box::new(Checkpoint::new(chain)) } else { Box::new(chain) }
    });
    Sequential::new(cut.collect())
}
// ANCHOR_END: checkpoint_sequential
