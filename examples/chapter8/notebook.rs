//! The WTB notebook's run: its net, its batches of 6,000, its step size, its labels.

use crate::certain;
use longhand::data::{Dataset, Digits, Mnist};
use longhand::layers::{Evaluation, Layer, Loss, Nll, Sequential, evaluate, summary};
use longhand::models::lenet_of_torch;
use longhand::optim::{Optimizer, Sgd};
use longhand::report::{Figure, Histogram, Progress, Table, grouped, spread};
use longhand::wtb::notebook::{batches_admitted, batches_needed};
use longhand::wtb::{Summary, Tempered};
use longhand::{Result, Rng, Tensor};

pub const BATCH: usize = 6000;
pub const EPOCHS: usize = 3;
pub const RATE: f64 = 0.01;
pub const SEED: u32 = 1101;

/// A batch goes through the net in parts of so many images.
pub const PART: usize = 100;

/// Training and test digits under one kind of labels.
pub struct LabelSet {
    pub train: Dataset,
    pub test: Dataset,
}

// ANCHOR: labels
/// The digits, normalised as in the WTB notebook, with this part of their labels drawn anew.
pub fn label_set(mnist: &Mnist, redrawn: f64, seed: u32) -> LabelSet {
    let rng = &mut Rng::new(seed.into());
    let mut ready = |digits: &Digits| {
        let mut data = digits.with_noise(redrawn, rng).dataset::<f32>([1, 28, 28], 255.0);
        data.normalize(0.1307, 0.3081);
        data
    };
    LabelSet { train: ready(&mnist.train), test: ready(&mnist.test) }
}
// ANCHOR_END: labels

// ANCHOR: epoch
/// Shows the net all batches of `size` once, in order. `look` sees it before each step.
pub fn epoch(
    net: &mut Sequential,
    wtb: &mut Tempered<Sgd>,
    train: &Dataset,
    size: usize,
    label: &str,
    mut look: impl FnMut(&Sequential),
) -> Summary {
    let batches = train.batches(size);
    let mut progress = Progress::new(label, batches.len());
    for (images, labels) in batches.in_order() {
        net.zero_grad();
        let loss = add_gradient(net, images, labels);
        look(net);
        wtb.step(net.params_mut());
        progress.step(|| format!("loss {loss:.4}"));
    }
    wtb.end_epoch()
}

/// Adds the gradient of a batch's mean loss, a part of the batch at a time: all 6,000 images at
/// once would make the layers keep 35,000 numbers for each of them.
pub fn add_gradient(net: &mut Sequential, images: Tensor, labels: Vec<usize>) -> f32 {
    let batch = Dataset::new(images, labels);
    let mut loss = Nll::mean();
    let part = |(images, labels): (Tensor, Vec<usize>)| {
        let share = labels.len() as f32 / batch.len() as f32;
        let value = loss.forward(&net.forward(&images), &labels);
        net.backward_params(&(loss.backward() * share));
        value * share
    };
    batch.batches(PART).in_order().map(part).sum()
}
// ANCHOR_END: epoch

/// What is known after an epoch.
pub struct Epoch {
    pub train: Evaluation,
    pub test: Evaluation,
    pub summary: Summary,
    /// Each parameter tensor's name and its ratios.
    ratios: Vec<(String, Tensor)>,
    /// The gradients of some of its parameters, batch by batch.
    sample: Vec<Tensor<f64>>,
}

/// The gradients of one parameter in 43, which shares no factor with the width of a layer.
fn some_gradients(net: &Sequential) -> Tensor<f64> {
    let params = net.params();
    let gradients = params.iter().flat_map(|param| param.grad().expect("a gradient").data());
    Tensor::vector(&gradients.step_by(43).map(|&g| g.into()).collect::<Vec<f64>>())
}

/// Loss and accuracy, a part of the digits at a time.
pub fn evaluation(net: &Sequential, data: &Dataset) -> Evaluation {
    evaluate(data, PART, &mut Nll::mean(), |x| net.predict(x))
}

// ANCHOR: run
/// The notebook's three epochs, and the net that they leave.
pub fn run(labels: &LabelSet, tempers: bool) -> (Vec<Epoch>, Sequential) {
    let mut net = lenet_of_torch(SEED);
    let sgd = Sgd::new(RATE);
    let mut wtb = if tempers { Tempered::new(sgd) } else { Tempered::watching(sgd) };
    let each = |number| {
        println!("\nEpoch: {number}");
        let (label, mut sample) = (format!("epoch {number}"), Vec::new());
        let keep = |net: &Sequential| sample.push(some_gradients(net));
        let summary = epoch(&mut net, &mut wtb, &labels.train, BATCH, &label, keep);
        let train = evaluation(&net, &labels.train);
        println!("training set: {train}");
        let test = evaluation(&net, &labels.test);
        println!("test set: {test}");
        let ratio = |(name, param)| Some((name, wtb.snr(param)?.clone()));
        let ratios = net.named_params().into_iter().filter_map(ratio).collect();
        Epoch { train, test, summary, ratios, sample }
    };
    ((1..=EPOCHS).map(each).collect(), net)
}
// ANCHOR_END: run

/// What the WTB notebook printed: loss and hits on the training set, then on the test set.
pub const NOTEBOOK: [[(f64, usize); 2]; EPOCHS] = [
    [(2.2810, 10_020), (2.2791, 1717)],
    [(2.2514, 16_647), (2.2490, 2920)],
    [(2.2190, 24_978), (2.2161, 4297)],
];
/// The part of its parameters that upstream tempered after each epoch.
const UPSTREAM: [&str; EPOCHS] = [".116", ".114", ".116"];

