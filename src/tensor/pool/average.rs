//! Average pooling, and its adjoint, which carries gradients back through it (chapter 6).

use super::pooling::Pooling;
use crate::Scalar;
use crate::tensor::{Shape, Tensor, Window, isa, threads};

/// What the sum of a window is divided by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Divisor {
    /// The number of the window's elements, those in the padding included, where they count as
    /// zeros. PyTorch's `count_include_pad=True`, its default.
    #[default]
    Window,
    /// The number of its elements that lie in the image. `count_include_pad=False`.
    Image,
}

impl<T: Scalar> Tensor<T> {
    /// The mean of each window: `[n, c, h, w]` gives `[n, c, oh, ow]`. The window's elements are
    /// added in row-major order, beginning with 0, and the sum is divided once.
    ///
    /// ```
    /// use longhand::Tensor;
    /// use longhand::tensor::{Divisor, Window};
    /// let x = Tensor::new([1, 1, 2, 2], vec![1.0_f32, 2.0, 3.0, 6.0]);
    /// assert_eq!(x.avg_pool2d(Window::tiling(2), Divisor::Window).data(), [3.0]);
    /// let corners = Window::tiling(2).padding([1, 1]);
    /// assert_eq!(x.avg_pool2d(corners, Divisor::Window).data(), [0.25, 0.5, 0.75, 1.5]);
    /// assert_eq!(x.avg_pool2d(corners, Divisor::Image), x);
    /// ```
    ///
    /// # Panics
    /// If there are not four axes, the window does not fit, its padding is more than half its
    /// kernel, or a place of it lies wholly in the padding.
    #[track_caller]
    #[must_use]
    pub fn avg_pool2d(&self, window: Window, divisor: Divisor) -> Self {
        let pooling = Pooling::new("avg_pool2d", self.shape(), window);
        let (plane, pooled, planes) = (pooling.plane(), pooling.pooled(), pooling.planes());
        let divisors = pooling.divisors(divisor);
        Self::build(pooling.output(), |out| {
            let parts = out.chunks_mut(planes * pooled).zip(self.data().chunks(planes * plane));
            threads::for_each(parts, |(out, x)| {
                isa::vectorize(
                    #[inline(always)]
                    || {
                        for (out, x) in out.chunks_exact_mut(pooled).zip(x.chunks_exact(plane)) {
                            sums(&pooling, x, out);
                            out.iter_mut().zip(&divisors).for_each(|(sum, &n)| *sum /= n);
                        }
                    },
                );
            });
        })
    }

    /// The adjoint of [`avg_pool2d`](Self::avg_pool2d) on an image of `[h, w]`: each element,
    /// divided, is added to every element of its window. `[n, c, oh, ow]` gives `[n, c, h, w]`.
    /// Where windows overlap, they are added in row-major order of their places, beginning with 0.
    ///
    /// # Panics
    /// If such an image does not pool to this shape.
    #[track_caller]
    #[must_use]
    pub fn avg_pool2d_adjoint(&self, window: Window, divisor: Divisor, image: [usize; 2]) -> Self {
        let [n, c, oh, ow] = *self.shape() else {
            panic!("avg_pool2d_adjoint wants [n, c, oh, ow], not shape {}", self.shape());
        };
        let [h, w] = image;
        let places = window.output(image);
        if places != [oh, ow] {
            let pooled = Shape::from([n, c, places[0], places[1]]);
            panic!("an image of {h}×{w} pools to {pooled}, not to {}", self.shape());
        }
        let pooling = Pooling::new("avg_pool2d_adjoint", [n, c, h, w].into(), window);
        let (plane, pooled, planes) = (pooling.plane(), pooling.pooled(), pooling.planes());
        let divisors = pooling.divisors(divisor);
        Self::build(pooling.input(), |out| {
            let parts = out.chunks_mut(planes * plane).zip(self.data().chunks(planes * pooled));
            threads::for_each(parts, |(out, g)| {
                let mut shares = vec![T::ZERO; pooled];
                isa::vectorize(
                    #[inline(always)]
                    || {
                        for (out, g) in out.chunks_exact_mut(plane).zip(g.chunks_exact(pooled)) {
                            let each = shares.iter_mut().zip(g).zip(&divisors);
                            each.for_each(|((share, &g), &n)| *share = g / n);
                            spread(&pooling, &shares, out);
                        }
                    },
                );
            });
        })
    }
}

impl Pooling {
    /// What the sum of the window at place (y, x) is divided by.
    pub(super) fn divisor<T: Scalar>(&self, divisor: Divisor, y: usize, x: usize) -> T {
        let inside = |axis, place| {
            let taps = 0..self.window.kernel[axis];
            taps.filter_map(|tap| self.window.at(axis, place, tap, self.image[axis])).count()
        };
        let count = match divisor {
            Divisor::Window => self.window.kernel.map(|size| size as f64),
            Divisor::Image => [inside(0, y), inside(1, x)].map(|size| size as f64),
        };
        T::from_f64(count[0] * count[1])
    }

    /// The divisor for each place, row-major.
    fn divisors<T: Scalar>(&self, divisor: Divisor) -> Vec<T> {
        let [oh, ow] = self.places;
        let places = (0..oh).flat_map(|y| (0..ow).map(move |x| (y, x)));
        places.map(|(y, x)| self.divisor(divisor, y, x)).collect()
    }
}

/// The sum of each window of one plane: one *tap* (an element of the window) after another, for a
/// row of outputs at once.
#[inline(always)]
fn sums<T: Scalar>(pooling: &Pooling, x: &[T], out: &mut [T]) {
    let (window, [h, w]) = (pooling.window, pooling.image);
    for (y, sums) in out.chunks_exact_mut(pooling.places[1]).enumerate() {
        sums.fill(T::ZERO);
        for row in (0..window.kernel[0]).filter_map(|tap| window.at(0, y, tap, h)) {
            for tap in 0..window.kernel[1] {
                let (places, first) = pooling.across(tap);
                let x = x[row * w..][..w][first.min(w)..].iter().step_by(window.stride[1]);
                sums[places].iter_mut().zip(x).for_each(|(sum, &x)| *sum += x);
            }
        }
    }
}

/// The adjoint of [`sums`].
#[inline(always)]
fn spread<T: Scalar>(pooling: &Pooling, shares: &[T], out: &mut [T]) {
    let (window, [h, w]) = (pooling.window, pooling.image);
    out.fill(T::ZERO);
    for (y, shares) in shares.chunks_exact(pooling.places[1]).enumerate() {
        for row in (0..window.kernel[0]).filter_map(|tap| window.at(0, y, tap, h)) {
            // From the last tap to the first: of several places that reach an element, an earlier
            // one reaches it with a later tap, and so is added first.
            for tap in (0..window.kernel[1]).rev() {
                let (places, first) = pooling.across(tap);
                let out = &mut out[row * w..][..w][first.min(w)..];
                let out = out.iter_mut().step_by(window.stride[1]);
                out.zip(&shares[places]).for_each(|(out, &share)| *out += share);
            }
        }
    }
}
