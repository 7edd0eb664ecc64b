//! Nets by tape: chapter 3's, to the bit; and one whose weights are stepped while the pass goes on.

use longhand::by_hand::Net;
use longhand::data::Mnist;
use longhand::optim::{Adam, Optimizer};
use longhand::report::grouped;
use longhand::{Param, Result, Rng, Tape, Tensor, init};

pub fn by_hand() -> Result<()> {
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

pub fn hook() {
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