pub fn beside_the_notebook(run: &[Epoch]) {
    let mut table = Table::new([
        "epoch",
        "training loss",
        "notebook",
        "hits",
        "notebook",
        "tempered",
        "upstream",
    ]);
    for (i, epoch) in run.iter().enumerate() {
        let [(loss, hits), _] = NOTEBOOK[i];
        table.push([
            format!("{}", i + 1),
            format!("{:.4}", epoch.train.loss),
            format!("{loss:.4}"),
            grouped(epoch.train.correct()),
            grouped(hits),
            format!("{:.3}", epoch.summary.fraction()),
            UPSTREAM[i].to_string(),
        ]);
    }
    print!("\n{table}");
    println!("\nafter epoch {}: {}", run.len(), run[run.len() - 1].summary);
}

pub fn layers(run: &[Epoch]) -> Result<()> {
    let mut table =
        Table::new(["parameter", "numbers", "after epoch 1", "after epoch 2", "after epoch 3"]);
    for (i, (name, ratios)) in run[0].ratios.iter().enumerate() {
        let tempered = run.iter().map(|epoch| {
            let below = epoch.ratios[i].1.data().iter().filter(|&&s| s < 1.0).count();
            format!("{:.3}", below as f64 / ratios.len() as f64)
        });
        table.push([name.clone(), grouped(ratios.len())].into_iter().chain(tempered));
    }
    print!("{table}");

    let mut chart = Histogram::new("The ratio of signal to noise, layer by layer")
        .x("powers of two: at 0 signal and noise are equal")
        .range(-6.0, 8.0)
        .bins(70);
    let weights = run[0].ratios.iter().enumerate().filter(|(_, (name, _))| name.contains("weight"));
    for ((i, _), name) in weights.zip(["convolution 1", "convolution 2", "linear 1", "linear 2"]) {
        chart = chart.panel(name);
        for (number, epoch) in (1..).zip(run) {
            let logarithms = epoch.ratios[i].1.ln() / std::f32::consts::LN_2;
            chart = chart.series(&format!("epoch {number}"), logarithms.data());
        }
    }
    println!("\nfigure: {}", chart.save_figure("chapter8-ratios")?);
    Ok(())
}

/// torchsummary's sizes of the net, as it counts and in full.
pub fn sizes() {
    // ANCHOR: sizes
    let all = summary(&lenet_of_torch(SEED), [1, 1, 28, 28]);
    let modules = all.only(&["Conv2d", "Dropout", "Linear"]);
    // ANCHOR_END: sizes
    print!("{modules}");
    let last = |table: String| table.lines().last().map(String::from).unwrap_or_default();
    println!("\nwith every layer:\n{}", last(all.to_string()));
}

/// What the notebook's loop admits if it is asked for fewer images than there are.
pub fn one_too_many() {
    let mut table =
        Table::new(["images wanted", "batches needed", "admitted", "in the loader", "images seen"]);
    for samples in [6_000, 30_000, 33_000, 60_000] {
        let (admitted, loader) = (batches_admitted(samples, BATCH), batches_needed(60_000, BATCH));
        let seen = BATCH * admitted.min(loader);
        let cells = [batches_needed(samples, BATCH), admitted, loader].map(|n| n.to_string());
        table.push([grouped(samples)].into_iter().chain(cells).chain([grouped(seen)]));
    }
    print!("{table}");
}

/// How the test loss would be with the same net and other wrong labels.
pub fn other_draws(net: &Sequential, mnist: &Mnist) {
    const DRAWS: usize = 1000;
    let clean = label_set(mnist, 0.0, SEED).test;
    let parts = clean.batches(PART);
    let outputs: Vec<Tensor> = parts.in_order().map(|(images, _)| net.predict(&images)).collect();
    let output = Tensor::concat(&outputs.iter().collect::<Vec<_>>(), 0);
    let rng = &mut Rng::new(SEED.into());
    let draw = |_| {
        let labels = mnist.test.with_noise(0.1, rng);
        let labels: Vec<usize> = labels.labels().iter().map(|&label| label.into()).collect();
        f64::from(Nll::mean().forward(&output, &labels))
    };
    let losses: Vec<f64> = (0..DRAWS).map(draw).collect();
    println!(
        "test loss of this net under {} draws of the wrong labels: {}; the notebook's: {:.4}",
        grouped(DRAWS),
        spread(&losses, 4),
        NOTEBOOK[EPOCHS - 1][1].0
    );
}

/// How certain the ratios of the last epoch are, and how many are below 1 with B − 1 for B.
pub fn certainty(run: &[Epoch]) {
    let Epoch { ratios, sample, .. } = &run[run.len() - 1];
    // B − 1 makes the ratio smaller by this. What spoke up once then has the ratio 1, but for rounding.
    let b = sample.len() as f32;
    let bound = (b / (b - 1.0)).sqrt() * (1.0 - 1e-6);
    let all = || ratios.iter().flat_map(|(_, ratios)| ratios.data());
    for (name, bound) in [("B", 1.0), ("B − 1", bound)] {
        let below = all().filter(|&&ratio| ratio < bound).count();
        let part = below as f64 / all().count() as f64;
        println!("tempered with {name} in the variance: {} ({part:.3})", grouped(below));
    }
    println!();
    certain::on_a_net(sample);
}
