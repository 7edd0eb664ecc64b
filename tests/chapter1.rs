//! Chapter 1: tensors and the matmul ladder.

mod common;
#[allow(dead_code)] // its main
#[path = "../examples/small_tensor.rs"]
mod small_tensor;

use common::{assert_says, normal, same_everywhere};
use longhand::tensor::{einsum, ladder};
use longhand::{Scalar, Tensor};

fn whole(shape: &[usize], elements: &[f32]) -> Tensor {
    Tensor::new(shape, elements.to_vec())
}

#[test]
fn the_broadcasting_demo() {
    let a = whole(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unsqueeze(-1);
    let b = whole(&[2, 1], &[5.0, 1.0]).unsqueeze(1);
    assert_eq!((a.shape(), b.shape()), ([2, 3, 1].into(), [2, 1, 1].into()));
    let c = &a * &b;
    assert_eq!(c, whole(&[2, 3, 1], &[5.0, 10.0, 15.0, 4.0, 5.0, 6.0]));
    assert_eq!(c.sum_axis(0), whole(&[3, 1], &[9.0, 15.0, 21.0]));
    assert_eq!(c.sum_axis(1), whole(&[2, 1], &[30.0, 15.0]));
    assert_eq!(c.sum_axis(-1), whole(&[2, 3], &[5.0, 10.0, 15.0, 4.0, 5.0, 6.0]));
    assert_eq!(c.sum_axis(0).to_string(), "[[ 9.]\n [15.]\n [21.]]");
    assert_eq!(c.sum_axis(1).to_string(), "[[30.]\n [15.]]");
    assert_eq!(c.sum_axis(-1).to_string(), "[[ 5. 10. 15.]\n [ 4.  5.  6.]]");
}

#[test]
fn the_squeezing_demo() {
    let a = whole(&[1, 3], &[1.0, 2.0, 3.0]);
    let b = whole(&[3, 1], &[1.0, 2.0, 3.0]);
    assert_eq!(a.squeeze_all(), Tensor::vector(&[1.0, 2.0, 3.0]));
    assert_eq!(b.squeeze_all(), Tensor::vector(&[1.0, 2.0, 3.0]));
    assert_eq!(b.squeeze(-1), b.squeeze_all());
    assert_eq!(a.squeeze(0), a.squeeze_all());
    // What squeezing is for: a column minus a row is a matrix, silently.
    assert_eq!((&b - &a).shape(), [3, 3]);
    assert_eq!((b.squeeze(-1) - a.squeeze(0)).data(), [0.0; 3]);
}

/// Each element as one chain of fused multiply-adds, p going up, written without the crate.
fn chain<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Vec<T> {
    let (k, n) = (a.shape()[1], b.shape()[1]);
    let (a, b, m) = (a.data(), b.data(), a.shape()[0]);
    let element =
        |i: usize, j: usize| (0..k).fold(T::ZERO, |sum, p| a[i * k + p].mul_add(b[p * n + j], sum));
    (0..m).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| element(i, j)).collect()
}

/// m, k, n: the chapter's own, odd ones, and those where an axis is 1 or nothing.
const SHAPES: &[[usize; 3]] = &[
    [5, 784, 10],
    [1, 1, 1],
    [2, 3, 4],
    [1, 7, 1],
    [7, 1, 9],
    [1, 300, 50],
    [50, 300, 1],
    [17, 63, 129],
    [33, 65, 127],
    [64, 64, 128],
    [3, 1000, 257],
    [130, 20, 200],
    [0, 3, 4],
    [3, 0, 4],
    [3, 4, 0],
    [0, 0, 0],
];

fn rungs_agree<T: Scalar>() {
    for (seed, &[m, k, n]) in SHAPES.iter().enumerate() {
        let a = normal::<T>(&[m, k], 2 * seed as u64);
        let b = normal::<T>(&[k, n], 2 * seed as u64 + 1);
        let expected = Tensor::new([m, n], chain(&a, &b));
        for (name, multiply) in ladder::rungs::<T>() {
            let found = multiply(&a, &b);
            assert!(found.same_bits(&expected), "{name} at {m}×{k} by {k}×{n} in {}", T::NAME);
        }
        assert!(a.t().matmul_tn(&b).same_bits(&expected), "TN at {m}×{k} by {k}×{n}");
        assert!(a.matmul_nt(&b.t()).same_bits(&expected), "NT at {m}×{k} by {k}×{n}");
    }
}

#[test]
fn all_rungs_give_the_same_bits_in_f32() {
    rungs_agree::<f32>();
}

#[test]
fn all_rungs_give_the_same_bits_in_f64() {
    rungs_agree::<f64>();
}

