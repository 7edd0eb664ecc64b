//! Chapter 2, the forward pass: digits in, one number out, and why the first weights matter.

use longhand::by_hand::{Net, lin, mse, relu};
use longhand::cli::Program;
use longhand::data::{Digits, Mnist};
use longhand::init::{self, Fan};
use longhand::report::{Figure, Histogram, ImageGrid, LineChart, Table, section};
use longhand::{Result, Rng, Tensor};
use std::process::ExitCode;

/// Mean and standard deviation, as the tables show them.
fn moments(x: &Tensor) -> [String; 2] {
    [x.mean(), x.std()].map(|value| format!("{value:.4}"))
}

// ANCHOR: near_zero
fn check_near_zero(what: &str, value: f32) {
    assert!(value.abs() < 1e-3, "{what} is {value}, which is not near zero");
    println!("near zero: {what:<22} {value:>12.3e}");
}
// ANCHOR_END: near_zero

// ANCHOR: depth
/// The standard deviation of a random vector, before and after each of a hundred multiplications
/// by one matrix of random weights.
fn powers(std: f32, rng: &mut Rng) -> Vec<f64> {
    let a: Tensor = init::normal([512, 512], 0.0, std, rng);
    let mut x: Tensor = init::normal([1, 512], 0.0, 1.0, rng);
    let mut stds = vec![x.cast::<f64>().std()]; // x² would leave f32 long before x does
    for _ in 0..100 {
        x = x.matmul(&a);
        stds.push(x.cast::<f64>().std());
    }
    stds
}
// ANCHOR_END: depth

// ANCHOR: twenty
/// The root of the mean square of what comes out of each of twenty rectified layers.
fn twenty_layers(weights: impl Fn(&mut Rng) -> Tensor, rng: &mut Rng) -> Vec<f32> {
    let mut x: Tensor = init::normal([200, 512], 0.0, 1.0, rng);
    let b = Tensor::zeros([512]);
    let mut sizes = Vec::new();
    for _ in 0..20 {
        x = relu(&lin(&x, &weights(rng), &b));
        sizes.push(x.square().mean().sqrt());
    }
    sizes
}
// ANCHOR_END: twenty

const PROGRAM: Program = Program {
    name: "chapter2",
    title: "Chapter 2: the forward pass",
    about: "The digits of MNIST, a net's first output, and why the first weights matter. \
            It takes some seconds.",
    choices: &[],
    options: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(|_| chapter())
}

fn chapter() -> Result<()> {
    println!("{}", PROGRAM.title);

    section("The digits");
    // ANCHOR: load
    let mnist = Mnist::load()?;
    let (train, valid) = mnist.train_valid();
    let x_train = train.images::<f32>([784], 256.0);
    let x_valid = valid.images::<f32>([784], 256.0);
    // ANCHOR_END: load
    println!("to learn from {}, to validate {}", x_train.shape(), x_valid.shape());
    println!("the first ten labels: {:?}", &train.labels()[..10]);
    draw_digits(&train)?;

    section("Normalising");
    // ANCHOR: normalise
    let (mean, std) = (x_train.mean(), x_train.std());
    let x_train = (x_train - mean) / std;
    let x_valid = (x_valid - mean) / std; // the training set's mean and std: see the chapter
    // ANCHOR_END: normalise
    println!("pixels as read:  mean {mean:.4}, std {std:.4}");
    println!("training after:  mean {:.4}, std {:.4}", x_train.mean(), x_train.std());
    println!("validation after: mean {:.4}, std {:.4}", x_valid.mean(), x_valid.std());
    check_near_zero("training mean", x_train.mean());
    check_near_zero("1 − training std", 1.0 - x_train.std());

    section("A layer");
    let rng = &mut Rng::new(2);
    let (m, nh) = (784, 50);
    // ANCHOR: layer
    let w1 = init::normal([m, nh], 0.0, 1.0 / (m as f32).sqrt(), rng);
    let b1 = Tensor::zeros([nh]);
    let t = lin(&x_valid, &w1, &b1);
    // ANCHOR_END: layer
    println!("{} · {} + {} → {}", x_valid.shape(), w1.shape(), b1.shape(), t.shape());
    println!("w1 has std {:.4}; 1/√784 is {:.4}", w1.std(), 1.0 / 28.0);
    check_near_zero("w1 mean", w1.mean());
    check_near_zero("w1 std − 1/√784", w1.std() - 1.0 / 28.0);

    section("Activations");
    activations(&x_valid, &b1, rng)?;
    section("Depth");
    depth(rng)?;
    section("Twenty layers");
    starts();

    section("The model");
    // ANCHOR: model
    let net = Net::<f32>::new(m, nh, &mut Rng::new(3));
    let predictions = net.forward(&x_train);
    let y_train: Tensor =
        Tensor::new([train.len()], train.labels().iter().map(|&y| y.into()).collect());
    let loss = mse(&predictions, &y_train);
    // ANCHOR_END: model
    println!(
        "predictions {}, from {:.4} to {:.4}",
        predictions.shape(),
        predictions.min(),
        predictions.max()
    );
    println!("labels: mean {:.4}, mean square {:.4}", y_train.mean(), y_train.square().mean());
    println!("loss of always saying the mean: {:.4}", (&y_train - y_train.mean()).square().mean());
    println!("loss before training: {loss:.4}");
    Ok(())
}

