//! The chapter's variance of batches and chapter 10's variance of images are the same quantity.

use crate::against_pytorch::{images, small};
use longhand::Tape;
use longhand::layers::{Layer, Loss, Nll};
use longhand::per_sample::{Recorder, Scaling};
use longhand::wtb::GradientStats;

#[test]
fn batches_of_one_image_scatter_as_images_do() {
    let (data, mut net) = (images(60, [784]), small());
    let tape = Tape::new();
    let recorder = Recorder::new(&tape);
    let output = recorder.record(&mut net, tape.constant(data.images.clone()));
    let samples = recorder.backward(output.nll(&data.labels), Scaling::Own);
    let by_images = samples.total_variance().value().item();

    let mut stats: Vec<_> =
        net.params().iter().map(|p| GradientStats::new(p.value.shape())).collect();
    let mut loss = Nll::mean();
    for (image, label) in data.batches(1).in_order() {
        loss.forward(&net.forward(&image), &label);
        net.zero_grad();
        net.backward_params(&loss.backward());
        for (stats, param) in stats.iter_mut().zip(net.params()) {
            stats.add(param.grad().unwrap());
        }
    }
    let by_batches: f64 = stats.iter().map(|stats| stats.variance().sum()).sum();
    assert!((by_batches / by_images - 1.0).abs() < 1e-10, "{by_batches} and {by_images}");

    // Of the whole net: ‖ḡ‖² / Σ(v/B) is the images by the noise scale.
    let length: f64 = stats.iter().map(|stats| stats.mean().square().sum()).sum();
    let error: f64 = stats.iter().map(|stats| stats.standard_error().square().sum()).sum();
    let scale = by_images / length;
    assert!((length / error / (60.0 / scale) - 1.0).abs() < 1e-10);
}
