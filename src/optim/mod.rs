//! Optimizers: what to do with a gradient (chapter 4).

mod adam;
mod sgd;

use crate::data::Archive;
use crate::tensor::Shape;
use crate::{Param, Scalar};

pub use adam::Adam;
pub use sgd::Sgd;

// ANCHOR: optimizer
/// A rule that turns a parameter's gradient into a change of its value.
///
/// State that a rule keeps between steps, such as a momentum, belongs to one parameter each and
/// is found by the parameter's identity. So parameters can be stepped all at once, or one by one
/// as their gradients arrive, with the same result (chapter 7).
pub trait Optimizer<T: Scalar = f32>: Send {
    /// Changes one parameter's value by its gradient, in place; nothing if it has none.
    ///
    /// # Panics
    /// If the value has changed its shape since the gradient came, or since the rule began to keep
    /// something for this parameter.
    #[track_caller]
    fn step_param(&mut self, param: &mut Param<T>);

    /// Changes every one of these parameters.
    ///
    /// # Panics
    /// As [`step_param`](Self::step_param).
    #[track_caller]
    fn step(&mut self, params: Vec<&mut Param<T>>) {
        for param in params {
            self.step_param(param);
        }
    }
    // ANCHOR_END: optimizer

    /// Names all that decides the rule's next step for these parameters, so as to go on later: its
    /// settings, and what it keeps for each of them. In a net they are its
    /// [`named_params`](crate::layers::Layer::named_params).
    ///
    /// # Panics
    /// If the archive has one of the names already, or if the rule does not say.
    #[track_caller]
    fn archive(&mut self, _params: &[(String, &Param<T>)], _archive: &mut Archive<T>) {
        panic!("this optimizer does not say what it keeps: it has no `archive`");
    }
}

/// Panics unless what a rule keeps of a parameter has the shape of its value.
#[track_caller]
fn check_state(what: &str, kept: Shape, name: &str, value: Shape) {
    if kept != value {
        panic!(
            "{what} of shape {kept} for {name} of shape {value}: its shape has changed since the \
             last step; make a new Param, or a new optimizer"
        );
    }
}

/// x, or +0 where it is subnormal. So what an optimizer keeps becomes in time if only gradients of
/// 0 come: 0.9ᵗ after 829 steps in `f32`. It hardly moves a parameter then, but a processor takes
/// many times as long over a subnormal factor as over another, in every step from there on.
#[inline(always)]
pub(crate) fn flush_to_zero<T: Scalar>(x: T) -> T {
    if x.abs() < T::MIN_POSITIVE { T::ZERO } else { x }
}

/// βᵗ⁺¹ of βᵗ, or 0 where that would be subnormal. Long before, 1 − βᵗ is 1.
pub(crate) fn next_power(power: f64, beta: f64) -> f64 {
    flush_to_zero(power * beta)
}

#[cfg(test)]
mod tests {
    use super::{Optimizer, flush_to_zero, next_power};
    use crate::{Param, Tensor};

    #[test]
    fn powers_end_at_zero_and_are_never_subnormal() {
        let powers = std::iter::successors(Some(1.0), |&power| Some(next_power(power, 0.9)));
        let powers: Vec<f64> = powers.take(10_000).collect();
        assert!(powers.iter().all(|&power| power == 0.0 || power.is_normal()));
        assert_eq!((powers[1], powers[9_999]), (0.9, 0.0));
        let last = powers.iter().rposition(|&power| power > 0.0).expect("the first is 1");
        assert!(powers[last] * 0.9 < f64::MIN_POSITIVE, "{} is followed by 0", powers[last]);
    }

    #[test]
    fn what_is_subnormal_becomes_zero_and_no_other_number_changes() {
        let least = f32::MIN_POSITIVE;
        for x in [0.0, least, -least, 1.0, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(flush_to_zero(x).to_bits(), x.to_bits());
        }
        assert!(flush_to_zero(f32::NAN).is_nan());
        for x in [least.next_down(), -least.next_down(), f32::from_bits(1)] {
            assert_eq!(flush_to_zero(x).to_bits(), 0);
        }
    }

    /// Steps a parameter once with a gradient of 1, and then so many times with one of 0.
    pub(super) fn step_and_fade(rule: &mut impl Optimizer, times: usize) -> Param {
        let mut weight = Param::new("weight", Tensor::vector(&[1.0]));
        for step in 0..=times {
            weight.set_grad(Tensor::vector(&[if step == 0 { 1.0 } else { 0.0 }]));
            rule.step_param(&mut weight);
        }
        weight
    }
}
