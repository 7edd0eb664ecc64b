//! Chapter 4, layers, modules, training: from functions to a net that reads digits.

use longhand::by_hand::Net;
use longhand::by_hand::refactor::{Model, three_ways};
use longhand::cli::Program;
use longhand::data::{Dataset, Mnist};
use longhand::layers::{CrossEntropy, Layer, Linear, Loss, Relu, Sequential, evaluate, summary};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::report::{Figure, ImageGrid, LineChart, Progress, Table, measured, section};
use longhand::{Result, Rng, Tensor, sequential};
use std::process::ExitCode;
use std::time::Instant;

const PROGRAM: Program = Program {
    name: "chapter4",
    title: "Chapter 4: layers, modules, training",
    about: "Three refactors, cross-entropy, Adam, and a net that reads 97 digits in 100. \
            It takes some seconds.",
    choices: &[],
    options: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(|_| chapter())
}

fn chapter() -> Result<()> {
    println!("{}", PROGRAM.title);
    let mnist = Mnist::load()?;
    let (train, valid) = mnist.train_valid();
    // ANCHOR: data
    let [mut train, mut valid, mut test] =
        [train, valid, mnist.test.clone()].map(|digits| digits.dataset::<f32>([784], 256.0));
    let raw = [train.clone(), valid.clone()];
    let (mean, std) = (train.images.mean(), train.images.std());
    for part in [&mut train, &mut valid, &mut test] {
        part.normalize(mean, std);
    }
    // ANCHOR_END: data

    section("Three refactors");
    refactors(&train);

    section("One epoch");
    one_epoch(&raw, &[train.clone(), valid.clone()]);

    section("The net");
    // ANCHOR: net
    let rng = &mut Rng::new(4);
    let mut net =
        sequential![Linear::<f32>::new(784, 128, rng), Relu::new(), Linear::new(128, 10, rng)];
    // ANCHOR_END: net
    print!("{}", summary(&net, [64, 784]));

    section("Training");
    let start = Instant::now();
    let losses = fit(&mut net, &train, &valid, rng);
    let accuracy = accuracy(&net, &test);
    let seconds = start.elapsed().as_secs_f64();
    println!("trained in {}", measured(format_args!("{seconds:.1} s")));
    println!("test accuracy {accuracy:.2} %");

    section("Figures");
    let per_epoch = train.batches(64).len();
    let epochs: Vec<f64> = (0..losses.len()).map(|i| (i + 1) as f64 / per_epoch as f64).collect();
    let chart = LineChart::new("The loss of each batch")
        .x("epoch")
        .y("cross-entropy")
        .log_y()
        .noisy("training batch", &epochs, &losses, 50);
    println!("figure: {}", chart.save_figure("chapter4-loss")?);
    println!("figure: {}", mistakes(&net, &mnist, &test).save_figure("chapter4-mistakes")?);
    Ok(())
}

/// The same gradients three times over, and what each way costs.
fn refactors(train: &Dataset) {
    let x = &train.images;
    let y = Tensor::new([train.len()], train.labels.iter().map(|&label| label as f32).collect());
    let net = Net::<f32>::new(784, 50, &mut Rng::new(3));
    let (_, functions) = net.forward_and_backward(x, &y);
    let mut table = Table::new(["weight gradient by", "forward", "backward", "notebook", "agrees"]);
    for ((way, weight_gradient), notebook) in
        three_ways().into_iter().zip(["6480 ms", "1310 ms", "163 ms"])
    {
        let mut model = Model::new(&net, weight_gradient);
        let start = Instant::now();
        model.forward(x, &y);
        let forward = start.elapsed();
        let gradients = model.backward();
        let backward = start.elapsed() - forward;
        let agree = gradients
            .named()
            .iter()
            .zip(functions.named())
            .all(|((_, ours), (_, theirs))| ours.near(theirs));
        let ms = |time: std::time::Duration| {
            measured(format_args!("{:.1} ms", time.as_secs_f64() * 1e3))
        };
        let verdict = if agree { "all five" } else { "NO" };
        table.push([way, &ms(forward), &ms(backward), notebook, verdict]);
    }
    print!("{}", table.right(1).right(2).right(3));
}

// ANCHOR: epoch
/// Shows the net every training digit once, in a new order. Gives the loss of each batch.
fn epoch(
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

/// A small net for one epoch: raw or normalised pixels, and three optimizers.
fn one_epoch(raw: &[Dataset; 2], normalised: &[Dataset; 2]) {
    let descent = |lr| Box::new(Sgd::new(lr));
    let runs: [(&str, &[Dataset; 2], Box<dyn Optimizer>); 5] = [
        ("raw pixels, descent, lr 0.5", raw, descent(0.5)),
        ("normalised, descent, lr 0.5", normalised, descent(0.5)),
        ("normalised, descent, lr 0.1", normalised, descent(0.1)),
        ("normalised, momentum 0.9, lr 0.05", normalised, Box::new(Sgd::new(0.05).momentum(0.9))),
        ("normalised, Adam, lr 0.001", normalised, Box::new(Adam::new(0.001))),
    ];
    let mut table = Table::new(["784-50-10, one epoch", "training loss", "validation accuracy"]);
    for (name, [train, valid], mut optimizer) in runs {
        let rng = &mut Rng::new(40);
        let mut net =
            sequential![Linear::<f32>::new(784, 50, rng), Relu::new(), Linear::new(50, 10, rng)];
        let losses = epoch(&mut net, &mut *optimizer, train, rng, name);
        let right = format!("{:.2} %", accuracy(&net, valid));
        table.push([name.to_string(), format!("{:.4}", Tensor::vector(&losses).mean()), right]);
    }
    print!("{}", table.right(2));
}

// ANCHOR: fit
/// Five epochs with momentum, each with half the step size of the one before it.
/// Gives the loss of every batch.
fn fit(net: &mut Sequential, train: &Dataset, valid: &Dataset, rng: &mut Rng) -> Vec<f32> {
    let mut sgd = Sgd::new(0.05).momentum(0.9);
    let mut losses = Vec::new();
    for number in 1..=5 {
        let fresh = epoch(net, &mut sgd, train, rng, &format!("epoch {number}"));
        let (mean, right) = (Tensor::vector(&fresh).mean(), accuracy(net, valid));
        println!("epoch {number}: training loss {mean:.4}, validation accuracy {right:.2} %");
        losses.extend(fresh);
        sgd.lr *= 0.5;
    }
    losses
}
// ANCHOR_END: fit

/// How many digits in a hundred it reads right.
fn accuracy(net: &Sequential, data: &Dataset) -> f64 {
    evaluate(data, 1000, &mut CrossEntropy::mean(), |x| net.predict(x)).accuracy()
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
