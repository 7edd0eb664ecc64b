//! Chapter 6, convolution: one product of matrices more, and a net that reads 99 digits of 100.
//!
//! `cargo run --example chapter6 -- --quick` trains on a part of the digits only.

use longhand::cli::Program;
use longhand::data::{Dataset, Mnist};
use longhand::layers::{Layer, Loss, Nll, Sequential, evaluate, summary};
use longhand::models::lenet;
use longhand::optim::{Optimizer, Sgd};
use longhand::report::{Figure, ImageGrid, LineChart, Progress, Table, grouped, measured, section};
use longhand::tape::gradcheck;
use longhand::tensor::meter::{Kind, Meter};
use longhand::tensor::reference;
use longhand::tensor::{Window, threads};
use longhand::{Result, Rng, Tensor, files, init};
use std::process::ExitCode;
use std::time::Instant;

const PROGRAM: Program = Program {
    name: "chapter6",
    title: "Chapter 6: convolution",
    about: "Windows and columns, what they cost, and a net that reads 99 digits in 100. \
            It takes about half a minute.",
    choices: &[],
    options: &[("--quick", "trains on a fifth of the digits, once")],
};

fn main() -> ExitCode {
    PROGRAM.run(|arguments| chapter(arguments.has("--quick")))
}

fn chapter(quick: bool) -> Result<()> {
    println!("{}", PROGRAM.title);
    let mnist = Mnist::load()?;
    // ANCHOR: data
    let [mut train, mut test] =
        [&mnist.train, &mnist.test].map(|digits| digits.dataset::<f32>([1, 28, 28], 255.0));
    let (mean, std) = (train.images.mean(), train.images.std());
    train.normalize(mean, std);
    test.normalize(mean, std);
    // ANCHOR_END: data

    section("A kernel");
    kernel();
    section("Columns");
    columns();
    section("And back");
    back();
    section("The gradients");
    gradients();
    section("What it costs");
    cost(&train);

    section("The net");
    let rng = &mut Rng::new(6);
    let mut net = lenet::<f32>(rng, [0.0, 0.0]);
    print!("{}", summary(&net, [1, 1, 28, 28]));

    section("Training");
    if quick {
        train = train.rows(0..12_000);
    }
    let start = Instant::now();
    let losses = fit(&mut net, &train, &test, if quick { 1 } else { EPOCHS }, rng);
    let seconds = start.elapsed().as_secs_f64();
    println!("trained in {}", measured(format_args!("{seconds:.1} s")));
    let right = accuracy(&net, &test);
    println!("test accuracy {right:.2} %");

    section("Saving");
    files::create_folder("target")?;
    // ANCHOR: save
    net.save("target/lenet.safetensors")?;
    let mut again = lenet(&mut Rng::new(0), [0.0, 0.0]);
    again.load("target/lenet.safetensors")?;
    // ANCHOR_END: save
    let bytes = std::fs::metadata("target/lenet.safetensors").map_or(0, |file| file.len() as usize);
    println!("target/lenet.safetensors: {} bytes", grouped(bytes));
    println!("read back, test accuracy {:.2} %", accuracy(&again, &test));

    section("Figures");
    draw(&net, &mnist, &train, &test, &losses)
}

/// An image of one slanted stroke, and a kernel that looks for steps from left to right.
fn kernel() {
    // ANCHOR: kernel
    let image = Tensor::new(
        [1, 1, 4, 6],
        vec![
            0.0_f32, 0.0, 0.0, 9.0, 9.0, 0.0, //
            0.0, 0.0, 0.0, 9.0, 0.0, 0.0, //
            0.0, 0.0, 9.0, 9.0, 0.0, 0.0, //
            0.0, 0.0, 9.0, 0.0, 0.0, 0.0,
        ],
    );
    let kernel = Tensor::new([1, 1, 2, 2], vec![-1.0, 1.0, -1.0, 1.0]);
    let window = Window::new([2, 2]);
    let steps = image.conv2d(&kernel, None, window);
    // ANCHOR_END: kernel
    println!("image:\n{}", image.reshape([4, 6]));
    println!("kernel:\n{}", kernel.reshape([2, 2]));
    println!("output:\n{}", steps.reshape([3, 5]));
    let same = steps.same_bits(&reference::conv2d(&image, &kernel, window));
    println!("by seven loops: {}", if same { "the same" } else { "NOT THE SAME" });
}

/// The patches of a small image, and the convolution as a product with them.
fn columns() {
    // ANCHOR: columns
    let image = Tensor::<f32>::arange(12).reshape([1, 1, 3, 4]);
    let columns = image.im2col(Window::new([2, 2])); // [images, patch, places]
    let kernels = Tensor::new([2, 4], vec![-1.0, 1.0, -1.0, 1.0, 0.25, 0.25, 0.25, 0.25]);
    let product = kernels.matmul(&columns.reshape([4, 6]));
    // ANCHOR_END: columns
    println!("image:\n{}", image.reshape([3, 4]));
    println!("columns:\n{}", columns.reshape([4, 6]));
    println!("two kernels times columns:\n{product}");
}

