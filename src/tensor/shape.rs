//! Shapes: the sizes of a tensor's axes, and the rules by which two shapes meet (chapter 1).

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// The most axes a tensor can have.
pub const MAX_RANK: usize = 8;

/// How many elements there are of these sizes: their product, 1 for no sizes at all.
///
/// `None` if the sizes other than 0 multiply to more than memory can have bytes: then the strides
/// cannot be counted either, though a 0 among the sizes leaves no element. NumPy has the same rule.
#[inline]
pub(crate) fn element_count(sizes: &[usize]) -> Option<usize> {
    let (mut product, mut empty) = (1_usize, false);
    for &size in sizes {
        product = product.checked_mul(size.max(1))?;
        empty |= size == 0;
    }
    let product = isize::try_from(product).ok()?.unsigned_abs();
    Some(if empty { 0 } else { product })
}

/// The sizes of a tensor's axes, outermost first; `[]` is a single number.
///
/// It is a small `Copy` value, so that making a tensor costs one allocation and not two.
/// Wherever a shape is asked for, an array or a slice will do.
///
/// ```
/// use longhand::tensor::Shape;
/// let shape = Shape::from([2, 3, 4]);
/// assert_eq!((shape.rank(), shape.count()), (3, 24));
/// assert_eq!(shape[1], 3);
/// assert_eq!(shape.to_string(), "[2, 3, 4]");
/// ```
#[derive(Clone, Copy, Eq)]
pub struct Shape {
    sizes: [usize; MAX_RANK],
    rank: usize,
}

impl Shape {
    /// The number of axes.
    #[inline]
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The number of elements: the product of the sizes, 1 for `[]`.
    ///
    /// # Panics
    /// If the sizes other than 0 multiply to more than memory can have bytes.
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn count(&self) -> usize {
        match element_count(self) {
            Some(count) => count,
            None => panic!("a tensor of shape {self} is too large to count"),
        }
    }

    /// The axis that `axis` names: from the front if ≥ 0, from the back if negative.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    #[must_use]
    pub fn axis(&self, axis: isize) -> usize {
        let found = if axis < 0 { axis + self.rank as isize } else { axis };
        if found < 0 || found >= self.rank as isize {
            panic!("shape {self} has {} axes, so no axis {axis}", self.rank);
        }
        found as usize
    }

    /// How the elements fall around `axis`: the count of indices before it, its size, and the
    /// count after it, so that element (o, i, n) stands at (o·size + i)·inner + n.
    pub(crate) fn around(&self, axis: usize) -> (usize, usize, usize) {
        (self[..axis].iter().product(), self[axis], self[axis + 1..].iter().product())
    }

    /// This shape with another size on one axis.
    pub(crate) fn with(mut self, axis: usize, size: usize) -> Self {
        self.sizes[axis] = size;
        self
    }

    /// This shape without one axis.
    pub(crate) fn without(self, axis: usize) -> Self {
        self.iter().enumerate().filter(|&(i, _)| i != axis).map(|(_, &size)| size).collect()
    }

    /// The shape that this one and `other` broadcast to, by NumPy's rule: align at the last axis;
    /// sizes must be equal, or one of them 1.
    ///
    /// ```
    /// use longhand::tensor::Shape;
    /// let (a, b) = (Shape::from([2, 3, 1]), Shape::from([2, 1, 1]));
    /// assert_eq!(a.broadcast(b), Some(Shape::from([2, 3, 1])));
    /// assert_eq!(a.broadcast(Shape::from([4, 1])), None);
    /// ```
    #[must_use]
    pub fn broadcast(&self, other: Shape) -> Option<Shape> {
        let (mut shape, shorter) =
            if self.rank < other.rank { (other, *self) } else { (*self, other) };
        let extra = shape.rank - shorter.rank;
        for (axis, &size) in shorter.iter().enumerate() {
            match &mut shape.sizes[extra + axis] {
                own if *own == size || size == 1 => {}
                own if *own == 1 => *own = size,
                _ => return None,
            }
        }
        Some(shape)
    }

    /// The distance in elements between neighbours along each axis, row-major.
    #[must_use]
    pub fn strides(&self) -> [usize; MAX_RANK] {
        let mut strides = [0; MAX_RANK];
        let mut stride = 1;
        for axis in (0..self.rank).rev() {
            strides[axis] = stride;
            stride *= self[axis];
        }
        strides
    }
}

impl Deref for Shape {
    type Target = [usize];
    #[inline]
    fn deref(&self) -> &[usize] {
        &self.sizes[..self.rank]
    }
}

impl From<&[usize]> for Shape {
    #[inline]
    #[track_caller]
    fn from(sizes: &[usize]) -> Self {
        let rank = sizes.len();
        if rank > MAX_RANK {
            panic!("a shape of {rank} axes, {sizes:?}: a tensor has at most {MAX_RANK}");
        }
        let mut shape = Shape { sizes: [0; MAX_RANK], rank };
        shape.sizes[..rank].copy_from_slice(sizes);
        shape
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    #[inline]
    #[track_caller]
    fn from(sizes: [usize; N]) -> Self {
        Shape::from(&sizes[..])
    }
}

impl<const N: usize> From<&[usize; N]> for Shape {
    #[inline]
    #[track_caller]
    fn from(sizes: &[usize; N]) -> Self {
        Shape::from(&sizes[..])
    }
}

impl FromIterator<usize> for Shape {
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = usize>>(sizes: I) -> Self {
        let mut shape = Shape { sizes: [0; MAX_RANK], rank: 0 };
        for size in sizes {
            assert!(shape.rank < MAX_RANK, "a tensor has at most {MAX_RANK} axes");
            shape.sizes[shape.rank] = size;
            shape.rank += 1;
        }
        shape
    }
}

/// Size by size, and not the whole array at once: a shape is mostly compared where it has just been
/// written, size by size, and a processor would wait for that to reach its cache.
impl PartialEq for Shape {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank && self.iter().zip(&**other).all(|(a, b)| a == b)
    }
}

impl Hash for Shape {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self[..].hash(state);
    }
}

impl PartialEq<[usize]> for Shape {
    #[inline]
    fn eq(&self, other: &[usize]) -> bool {
        self[..] == *other
    }
}

impl<const N: usize> PartialEq<[usize; N]> for Shape {
    #[inline]
    fn eq(&self, other: &[usize; N]) -> bool {
        self[..] == other[..]
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self[..])
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
