//! Chapter 5, the tape: write the forward pass, and derivatives of every order follow.

use longhand::by_hand::Net;
use longhand::cli::Program;
use longhand::data::Mnist;
use longhand::layers::{CrossEntropy, Layer, Linear, Loss, Relu, Sequential};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::report::{Figure, LineChart, Table, grouped, measured, section};
use longhand::tape::{Var, gradcheck, gradgradcheck};
use longhand::{Param, Result, Rng, Tape, Tensor, init, sequential};
use std::process::ExitCode;
use std::time::Instant;

const PROGRAM: Program = Program {
    name: "chapter5",
    title: "Chapter 5: the tape",
    about: "A tape that differentiates, to any order, and a check that holds it. It takes some seconds.",
    choices: &[],
    options: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(|_| chapter())
}

fn chapter() -> Result<()> {
    println!("{}", PROGRAM.title);

    section("A first tape");
    first_tape();

    section("Why order matters");
    order();

    section("Gradients are values");
    values();

    section("Where pullbacks are recorded");
    recorded();

    section("A function and three derivatives");
    derivatives()?;

    section("Checking gradients");
    checking();

    section("The net of chapter 3");
    by_hand()?;

    section("A hook for each parameter");
    hook();

    section("What it costs");
    cost();
    Ok(())
}

fn first_tape() {
    // ANCHOR: first
    let weight = Param::new("weight", Tensor::new([2, 3], vec![0.1, 0.2, 0.3, -0.3, -0.2, -0.1]));
    let bias = Param::new("bias", Tensor::vector(&[0.5_f32, -0.5]));
    let tape = Tape::new();
    let x = tape.constant(Tensor::new([1, 3], vec![1.0, 2.0, 3.0]));
    let y = (x.matmul_nt(tape.param(&weight)) + tape.param(&bias)).tanh();
    let loss = y.square().sum();
    print!("{tape}");
    // ANCHOR_END: first
    println!("\nloss {:.4}", loss.value().item());
    // ANCHOR: first_backward
    let gradients = loss.backward();
    for param in [&weight, &bias] {
        println!("dL/d({}):\n{}", param.name, gradients.of(param).expect("the loss depends on it"));
    }
    // ANCHOR_END: first_backward
    println!("\nafter the backward pass:\n{tape}");
}

// ANCHOR: naive
/// A list of sums: entry i adds up the entries `inputs[i]`. Entry 0 is the leaf.
struct Sums(Vec<Vec<usize>>);

impl Sums {
    /// Depth first: whenever something arrives at an entry, its gradient is passed on at once.
    fn depth_first(&self, entry: usize, arriving: u64, gradients: &mut [u64], visits: &mut u64) {
        *visits += 1;
        gradients[entry] += arriving;
        for &input in &self.0[entry] {
            self.depth_first(input, gradients[entry], gradients, visits);
        }
    }

    /// The list backwards: an entry is passed when everything that uses it has been.
    fn in_order(&self, gradients: &mut [u64], visits: &mut u64) {
        gradients[self.0.len() - 1] = 1;
        for entry in (0..self.0.len()).rev() {
            *visits += 1;
            for &input in &self.0[entry] {
                gradients[input] += gradients[entry];
            }
        }
    }
}
// ANCHOR_END: naive

fn order() {
    println!("b = a + a, c = b + b, and so on: each entry is twice the one before.\n");
    let mut table =
        Table::new(["doublings", "dy/da", "depth first", "its visits", "list", "its visits"]);
    for doublings in [1, 2, 3, 10] {
        let sums = Sums(
            (0..=doublings).map(|i: usize| if i == 0 { vec![] } else { vec![i - 1; 2] }).collect(),
        );
        let (mut naive, mut ordered) = (vec![0; doublings + 1], vec![0; doublings + 1]);
        let (mut naive_visits, mut visits) = (0, 0);
        sums.depth_first(doublings, 1, &mut naive, &mut naive_visits);
        sums.in_order(&mut ordered, &mut visits);
        // ANCHOR: doublings
        let tape = Tape::<f64>::new();
        let a = tape.leaf(Tensor::scalar(1.0));
        let y = (0..doublings).fold(a, |b, _| b + b);
        let right = y.backward()[a].item();
        // ANCHOR_END: doublings
        let numbers = [right as u64, naive[0], naive_visits, ordered[0], visits];
        table.push([doublings.to_string()].into_iter().chain(numbers.map(|n| grouped(n as usize))));
    }
    print!("{table}");
}

fn values() {
    // ANCHOR: values
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::scalar(3.0));
    let y = x.square();
    let first = y.backward_pass().retain_graph().gradients();
    let second = y.backward();
    println!("dy/dx = {} and again {}: nothing has been added up", first[x], second[x]);
    // ANCHOR_END: values
}

