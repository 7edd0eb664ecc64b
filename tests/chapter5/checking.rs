//! Gradient checking finds mistakes, says where they are, and tells kinks from them.

use super::common::normal;
use longhand::Tensor;
use longhand::tape::{Check, Report, Var, gradcheck, gradgradcheck};

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
    assert_eq!(report.to_string().matches("mistake  ").count(), 3, "{report}");
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
    // Nor multiplied: here one of them is 0.
    assert!(!gradgradcheck([&s, &t], |[a, b]| detached(a) + b * 0.0).is_right());
}

/// Nor must the elements of one: those of a softmax add up to 1, whatever becomes of each.
#[test]
fn mistakes_that_cancel_between_elements_are_found() {
    let x = Tensor::vector(&[0.1, 0.5, -0.3]);
    let report = gradcheck([&x], |[x]| x.tape().constant(x.log_softmax().value().exp()));
    assert_eq!(report.mistakes.len(), 3, "{report}");
    fn half_forgotten<'t>([x]: [Var<'t, f64>; 1]) -> Var<'t, f64> {
        let value = x.log_softmax().value().exp();
        x.tape().operation("softmax", [x], value, |[_], y, g| {
            let y = y.detach();
            [Some(y * (g - (g * y).sum()))]
        })
    }
    assert!(gradcheck([&x], half_forgotten).is_right());
    assert!(!gradgradcheck([&x], half_forgotten).is_right());
}

/// The weights are normal: none is so large or so small that it hides the others.
#[test]
fn the_weights_are_of_ordinary_size() {
    let x = normal::<f64>(&[400], 18);
    let check = Check { most: 800, ..Check::default() };
    let mean_square = |report: &Report| {
        let of_x = report.mistakes.iter().filter(|finding| finding.argument == 0);
        let squares: Vec<f64> = of_x.map(|finding| finding.measured.powi(2)).collect();
        assert_eq!(squares.len(), 400, "{report}");
        squares.iter().sum::<f64>() / 400.0
    };
    // No gradient says that the slope of each element is its weight.
    let first = mean_square(&check.first([&x], |[x]| x.tape().constant(x.value())));
    assert!((0.7..1.4).contains(&first), "{first}");
    // Nor that the derivative of gx has the slope g, which is normal too, and is weighted.
    let second = check.second([&x], |[x]| {
        let value = x.value().square() * 0.5;
        x.tape().operation("half", [x], value, |[x], _, g| [Some(g.detach() * x.detach())])
    });
    assert!((0.5..2.0).contains(&mean_square(&second)), "{second}");
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
    // Beside it both are that of its side: they are measured nearer than the kink is.
    let [(a, b), (c, d)] = [1, 2].map(|i| report.kinks[i].sides);
    assert!((a - b).abs() < 1e-6 && a.abs() > 1e-3 && c == 0.0 && d == 0.0, "{report}");
    assert_eq!(report.to_string().matches("kink  ").count(), 3, "{report}");

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

/// Between the two slopes is as near as 1/10,000 of 1 and of the slope.
#[test]
fn a_gradient_at_a_kink_may_be_beside_the_slopes_by_no_more_than_the_slack() {
    for (slope, is_kink) in [
        (0.5, true),
        (1.00015, true),
        (1.0003, false),
        (1.5, false),
        (-0.00005, true),
        (-0.0002, false),
    ] {
        let report = gradcheck([&Tensor::scalar(0.0)], |[x]| {
            let value = x.value().clamp_min(0.0);
            x.tape().operation("relu", [x], value, move |[_], _, g| [Some(g * slope)])
        });
        // That of 0.5 is what a central difference measures.
        assert_eq!(report.is_right(), is_kink, "{slope}: {report}");
    }
}

#[test]
fn a_large_number_is_moved_by_a_large_step() {
    // With a step of 10⁻⁹, x + h would be off by a tenth of it.
    let x = Tensor::vector(&[1e6, -3e6]);
    gradcheck([&x], |[x]| (x * 1e-6).tanh() * 1e6).expect_right();
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
    // Nor was it if the function falls off within the step, whatever the slopes nearer by are.
    let falls_off = gradcheck([&zero], |[x]| {
        let cliff = x.value().map(|x| if x > 9e-4 { -f64::INFINITY } else { 0.0 });
        x + x.tape().constant(cliff)
    });
    assert!(!falls_off.is_right());
}

#[test]
fn every_seed_is_a_seed() {
    let check = Check { seed: u64::MAX, ..Check::default() };
    assert!(check.first([&normal(&[3], 1)], |[x]| x.tanh()).is_right());
}

#[test]
fn large_inputs_are_sampled_and_the_seed_says_which() {
    let x = normal::<f64>(&[17, 60], 17);
    assert_eq!(gradcheck([&x], |[x]| x.tanh()).checked, 1000);
    assert_eq!(gradcheck([&x.slice(0, 0..2)], |[x]| x.tanh()).checked, 120);
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