#[test]
fn all_rungs_give_the_same_bits_at_512() {
    let (a, b) = (normal::<f32>(&[512, 512], 1), normal::<f32>(&[512, 512], 2));
    let expected = ladder::loop_order(&a, &b);
    for (name, multiply) in ladder::rungs::<f32>() {
        assert!(multiply(&a, &b).same_bits(&expected), "{name}");
    }
}

#[test]
fn all_rungs_give_the_same_bits_everywhere() {
    let (a, b) = (normal::<f32>(&[40, 150], 3), normal::<f32>(&[150, 70], 4));
    for (_, multiply) in ladder::rungs::<f32>() {
        same_everywhere(|| multiply(&a, &b).data().iter().map(|x| x.to_bits()).collect::<Vec<_>>());
    }
}

#[test]
fn all_rungs_agree_on_what_is_not_a_number() {
    let mut a = normal::<f32>(&[6, 40], 5);
    let mut b = normal::<f32>(&[40, 30], 6);
    (a[[1, 3]], a[[2, 0]], a[[3, 39]], a[[4, 5]]) = (f32::NAN, f32::INFINITY, 0.0, -0.0);
    (b[[3, 1]], b[[39, 2]], b[[5, 7]]) = (f32::NEG_INFINITY, f32::INFINITY, f32::NAN);
    a.data_mut()[5 * 40..].fill(-0.0);
    // Which NaN it is may differ from machine to machine; that it is one may not.
    let plain = |x: &Tensor| x.map(|x| if x.is_nan() { f32::NAN } else { x });
    let expected = plain(&ladder::three_loops(&a, &b));
    assert!(
        expected[[1, 0]].is_nan() && expected[[2, 0]].is_infinite() && expected[[3, 2]].is_nan()
    );
    assert!(!expected[[5, 0]].is_sign_negative(), "a chain begins at 0, and 0 + −0 is 0");
    for (name, multiply) in ladder::rungs::<f32>() {
        assert!(plain(&multiply(&a, &b)).same_bits(&expected), "{name}");
    }
}

#[test]
fn another_order_or_another_rounding_gives_other_bits() {
    // Were this not so, the tests above would hold whatever the rungs did.
    let (a, b) = (normal::<f32>(&[20, 100], 7), normal::<f32>(&[100, 20], 8));
    let product = a.matmul(&b);
    let backwards: Vec<usize> = (0..100).rev().collect();
    let (a_back, b_back) = (a.t().gather_rows(&backwards).t(), b.gather_rows(&backwards));
    assert!(!a_back.matmul(&b_back).same_bits(&product));
    let two_roundings = (a.unsqueeze(-1) * b.unsqueeze(0)).sum_axis(1);
    assert!(!two_roundings.same_bits(&product));
    assert!(a_back.matmul(&b_back).near(&product) && two_roundings.near(&product));
}

#[test]
fn the_order_of_a_sum() {
    assert_ne!((0.1_f64 + 0.2) + 0.3, 0.1 + (0.2 + 0.3));
    assert_eq!((0.1_f32 + 0.2) + 0.3, 0.1 + (0.2 + 0.3));
    assert_ne!((0.1_f32 + 0.3) + 0.4, 0.1 + (0.3 + 0.4));
    assert_eq!(0.1_f64 * 10.0 - 1.0, 0.0);
    assert_eq!(0.1_f64.mul_add(10.0, -1.0), 2f64.powi(-54));
    assert_eq!(0.1_f32.mul_add(10.0, -1.0), 2f32.powi(-26));
}

#[test]
fn the_chapters_einsums() {
    let a = whole(&[2, 2], &[1.0, 2.0, 3.0, 4.0]);
    let v = Tensor::vector(&[1.0_f32, 10.0]);
    assert_eq!(einsum("ij->ji", &[&a]), a.t());
    assert_eq!(einsum("ij->i", &[&a]).data(), [3.0, 7.0]);
    assert_eq!(einsum("ij->", &[&a]).item(), 10.0);
    assert_eq!(einsum("ii->", &[&a]).item(), 5.0);
    assert_eq!(einsum("ij,j->i", &[&a, &v]).data(), [21.0, 43.0]);
    assert_eq!(einsum("ij,j->ij", &[&a, &v]).data(), [1.0, 20.0, 3.0, 40.0]);
    assert_eq!(einsum("i,j->ij", &[&v, &v]).data(), [1.0, 10.0, 10.0, 100.0]);
    // The gradient of a weight: an outer product for each image, summed over the batch.
    let (x, g) = (normal::<f32>(&[30, 7], 9), normal::<f32>(&[30, 4], 10));
    assert!(einsum("bi,bj->ij", &[&x, &g]).same_bits(&x.matmul_tn(&g)));
}

