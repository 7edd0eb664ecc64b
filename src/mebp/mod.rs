//! Memory-efficient backpropagation: a gradient is used and let go as soon as it is complete
//! (chapter 7).
//!
//! Ordinary training computes all gradients and then steps, so that at one moment all of them are
//! held together: as many numbers again as the net has. Nothing asks for that. The step of a
//! parameter needs its own gradient and no other, and once the backward pass is behind a layer it
//! does not look at its weights again. So a layer can be stepped, and its gradients let go, before
//! those of the layer in front of it are computed. (PyTorch's tutorial "How to save memory by
//! fusing the optimizer step into the backward pass" does it by hooks; Lv and others, 2023, call it
//! LOMO.)
//!
//! | | at most held | by hand | on the tape |
//! |---|---|---|---|
//! | [`ordinary`] | all gradients | `Sequential` | `write_to`, then `step` |
//! | [`per_layer`] | those of one layer | walks the layers | |
//! | per parameter | one | [`set_hooks`], a hook on each | [`backward`] |
//!
//! The steps are the same to the last bit: see [`optim`](crate::optim). What cannot be had is
//! whatever needs all gradients together. To add up gradients over several passes is refused;
//! to clip them by their common norm takes a second pass: [`per_layer_clipped`].
//!
//! Gradients are one half of what a step needs for a moment only. The other half is activations,
//! and of these [`checkpoint_sequential`] keeps a few and computes the others again on the way
//! back; it goes with every row of the table. On the tape, [`tape::checkpoint`] does it.
//!
//! [`tape::checkpoint`]: crate::tape::checkpoint
//!
//! ```
//! use longhand::layers::{Layer, Linear, Loss, Mse, Relu};
//! use longhand::optim::Adam;
//! use longhand::tensor::meter::{Kind, Meter};
//! use longhand::{Rng, Tensor, mebp, sequential};
//!
//! let meter = Meter::new();
//! meter.watch(|| {
//!     let rng = &mut Rng::new(0);
//!     let mut net = sequential![Linear::new(50, 50, rng), Relu::new(), Linear::new(50, 1, rng)];
//!     let (mut loss, mut adam) = (Mse::mean(), Adam::<f32>::new(1e-3));
//!     loss.forward(&net.forward(&Tensor::ones([1, 50])), &Tensor::ones([1, 1]));
//!     mebp::per_layer(&mut net, loss.backward(), &mut adam);
//!     assert!(net.params().iter().all(|param| param.grad().is_none()));
//! });
//! assert_eq!(meter.most(Kind::Gradient), 4 * (50 * 50 + 50)); // the largest layer, not the net
//! ```

mod backward;
mod checkpoint;
mod clip;
mod hooks;

use crate::layers::{Layer, Sequential};
use crate::optim::Optimizer;
use crate::{Error, ErrorKind, Param, Result, Scalar, Tensor};

pub use backward::backward;
pub use checkpoint::{Checkpoint, checkpoint_sequential};
pub use clip::{backward_clipped, clip, global_norm, per_layer_clipped};
pub use hooks::{remove_hooks, set_hooks};

// ANCHOR: ordinary
/// The plain way: all gradients, then all steps. They are let go right after the last step, which
/// is as soon as this way can.
#[track_caller]
pub fn ordinary<T: Scalar>(
    net: &mut Sequential<T>,
    d_output: Tensor<T>,
    optimizer: &mut (impl Optimizer<T> + ?Sized),
) {
    net.backward_params(&d_output);
    optimizer.step(net.params_mut());
    net.zero_grad();
}
// ANCHOR_END: ordinary

// ANCHOR: per_layer
/// Goes back from dL/d(output), steps each layer as soon as its gradients are complete, and lets
/// go of them. A net within the net is gone through layer by layer as well.
///
/// # Panics
/// If a gradient of an earlier pass is waiting: see [`ready`].
#[track_caller]
pub fn per_layer<T: Scalar>(
    net: &mut Sequential<T>,
    d_output: Tensor<T>,
    optimizer: &mut (impl Optimizer<T> + ?Sized),
) {
    must_be_ready(&net.params());
    back(net, d_output, true, &mut |params| {
        for param in params {
            optimizer.step_param(param);
            param.zero_grad();
        }
    });
}

