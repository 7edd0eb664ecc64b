//! The backward pass to all recorded outputs, and what an individual gradient is the gradient of
//! (chapter 10).

use super::recorder::Recorder;
use super::samples::{Part, Samples};
use crate::tape::Var;
use crate::{Scalar, Tape, Tensor};

/// Why a net in which samples are mixed has no individual gradients.
pub(super) const MIXES: &str = "it mixes the samples: each output depends on several of them, so no gradient \
                     belongs to one alone; a batch normalisation can be given the running mean \
                     and variance, as in evaluation";

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

impl<'t, T: Scalar> Recorder<'t, T> {
    // ANCHOR: backward
    /// One backward pass to the outputs of all layers, recorded: whatever is asked of the samples
    /// can be differentiated. Nothing is freed.
    ///
    /// # Panics
    /// If it has seen no layer, the loss is not one number, or an operation between the two
    /// [mixes the samples](Var::mixing_samples).
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
    /// If it has seen no layer, the loss is not one number, or an operation between the two
    /// [mixes the samples](Var::mixing_samples).
    #[track_caller]
    pub fn backward(&self, loss: Var<'t, T>, scaling: Scaling) -> Samples<'t, T> {
        let start = self.start(loss, scaling);
        // Before the pass, which lets go of them.
        let inputs = self.inputs();
        let found = self.tape.backward_pass().root(loss, start).with_respect_to(&self.outputs());
        self.plain(self.tape, inputs, self.or_zeros(found))
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
        self.plain(scratch, self.inputs(), self.d_outputs(output, gradient))
    }

    /// The gradient of what each layer put out, if this were the gradient of `output`. Nothing is
    /// freed.
    #[track_caller]
    pub(super) fn d_outputs(&self, output: Var<'t, T>, gradient: &Tensor<T>) -> Vec<Tensor<T>> {
        self.must_keep_samples_apart(output);
        let pass = self.tape.backward_pass().root(output, gradient).retain_graph();
        self.or_zeros(pass.with_respect_to(&self.outputs()))
    }

    /// The gradients of the layers' outputs; those that no path led to are zero.
    fn or_zeros(&self, found: Vec<Option<Tensor<T>>>) -> Vec<Tensor<T>> {
        let found = found.into_iter().zip(self.outputs());
        found.map(|(d, output)| d.unwrap_or_else(|| Tensor::zeros(output.shape()))).collect()
    }

    fn plain<'s>(
        &self,
        tape: &'s Tape<T>,
        inputs: Vec<Tensor<T>>,
        d_outputs: Vec<Tensor<T>>,
    ) -> Samples<'s, T>
    where
        't: 's,
    {
        let recorded = self.recorded.borrow();
        let parts = recorded.iter().zip(inputs).zip(d_outputs).map(|((used, input), d)| {
            Part::new(used.param, tape.constant(input), tape.constant(d), used.rule.clone())
        });
        Samples::new(parts.collect())
    }

    /// Panics if samples are mixed between a recorded output and `end`.
    #[track_caller]
    fn must_keep_samples_apart(&self, end: Var<'t, T>) {
        if let Some(mixing) = self.tape.mixing_between(&self.outputs(), end) {
            panic!("{mixing:?}: {MIXES}");
        }
    }

    /// The gradient that the pass starts from at the loss.
    #[track_caller]
    fn start(&self, loss: Var<'t, T>, scaling: Scaling) -> Tensor<T> {
        let Some(n) = self.recorded.borrow().first().map(|used| used.output.shape()[0]) else {
            panic!(
                "the recorder has seen no layer: write them with it, such as recorder.linear(x, w, b)"
            );
        };
        self.must_keep_samples_apart(loss);
        if loss.shape().count() != 1 {
            panic!("a loss is one number, not of shape {}", loss.shape());
        }
        let start = match scaling {
            Scaling::Share => T::ONE,
            Scaling::Own => T::from_f64(n as f64),
        };
        Tensor::full(loss.shape(), start)
    }
}
