//! Arithmetic element by element, with NumPy's broadcasting (chapter 1).
//!
//! Each output element depends on its own inputs alone, so work can be split over threads and
//! vector lanes in any way without a bit changing.

use super::broadcast::Broadcast;
use super::isa::Compiled;
use super::threads::{PIECE, in_pieces};
use super::{Tensor, isa};
use crate::Scalar;

impl<T: Scalar> Tensor<T> {
    /// `f` of every element.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let a = Tensor::vector(&[1.0_f32, -2.0]);
    /// assert_eq!(a.map(|x| x * x).data(), [1.0, 4.0]);
    /// ```
    pub fn map(&self, f: impl Fn(T) -> T + Sync) -> Self {
        self.map_slices(
            #[inline(always)]
            |input, out, _| {
                for (out, &x) in out.iter_mut().zip(input) {
                    *out = f(x);
                }
            },
        )
    }

    /// The same for an `f` that is handed a slice of the elements, where to write as many results,
    /// and what it is compiled for.
    fn map_slices(&self, f: impl Fn(&[T], &mut [T], Compiled) + Sync) -> Self {
        Self::build(self.shape, |out| {
            in_pieces(out, PIECE, |start, out| {
                let input = &self.data()[start..start + out.len()];
                isa::vectorize_with(
                    #[inline(always)]
                    |compiled| f(input, out, compiled),
                );
            });
        })
    }

    /// Replaces every element by `f` of it, in place.
    pub fn apply(&mut self, f: impl Fn(T) -> T + Sync) {
        in_pieces(self.data_mut(), PIECE, |_, piece| {
            isa::vectorize(
                #[inline(always)]
                || piece.iter_mut().for_each(|x| *x = f(*x)),
            );
        });
    }

    /// `f` of every pair of elements; the two shapes are broadcast to one.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let column = Tensor::new([2, 1], vec![10.0_f32, 20.0]);
    /// let row = Tensor::vector(&[1.0, 2.0, 3.0]);
    /// assert_eq!(column.zip(&row, |c, r| c + r).data(), [11.0, 12.0, 13.0, 21.0, 22.0, 23.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn zip(&self, other: &Self, f: impl Fn(T, T) -> T + Sync) -> Self {
        let Some(shape) = self.shape.broadcast(other.shape) else {
            panic!("shapes {} and {} do not broadcast", self.shape, other.shape);
        };
        let runs = Broadcast::new(shape, self.shape, other.shape);
        let (a, b) = (self.data(), other.data());
        Self::build(shape, |out| {
            runs.for_each_run(
                out,
                #[inline(always)]
                |out, at| {
                    let (a, b) = (&a[at.a..], &b[at.b..]);
                    match at.steps {
                        (1, 1) => {
                            let pairs = a[..out.len()].iter().zip(&b[..out.len()]);
                            out.iter_mut().zip(pairs).for_each(|(out, (&a, &b))| *out = f(a, b));
                        }
                        (1, _) => {
                            let (a, b) = (&a[..out.len()], b[0]);
                            out.iter_mut().zip(a).for_each(|(out, &a)| *out = f(a, b));
                        }
                        (_, 1) => {
                            let (a, b) = (a[0], &b[..out.len()]);
                            out.iter_mut().zip(b).for_each(|(out, &b)| *out = f(a, b));
                        }
                        _ => out.fill(f(a[0], b[0])),
                    }
                },
            );
        })
    }

    /// Replaces every element `x` by `f(x, y)` in place, where `y` is the element of `other`,
    /// broadcast to this shape, at the same place.
    ///
    /// # Panics
    /// If `other` does not broadcast to this tensor's shape.
    #[track_caller]
    pub fn update(&mut self, other: &Self, f: impl Fn(T, T) -> T + Sync) {
        let shape = self.shape;
        if shape.broadcast(other.shape) != Some(shape) {
            panic!("shape {} does not broadcast to {shape}", other.shape);
        }
        let runs = Broadcast::new(shape, shape, other.shape);
        runs.for_each_run(
            self.data_mut(),
            #[inline(always)]
            |out, at| {
                let b = &other.data()[at.b..];
                match at.steps.1 {
                    1 => out.iter_mut().zip(b).for_each(|(x, &y)| *x = f(*x, y)),
                    _ => out.iter_mut().for_each(|x| *x = f(*x, b[0])),
                }
            },
        );
    }

    /// −1 for negative elements, 1 for positive ones, 0 for zeros, NaN for NaN.
    #[must_use]
    pub fn sign(&self) -> Self {
        self.map(|x| {
            if x > T::ZERO {
                T::ONE
            } else if x < T::ZERO {
                -T::ONE
            } else if x == T::ZERO {
                T::ZERO
            } else {
                x
            }
        })
    }

    /// |x| of every element.
    pub fn abs(&self) -> Self {
        self.map(T::abs)
    }

    /// √x of every element.
    pub fn sqrt(&self) -> Self {
        self.map(T::sqrt)
    }

    /// x² of every element.
    #[must_use]
    pub fn square(&self) -> Self {
        self.map(|x| x * x)
    }

    /// xⁿ of every element, by repeated squaring.
    #[must_use]
    pub fn powi(&self, n: i32) -> Self {
        self.map(|x| x.powi(n))
    }

    /// eˣ of every element.
    pub fn exp(&self) -> Self {
        self.map_slices(
            #[inline(always)]
            |x, out, compiled| T::exp_each(x, out, compiled),
        )
    }

    /// The natural logarithm of every element.
    pub fn ln(&self) -> Self {
        self.map_slices(
            #[inline(always)]
            |x, out, compiled| T::ln_each(x, out, compiled),
        )
    }

    /// The hyperbolic tangent of every element.
    pub fn tanh(&self) -> Self {
        self.map_slices(
            #[inline(always)]
            |x, out, compiled| T::tanh_each(x, out, compiled),
        )
    }

    /// 1 / (1 + e⁻ˣ) of every element.
    pub fn sigmoid(&self) -> Self {
        self.map_slices(
            #[inline(always)]
            |x, out, compiled| T::sigmoid_each(x, out, compiled),
        )
    }

    /// Elements below `least` are raised to it; NaN stays NaN.
    pub fn clamp_min(&self, least: T) -> Self {
        self.map(|x| if x < least { least } else { x })
    }

    /// Elements above `most` are lowered to it; NaN stays NaN.
    pub fn clamp_max(&self, most: T) -> Self {
        self.map(|x| if x > most { most } else { x })
    }

    /// The larger of each pair; NaN where either is NaN. Shapes broadcast to one.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn maximum(&self, other: &Self) -> Self {
        self.zip(other, T::maximum)
    }

    /// The smaller of each pair; NaN where either is NaN. Shapes broadcast to one.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn minimum(&self, other: &Self) -> Self {
        self.zip(other, T::minimum)
    }

    /// The element of `yes` where this one is not 0, else that of `no`; all three shapes broadcast
    /// to one.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    #[must_use]
    pub fn select(&self, yes: &Self, no: &Self) -> Self {
        let Some(shape) = yes.shape.broadcast(no.shape).and_then(|s| s.broadcast(self.shape))
        else {
            panic!("mask {}, {} and {} do not broadcast", self.shape, yes.shape, no.shape);
        };
        let (mask, yes, no) = (self.expand(shape), yes.expand(shape), no.expand(shape));
        Self::build(shape, |out| {
            let choices = mask.data().iter().zip(yes.data().iter().zip(no.data()));
            for (out, (&mask, (&yes, &no))) in out.iter_mut().zip(choices) {
                *out = if mask != T::ZERO { yes } else { no };
            }
        })
    }
}
