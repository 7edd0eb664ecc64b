//! Solving a system of equations whose matrix is known by its products only (chapter 10).

use super::curvature::Curvature;
use super::vectors::{dot, plus};
use crate::{Scalar, Tensor};

/// What [`conjugate_gradients`] have found.
#[derive(Clone, Debug)]
#[must_use]
pub struct Solution<T: Scalar = f32> {
    /// x
    pub x: Vec<Tensor<T>>,
    /// ‖b − (M + damping)·x‖/‖b‖, what is left of b.
    pub residual: f64,
    /// Whether that is at most 10⁻⁴.
    pub converged: bool,
    /// How many products it took.
    pub products: usize,
}

// ANCHOR: conjugate
/// Solves (M + `damping`)·x = b by conjugate gradients, in at most `most` products; it stops early
/// once what is left of b is 10⁻⁴ of it. M + damping must have no negative direction, as a
/// Gauss-Newton matrix has none; at one that has no curvature, or a negative one, it stops as well.
#[track_caller]
pub fn conjugate_gradients<T: Scalar>(
    matrix: &impl Curvature<T>,
    damping: T,
    b: &[Tensor<T>],
    most: usize,
) -> Solution<T> {
    let mut x: Vec<Tensor<T>> = b.iter().map(|b| Tensor::zeros(b.shape())).collect();
    let (mut rest, mut direction) = (b.to_vec(), b.to_vec());
    let whole = dot(b, b);
    let (mut square, mut products) = (whole, 0);
    let enough = whole * T::from_f64(1e-8);
    while square > enough && products < most {
        let product = plus(&matrix.times(&direction), damping, &direction);
        products += 1;
        let bend = dot(&direction, &product);
        if bend <= T::ZERO || bend.is_nan() {
            break;
        }
        let step = square / bend;
        x = plus(&x, step, &direction);
        rest = plus(&rest, -step, &product);
        let new_square = dot(&rest, &rest);
        direction = plus(&rest, new_square / square, &direction);
        square = new_square;
    }
    let residual = if whole == T::ZERO { 0.0 } else { (square / whole).to_f64().sqrt() };
    Solution { x, residual, converged: square <= enough, products }
}
// ANCHOR_END: conjugate
