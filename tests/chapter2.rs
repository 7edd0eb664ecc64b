//! Chapter 2: the forward pass.

mod common;

use common::{assert_near, golden, golden_path, normal, same_everywhere};
use longhand::by_hand::{Net, lin, mse, relu};
use longhand::data::{Mnist, npy};
use longhand::init::{self, Fan};
use longhand::layers::{Layer, Linear, Relu};
use longhand::{Rng, Tensor};

#[test]
fn statistics_of_the_first_fifty_thousand_images() {
    let (train, valid) = Mnist::load().unwrap().train_valid();
    assert_eq!((train.len(), valid.len()), (50_000, 10_000));
    let x = train.images::<f32>([784], 256.0);
    let (mean, std) = (x.mean(), x.std());
    assert_eq!((format!("{mean:.4}"), format!("{std:.4}")), ("0.1304".into(), "0.3073".into()));

    let frozen = |name: &str| golden(&format!("chapter2/statistics/{name}"));
    let moments = |x: &Tensor| Tensor::vector(&[x.mean(), x.std()]).cast::<f64>();
    assert_near("raw", &moments(&x), &frozen("raw"), 1e-6);
    let x = (x - mean) / std;
    assert_near("train", &moments(&x), &frozen("train"), 5e-6);
    assert!(x.mean().abs() < 1e-3 && (1.0 - x.std()).abs() < 1e-3);
    let v = (valid.images::<f32>([784], 256.0) - mean) / std;
    assert_near("valid", &moments(&v), &frozen("valid"), 5e-6);

    let y = Tensor::new([50_000], train.labels().iter().map(|&y| f32::from(y)).collect());
    assert_eq!(format!("{:.4}", y.square().mean()), "28.1516");
    let loss = mse(&Net::new(784, 50, &mut Rng::new(1)).forward(&x), &y);
    assert!((20.0..40.0).contains(&loss), "an untrained net loses about the mean of y²: {loss}");
}

#[test]
fn activations_are_as_theory_has_them() {
    // Inputs of mean 0 and std 1 that are independent, as theory assumes and images are not.
    let (m, nh) = (784, 50);
    let x = normal::<f64>(&[4000, m], 2);
    let b = Tensor::zeros([nh]);
    let gain = init::relu_gain(0.0);
    let rng = &mut Rng::new(3);
    let mut weights = |gain: f64| init::normal([m, nh], 0.0, gain / (m as f64).sqrt(), rng);
    let linear = lin(&x, &weights(1.0), &b);
    let rectified = relu(&lin(&x, &weights(1.0), &b));
    let kaiming = relu(&lin(&x, &weights(gain), &b));
    let shifted = Relu::shifted(0.5).forward(&lin(&x, &weights(gain), &b));
    // Linear's own start: uniform on ±1/√m, of variance 1/3m.
    let uniform = relu(&lin(&x, &init::torch_default([m, nh], m, &mut Rng::new(4)), &b));
    // max(z, 0) of a standard normal z has mean 1/√2π and mean square ½.
    let mean = 1.0 / (2.0 * std::f64::consts::PI).sqrt();
    let std = (0.5 - mean * mean).sqrt();
    let root2 = 2_f64.sqrt();
    for (name, t, mean, std) in [
        ("linear", &linear, 0.0, 1.0),
        ("relu", &rectified, mean, std),
        ("kaiming", &kaiming, root2 * mean, root2 * std),
        ("uniform", &uniform, mean / 3_f64.sqrt(), std / 3_f64.sqrt()),
        ("shifted", &shifted, root2 * mean - 0.5, root2 * std),
    ] {
        assert!((t.mean() - mean).abs() < 0.03, "{name}: mean {} against {mean}", t.mean());
        assert!((t.std() - std).abs() < 0.03, "{name}: std {} against {std}", t.std());
    }
}

