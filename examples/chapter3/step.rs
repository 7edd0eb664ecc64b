//! How far a finite difference is from the derivative, for steps from large to nearly nothing.

use crate::{numeric, pick, prepare};
use longhand::by_hand::{Gradients, Net};
use longhand::data::Digits;
use longhand::report::{Figure, LineChart, Table, section};
use longhand::{Result, Rng, Scalar};

/// 1, 0.5, 0.2, 0.1, … down to 5·10⁻¹⁴.
fn steps() -> Vec<f64> {
    (0..=40).map(|i| 1.0 / [1.0, 2.0, 5.0][i % 3] / 10_f64.powi((i / 3) as i32)).collect()
}

/// The least error and the step that it was found with.
fn best(steps: &[f64], errors: &[f64]) -> (f64, f64) {
    let pairs = errors.iter().copied().zip(steps.iter().copied());
    pairs.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::NAN, f64::NAN))
}

fn chart(title: &str, steps: &[f64], wide: &[f64], narrow: &[f64]) -> LineChart {
    let chart = LineChart::new(title).x("step h").y("relative error").log_x().log_y();
    chart.line("f64", steps, wide).line("f32", steps, narrow)
}

// ANCHOR: bend
/// The derivative of the exponential function at 1, measured; it is e.
fn errors_of_exp<T: Scalar>(steps: &[f64]) -> Vec<f64> {
    let one = T::ONE;
    let error = |&h: &f64| {
        let h = T::from_f64(h);
        let measured = ((one + h).exp() - (one - h).exp()) / (h + h);
        (measured.to_f64() / std::f64::consts::E - 1.0).abs()
    };
    steps.iter().map(error).collect()
}
// ANCHOR_END: bend

/// Of a function that bends: both errors are seen.
pub fn bend() -> Result<()> {
    section("How small a step");
    let steps = steps();
    let (wide, narrow) = (errors_of_exp::<f64>(&steps), errors_of_exp::<f32>(&steps));
    let mut table = Table::new(["h", "relative error in f64", "in f32"]).right(0).right(1).right(2);
    for i in (0..=36).step_by(3) {
        let error = |errors: &[f64]| format!("{:.1e}", errors[i]);
        table.push([format!("{:.0e}", steps[i]), error(&wide), error(&narrow)]);
    }
    print!("{table}");
    for (name, errors, precision) in
        [("f64", &wide, f64::EPSILON), ("f32", &narrow, f32::EPSILON.into())]
    {
        let (error, step) = best(&steps, errors);
        // The cube root by Newton's method: the platform's own may differ in the last digit.
        let root = (0..100).fold(1.0, |root, _| (2.0 * root + precision / (root * root)) / 3.0);
        println!("{name}: best with h = {step:.0e}, off by {error:.1e}; ∛ε is about {root:.0e}");
    }
    let chart = chart("Error of a measured derivative of exp", &steps, &wide, &narrow);
    println!("figure: {}", chart.save_figure("chapter3-bend")?);
    Ok(())
}

/// Of our net's loss, which does not bend but has edges.
pub fn cliff(digits: &Digits) -> Result<()> {
    section("The step for a net");
    let steps = steps();
    let (few, _) = digits.split_at(100);
    let (wide, narrow) = (errors_of_net::<f64>(&few, &steps), errors_of_net::<f32>(&few, &steps));
    for (name, errors) in [("f64", &wide), ("f32", &narrow)] {
        let (error, step) = best(&steps, errors);
        println!("{name}: best with h = {step:.0e}: off by {error:.1e} of the gradient");
    }
    let chart = chart("Error of a finite difference against its step", &steps, &wide, &narrow);
    println!("figure: {}", chart.save_figure("chapter3-step")?);
    Ok(())
}

/// How far finite differences of b1 are from the gradient by hand, relative to it, at each step.
fn errors_of_net<T: Scalar>(digits: &Digits, steps: &[f64]) -> Vec<f64> {
    let (x, y) = prepare::<T>(digits);
    let net = Net::<T>::new(784, 50, &mut Rng::new(3));
    let (_, Gradients { b1, .. }) = net.forward_and_backward(&x, &y);
    let all: Vec<usize> = (0..b1.len()).collect();
    let size = b1.square().sum().sqrt();
    let error = |&h: &f64| {
        let measured = numeric(&net, &x, &y, "b1", &all, T::from_f64(h));
        ((measured - pick(&b1, &all)).square().sum().sqrt() / size).to_f64()
    };
    steps.iter().map(error).collect()
}
