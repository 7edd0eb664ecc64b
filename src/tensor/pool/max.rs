//! Max pooling, and where each maximum was found (chapter 6).

use super::pooling::{Pooling, greater_or_nan};
use super::tiles;
use crate::Scalar;
use crate::tensor::{Buffer, Shape, Tensor, Window, isa, threads};

/// Where max pooling found each maximum: for each output, a position row·w + column in its plane.
///
/// It is all that the backward pass needs: the gradient of an output goes to one input. Both
/// directions are linear once the positions are settled, and each is the other's adjoint.
///
/// ```
/// use longhand::Tensor;
/// use longhand::tensor::Window;
/// let x = Tensor::new([1, 1, 2, 4], vec![1.0_f32, 2.0, 0.0, 7.0, 4.0, 3.0, 0.0, 0.0]);
/// let (y, maxima) = x.max_pool2d(Window::tiling(2));
/// assert_eq!(y.data(), [4.0, 7.0]);
/// assert_eq!(maxima.positions(), [4, 3]);
/// assert_eq!(maxima.gather(&x), y);
/// assert_eq!(maxima.scatter(&y).data(), [0.0, 0.0, 0.0, 7.0, 4.0, 0.0, 0.0, 0.0]);
/// ```
#[derive(Debug)]
pub struct Maxima {
    /// For each output, row-major: row·w + column of the maximum in its plane.
    pub(super) positions: Buffer<u32>,
    /// The sizes of the pooling that found them.
    pub(super) pooling: Pooling,
}

impl<T: Scalar> Tensor<T> {
    /// The largest element of each window, and where it is: `[n, c, h, w]` gives
    /// `[n, c, oh, ow]`. Padding is never the largest.
    ///
    /// Among equals the first in row-major order of the window is taken. A NaN is larger than any
    /// number, and the last of several is taken. Both as in PyTorch.
    ///
    /// # Panics
    /// If there are not four axes, the window does not fit, its padding is more than half its
    /// kernel, or a place of it lies wholly in the padding.
    #[track_caller]
    #[must_use]
    pub fn max_pool2d(&self, window: Window) -> (Self, Maxima) {
        let pooling = Pooling::new("max_pool2d", self.shape(), window);
        let (plane, pooled, planes) = (pooling.plane(), pooling.pooled(), pooling.planes());
        let mut positions = Buffer::stale(pooling.output().count());
        let values = Self::build(pooling.output(), |values| {
            let outputs = values.chunks_mut(planes * pooled);
            let outputs = outputs.zip(positions.chunks_mut(planes * pooled));
            let parts = outputs.zip(self.data().chunks(planes * plane));
            threads::for_each(parts, |((values, positions), x)| {
                isa::vectorize(
                    #[inline(always)]
                    || match pooling.is_tiled_by_two() {
                        true => tiles::max(x, pooling.image, values, positions),
                        false => windows(x, &pooling, values, positions),
                    },
                );
            });
        });
        (values, Maxima { positions, pooling })
    }
}

/// Whole planes, any window: one *tap* (an element of the window) after another, for a row of
/// outputs at once.
#[inline(always)]
fn windows<T: Scalar>(x: &[T], pooling: &Pooling, values: &mut [T], positions: &mut [u32]) {
    const NONE: u32 = u32::MAX;
    let ([h, w], [oh, ow], window) = (pooling.image, pooling.places, pooling.window);
    let stride = window.stride[1];
    let taps: Vec<_> = (0..window.kernel[1]).map(|tap| pooling.across(tap)).collect();
    let mut row = vec![T::ZERO; ow];
    let outputs = values.chunks_exact_mut(ow).zip(positions.chunks_exact_mut(ow));
    for (number, (values, positions)) in outputs.enumerate() {
        let (plane, y) = (&x[number / oh * h * w..][..h * w], number % oh);
        values.fill(-T::INFINITY);
        positions.fill(NONE);
        for down in (0..window.kernel[0]).filter_map(|tap| window.at(0, y, tap, h)) {
            for (places, first) in &taps {
                // What this tap sees, brought together, so that the comparing is one plain loop.
                let row = &mut row[places.clone()];
                let seen = plane[down * w..][..w][*first.min(&w)..].iter().step_by(stride);
                row.iter_mut().zip(seen).for_each(|(to, &x)| *to = x);
                let (first, stride) = ((down * w + first) as u32, stride as u32);
                let outputs = values[places.clone()].iter_mut().zip(&mut positions[places.clone()]);
                for (i, ((value, position), &mut x)) in outputs.zip(row).enumerate() {
                    let better = greater_or_nan(x, *value) | (*position == NONE);
                    *value = if better { x } else { *value };
                    *position = if better { first + i as u32 * stride } else { *position };
                }
            }
        }
    }
}

