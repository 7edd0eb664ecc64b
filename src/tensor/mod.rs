//! `Tensor`: a dense block of numbers with a shape (chapter 1).
//!
//! The elements lie in one contiguous row-major run. Copies share it until one of them is
//! written to, so that keeping a tensor for the backward pass costs nothing.

// Here and nowhere else, for a gain that was measured; each block says why it may.
#![allow(unsafe_code)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod broadcast;
pub(crate) mod channels;
mod compare;
pub mod conv;
mod display;
pub(crate) mod dropout;
mod einsum;
mod elementwise;
pub mod gemm;
pub mod isa;
pub(crate) mod labels;
pub mod ladder;
mod layout;
pub(crate) mod lookup;
mod matmul;
pub mod meter;
mod operators;
mod pool;
mod reduce;
#[doc(hidden)]
pub mod reference;
mod setting;
mod shape;
mod softmax;
mod storage;
mod sum;
pub mod threads;
mod window;

use crate::Scalar;
use meter::Kind;
use std::ops::{Index, IndexMut};
use std::sync::Arc;

pub use einsum::einsum;
pub use pool::{Divisor, Maxima};
pub(crate) use shape::element_count;
pub use shape::{MAX_RANK, Shape};
pub(crate) use storage::Buffer;
pub use storage::{cached_bytes, empty_cache};
pub use window::Window;

/// A dense array of numbers, row-major, of up to [`MAX_RANK`] axes.
///
/// Cloning is cheap: clones share their elements until one of them is changed.
///
/// ```
/// use longhand::Tensor;
/// let a = Tensor::new([2, 3], vec![1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// assert_eq!(a.shape(), [2, 3]);
/// assert_eq!(a[[1, 2]], 6.0);
/// ```
// ANCHOR: tensor
#[derive(Clone, PartialEq)]
pub struct Tensor<T: Scalar = f32> {
    shape: Shape,
    data: Arc<Buffer<T>>,
}
// ANCHOR_END: tensor

impl<T: Scalar> Tensor<T> {
    /// A tensor of this shape holding these elements, the last axis running fastest.
    ///
    /// # Panics
    /// If the shape does not hold exactly that many elements.
    #[track_caller]
    pub fn new(shape: impl Into<Shape>, elements: Vec<T>) -> Self {
        Self::from_buffer(shape.into(), elements.into())
    }

    #[track_caller]
    pub(crate) fn from_buffer(shape: Shape, data: Buffer<T>) -> Self {
        if shape.count() != data.len() {
            panic!("shape {shape} holds {} elements, but {} were given", shape.count(), data.len());
        }
        Self { shape, data: Arc::new(data) }
    }

    /// A tensor of this shape whose elements `write` fills in; it must write all of them.
    #[track_caller]
    pub(crate) fn build(shape: impl Into<Shape>, write: impl FnOnce(&mut [T])) -> Self {
        let shape = shape.into();
        let count = shape.count();
        // The most that can be addressed, and so the most that an allocator gives.
        if count > isize::MAX as usize / size_of::<T>() {
            panic!("a tensor of shape {shape} is too large for any memory");
        }
        let mut data = Buffer::stale(count);
        write(&mut data);
        Self { shape, data: Arc::new(data) }
    }

    /// Every element is `value`.
    ///
    /// # Panics
    /// If there is no room for so many.
    #[track_caller]
    pub fn full(shape: impl Into<Shape>, value: T) -> Self {
        Self::build(shape, |out| out.fill(value))
    }

    /// Every element is 0.
    ///
    /// # Panics
    /// If there is no room for so many.
    #[track_caller]
    pub fn zeros(shape: impl Into<Shape>) -> Self {
        Self::full(shape, T::ZERO)
    }

    /// Every element is 1.
    ///
    /// # Panics
    /// If there is no room for so many.
    #[track_caller]
    pub fn ones(shape: impl Into<Shape>) -> Self {
        Self::full(shape, T::ONE)
    }

