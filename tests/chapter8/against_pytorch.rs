//! Whole trainings from the same parameters, held to PyTorch's.

use crate::common::{assert_near, golden};
use longhand::data::{Dataset, Mnist};
use longhand::layers::{Layer, Linear, LogSoftmax, Loss, Nll, Relu, Sequential, evaluate};
use longhand::models::{lenet, lenet_of_torch};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::tensor::Shape;
use longhand::wtb::{Tempered, TemperedMean};
use longhand::{Rng, Tensor, sequential};

/// The first training images, as the WTB notebook normalises them.
pub fn images(count: usize, each: impl Into<Shape>) -> Dataset<f64> {
    let (digits, _) = Mnist::load().unwrap().train.split_at(count);
    let mut data = digits.dataset::<f64>(each, 255.0);
    data.normalize(0.1307, 0.3081);
    data
}

/// One epoch in order; `look` sees the net before each step, with its gradients.
pub fn epoch(
    net: &mut Sequential<f64>,
    data: &Dataset<f64>,
    batch: usize,
    optimizer: &mut dyn Optimizer<f64>,
    mut look: impl FnMut(&Sequential<f64>),
) {
    let mut loss = Nll::mean();
    for (images, labels) in data.batches(batch).in_order() {
        loss.forward(&net.forward(&images), &labels);
        net.zero_grad();
        net.backward_params(&loss.backward());
        look(net);
        optimizer.step(net.params_mut());
    }
}

/// Trains as `chapter8.py` does, and compares the loss, the hits and the ratios of each epoch.
fn compare<O: Optimizer<f64>>(
    case: &str,
    mut net: Sequential<f64>,
    data: &Dataset<f64>,
    batch: usize,
    mut optimizer: Tempered<O, f64>,
    every: usize,
) {
    let get = |name: &str| golden(&format!("chapter8/{case}/{name}"));
    let [losses, correct, snr] = ["losses", "correct", "snr"].map(get);
    let [factors, tempered] = ["factors", "tempered"].map(get);
    let (epochs, sampled) = (snr.shape()[0], snr.shape()[1]);
    for e in 0..epochs {
        epoch(&mut net, data, batch, &mut optimizer, |_| ());
        let summary = optimizer.end_epoch();
        let ours = evaluate(data, data.len(), &mut Nll::mean(), |x| net.predict(x));
        let what = |name: &str| format!("{case}, {name} of epoch {}", e + 1);
        let difference = (ours.loss - losses[[e]]).abs();
        assert!(difference <= 1e-9, "{}: {} differs by {difference:e}", what("loss"), ours.loss);
        assert_eq!(ours.correct() as f64, correct[[e]], "{}", what("hits"));
        assert_eq!(summary.tempered as f64, tempered[[e]], "{}", what("tempered"));

        let ratio = |param| optimizer.snr(param).expect("ratios").data();
        let ratios: Vec<f64> = net.params().into_iter().flat_map(ratio).copied().collect();
        assert_eq!(ratios.len(), summary.parameters);
        let sum: f64 = ratios.iter().map(|s| s.min(1.0)).sum();
        assert!((sum / factors[[e]] - 1.0).abs() <= 1e-9, "{}: {sum}", what("factors"));
        let sample: Vec<f64> = ratios.into_iter().step_by(every).collect();
        let theirs = Tensor::vector(&snr.data()[e * sampled..][..sampled]);
        // Relative to the ratio where that is above 1.
        let scale = theirs.clamp_min(1.0);
        assert_near(&what("ratios"), &(Tensor::vector(&sample) / &scale), &(theirs / &scale), 1e-9);
    }
}

pub fn small() -> Sequential<f64> {
    let [w1, b1, w2, b2] =
        ["w1", "b1", "w2", "b2"].map(|name| golden(&format!("chapter8/small/{name}")));
    sequential![
        Linear::from_parts(w1, Some(b1)),
        Relu::new(),
        Linear::from_parts(w2, Some(b2)),
        LogSoftmax::new(),
    ]
}

#[test]
fn a_small_net_behind_every_optimizer() {
    let data = images(120, [784]);
    let sgd = Sgd::new(0.1);
    compare("small/norm", small(), &data, 12, Tempered::watching(sgd), 37);
    compare("small/wtb", small(), &data, 12, Tempered::new(Sgd::new(0.1)), 37);
    let momentum = Sgd::new(0.02).momentum(0.9);
    compare("small/momentum", small(), &data, 12, Tempered::new(momentum), 37);
    compare("small/adam", small(), &data, 12, Tempered::new(Adam::new(0.002)), 37);
}

#[test]
fn a_step_for_every_three_batches() {
    let (data, mut net) = (images(120, [784]), small());
    let mut optimizer = TemperedMean::new(Sgd::new(0.2), 3);
    let losses: Vec<f64> = (0..5)
        .map(|_| {
            epoch(&mut net, &data, 12, &mut optimizer, |_| ());
            evaluate(&data, data.len(), &mut Nll::mean(), |x| net.predict(x)).loss
        })
        .collect();
    assert_near("losses", &Tensor::vector(&losses), &golden("chapter8/small/mean/losses"), 1e-9);
}

/// Values on ±1/√fan_in that need not be frozen: whole numbers until the last step.
fn by_formula(number: u64, count: usize, fan_in: f64) -> Vec<f64> {
    let bound = 1.0 / fan_in.sqrt();
    let scattered = |i: u64| (i * i * 40_503 + i * 30_011 + (number + 1) * 12_345) % 65_521;
    let value = |i| (2.0 * (scattered(i) as f64 / 65_521.0) - 1.0) * bound;
    (0..count as u64).map(value).collect()
}

#[test]
fn the_notebooks_net_on_two_thousand_images() {
    let data = images(2000, [1, 28, 28]);
    let net = || {
        let mut net = lenet(&mut Rng::new(0), [0.0, 0.0]);
        let fans = [25, 25, 500, 500, 800, 800, 500, 500].map(f64::from);
        for ((number, param), fan_in) in (0..).zip(net.params_mut()).zip(fans) {
            let values = by_formula(number, param.value.len(), fan_in);
            param.value.data_mut().copy_from_slice(&values);
        }
        net
    };
    compare("lenet/norm", net(), &data, 200, Tempered::watching(Sgd::new(0.1)), 1009);
    compare("lenet/wtb", net(), &data, 200, Tempered::new(Sgd::new(0.1)), 1009);
}

#[test]
fn the_notebooks_net_from_the_notebooks_seed() {
    let net = lenet_of_torch(1101);
    let values = net.params().into_iter().flat_map(|param| param.value.data());
    // Every bit of every weight, by its place.
    let terms = values.enumerate().map(|(i, w)| u64::from(w.to_bits()) * (i as u64 % 65_521 + 1));
    let checksum = terms.fold(0_u64, u64::wrapping_add) % (1 << 53);
    assert_eq!(checksum as f64, golden("chapter8/seed/checksum").item());
}
