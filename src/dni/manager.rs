//! `Manager`: one training step with interfaces in it. Where gradients go back from, when, and
//! what the synthesizers are told besides (chapter 9).

use crate::layers::Mode;
use crate::tape::{Gradients, Var};
use crate::{Param, Scalar, Tape, Tensor};
use std::cell::RefCell;
use std::convert::Infallible;

/// What a step on one tape has under way: the contexts, the deferred gradients, and what has
/// arrived at the parameters so far.
///
/// With interfaces a step goes back more than once, so the gradients of its passes are collected
/// here until [`write_to`](Self::write_to) hands them out. A manager that is dropped instead, by
/// a panic say, leaves nothing behind.
///
/// ```
/// use longhand::dni::Manager;
/// use longhand::{Param, Tape, Tensor};
/// let mut weight = Param::new("weight", Tensor::vector(&[1.0_f64, 2.0]));
/// let tape = Tape::new();
/// let dni = Manager::new(&tape);
/// let square = tape.param(&weight).square();
/// dni.defer_backward(|| {
///     dni.backward_from(square, Tensor::vector(&[10.0, 0.0]));
///     dni.backward(square.sum()); // goes through `square` too: the two must go together
/// });
/// dni.write_to([&mut weight]);
/// assert_eq!(weight.grad().unwrap().data(), [22.0, 4.0]);
/// ```
#[derive(Debug)]
pub struct Manager<'t, T: Scalar = f32> {
    tape: &'t Tape<T>,
    mode: Mode,
    contexts: RefCell<Vec<Var<'t, T>>>,
    deferred: RefCell<Option<Deferred<'t, T>>>,
    passes: RefCell<Vec<Gradients<T>>>,
}

/// Outputs to go back from, each with its gradient.
type Deferred<'t, T> = Vec<(Var<'t, T>, Tensor<T>)>;

impl<'t, T: Scalar> Manager<'t, T> {
    /// A step of training on this tape.
    pub fn new(tape: &'t Tape<T>) -> Self {
        Self::in_mode(tape, Mode::Train)
    }

    /// A step in this mode. In [`Mode::Eval`] interfaces hand on what they are given.
    pub fn in_mode(tape: &'t Tape<T>, mode: Mode) -> Self {
        let (contexts, deferred, passes) = Default::default();
        Self { tape, mode, contexts, deferred, passes }
    }

