//! A data set: examples and what they show (chapters 2 and 4).

use super::batches::Batches;
use crate::{Scalar, Tensor};
use std::fmt;
use std::ops::Range;

/// Examples, one along the first axis of a tensor, and the class of each.
///
/// ```
/// use longhand::{Tensor, data::Dataset};
/// let mut data = Dataset::new(Tensor::new([3, 2], vec![1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]), vec![0, 1, 0]);
/// data.normalize(3.0, 2.0);
/// assert_eq!(data.images.data(), [-1.0, -0.5, 0.0, 0.5, 1.0, 1.5]);
/// assert_eq!(data.batches(2).len(), 2);
/// ```
#[derive(Clone, PartialEq)]
pub struct Dataset<T: Scalar = f32> {
    /// n×…: one example along the first axis.
    pub images: Tensor<T>,
    /// n classes, counted from 0.
    pub labels: Vec<usize>,
}

/// Says how many there are and of what shape.
impl<T: Scalar> fmt::Debug for Dataset<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} examples in {}", self.len(), self.images.shape())
    }
}

impl<T: Scalar> Dataset<T> {
    /// Examples and their classes.
    ///
    /// # Panics
    /// If there are not as many of one as of the other.
    #[track_caller]
    #[must_use]
    pub fn new(images: Tensor<T>, labels: Vec<usize>) -> Self {
        let shape = images.shape();
        if shape.first() != Some(&labels.len()) {
            panic!("images of shape {shape} and {} labels", labels.len());
        }
        Self { images, labels }
    }

    /// How many examples there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The samples of this range, in a set of their own.
    ///
    /// # Panics
    /// If the range reaches beyond the end.
    #[track_caller]
    #[must_use]
    pub fn rows(&self, rows: Range<usize>) -> Self {
        Self { images: self.images.rows(rows.clone()), labels: self.labels[rows].to_vec() }
    }

    /// x ← (x − `mean`) ÷ `std` for every element.
    ///
    /// `mean` and `std` are those of the training examples, for the others too: a net must see
    /// every example through the same eyes.
    pub fn normalize(&mut self, mean: T, std: T) {
        for x in self.images.data_mut() {
            *x = (*x - mean) / std;
        }
    }

    /// The examples in batches of `size`.
    ///
    /// # Panics
    /// If `size` is 0.
    #[track_caller]
    pub fn batches(&self, size: usize) -> Batches<'_, T> {
        Batches::new(&self.images, &self.labels, size)
    }
}
