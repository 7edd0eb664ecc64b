//! Stochastic gradient descent, with momentum and weight decay (chapter 4).

use super::{Optimizer, check_state, flush_to_zero};
use crate::data::Archive;
use crate::param::PerParam;
use crate::tensor::meter::Kind;
use crate::tensor::{Shape, isa};
use crate::{Param, Scalar, Tensor};

/// w ← w − lr·v, where v is the gradient, or a running sum of gradients that fades by `momentum`.
///
/// The rule is PyTorch's: with g the gradient plus `weight_decay`·w, v starts as g and then is
/// momentum·v + g; with `nesterov`, the step looks ahead and uses g + momentum·v. A v that becomes
/// subnormal, as where the gradient has been 0 for many steps, becomes 0.
///
/// ```
/// use longhand::optim::{Optimizer, Sgd};
/// use longhand::{Param, Tensor};
/// let mut weight = Param::new("weight", Tensor::vector(&[1.0_f32]));
/// weight.set_grad(Tensor::vector(&[4.0]));
/// Sgd::new(0.125).step_param(&mut weight);
/// assert_eq!(weight.value.data(), [0.5]);
/// ```
#[derive(Debug)]
pub struct Sgd<T: Scalar = f32> {
    /// The step size.
    pub lr: f64,
    /// How much of the last step's direction stays; 0 for none.
    pub momentum: f64,
    /// How strongly values are drawn to zero.
    pub weight_decay: f64,
    /// Whether to use Nesterov's form of the momentum.
    pub nesterov: bool,
    velocity: PerParam<Tensor<T>>,
}

impl<T: Scalar> Sgd<T> {
    /// Plain descent at this step size.
    pub fn new(lr: f64) -> Self {
        Self { lr, momentum: 0.0, weight_decay: 0.0, nesterov: false, velocity: PerParam::new() }
    }

    /// With this momentum.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// With this weight decay.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }

    /// With Nesterov's form of the momentum.
    #[must_use]
    pub fn nesterov(self) -> Self {
        Self { nesterov: true, ..self }
    }
}

impl<T: Scalar> Optimizer<T> for Sgd<T> {
    #[track_caller]
    fn step_param(&mut self, param: &mut Param<T>) {
        let (id, name) = (param.id(), param.name);
        let Some((value, gradient)) = param.value_and_grad() else { return };
        let [lr, momentum, decay] = [self.lr, self.momentum, self.weight_decay].map(T::from_f64);
        if self.momentum == 0.0 {
            return value.update(gradient, |w, g| w - lr * (g + decay * w));
        }
        let nesterov = self.nesterov;
        let velocity = self.velocity.get_or_insert_with(id, || fresh(value.shape()));
        check_state("momentum", velocity.shape(), name, value.shape());
        let (values, velocity, gradients) =
            (value.data_mut(), velocity.data_mut(), gradient.data());
        isa::vectorize(
            #[inline(always)]
            || {
                for ((w, v), &g) in values.iter_mut().zip(velocity).zip(gradients) {
                    let g = g + decay * *w;
                    *v = flush_to_zero(momentum * *v + g);
                    *w -= lr * if nesterov { g + momentum * *v } else { *v };
                }
            },
        );
    }

    #[track_caller]
    fn archive(&mut self, params: &[(String, &Param<T>)], archive: &mut Archive<T>) {
        archive.number("lr", &mut self.lr);
        archive.number("momentum", &mut self.momentum);
        archive.number("weight_decay", &mut self.weight_decay);
        archive.flag("nesterov", &mut self.nesterov);
        let parts = |velocity: &mut Tensor<T>, archive: &mut Archive<T>| {
            archive.tensor("velocity", velocity);
        };
        archive.kept(params, &mut self.velocity, fresh, parts);
    }
}

/// The velocity of a parameter that has not moved.
fn fresh<T: Scalar>(shape: Shape) -> Tensor<T> {
    let _scope = Kind::State.scope();
    Tensor::zeros(shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::tests::step_and_fade;

    #[test]
    fn a_velocity_without_gradients_ends_at_zero() {
        let mut sgd = Sgd::<f32>::new(0.125).momentum(0.5);
        let velocity = |sgd: &mut Sgd, weight: &Param| {
            sgd.velocity.get_or_insert_with(weight.id(), || panic!("it was stepped")).item()
        };
        let weight = step_and_fade(&mut sgd, 126);
        assert_eq!(velocity(&mut sgd, &weight), f32::MIN_POSITIVE);
        let weight = step_and_fade(&mut sgd, 127);
        assert_eq!(velocity(&mut sgd, &weight), 0.0);
    }
}
