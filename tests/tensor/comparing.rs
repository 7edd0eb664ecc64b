//! Equality, nearness, masks; NaN and −0.

use crate::uneven;
use longhand::Tensor;

const NAN: f32 = f32::NAN;
const INF: f32 = f32::INFINITY;

fn v(elements: &[f32]) -> Tensor {
    Tensor::vector(elements)
}

#[test]
fn comparisons_give_ones_and_zeros() {
    let (a, b) = (v(&[1.0, 2.0, NAN, -0.0, INF]), v(&[2.0, 2.0, 1.0, 0.0, INF]));
    assert_eq!(a.lt(&b).data(), [1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(b.gt(&a).data(), [1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(a.equal(&b).data(), [0.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!(a.mask(|x| x > 1.5).data(), [0.0, 1.0, 0.0, 0.0, 1.0]);
    let grid = Tensor::arange(3).unsqueeze(1).gt(&Tensor::<f32>::arange(3));
    assert_eq!(grid.data(), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
}

#[test]
fn nearness_is_torchs() {
    // |x − y| ≤ atol + rtol·|y|: y's size counts, x's does not.
    assert!(v(&[1.1]).allclose(&v(&[1.0]), 0.0, 0.11));
    assert!(!v(&[1.1]).allclose(&v(&[1.0]), 0.0, 0.09));
    assert!(v(&[100.0]).allclose(&v(&[1000.0]), 0.9, 0.0));
    assert!(!v(&[1000.0]).allclose(&v(&[100.0]), 0.9, 0.0));
    assert!(v(&[INF, -INF]).allclose(&v(&[INF, -INF]), 1e-3, 1e-5));
    for (x, y) in [(INF, -INF), (INF, 1.0), (1.0, INF), (NAN, NAN), (NAN, 1.0), (1.0, NAN)] {
        assert!(!v(&[x]).allclose(&v(&[y]), 1e-3, 1e-5), "{x} and {y}");
    }
    let x = uneven::<f32>([100], 1);
    assert!(x.near(&(&x * 1.0009)));
    assert!(!x.near(&(&x * 1.0021)));
    assert!(v(&[0.0]).near(&v(&[0.9e-5])) && !v(&[0.0]).near(&v(&[1.1e-5])));
    assert!(v(&[]).near(&v(&[])));
}

#[test]
fn the_largest_difference() {
    assert_eq!(v(&[1.0, 5.0]).max_abs_diff(&v(&[1.5, 4.0])), 1.0);
    assert_eq!(v(&[INF, 1.0]).max_abs_diff(&v(&[INF, 1.0])), 0.0);
    assert_eq!(v(&[INF]).max_abs_diff(&v(&[1.0])), INF);
    assert_eq!(v(&[]).max_abs_diff(&v(&[])), 0.0);
    assert!(v(&[NAN, 1.0]).max_abs_diff(&v(&[0.0, 1.0])).is_nan());
    assert!(v(&[1.0, NAN]).max_abs_diff(&v(&[1.0, NAN])).is_nan());
}

#[test]
fn same_bits_tells_what_equality_cannot() {
    let a = v(&[0.0, NAN, 1.0]);
    assert!(a.same_bits(&a.clone()));
    assert_ne!(a, a.clone(), "a NaN equals nothing");
    assert_eq!(v(&[0.0]), v(&[-0.0]));
    assert!(!v(&[0.0]).same_bits(&v(&[-0.0])));
    assert!(!v(&[1.0]).same_bits(&v(&[1.0 + f32::EPSILON])));
    assert!(!v(&[1.0, 2.0]).same_bits(&v(&[1.0, 2.0]).reshape([2, 1])));
}

#[test]
fn extremes_pass_nan_on() {
    for n in [1, 2, 40, 5000] {
        for at in [0, n / 2, n - 1] {
            let mut x = uneven::<f32>([n], 2);
            x[[at]] = NAN;
            assert!(x.max().is_nan() && x.min().is_nan() && x.sum().is_nan());
            assert!(x.max_axis(0).item().is_nan() && x.min_axis(0).item().is_nan());
            assert_eq!(x.argmax(0), [at]);
        }
    }
    assert_eq!(v(&[1.0, NAN, 9.0, NAN]).argmax(0), [1], "the first NaN");
    assert_eq!(v(&[1.0, 9.0, 3.0, 9.0]).argmax(0), [1], "the first of several");
    let (a, b) = (v(&[NAN, 1.0, 2.0]), v(&[1.0, NAN, 3.0]));
    for extreme in [a.maximum(&b), a.minimum(&b)] {
        assert!(extreme.data()[0].is_nan() && extreme.data()[1].is_nan());
    }
    assert_eq!((a.maximum(&b).data()[2], a.minimum(&b).data()[2]), (3.0, 2.0));
    let clamped = a.clamp_min(1.5).clamp_max(1.75);
    assert!(clamped.data()[0].is_nan());
    assert_eq!(clamped.data()[1..], [1.5, 1.75]);
}

#[test]
fn the_sign_of_zero() {
    let zeros = v(&[-0.0, 0.0]);
    assert_eq!(
        zeros.map(|x| x).data().iter().map(|x| x.is_sign_negative()).collect::<Vec<_>>(),
        [true, false]
    );
    assert!((-&zeros).same_bits(&v(&[0.0, -0.0])));
    assert!((&zeros * -1.0).same_bits(&v(&[0.0, -0.0])));
    assert!(zeros.sign().same_bits(&v(&[0.0, 0.0])));
    // A sum begins at 0, and 0 + −0 is 0.
    assert!(!v(&[-0.0, -0.0]).sum().is_sign_negative());
    assert!(!v(&[-0.0, -0.0]).sum_axis(0).item().is_sign_negative());
    // Over an axis of one element there is nothing to add.
    assert!(v(&[-0.0]).sum_axis(0).item().is_sign_negative());
    assert!(v(&[-0.0]).sum_to([]).item().is_sign_negative());
    let product = Tensor::new([1, 1], vec![-1.0_f32]).matmul(&Tensor::zeros([1, 1]));
    assert!(!product.item().is_sign_negative());
    // Moving elements keeps every bit.
    let odd = Tensor::new([2, 2], vec![-0.0, NAN, INF, 0.0]);
    assert!(odd.t().t().same_bits(&odd));
    assert!(odd.gather_rows(&[1, 0]).gather_rows(&[1, 0]).same_bits(&odd));
    assert!(Tensor::concat(&[&odd.rows(0..1), &odd.rows(1..2)], 0).same_bits(&odd));
}