    /// The tape.
    pub fn tape(&self) -> &'t Tape<T> {
        self.tape
    }

    /// Whether interfaces guess and learn.
    pub fn is_training(&self) -> bool {
        self.mode == Mode::Train
    }

    /// What `f` gives in training; in evaluation an interface hands on what it was given.
    #[track_caller]
    pub(super) fn in_training(
        &self,
        given: Var<'t, T>,
        f: impl FnOnce() -> Var<'t, T>,
    ) -> Var<'t, T> {
        if self.is_training() { f() } else { given }
    }

    // ANCHOR: context
    /// Runs `f` with this context for every synthesizer that it calls. Scopes nest, the innermost
    /// wins, and each ends with its closure, by a panic too.
    pub fn synthesizer_context<R>(&self, context: Var<'t, T>, f: impl FnOnce() -> R) -> R {
        struct Pop<'a, V>(&'a RefCell<Vec<V>>);
        impl<V> Drop for Pop<'_, V> {
            fn drop(&mut self) {
                self.0.borrow_mut().pop();
            }
        }
        self.contexts.borrow_mut().push(context);
        let _pop = Pop(&self.contexts);
        f()
    }
    // ANCHOR_END: context

    /// The innermost context, if any.
    pub fn context(&self) -> Option<Var<'t, T>> {
        self.contexts.borrow().last().copied()
    }

    // ANCHOR: backward
    /// Goes back from this one number.
    ///
    /// # Panics
    /// If it is not one number, depends on no leaf, or was gone back through before.
    #[track_caller]
    pub fn backward(&self, output: Var<'t, T>) {
        let shape = output.shape();
        if shape.count() != 1 {
            panic!("backward from shape {shape}: give its gradient, with backward_from");
        }
        self.backward_from(output, Tensor::ones(shape));
    }

    /// Goes back from this output with this gradient: at once, or in
    /// [`defer_backward`](Self::defer_backward) at the scope's end.
    ///
    /// # Panics
    /// If the gradient has another shape, or as [`backward`](Self::backward).
    #[track_caller]
    pub fn backward_from(&self, output: Var<'t, T>, gradient: Tensor<T>) {
        if let Some(deferred) = &mut *self.deferred.borrow_mut() {
            return deferred.push((output, gradient));
        }
        self.go_back([(output, gradient)]);
    }
    // ANCHOR_END: backward

    #[track_caller]
    fn go_back(&self, roots: impl IntoIterator<Item = (Var<'t, T>, Tensor<T>)>) {
        let mut pass = self.tape.backward_pass();
        for (output, gradient) in roots {
            pass = pass.root(output, gradient);
        }
        let gradients = pass.gradients();
        self.passes.borrow_mut().push(gradients);
    }

    // ANCHOR: defer
    /// Runs `f`, and then goes back from everything that it gave to [`backward`](Self::backward),
    /// all at once.
    ///
    /// A backward pass frees what it passes, so two gradients that go through the same entries have
    /// to go together. If `f` panics nothing is propagated.
    ///
    /// # Panics
    /// If the call stands inside another one.
    #[track_caller]
    pub fn defer_backward<R>(&self, f: impl FnOnce() -> R) -> R {
        match self.try_defer_backward(|| Ok::<R, Infallible>(f())) {
            Ok(result) => result,
        }
    }

    /// The same for an `f` that may fail. If it does, nothing is propagated.
    ///
    /// # Errors
    /// That of `f`.
    ///
    /// # Panics
    /// If the call stands inside another one.
    #[track_caller]
    pub fn try_defer_backward<R, E>(&self, f: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        struct Reset<'a, V>(&'a RefCell<Option<V>>);
        impl<V> Drop for Reset<'_, V> {
            fn drop(&mut self) {
                self.0.take();
            }
        }
        if self.deferred.borrow().is_some() {
            panic!("defer_backward cannot stand inside another defer_backward");
        }
        self.deferred.replace(Some(Vec::new()));
        let reset = Reset(&self.deferred);
        let result = f()?;
        let deferred = self.deferred.take().unwrap_or_default();
        drop(reset);
        if !deferred.is_empty() {
            self.go_back(deferred);
        }
        Ok(result)
    }
    // ANCHOR_END: defer

    /// The gradient that has arrived at a parameter so far, if any.
    pub fn gradient(&self, param: &Param<T>) -> Option<Tensor<T>> {
        let passes = self.passes.borrow();
        let found = passes.iter().filter_map(|pass| pass.of(param).cloned());
        found.reduce(|sum, more| sum + more)
    }

    /// The gradient that has arrived at a leaf so far, if any.
    ///
    /// # Panics
    /// If the variable belongs to another tape.
    #[track_caller]
    pub fn gradient_at(&self, leaf: Var<'t, T>) -> Option<Tensor<T>> {
        let passes = self.passes.borrow();
        let mut sum = None;
        for pass in passes.iter() {
            let Some(more) = pass.get(leaf).cloned() else { continue };
            sum = Some(sum.map_or_else(|| more.clone(), |sum: Tensor<T>| sum + &more));
        }
        sum
    }

    /// Adds to each of these parameters what has arrived for it, and ends the step.
    pub fn write_to<'p>(self, params: impl IntoIterator<Item = &'p mut Param<T>>)
    where
        T: 'p,
    {
        let mut params: Vec<_> = params.into_iter().collect();
        for pass in self.passes.into_inner() {
            pass.write_to(params.iter_mut().map(|param| &mut **param));
        }
    }
}
