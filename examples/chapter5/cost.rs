//! What a step by tape costs beside one by hand, and what an entry costs by itself.

use longhand::layers::{CrossEntropy, Layer, Linear, Loss, Relu, Sequential};
use longhand::optim::{Optimizer, Sgd};
use longhand::report::measured;
use longhand::{Param, Rng, Tape, Tensor, init, sequential};
use std::time::Instant;

pub fn cost() {
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
