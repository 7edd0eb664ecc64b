//! Chapter 6: convolutions and poolings, moved digits, and the nets.

use super::Journal;
use super::digits::images;
use longhand::data::{Motion, move_each};
use longhand::layers::{Layer, Nll, Sequential};
use longhand::models::lenet;
use longhand::optim::Sgd;
use longhand::tensor::{Divisor, Window};
use longhand::{Rng, Scalar, Tensor, init};

#[path = "../../../examples/chapter6/nets.rs"]
#[allow(dead_code)]
mod nets;

pub fn write(journal: &mut Journal) {
    convolutions::<f32>("f32", journal);
    convolutions::<f64>("f64", journal);
    journal.begin("moved digits");
    let (x, rng) = (images(0..8).images, &mut Rng::new(6));
    let moved = move_each(&x, x.min(), || Motion::random(15.0, 2, rng));
    journal.tensor("by up to 15° and 2 pixels", &moved);
    training("LeNet, dropout", lenet(&mut Rng::new(6), [0.25, 0.5]), 3, 2, journal);
    training("the small net, normalised", nets::normed(&mut Rng::new(6)), 4, 5, journal);
    training("ten layers, with a way around", nets::deep_residual(&mut Rng::new(6)), 8, 5, journal);
}

/// A convolution forward and back, and both poolings, with every kind of window.
fn convolutions<T: Scalar>(kind: &str, journal: &mut Journal) {
    journal.begin(format_args!("convolutions and poolings in {kind}"));
    let rng = &mut Rng::new(2);
    let mut normal = |shape: [usize; 4]| init::normal::<T>(shape, T::ZERO, T::ONE, rng);
    let (x, weight) = (normal([3, 4, 19, 17]), normal([6, 4, 3, 3]));
    let plain = Window::new([3, 3]);
    for (name, window) in [
        ("plain", plain),
        ("stride 2, padding 1", plain.stride([2, 2]).padding([1, 1])),
        ("dilation 2", plain.dilation([2, 2])),
    ] {
        let y = x.conv2d(&weight, None, window);
        journal.tensor(format_args!("{name}: output"), &y);
        journal.tensor(format_args!("{name}: d_input"), &y.conv2d_input(&weight, window, [19, 17]));
        journal.tensor(format_args!("{name}: d_weight"), &x.conv2d_weight(&y, window));
    }
    let window = plain.stride([2, 2]).padding([1, 1]);
    let (largest, maxima) = x.max_pool2d(window);
    journal.tensor("the largest of each window", &largest);
    journal.tensor("and back", &maxima.scatter(&largest));
    journal.tensor("the mean of each window", &x.avg_pool2d(window, Divisor::Window));
}

fn training(name: &str, mut net: Sequential, batch: usize, steps: usize, journal: &mut Journal) {
    journal.begin(name);
    let digits = images(0..batch * steps);
    let batches = digits.batches(batch);
    let mut sgd = Sgd::new(0.05).momentum(0.9);
    journal.training(&mut net, &mut Nll::mean(), &mut sgd, batches.in_order());
    let scores: Tensor = net.predict(&digits.images.rows(0..2));
    journal.tensor("then, in evaluation", &scores);
}
