//! The recorder: which layer used which parameter, on what input, with what output (chapter 10).

use super::Samples;
use super::rules::{Copies, OuterProduct, Patches, Rule, Scale, Shift};
use super::samples::Part;
use crate::tape::Var;
use crate::tensor::Window;
use crate::{Scalar, Tape, Tensor};
use std::cell::RefCell;
use std::rc::Rc;

/// Why a batch normalisation in training has no individual gradients.
const MIXES: &str = "with the statistics of the batch it mixes the samples: each output depends on \
                     every sample, so no gradient belongs to one of them alone; give it the \
                     running mean and variance, as in evaluation";

/// What an individual gradient is the gradient of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scaling {
    /// The sample's share of the loss as it stands. The shares add up to the loss, and the
    /// individual gradients to its gradient. For a summed loss the share is the sample's own loss
    /// ℓ_n; for a mean it is ℓ_n/N, and the variance is 1/N² of what the own losses would give.
    /// BackPACK does this.
    Share,
    /// The sample's own loss ℓ_n, where the loss is their mean: N times its share.
    Own,
}

/// Where a batch normalisation takes its mean and its variance from.
#[derive(Clone, Copy, Debug)]
pub enum Statistics<'a, T: Scalar> {
    /// From outside, as in evaluation: one of each for every channel. The samples stay apart.
    Given {
        /// The mean of each channel.
        mean: &'a Tensor<T>,
        /// The variance of each channel.
        var: &'a Tensor<T>,
    },
    /// From the batch itself, as in training: refused, because then there is no such thing as
    /// one sample's gradient.
    OfBatch,
}

// ANCHOR: recorder
/// The layers of a net as they are written on a tape: for every use of a parameter the input and
/// the output of the layer, and the rule by which its gradient comes apart.
pub struct Recorder<'t, T: Scalar = f32> {
    tape: &'t Tape<T>,
    recorded: RefCell<Vec<RecordedUse<'t, T>>>,
}

struct RecordedUse<'t, T: Scalar> {
    param: Var<'t, T>,
    input: Var<'t, T>,
    output: Var<'t, T>,
    rule: Rc<dyn Rule<T>>,
}
// ANCHOR_END: recorder

impl<'t, T: Scalar> Recorder<'t, T> {
    /// A recorder that has seen no layer yet.
    pub fn new(tape: &'t Tape<T>) -> Self {
        Self { tape, recorded: RefCell::default() }
    }

