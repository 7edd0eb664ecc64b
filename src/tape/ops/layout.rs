//! The same elements in another arrangement: reshape, transpose, slice, join.
//!
//! Each moves numbers about and changes none, so its pullback moves the gradient back.

use crate::tape::list::Var;
use crate::tensor::Shape;
use crate::{Scalar, Tensor};
use std::ops::Range;

impl<'t, T: Scalar> Var<'t, T> {
    /// The same elements in another shape; no element moves.
    #[track_caller]
    pub fn reshape(self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        if shape == self.shape() {
            return self;
        }
        let value = self.read().reshape(shape);
        self.reshaped(value)
    }

    /// All axes from `axis` on made one.
    #[track_caller]
    pub fn flatten(self, axis: isize) -> Self {
        let value = self.read().flatten(axis);
        self.reshaped(value)
    }

    /// Without the axis `axis`, which must have size 1.
    #[track_caller]
    pub fn squeeze(self, axis: isize) -> Self {
        let value = self.read().squeeze(axis);
        self.reshaped(value)
    }

    /// With a new axis of size 1 that becomes axis `axis`; −1 puts it last.
    #[track_caller]
    pub fn unsqueeze(self, axis: isize) -> Self {
        let value = self.read().unsqueeze(axis);
        self.reshaped(value)
    }

    #[track_caller]
    fn reshaped(self, value: Tensor<T>) -> Self {
        // x [..] → y with as many elements
        self.tape.operation("reshape", [self], value, |[x], _, g| [Some(g.reshape(x.shape()))])
    }

    /// The last two axes exchanged.
    #[track_caller]
    pub fn t(self) -> Self {
        // [.., m, n] → [.., n, m]
        let value = self.read().t();
        self.tape.operation("t", [self], value, |[_], _, g| [Some(g.t())])
    }

    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this one.
    #[track_caller]
    pub fn permute(self, axes: &[usize]) -> Self {
        let value = self.read().permute(axes);
        let mut back = vec![0; axes.len()];
        axes.iter().enumerate().for_each(|(to, &from)| back[from] = to);
        self.tape.operation("permute", [self], value, move |[_], _, g| [Some(g.permute(&back))])
    }

    /// The indices `range` along `axis`.
    #[track_caller]
    pub fn slice(self, axis: isize, range: Range<usize>) -> Self {
        // [.., n, ..] → [.., range.len(), ..]
        // what was left out receives 0
        let value = self.read().slice(axis, range.clone());
        let axis = self.shape().axis(axis);
        self.tape.operation("slice", [self], value, move |[x], _, g| {
            let after = x.shape()[axis] - range.end;
            [Some(g.pad_axis(axis as isize, range.start, after))]
        })
    }

    /// Rows `rows` along the first axis.
    #[track_caller]
    pub fn rows(self, rows: Range<usize>) -> Self {
        self.slice(0, rows)
    }

    /// With `before` zeros put in front along `axis`, and `after` behind.
    #[track_caller]
    pub fn pad_axis(self, axis: isize, before: usize, after: usize) -> Self {
        // [.., n, ..] → [.., before + n + after, ..]
        // the zeros are no one's, so their gradients are cut off
        let value = self.read().pad_axis(axis, before, after);
        let axis = self.shape().axis(axis);
        self.tape.operation("pad axis", [self], value, move |[x], _, g| {
            [Some(g.slice(axis as isize, before..before + x.shape()[axis]))]
        })
    }
}

/// The variables one after another along `axis`.
///
/// ```
/// use longhand::{Tape, Tensor, tape};
/// let tape = Tape::<f32>::new();
/// let (a, b) = (tape.leaf(Tensor::ones([2])), tape.leaf(Tensor::ones([3])));
/// let joined = tape::concat(&[a, b], 0);
/// assert_eq!(joined.slice(0, 1..4).sum().backward()[b].data(), [1.0, 1.0, 0.0]);
/// ```
///
/// # Panics
/// If there is none, or their shapes differ on another axis.
#[track_caller]
pub fn concat<'t, T: Scalar>(parts: &[Var<'t, T>], axis: isize) -> Var<'t, T> {
    // parts [.., nᵢ, ..] → [.., Σ nᵢ, ..]
    // each part receives its own slice of g
    let Some(first) = parts.first() else { panic!("concat wants at least one variable") };
    let values: Vec<_> = parts.iter().map(|part| part.value()).collect();
    let value = Tensor::concat(&values.iter().collect::<Vec<_>>(), axis);
    let axis = first.shape().axis(axis);
    first.tape.operation_on_list("concat", parts, value, move |parts, _, g| {
        let mut end = 0;
        let mut own = Vec::with_capacity(parts.len());
        for part in parts {
            let start = end;
            end += part.shape()[axis];
            own.push(part.grad_if_needed(|| g.slice(axis as isize, start..end)));
        }
        own
    })
}

/// Variables of one shape along a new first axis.
///
/// # Panics
/// If there is none, or their shapes differ.
#[track_caller]
pub fn stack<'t, T: Scalar>(parts: &[Var<'t, T>]) -> Var<'t, T> {
    let mut raised = Vec::with_capacity(parts.len());
    for part in parts {
        raised.push(part.unsqueeze(0));
    }
    concat(&raised, 0)
}
