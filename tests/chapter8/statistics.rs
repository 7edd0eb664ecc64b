//! What is measured: mean, variance, standard error, ratio.

use crate::common::{assert_near, normal, same_everywhere};
use crate::panic_of;
use longhand::wtb::{EPSILON, GradientStats, notebook};
use longhand::{Rng, Scalar, Tensor};

fn of<T: Scalar>(gradients: &[Tensor<T>]) -> GradientStats {
    let mut stats = GradientStats::new(gradients[0].shape());
    gradients.iter().for_each(|gradient| stats.add(gradient));
    stats
}

/// The WTB notebook's ratio of these gradients, in their own precision.
fn by_notebook<T: Scalar>(gradients: &[Tensor<T>]) -> Tensor<T> {
    let mut grad = Tensor::zeros(gradients[0].shape());
    let mut grad2 = grad.clone();
    for gradient in gradients {
        notebook::acc_grad(&mut grad, gradient);
        notebook::acc_grad2(&mut grad2, gradient);
    }
    notebook::compute_snr(&grad, &grad2, gradients.len())
}

/// Mean and variance in two passes, in `f64`.
fn two_passes<T: Scalar>(gradients: &[Tensor<T>]) -> (Tensor<f64>, Tensor<f64>) {
    let b = gradients.len() as f64;
    let sum = |terms: Vec<Tensor<f64>>| terms.into_iter().reduce(|a, b| a + b).unwrap();
    let mean = sum(gradients.iter().map(Tensor::cast).collect()) / b;
    let away = |g: &Tensor<T>| (g.cast() - &mean).square();
    let variance = sum(gradients.iter().map(away).collect()) / b;
    (mean, variance)
}

/// Ten gradients that scatter by `spread` around `level`.
fn around<T: Scalar>(level: f64, spread: f64) -> Vec<Tensor<T>> {
    let draw = |seed| (normal::<f64>(&[50, 7], seed) * spread + level).cast();
    (0..10).map(draw).collect()
}

#[test]
fn scattered_gradients_give_the_notebooks_ratios() {
    for (level, spread) in [(0.0, 1.0), (1.0, 3.0), (-3e-4, 1e-3), (0.0, 1e-30)] {
        let gradients = around::<f64>(level, spread);
        let (ours, theirs) = (of(&gradients).snr(), by_notebook(&gradients));
        assert_near("snr", &(ours / &theirs), &Tensor::ones([50, 7]), 1e-9);
        assert!(theirs.data().iter().any(|&s| s < 1.0), "nothing to temper proves little");
    }
}

/// A ratio knows no sign, the sums that it is made of do.
#[test]
fn the_notebooks_sums_are_sums() {
    let (mut grad, mut grad2) = (Tensor::vector(&[1.0, 2.0]), Tensor::vector(&[0.5, 0.0]));
    for gradient in [Tensor::vector(&[3.0, -4.0]), Tensor::vector(&[-1.0, 0.5])] {
        notebook::acc_grad(&mut grad, &gradient);
        notebook::acc_grad2(&mut grad2, &gradient);
    }
    assert_eq!((grad.data(), grad2.data()), (&[3.0, -1.5][..], &[10.5, 16.25][..]));
}

#[test]
fn a_small_variance_is_not_lost() {
    let gradients = around::<f32>(1000.0, 1e-3);
    let (mean, variance) = two_passes(&gradients);
    let stats = of(&gradients);
    assert_near("mean", &stats.mean(), &mean, 1e-9);
    assert!(variance.data().iter().all(|&v| v > 0.0));
    assert_near("variance", &(stats.variance() / &variance), &Tensor::ones([50, 7]), 1e-6);
    let error = (&variance / 10.0).sqrt();
    assert_near("error", &(stats.standard_error() / &error), &Tensor::ones([50, 7]), 1e-6);

    // The notebook's sums find no variance, or too much, or one below 0.
    let (right, theirs) = (mean.abs() / error, by_notebook(&gradients));
    assert!(theirs.data().iter().any(|s| s.is_nan()));
    let near = |(a, b): (&f32, &f64)| (f64::from(*a) / b - 1.0).abs() < 0.01;
    assert!(!theirs.data().iter().zip(right.data()).any(near));
}

#[test]
fn double_precision_gradients_need_it_as_well() {
    let gradients = around::<f64>(1e8, 1e-3);
    let (_, variance) = two_passes(&gradients);
    assert_near("ratio", &(of(&gradients).variance() / variance), &Tensor::ones([50, 7]), 1e-3);
    assert!(by_notebook(&gradients).data().iter().any(|s| s.is_nan()));
}

