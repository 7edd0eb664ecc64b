//! The gradient mode: whether what the pullbacks of a pass compute is thrown away or stays on the
//! tape, and so whether gradients are tensors or variables (chapter 5).

use super::root::Upstream;
use crate::tape::list::{Tape, Var};
use crate::tensor::meter::Kind;
use crate::{Scalar, Tensor};

/// Where the pullbacks of a pass record what they compute, and so what a gradient is.
pub(super) trait GradientMode<'t, T: Scalar> {
    /// A gradient on its way from one entry to the next.
    type Gradient: Clone;
    /// Whether what pullbacks compute stays on the tape, with pullbacks of its own.
    const CREATE_GRAPH: bool;
    /// The gradient as a variable, for a pullback to work with.
    fn lift(tape: &'t Tape<T>, gradient: Self::Gradient) -> Var<'t, T>;
    /// What a pullback gave for an input, taken from where it left it.
    fn take(given: Var<'t, T>, input: Var<'t, T>) -> Self::Gradient;
    /// sum + more
    fn add(sum: Self::Gradient, more: Self::Gradient) -> Self::Gradient;
    /// The gradient that a pass starts from.
    fn start(tape: &'t Tape<T>, upstream: Upstream<'t, T>) -> Self::Gradient;
    /// At least `count` empty places for gradients.
    fn slots(tape: &'t Tape<T>, count: usize) -> Vec<Option<Self::Gradient>>;
    /// Gives the places back, all of them empty again.
    fn put_back(_: &'t Tape<T>, _: Vec<Option<Self::Gradient>>) {}
}

/// Pullbacks write at the end of the list, which is cut off again after each: gradients are
/// tensors.
pub(super) struct Eager;

impl<'t, T: Scalar> GradientMode<'t, T> for Eager {
    // ANCHOR: eager
    type Gradient = Tensor<T>;
    const CREATE_GRAPH: bool = false;

    fn lift(tape: &'t Tape<T>, gradient: Tensor<T>) -> Var<'t, T> {
        tape.constant(gradient)
    }

    fn take(given: Var<'t, T>, input: Var<'t, T>) -> Tensor<T> {
        let gradient = given.value();
        if input.is_param() {
            gradient.relabel_scratch(Kind::Gradient); // for chapter 7's meter
        }
        gradient
    }

    fn add(mut sum: Tensor<T>, more: Tensor<T>) -> Tensor<T> {
        sum += &more;
        sum
    }
    // ANCHOR_END: eager

    fn start(_: &'t Tape<T>, upstream: Upstream<'t, T>) -> Tensor<T> {
        match upstream {
            Upstream::Tensor(tensor) => tensor,
            Upstream::Var(var) => var.value(),
        }
    }

    fn slots(tape: &'t Tape<T>, count: usize) -> Vec<Option<Tensor<T>>> {
        let mut slots = tape.pending.take();
        if slots.len() < count {
            slots.resize(count, None);
        }
        slots
    }

    fn put_back(tape: &'t Tape<T>, slots: Vec<Option<Tensor<T>>>) {
        tape.pending.replace(slots);
    }
}

/// What pullbacks write stays on the tape: gradients are variables, and can be differentiated.
pub(super) struct CreateGraph;

impl<'t, T: Scalar> GradientMode<'t, T> for CreateGraph {
    // ANCHOR: create_graph
    type Gradient = Var<'t, T>;
    const CREATE_GRAPH: bool = true;

    fn lift(_: &'t Tape<T>, gradient: Var<'t, T>) -> Var<'t, T> {
        gradient
    }

    fn take(given: Var<'t, T>, _: Var<'t, T>) -> Var<'t, T> {
        given
    }

    fn add(sum: Var<'t, T>, more: Var<'t, T>) -> Var<'t, T> {
        sum + more
    }
    // ANCHOR_END: create_graph

    fn start(tape: &'t Tape<T>, upstream: Upstream<'t, T>) -> Var<'t, T> {
        match upstream {
            Upstream::Tensor(tensor) => tape.constant(tensor),
            Upstream::Var(var) => var,
        }
    }

    fn slots(_: &'t Tape<T>, count: usize) -> Vec<Option<Var<'t, T>>> {
        vec![None; count]
    }
}
