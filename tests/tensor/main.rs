//! The tensor core against plain oracles that go index by index.

mod broadcasting;
mod comparing;
mod einsum;
mod layout;
mod memory;
mod panics;
mod printing;
mod reductions;
mod threads;

use longhand::tensor::Shape;
use longhand::{Scalar, Tensor};

/// A tensor of uneven numbers between −2 and 2, the same for the same shape and seed.
pub fn uneven<T: Scalar>(shape: impl Into<Shape>, seed: u64) -> Tensor<T> {
    let shape = shape.into();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        T::from_f64((state >> 11) as f64 / (1u64 << 51) as f64 - 2.0)
    };
    Tensor::new(shape, (0..shape.count()).map(|_| next()).collect())
}

/// Every index of a shape, row-major.
pub fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for &size in shape {
        all = all
            .into_iter()
            .flat_map(|index| (0..size).map(move |i| [&index[..], &[i]].concat()))
            .collect();
    }
    all
}

/// The element at an index, by the definition of row-major order.
pub fn at<T: Scalar>(tensor: &Tensor<T>, index: &[usize]) -> T {
    let shape = tensor.shape();
    assert_eq!(index.len(), shape.rank());
    tensor.data()[index.iter().zip(&*shape).fold(0, |offset, (i, n)| offset * n + i)]
}

/// Σ x·y over all elements, in f64.
pub fn inner<T: Scalar>(x: &Tensor<T>, y: &Tensor<T>) -> f64 {
    assert_eq!(x.shape(), y.shape());
    x.data().iter().zip(y.data()).map(|(x, y)| x.to_f64() * y.to_f64()).sum()
}