/// What col2im adds up, and that it is im2col's adjoint.
fn back() {
    // ANCHOR: back
    let window = Window::new([3, 3]);
    let ones = Tensor::<f64>::ones([1, 9, 16]); // the columns of a 6 × 6 image
    let seen = ones.col2im(window, [6, 6]);
    let rng = &mut Rng::new(1);
    let x = init::normal::<f64>([2, 3, 8, 7], 0.0, 1.0, rng);
    let columns = x.im2col(window);
    let y = init::normal::<f64>(columns.shape(), 0.0, 1.0, rng);
    let (left, right) = ((&columns * &y).sum(), (&x * &y.col2im(window, [8, 7])).sum());
    // ANCHOR_END: back
    println!("how many windows see each pixel:\n{}", seen.reshape([6, 6]));
    println!("⟨im2col x, y⟩ = {left:.12}");
    println!("⟨x, col2im y⟩ = {right:.12}");
}

/// Gradients of a convolution by the tape against finite differences, of first order.
fn gradients() {
    let rng = &mut Rng::new(2);
    let x = init::normal::<f64>([2, 2, 5, 6], 0.0, 1.0, rng);
    let weight = init::normal::<f64>([3, 2, 3, 2], 0.0, 1.0, rng);
    let mut table = Table::new(["window", "elements", "against finite differences"]).left(0);
    let plain = Window::new([3, 2]);
    for (name, window) in [
        ("plain", plain),
        ("stride 2", plain.stride([2, 2])),
        ("padding 1", plain.padding([1, 1])),
        ("dilation 2", plain.dilation([2, 2])),
    ] {
        // ANCHOR: gradcheck
        let report = gradcheck([&x, &weight], |[x, weight]| x.conv2d(weight, window));
        // ANCHOR_END: gradcheck
        let verdict = if report.is_right() { "agree" } else { "DISAGREE" };
        table.push([name, &report.checked.to_string(), verdict]);
    }
    print!("{table}");
}

/// Arithmetic, memory and time of the net's two convolutions.
fn cost(train: &Dataset) {
    let rng = &mut Rng::new(3);
    let window = Window::new([5, 5]);
    let first = train.rows(0..64).images;
    let second = init::normal::<f32>([64, 20, 12, 12], 0.0, 1.0, rng);
    let mut work = Table::new([
        "64 images",
        "parameters",
        "multiply-adds",
        "columns, MiB",
        "held forward",
        "held back",
    ]);
    let mut times =
        Table::new(["8 images, one thread", "seven loops", "columns written down", "as used"]);
    for (name, x, outputs) in [("1 → 20", first, 20), ("20 → 50", second, 50)] {
        let inputs = x.shape()[1];
        let weight = init::normal::<f32>([outputs, inputs, 5, 5], 0.0, 0.1, rng);
        let y = x.conv2d(&weight, None, window);
        let forward = held(|| x.conv2d(&weight, None, window));
        let size = [x.shape()[2], x.shape()[3]];
        let back = held(|| y.conv2d_input(&weight, window, size))
            .max(held(|| x.conv2d_weight(&y, window)));
        let columns = x.im2col(window);
        let mebibytes = |bytes: usize| format!("{:.2}", bytes as f64 / (1 << 20) as f64);
        work.push([
            name.to_string(),
            grouped(weight.len()),
            grouped(y.len() * inputs * 25),
            mebibytes(size_of_val(columns.data())),
            mebibytes(forward),
            mebibytes(back),
        ]);

        let few = x.slice(0, 0..8);
        let kernels = weight.reshape([outputs, inputs * 25]);
        let written = || {
            let columns = few.im2col(window);
            let [rows, cols] = [columns.shape()[1], columns.shape()[2]];
            let of = |n: usize| columns.slice(0, n..n + 1).reshape([rows, cols]);
            (0..8).map(|n| kernels.matmul(&of(n))).collect::<Vec<_>>()
        };
        let as_used = || vec![few.conv2d(&weight, None, window)];
        let loops = || vec![reference::conv2d(&few, &weight, window)];
        let timed = threads::with(1, || [time(1, loops), time(9, written), time(9, as_used)]);
        let [loops, written, as_used] = timed;
        times.push([name.to_string(), loops, written, as_used]);
    }
    print!("{}\n{}", work.left(0), times.left(0).right(1).right(2).right(3));
}

// ANCHOR: held
/// The most bytes that `f` holds besides its result, on one thread.
fn held(f: impl Fn() -> Tensor) -> usize {
    let meter = Meter::new();
    let result = threads::with(1, || meter.watch(f));
    meter.most(Kind::Scratch) - size_of_val(result.data())
}
// ANCHOR_END: held

/// The shortest of so many runs.
fn time(runs: usize, f: impl Fn() -> Vec<Tensor>) -> String {
    let run = |_| {
        let start = Instant::now();
        std::hint::black_box(f());
        start.elapsed().as_secs_f64()
    };
    let shortest = (0..runs).map(run).fold(f64::INFINITY, f64::min);
    measured(format_args!("{:.3} ms", 1e3 * shortest))
}