/// A small tensor of this shape: whole numbers, of which every sum is exact, or any.
fn small(shape: &[usize], seed: u64, whole: bool) -> small_tensor::Tensor {
    let draws = normal::<f64>(shape, seed);
    let draws = if whole { draws.map(|x| (4.0 * x).round()) } else { draws };
    small_tensor::Tensor::new(shape, draws.into_vec())
}

/// The same in the crate.
fn large(small: &small_tensor::Tensor) -> Tensor<f64> {
    Tensor::new(&*small.shape, small.data.clone())
}

#[test]
fn the_small_tensor_is_the_crates() {
    let shapes: &[&[usize]] = &[&[], &[1], &[7], &[3, 4], &[1, 5], &[5, 1], &[2, 3, 4], &[3, 1, 2]];
    for (number, shape) in shapes.iter().enumerate() {
        let a = small(shape, number as u64, true);
        assert_eq!(large(&a.map(|x| x * x - 1.0)), large(&a).square() - 1.0, "{shape:?}");
        assert_eq!(large(&a.reshape(&[a.data.len()])), large(&a).reshape([a.data.len()]));
        for axis in 0..shape.len() {
            assert_eq!(large(&a.sum_axis(axis)), large(&a).sum_axis(axis as isize), "{shape:?}");
        }
        if let &[rows, columns] = *shape {
            assert_eq!(large(&a.t()), large(&a).t());
            let index = [rows - 1, columns / 2];
            assert_eq!(a.at(&index), large(&a)[index]);
        }
    }
}

#[test]
fn the_small_tensor_broadcasts_as_the_crates_does() {
    let pairs: &[(&[usize], &[usize])] = &[
        (&[2, 3], &[3]),
        (&[2, 3], &[2, 1]),
        (&[3], &[2, 1]),
        (&[4, 1, 3], &[2, 1]),
        (&[], &[2, 2]),
        (&[5], &[]),
        (&[2, 3, 1], &[2, 1, 1]),
        (&[0, 3], &[3]),
        (&[1], &[0]),
    ];
    for (number, (a, b)) in pairs.iter().enumerate() {
        let (a, b) = (small(a, number as u64, false), small(b, 100 + number as u64, false));
        let quotient = large(&a.zip(&b, |x, y| x / y));
        assert!(quotient.same_bits(&(large(&a) / large(&b))), "{:?}, {:?}", a.shape, b.shape);
        assert_eq!(small_tensor::broadcast(&a.shape, &b.shape), *quotient.shape());
    }
    assert_says(|| small_tensor::broadcast(&[3], &[2]), &["[3] and [2] do not fit: 3 against 2"]);
    assert_says(|| small(&[2], 1, true).expand(&[1]), &["[2] cannot grow so"]);
    assert_says(|| small(&[2, 3], 1, true).at(&[0, 3]), &["[0, 3] is not in [2, 3]"]);
    assert_says(|| small_tensor::Tensor::new(&[2, 3], vec![1.0]), &["holds 6 elements"]);
}

#[test]
fn the_small_product_has_the_crates_bits() {
    for &[m, k, n] in SHAPES.iter().filter(|shape| shape.iter().product::<usize>() < 100_000) {
        let (a, b) = (small(&[m, k], 1, false), small(&[k, n], 2, false));
        assert!(large(&a.matmul(&b)).same_bits(&large(&a).matmul(&large(&b))), "{m} {k} {n}");
    }
    let (a, b) = (small(&[2, 3], 1, true), small(&[2, 3], 2, true));
    assert_says(|| a.matmul(&b), &["[2, 3] times [2, 3]"]);
}

#[test]
fn the_outline_has_the_engines_bits() {
    for &[m, k, n] in SHAPES {
        let (a, b) = (normal::<f32>(&[m, k], 11), normal::<f32>(&[k, n], 12));
        for threads in [1, 2, 3, 50] {
            let product = ladder::outline::split(&a, &b, threads);
            assert!(product.same_bits(&a.matmul(&b)), "{m} {k} {n} on {threads} threads");
        }
    }
}

#[test]
fn the_four_ways_of_the_prediction_have_the_same_bits() {
    for &[m, k, n] in SHAPES {
        let (a, b) = (normal::<f32>(&[m, k], 13), normal::<f32>(&[k, n], 14));
        let expected = ladder::three_loops(&a, &b);
        for way in ladder::inner_loops() {
            let product = (way.multiply)(&a, &b);
            assert!(product.same_bits(&expected), "{} with {}", way.order, way.multiply_add);
        }
    }
}
