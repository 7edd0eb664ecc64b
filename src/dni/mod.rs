//! DNI: parts of a net that learn without waiting for each other (chapter 9).
//!
//! Jaderberg and others, "Decoupled Neural Interfaces using Synthetic Gradients" (2016). A layer
//! that has computed its output must wait for its gradient until everything above it has gone
//! forward and back. Here a small net, the *synthesizer*, guesses that gradient from the output
//! alone, the layer learns from the guess at once, and the synthesizer learns from the true
//! gradient when it comes.
//!
//! A *message* is what one part of a net waits for from another: a layer's input, or the gradient
//! of its output. A *trigger* is what the message is guessed from: whatever is known already. A
//! *context*, such as the labels, may be given besides.
//!
//! The names are those of `dni.py`, a PyTorch library by koz4k:
//!
//! | here | what it is |
//! |---|---|
//! | [`Synthesizer`], [`BasicSynthesizer`], [`ConvSynthesizer`] | guesses a message from a trigger; any [`Sequential`] is one too |
//! | [`UnidirectionalInterface`] | `send` a true message, `receive` a guessed one |
//! | [`ForwardInterface`] | guesses a layer's input |
//! | [`BackwardInterface`] | guesses a gradient |
//! | [`BidirectionalInterface`] | both: a full unlock |
//! | [`synthetic_gradient_updater`] | lets a true gradient through and teaches the synthesizer |
//! | [`Manager`] | `backward`, `defer_backward`, `synthesizer_context` |
//!
//! Three things are not in `dni.py`: [`BackwardInterface::mix`], which is BP(λ); its form that never
//! goes back in time, [`TracedSynthesizer`]; and [`LocalLoss`], with which a layer needs no guess.
//!
//! There the manager is global. Here it is a value for one step on one tape: scopes end where
//! their closures end, and what one step has begun no other can find. What asks a synthesizer for a
//! guess panics if the synthesizer does, at a size that does not fit, say.
//!
//! ```
//! use longhand::dni::{BackwardInterface, BasicSizes, BasicSynthesizer, Manager};
//! use longhand::layers::{Layer, Linear, Relu};
//! use longhand::optim::{Adam, Optimizer};
//! use longhand::record::Record;
//! use longhand::{Rng, Tape, Tensor, sequential};
//!
//! let rng = &mut Rng::new(1);
//! let mut below = Linear::<f32>::new(4, 8, rng);
//! let mut above = sequential![Relu::new(), Linear::new(8, 3, rng)];
//! let synthesizer = BasicSynthesizer::new(BasicSizes::new(8).n_hidden(1), rng);
//! let mut interface = BackwardInterface::new(synthesizer);
//!
//! let tape = Tape::new();
//! let dni = Manager::new(&tape);
//! let h = below.record(tape.constant(Tensor::ones([2, 4])));
//! let h = interface.forward(&dni, h); // `below` has its gradient now
//! dni.backward(above.record(h).cross_entropy(&[0, 2])); // and now `above` and the synthesizer
//!
//! let mut params = below.params_mut();
//! params.extend(above.params_mut());
//! params.extend(interface.params_mut());
//! dni.write_to(params.iter_mut().map(|param| &mut **param));
//! Adam::new(1e-3).step(params);
//! ```

mod backward;
mod basic;
mod bidirectional;
mod conv;
mod forward;
mod interface;
mod lambda;
mod local;
mod manager;
mod traces;
mod updater;

use crate::layers::{Layer, Sequential};
use crate::record::Record;
use crate::tape::Var;
use crate::{Param, Scalar};

pub use basic::{BasicSizes, BasicSynthesizer};
pub use bidirectional::BidirectionalInterface;
pub use conv::ConvSynthesizer;
pub use interface::{
    Activations, Anything, BackwardInterface, ForwardInterface, Gradients, Interface,
    UnidirectionalInterface,
};
pub use local::LocalLoss;
pub use manager::Manager;
pub use traces::TracedSynthesizer;
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
        &mut self,
        trigger: Var<'t, Self::Element>,
        context: Option<Var<'t, Self::Element>>,
    ) -> Var<'t, Self::Element>;

    /// The parameters, in the order in which they are used.
    fn params(&self) -> Vec<&Param<Self::Element>>;

    /// The parameters, to be changed.
    fn params_mut(&mut self) -> Vec<&mut Param<Self::Element>>;
}
// ANCHOR_END: synthesizer

/// Any net of layers, if it needs no context: it guesses what it gives for the trigger.
impl<T: Scalar> Synthesizer for Sequential<T> {
    type Element = T;

    #[track_caller]
    fn synthesize<'t>(&mut self, trigger: Var<'t, T>, _context: Option<Var<'t, T>>) -> Var<'t, T> {
        self.record(trigger)
    }

    fn params(&self) -> Vec<&Param<T>> {
        Layer::params(self)
    }

    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        Layer::params_mut(self)
    }
}
