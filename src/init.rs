//! Where parameters start: random tensors of the right spread (chapter 2).
//!
//! A layer that adds up n inputs multiplies their variance by n·Var(w). Kaiming He and others
//! chose Var(w) so that this comes out at 1 ("Delving Deep into Rectifiers", 2015, section 2.2):
//! neither the values going forward nor the gradients coming back then grow or fade with depth.

use crate::tensor::Shape;
use crate::{Rng, Scalar, Tensor};

/// Independent draws from the uniform distribution on [low, high).
///
/// # Panics
/// Unless `low` < `high` and `high` − `low` is finite.
#[track_caller]
pub fn uniform<T: Scalar>(shape: impl Into<Shape>, low: T, high: T, rng: &mut Rng) -> Tensor<T> {
    let mut draws = Tensor::zeros(shape);
    rng.fill_uniform(draws.data_mut(), low, high);
    draws
}

/// Independent draws from the normal distribution of this mean and standard deviation.
///
/// ```
/// use longhand::{Rng, init};
/// let w = init::normal::<f64>([100, 100], 0.0, 0.5, &mut Rng::new(1));
/// assert!((w.std() - 0.5).abs() < 0.02);
/// ```
pub fn normal<T: Scalar>(shape: impl Into<Shape>, mean: T, std: T, rng: &mut Rng) -> Tensor<T> {
    Tensor::build(shape, |out| rng.fill_normal(out, mean, std))
}

/// Which side of a layer keeps its variance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fan {
    /// The forward pass: count the inputs that each output adds up.
    In,
    /// The backward pass: count the outputs that each input feeds.
    Out,
}

impl Fan {
    /// The count for a weight `[out, in]` or `[out, in, height, width]`, as PyTorch reads it.
    ///
    /// # Panics
    /// If the shape has fewer than two axes.
    #[track_caller]
    pub fn of(self, shape: impl Into<Shape>) -> usize {
        let shape = shape.into();
        let &[outputs, inputs, ref window @ ..] = &*shape else {
            panic!("a fan needs a weight of at least two axes, not shape {shape}");
        };
        let window: usize = window.iter().product();
        window * if self == Fan::In { inputs } else { outputs }
    }
}

// A fan of 0 leaves nothing to balance: the weight has no elements, and a bias has nothing beside
// it. It is then 0, as in PyTorch.

// ANCHOR: kaiming
/// √(2 / (1 + a²)): what makes up for a ReLU that lets `a` times the negative half through.
///
/// A rectified symmetric value keeps (1 + a²)/2 of its mean square.
pub fn relu_gain<T: Scalar>(a: T) -> T {
    (T::from_f64(2.0) / (T::ONE + a * a)).sqrt()
}

/// Normal with standard deviation gain/√fan (`torch.nn.init.kaiming_normal_`).
///
/// # Panics
/// If the shape has fewer than two axes, and so no fan.
#[track_caller]
pub fn kaiming_normal<T: Scalar>(
    shape: impl Into<Shape>,
    fan: Fan,
    gain: T,
    rng: &mut Rng,
) -> Tensor<T> {
    let shape = shape.into();
    let std = gain / T::from_f64(fan.of(shape) as f64).sqrt();
    normal(shape, T::ZERO, std, rng)
}

/// Uniform on ±√3·gain/√fan, which has the same variance (`torch.nn.init.kaiming_uniform_`). A
/// weight without elements, whose fan may be 0, needs no draws.
///
/// # Panics
/// If the shape has fewer than two axes, and so no fan.
#[track_caller]
#[must_use]
pub fn kaiming_uniform<T: Scalar>(
    shape: impl Into<Shape>,
    fan: Fan,
    gain: T,
    rng: &mut Rng,
) -> Tensor<T> {
    let shape = shape.into();
    let bound = gain * (T::from_f64(3.0) / T::from_f64(fan.of(shape) as f64)).sqrt();
    if shape.count() == 0 { Tensor::zeros(shape) } else { uniform(shape, -bound, bound, rng) }
}
// ANCHOR_END: kaiming

/// Uniform on ±1/√`fan_in`: what PyTorch gives the weight and bias of a fresh layer. Zeros if
/// `fan_in` is 0: then nothing comes in, and the weight is empty.
///
/// For the weight it is `kaiming_uniform` with a = √5.
#[track_caller]
#[must_use]
pub fn torch_default<T: Scalar>(
    shape: impl Into<Shape>,
    fan_in: usize,
    rng: &mut Rng,
) -> Tensor<T> {
    let bound = T::ONE / T::from_f64(fan_in as f64).sqrt();
    if fan_in == 0 { Tensor::zeros(shape) } else { uniform(shape, -bound, bound, rng) }
}
