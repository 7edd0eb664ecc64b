//! The largest eigenvalue: right where a residual says so, and otherwise not claimed to be.

use super::common::{assert_says, normal};
use longhand::per_sample::{Curvature, Hessian, dot, largest_eigenvalue};
use longhand::tensor::Shape;
use longhand::{Scalar, Tape, Tensor};

/// A matrix written down.
struct Written<T: Scalar>(Tensor<T>);

impl<T: Scalar> Curvature<T> for Written<T> {
    fn shapes(&self) -> Vec<Shape> {
        vec![[self.0.shape()[0]].into()]
    }

    fn times(&self, vector: &[Tensor<T>]) -> Vec<Tensor<T>> {
        vec![self.0.matmul(&vector[0].unsqueeze(1)).squeeze(1)]
    }
}

/// The eigenvalues of a symmetric matrix by Jacobi's method: turn two axes at a time until
/// nothing is left off the diagonal.
fn eigenvalues(matrix: &Tensor<f64>) -> Vec<f64> {
    let n = matrix.shape()[0];
    let mut m: Vec<Vec<f64>> = matrix.data().chunks(n).map(<[f64]>::to_vec).collect();
    for _ in 0..30 {
        for p in 0..n {
            for q in p + 1..n {
                if m[p][q] == 0.0 {
                    continue;
                }
                let theta = (m[q][q] - m[p][p]) / (2.0 * m[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in &mut m {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                let (upper, lower) = m.split_at_mut(q);
                for (p, q) in upper[p].iter_mut().zip(&mut lower[0]) {
                    (*p, *q) = (c * *p - s * *q, s * *p + c * *q);
                }
            }
        }
    }
    (0..n).map(|i| m[i][i]).collect()
}

fn largest(matrix: &Tensor<f64>) -> f64 {
    eigenvalues(matrix).into_iter().map(f64::abs).fold(0.0, f64::max)
}

#[test]
fn random_symmetric_matrices() {
    let mut products = 0;
    for seed in 0..200 {
        let m = normal::<f64>(&[30, 30], 1000 + seed);
        let m = &m + m.t();
        let right = largest(&m);
        for tolerance in [1e-3, 1e-4] {
            let start = vec![normal(&[30], 2000 + seed)];
            let found = largest_eigenvalue(&Written(m.clone()), start, tolerance, 10_000);
            let off = (found.value.abs() / right - 1.0).abs();
            assert!(found.converged && off < tolerance, "{seed}: {} of {right}", found.value);
            assert!(found.residual <= tolerance * found.value.abs());
            products += found.products;
        }
    }
    assert!(products / 400 < 250, "{} products on average", products / 400);
}

#[test]
fn two_of_one_size() {
    // x·y has the Hessian [[0, 1], [1, 0]].
    for start in [[1.0, 0.0], [1.0, 0.5], [1.0, 1.0], [1.0, -1.0]] {
        let tape = Tape::<f64>::new();
        let (x, y) = (tape.leaf(Tensor::scalar(3.0)), tape.leaf(Tensor::scalar(5.0)));
        let hessian = Hessian::new(x * y, &[x, y]);
        let start = start.map(Tensor::scalar).to_vec();
        let found = largest_eigenvalue(&hessian, start, 1e-12, 100);
        assert!(found.converged && (found.value.abs() - 1.0).abs() < 1e-12, "{found:?}");
        // The second product already shows what v and its image have in common.
        assert!(found.products <= 2, "{found:?}");
        assert!((dot(&found.vector, &found.vector) - 1.0).abs() < 1e-12, "{found:?}");
    }
    // Nearly of one size, in both precisions, whichever sign is the larger.
    for [a, b] in [[10.0, -9.999], [9.999, -10.0], [10.0, -10.0], [10.0, 9.999], [-10.0, -9.999]] {
        let u = normal::<f64>(&[6, 1], 5);
        let q = Tensor::eye(6) - u.matmul_nt(&u) * (2.0 / u.square().sum());
        let values = Tensor::vector(&[a, b, 3.0, -2.0, 1.0, 0.0]);
        let m = (&q * &values).matmul(&q);
        let found = largest_eigenvalue(&Written(m.clone()), vec![normal(&[6], 6)], 1e-4, 200);
        assert!(found.converged && (found.value.abs() / 10.0 - 1.0).abs() < 2e-4, "{found:?}");
        let single = Written(m.cast::<f32>());
        let found = largest_eigenvalue(&single, vec![normal(&[6], 6)], 1e-4, 200);
        assert!(found.converged && (found.value.abs() / 10.0 - 1.0).abs() < 2e-4, "{found:?}");
    }
}

#[test]
fn what_the_sum_and_the_difference_of_two_vectors_tell() {
    let after_two = |rows: &[&[f64]], start: &[f64], tolerance: f64| {
        let matrix = Written(Tensor::new([rows.len(), rows.len()], rows.concat()));
        let found = largest_eigenvalue(&matrix, vec![Tensor::vector(start)], tolerance, 2);
        assert_eq!(found.products, 2);
        found
    };
    // v goes from one axis to the other; of 1 and −1, equally large, the second is told.
    let found = after_two(&[&[0.0, 1.0], &[1.0, 0.0]], &[1.0, 0.0], 1e-12);
    assert!(found.converged && found.value == -1.0, "{found:?}");
    // v hardly moves, and what it moved by is not looked at, even where it would be an eigenvector.
    let found = after_two(&[&[1.0, 0.0], &[0.0, 10.0]], &[1.0, 1e-6], 1e-12);
    assert!(!found.converged && (found.value - 1.0).abs() < 1e-8, "{found:?}");
    // The sum has the λ of v itself, 2: no reason to prefer it.
    let found = after_two(&[&[0.0, 1.0], &[1.0, 2.0]], &[1.0, 0.0], 1e-12);
    assert!(!found.converged && found.value == 2.0, "{found:?}");
    assert_eq!(found.vector[0].data(), [0.0, 1.0]);
    // The larger is an eigenvector as nearly as was asked for, the other is not: the search goes on.
    let rows: [&[f64]; 3] = [&[4.0, 1.0, 4.0], &[1.0, 3.0, -1.0], &[4.0, -1.0, -1.0]];
    let found = after_two(&rows, &[-1.0, 0.0, 2.0], 0.1);
    assert!((found.value + 3.500_55).abs() < 1e-5 && found.residual < 0.11, "{found:?}");
    assert!(!found.converged, "{found:?}");
}

#[test]
fn what_is_not_found_is_not_claimed() {
    let m = normal::<f64>(&[30, 30], 77);
    let matrix = Written(&m + m.t());
    let found = largest_eigenvalue(&matrix, vec![normal(&[30], 78)], 1e-8, 3);
    assert!(!found.converged && found.products == 3 && found.residual > 1e-3, "{found:?}");
    // A residual is a promise: some eigenvalue is as near as it says.
    let nearest = eigenvalues(&matrix.0).into_iter().map(|e| (e - found.value).abs());
    assert!(nearest.fold(f64::INFINITY, f64::min) <= found.residual);
    // Precision that the numbers do not have.
    let single = Written(matrix.0.cast::<f32>());
    let found = largest_eigenvalue(&single, vec![normal(&[30], 78)], 1e-12, 300);
    assert!(!found.converged && found.products == 300);
    // NaN is nobody's eigenvalue, and infinity neither.
    for bad in [f64::NAN, f64::INFINITY] {
        let found = largest_eigenvalue(
            &Written(Tensor::full([2, 2], bad)),
            vec![normal(&[2], 1)],
            1e-4,
            50,
        );
        assert!(!found.converged && found.products < 3, "{found:?}");
    }
    // Nothing but zeros has the eigenvalue 0.
    let zeros =
        largest_eigenvalue(&Written(Tensor::<f64>::zeros([2, 2])), vec![normal(&[2], 1)], 1e-4, 9);
    assert!(zeros.converged && zeros.value == 0.0);
    let from =
        |start: f64, most| largest_eigenvalue(&matrix, vec![Tensor::full([30], start)], 1e-4, most);
    assert_says(|| from(0.0, 9), &["length 0"]);
    assert_says(|| from(f64::NAN, 9), &["length NaN"]);
    assert_says(|| from(f64::INFINITY, 9), &["length inf"]);
    assert_says(|| from(1.0, 0), &["0 products"]);
}
