//! Trace and diagonal of a matrix that nobody can write down, from its products with random
//! vectors (chapter 10).

use super::curvature::Curvature;
use super::vectors::dot;
use crate::{Rng, Scalar, Tensor};

/// A mean of random draws, and how far off it may be.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// The mean of the draws.
    pub mean: f64,
    /// The standard error of that mean.
    pub error: f64,
}

// ANCHOR: hutchinson
/// Hutchinson's estimate of the trace: the mean of vᵀ·M·v over `draws` vectors v whose elements are
/// +1 or −1 at random.
///
/// vᵀ·M·v is Σᵢⱼ vᵢ·vⱼ·Mᵢⱼ. Where i = j the signs cancel and leave the trace; everywhere else their
/// product is +1 as often as −1, and the mean is 0.
///
/// # Panics
/// If there are fewer than two draws.
#[track_caller]
pub fn trace<T: Scalar>(matrix: &impl Curvature<T>, draws: usize, rng: &mut Rng) -> Estimate {
    assert!(draws >= 2, "{draws} draws do not tell how far they scatter");
    let mut values = Vec::with_capacity(draws);
    for _ in 0..draws {
        let v = signs(matrix, rng);
        values.push(dot(&v, &matrix.times(&v)).to_f64());
    }
    let values = Tensor::vector(&values);
    Estimate { mean: values.mean(), error: values.std() / (draws as f64).sqrt() }
}

/// The diagonal by the same trick, element by element: the mean of v·(M·v).
///
/// # Panics
/// If there is no draw.
#[track_caller]
pub fn diagonal_estimate<T: Scalar>(
    matrix: &impl Curvature<T>,
    draws: usize,
    rng: &mut Rng,
) -> Vec<Tensor<T>> {
    assert!(draws >= 1, "an estimate from no draw");
    let mut sums: Vec<Tensor<T>> = matrix.shapes().into_iter().map(Tensor::zeros).collect();
    for _ in 0..draws {
        let v = signs(matrix, rng);
        for ((sum, v), product) in sums.iter_mut().zip(&v).zip(matrix.times(&v)) {
            *sum += &(v * &product);
        }
    }
    sums.into_iter().map(|sum| sum / T::from_f64(draws as f64)).collect()
}
// ANCHOR_END: hutchinson

/// +1 or −1 for every element, at random.
fn signs<T: Scalar>(matrix: &impl Curvature<T>, rng: &mut Rng) -> Vec<Tensor<T>> {
    let mut sign = || if rng.next_u64() >> 63 == 0 { T::ONE } else { -T::ONE };
    let shapes = matrix.shapes().into_iter();
    shapes.map(|shape| Tensor::new(shape, (0..shape.count()).map(|_| sign()).collect())).collect()
}

// ANCHOR: diagonal
/// The diagonal as it is defined: one product for each parameter, of which one element is kept.
/// For small nets, and to hold the others against.
#[track_caller]
pub fn diagonal<T: Scalar>(matrix: &impl Curvature<T>) -> Vec<Tensor<T>> {
    let mut unit: Vec<Tensor<T>> = matrix.shapes().into_iter().map(Tensor::zeros).collect();
    let mut found = unit.clone();
    for tensor in 0..unit.len() {
        for element in 0..unit[tensor].len() {
            unit[tensor].data_mut()[element] = T::ONE;
            found[tensor].data_mut()[element] = matrix.times(&unit)[tensor].data()[element];
            unit[tensor].data_mut()[element] = T::ZERO;
        }
    }
    found
}
// ANCHOR_END: diagonal
