//! A batch seen by its channels, or by groups of them: what the statistics of a normalisation are
//! taken over (chapters 6 and 10).

use super::{Shape, Tensor};
use crate::Scalar;

/// An input `[n, c, ..]` seen as `[n, c]` or `[n, c, rest]`, its statistics as `[c]` or `[c, 1]`;
/// or by groups, as `[n·groups, m]` and `[n·groups, 1]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Channels {
    /// The batch, with all axes behind the channels made one.
    pub(crate) batch: Shape,
    /// One number for each channel, so that it broadcasts to the batch.
    pub(crate) statistics: Shape,
    /// The axes that a channel, or a group, extends over.
    pub(crate) axes: &'static [isize],
    /// m, the number of elements of a channel, or of a group.
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

    /// An input `[n, c, ..]` seen as `[n·groups, m]`: each sample's channels in so many groups.
    /// `None` if it has no axis 1, or its channels do not make so many groups.
    pub(crate) fn of_groups(input: Shape, groups: usize) -> Option<Self> {
        let [n, c, ..] = *input else { return None };
        if groups == 0 || !c.is_multiple_of(groups) {
            return None;
        }
        let count = input[2..].iter().product::<usize>() * (c / groups);
        let (batch, statistics) = ([n * groups, count].into(), [n * groups, 1].into());
        Some(Self { batch, statistics, axes: &[1], count })
    }

    /// The number of channels.
    pub(crate) fn number(&self) -> usize {
        self.batch[1]
    }

    /// The mean of each channel, or group, of the shape of the statistics.
    pub(crate) fn mean<T: Scalar>(&self, x: &Tensor<T>) -> Tensor<T> {
        (x.sum_axes(self.axes) / T::from_f64(self.count as f64)).reshape(self.statistics)
    }

    /// One number for each channel, `[c]`, in the shape of the statistics.
    pub(crate) fn column<T: Scalar>(&self, x: &Tensor<T>) -> Tensor<T> {
        x.reshape(self.statistics)
    }
}