fn recorded() {
    // ANCHOR: recorded
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::scalar(0.5));
    let y = x.tanh();
    println!("forward:              {:2} entries", tape.len());
    let _ = y.backward_pass().retain_graph().gradients();
    println!("backward, on scratch: {:2} entries", tape.len());
    let [slope] = y.grad_create_graph([x]);
    println!("backward, on tape:    {:2} entries", tape.len());
    let y = y.value().item();
    let [curvature] = slope.grad([x]);
    // ANCHOR_END: recorded
    println!(
        "\ntanh″ = {:.12}, and −2y(1 − y²) = {:.12}",
        curvature.item(),
        -2.0 * y * (1.0 - y * y)
    );
}

fn derivatives() -> Result<()> {
    // ANCHOR: derivatives
    let tape = Tape::<f64>::new();
    let points: Vec<f64> = (-300..=300).map(|i| f64::from(i) / 100.0).collect();
    let x = tape.leaf(Tensor::vector(&points));
    let f = (-x.square()).exp();
    let [first] = f.sum().grad_create_graph([x]);
    let [second] = first.sum().grad_create_graph([x]);
    let [third] = second.sum().grad_create_graph([x]);
    // ANCHOR_END: derivatives
    println!("f = exp(−x²), recorded once; {} entries after three backward passes\n", tape.len());
    // Every derivative is a polynomial times f.
    let bell = f.value();
    let mut table = Table::new(["", "at x = ½", "formula", "largest difference"]);
    let mut compare = |name: &str, ours: Var<'_, f64>, polynomial: fn(f64) -> f64| {
        let formula = x.value().map(polynomial) * &bell;
        let at = points.iter().position(|&x| x == 0.5).expect("one of the points");
        table.push([
            name.to_string(),
            format!("{:.9}", ours.value().data()[at]),
            format!("{:.9}", formula.data()[at]),
            format!("{:.1e}", ours.value().max_abs_diff(&formula)),
        ]);
    };
    compare("f′ = −2x·f", first, |x| -2.0 * x);
    compare("f″ = (4x² − 2)·f", second, |x| 4.0 * x * x - 2.0);
    compare("f‴ = (12x − 8x³)·f", third, |x| 12.0 * x - 8.0 * x * x * x);
    print!("{table}");
    let chart = LineChart::new("f(x) = exp(−x²) and its first three derivatives")
        .x("x")
        .line("f", &points, bell.data())
        .line("f′", &points, first.value().data())
        .line("f″", &points, second.value().data())
        .line("f‴", &points, third.value().data());
    println!("\nfigure: {}", chart.save_figure("chapter5-derivatives")?);
    Ok(())
}

// ANCHOR: mistake
/// tanh with a slip in its pullback: 1 − y where 1 − y² belongs.
fn wrong_tanh<'t>(x: Var<'t, f64>) -> Var<'t, f64> {
    let value = x.value().tanh();
    x.tape().operation("wrong tanh", [x], value, |[_], y, g| [Some(g * (1.0 - y))])
}
// ANCHOR_END: mistake

fn checking() {
    // ANCHOR: checking
    let a = init::normal([3, 4], 0.0, 1.0, &mut Rng::new(5));
    let b = init::normal([4, 2], 0.0, 1.0, &mut Rng::new(6));
    let net = gradcheck([&a, &b], |[a, b]| a.matmul(b).tanh().log_softmax());
    let second = gradgradcheck([&a, &b], |[a, b]| a.matmul(b).tanh().log_softmax());
    let mistake = gradcheck([&Tensor::scalar(0.5)], |[x]| wrong_tanh(x));
    let kink = gradcheck([&Tensor::scalar(0.0)], |[x]| x.relu());
    // ANCHOR_END: checking
    print!("a small net, first derivatives:\n{net}");
    print!("\nits second derivatives:\n{second}");
    print!("\na slip in a pullback, at x = ½:\n{mistake}");
    print!("\nReLU on its kink, at x = 0:\n{kink}");
}

fn by_hand() -> Result<()> {
    let (digits, _) = Mnist::load()?.train.split_at(1_000);
    let x = digits.images::<f32>([784], 256.0);
    let (mean, std) = (x.mean(), x.std());
    let x = (x - mean) / std;
    let y = Tensor::new([digits.len()], digits.labels().iter().map(|&y| f32::from(y)).collect());
    let net = Net::<f32>::new(784, 50, &mut Rng::new(3));
    // ANCHOR: net
    let tape = Tape::new();
    let [w1, b1, w2, b2, inp] =
        [&net.w1, &net.b1, &net.w2, &net.b2, &x].map(|t| tape.leaf(t.clone()));
    let out = (inp.matmul(w1) + b1).relu().matmul(w2) + b2;
    let loss = out.squeeze(-1).mse(tape.constant(y.clone()));
    let gradients = loss.backward();
    // ANCHOR_END: net
    let (loss_by_hand, by_hand) = net.forward_and_backward(&x, &y);
    println!("loss {:.4} by tape, {loss_by_hand:.4} by hand", loss.value().item());
    for ((name, by_hand), var) in by_hand.named().into_iter().zip([w2, b2, w1, b1, inp]) {
        let same = gradients[var].same_bits(by_hand);
        let verdict = if same { "the same bits" } else { "DIFFERENT" };
        println!("{name:<5}  {:>7} elements: {verdict}", grouped(by_hand.len()));
    }
    Ok(())
}

