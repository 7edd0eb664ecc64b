//! The same elements in another arrangement: reshape, transpose, slice, join (chapter 1).

use super::{Shape, Tensor};
use crate::Scalar;
use std::ops::Range;

impl<T: Scalar> Tensor<T> {
    /// The same elements in another shape; no element moves.
    ///
    /// # Panics
    /// If the new shape holds another number of elements.
    #[track_caller]
    pub fn reshape(&self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        if shape.count() != self.len() {
            panic!(
                "shape {} holds {} elements, {shape} holds {}",
                self.shape,
                self.len(),
                shape.count()
            );
        }
        Self { shape, data: self.data.clone() }
    }

    /// All axes from `axis` on made one: `[n, c, h, w]` from axis 1 becomes `[n, c·h·w]`.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    #[must_use]
    pub fn flatten(&self, axis: isize) -> Self {
        let axis = self.shape.axis(axis);
        let joined = self.shape[axis..].iter().product();
        self.reshape(self.shape[..axis].iter().copied().chain([joined]).collect::<Shape>())
    }

    /// Without the axis `axis`, which must have size 1; a negative axis counts from the end.
    ///
    /// # Panics
    /// If there is no such axis, or it has another size.
    #[track_caller]
    #[must_use]
    pub fn squeeze(&self, axis: isize) -> Self {
        let found = self.shape.axis(axis);
        if self.shape[found] != 1 {
            panic!(
                "squeeze({axis}) of shape {}: that axis has size {}",
                self.shape, self.shape[found]
            );
        }
        self.reshape(self.shape.without(found))
    }

    /// Without any axis of size 1.
    #[must_use]
    pub fn squeeze_all(&self) -> Self {
        self.reshape(self.shape.iter().copied().filter(|&size| size != 1).collect::<Shape>())
    }

    /// With a new axis of size 1 that becomes axis `axis`; −1 puts it last.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let a = Tensor::<f32>::zeros([2, 3]);
    /// assert_eq!(a.unsqueeze(1).shape(), [2, 1, 3]);
    /// assert_eq!(a.unsqueeze(-1).shape(), [2, 3, 1]);
    /// ```
    ///
    /// # Panics
    /// If there are already [`MAX_RANK`](super::MAX_RANK) axes, or `axis` is none of the result's.
    #[track_caller]
    #[must_use]
    pub fn unsqueeze(&self, axis: isize) -> Self {
        let mut sizes = self.shape.to_vec();
        sizes.push(1);
        let axis = Shape::from(&sizes[..]).axis(axis);
        sizes[axis..].rotate_right(1);
        self.reshape(&sizes[..])
    }

    /// The last two axes exchanged: rows become columns.
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    #[must_use]
    pub fn t(&self) -> Self {
        let rank = self.rank();
        if rank < 2 {
            panic!("t() wants at least two axes, not shape {}", self.shape);
        }
        let mut axes: Vec<usize> = (0..rank).collect();
        axes.swap(rank - 2, rank - 1);
        self.permute(&axes)
    }

    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
    ///
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let a = Tensor::<f32>::zeros([2, 3, 4]);
    /// assert_eq!(a.permute(&[2, 0, 1]).shape(), [4, 2, 3]);
    /// ```
    ///
    /// # Panics
    /// If `axes` does not name each axis once.
    #[track_caller]
    #[must_use]
    pub fn permute(&self, axes: &[usize]) -> Self {
        let mut named = axes.to_vec();
        named.sort_unstable();
        if !named.iter().copied().eq(0..self.rank()) {
            panic!("permute({axes:?}) must name each axis of shape {} once", self.shape);
        }
        let shape: Shape = axes.iter().map(|&axis| self.shape[axis]).collect();
        let strides = self.shape.strides();
        let strides: Vec<usize> = axes.iter().map(|&axis| strides[axis]).collect();
        Self::build(shape, |out| gather(out, &shape, &strides, self.data()))
    }

    /// Rows `rows` along the first axis.
    ///
    /// # Panics
    /// If the range reaches past the last row.
    #[track_caller]
    #[must_use]
    pub fn rows(&self, rows: Range<usize>) -> Self {
        self.slice(0, rows)
    }

    /// The indices `range` along `axis`.
    ///
    /// # Panics
    /// If there is no such axis, or the range reaches past the end of the axis.
    #[track_caller]
    #[must_use]
    pub fn slice(&self, axis: isize, range: Range<usize>) -> Self {
        let axis = self.shape.axis(axis);
        let (_, size, inner) = self.shape.around(axis);
        if range.start > range.end || range.end > size {
            panic!("indices {range:?} along axis {axis} of shape {}", self.shape);
        }
        let (taken, whole) = (range.len() * inner, size * inner);
        Self::build(self.shape.with(axis, range.len()), |out| {
            for (number, out) in out.chunks_exact_mut(taken.max(1)).enumerate() {
                let start = number * whole + range.start * inner;
                out.copy_from_slice(&self.data()[start..start + taken]);
            }
        })
    }

    /// With `before` zeros in front along `axis` and `after` zeros behind: the adjoint of
    /// [`slice`](Self::slice), which carries a gradient back through it.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let a = Tensor::new([2, 1], vec![1.0_f32, 2.0]);
    /// assert_eq!(a.pad_axis(1, 2, 1).data(), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or no room for so many.
    #[track_caller]
    #[must_use]
    pub fn pad_axis(&self, axis: isize, before: usize, after: usize) -> Self {
        let axis = self.shape.axis(axis);
        let (outer, size, inner) = self.shape.around(axis);
        let Some(padded) = before.checked_add(size).and_then(|sum| sum.checked_add(after)) else {
            panic!("{before} and {after} zeros around axis {axis} of {}: too many", self.shape);
        };
        let (own, whole) = (size * inner, padded.saturating_mul(inner));
        Self::build(self.shape.with(axis, padded), |out| {
            out.fill(T::ZERO);
            for number in if out.is_empty() { 0..0 } else { 0..outer } {
                let start = number * whole + before * inner;
                out[start..start + own].copy_from_slice(&self.data()[number * own..][..own]);
            }
        })
    }

