//! Gradient checking finds mistakes, says where they are, and tells kinks from them.

use super::common::normal;
use longhand::Tensor;
use longhand::tape::{Check, Var, gradcheck, gradgradcheck};

#[test]
fn a_planted_mistake_is_found_and_placed() {
    let x = Tensor::new([2, 2], vec![0.5, -1.0, 2.0, 0.0]);
    let scale = Tensor::scalar(3.0);
    /// tanh with the square forgotten: 1 − y for 1 − y².
    fn wrong<'t>(x: Var<'t, f64>) -> Var<'t, f64> {
        let value = x.value().tanh();
        x.tape().operation("wrong tanh", [x], value, |[_], y, g| [Some(g * (1.0 - y))])
    }
    let report = gradcheck([&scale, &x], |[scale, x]| wrong(x) * scale);
    assert!(!report.is_right() && report.kinks.is_empty(), "{report}");
    // At 0 the two slopes agree, and the scale's own gradient is right.
    let places: Vec<_> = report.mistakes.iter().map(|m| (m.argument, m.index.clone())).collect();
    assert_eq!(places, [(1, vec![0, 0]), (1, vec![0, 1]), (1, vec![1, 0])]);
    assert!(report.to_string().contains("5 elements: 3 mistakes, 0 kinks"), "{report}");
    let finding = &report.mistakes[0];
    assert!((finding.error - (finding.gradient - finding.measured).abs()).abs() < 1e-15);
    assert!(std::panic::catch_unwind(|| report.expect_right()).is_err());

    // Right the first time, wrong the second: the pullback hides its input from the tape.
    fn half_right<'t>(x: Var<'t, f64>) -> Var<'t, f64> {
        let value = x.value().square();
        x.tape().operation("half right", [x], value, |[x], _, g| [Some(g * x.detach() * 2.0)])
    }
    assert!(gradcheck([&x], |[x]| half_right(x)).is_right());
    assert_eq!(gradgradcheck([&x], |[x]| half_right(x)).mistakes.len(), 4);
}

/// The gradients of several scalars must not be added up unweighted: here they are opposite, and so
/// are the mistakes in them.
#[test]
fn mistakes_that_cancel_between_scalars_are_found() {
    fn detached<'t>(x: Var<'t, f64>) -> Var<'t, f64> {
        let value = x.value().tanh();
        x.tape().operation("tanh", [x], value, |[_], y, g| {
            let y = y.detach();
            [Some(g * (1.0 - y.square()))]
        })
    }
    let [s, t] = [0.7, 0.3].map(Tensor::scalar);
    assert!(gradcheck([&s, &t], |[a, b]| detached(a - b)).is_right());
    assert!(!gradgradcheck([&s, &t], |[a, b]| detached(a - b)).is_right());
    assert!(gradgradcheck([&s, &t], |[a, b]| (a - b).tanh()).is_right());
}

#[test]
fn kinks_are_told_from_mistakes() {
    // On the kink, just beside it, and far away from it.
    let x = Tensor::vector(&[0.0, 2e-4, -2e-4, 1.0]);
    let report = gradcheck([&x], |[x]| x.relu());
    assert!(report.is_right(), "{report}");
    assert_eq!(report.kinks.iter().map(|k| k.index[0]).collect::<Vec<_>>(), [0, 1, 2]);
    // The sides' slopes at the kink itself are 0 and the weight of that output.
    let (left, right) = report.kinks[0].sides;
    assert!(left.abs() < 1e-6 && right.abs() > 1e-3, "{left} {right}");

    // Half of the gradient for each of two equals: that is the mean of both sides' slopes, which
    // is just what a central difference measures.
    let report = gradcheck([&x, &Tensor::scalar(1.0)], |[x, y]| x.maximum(y));
    assert_eq!((report.mistakes.len(), report.kinks.len()), (0, 0), "{report}");

    // At a jump the slope to one side has no bound.
    let report = gradcheck([&x], |[x]| {
        let high = x.value().mask(|x| x > 0.0);
        x * 0.5 + x.tape().constant(high)
    });
    assert_eq!((report.mistakes.len(), report.kinks.len()), (0, 3), "{report}");

    // A slope at a kink that lies beyond both sides' is a mistake all the same.
    let report = gradcheck([&x], |[x]| {
        let value = x.value().clamp_min(0.0);
        x.tape().operation("bad relu", [x], value, |[x], _, g| {
            let slope = x.value().map(|x| {
                if x > 0.0 {
                    1.0
                } else if x == 0.0 {
                    5.0
                } else {
                    0.0
                }
            });
            [Some(g * x.tape().constant(slope))]
        })
    });
    assert_eq!(report.mistakes.iter().map(|k| k.index[0]).collect::<Vec<_>>(), [0], "{report}");
}

