//! M-SVAG and the decaying statistics that it stands on.

use crate::against_pytorch::{epoch, images, small};
use crate::common::{assert_near, golden, normal, same_everywhere};
use crate::{panic_of, step};
use longhand::layers::{Layer, Nll, evaluate};
use longhand::optim::{Optimizer, Sgd};
use longhand::wtb::{DecayingStats, EPSILON, Msvag};
use longhand::{Param, Tensor};

/// The weights cᵢ of t gradients, from their definition.
fn weights(beta: f64, t: usize) -> Vec<f64> {
    let raw: Vec<f64> = (1..=t).map(|i| (1.0 - beta) * beta.powi((t - i) as i32)).collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|c| c / sum).collect()
}

#[test]
fn decaying_statistics_are_sums_with_decaying_weights() {
    let gradients: Vec<Tensor<f64>> = (0..40).map(|seed| normal(&[30], seed) + 0.5).collect();
    for beta in [0.0, 0.3, 0.9, 0.99] {
        let mut stats = DecayingStats::new([30], beta);
        for t in 1..=gradients.len() {
            stats.add(&gradients[t - 1]);
            let c = weights(beta, t);
            let sum = |f: &dyn Fn(&Tensor<f64>) -> Tensor<f64>| {
                let terms = c.iter().zip(&gradients).map(|(&c, g)| f(g) * c);
                terms.reduce(|a, b| a + b).unwrap()
            };
            let mean = sum(&|g| g.clone());
            let variance = sum(&|g| (g - &mean).square());
            assert_near("mean", stats.mean(), &mean, 1e-13);
            assert_near("variance", stats.variance(), &variance, 1e-13);
            let rho: f64 = c.iter().map(|c| c * c).sum();
            let power = beta.powi(t as i32);
            let closed = (1.0 - beta) * (1.0 + power) / ((1.0 + beta) * (1.0 - power));
            assert!((stats.rho() - rho).abs() < 1e-14 && (rho - closed).abs() < 1e-14);
            if t > 1 && beta > 0.0 {
                let error = (variance * (rho / (1.0 - rho))).sqrt();
                assert_near(
                    "ratio",
                    &(stats.snr() * error / mean.abs()),
                    &Tensor::ones([30]),
                    1e-9,
                );
            }
        }
    }
}

/// s = v/(1 − ρ) is σ² on the average, and ρs the variance of m, at every age.
#[test]
fn the_estimate_of_the_variance_is_unbiased() {
    let mut stats = DecayingStats::new([200_000], 0.8);
    for t in 1..=12 {
        stats.add(&normal::<f64>(&[200_000], t));
        if t > 1 {
            let s = stats.variance().mean() / (1.0 - stats.rho());
            assert!((s - 1.0).abs() < 0.01, "after {t}: {s}");
            let of_mean = stats.mean().square().mean() / stats.rho();
            assert!((of_mean - 1.0).abs() < 0.01, "after {t}: {of_mean}");
        }
    }
}

#[test]
fn losses_and_factors_are_those_of_the_authors_formulas() {
    let (data, mut net) = (images(120, [784]), small());
    let (losses, factors) = (golden("chapter8/msvag/losses"), golden("chapter8/msvag/factors"));
    let mut msvag = Msvag::new(0.1, 0.9);
    let fresh = |param: &&Param<f64>| DecayingStats::new(param.value.shape(), 0.9);
    let mut beside: Vec<DecayingStats> = net.params().iter().map(fresh).collect();
    let mut steps = 0;
    for e in 0..4 {
        epoch(&mut net, &data, 12, &mut msvag, |net| {
            let mut sum = 0.0;
            for (stats, param) in beside.iter_mut().zip(net.params()) {
                stats.add(param.grad().unwrap());
                sum += stats.snr().data().iter().map(|r| 1.0 / (1.0 + 1.0 / (r * r))).sum::<f64>();
            }
            // At the first step the ratio is |g|/ε and not infinite.
            let allowed = if steps == 0 { 1e-2 } else { 1e-6 };
            assert!((sum - factors[[steps]]).abs() < allowed, "step {steps}: {sum}");
            steps += 1;
        });
        let loss = evaluate(&data, data.len(), &mut Nll::mean(), |x| net.predict(x)).loss;
        assert!((loss - losses[[e]]).abs() < 1e-9, "epoch {}: {loss}", e + 1);
    }
    assert_eq!(steps, factors.len());
}

#[test]
fn without_memory_it_is_plain_descent() {
    let [mut adapted, mut plain] =
        [(); 2].map(|()| Param::new("weight", Tensor::vector(&[1.0, 2.0])));
    let (mut msvag, mut sgd) = (Msvag::new(0.1, 0.0), Sgd::new(0.1));
    for g in [[0.5, -3.0], [0.25, 1.0], [0.0, 7.0]] {
        step(&mut msvag, &mut adapted, &g);
        step(&mut sgd, &mut plain, &g);
    }
    assert_near("values", &adapted.value, &plain.value, 1e-14);
}

#[test]
fn signal_passes_noise_does_not_and_silence_stays() {
    let mut weight = Param::new("weight", Tensor::vector(&[0.0, 0.0, 0.0]));
    let mut msvag = Msvag::new(1.0, 0.9);
    let mut moved = Tensor::zeros([3]);
    for t in 0..200 {
        let before = weight.value.clone();
        let sign = if t % 2 == 0 { 1.0 } else { -1.0 };
        step(&mut msvag, &mut weight, &[1.0, sign, 0.0]);
        moved = (before - &weight.value).abs();
    }
    assert!((moved[[0]] - 1.0).abs() < 1e-12 && moved[[2]] == 0.0);
    // m → ±0.1/1.9, v → 1: γ = m²/(m² + ρ/(1 − ρ)·v), with ρ = 1/19.
    let m = 0.1 / 1.9;
    let expected = m * m * m / (m * m + (1.0 - m * m) / 18.0);
    assert!((moved[[1]] - expected).abs() < 1e-6, "{} and not {expected}", moved[[1]]);
}

#[test]
fn mistakes_and_broken_gradients_show() {
    assert!(panic_of(|| DecayingStats::new([2], 1.0)).contains("a decay of 1"));
    let mut stats = DecayingStats::new([2, 3], 0.9);
    let message = panic_of(|| stats.add(&Tensor::<f32>::zeros([3, 2])));
    assert!(message.contains("[3, 2]") && message.contains("[2, 3]"), "{message}");
    stats.add(&Tensor::<f32>::full([2, 3], 0.5));
    assert_eq!(stats.snr(), Tensor::full([2, 3], 0.5 / EPSILON));

    let mut weight = Param::new("weight", Tensor::vector(&[1.0, 1.0]));
    let mut msvag = Msvag::new(0.1, 0.9);
    msvag.step_param(&mut weight);
    assert_eq!(weight.value.data(), [1.0, 1.0], "no gradient, no step");
    step(&mut msvag, &mut weight, &[f64::NAN, 1.0]);
    assert!(weight.value[[0]].is_nan());
    assert_eq!(weight.value[[1]], 0.9);
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    let gradients: Vec<_> = (0..5).map(|seed| normal::<f32>(&[70_001], seed)).collect();
    same_everywhere(|| {
        let mut weight = Param::new("weight", Tensor::<f32>::zeros([70_001]));
        let mut msvag = Msvag::new(0.1, 0.9);
        for gradient in &gradients {
            weight.set_grad(gradient.clone());
            msvag.step_param(&mut weight);
        }
        weight.value.data().iter().map(|x| x.to_bits()).collect::<Vec<_>>()
    });
}