fn hook() {
    let rng = &mut Rng::new(7);
    let names = ["first weight", "second weight", "third weight"];
    let sizes = [[64, 100], [64, 64], [10, 64]];
    let weights = names
        .into_iter()
        .zip(sizes)
        .map(|(name, size)| Param::new(name, init::normal(size, 0.0, 0.1, rng)));
    let mut params: Vec<Param> = weights.collect();
    let places: Vec<_> = params.iter().map(|param| param.value.data().as_ptr()).collect();
    let x = init::normal([32, 100], 0.0, 1.0, rng);
    let labels: Vec<usize> = (0..32).map(|i| i % 10).collect();
    // ANCHOR: hook
    let tape = Tape::new();
    let mut h = tape.constant(x);
    for weight in &params {
        h = h.matmul_nt(tape.param(weight)).tanh();
    }
    let loss = h.cross_entropy(&labels);
    println!("forward: the tape holds {} bytes", grouped(tape.bytes()));
    let mut adam = Adam::new(1e-3);
    loss.backward_pass().with_hook(|id, gradient| {
        let number = params.iter().position(|param| param.id() == id).expect("one of ours");
        let param = &mut params[number];
        param.set_grad(gradient);
        adam.step_param(param);
        param.zero_grad();
        let in_place = param.value.data().as_ptr() == places[number];
        let how = if in_place { "in place" } else { "in a COPY" };
        println!("{} stepped {how}; the tape holds {} bytes", param.name, grouped(tape.bytes()));
    });
    // ANCHOR_END: hook
}

fn cost() {
    let rng = &mut Rng::new(8);
    let mut net =
        sequential![Linear::<f32>::new(784, 128, rng), Relu::new(), Linear::new(128, 10, rng)];
    let copy = |param: &Param| Param::new(param.name, param.value.clone());
    let mut params: Vec<Param> = net.params().into_iter().map(copy).collect();
    let x = init::normal([64, 784], 0.0, 1.0, rng);
    let labels: Vec<usize> = (0..64).map(|i| i % 10).collect();
    let (mut tape, mut loss) = (Tape::new(), CrossEntropy::mean());
    let (mut one, mut other) = (Sgd::new(0.1), Sgd::new(0.1));
    let (mut hand, mut taped) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        hand.push(timed(|| step_by_hand(&mut net, &mut loss, &mut one, &x, &labels)));
        taped.push(timed(|| step_by_tape(&mut tape, &mut params, &mut other, &x, &labels)));
    }
    let same = net.params().iter().zip(&params).all(|(a, b)| a.value.same_bits(&b.value));
    let (hand, taped) = (median(hand), median(taped));
    println!(
        "784-128-10, batch of 64, one step: {} by hand, {} by tape",
        measured(format_args!("{:.0} µs", hand * 1e6)),
        measured(format_args!("{:.0} µs", taped * 1e6))
    );
    println!("the tape's step takes {} as long", measured(format_args!("{:.2} ×", taped / hand)));
    println!("weights after 200 steps: {}", if same { "the same bits" } else { "DIFFERENT" });

    let seconds = timed(|| {
        let tape = Tape::<f32>::new();
        let x = tape.leaf(Tensor::scalar(1.0));
        let y = (0..100_000).fold(x, |y, _| -y);
        assert_eq!(y.backward()[x].item(), 1.0);
    });
    let time = measured(format_args!("{:.1} ms", seconds * 1e3));
    println!("100,000 entries, forward and backward: {time}");
}

fn timed(f: impl FnOnce()) -> f64 {
    let start = Instant::now();
    f();
    start.elapsed().as_secs_f64()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn step_by_hand(
    net: &mut Sequential,
    loss: &mut CrossEntropy,
    sgd: &mut Sgd,
    x: &Tensor,
    labels: &[usize],
) {
    loss.forward(&net.forward(x), labels);
    net.zero_grad();
    net.backward_params(&loss.backward());
    sgd.step(net.params_mut());
}

// ANCHOR: step
/// A training step by tape: record, go back, let the optimizer step.
fn step_by_tape(
    tape: &mut Tape,
    params: &mut [Param],
    sgd: &mut Sgd,
    x: &Tensor,
    labels: &[usize],
) {
    tape.clear();
    let [w1, b1, w2, b2] = [0, 1, 2, 3].map(|i| tape.param(&params[i]));
    let scores = tape.constant(x.clone()).linear(w1, b1).relu().linear(w2, b2);
    let gradients = scores.cross_entropy(labels).backward();
    params.iter_mut().for_each(|param| param.zero_grad());
    gradients.write_to(params.iter_mut());
    sgd.step(params.iter_mut().collect());
}
// ANCHOR_END: step
