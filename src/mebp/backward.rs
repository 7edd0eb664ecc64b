//! On the tape, parameter by parameter: the completion hook steps (chapter 7).

use super::must_be_ready;
use crate::optim::Optimizer;
use crate::param::ParamId;
use crate::tape::{BackwardPass, Var};
use crate::tensor::meter::Kind;
use crate::{Param, Scalar};

// ANCHOR: backward
/// Goes back from the loss, and steps each of these parameters as soon as its gradient is
/// complete.
///
/// The tape lets go of a parameter's value before its gradient is handed over, so that the step
/// is made in place. For that a parameter's leaf must stand next to its use: record the net with
/// [`Tape::param`](crate::Tape::param) where the parameter is needed, not all of them at the top.
///
/// ```
/// use longhand::optim::Sgd;
/// use longhand::{Param, Tape, Tensor, mebp};
/// let mut weight = Param::new("weight", Tensor::vector(&[1.0_f64, -1.0]));
/// let tape = Tape::new();
/// let loss = tape.param(&weight).square().sum();
/// mebp::backward(loss, [&mut weight], &mut Sgd::new(0.25));
/// assert_eq!(weight.value.data(), [0.5, -0.5]);
/// ```
///
/// # Panics
/// If the loss depends on a parameter that is not among these, or if a gradient of an earlier
/// pass is waiting: see [`ready`](super::ready).
#[track_caller]
pub fn backward<'p, T: Scalar>(
    loss: Var<'_, T>,
    params: impl IntoIterator<Item = &'p mut Param<T>>,
    optimizer: &mut (impl Optimizer<T> + ?Sized),
) {
    Arrivals::new(params).each(loss.backward_pass(), |param| optimizer.step_param(param));
}

/// The parameters that gradients are to arrive at.
pub(super) struct Arrivals<'p, T: Scalar>(Vec<&'p mut Param<T>>);

impl<'p, T: Scalar> Arrivals<'p, T> {
    #[track_caller]
    pub(super) fn new(params: impl IntoIterator<Item = &'p mut Param<T>>) -> Self {
        let mut params: Vec<_> = params.into_iter().collect();
        params.sort_unstable_by_key(|param| param.id());
        params.iter().for_each(|param| must_be_ready(&[param]));
        Self(params)
    }

    /// Makes the pass. Each parameter is handed to `step` with its gradient when that is
    /// complete, and the gradient is let go.
    #[track_caller]
    pub(super) fn each(&mut self, pass: BackwardPass<'_, T>, mut step: impl FnMut(&mut Param<T>)) {
        pass.with_hook(|id, gradient| {
            let param = self.find(id);
            param.accumulate(gradient);
            step(param);
            if let Some(gradient) = param.take_grad() {
                // The tape may pass the same tensor on to the next entry, where it is scratch.
                gradient.relabel(Kind::Scratch);
            }
        });
    }

    #[track_caller]
    fn find(&mut self, id: ParamId) -> &mut Param<T> {
        match self.0.binary_search_by_key(&id, |param| param.id()) {
            Ok(place) => self.0[place],
            Err(_) => panic!("the loss depends on a parameter that is not among those to step"),
        }
    }
}
// ANCHOR_END: backward
