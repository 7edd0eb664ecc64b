//! The largest eigenvalue of a matrix of which only products with vectors are known
//! (chapter 10).

use super::curvature::Curvature;
use super::vectors::{dot, plus, times};
use crate::{Scalar, Tensor};

/// An eigenvalue, and the direction that the matrix only stretches.
#[derive(Clone, Debug)]
#[must_use]
pub struct Eigenvalue<T: Scalar = f32> {
    /// λ, by how much it stretches.
    pub value: T,
    /// v, the direction, of length 1: a good start for the next search nearby.
    pub vector: Vec<Tensor<T>>,
    /// ‖M·v − λ·v‖. The matrix has an eigenvalue no farther than this from λ.
    pub residual: f64,
    /// Whether the residual is as small as was asked for. If it is not, λ is the best that there
    /// was when the products were used up, and may be far off.
    pub converged: bool,
    /// How many products it took.
    pub products: usize,
}

// ANCHOR: power
/// The eigenvalue that is largest in size, by power iteration: multiply, shorten to length 1, and
/// again, until ‖M·v − λ·v‖ is at most `tolerance`·|λ|, or `most` products are made.
///
/// Every multiplication stretches the part of v along the largest eigenvalue more than the rest.
/// Two eigenvalues σ and −σ grow alike, and v goes to and fro between two vectors; but their sum
/// and their difference belong to σ and −σ alone. So these are looked at as well, and if both are
/// eigenvectors the search is over.
///
/// `start` should be random: from an eigenvector nothing leads to another. The residual is small
/// near any eigenvector, and v may linger at one for a while, so a tolerance of more than 10⁻³ is
/// for a start that is known to be near.
///
/// ```
/// use longhand::per_sample::{Hessian, largest_eigenvalue};
/// use longhand::{Tape, Tensor};
/// let tape = Tape::<f64>::new();
/// let (x, y) = (tape.leaf(Tensor::scalar(3.0)), tape.leaf(Tensor::scalar(5.0)));
/// let hessian = Hessian::new(x * y, &[x, y]); // [[0, 1], [1, 0]]: eigenvalues 1 and −1
/// let start = vec![Tensor::scalar(1.0), Tensor::scalar(0.5)];
/// let top = largest_eigenvalue(&hessian, start, 1e-12, 100);
/// assert!(top.converged && (top.value.abs() - 1.0).abs() < 1e-12);
/// ```
///
/// # Panics
/// If `start` is zero or not finite, its shapes are not those of the parameters, or no product
/// may be made.
#[track_caller]
pub fn largest_eigenvalue<T: Scalar>(
    matrix: &impl Curvature<T>,
    start: Vec<Tensor<T>>,
    tolerance: f64,
    most: usize,
) -> Eigenvalue<T> {
    let length = dot(&start, &start).sqrt();
    let fit = length > T::ZERO && length.is_finite() && most > 0;
    assert!(fit, "{most} products from a vector of length {length}: there is nothing to multiply");
    let mut v = times(T::ONE / length, &start);
    let mut image = matrix.times(&v);
    let mut found = rayleigh(&v, &image, tolerance, 1);
    while !found.converged && found.products < most && found.value.is_finite() {
        let next = times(T::ONE / dot(&image, &image).sqrt(), &image);
        let next_image = matrix.times(&next);
        let products = found.products + 1;
        found = rayleigh(&next, &next_image, tolerance, products);
        // If v hardly moves, or only changes its sign, the sum or the difference is mere rounding.
        if !found.converged && dot(&v, &next).to_f64().abs() < 1.0 - 1e-4 {
            let [sum, difference] = [T::ONE, -T::ONE].map(|sign| {
                let (both, both_image) = (plus(&v, sign, &next), plus(&image, sign, &next_image));
                rayleigh(&both, &both_image, tolerance, products)
            });
            let converged = sum.converged && difference.converged;
            let larger = if sum.value.abs() > difference.value.abs() { sum } else { difference };
            if larger.value.abs() > found.value.abs() {
                found = Eigenvalue { converged, ..larger };
            }
        }
        (v, image) = (next, next_image);
    }
    found
}

/// What v would be as an eigenvector: λ = v·Mv/v·v is the number for which M·v − λ·v is shortest.
fn rayleigh<T: Scalar>(
    v: &[Tensor<T>],
    image: &[Tensor<T>],
    tolerance: f64,
    products: usize,
) -> Eigenvalue<T> {
    let square = dot(v, v);
    let (value, length) = (dot(v, image) / square, square.sqrt());
    let rest = plus(image, -value, v);
    let residual = (dot(&rest, &rest).sqrt() / length).to_f64();
    let converged = residual <= tolerance * value.to_f64().abs();
    Eigenvalue { value, vector: times(T::ONE / length, v), residual, converged, products }
}
// ANCHOR_END: power