/// One digit in shades of text, and forty as a figure.
fn draw_digits(train: &Digits) -> Result<()> {
    for row in train.image(0).chunks(28).skip(4).step_by(2) {
        let shade = |&pixel: &u8| [' ', '░', '▒', '▓', '█'][usize::from(pixel).div_ceil(64)];
        println!("  {}", row.iter().map(shade).collect::<String>().trim_end());
    }
    let mut grid = ImageGrid::new("The first forty training digits", 28, 28).columns(10);
    for i in 0..40 {
        grid = grid.image(train.image(i), &train.labels()[i].to_string());
    }
    println!("figure: {}", grid.save_figure("chapter2-digits")?);
    Ok(())
}

/// What a layer puts out with five kinds of weights.
fn activations(x_valid: &Tensor, b1: &Tensor, rng: &mut Rng) -> Result<()> {
    let (m, nh) = (784, 50);
    // ANCHOR: activations
    let scaled =
        |gain: f32, rng: &mut Rng| init::normal([m, nh], 0.0, gain / (m as f32).sqrt(), rng);
    let gain = init::relu_gain(0.0);
    let plain = lin(x_valid, &scaled(1.0, rng), b1);
    let rectified = relu(&lin(x_valid, &scaled(1.0, rng), b1));
    let kaiming = relu(&lin(x_valid, &scaled(gain, rng), b1));
    let fan_out = relu(&lin(x_valid, &init::kaiming_normal([m, nh], Fan::Out, gain, rng), b1));
    let shifted = relu(&lin(x_valid, &scaled(gain, rng), b1)) - 0.5;
    // ANCHOR_END: activations
    let rows = [
        ("linear, 1/√m", &plain, ["0", "1"], [".0843", "1.0086"]),
        ("relu, 1/√m", &rectified, [".399", ".584"], [".4423", ".6341"]),
        ("relu, √(2/m)", &kaiming, [".564", ".826"], [".5374", ".8135"]),
        ("kaiming, fan out", &fan_out, [".564", ".826"], [".5877", ".8654"]),
        ("relu − ½, √(2/m)", &shifted, [".064", ".826"], [".0312", ".7818"]),
    ];
    let mut table = Table::new(["", "theory", "", "notebook", "", "ours", ""]);
    table.push(["", "mean", "std", "mean", "std", "mean", "std"]);
    let mut chart = Histogram::new("What a layer puts out, by how it starts")
        .x("activation")
        .range(-3.0, 3.0)
        .bins(60)
        .ceiling(12.0);
    for (name, activations, [theory_mean, theory_std], [mean, std]) in rows {
        let [our_mean, our_std] = moments(activations);
        table.push([name, theory_mean, theory_std, mean, std, &our_mean, &our_std]);
        chart = chart.series(name, &activations.data()[..100_000]);
    }
    for column in 1..7 {
        table = table.right(column);
    }
    print!("{table}");
    println!("figure: {}", chart.save_figure("chapter2-activations")?);
    Ok(())
}

/// What becomes of a vector that is multiplied by matrices over and over.
fn depth(rng: &mut Rng) -> Result<()> {
    let mut chart = LineChart::new("A vector multiplied by a 512×512 matrix, over and over")
        .x("multiplications")
        .y("standard deviation")
        .log_y();
    for (name, std) in [("std 1", 1.0), ("std 0.01", 0.01), ("std 1/√512", 1.0 / 512_f32.sqrt())]
    {
        let stds = powers(std, rng);
        let fate =
            match (stds.iter().position(|s| !s.is_finite()), stds.iter().position(|&s| s == 0.0)) {
                (Some(step), _) => format!("overflows at step {step}"),
                (_, Some(step)) => format!("is exactly zero from step {step}"),
                _ => format!("has std {:.3} after 100", stds[100]),
            };
        println!("weights of {name:<11} {fate}");
        chart = chart.line(name, &(0..=100).collect::<Vec<i32>>(), &stds);
    }
    println!("figure: {}", chart.save_figure("chapter2-depth")?);
    Ok(())
}

/// The mean square after each of twenty layers, for three kinds of weights.
fn starts() {
    // ANCHOR: starts
    type Weights = fn(&mut Rng) -> Tensor;
    let starts: [(&str, Weights); 3] = [
        ("normal, 1/√m", |rng| init::normal([512, 512], 0.0, 1.0 / 512_f32.sqrt(), rng)),
        ("normal, √(2/m)", |rng| init::normal([512, 512], 0.0, (2.0 / 512_f32).sqrt(), rng)),
        ("uniform, ±1/√m", |rng| init::torch_default([512, 512], 512, rng)),
    ];
    // ANCHOR_END: starts
    let mut table = Table::new(["after layer", "1", "2", "5", "10", "20"]);
    for (name, weights) in starts {
        let sizes = twenty_layers(weights, &mut Rng::new(2));
        let shown = [1, 2, 5, 10, 20].map(|layer| format!("{:.2e}", sizes[layer - 1]));
        table.push([name.to_string()].into_iter().chain(shown));
    }
    for column in 1..6 {
        table = table.right(column);
    }
    print!("{table}");
}
