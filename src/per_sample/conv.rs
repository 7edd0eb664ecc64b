//! Convolution in which every sample has kernels of its own, recorded (chapter 10).
//!
//! With the columns X of an image (chapter 6), its kernels W and its output Y as matrices, there
//! are three products, and the pullback of each is made of the other two:
//!
//! ```text
//! Y = W·X      W = Y·Xᵀ      X = Wᵀ·Y
//! ```
//!
//! They are recorded as any user of the crate would do it, by
//! [`Tape::operation`](crate::Tape::operation).

use crate::Scalar;
use crate::tape::Var;
use crate::tensor::Window;

// ANCHOR: conv
/// Image n under kernels n, [`Tensor::conv2d_per_sample`](crate::Tensor::conv2d_per_sample): x `[n,
/// c, h, w]` and weight `[n, o, c, kh, kw]` give `[n, o, oh, ow]`.
///
/// # Panics
/// If the shapes do not fit each other or the window.
#[track_caller]
pub fn conv2d_per_sample<'t, T: Scalar>(
    x: Var<'t, T>,
    weight: Var<'t, T>,
    window: Window,
) -> Var<'t, T> {
    let value = x.value().conv2d_per_sample(&weight.value(), window);
    let size = size(x);
    x.tape().operation("conv2d per sample", [x, weight], value, move |[x, weight], _, g| {
        [
            x.grad_if_needed(|| conv2d_input_per_sample(g, weight, window, size)),
            weight.grad_if_needed(|| conv2d_weight_per_sample(x, g, window)),
        ]
    })
}

/// The adjoint in the kernels: x `[n, c, h, w]` and y `[n, o, oh, ow]` give `[n, o, c, kh, kw]`.
/// Added up over n it is [`Var::conv2d_weight`].
///
/// # Panics
/// If the shapes do not fit each other or the window.
#[track_caller]
pub fn conv2d_weight_per_sample<'t, T: Scalar>(
    x: Var<'t, T>,
    y: Var<'t, T>,
    window: Window,
) -> Var<'t, T> {
    let value = x.value().conv2d_weight_per_sample(&y.value(), window);
    let size = size(x);
    x.tape().operation("conv2d weight per sample", [x, y], value, move |[x, y], _, g| {
        [
            x.grad_if_needed(|| conv2d_input_per_sample(y, g, window, size)),
            y.grad_if_needed(|| conv2d_per_sample(x, g, window)),
        ]
    })
}

/// The adjoint in the images: y `[n, o, oh, ow]` and weight `[n, o, c, kh, kw]` give
/// `[n, c, h, w]`; `size` is the images' height and width.
///
/// # Panics
/// If the shapes do not fit each other or the window.
#[track_caller]
pub fn conv2d_input_per_sample<'t, T: Scalar>(
    y: Var<'t, T>,
    weight: Var<'t, T>,
    window: Window,
    size: [usize; 2],
) -> Var<'t, T> {
    let value = y.value().conv2d_input_per_sample(&weight.value(), window, size);
    y.tape().operation("conv2d input per sample", [y, weight], value, move |[y, weight], _, g| {
        [
            y.grad_if_needed(|| conv2d_per_sample(g, weight, window)),
            weight.grad_if_needed(|| conv2d_weight_per_sample(g, y, window)),
        ]
    })
}
// ANCHOR_END: conv

// ANCHOR: square_norms
/// The square norm of what [`conv2d_weight_per_sample`] gives for each sample, `[n]`, without
/// writing it down:
/// [`Tensor::conv2d_weight_square_norms`](crate::Tensor::conv2d_weight_square_norms).
///
/// Only its gradient needs the gradients themselves: with g_n = y_n·X_nᵀ, d‖g_n‖² = 2·⟨g_n, dg_n⟩.
///
/// # Panics
/// If the shapes do not fit each other or the window.
#[track_caller]
pub fn conv2d_weight_square_norms<'t, T: Scalar>(
    x: Var<'t, T>,
    y: Var<'t, T>,
    window: Window,
) -> Var<'t, T> {
    let value = x.value().conv2d_weight_square_norms(&y.value(), window);
    let size = size(x);
    x.tape().operation("conv2d weight square norms", [x, y], value, move |[x, y], _, g| {
        let weight = conv2d_weight_per_sample(x, y, window);
        let factors = (g + g).reshape([g.shape().count(), 1, 1, 1, 1]);
        let twice = weight * factors;
        [
            x.grad_if_needed(|| conv2d_input_per_sample(y, twice, window, size)),
            y.grad_if_needed(|| conv2d_per_sample(x, twice, window)),
        ]
    })
}
// ANCHOR_END: square_norms

/// Height and width of images.
fn size<T: Scalar>(images: Var<T>) -> [usize; 2] {
    [images.shape()[2], images.shape()[3]]
}
