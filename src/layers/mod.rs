//! Layers with their gradients written out by hand (chapters 3, 4, 6 and 10).
//!
//! One file is one layer: its `forward` stands directly above its `backward`, and the derivation
//! above both. To compute a layer in another way than by hand, see [`record`](crate::record). A gradient is named for what it belongs to: `d_weight` is dL/d(weight), and has
//! the weight's shape.
//!
//! | | |
//! |---|---|
//! | what a layer is | [`Layer`], [`Mode`], [`Sequential`], [`sequential!`](crate::sequential) |
//! | layers | [`Linear`], [`Conv2d`], [`MaxPool2d`], [`AvgPool2d`], [`BatchNorm`], [`GroupNorm`], [`Dropout`], [`Relu`], [`Flatten`], [`LogSoftmax`] |
//! | losses | [`Loss`], [`Mse`], [`Nll`], [`CrossEntropy`] |
//! | about a net | [`summary`], [`evaluate`], [`Calibration`], [`temperature`], [`preserve_state`] |
//! | for other rooms | [`Function`]: which function a layer is, as plain data |

mod avg_pool2d;
mod batch_norm;
mod calibration;
mod conv2d;
mod cross_entropy;
mod dropout;
mod evaluate;
mod flatten;
mod function;
mod group_norm;
mod layer;
mod linear;
mod log_softmax;
mod loss;
mod max_pool2d;
mod mse;
mod nll;
mod preserve;
mod relu;
mod saving;
mod sequential;
mod summary;

pub use avg_pool2d::AvgPool2d;
pub use batch_norm::{BatchNorm, BatchNorm1d, BatchNorm2d};
pub use calibration::{Bin, Calibration, temperature};
pub use conv2d::Conv2d;
pub use cross_entropy::CrossEntropy;
pub use dropout::Dropout;
pub use evaluate::{Evaluation, evaluate};
pub use flatten::Flatten;
pub use function::{Function, Statistics};
pub use group_norm::GroupNorm;
pub use layer::{Layer, Mode};
pub use linear::Linear;
pub use log_softmax::LogSoftmax;
pub use loss::{Loss, Reduction};
pub use max_pool2d::MaxPool2d;
pub use mse::Mse;
pub use nll::Nll;
pub(crate) use preserve::PassState;
pub use preserve::preserve_state;
pub use relu::Relu;
pub use sequential::Sequential;
pub use summary::{Summary, summary};

/// What `forward` saved, or a panic at the caller's line that says it is missing.
#[track_caller]
fn saved<'s, S>(saved: &'s Option<S>, layer: &str) -> &'s S {
    match saved {
        Some(saved) => saved,
        None => panic!(
            "{layer}: backward without a forward pass before it; each can be gone back through once"
        ),
    }
}

/// The same, taken out of its place.
#[track_caller]
fn take_saved<S>(place: &mut Option<S>, layer: &str) -> S {
    saved(place, layer);
    place.take().expect("there is something")
}
