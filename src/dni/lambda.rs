//! BP(λ): on its way back a gradient is mixed with the guess of it (chapter 9).

use super::updater::slope;
use super::{BackwardInterface, Manager, Synthesizer};
use crate::Scalar;
use crate::tape::Var;

impl<S: Synthesizer> BackwardInterface<S> {
    // ANCHOR: mix
    /// A copy of the trigger. When its gradient g comes back it teaches the synthesizer, as it does
    /// at [`make_trigger`](Self::make_trigger), but what goes on down is λ·g + (1 − λ)·guess. The
    /// trigger itself in evaluation.
    ///
    /// With λ = 1 the gradient passes whole, with λ = 0 the guess replaces it. Between them each
    /// place further on counts λ times as much as the one before it. (Jaderberg and others call it
    /// BP(λ), after TD(λ) of reinforcement learning.)
    ///
    /// # Panics
    /// If λ is not from 0 to 1.
    #[track_caller]
    pub fn mix<'t>(
        &mut self,
        dni: &Manager<'t, S::Element>,
        trigger: Var<'t, S::Element>,
        lambda: S::Element,
    ) -> Var<'t, S::Element> {
        let [zero, one] = [S::Element::ZERO, S::Element::ONE];
        assert!((zero..=one).contains(&lambda), "λ = {lambda}: expected 0 to 1");
        dni.in_training(trigger, || {
            let guess = self.synthesizer.synthesize(trigger.detach(), dni.context());
            let scale = slope(trigger, guess, self.over);
            trigger.tape().operation(
                "synthetic gradient mixer",
                [trigger, guess],
                trigger.value(),
                move |[trigger, s], _, g| {
                    let mixed = || g * lambda + s * (S::Element::ONE - lambda);
                    [trigger.grad_if_needed(mixed), s.grad_if_needed(|| (s - g) * scale)]
                },
            )
        })
    }
    // ANCHOR_END: mix
}