impl Maxima {
    /// For each output, row-major: row·w + column of the maximum in its plane.
    #[must_use]
    pub fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// How many bytes the positions take: four for each output.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.positions)
    }

    /// The shape that was pooled, `[n, c, h, w]`.
    #[must_use]
    pub fn input(&self) -> Shape {
        self.pooling.input()
    }

    /// The shape that came out, `[n, c, oh, ow]`.
    #[must_use]
    pub fn output(&self) -> Shape {
        self.pooling.output()
    }

    /// The elements of `x` at these positions: `[n, c, h, w]` gives `[n, c, oh, ow]`.
    ///
    /// # Panics
    /// If `x` has not the shape that was pooled.
    #[track_caller]
    #[must_use]
    pub fn gather<T: Scalar>(&self, x: &Tensor<T>) -> Tensor<T> {
        self.check("gather", x.shape(), self.input());
        let (plane, pooled, planes) = self.sizes();
        Tensor::build(self.output(), |out| {
            let parts = out.chunks_mut(planes * pooled).zip(self.positions.chunks(planes * pooled));
            threads::for_each(parts.zip(x.data().chunks(planes * plane)), |((out, at), x)| {
                let each = out.chunks_exact_mut(pooled).zip(at.chunks_exact(pooled));
                for ((out, at), x) in each.zip(x.chunks_exact(plane)) {
                    out.iter_mut().zip(at).for_each(|(out, &at)| *out = x[at as usize]);
                }
            });
        })
    }

    /// Adds each element of `g` to its position in planes of zeros: `[n, c, oh, ow]` gives
    /// `[n, c, h, w]`. Where windows overlap and several meet, they are added in the order of
    /// the outputs, row-major, beginning with 0.
    ///
    /// # Panics
    /// If `g` has not the shape that came out of the pooling.
    #[track_caller]
    #[must_use]
    pub fn scatter<T: Scalar>(&self, g: &Tensor<T>) -> Tensor<T> {
        self.check("scatter", g.shape(), self.output());
        let (plane, pooled, planes) = self.sizes();
        Tensor::build(self.input(), |out| {
            let from = g.data().chunks(planes * pooled).zip(self.positions.chunks(planes * pooled));
            threads::for_each(out.chunks_mut(planes * plane).zip(from), |(out, (g, at))| {
                isa::vectorize(
                    #[inline(always)]
                    || match self.pooling.is_tiled_by_two() {
                        true => tiles::scatter(out, self.pooling.image, g, at),
                        false => {
                            let from = g.chunks_exact(pooled).zip(at.chunks_exact(pooled));
                            for (out, (g, at)) in out.chunks_exact_mut(plane).zip(from) {
                                scatter(out, g, at);
                            }
                        }
                    },
                );
            });
        })
    }

    fn sizes(&self) -> (usize, usize, usize) {
        (self.pooling.plane(), self.pooling.pooled(), self.pooling.planes())
    }

    #[track_caller]
    fn check(&self, what: &str, given: Shape, wanted: Shape) {
        if given != wanted {
            panic!("{what} of maxima wants shape {wanted}, not {given}");
        }
    }
}

/// One plane, any window.
#[inline(always)]
fn scatter<T: Scalar>(out: &mut [T], g: &[T], positions: &[u32]) {
    out.fill(T::ZERO);
    g.iter().zip(positions).for_each(|(&g, &at)| out[at as usize] += g);
}
