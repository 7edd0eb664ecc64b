//! Checkpoints: a part of a formula as one entry, computed again on the way back (chapter 7).

use crate::tape::list::{Tape, Var};
use crate::{Scalar, Tensor};

// ANCHOR: checkpoint
/// `f` of these variables as one operation. The tape keeps its inputs and its output; what lies
/// between is let go of, and computed again when the backward pass comes by.
///
/// Values and gradients have the bits of `f(inputs)`, except where an input is used outside of
/// `f` as well and twice inside: then its gradients are added up in another order. A parameter is
/// an input like any other. `f` cannot change what it captures, so a dropout draws the same mask
/// when it is given a copy of a generator: `x.dropout(p, &mut rng.clone())`.
///
/// A gradient that is to be differentiated again needs what lies between: then `f` is recorded on
/// the tape after all, and no memory is saved.
///
/// ```
/// use longhand::{Tape, Tensor, tape};
/// let tape = Tape::<f64>::new();
/// let x = tape.leaf(Tensor::zeros([1000]));
/// let y = tape::checkpoint([x], |[x]| x.exp().exp().exp());
/// assert_eq!(tape.bytes(), 2 * 8 * 1000); // x and y
/// let gradient = y.sum().backward()[x].clone();
/// assert!(gradient.same_bits(&x.exp().exp().exp().sum().backward()[x]));
/// ```
///
/// # Panics
/// If there is no input, if an input belongs to another tape, or if `f`, computed again, gives
/// another value.
#[track_caller]
pub fn checkpoint<'t, T: Scalar, const N: usize>(
    inputs: [Var<'t, T>; N],
    f: impl for<'a> Fn([Var<'a, T>; N]) -> Var<'a, T> + Send + 'static,
) -> Var<'t, T> {
    // any shapes → that of f's output
    let Some(first) = inputs.first() else { panic!("a checkpoint without an input") };
    let (value, mixes) = {
        let aside = Tape::new();
        let copies = inputs.map(|input| aside.leaf(input.value()));
        let y = f(copies);
        (y.value(), aside.mixing_between(&copies, y).is_some())
    };
    let y = first.tape.operation("checkpoint", inputs, value, move |inputs, y, g| {
        if y.tape.recording.get() { again_on_tape(&f, inputs, g) } else { again(&f, inputs, y, g) }
    });
    if mixes { y.mixing_samples() } else { y }
}

/// The gradients of f's inputs from g, that of its output y: on a tape of its own, which goes when
/// they are there.
#[track_caller]
fn again<'a, T: Scalar, const N: usize>(
    f: impl for<'b> Fn([Var<'b, T>; N]) -> Var<'b, T>,
    inputs: [Var<'a, T>; N],
    y: Var<'a, T>,
    g: Var<'a, T>,
) -> [Option<Var<'a, T>>; N] {
    let aside = Tape::new();
    let copies = inputs.map(|input| match input.grad_is_needed() {
        true => aside.leaf(input.value()),
        false => aside.constant(input.value()),
    });
    let replayed = f(copies);
    if !replayed.read().same_bits(&y.read()) {
        panic!("a checkpoint gives another value when it is computed again: does it draw?");
    }
    let gradients = aside.backward_pass().root(replayed, g.value()).with_respect_to(&copies);
    on_tape(inputs, gradients, |input, gradient: Tensor<T>| input.tape.constant(gradient))
}

/// The same as variables that can be differentiated again. Each input passes through an entry of
/// its own, where this pass ends, even if it is an input twice or computed from another.
#[track_caller]
fn again_on_tape<'a, T: Scalar, const N: usize>(
    f: impl for<'b> Fn([Var<'b, T>; N]) -> Var<'b, T>,
    inputs: [Var<'a, T>; N],
    g: Var<'a, T>,
) -> [Option<Var<'a, T>>; N] {
    let copies = inputs.map(|input| {
        input.tape.operation("checkpoint input", [input], input.value(), |[_], _, g| [Some(g)])
    });
    let gradients = g.tape.backward_pass().root(f(copies), g).create_graph(&copies);
    on_tape(inputs, gradients, |_, gradient| gradient)
}

/// Each input's gradient, in the form that a pullback gives it.
fn on_tape<'a, T: Scalar, G, const N: usize>(
    inputs: [Var<'a, T>; N],
    gradients: Vec<Option<G>>,
    form: impl Fn(Var<'a, T>, G) -> Var<'a, T>,
) -> [Option<Var<'a, T>>; N] {
    let mut gradients = gradients.into_iter();
    inputs.map(|input| gradients.next().flatten().map(|gradient| form(input, gradient)))
}
// ANCHOR_END: checkpoint
