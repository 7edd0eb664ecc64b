//! Chapter 3, the backward pass: five gradients by hand, finite differences that hold them, and
//! valleys to descend into.

#[allow(dead_code)] // its main prints what the chapter shows of it
#[path = "../small_net.rs"]
mod small_net;
mod step;
mod valley;

use longhand::by_hand::{Net, mse, mse_grad};
use longhand::cli::Program;
use longhand::data::{Digits, Mnist};
use longhand::report::{Table, section};
use longhand::{Result, Rng, Scalar, Tensor};
use std::process::ExitCode;

/// Normalised images `[n, 784]` and labels `[n]`.
fn prepare<T: Scalar>(digits: &Digits) -> (Tensor<T>, Tensor<T>) {
    let x = digits.images::<T>([784], 256.0);
    let (mean, std) = (x.mean(), x.std());
    let y = digits.labels().iter().map(|&y| T::from_f64(y.into())).collect();
    ((x - mean) / std, Tensor::new([digits.len()], y))
}

// ANCHOR: numeric
/// (L(θ + h) − L(θ − h)) / 2h for some elements of one of the five tensors.
fn numeric<T: Scalar>(
    net: &Net<T>,
    x: &Tensor<T>,
    y: &Tensor<T>,
    of: &str,
    at: &[usize],
    h: T,
) -> Tensor<T> {
    let loss = |element: usize, step: T| {
        let (mut net, mut x) = (net.clone(), x.clone());
        let tensor = match of {
            "w1" => &mut net.w1,
            "b1" => &mut net.b1,
            "w2" => &mut net.w2,
            "b2" => &mut net.b2,
            _ => &mut x,
        };
        tensor.data_mut()[element] += step;
        mse(&net.forward(&x), y)
    };
    let slope = |&element: &usize| (loss(element, h) - loss(element, -h)) / (h + h);
    Tensor::new([at.len()], at.iter().map(slope).collect())
}
// ANCHOR_END: numeric

/// Those elements of the gradient that stand at `at`.
fn pick<T: Scalar>(gradient: &Tensor<T>, at: &[usize]) -> Tensor<T> {
    Tensor::new([at.len()], at.iter().map(|&element| gradient.data()[element]).collect())
}

const PROGRAM: Program = Program {
    name: "chapter3",
    title: "Chapter 3: the backward pass by hand",
    about: "Five gradients by hand, and finite differences that hold them. It takes some seconds.",
    choices: &[],
    options: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(|_| chapter())
}

fn chapter() -> Result<()> {
    println!("{}", PROGRAM.title);
    let (train, _) = Mnist::load()?.train_valid();

    section("Two gradients with pencil and paper");
    // ANCHOR: two
    let n = 50_000;
    let (mut output, mut target) = (Tensor::<f32>::zeros([n, 1]), Tensor::zeros([n]));
    (output[[0, 0]], target[[0]]) = (1.1683, 5.0);
    (output[[1, 0]], target[[1]]) = (0.6230, 0.0);
    let gradient = mse_grad(&output, &target);
    // ANCHOR_END: two
    for (ŷ, y, row) in [(1.1683, 5, 0), (0.6230, 0, 1)] {
        println!("2·({ŷ:.4} − {y})/{n} = {:.4e}", gradient[[row, 0]]);
    }

    section("Forward and backward");
    let (x, y) = prepare::<f32>(&train);
    let net = Net::<f32>::new(784, 50, &mut Rng::new(3));
    // ANCHOR: backward
    let (loss, gradients) = net.forward_and_backward(&x, &y);
    // ANCHOR_END: backward
    println!("{n} images, loss {loss:.4}");
    let mut table =
        Table::new(["gradient of", "shape", "largest", "root mean square"]).left(1).right(2);
    for (name, gradient) in gradients.named() {
        let largest = format!("{:.3e}", gradient.abs().max());
        let rms = format!("{:.3e}", gradient.square().mean().sqrt());
        table.push([name.to_string(), gradient.shape().to_string(), largest, rms]);
    }
    print!("{}", table.right(3));

    section("Five checks");
    // ANCHOR: checks
    let (some, _) = train.split_at(1_000);
    let (x, y) = prepare::<f64>(&some);
    let net = Net::<f64>::new(784, 50, &mut Rng::new(3));
    let (_, gradients) = net.forward_and_backward(&x, &y);
    let rng = &mut Rng::new(33);
    for (name, gradient) in gradients.named() {
        let elements: Vec<usize> = rng.permutation(gradient.len()).into_iter().take(50).collect();
        let by_hand = pick(gradient, &elements);
        let measured = numeric(&net, &x, &y, name, &elements, 1e-6);
        assert!(by_hand.near(&measured), "{name}: {by_hand} is not near {measured}");
        println!(
            "near: {name:<5} {:>2} of {:>6} elements, largest difference {:.1e}",
            elements.len(),
            gradient.len(),
            by_hand.max_abs_diff(&measured)
        );
    }
    // ANCHOR_END: checks

    step::bend()?;
    step::cliff(&train)?;
    valley::one_parameter()?;
    valley::two_parameters()?;
    Ok(())
}
