//! The ratio with the weights held still, and the noise scale of chapter 10 from the same gradients.

use crate::notebook::add_gradient;
use longhand::Param;
use longhand::data::Epoch;
use longhand::layers::{Layer, Sequential};
use longhand::wtb::GradientStats;

// ANCHOR: still
/// What one epoch's gradients are like where no step is made: statistics for each parameter.
pub fn held_still(net: &mut Sequential, batches: Epoch<'_, f32, usize>) -> Vec<GradientStats> {
    let start = |param: &&Param| GradientStats::new(param.value.shape());
    let mut stats: Vec<GradientStats> = net.params().iter().map(start).collect();
    for (images, labels) in batches {
        net.zero_grad();
        add_gradient(net, images, labels);
        for (stats, param) in stats.iter_mut().zip(net.params()) {
            stats.add(param.grad().expect("a gradient"));
        }
    }
    stats
}
// ANCHOR_END: still

/// The part of all ratios that is below 1.
pub fn part_below(stats: &[GradientStats]) -> f64 {
    let below = |stats: &GradientStats| stats.snr().data().iter().filter(|&&s| s < 1.0).count();
    let all: usize = stats.iter().map(|stats| stats.shape().count()).sum();
    stats.iter().map(below).sum::<usize>() as f64 / all as f64
}

// ANCHOR: noise_scale
/// tr Σ/‖ḡ‖²: how many images a batch must have for its error to be as long as what it measures.
pub fn noise_scale(stats: &[GradientStats], batch: usize) -> f64 {
    let length: f64 = stats.iter().map(|stats| stats.mean().square().sum()).sum();
    let batches = stats[0].batches() as f64;
    let scatter: f64 = stats.iter().map(|stats| stats.variance().sum()).sum();
    // Of a batch's gradient, with B − 1; and of a single image's, whose variance is `batch` times that.
    batch as f64 * scatter * batches / (batches - 1.0) / length
}
// ANCHOR_END: noise_scale
