//! Where a backward pass starts: an output, and the gradient that it is given (chapter 5).

use crate::tape::list::Var;
use crate::{Scalar, Tensor};

/// The gradient that a backward pass starts from: a tensor or, to be differentiated itself, a
/// variable.
#[derive(Debug)]
pub enum Upstream<'t, T: Scalar> {
    /// A plain value.
    Tensor(Tensor<T>),
    /// A variable of the same tape.
    Var(Var<'t, T>),
}

impl<T: Scalar> From<Tensor<T>> for Upstream<'_, T> {
    fn from(tensor: Tensor<T>) -> Self {
        Upstream::Tensor(tensor)
    }
}

impl<T: Scalar> From<&Tensor<T>> for Upstream<'_, T> {
    fn from(tensor: &Tensor<T>) -> Self {
        Upstream::Tensor(tensor.clone())
    }
}

impl<'t, T: Scalar> From<Var<'t, T>> for Upstream<'t, T> {
    fn from(var: Var<'t, T>) -> Self {
        Upstream::Var(var)
    }
}

/// An output, and dL/d(output).
#[derive(Debug)]
pub(super) struct Root<'t, T: Scalar> {
    pub(super) output: Var<'t, T>,
    pub(super) gradient: Upstream<'t, T>,
}

/// One past the last of these outputs: no entry from there on takes part in the pass.
pub(super) fn end<T: Scalar>(roots: &[Root<T>]) -> usize {
    roots.iter().map(|root| root.output.index + 1).max().unwrap_or(0)
}
