//! The recorder: which layer used which parameter, on what input, with what output (chapter 10).

use super::rules::{Copies, Rule};
use crate::tape::Var;
use crate::{Scalar, Tape, Tensor};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

// ANCHOR: recorder
/// The layers of a net as they are written on a tape: for every use of a parameter the input and
/// the output of the layer, and the rule by which its gradient comes apart.
pub struct Recorder<'t, T: Scalar = f32> {
    /// The tape that the net is written on.
    pub(super) tape: &'t Tape<T>,
    /// Every use of a parameter, in the order in which they were recorded.
    pub(super) recorded: RefCell<Vec<RecordedUse<'t, T>>>,
}

/// One use of a parameter.
pub(super) struct RecordedUse<'t, T: Scalar> {
    /// The parameter's leaf.
    pub(super) param: Var<'t, T>,
    /// What the layer was given.
    pub(super) input: Var<'t, T>,
    /// What it put out.
    pub(super) output: Var<'t, T>,
    /// How its gradient comes apart into those of the samples.
    pub(super) rule: Rc<dyn Rule<T>>,
}
// ANCHOR_END: recorder

impl<'t, T: Scalar> Recorder<'t, T> {
    /// A recorder that has seen no layer yet.
    #[must_use]
    pub fn new(tape: &'t Tape<T>) -> Self {
        Self { tape, recorded: RefCell::default() }
    }

    /// The tape that it records on.
    #[must_use]
    pub fn tape(&self) -> &'t Tape<T> {
        self.tape
    }

    // ANCHOR: own
    /// A copy of the parameter for each of `n` samples, `[n, ..its shape]`, for layers that have no
    /// rule: use copy n for sample n, and the gradients of the copies are the individual ones.
    ///
    /// ```
    /// use longhand::per_sample::{Recorder, Scaling};
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f64>::new();
    /// let x = tape.constant(Tensor::new([3, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    /// let slope = tape.leaf(Tensor::vector(&[0.5, -0.5]));
    /// let recorder = Recorder::new(&tape);
    /// let loss = (x * recorder.copies(slope, 3)).square().sum();
    /// let samples = recorder.backward(loss, Scaling::Share);
    /// assert_eq!(samples.individual(slope).value().data(), [1.0, -4.0, 9.0, -16.0, 25.0, -36.0]);
    /// ```
    #[track_caller]
    pub fn copies(&self, param: Var<'t, T>, n: usize) -> Var<'t, T> {
        let shape = param.shape();
        let copies =
            param.expand([n].iter().chain(shape.iter()).copied().collect::<crate::tensor::Shape>());
        self.record_use(param, copies, copies, Copies);
        copies
    }

    /// Records a use of `param` in a layer of your own: what the layer was given, what it put out,
    /// and the rule.
    ///
    /// ```
    /// use longhand::per_sample::{Recorder, Scaling};
    /// use longhand::{tape::Var, Tape, Tensor};
    ///
    /// /// y_ni = x_ni·s_i, so sample n's gradient of s is δ_n·x_n.
    /// fn rule<'t>(x: Var<'t, f64>, d: Var<'t, f64>) -> Var<'t, f64> {
    ///     d * x
    /// }
    /// let tape = Tape::new();
    /// let x = tape.constant(Tensor::new([2, 2], vec![1.0, 2.0, 3.0, 4.0]));
    /// let s = tape.leaf(Tensor::vector(&[0.5, -0.5]));
    /// let recorder = Recorder::new(&tape);
    /// let y = x * s;
    /// recorder.record_use(s, x, y, rule);
    /// let samples = recorder.backward(y.square().sum(), Scaling::Share);
    /// assert_eq!(samples.individual(s).value().data(), [1.0, -4.0, 9.0, -16.0]);
    /// ```
    ///
    /// # Panics
    /// If the first axes of input and output are not of one size, that of the earlier uses.
    #[track_caller]
    pub fn record_use(
        &self,
        param: Var<'t, T>,
        input: Var<'t, T>,
        output: Var<'t, T>,
        rule: impl Rule<T> + 'static,
    ) {
        let (given, made) = (input.shape(), output.shape());
        let n = self.recorded.borrow().first().map(|earlier| earlier.output.shape()[0]);
        let n = n.or(made.first().copied());
        if n.is_none() || given.first().copied() != n || made.first().copied() != n {
            let n = n.map_or("one size".to_string(), |n| n.to_string());
            panic!(
                "a layer from {given} to {made}: the first axes are the samples, and must be {n}"
            );
        }
        self.recorded.borrow_mut().push(RecordedUse { param, input, output, rule: Rc::new(rule) });
    }
    // ANCHOR_END: own

    /// The parameters in the order of their first use.
    #[must_use]
    pub fn params(&self) -> Vec<Var<'t, T>> {
        let mut params: Vec<Var<'t, T>> = Vec::new();
        for used in self.recorded.borrow().iter() {
            if params.iter().all(|known| known.index() != used.param.index()) {
                params.push(used.param);
            }
        }
        params
    }

    /// The values of what the layers were given.
    pub(super) fn inputs(&self) -> Vec<Tensor<T>> {
        self.recorded.borrow().iter().map(|used| used.input.value()).collect()
    }

    /// What the layers put out.
    pub(super) fn outputs(&self) -> Vec<Var<'t, T>> {
        self.recorded.borrow().iter().map(|used| used.output).collect()
    }
}

impl<T: Scalar> fmt::Debug for Recorder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Recorder of {} uses of {} parameters",
            self.recorded.borrow().len(),
            self.params().len()
        )
    }
}