#[test]
fn a_gradient_of_any_size_is_held_against_the_slope_and_not_against_itself() {
    /// x, with a pullback that gives this multiple of the right gradient.
    fn times<'t>(x: Var<'t, f64>, factor: f64) -> Var<'t, f64> {
        let value = x.value();
        x.tape().operation("times", [x], value, move |[_], _, g| [Some(g * factor)])
    }
    let x = Tensor::vector(&[1.0, 2.0]);
    let loose = Check { rtol: 0.5, atol: 0.1, ..Check::default() };
    for factor in [f64::INFINITY, -f64::INFINITY, f64::NAN, 1e300, 1e9, 1.0 + 1e-5, 0.0] {
        let report = gradcheck([&x], |[x]| times(x, factor));
        assert_eq!((report.mistakes.len(), report.kinks.len()), (2, 0), "{factor}: {report}");
        assert!(report.error == 0.0 && !report.is_right());
        let report = loose.first([&x], |[x]| times(x, factor));
        assert_eq!(report.is_right(), (factor - 1.0).abs() < 0.5, "{factor}: {report}");
        // Second derivatives likewise.
        let report = gradgradcheck([&x], |[x]| times(x.square(), factor) + x.square());
        assert_eq!(report.is_right(), factor.is_finite(), "{factor}: {report}");
    }
    assert!(gradcheck([&x], |[x]| times(x, 1.0)).is_right());
    // That a curve bends does not excuse a gradient that is off by little.
    let report = gradcheck([&x], |[x]| {
        let value = &x.value().square() * 50.0;
        x.tape().operation("bent", [x], value, |[x], _, g| [Some(g * (x * 100.0 + 1e-4))])
    });
    assert_eq!((report.mistakes.len(), report.kinks.len()), (2, 0), "{report}");
    // On a kink an infinite gradient lies between no two slopes.
    let zero = Tensor::scalar(0.0);
    for factor in [f64::INFINITY, -f64::INFINITY, f64::NAN] {
        let report = gradcheck([&zero], |[x]| x.relu() + times(x, factor) - x);
        assert_eq!((report.mistakes.len(), report.kinks.len()), (1, 0), "{factor}: {report}");
    }
    // A slope that has no bound, or no value to one side, was not measured.
    assert!(!gradcheck([&zero], |[x]| x.sqrt()).is_right());
    assert!(!gradcheck([&zero], |[x]| x.ln()).is_right());
    assert!(!gradcheck([&zero], |[x]| x.recip()).is_right());
    assert!(!gradcheck([&Tensor::scalar(f64::INFINITY)], |[x]| x).is_right());
    assert!(!gradcheck([&Tensor::scalar(f64::NAN)], |[x]| x).is_right());
}

#[test]
fn every_seed_is_a_seed() {
    let check = Check { seed: u64::MAX, ..Check::default() };
    assert!(check.first([&normal(&[3], 1)], |[x]| x.tanh()).is_right());
}

#[test]
fn large_inputs_are_sampled_and_the_seed_says_which() {
    let x = normal::<f64>(&[60, 60], 17);
    assert_eq!(gradcheck([&x], |[x]| x.tanh()).checked, 1000);
    let check = |seed| Check { most: 25, seed, ..Check::default() };
    // Wrong in every element: the findings tell which were looked at.
    let looked_at = |seed: u64| {
        let report = check(seed).first([&x], |[x]| x.tanh() + x.detach());
        assert_eq!((report.checked, report.mistakes.len()), (25, 25));
        report.mistakes.into_iter().map(|m| m.index).collect::<Vec<_>>()
    };
    assert_eq!(looked_at(1), looked_at(1));
    assert_ne!(looked_at(1), looked_at(2));
}