const EPOCHS: usize = 4;

// ANCHOR: fit
/// Descent with momentum, the step growing smaller from batch to batch until it is nothing.
/// Gives the loss of every batch.
fn fit(
    net: &mut Sequential,
    train: &Dataset,
    test: &Dataset,
    epochs: usize,
    rng: &mut Rng,
) -> Vec<f32> {
    let batches = train.batches(64);
    let steps = epochs * batches.len();
    let (mut sgd, mut loss, mut losses) = (Sgd::new(0.05).momentum(0.9), Nll::mean(), Vec::new());
    for epoch in 1..=epochs {
        let mut progress = Progress::new(&format!("epoch {epoch}"), batches.len());
        for (x, labels) in batches.shuffled(rng) {
            sgd.lr = 0.05 * (1.0 - losses.len() as f64 / steps as f64);
            let value = loss.forward(&net.forward(&x), &labels);
            net.zero_grad();
            net.backward_params(&loss.backward());
            sgd.step(net.params_mut());
            progress.step(|| format!("loss {value:.4}"));
            losses.push(value);
        }
        progress.finish();
        let mean = Tensor::vector(&losses[losses.len() - batches.len()..]).mean();
        let right = accuracy(net, test);
        println!("epoch {epoch}: training loss {mean:.4}, test accuracy {right:.2} %");
    }
    losses
}
// ANCHOR_END: fit

/// What the net takes each image for, five hundred at a time.
fn guesses(net: &Sequential, data: &Dataset) -> Vec<usize> {
    data.batches(500).in_order().flat_map(|(x, _)| net.predict(&x).argmax(-1)).collect()
}

/// How many digits in a hundred it reads right.
fn accuracy(net: &Sequential, data: &Dataset) -> f64 {
    evaluate(data, 500, &mut Nll::mean(), |x| net.predict(x)).accuracy()
}

/// Pixels from 0 for the smallest to 1 for the largest.
fn stretched(pixels: &[f32]) -> Vec<f32> {
    let least = pixels.iter().copied().fold(f32::INFINITY, f32::min);
    let most = pixels.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    pixels.iter().map(|pixel| (pixel - least) / (most - least)).collect()
}

/// Kernels made by hand, what a patch's pixels see, the kernels learnt, and what is still misread.
fn draw(
    net: &Sequential,
    mnist: &Mnist,
    train: &Dataset,
    test: &Dataset,
    losses: &[f32],
) -> Result<()> {
    let digit = train.rows(0..1).images;
    // ANCHOR: edges
    let edges = [
        ("rises right", [-1.0_f32, 0.0, 1.0, -1.0, 0.0, 1.0, -1.0, 0.0, 1.0]),
        ("rises down", [-1.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]),
        ("stands out", [-1.0, -1.0, -1.0, -1.0, 8.0, -1.0, -1.0, -1.0, -1.0]),
    ];
    let window = Window::new([3, 3]).padding([1, 1]);
    let mut sheet = ImageGrid::new("One digit through three kernels", 28, 28).columns(4);
    sheet = sheet.image(&stretched(digit.data()), "the digit");
    for (name, kernel) in edges {
        let seen = digit.conv2d(&Tensor::new([1, 1, 3, 3], kernel.to_vec()), None, window);
        sheet = sheet.image(&stretched(seen.clamp_min(0.0).data()), name);
    }
    // ANCHOR_END: edges
    println!("figure: {}", sheet.save_figure("chapter6-kernels")?);

    let columns = digit.im2col(Window::new([5, 5]));
    let mut sheet = ImageGrid::new("The 25 rows of one digit's columns", 24, 24).columns(5);
    for row in columns.data().chunks(24 * 24) {
        sheet = sheet.image(&stretched(row), "");
    }
    println!("figure: {}", sheet.save_figure("chapter6-columns")?);

    let kernels = net.params()[0].value.clone();
    let most = f64::from(kernels.abs().max());
    let sheet = ImageGrid::new("The first layer's kernels", 5, 5).columns(10);
    let mut sheet = sheet.range(-most, most);
    for kernel in kernels.data().chunks(25) {
        sheet = sheet.image(kernel, "");
    }
    println!("figure: {}", sheet.save_figure("chapter6-learnt")?);

    let per_epoch = train.batches(64).len();
    let epochs: Vec<f64> = (0..losses.len()).map(|i| (i + 1) as f64 / per_epoch as f64).collect();
    let chart = LineChart::new("The loss of each batch").x("epoch").y("loss").log_y();
    let chart = chart.noisy("training batch", &epochs, losses, 50);
    println!("figure: {}", chart.save_figure("chapter6-loss")?);

    let guesses = guesses(net, test);
    let mut sheet = ImageGrid::new("What it read, and what was written", 28, 28).columns(10);
    let wrong = (0..test.len()).filter(|&i| guesses[i] != test.labels[i]);
    for i in wrong.take(40) {
        sheet = sheet.prediction(mnist.test.image(i), guesses[i], test.labels[i]);
    }
    println!("figure: {}", sheet.save_figure("chapter6-mistakes")?);
    Ok(())
}