#[test]
fn fans_are_counted_as_pytorch_counts_them() {
    assert_eq!((Fan::In.of([50, 784]), Fan::Out.of([50, 784])), (784, 50));
    assert_eq!((Fan::In.of([20, 3, 5, 5]), Fan::Out.of([20, 3, 5, 5])), (75, 500));
    let rng = &mut Rng::new(4);
    let gain = init::relu_gain(0.0_f64);
    let w = init::kaiming_normal([400, 300], Fan::In, gain, rng);
    assert!((w.std() - (2.0_f64 / 300.0).sqrt()).abs() < 1e-3, "{}", w.std());
    let w = init::kaiming_normal([400, 300], Fan::Out, gain, rng);
    assert!((w.std() - (2.0_f64 / 400.0).sqrt()).abs() < 1e-3, "{}", w.std());
    let w = init::kaiming_uniform([400, 300], Fan::In, gain, rng);
    let bound = (6.0_f64 / 300.0).sqrt();
    assert!(w.max() <= bound && w.min() >= -bound && w.max() > 0.999 * bound);
    assert!((w.std() - (2.0_f64 / 300.0).sqrt()).abs() < 1e-3, "{}", w.std());
    let w = init::torch_default::<f64>([400, 300], 300, rng);
    let bound = 1.0 / 300_f64.sqrt();
    assert!(w.max() <= bound && w.min() >= -bound && w.max() > 0.999 * bound);
    assert!((init::relu_gain(1.0_f64) - 1.0).abs() < 1e-15, "a = 1 is no rectifier at all");
}

#[test]
fn one_seed_gives_one_net() {
    let net = |seed| Net::<f32>::new(784, 50, &mut Rng::new(seed));
    assert_eq!(net(5).w1, net(5).w1);
    assert_ne!(net(5).w1, net(6).w1);
}

#[test]
fn powers_of_a_matrix_explode_vanish_or_hold() {
    let step_of = |std: f32, gone: fn(&Tensor) -> bool| {
        let rng = &mut Rng::new(7);
        let a: Tensor = init::normal([512, 512], 0.0, std, rng);
        let mut x: Tensor = init::normal([1, 512], 0.0, 1.0, rng);
        (1..=100).find(|_| {
            x = x.matmul(&a);
            gone(&x)
        })
    };
    let overflows = |x: &Tensor| !x.max().is_finite();
    let vanishes = |x: &Tensor| x.abs().max() == 0.0;
    assert!((27..=30).contains(&step_of(1.0, overflows).unwrap()));
    assert!((60..=80).contains(&step_of(0.01, vanishes).unwrap()));
    assert_eq!(step_of(1.0 / 512_f32.sqrt(), overflows), None);
    assert_eq!(step_of(1.0 / 512_f32.sqrt(), vanishes), None);
}

#[test]
fn the_forward_pass_has_the_same_bits_everywhere() {
    let net = Net::<f32>::new(784, 50, &mut Rng::new(8));
    let x = normal::<f32>(&[257, 784], 9);
    same_everywhere(|| net.forward(&x).data().iter().map(|x| x.to_bits()).collect::<Vec<_>>());
}

#[test]
fn a_frozen_figure_that_is_missing_says_which() {
    let error = npy::read_tensor::<f64>(golden_path("chapter2/nothing")).unwrap_err().to_string();
    assert!(error.contains("chapter2/nothing.npy"), "{error}");
}

#[test]
fn a_layer_that_nothing_goes_into() {
    let rng = &mut Rng::new(4);
    for fan in [Fan::In, Fan::Out] {
        for shape in [[5, 0], [0, 5]] {
            assert_eq!(init::kaiming_uniform::<f32>(shape, fan, 1.0, rng).shape(), shape);
            assert_eq!(init::kaiming_normal::<f32>(shape, fan, 1.0, rng).shape(), shape);
        }
    }
    assert_eq!(init::torch_default::<f32>([3], 0, rng).data(), [0.0; 3]);
    let mut layer = Linear::<f32>::new(0, 5, rng);
    assert_eq!(layer.forward(&Tensor::zeros([2, 0])).data(), [0.0; 10]);
    assert_eq!(layer.backward(&Tensor::ones([2, 5])).shape(), [2, 0]);
}