    // ANCHOR: layers
    /// A fully connected layer: x `[n, inputs]`, weight `[outputs, inputs]`, bias `[outputs]`.
    #[track_caller]
    pub fn linear(
        &self,
        x: Var<'t, T>,
        weight: Var<'t, T>,
        bias: Option<Var<'t, T>>,
    ) -> Var<'t, T> {
        let y = match bias {
            Some(bias) => x.linear(weight, bias),
            None => x.matmul_nt(weight),
        };
        self.record_use(weight, x, y, OuterProduct);
        if let Some(bias) = bias {
            self.record_use(bias, y, y, Shift);
        }
        y
    }

    /// A convolution: x `[n, c, h, w]`, weight `[o, c, kh, kw]`, bias `[o]`.
    #[track_caller]
    pub fn conv2d(
        &self,
        x: Var<'t, T>,
        weight: Var<'t, T>,
        bias: Option<Var<'t, T>>,
        window: Window,
    ) -> Var<'t, T> {
        let mut y = x.conv2d(weight, window);
        if let Some(bias) = bias {
            y = y + bias.reshape([bias.shape().count(), 1, 1]);
        }
        self.record_use(weight, x, y, Patches(window));
        if let Some(bias) = bias {
            self.record_use(bias, y, y, Shift);
        }
        y
    }
    // ANCHOR_END: layers

    /// A batch normalisation over all axes but the second, with the statistics of evaluation:
    /// y = (x − mean)/√(var + eps)·weight + bias.
    ///
    /// # Panics
    /// If the statistics are to be those of the batch, or the shapes do not fit.
    #[track_caller]
    pub fn batch_norm(
        &self,
        x: Var<'t, T>,
        weight: Var<'t, T>,
        bias: Var<'t, T>,
        statistics: Statistics<T>,
        eps: T,
    ) -> Var<'t, T> {
        let Statistics::Given { mean, var } = statistics else {
            panic!("batch normalisation: {MIXES}");
        };
        let mut each_channel = vec![1; x.shape().rank().saturating_sub(1)];
        each_channel[0] = weight.shape().count();
        let [mean, var] = [mean, var].map(|values| values.reshape(&each_channel[..]));
        let scale = (var + eps).map(|var| T::ONE / var.sqrt());
        let normalized = (x - self.tape.constant(mean)) * self.tape.constant(scale);
        let y = normalized * weight.reshape(&each_channel[..]) + bias.reshape(&each_channel[..]);
        self.record_use(weight, normalized, y, Scale);
        self.record_use(bias, y, y, Shift);
        y
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

    // ANCHOR: backward
    /// One backward pass to the outputs of all layers, recorded: whatever is asked of the samples
    /// can be differentiated. Nothing is freed.
    ///
    /// # Panics
    /// If it has seen no layer, or the loss is not one number.
    #[track_caller]
    pub fn backward_create_graph(&self, loss: Var<'t, T>, scaling: Scaling) -> Samples<'t, T> {
        let start = self.start(loss, scaling);
        let d_outputs = self.tape.backward_pass().root(loss, start).create_graph(&self.outputs());
        let recorded = self.recorded.borrow();
        let parts = recorded.iter().zip(d_outputs).map(|(used, d)| {
            let d = d.unwrap_or_else(|| self.tape.constant(Tensor::zeros(used.output.shape())));
            Part::new(used.param, used.input, d, used.rule.clone())
        });
        Samples::new(parts.collect())
    }

    /// The same without a record: the quantities are constants. What the pass went through is
    /// freed, as in training.
    ///
    /// # Panics
    /// If it has seen no layer, or the loss is not one number.
    #[track_caller]
    pub fn backward(&self, loss: Var<'t, T>, scaling: Scaling) -> Samples<'t, T> {
        let start = self.start(loss, scaling);
        // Before the pass, which lets go of them.
        let inputs = self.inputs();
        let d_outputs =
            self.tape.backward_pass().root(loss, start).with_respect_to(&self.outputs());
        self.plain(self.tape, inputs, d_outputs)
    }
    // ANCHOR_END: backward

    /// What the samples would have to say if this were the gradient of `output`, as constants on
    /// another tape. Nothing is freed.
    #[track_caller]
    pub(super) fn samples_on<'s>(
        &'s self,
        scratch: &'s Tape<T>,
        output: Var<'t, T>,
        gradient: &Tensor<T>,
    ) -> Samples<'s, T> {
        let pass = self.tape.backward_pass().root(output, gradient).retain_graph();
        self.plain(scratch, self.inputs(), pass.with_respect_to(&self.outputs()))
    }

    fn plain<'s>(
        &self,
        tape: &'s Tape<T>,
        inputs: Vec<Tensor<T>>,
        d_outputs: Vec<Option<Tensor<T>>>,
    ) -> Samples<'s, T>
    where
        't: 's,
    {
        let recorded = self.recorded.borrow();
        let parts = recorded.iter().zip(inputs).zip(d_outputs).map(|((used, input), d)| {
            let d = d.unwrap_or_else(|| Tensor::zeros(used.output.shape()));
            Part::new(used.param, tape.constant(input), tape.constant(d), used.rule.clone())
        });
        Samples::new(parts.collect())
    }

    /// The gradient that the pass starts from at the loss.
    #[track_caller]
    fn start(&self, loss: Var<'t, T>, scaling: Scaling) -> Tensor<T> {
        let Some(n) = self.recorded.borrow().first().map(|used| used.output.shape()[0]) else {
            panic!(
                "the recorder has seen no layer: write them with it, such as recorder.linear(x, w, b)"
            );
        };
        let from = self.recorded.borrow()[0].input.index();
        if let Some(mixing) = self.tape.find("batch norm", from, loss) {
            panic!("{mixing:?}: {MIXES}");
        }
        if loss.shape().count() != 1 {
            panic!("a loss is one number, not of shape {}", loss.shape());
        }
        Tensor::full(
            loss.shape(),
            match scaling {
                Scaling::Share => T::ONE,
                Scaling::Own => T::from_f64(n as f64),
            },
        )
    }

    fn inputs(&self) -> Vec<Tensor<T>> {
        self.recorded.borrow().iter().map(|used| used.input.value()).collect()
    }

    fn outputs(&self) -> Vec<Var<'t, T>> {
        self.recorded.borrow().iter().map(|used| used.output).collect()
    }

    /// The parameters in the order of their first use.
    pub fn params(&self) -> Vec<Var<'t, T>> {
        let mut params: Vec<Var<'t, T>> = Vec::new();
        for used in self.recorded.borrow().iter() {
            if params.iter().all(|known| known.index() != used.param.index()) {
                params.push(used.param);
            }
        }
        params
    }
}
