//! Where the two roads meet: a layer that is made by hand, recorded on a tape (chapter 6).
//!
//! [`layers`](crate::layers) and [`tape`](crate::tape) do not know each other. A layer says as
//! plain data which [`Function`] it is; here, and nowhere else, that becomes operations on a tape.
//! So a net is written once, whatever is to be done with it.

use crate::Scalar;
use crate::layers::{Function, Layer, Statistics};
use crate::tape::Var;

// ANCHOR: record
/// A layer, or a net, as operations on a tape.
pub trait Record<T: Scalar>: Layer<T> {
    /// Computes the layer of `x` on the tape of `x`, in the layer's own mode, as
    /// [`forward`](Layer::forward) would have done: a dropout draws the same mask, a batch
    /// normalisation moves its running statistics once. Nothing is saved in the layer.
    ///
    /// ```
    /// use longhand::layers::{Layer, Linear, Relu};
    /// use longhand::record::Record;
    /// use longhand::{Rng, Tape, Tensor, sequential};
    /// let rng = &mut Rng::new(0);
    /// let mut net = sequential![Linear::<f32>::new(4, 8, rng), Relu::new(), Linear::new(8, 1, rng)];
    /// let x = Tensor::ones([2, 4]);
    ///
    /// let tape = Tape::new();
    /// let loss = net.record(tape.constant(x.clone())).square().sum();
    /// loss.backward().write_to(net.params_mut());
    /// let by_tape = net.params()[0].grad().cloned();
    ///
    /// net.zero_grad();
    /// let y = net.forward(&x);
    /// net.backward_params(&(y * 2.0));
    /// assert_eq!(net.params()[0].grad(), by_tape.as_ref());
    /// ```
    ///
    /// # Panics
    /// As `forward`; or if a layer does not say which [`Function`] it is.
    #[track_caller]
    fn record<'t>(&mut self, x: Var<'t, T>) -> Var<'t, T>;
}

impl<T: Scalar, L: Layer<T> + ?Sized> Record<T> for L {
    #[track_caller]
    fn record<'t>(&mut self, x: Var<'t, T>) -> Var<'t, T> {
        apply(self.function(&x.value()), x)
    }
}

/// What a layer has said that it is, as operations on the tape of `x`.
#[track_caller]
pub(crate) fn apply<'t, T: Scalar>(function: Function<T>, x: Var<'t, T>) -> Var<'t, T> {
    let tape = x.tape();
    // A parameter's leaf is made where it is used: chapter 7 depends on it.
    match function {
        Function::Linear { weight, bias: None } => x.matmul_nt(tape.param(weight)),
        Function::Linear { weight, bias: Some(bias) } => {
            x.linear(tape.param(weight), tape.param(bias))
        }
        Function::Conv2d { weight, bias, window } => {
            let y = x.conv2d(tape.param(weight), window);
            match bias {
                Some(bias) => y + tape.param(bias).reshape([bias.value.len(), 1, 1]),
                None => y,
            }
        }
        Function::BatchNorm { weight, bias, statistics, eps } => {
            let (weight, bias) = (tape.param(weight), tape.param(bias));
            match statistics {
                Statistics::OfBatch => x.batch_norm(weight, bias, eps),
                Statistics::Given { mean, var } => x.batch_norm_with(mean, var, weight, bias, eps),
            }
        }
        Function::GroupNorm { weight, bias, groups, eps } => {
            x.group_norm(groups, tape.param(weight), tape.param(bias), eps)
        }
        Function::Dropout { mask } => x * tape.constant(mask),
        Function::MaxPool2d { window } => x.max_pool2d(window),
        Function::AvgPool2d { window, divisor } => x.avg_pool2d_over(window, divisor),
        Function::Flatten => x.flatten(1),
        Function::Relu { shift } if shift == T::ZERO => x.relu(),
        Function::Relu { shift } => x.relu() - shift,
        Function::LogSoftmax => x.log_softmax(),
        Function::Identity => x,
        Function::Chain(layers) => {
            let mut x = x;
            for layer in layers {
                x = layer.record(x);
            }
            x
        }
    }
}
// ANCHOR_END: record
