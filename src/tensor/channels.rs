//! A batch seen by its channels: what the statistics of batch normalisation are taken over
//! (chapter 6).

use super::{Shape, Tensor};
use crate::Scalar;

/// An input `[n, c, ..]` seen as `[n, c]` or `[n, c, rest]`, its statistics as `[c]` or `[c, 1]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Channels {
    /// The batch, with all axes behind the channels made one.
    pub(crate) batch: Shape,
    /// One number for each channel, so that it broadcasts to the batch.
    pub(crate) statistics: Shape,
    /// The axes that a channel extends over.
    pub(crate) axes: &'static [isize],
    /// m, the number of elements of a channel.
    pub(crate) count: usize,
}

impl Channels {
    /// The view of an input of this shape; `None` if it has no axis 1.
    pub(crate) fn of(input: Shape) -> Option<Self> {
        match *input {
            [n, c] => Some(Self { batch: input, statistics: [c].into(), axes: &[0], count: n }),
            [n, c, ref rest @ ..] => {
                let rest = rest.iter().product();
                let (batch, statistics) = ([n, c, rest].into(), [c, 1].into());
                Some(Self { batch, statistics, axes: &[0, 2], count: n * rest })
            }
            _ => None,
        }
    }

    /// The number of channels.
    pub(crate) fn number(&self) -> usize {
        self.batch[1]
    }

    /// The mean of each channel, of the shape of the statistics.
    pub(crate) fn mean<T: Scalar>(&self, x: &Tensor<T>) -> Tensor<T> {
        (x.sum_axes(self.axes) / T::from_f64(self.count as f64)).reshape(self.statistics)
    }

    /// One number for each channel, `[c]`, in the shape of the statistics.
    pub(crate) fn column<T: Scalar>(&self, x: &Tensor<T>) -> Tensor<T> {
        x.reshape(self.statistics)
    }
}