/// Goes back through a layer, or through the layers it is a chain of, and calls `complete` with
/// the parameters of each, the last first. Gives dL/d(input), unless this is the `first` layer.
#[track_caller]
fn back<T: Scalar>(
    layer: &mut dyn Layer<T>,
    d_output: Tensor<T>,
    first: bool,
    complete: &mut dyn FnMut(Vec<&mut Param<T>>),
) -> Option<Tensor<T>> {
    layer.recompute();
    if let Some(layers) = layer.layers_mut() {
        let mut d = d_output;
        for (number, layer) in layers.iter_mut().enumerate().rev() {
            d = back(layer.as_mut(), d, first && number == 0, complete)?;
        }
        return Some(d);
    }
    // The layer drops what it saved; here the gradient that came from above is dropped.
    let d_input = if first {
        layer.backward_params(&d_output);
        None
    } else {
        Some(layer.backward(&d_output))
    };
    drop(d_output);
    complete(layer.params_mut());
    d_input
}
// ANCHOR_END: per_layer

/// Whether these parameters can be stepped as their gradients arrive.
///
/// # Errors
/// If one of them still has the gradient of an earlier backward pass, as when the gradients of
/// several batches are to be added up. Here each gradient is used and let go as it arrives, so
/// their sum would never exist.
///
/// ```
/// use longhand::{Param, Tensor, mebp};
/// let mut weight = Param::new("weight", Tensor::<f32>::zeros([3]));
/// assert!(mebp::ready(&[&weight]).is_ok());
/// weight.accumulate(Tensor::ones([3]));
/// let error = mebp::ready(&[&weight]).unwrap_err().to_string();
/// assert!(error.contains("a gradient of an earlier backward pass"), "{error}");
/// ```
pub fn ready<T: Scalar>(params: &[&Param<T>]) -> Result<()> {
    let Some(param) = params.iter().find(|param| param.grad().is_some()) else { return Ok(()) };
    Err(Error::new(ErrorKind::State, format_args!("{} {}", param.name, param.value.shape()))
        .found("a gradient of an earlier backward pass")
        .expected("none")
        .help("gradients are spent as they arrive; to add them up, train in the ordinary way"))
}

#[track_caller]
fn must_be_ready<T: Scalar>(params: &[&Param<T>]) {
    if let Err(error) = ready(params) {
        panic!("{error}");
    }
}

/// How many numbers the gradients of a net are: in theory, the peak of each way of training.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sizes {
    /// All gradients together.
    pub all: usize,
    /// The gradients of the layer that has most.
    pub layer: usize,
    /// The largest gradient of a single parameter.
    pub parameter: usize,
}

/// The sizes of a net's gradients; nets within it are counted layer by layer.
///
/// ```
/// use longhand::layers::{Linear, Relu};
/// use longhand::{Rng, mebp, sequential};
/// let rng = &mut Rng::new(0);
/// let mut net = sequential![Linear::<f32>::new(50, 50, rng), Relu::new(), Linear::new(50, 1, rng)];
/// let sizes = mebp::sizes(&net);
/// assert_eq!((sizes.all, sizes.layer, sizes.parameter), (2601, 2550, 2500));
/// ```
pub fn sizes<T: Scalar>(layer: &dyn Layer<T>) -> Sizes {
    let counts = layer.params().into_iter().map(|param| param.value.len());
    let (all, parameter) = counts.fold((0, 0), |(all, most), n| (all + n, n.max(most)));
    let within = layer
        .layers()
        .map(|layers| layers.iter().map(|layer| sizes(layer.as_ref()).layer).max().unwrap_or(0));
    Sizes { all, layer: within.unwrap_or(all), parameter }
}
