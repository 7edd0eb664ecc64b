//! `Param`: a tensor that is learnt, with its gradient (chapter 4).

use crate::{Scalar, Tensor};
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells one parameter from every other in the process; an optimizer finds its state by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ParamId(u64);

impl ParamId {
    fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A value that training changes, and dL/d(value) once a backward pass has been through it.
///
/// ```
/// use longhand::{Param, Tensor};
/// let mut weight = Param::new("weight", Tensor::<f32>::zeros([2, 3]));
/// assert!(weight.grad.is_none());
/// weight.accumulate(Tensor::ones([2, 3]));
/// weight.accumulate(Tensor::ones([2, 3]));
/// assert_eq!(weight.grad.unwrap().sum(), 12.0);
/// ```
#[derive(Debug)]
pub struct Param<T: Scalar = f32> {
    /// What the layer calls it: `"weight"`, `"bias"`.
    pub name: &'static str,
    /// The value.
    pub value: Tensor<T>,
    /// The gradient, of the value's shape; `None` before a backward pass and after it is spent.
    pub grad: Option<Tensor<T>>,
    id: ParamId,
}

impl<T: Scalar> Param<T> {
    /// A parameter with this value and no gradient.
    pub fn new(name: &'static str, value: Tensor<T>) -> Self {
        Self { name, value, grad: None, id: ParamId::fresh() }
    }

    /// What tells it from every other parameter.
    pub fn id(&self) -> ParamId {
        self.id
    }

    /// Adds to the gradient: backward passes add up until the gradient is dropped.
    ///
    /// # Panics
    /// If the gradient has another shape than the value.
    #[track_caller]
    pub fn accumulate(&mut self, gradient: Tensor<T>) {
        let (name, shape) = (self.name, self.value.shape());
        if gradient.shape() != shape {
            panic!("gradient of shape {} for {name} of shape {shape}", gradient.shape());
        }
        match &mut self.grad {
            Some(sum) => *sum += &gradient,
            none => *none = Some(gradient),
        }
    }
}

/// A copy is a parameter in its own right: the same value, no gradient, another identity.
impl<T: Scalar> Clone for Param<T> {
    fn clone(&self) -> Self {
        Self::new(self.name, self.value.clone())
    }
}
