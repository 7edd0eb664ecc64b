//! `Param`: a tensor that is learnt, with its gradient (chapter 4).

mod map;

use crate::tensor::Shape;
use crate::tensor::meter::Kind;
use crate::{Scalar, Tensor};
pub use map::PerParam;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// The identity of a parameter, which no other in the process has; an optimizer finds its state by
/// it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ParamId(u64);

impl ParamId {
    fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

// ANCHOR: param
/// A value that training changes, and dL/d(value) once a backward pass has been through it.
///
/// ```
/// use longhand::{Param, Tensor};
/// let mut weight = Param::new("weight", Tensor::<f32>::zeros([2, 3]));
/// assert!(weight.grad().is_none());
/// weight.accumulate(Tensor::ones([2, 3]));
/// weight.accumulate(Tensor::ones([2, 3]));
/// assert_eq!(weight.take_grad().unwrap().sum(), 12.0);
/// ```
pub struct Param<T: Scalar = f32> {
    /// What the layer calls it: `"weight"`, `"bias"`.
    pub name: &'static str,
    /// The value.
    pub value: Tensor<T>,
    grad: Option<Tensor<T>>,
    id: ParamId,
    hook: Option<Hook<T>>,
}
// ANCHOR_END: param

/// What is called when a gradient has arrived.
type Hook<T> = Box<dyn FnMut(&mut Param<T>) + Send + Sync>;

impl<T: Scalar> Param<T> {
    /// A parameter with this value and no gradient.
    #[must_use]
    pub fn new(name: &'static str, value: Tensor<T>) -> Self {
        value.relabel(Kind::Parameter);
        Self { name, value, grad: None, id: ParamId::fresh(), hook: None }
    }

    /// What tells it from every other parameter.
    #[must_use]
    pub fn id(&self) -> ParamId {
        self.id
    }

    /// The gradient; `None` before a backward pass, and after it is taken or dropped.
    #[must_use]
    pub fn grad(&self) -> Option<&Tensor<T>> {
        self.grad.as_ref()
    }

    /// Takes the gradient out; the next one begins anew.
    pub fn take_grad(&mut self) -> Option<Tensor<T>> {
        self.grad.take()
    }

    /// Drops the gradient, so that the next one begins anew.
    pub fn zero_grad(&mut self) {
        self.grad = None;
    }

    /// Puts this gradient in the place of the one that is there, if any. No hook is called.
    ///
    /// # Panics
    /// If it has another shape than the value.
    #[track_caller]
    pub fn set_grad(&mut self, gradient: Tensor<T>) {
        self.check_shape(gradient.shape());
        gradient.relabel_scratch(Kind::Gradient);
        self.grad = Some(gradient);
    }

    /// For a step: the value, to be changed, and its gradient. `None` if there is no gradient.
    ///
    /// ```
    /// use longhand::{Param, Tensor};
    /// let mut weight = Param::new("weight", Tensor::vector(&[1.0_f32, 2.0]));
    /// weight.set_grad(Tensor::vector(&[0.5, -0.5]));
    /// if let Some((value, gradient)) = weight.value_and_grad() {
    ///     *value -= gradient;
    /// }
    /// assert_eq!(weight.value.data(), [0.5, 2.5]);
    /// ```
    ///
    /// # Panics
    /// If the value has changed its shape since the gradient came.
    #[track_caller]
    pub fn value_and_grad(&mut self) -> Option<(&mut Tensor<T>, &Tensor<T>)> {
        self.check_shape(self.grad.as_ref()?.shape());
        Some((&mut self.value, self.grad.as_ref()?))
    }

    #[track_caller]
    fn check_shape(&self, gradient: Shape) {
        let (name, shape) = (self.name, self.value.shape());
        if gradient != shape {
            panic!("gradient of shape {gradient} for {name} of shape {shape}");
        }
    }

    // ANCHOR: accumulate
    /// Adds to the gradient: backward passes add up until the gradient is dropped.
    ///
    /// # Panics
    /// If the gradient has another shape than the value, or if there is a hook and a gradient
    /// has been waiting: a hook wants each as it comes, and would never see their sum.
    #[track_caller]
    pub fn accumulate(&mut self, gradient: Tensor<T>) {
        self.check_shape(gradient.shape());
        gradient.relabel_scratch(Kind::Gradient);
        match &mut self.grad {
            Some(_) if self.hook.is_some() => panic!(
                "{} of shape {} has a gradient from an earlier backward pass, and a hook \
                 that wants every gradient by itself: to add up gradients, remove the hook",
                self.name,
                self.value.shape(),
            ),
            Some(sum) => *sum += &gradient,
            none => *none = Some(gradient),
        }
        if self.hook.is_some() {
            let mut call = HookCall { hook: self.hook.take(), param: self };
            call.hook.iter_mut().for_each(|hook| hook(call.param));
        }
    }
    // ANCHOR_END: accumulate

    /// From now on calls `hook` whenever a gradient has arrived; a hook that was there is
    /// replaced. It may change the value and take the gradient (chapter 7).
    ///
    /// ```
    /// use longhand::{Param, Tensor};
    /// let mut weight = Param::new("weight", Tensor::<f32>::zeros([2]));
    /// weight.set_hook(|weight| {
    ///     let gradient = weight.take_grad().expect("it has arrived");
    ///     weight.value -= &gradient;
    /// });
    /// weight.accumulate(Tensor::vector(&[1.0, -1.0]));
    /// assert_eq!(weight.value.data(), [-1.0, 1.0]);
    /// ```
    pub fn set_hook(&mut self, hook: impl FnMut(&mut Param<T>) + Send + Sync + 'static) {
        self.hook = Some(Box::new(hook));
    }

    /// Takes the hook off again; gradients add up as before.
    pub fn remove_hook(&mut self) {
        self.hook = None;
    }
}

/// A hook under way. It is put back when the call is over, by a panic too.
struct HookCall<'p, T: Scalar> {
    hook: Option<Hook<T>>,
    param: &'p mut Param<T>,
}

impl<T: Scalar> Drop for HookCall<'_, T> {
    fn drop(&mut self) {
        self.param.hook = self.hook.take();
    }
}

/// A copy is a parameter in its own right: the same value, no gradient, no hook, another identity.
impl<T: Scalar> Clone for Param<T> {
    fn clone(&self) -> Self {
        Self::new(self.name, self.value.clone())
    }
}

impl<T: Scalar> fmt::Debug for Param<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Param")
            .field("name", &self.name)
            .field("value", &self.value)
            .field("grad", &self.grad)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
