//! Broadcasting: one operand repeated until it has the other's shape (chapter 1).
//!
//! Nothing is repeated in memory. A walk over the result steps through each operand by strides of
//! its own, which are 0 along the axes where it is repeated.

use super::threads::{PIECE, in_pieces};
use super::{MAX_RANK, Shape, Tensor, isa};
use crate::Scalar;

impl<T: Scalar> Tensor<T> {
    /// This tensor repeated along axes of size 1, and along new leading axes, to fill `shape`.
    ///
    /// # Panics
    /// If it does not broadcast to that shape.
    #[track_caller]
    pub fn expand(&self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        if self.shape.broadcast(shape) != Some(shape) {
            panic!("shape {} does not expand to {shape}", self.shape);
        }
        Self::build(shape, |out| {
            Broadcast::new(shape, self.shape, self.shape).for_each_run(out, |out, at| {
                match at.steps {
                    (1, _) => out.copy_from_slice(&self.data()[at.a..at.a + out.len()]),
                    _ => out.fill(self.data()[at.a]),
                }
            });
        })
    }

    /// Sums over every axis that broadcasting to this shape repeated: the adjoint of
    /// [`expand`](Self::expand) (its matrix transposed), and so the gradient that a broadcast
    /// operand receives.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let gradient = Tensor::<f32>::ones([4, 3]);
    /// assert_eq!(gradient.sum_to([3]).data(), [4.0, 4.0, 4.0]);
    /// assert_eq!(gradient.sum_to([4, 1]).shape(), [4, 1]);
    /// ```
    ///
    /// # Panics
    /// If `shape` does not broadcast to this tensor's shape.
    #[track_caller]
    pub fn sum_to(&self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        if shape.broadcast(self.shape) != Some(self.shape) {
            panic!("shape {} does not sum to {shape}", self.shape);
        }
        let extra = self.rank() - shape.rank();
        let mut sum = self.clone();
        for axis in (0..self.rank()).rev() {
            let repeated = axis < extra || shape[axis - extra] == 1;
            if repeated && self.shape[axis] != 1 {
                sum = sum.sum_axis(axis as isize).unsqueeze(axis as isize);
            }
        }
        sum.reshape(shape)
    }
}

/// Two operands walked side by side over one broadcast shape.
///
/// Neighbouring axes that both operands cross in one stride are merged, so that what remains is
/// a few outer axes and one inner run, along which each operand steps by 1 or stays (0).
#[derive(Debug)]
pub(super) struct Broadcast {
    /// The number of axes, the inner run being the last.
    rank: usize,
    /// The sizes of the axes.
    sizes: [usize; MAX_RANK],
    /// The strides of the first operand.
    a: [usize; MAX_RANK],
    /// The strides of the second.
    b: [usize; MAX_RANK],
}

/// Where a run begins in both operands, and whether they step along it (1) or stay (0).
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    /// Where it begins in the first.
    pub a: usize,
    /// Where it begins in the second.
    pub b: usize,
    /// How far each moves from one element to the next.
    pub steps: (usize, usize),
}

impl Broadcast {
    /// The walk over `shape`, which `a` and `b` broadcast to.
    pub(super) fn new(shape: Shape, a: Shape, b: Shape) -> Self {
        let strides = |operand: Shape| {
            let (extra, own) = (shape.rank() - operand.rank(), operand.strides());
            let mut strides = [0; MAX_RANK];
            for axis in extra..shape.rank() {
                strides[axis] = if operand[axis - extra] == 1 { 0 } else { own[axis - extra] };
            }
            strides
        };
        let (a, b) = (strides(a), strides(b));
        let mut merged = Self { rank: 1, sizes: [1; MAX_RANK], a: [0; MAX_RANK], b: [0; MAX_RANK] };
        for axis in (0..shape.rank()).filter(|&axis| shape[axis] != 1) {
            let (last, size) = (merged.rank - 1, shape[axis]);
            let joins = merged.a[last] == size * a[axis] && merged.b[last] == size * b[axis];
            let place = match (merged.sizes[last], joins) {
                (1, _) | (_, true) => last,
                _ => merged.rank,
            };
            merged.rank = place + 1;
            merged.sizes[place] *= size;
            (merged.a[place], merged.b[place]) = (a[axis], b[axis]);
        }
        merged
    }

    /// Calls `work` on every run of the output, with where its operands begin.
    #[inline(always)]
    pub(super) fn for_each_run<T: Scalar>(
        &self,
        out: &mut [T],
        work: impl Fn(&mut [T], At) + Sync,
    ) {
        let inner = self.rank - 1;
        let (run, steps) = (self.sizes[inner], (self.a[inner], self.b[inner]));
        if out.is_empty() {
            return;
        }
        if inner == 0 {
            return in_pieces(out, PIECE, |start, out| {
                isa::vectorize(
                    #[inline(always)]
                    || work(out, At { a: start * steps.0, b: start * steps.1, steps }),
                );
            });
        }
        in_pieces(out, run * PIECE.div_ceil(run), |start, out| {
            let mut counter = self.counter(start / run);
            isa::vectorize(
                #[inline(always)]
                || {
                    for out in out.chunks_exact_mut(run) {
                        work(out, At { a: counter.a, b: counter.b, steps });
                        self.advance(&mut counter);
                    }
                },
            );
        });
    }

    /// The outer indices of run `number`, and where they lead to.
    fn counter(&self, number: usize) -> Counter {
        let mut counter = Counter { index: [0; MAX_RANK], a: 0, b: 0 };
        let mut rest = number;
        for axis in (0..self.rank - 1).rev() {
            let index = rest % self.sizes[axis];
            rest /= self.sizes[axis];
            counter.index[axis] = index;
            counter.a += index * self.a[axis];
            counter.b += index * self.b[axis];
        }
        counter
    }

    /// On to the next run: the last outer index goes up, and carries.
    #[inline(always)]
    fn advance(&self, counter: &mut Counter) {
        for axis in (0..self.rank - 1).rev() {
            counter.index[axis] += 1;
            counter.a += self.a[axis];
            counter.b += self.b[axis];
            if counter.index[axis] < self.sizes[axis] {
                return;
            }
            counter.index[axis] = 0;
            counter.a -= self.sizes[axis] * self.a[axis];
            counter.b -= self.sizes[axis] * self.b[axis];
        }
    }
}

/// Where a walk over the runs stands.
struct Counter {
    /// The run's index on each outer axis.
    index: [usize; MAX_RANK],
    /// Where the run begins in the first operand.
    a: usize,
    /// Where it begins in the second.
    b: usize,
}
