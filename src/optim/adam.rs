//! Adam: steps scaled by each parameter's own recent gradients (chapter 4).

use super::{Optimizer, check_state, flush_to_zero, next_power};
use crate::data::Archive;
use crate::param::PerParam;
use crate::tensor::meter::Kind;
use crate::tensor::{Shape, isa};
use crate::{Param, Scalar, Tensor};

/// w ← w − lr·m̂/(√v̂ + ε), with m̂ and v̂ running means of the gradient and its square.
///
/// Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1, with
/// PyTorch's defaults: lr 10⁻³, β = (0.9, 0.999), ε = 10⁻⁸. Weight decay is added to the gradient.
/// Where m is subnormal, as after many gradients of 0, it becomes 0.
///
/// ```
/// use longhand::optim::{Adam, Optimizer};
/// use longhand::{Param, Tensor};
/// let mut weight = Param::new("weight", Tensor::vector(&[1.0_f64]));
/// weight.set_grad(Tensor::vector(&[1e6]));
/// Adam::new(0.001).step_param(&mut weight);
/// assert!((weight.value.item() - 0.999).abs() < 1e-9, "a first step is lr long, however large g");
/// ```
#[derive(Debug)]
pub struct Adam<T: Scalar = f32> {
    /// The step size.
    pub lr: f64,
    /// How much of the running means of g and g² stays at each step.
    pub betas: (f64, f64),
    /// Keeps the division away from zero.
    pub eps: f64,
    /// How strongly values are drawn to zero.
    pub weight_decay: f64,
    moments: PerParam<Moments<T>>,
}

/// What Adam remembers of one parameter.
#[derive(Debug)]
struct Moments<T: Scalar> {
    mean: Tensor<T>,
    square: Tensor<T>,
    /// β₁ᵗ and β₂ᵗ after t steps.
    powers: (f64, f64),
}

impl<T: Scalar> Moments<T> {
    /// Before the first step.
    fn fresh(shape: Shape) -> Self {
        let _scope = Kind::State.scope();
        Self { mean: Tensor::zeros(shape), square: Tensor::zeros(shape), powers: (1.0, 1.0) }
    }

    fn archive(&mut self, archive: &mut Archive<T>) {
        archive.tensor("mean", &mut self.mean);
        archive.tensor("square", &mut self.square);
        archive.number("power1", &mut self.powers.0);
        archive.number("power2", &mut self.powers.1);
    }
}

impl<T: Scalar> Adam<T> {
    /// PyTorch's defaults at this step size.
    pub fn new(lr: f64) -> Self {
        Self { lr, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0, moments: PerParam::new() }
    }

    /// With this weight decay.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl<T: Scalar> Optimizer<T> for Adam<T> {
    #[track_caller]
    fn step_param(&mut self, param: &mut Param<T>) {
        let (id, name) = (param.id(), param.name);
        let Some((value, gradient)) = param.value_and_grad() else { return };
        let shape = value.shape();
        let state = self.moments.get_or_insert_with(id, || Moments::fresh(shape));
        check_state("moments", state.mean.shape(), name, shape);
        state.powers.0 = next_power(state.powers.0, self.betas.0);
        state.powers.1 = next_power(state.powers.1, self.betas.1);

        // Both means start at 0, and so are too small by 1 − βᵗ: the corrections make up for it.
        let step = T::from_f64(self.lr / (1.0 - state.powers.0));
        let correction = T::from_f64(1.0 / (1.0 - state.powers.1).sqrt());
        let [b1, b2] = [self.betas.0, self.betas.1].map(T::from_f64);
        let [c1, c2] = [1.0 - self.betas.0, 1.0 - self.betas.1].map(T::from_f64);
        let [eps, decay] = [self.eps, self.weight_decay].map(T::from_f64);

        let (values, gradients) = (value.data_mut(), gradient.data());
        let moments = state.mean.data_mut().iter_mut().zip(state.square.data_mut());
        isa::vectorize(
            #[inline(always)]
            || {
                for ((w, &g), (m, v)) in values.iter_mut().zip(gradients).zip(moments) {
                    let g = g + decay * *w;
                    *m = flush_to_zero(b1 * *m + c1 * g);
                    *v = b2 * *v + c2 * g * g;
                    *w -= step * *m / (v.sqrt() * correction + eps);
                }
            },
        );
    }

    #[track_caller]
    fn archive(&mut self, params: &[(String, &Param<T>)], archive: &mut Archive<T>) {
        archive.number("lr", &mut self.lr);
        archive.number("beta1", &mut self.betas.0);
        archive.number("beta2", &mut self.betas.1);
        archive.number("eps", &mut self.eps);
        archive.number("weight_decay", &mut self.weight_decay);
        archive.kept(params, &mut self.moments, Moments::fresh, Moments::archive);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::tests::step_and_fade;

    #[test]
    fn a_mean_of_nothing_more_ends_at_zero() {
        let mut adam = Adam::<f32>::new(0.001);
        let weight = step_and_fade(&mut adam, 800);
        let mean = |adam: &mut Adam, weight: &Param| {
            adam.moments.get_or_insert_with(weight.id(), || panic!("it was stepped")).mean.item()
        };
        assert!(mean(&mut adam, &weight).is_normal());
        let weight = step_and_fade(&mut adam, 850);
        assert_eq!(mean(&mut adam, &weight), 0.0);
    }

    /// Their squares are subnormal.
    #[test]
    fn tiny_gradients_step_as_far_as_others() {
        let mut adam = Adam { eps: 0.0, ..Adam::new(0.001) };
        let mut weight = Param::new("weight", Tensor::vector(&[1.0_f32]));
        for _ in 0..10 {
            weight.set_grad(Tensor::vector(&[1e-18]));
            adam.step_param(&mut weight);
        }
        assert!((weight.value.item() - 0.99).abs() < 1e-4, "{:?}", weight.value);
    }
}
