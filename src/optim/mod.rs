//! Optimizers: what to do with a gradient (chapter 4).

mod adam;
mod sgd;

use crate::{Param, Scalar};

pub use adam::Adam;
pub use sgd::Sgd;

/// A rule that turns a parameter's gradient into a change of its value.
///
/// State that a rule keeps between steps, such as a momentum, belongs to one parameter each and
/// is found by the parameter's identity. So parameters can be stepped all at once, or one by one
/// as their gradients arrive, with the same result (chapter 7).
pub trait Optimizer<T: Scalar = f32> {
    /// Changes one parameter's value by its gradient, in place; nothing if it has none.
    fn step_param(&mut self, param: &mut Param<T>);

    /// Changes every one of these parameters.
    fn step(&mut self, params: Vec<&mut Param<T>>) {
        for param in params {
            self.step_param(param);
        }
    }
}
