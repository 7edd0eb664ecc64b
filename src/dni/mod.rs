//! DNI: parts of a net that learn without waiting for each other (chapter 9).
//!
//! Jaderberg and others, "Decoupled Neural Interfaces using Synthetic Gradients" (2016). A layer
//! that has computed its output must wait for its gradient until everything above it has gone
//! forward and back. Here a small net, the *synthesizer*, guesses that gradient from the output
//! alone, the layer learns from the guess at once, and the synthesizer learns from the true
//! gradient when it comes.
//!
//! The names are those of `dni.py`, a PyTorch library by koz4k:
//!
//! | here | what it is |
//! |---|---|
//! | [`Synthesizer`], [`BasicSynthesizer`], [`ConvSynthesizer`] | guesses a message from a trigger |
//! | [`UnidirectionalInterface`] | `send` a true message, `receive` a guessed one |
//! | [`ForwardInterface`] | guesses a layer's input |
//! | [`BackwardInterface`] | guesses a gradient |
//! | [`BidirectionalInterface`] | both: a full unlock |
//! | [`synthetic_gradient_updater`] | lets a true gradient through and teaches the synthesizer |
//! | [`Manager`] | `backward`, `defer_backward`, `synthesizer_context` |
//!
//! There the manager is global. Here it is a value for one step on one tape: scopes end where
//! their closures end, and what one step has begun no other can find.
//!
//! ```
//! use longhand::dni::{BackwardInterface, BasicSynthesizer, Manager};
//! use longhand::layers::Linear;
//! use longhand::optim::{Adam, Optimizer};
//! use longhand::{Rng, Tape, Tensor};
//!
//! let rng = &mut Rng::new(1);
//! let (mut below, mut above) = (Linear::<f32>::new(4, 8, rng), Linear::new(8, 3, rng));
//! let mut interface = BackwardInterface::new(BasicSynthesizer::builder(8).n_hidden(1).build(rng));
//!
//! let tape = Tape::new();
//! let dni = Manager::new(&tape);
//! let h = tape.constant(Tensor::ones([2, 4])).matmul_nt(tape.param(&below.weight));
//! let h = interface.forward(&dni, h); // `below` has its gradient now
//! let loss = h.relu().matmul_nt(tape.param(&above.weight)).cross_entropy(&[0, 2]);
//! dni.backward(loss); // and now `above` and the synthesizer have theirs
//!
//! let mut params = vec![&mut below.weight, &mut above.weight];
//! params.extend(interface.params_mut());
//! dni.write_to(params.iter_mut().map(|param| &mut **param));
//! Adam::new(1e-3).step(params);
//! ```

mod backward;
mod basic;
mod bidirectional;
mod conv;
mod manager;
mod unidirectional;
mod updater;

use crate::tape::Var;
use crate::{Param, Scalar};

pub use backward::BackwardInterface;
pub use basic::{BasicBuilder, BasicSynthesizer};
pub use bidirectional::BidirectionalInterface;
pub use conv::ConvSynthesizer;
pub use manager::Manager;
pub use unidirectional::{ForwardInterface, UnidirectionalInterface};
pub use updater::{Over, synthetic_gradient_updater};

// ANCHOR: synthesizer
/// A net that guesses a message: what another part of the net would say if one could wait.
pub trait Synthesizer {
    /// What it computes with.
    type Element: Scalar;

    /// The message for this trigger. The context is what the innermost
    /// [`synthesizer_context`](Manager::synthesizer_context) has given; a synthesizer that was
    /// made without one ignores it.
    #[track_caller]
    fn synthesize<'t>(
        &self,
        trigger: Var<'t, Self::Element>,
        context: Option<Var<'t, Self::Element>>,
    ) -> Var<'t, Self::Element>;

    /// The parameters, in the order in which they are used.
    fn params(&self) -> Vec<&Param<Self::Element>>;

    /// The parameters, to be changed.
    fn params_mut(&mut self) -> Vec<&mut Param<Self::Element>>;
}
// ANCHOR_END: synthesizer
