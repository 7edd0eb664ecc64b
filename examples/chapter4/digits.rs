//! A net that reads digits: how it is made, how it is trained, and what it gets wrong.

use crate::trial::score;
use longhand::data::{Dataset, Mnist};
use longhand::layers::{CrossEntropy, Layer, Linear, Loss, Relu, Sequential, summary};
use longhand::optim::{Optimizer, Sgd};
use longhand::report::{ConfusionMatrix, Figure, ImageGrid, LineChart, Progress, measured};
use longhand::{Result, Rng, Tensor, sequential};
use std::time::Instant;

/// The net before its first step, and the generator that its weights were drawn from.
pub fn net() -> (Sequential, Rng) {
    let mut rng = Rng::new(4);
    let net = build(&mut rng);
    print!("{}", summary(&net, [64, 784]));
    (net, rng)
}

// ANCHOR: net
pub fn build(rng: &mut Rng) -> Sequential {
    sequential![Linear::new(784, 128, rng), Relu::new(), Linear::new(128, 10, rng)]
}
// ANCHOR_END: net

// ANCHOR: epoch
/// Shows the net every training digit once, in a new order. Gives the loss of each batch.
pub fn epoch(
    net: &mut Sequential,
    optimizer: &mut dyn Optimizer,
    train: &Dataset,
    rng: &mut Rng,
    label: &str,
) -> Vec<f32> {
    let batches = train.batches(64);
    let mut loss = CrossEntropy::mean();
    let mut progress = Progress::new(label, batches.len());
    let step = |(x, labels): (Tensor, Vec<usize>)| {
        let value = loss.forward(&net.forward(&x), &labels);
        net.zero_grad();
        net.backward_params(&loss.backward());
        optimizer.step(net.params_mut());
        progress.step(|| format!("loss {value:.4}"));
        value
    };
    batches.shuffled(rng).map(step).collect()
}
// ANCHOR_END: epoch

// ANCHOR: fit
/// Five epochs with momentum, each with half the rate of the one before it. Gives the loss of
/// every batch.
fn fit(net: &mut Sequential, train: &Dataset, valid: &Dataset, rng: &mut Rng) -> Vec<f32> {
    let mut sgd = Sgd::new(0.05).momentum(0.9);
    let mut losses = Vec::new();
    for number in 1..=5 {
        let fresh = epoch(net, &mut sgd, train, rng, &format!("epoch {number}"));
        let (mean, right) = (Tensor::vector(&fresh).mean(), score(net, valid).accuracy());
        println!("epoch {number}: training loss {mean:.4}, validation accuracy {right:.2} %");
        losses.extend(fresh);
        sgd.lr *= 0.5;
    }
    losses
}
// ANCHOR_END: fit

/// The net after the first of its epochs.
pub fn after_one_epoch(train: &Dataset) -> Sequential {
    let mut rng = Rng::new(4);
    let mut net = build(&mut rng);
    epoch(&mut net, &mut Sgd::new(0.05).momentum(0.9), train, &mut rng, "epoch 1");
    net
}

/// Trains, and looks at the test digits at the end. Gives the loss of every batch.
pub fn train(net: &mut Sequential, [train, valid, test]: [&Dataset; 3], mut rng: Rng) -> Vec<f32> {
    let start = Instant::now();
    let losses = fit(net, train, valid, &mut rng);
    let accuracy = score(net, test).accuracy();
    let seconds = start.elapsed().as_secs_f64();
    println!("trained in {}", measured(format_args!("{seconds:.1} s")));
    println!("test accuracy {accuracy:.2} %");
    losses
}

/// The loss of each batch, what is taken for what, and the digits that are read wrongly.
pub fn figures(
    net: &Sequential,
    losses: &[f32],
    mnist: &Mnist,
    [train, test]: [&Dataset; 2],
) -> Result<()> {
    let per_epoch = train.batches(64).len();
    let epochs: Vec<f64> = (0..losses.len()).map(|i| (i + 1) as f64 / per_epoch as f64).collect();
    let chart = LineChart::new("The loss of each batch")
        .x("epoch")
        .y("cross-entropy")
        .log_y()
        .noisy("training batch", &epochs, losses, 50);
    println!("figure: {}", chart.save_figure("chapter4-loss")?);
    let confusion = score(net, test).confusion;
    let matrix = ConfusionMatrix::new("What is taken for what", &confusion);
    println!("figure: {}", matrix.save_figure("chapter4-confusion")?);
    println!("figure: {}", mistakes(net, mnist, test).save_figure("chapter4-mistakes")?);
    Ok(())
}

/// The test digits that the net is most wrong about.
fn mistakes(net: &Sequential, mnist: &Mnist, test: &Dataset) -> ImageGrid {
    let scores = net.predict(&test.images);
    let guesses = scores.argmax(-1);
    let margin = |i: usize| scores[[i, guesses[i]]] - scores[[i, test.labels[i]]];
    let mut wrong: Vec<usize> = (0..test.len()).filter(|&i| guesses[i] != test.labels[i]).collect();
    wrong.sort_by(|&a, &b| margin(b).total_cmp(&margin(a)));
    let mut grid = ImageGrid::new("What it read, and what was written", 28, 28).columns(10);
    for &i in wrong.iter().take(30) {
        grid = grid.prediction(mnist.test.image(i), guesses[i], test.labels[i]);
    }
    grid
}
