//! Recording: how an operation becomes an entry, and when its pullback is recorded (chapter 5).

use super::entry::{Entry, Held, Inputs, Rule};
use super::list::{Tape, Var};
use super::pullback::{Fixed, Listed, Pullback};
use crate::tensor::meter::Kind;
use crate::{Scalar, Tensor};
use std::cell::Cell;
use std::panic::Location;

impl<T: Scalar> Tape<T> {
    // ANCHOR: operation
    /// Records an operation: its name, its inputs, its value, and its pullback.
    ///
    /// The pullback is handed the inputs, the output and the gradient of the output, and gives
    /// each input its gradient, of that input's shape, or `None` where none flows. It is written
    /// in operations on variables, so that it can be differentiated in its turn, and it captures
    /// plain data only: see [`Var::saving`]. [`Var::grad_if_needed`] spares it work that nobody has
    /// asked for.
    ///
    /// ```
    /// use longhand::tape::Var;
    /// use longhand::{Tape, Tensor};
    ///
    /// /// x³, with its own pullback: 3x²·g.
    /// fn cube<'t>(x: Var<'t, f64>) -> Var<'t, f64> {
    ///     let value = x.value().powi(3);
    ///     x.tape().operation("cube", [x], value, |[x], _, g| [Some(3.0 * x * x * g)])
    /// }
    /// let tape = Tape::new();
    /// let x = tape.leaf(Tensor::scalar(2.0));
    /// let [first] = cube(x).grad_create_graph([x]);
    /// let [second] = first.grad([x]);
    /// assert_eq!((first.value().item(), second.item()), (12.0, 12.0));
    /// ```
    ///
    /// # Panics
    /// If an input belongs to another tape.
    #[track_caller]
    pub fn operation<'t, const N: usize>(
        &'t self,
        name: &'static str,
        inputs: [Var<'t, T>; N],
        value: Tensor<T>,
        pullback: impl for<'a> Fn([Var<'a, T>; N], Var<'a, T>, Var<'a, T>) -> [Option<Var<'a, T>>; N]
        + Send
        + 'static,
    ) -> Var<'t, T> {
        self.record(name, &inputs, value, || Box::new(Fixed(pullback)))
    }
    // ANCHOR_END: operation

    // ANCHOR: record
    /// The one place where operations enter the list.
    #[track_caller]
    fn record(
        &self,
        name: &'static str,
        inputs: &[Var<T>],
        value: Tensor<T>,
        pullback: impl FnOnce() -> Box<dyn Pullback<T>>,
    ) -> Var<'_, T> {
        if !self.needs_grad(name, inputs) {
            return self.push(name, Inputs::NONE, value, Rule::Constant);
        }
        value.relabel_scratch(Kind::Activation);
        self.push(name, Inputs::of(inputs), value, Rule::Operation(pullback()))
    }

    /// Whether a pullback is wanted: recording is on, and one of the inputs needs a gradient.
    #[track_caller]
    fn needs_grad(&self, name: &str, inputs: &[Var<T>]) -> bool {
        for (number, input) in inputs.iter().enumerate() {
            if !std::ptr::eq(input.tape, self) {
                panic!("{name}: input {number} belongs to another tape; both must be on one");
            }
        }
        let entries = self.entries.borrow();
        self.recording.get() && inputs.iter().any(|input| entries[input.index].needs_grad())
    }
    // ANCHOR_END: record

    /// As [`operation`](Self::operation), for a number of inputs that is not known beforehand.
    ///
    /// # Panics
    /// If an input belongs to another tape.
    #[track_caller]
    pub fn operation_on_list<'t>(
        &'t self,
        name: &'static str,
        inputs: &[Var<'t, T>],
        value: Tensor<T>,
        pullback: impl for<'a> Fn(&[Var<'a, T>], Var<'a, T>, Var<'a, T>) -> Vec<Option<Var<'a, T>>>
        + Send
        + 'static,
    ) -> Var<'t, T> {
        self.record(name, inputs, value, || Box::new(Listed(pullback)))
    }

    /// Runs `f` without recording pullbacks: what it computes are constants.
    ///
    /// ```
    /// # use longhand::{Tape, Tensor};
    /// let tape = Tape::<f64>::new();
    /// let x = tape.leaf(Tensor::scalar(3.0));
    /// let square = tape.no_record(|| x * x);
    /// assert_eq!((square * x).backward()[x].item(), 9.0);
    /// ```
    pub fn no_record<R>(&self, f: impl FnOnce() -> R) -> R {
        self.with_recording(false, f)
    }

    /// Runs `f` with recording switched on or off, and back again even if it panics.
    pub(super) fn with_recording<R>(&self, on: bool, f: impl FnOnce() -> R) -> R {
        struct Restore<'a>(&'a Cell<bool>, bool);
        impl Drop for Restore<'_> {
            fn drop(&mut self) {
                self.0.set(self.1);
            }
        }
        let _restore = Restore(&self.recording, self.recording.replace(on));
        f()
    }

    #[track_caller]
    pub(super) fn push(
        &self,
        name: &'static str,
        inputs: Inputs,
        value: Tensor<T>,
        rule: Rule<T>,
    ) -> Var<'_, T> {
        let mut entries = self.entries.borrow_mut();
        let index = entries.len();
        entries.push(Entry {
            name,
            inputs,
            held: Held::Value(value),
            rule,
            saved_bytes: 0,
            mixes_samples: false,
            at: Location::caller(),
        });
        Var { tape: self, index }
    }
}
