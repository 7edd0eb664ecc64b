//! At NaN, at infinity, and where a function ends: what PyTorch has there, or zero where there is
//! no gradient to hand on.

use super::scalar;
use longhand::tape::{Var, gradcheck, gradgradcheck};
use longhand::{Scalar, Tape, Tensor};

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

/// The gradients of the sum of what `f` makes of these numbers.
fn gradient(x: &[f64], f: impl for<'t> Fn(Var<'t, f64>) -> Var<'t, f64>) -> Vec<f64> {
    let tape = Tape::new();
    let x = tape.leaf(Tensor::vector(x));
    let [gradient] = f(x).sum().grad([x]);
    gradient.data().to_vec()
}

#[test]
fn the_gradient_of_a_choice_goes_to_the_nan() {
    let tape = Tape::<f64>::new();
    let a = tape.leaf(Tensor::vector(&[NAN, 1.0, NAN, 1.0, INF]));
    let b = tape.leaf(Tensor::vector(&[1.0, NAN, NAN, 2.0, INF]));
    let [to_a, to_b] = a.maximum(b).sum().grad([a, b]);
    assert_eq!(to_a.data(), [1.0, 0.0, 0.5, 0.0, 0.5]);
    assert_eq!(to_b.data(), [0.0, 1.0, 0.5, 1.0, 0.5]);
    let [to_a, to_b] = a.minimum(b).sum().grad([a, b]);
    assert_eq!(to_a.data(), [1.0, 0.0, 0.5, 1.0, 0.5]);
    assert_eq!(to_b.data(), [0.0, 1.0, 0.5, 0.0, 0.5]);
    // Broadcast, and in the derivative of the derivative.
    let one = tape.leaf(scalar(1.0));
    let [slope] = a.square().maximum(one).sum().grad_create_graph([a]);
    assert!(slope.value().data()[0].is_nan() && slope.value().data()[4] == INF);
    assert!(gradient(&[NAN, 3.0, NAN], |x| x.max_axis(0)) == [1.0, 0.0, 0.0]);
    assert!(gradient(&[2.0, NAN, 3.0], |x| x.max_axis(0)) == [0.0, 1.0, 0.0]);
    // A rectifier gives NaN for NaN, and lets back what it let through.
    assert_eq!(gradient(&[NAN, -1.0, 0.0, -0.0, 2.0], |x| x.relu()), [1.0, 0.0, 0.0, 0.0, 1.0]);
    assert!(gradient(&[NAN], |x| x.abs())[0].is_nan());
    // A mask that is NaN is not 0.
    let mask = Tensor::vector(&[NAN, 0.0]);
    assert_eq!(gradient(&[1.0, 1.0], |x| x.select(&mask, x * 5.0)), [1.0, 5.0]);
}

#[test]
fn a_layer_by_hand_and_the_tape_have_the_same_rectifier_at_nan() {
    use longhand::layers::{Layer, Relu};
    let x = Tensor::vector(&[NAN, -INF, -0.0, 0.0, INF]);
    let mut relu = Relu::<f64>::new();
    let y = relu.forward(&x);
    let d = relu.backward(&Tensor::vector(&[1.0, 2.0, 3.0, 4.0, 5.0]));
    let tape = Tape::new();
    let (leaf, up) = (tape.leaf(x), Tensor::vector(&[1.0, 2.0, 3.0, 4.0, 5.0]));
    let taped = leaf.relu();
    assert!(taped.value().same_bits(&y));
    let gradients = tape.backward_pass().root(taped, up).gradients();
    assert!(gradients[leaf].same_bits(&d) && d.data() == [1.0, 0.0, 0.0, 0.0, 5.0]);
}

#[test]
fn log_sum_exp_of_infinities() {
    let value = |x: &[f64]| {
        let tape = Tape::<f64>::new();
        tape.leaf(Tensor::vector(x)).log_sum_exp(0).value().item()
    };
    assert_eq!(value(&[-INF, -INF]), -INF);
    assert_eq!(value(&[INF, 0.0]), INF);
    assert_eq!(value(&[INF, -INF]), INF);
    assert_eq!(value(&[-INF, 3.0]), 3.0);
    assert!(value(&[NAN, INF]).is_nan() && value(&[NAN, -INF]).is_nan());
    assert_eq!(gradient(&[-INF, -INF], |x| x.log_sum_exp(0)), [0.0, 0.0]);
    assert_eq!(gradient(&[-INF, 3.0], |x| x.log_sum_exp(0)), [0.0, 1.0]);
    // The rest of a batch does not suffer.
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::new([2, 2], vec![-INF, -INF, 1.0, 1.0]));
    let y = x.log_sum_exp(1);
    assert_eq!(y.value().data(), [-INF, 1.0 + Scalar::ln(2.0)]);
    let [slope] = y.slice(0, 1..2).sum().grad([x]);
    assert_eq!(slope.data()[..2], [0.0, 0.0]);
    assert!(slope.data()[2..].iter().all(|half| (half - 0.5).abs() < 1e-15), "{slope}");
}

