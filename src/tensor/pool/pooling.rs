//! The sizes of a pooling, and the order in which a maximum is looked for (chapter 6).

use crate::Scalar;
use crate::tensor::threads::PIECE;
use crate::tensor::{Shape, Window};
use std::ops::Range;

/// The sizes of a pooling: the window, the image, and the window's places in it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Pooling {
    /// The window, and how it moves.
    pub window: Window,
    /// Images and channels, which are not pooled: `[n, c]`.
    pub outer: [usize; 2],
    /// The size of an image: `[h, w]`.
    pub image: [usize; 2],
    /// How many places the window has in it: `[oh, ow]`.
    pub places: [usize; 2],
}

impl Pooling {
    /// The sizes of the pooling of an input of this shape; a message calls the pooling `what`.
    ///
    /// # Panics
    /// If the shape has not four axes, or the window does not fit or has too much padding.
    #[track_caller]
    pub(super) fn new(what: &str, shape: Shape, window: Window) -> Self {
        let [n, c, h, w] = *shape else {
            panic!("{what} wants an input [n, c, h, w], not shape {shape}");
        };
        let (image, places) = ([h, w], window.output([h, w]));
        if h.checked_mul(w).is_none_or(|plane| plane > u32::MAX as usize) {
            panic!("{what}: an image of {h}×{w} has more elements than 32 bits can count");
        }
        for axis in 0..2 {
            let (kernel, padding) = (window.kernel[axis], window.padding[axis]);
            if padding > kernel / 2 {
                panic!(
                    "{what}: padding {padding} is more than half the kernel, {kernel}: {window:?}"
                );
            }
            // Does every place see some of the image? Where neighbouring *taps* (elements of the
            // window) are no further apart than the image is long, it does: the window cannot step
            // over the image, nor lie beside it, for its padding is at most half of it. Where they
            // are further apart, all places are tried: there are few taps, or the window would not
            // fit.
            let reaches =
                |place| (0..kernel).any(|tap| window.at(axis, place, tap, image[axis]).is_some());
            if window.dilation[axis] > image[axis] && !(0..places[axis]).all(reaches) {
                panic!("{what}: a place of {window:?} holds nothing of an image of {h}×{w}");
            }
        }
        Self { window, outer: [n, c], image, places }
    }

    /// The shape that is pooled, `[n, c, h, w]`.
    pub(super) fn input(&self) -> Shape {
        Shape::from([self.outer[0], self.outer[1], self.image[0], self.image[1]])
    }

    /// The shape that comes out, `[n, c, oh, ow]`.
    pub(super) fn output(&self) -> Shape {
        Shape::from([self.outer[0], self.outer[1], self.places[0], self.places[1]])
    }

    /// Elements of an input plane.
    pub(super) fn plane(&self) -> usize {
        self.image[0] * self.image[1]
    }

    /// Elements of an output plane.
    pub(super) fn pooled(&self) -> usize {
        self.places[0] * self.places[1]
    }

    /// How many planes a thread is handed at once.
    pub(super) fn planes(&self) -> usize {
        PIECE.div_ceil(self.plane())
    }

    /// Whether the image is laid out with windows of 2×2 and nothing is left over: the case that
    /// nearly every net has, and that has loops of its own.
    pub(super) fn is_tiled_by_two(&self) -> bool {
        let [h, w] = self.image;
        self.window == Window::tiling(2) && h.is_multiple_of(2) && w.is_multiple_of(2)
    }

    /// For the window's column `tap`: the places, across, at which it lies in the image, and the
    /// image's column at the first of them.
    pub(super) fn across(&self, tap: usize) -> (Range<usize>, usize) {
        let (stride, padding) = (self.window.stride[1], self.window.padding[1]);
        let reach = tap * self.window.dilation[1];
        let first = padding.saturating_sub(reach).div_ceil(stride).min(self.places[1]);
        let after = (self.image[1] + padding).saturating_sub(reach).div_ceil(stride);
        let column = (first * stride + reach).saturating_sub(padding);
        (first..after.clamp(first, self.places[1]), column)
    }
}

/// Whether `x`, coming later in the window, takes the place of the `best` so far. (`|` computes
/// both sides, and so needs no branch.)
#[inline(always)]
pub(super) fn greater_or_nan<T: Scalar>(x: T, best: T) -> bool {
    (x > best) | x.is_nan()
}
