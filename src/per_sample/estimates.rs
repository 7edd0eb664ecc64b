//! What can be learnt from products with a matrix that nobody can write down: trace, diagonal,
//! largest eigenvalue, the solution of a system (chapter 10).

use super::curvature::Curvature;
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

/// An eigenvalue, and the direction that the matrix only stretches.
pub struct Eigenvalue<T: Scalar = f32> {
    /// By how much it stretches.
    pub value: T,
    /// The direction, of length 1: a good start for the next search nearby.
    pub vector: Vec<Tensor<T>>,
    /// How many products it took.
    pub products: usize,
}

// ANCHOR: power
/// The eigenvalue that is largest in size, by power iteration: multiply, shorten to length 1, and
/// again, until the value changes by less than `tolerance` of itself, or `most` products are made.
///
/// Every multiplication stretches the part of v along the largest eigenvalue more than the rest.
/// If two are nearly of one size it takes long.
///
/// # Panics
/// If `start` is zero, or its shapes are not those of the parameters.
#[track_caller]
pub fn largest_eigenvalue<T: Scalar>(
    matrix: &impl Curvature<T>,
    start: Vec<Tensor<T>>,
    tolerance: f64,
    most: usize,
) -> Eigenvalue<T> {
    assert!(dot(&start, &start) > T::ZERO, "power iteration cannot start from zero");
    let mut found = Eigenvalue { value: T::ZERO, vector: shortened(start), products: 0 };
    while found.products < most {
        let product = matrix.times(&found.vector);
        let value = dot(&found.vector, &product);
        let change = (value - found.value).to_f64().abs();
        found.value = value;
        found.products += 1;
        if change <= tolerance * value.to_f64().abs() {
            break;
        }
        found.vector = shortened(product);
    }
    found
}
// ANCHOR_END: power

fn shortened<T: Scalar>(mut v: Vec<Tensor<T>>) -> Vec<Tensor<T>> {
    let length = dot(&v, &v).sqrt();
    if length > T::ZERO {
        v.iter_mut().for_each(|v| v.apply(|x| x / length));
    }
    v
}

// ANCHOR: conjugate
/// Solves (M + `damping`)·x = b by conjugate gradients, in at most `most` products; it stops early
/// once what is left of b is 10⁻⁴ of it. M must have no negative direction, as a Gauss-Newton
/// matrix has none.
#[track_caller]
pub fn conjugate_gradients<T: Scalar>(
    matrix: &impl Curvature<T>,
    damping: T,
    b: &[Tensor<T>],
    most: usize,
) -> Vec<Tensor<T>> {
    let mut x: Vec<Tensor<T>> = b.iter().map(|b| Tensor::zeros(b.shape())).collect();
    let (mut rest, mut direction) = (b.to_vec(), b.to_vec());
    let mut size = dot(&rest, &rest);
    let enough = size * T::from_f64(1e-8);
    for _ in 0..most {
        if size <= enough {
            break;
        }
        let mut product = matrix.times(&direction);
        add_scaled(&mut product, damping, &direction);
        let step = size / dot(&direction, &product);
        add_scaled(&mut x, step, &direction);
        add_scaled(&mut rest, -step, &product);
        let new_size = dot(&rest, &rest);
        let keep = new_size / size;
        for (direction, rest) in direction.iter_mut().zip(&rest) {
            direction.update(rest, |d, r| r + keep * d);
        }
        size = new_size;
    }
    x
}
// ANCHOR_END: conjugate

/// Σ a·b over all elements of all tensors.
///
/// # Panics
/// If their numbers or shapes differ.
#[track_caller]
pub fn dot<T: Scalar>(a: &[Tensor<T>], b: &[Tensor<T>]) -> T {
    assert!(a.len() == b.len(), "{} tensors and {}", a.len(), b.len());
    let products = a.iter().zip(b).map(|(a, b)| {
        assert!(a.shape() == b.shape(), "a dot product of shapes {} and {}", a.shape(), b.shape());
        (a * b).sum()
    });
    products.fold(T::ZERO, |sum, product| sum + product)
}

/// a ← a + c·b
fn add_scaled<T: Scalar>(a: &mut [Tensor<T>], c: T, b: &[Tensor<T>]) {
    a.iter_mut().zip(b).for_each(|(a, b)| a.update(b, |a, b| a + c * b));
}