#[test]
fn powers_at_the_ends_of_their_range() {
    for (x, right) in [(2.0, -0.0), (-2.0, 0.0), (1.0, -2_147_483_648.0), (-1.0, 2_147_483_648.0)] {
        let [slope] = gradient(&[x], |x| x.powi(i32::MIN))[..] else { unreachable!() };
        assert!(slope == right && slope.is_sign_negative() == f64::is_sign_negative(right), "{x}");
    }
    // n·x^(n−1) also where n − 1 is the least, and twice from where it would be.
    assert_eq!(gradient(&[-1.0], |x| x.powi(i32::MIN + 1)), [-2_147_483_647.0]);
    let tape = Tape::<f64>::new();
    let x = tape.leaf(scalar(-1.0));
    let [first] = x.powi(i32::MIN + 1).grad_create_graph([x]);
    let [second] = first.grad_create_graph([x]);
    let (n, [third]) = (f64::from(i32::MIN + 1), second.grad([x]));
    let (right, found) = (-n * (n - 1.0), second.value().item());
    assert!((found / right - 1.0).abs() < 1e-12, "{found}, not {right}");
    let right = n * (n - 1.0) * (n - 2.0);
    assert!((third.item() / right - 1.0).abs() < 1e-12, "{}, not {right}", third.item());
    assert_eq!(gradient(&[2.0], |x| x.powi(i32::MAX)), [INF]);
}

#[test]
fn whole_powers_are_whole_whatever_their_type() {
    let x = Tensor::vector(&[-2.0, -0.5, 0.0, 3.0]);
    let tape = Tape::<f64>::new();
    let leaf = tape.leaf(x.clone());
    for n in [-3, -1, 1, 2, 5] {
        assert!(leaf.powf(f64::from(n)).value().same_bits(&x.powi(n)), "{n}");
    }
    assert_eq!(gradient(&[-3.0, 0.0], |x| x.powf(2.0)), [-6.0, 0.0]);
    gradcheck([&x], |[x]| x.powf(2.0)).expect_right();
    gradgradcheck([&x], |[x]| x.powf(3.0)).expect_right();
    // Any other power: NaN below zero, and at zero what the formula says.
    assert!(leaf.powf(0.5).value().data()[0].is_nan());
    assert_eq!(
        gradient(&[0.0, 4.0], |x| x.powf(1.5)),
        [0.0, 1.5 * Scalar::exp(0.5 * Scalar::ln(4.0))]
    );
    assert_eq!(gradient(&[0.0], |x| x.powf(0.5)), [INF]);
    assert_eq!(gradient(&[0.0], |x| x.powf(-0.5)), [-INF]);
    // A pole is no root: 0·∞ is NaN there, as in PyTorch.
    assert!(gradient(&[0.0], |x| x.powf(-0.5) * 0.0)[0].is_nan());
    let positive = Tensor::vector(&[0.3, 1.0, 2.5]);
    for p in [-1.7, -0.5, 0.25, 0.5, 1.5, 2.25] {
        gradcheck([&positive], |[x]| x.powf(p)).expect_right();
        gradgradcheck([&positive], |[x]| x.powf(p)).expect_right();
    }
}

#[test]
fn a_root_that_was_not_taken_leaves_no_nan() {
    let mask = Tensor::vector(&[0.0, 1.0]);
    let roots: [for<'t> fn(Var<'t, f64>) -> Var<'t, f64>; 4] =
        [|x| x.sqrt(), |x| x.powf(0.5), |x| x.powf(0.25), |x| x.ln()];
    for (number, root) in roots.into_iter().enumerate() {
        let tape = Tape::<f64>::new();
        let x = tape.leaf(Tensor::vector(&[0.0, 4.0]));
        let y = root(x).select(&mask, tape.constant(scalar(0.0)));
        // To the third order.
        let [first] = y.sum().grad_create_graph([x]);
        let [second] = first.sum().grad_create_graph([x]);
        let values = (first.value(), second.value());
        let [third] = second.sum().grad([x]);
        for order in [values.0, values.1, third] {
            assert_eq!(order.data()[0], 0.0, "root {number}");
            assert!(order.data()[1].is_finite() && order.data()[1] != 0.0, "root {number}");
        }
    }
    // Also where no other element is there to be divided.
    let other = Tensor::vector(&[0.0]);
    assert_eq!(gradient(&[0.0], |x| x.sqrt().select(&other, x)), [1.0]);
    // Where a gradient does arrive the slope is what it is.
    assert_eq!(gradient(&[0.0, 4.0], |x| x.sqrt()), [INF, 0.25]);
    assert_eq!(gradient(&[0.0, 4.0], |x| x.ln()), [INF, 0.25]);
    // And no gradient is lost where it is 0 by chance: √ is bent there all the same.
    let tape = Tape::<f64>::new();
    let (x, up) = (tape.leaf(scalar(4.0)), tape.leaf(scalar(0.0)));
    let [slope] = (x.sqrt() * up).grad_create_graph([x]);
    assert_eq!(slope.grad([up])[0].item(), 0.25);
    gradgradcheck([&Tensor::vector(&[0.5, 2.0]), &scalar(0.0)], |[x, c]| x.sqrt() * c)
        .expect_right();
}
