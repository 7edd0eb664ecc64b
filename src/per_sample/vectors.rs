//! Vectors over all parameters: a tensor for each (chapter 10).

use crate::{Scalar, Tensor};

/// Σ a·b over all elements of all tensors.
///
/// # Panics
/// If their numbers or shapes differ.
#[track_caller]
#[must_use]
pub fn dot<T: Scalar>(a: &[Tensor<T>], b: &[Tensor<T>]) -> T {
    assert!(a.len() == b.len(), "{} tensors and {}", a.len(), b.len());
    let products = a.iter().zip(b).map(|(a, b)| {
        assert!(a.shape() == b.shape(), "a dot product of shapes {} and {}", a.shape(), b.shape());
        (a * b).sum()
    });
    products.fold(T::ZERO, |sum, product| sum + product)
}

/// a + c·b
pub(super) fn plus<T: Scalar>(a: &[Tensor<T>], c: T, b: &[Tensor<T>]) -> Vec<Tensor<T>> {
    a.iter().zip(b).map(|(a, b)| a.zip(b, |a, b| a + c * b)).collect()
}

/// c·a
pub(super) fn times<T: Scalar>(c: T, a: &[Tensor<T>]) -> Vec<Tensor<T>> {
    a.iter().map(|a| a * c).collect()
}