#[test]
fn equal_gradients_have_no_variance_at_all() {
    let g = normal::<f32>(&[1000], 1);
    let stats = of(&vec![g.clone(); 7]);
    assert_eq!(stats.mean(), g.cast());
    assert_eq!(stats.variance(), Tensor::zeros([1000]));
    assert_eq!(stats.snr(), g.cast::<f64>().abs() / EPSILON);
    assert_eq!(stats.always_zero(), 0);
}

#[test]
fn no_variance_is_negative() {
    let rng = &mut Rng::new(2);
    for _ in 0..200 {
        let mut wild = || 2.0_f64.powi(rng.below(121) as i32 - 60) * rng.normal::<f64>();
        let gradients: Vec<_> =
            (0..5).map(|_| Tensor::vector(&(0..50).map(|_| wild()).collect::<Vec<_>>())).collect();
        let stats = of(&gradients);
        assert!(stats.variance().data().iter().all(|&v| v >= 0.0));
        assert!(stats.snr().data().iter().all(|s| s.is_finite()));
    }
}

#[test]
fn one_batch_has_no_scatter_and_a_ratio_that_says_nothing() {
    let stats = of(&[Tensor::vector(&[2.0_f64, -0.5, 1e-9, 0.0])]);
    assert_eq!((stats.batches(), stats.shape()), (1, [4].into()));
    assert_eq!(stats.variance(), Tensor::zeros([4]));
    assert_eq!(stats.snr(), Tensor::vector(&[2.0, 0.5, 1e-9, 0.0]) / EPSILON);
}

#[test]
fn gradients_of_zero_have_the_ratio_zero() {
    let zero = Tensor::<f32>::zeros([3]);
    let stats = of(&[zero.clone(), zero.clone(), zero]);
    assert_eq!((stats.snr(), stats.always_zero()), (Tensor::zeros([3]), 3));
    // A mean of 0 is not the same as no gradient.
    let stats = of(&[Tensor::vector(&[1.0_f32]), Tensor::vector(&[-1.0])]);
    assert_eq!((stats.snr().item(), stats.always_zero()), (0.0, 0));
}

#[test]
fn gradients_that_are_not_finite_show() {
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e200] {
        for place in 0..3 {
            let gradients: Vec<_> = (0..3)
                .map(|batch| Tensor::vector(&[if batch == place { broken } else { 1.0 }, 2.0]))
                .collect();
            let snr = of(&gradients).snr();
            assert!(snr[[0]].is_nan(), "{broken} in batch {place}: {}", snr[[0]]);
            assert_eq!(snr[[1]], 2.0 / EPSILON, "the neighbour");
        }
    }
}

#[test]
fn a_gradient_in_one_batch_only_passes_for_signal() {
    for b in [2, 10, 100] {
        let gradients: Vec<_> =
            (0..b).map(|batch| Tensor::scalar(if batch == 1 { -0.3 } else { 0.0 })).collect();
        let expected = (b as f64 / (b as f64 - 1.0)).sqrt();
        assert!((of(&gradients).snr().item() - expected).abs() < 1e-12);
    }
}

/// The chapter says what tempering does to pure noise: 68 % of it is tempered, the mean factor is
/// 0.631 and the mean square 0.516.
#[test]
fn noise_is_tempered_as_theory_says() {
    let gradients: Vec<_> = (0..100).map(|seed| normal::<f32>(&[20_000], seed)).collect();
    let factors = of(&gradients).snr().clamp_max(1.0);
    let tempered = factors.data().iter().filter(|&&s| s < 1.0).count() as f64 / 20_000.0;
    for (what, ours, theory) in [
        ("tempered", tempered, 0.6827),
        ("mean factor", factors.mean(), 0.6311),
        ("mean square", factors.square().mean(), 0.5161),
    ] {
        assert!((ours - theory).abs() < 0.01, "{what}: {ours}, in theory {theory}");
    }
}

#[test]
fn mistakes_are_told_with_their_shapes() {
    let mut stats = GradientStats::new([2, 3]);
    assert!(panic_of(|| stats.snr()).contains("no gradients"));
    assert!(panic_of(|| stats.mean()).contains("no gradients"));
    let message = panic_of(|| stats.add(&Tensor::<f32>::zeros([3, 2])));
    assert!(message.contains("[3, 2]") && message.contains("[2, 3]"), "{message}");
    assert_eq!(stats.batches(), 0, "the wrong gradient was not counted");
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    let gradients: Vec<_> = (0..4).map(|seed| normal::<f32>(&[100_003], seed)).collect();
    same_everywhere(|| {
        let stats = of(&gradients);
        let bits = |t: Tensor<f64>| t.data().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        [bits(stats.mean()), bits(stats.variance()), bits(stats.snr())]
    });
}