    /// The rows `indices[0]`, `indices[1]`, … along the first axis.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    #[must_use]
    pub fn gather_rows(&self, indices: &[usize]) -> Self {
        let count = self.shape[self.shape.axis(0)];
        if let Some(index) = indices.iter().find(|&&index| index >= count) {
            panic!("row {index} of a tensor of shape {}", self.shape);
        }
        let row = self.len().checked_div(count).unwrap_or(0);
        Self::build(self.shape.with(0, indices.len()), |out| {
            for (out, &index) in out.chunks_exact_mut(row.max(1)).zip(indices) {
                out.copy_from_slice(&self.data()[index * row..(index + 1) * row]);
            }
        })
    }

    /// The adjoint of [`gather_rows`](Self::gather_rows), which carries a gradient back through it:
    /// row `i` of this tensor is added to row `indices[i]` of a zero tensor of `count` rows, in the
    /// order of `i`.
    ///
    /// # Panics
    /// If there is not one index per row, or an index is not below `count`.
    #[track_caller]
    #[must_use]
    pub fn scatter_rows(&self, indices: &[usize], count: usize) -> Self {
        let axis = self.shape.axis(0);
        if indices.len() != self.shape[axis] || indices.iter().any(|&index| index >= count) {
            panic!("cannot scatter shape {} to rows {indices:?} of {count}", self.shape);
        }
        let mut sum = Self::zeros(self.shape.with(0, count));
        let row = self.len() / indices.len().max(1);
        let out = sum.data_mut();
        for (from, &index) in self.data().chunks_exact(row.max(1)).zip(indices) {
            let to = &mut out[index * row..(index + 1) * row];
            to.iter_mut().zip(from).for_each(|(to, &from)| *to += from);
        }
        sum
    }

    /// The tensors one after another along `axis`.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let (a, b) = (Tensor::<f32>::zeros([2, 1]), Tensor::ones([2, 2]));
    /// assert_eq!(Tensor::concat(&[&a, &b], 1).data(), [0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no tensor, or their shapes differ on another axis.
    #[track_caller]
    pub fn concat(parts: &[&Self], axis: isize) -> Self {
        let Some(first) = parts.first() else { panic!("concat wants at least one tensor") };
        let first = first.shape;
        let axis = first.axis(axis);
        for part in parts {
            if part.rank() != first.rank() || part.shape.with(axis, 0) != first.with(axis, 0) {
                panic!("cannot join shapes {first} and {} along axis {axis}", part.shape);
            }
        }
        let (outer, _, inner) = first.around(axis);
        let sizes = || parts.iter().map(|part| part.shape[axis]);
        let Some(total) = sizes().try_fold(0_usize, usize::checked_add) else {
            panic!("{} tensors of {first} and the like along axis {axis}: too large", parts.len());
        };
        Self::build(first.with(axis, total), |out| {
            let mut rest = out;
            for number in if rest.is_empty() { 0..0 } else { 0..outer } {
                for part in parts {
                    let taken = part.shape[axis] * inner;
                    let (to, after) = rest.split_at_mut(taken);
                    to.copy_from_slice(&part.data()[number * taken..(number + 1) * taken]);
                    rest = after;
                }
            }
        })
    }

    /// Tensors of one shape along a new first axis: k of `[m, n]` give `[k, m, n]`.
    ///
    /// # Panics
    /// If there is no tensor, or their shapes differ.
    #[track_caller]
    #[must_use]
    pub fn stack(parts: &[&Self]) -> Self {
        let mut raised = Vec::with_capacity(parts.len());
        for part in parts {
            if part.shape != parts[0].shape {
                panic!("cannot stack shapes {} and {}", parts[0].shape, part.shape);
            }
            raised.push(part.unsqueeze(0));
        }
        Self::concat(&raised.iter().collect::<Vec<_>>(), 0)
    }
}

/// Fills `out`, row-major of `shape`, with the elements that `strides` lead to in `from`.
pub(super) fn gather<T: Scalar>(out: &mut [T], shape: &[usize], strides: &[usize], from: &[T]) {
    if out.is_empty() {
        return;
    }
    match (shape, strides) {
        ([], _) => out[0] = from[0],
        ([_], [stride]) => {
            out.iter_mut().zip(from.iter().step_by(*stride)).for_each(|(out, &x)| *out = x)
        }
        ([_, columns], [down, 1]) => {
            for (row, out) in out.chunks_exact_mut((*columns).max(1)).enumerate() {
                out.copy_from_slice(&from[row * down..row * down + columns]);
            }
        }
        ([rows, columns], [down, across]) => {
            // Square tiles: both sides then move through the cache line by line.
            const TILE: usize = 16;
            for top in (0..*rows).step_by(TILE) {
                for left in (0..*columns).step_by(TILE) {
                    for row in top..(top + TILE).min(*rows) {
                        for column in left..(left + TILE).min(*columns) {
                            out[row * columns + column] = from[row * down + column * across];
                        }
                    }
                }
            }
        }
        ([_, inner @ ..], [stride, strides @ ..]) => {
            let size: usize = inner.iter().product();
            for (index, out) in out.chunks_exact_mut(size.max(1)).enumerate() {
                gather(out, inner, strides, &from[index * stride..]);
            }
        }
        _ => unreachable!("one stride per axis"),
    }
}
