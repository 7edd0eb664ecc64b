//! Convolution and its two adjoints (chapter 6).
//!
//! A convolution is linear in the image and linear in the kernels, and so are its gradients. The
//! three forms are three views of one sum of products x·w·g, and the pullback of each is made of
//! the other two.

use crate::Scalar;
use crate::tape::list::Var;
use crate::tensor::Window;

/// Height and width of `[n, c, h, w]`.
fn size<T: Scalar>(x: Var<T>) -> [usize; 2] {
    let shape = x.shape();
    [shape[2], shape[3]]
}

impl<T: Scalar> Var<'_, T> {
    // ANCHOR: conv2d
    /// Slides the kernels over the images, as [`Tensor::conv2d`](crate::Tensor::conv2d) without a
    /// bias: `[n, c, h, w]` with weight `[o, c, kh, kw]` gives `[n, o, oh, ow]`.
    ///
    /// # Panics
    /// If the shapes do not fit each other or the window.
    #[track_caller]
    pub fn conv2d(self, weight: Self, window: Window) -> Self {
        // x [n, c, h, w], weight [o, c, kh, kw] → y [n, o, oh, ow]
        let value = self.read().conv2d(&weight.read(), None, window);
        self.tape.operation("conv2d", [self, weight], value, move |[x, weight], _, g| {
            [
                x.grad_if_needed(|| g.conv2d_input(weight, window, size(x))),
                weight.grad_if_needed(|| x.conv2d_weight(g, window)),
            ]
        })
    }

    /// The adjoint of [`conv2d`](Self::conv2d) in the image; `of` is the image's height and width.
    #[track_caller]
    pub fn conv2d_input(self, weight: Self, window: Window, of: [usize; 2]) -> Self {
        // y [n, o, oh, ow], weight [o, c, kh, kw] → x [n, c, h, w]
        let value = self.read().conv2d_input(&weight.read(), window, of);
        self.tape.operation("conv2d input", [self, weight], value, move |[y, weight], _, g| {
            [
                y.grad_if_needed(|| g.conv2d(weight, window)),
                weight.grad_if_needed(|| g.conv2d_weight(y, window)),
            ]
        })
    }

    /// The adjoint of [`conv2d`](Self::conv2d) in the kernels.
    #[track_caller]
    pub fn conv2d_weight(self, y: Self, window: Window) -> Self {
        // x [n, c, h, w], y [n, o, oh, ow] → weight [o, c, kh, kw]
        let value = self.read().conv2d_weight(&y.read(), window);
        self.tape.operation("conv2d weight", [self, y], value, move |[x, y], _, g| {
            [
                x.grad_if_needed(|| y.conv2d_input(g, window, size(x))),
                y.grad_if_needed(|| x.conv2d(g, window)),
            ]
        })
    }
    // ANCHOR_END: conv2d
}
