//! A whole net recorded at once: layers made by hand, with their parameters kept apart by sample
//! (chapter 10).

use super::recorder::Recorder;
use crate::Scalar;
use crate::layers::{Function, Layer};
use crate::record::apply;
use crate::tape::Var;

impl<'t, T: Scalar> Recorder<'t, T> {
    // ANCHOR: record
    /// Computes a layer or a net of `x`, as [`Record`](crate::record::Record) does, and records
    /// every use of a parameter.
    ///
    /// ```
    /// use longhand::layers::{Layer, Linear, Relu};
    /// use longhand::per_sample::{Recorder, Scaling};
    /// use longhand::{Rng, Tape, Tensor, sequential};
    /// let rng = &mut Rng::new(0);
    /// let mut net = sequential![Linear::<f64>::new(2, 8, rng), Relu::new(), Linear::new(8, 1, rng)];
    /// let x = Tensor::new([3, 2], vec![1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    ///
    /// let tape = Tape::new();
    /// let recorder = Recorder::new(&tape);
    /// let loss = recorder.record(&mut net, tape.constant(x)).square().sum();
    /// let samples = recorder.backward(loss, Scaling::Share);
    /// let weight = tape.param(net.params()[0]);
    /// assert_eq!(samples.individual(weight).shape(), [3, 8, 2]);
    /// ```
    ///
    /// # Panics
    /// If a batch normalisation is in training, a layer does not say which [`Function`] it is, or
    /// an input has the wrong shape.
    #[track_caller]
    pub fn record<L: Layer<T> + ?Sized>(&self, net: &mut L, x: Var<'t, T>) -> Var<'t, T> {
        let leaf = |param| self.tape.param(param);
        match net.function(&x.value()) {
            Function::Linear { weight, bias } => self.linear(x, leaf(weight), bias.map(leaf)),
            Function::Conv2d { weight, bias, window } => {
                self.conv2d(x, leaf(weight), bias.map(leaf), window)
            }
            Function::BatchNorm { weight, bias, statistics, eps } => {
                self.batch_norm(x, leaf(weight), leaf(bias), statistics, eps)
            }
            Function::GroupNorm { weight, bias, groups, eps } => {
                self.group_norm(x, leaf(weight), leaf(bias), groups, eps)
            }
            Function::Chain(layers) => {
                let mut x = x;
                for layer in layers {
                    x = self.record(layer, x);
                }
                x
            }
            without_parameters => apply(without_parameters, x),
        }
    }
    // ANCHOR_END: record
}