    /// A single number, of shape `[]`.
    pub fn scalar(value: T) -> Self {
        Self::new([], vec![value])
    }

    /// A vector of these elements, of shape `[n]`.
    pub fn vector(elements: &[T]) -> Self {
        Self::new([elements.len()], elements.to_vec())
    }

    /// 0, 1, … n − 1.
    ///
    /// # Panics
    /// If there is no room for so many.
    #[track_caller]
    #[must_use]
    pub fn arange(n: usize) -> Self {
        Self::build([n], |out| {
            out.iter_mut().enumerate().for_each(|(i, out)| *out = T::from_f64(i as f64));
        })
    }

    /// The n × n identity matrix.
    ///
    /// # Panics
    /// If there is no room for it.
    #[track_caller]
    #[must_use]
    pub fn eye(n: usize) -> Self {
        let mut eye = Self::zeros([n, n]);
        eye.data_mut().iter_mut().step_by(n + 1).for_each(|x| *x = T::ONE);
        eye
    }

    /// The sizes of the axes.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The number of axes.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.shape.rank()
    }

    /// The number of elements.
    #[allow(clippy::len_without_is_empty)]
    #[must_use]
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// The elements in row-major order.
    #[must_use]
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// The elements, to be changed; a clone that shares them keeps the old ones.
    pub fn data_mut(&mut self) -> &mut [T] {
        let own: &mut Buffer<T> = Arc::make_mut(&mut self.data);
        own
    }

    /// The elements as a vector, without a copy where no clone shares them.
    pub fn into_vec(self) -> Vec<T> {
        Arc::try_unwrap(self.data).map_or_else(|shared| shared.to_vec(), Buffer::into_vec)
    }

    /// The only element.
    ///
    /// # Panics
    /// If there is not exactly one.
    #[track_caller]
    #[must_use]
    pub fn item(&self) -> T {
        match **self.data {
            [only] => only,
            _ => panic!("item() wants one element, but shape {} holds {}", self.shape, self.len()),
        }
    }

    /// The same numbers in the other precision, each rounded to the nearest.
    #[must_use]
    pub fn cast<U: Scalar>(&self) -> Tensor<U> {
        Tensor::build(self.shape, |out| {
            for (out, &x) in out.iter_mut().zip(self.data()) {
                *out = U::from_f64(x.to_f64());
            }
        })
    }

    /// Whether the two share one run of memory.
    #[must_use]
    pub fn shares_memory_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.data, &other.data)
    }

    /// Tells the meter that counts these elements, if one does, what they are there for now.
    pub fn relabel(&self, kind: Kind) {
        if let Some(ticket) = &self.data.ticket {
            ticket.relabel(kind);
        }
    }

    /// As [`relabel`](Self::relabel) where the elements are scratch so far; any other label stays.
    pub fn relabel_scratch(&self, kind: Kind) {
        if let Some(ticket) = &self.data.ticket
            && ticket.kind() == Kind::Scratch
        {
            ticket.relabel(kind);
        }
    }

    #[track_caller]
    fn offset(&self, index: &[usize]) -> usize {
        let inside =
            index.len() == self.rank() && index.iter().zip(&*self.shape).all(|(i, n)| i < n);
        if !inside {
            panic!("index {index:?} into a tensor of shape {}", self.shape);
        }
        index.iter().zip(&*self.shape).fold(0, |offset, (i, n)| offset * n + i)
    }
}

/// `a[[row, column]]`: as many indices as axes.
impl<T: Scalar, const N: usize> Index<[usize; N]> for Tensor<T> {
    type Output = T;
    #[track_caller]
    fn index(&self, index: [usize; N]) -> &T {
        &self.data[self.offset(&index)]
    }
}

impl<T: Scalar, const N: usize> IndexMut<[usize; N]> for Tensor<T> {
    #[track_caller]
    fn index_mut(&mut self, index: [usize; N]) -> &mut T {
        let offset = self.offset(&index);
        &mut self.data_mut()[offset]
    }
}
