//! Chapter 5: derivatives by the tape, up to the third, and a net that is stepped by a hook.

use super::Journal;
use longhand::optim::{Adam, Optimizer};
use longhand::{Param, Rng, Tape, Tensor, init};

pub fn write(journal: &mut Journal) {
    journal.begin("exp(−x²) and its derivatives");
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::arange(61) / 10.0 - 3.0);
    let f = (-x.square()).exp();
    let [first] = f.sum().grad_create_graph([x]);
    let [second] = first.sum().grad_create_graph([x]);
    let [third] = second.sum().grad_create_graph([x]);
    journal.tensor("f", &f.value());
    journal.tensor("f′", &first.value());
    journal.tensor("f″", &second.value());
    journal.tensor("f‴", &third.value());
    second_order(journal);
    hook(journal);
}

/// A gradient, and the gradient of its square, through functions, a product and a division.
fn second_order(journal: &mut Journal) {
    journal.begin("the gradient of a gradient");
    let rng = &mut Rng::new(9);
    let tape = Tape::<f32>::new();
    let x = tape.leaf(init::normal([20, 30], 0.0, 1.0, rng));
    let w = tape.leaf(init::normal([30, 10], 0.0, 1.0, rng));
    let y = x.matmul(w).tanh();
    let loss = (y * y.sigmoid() / (y.square() + 1.0).sqrt()).log_sum_exp(1).mean();
    let [d_x, d_w] = loss.grad_create_graph([x, w]);
    journal.tensor("by x", &d_x.value());
    journal.tensor("by w", &d_w.value());
    let length = d_x.square().sum() + d_w.square().sum();
    let [d_x, d_w] = length.grad([x, w]);
    journal.tensor("of its square, by x", &d_x);
    journal.tensor("of its square, by w", &d_w);
}

/// Ten steps of Adam, each parameter stepped as soon as its gradient is there.
fn hook(journal: &mut Journal) {
    journal.begin("a net stepped by a hook");
    let rng = &mut Rng::new(7);
    let named = [("first", [64, 100]), ("second", [64, 64]), ("third", [10, 64])];
    let mut params: Vec<Param> =
        named.map(|(name, size)| Param::new(name, init::normal(size, 0.0, 0.1, rng))).into();
    let x: Tensor = init::normal([32, 100], 0.0, 1.0, rng);
    let labels: Vec<usize> = (0..32).map(|i| i % 10).collect();
    let (mut tape, mut adam) = (Tape::new(), Adam::new(1e-3));
    for step in 1..=10 {
        tape.clear();
        let mut h = tape.constant(x.clone());
        for weight in &params {
            h = h.matmul_nt(tape.param(weight)).tanh();
        }
        let loss = h.cross_entropy(&labels);
        journal.loss(step, loss.value().item());
        loss.backward_pass().with_hook(|id, gradient| {
            let param = params.iter_mut().find(|param| param.id() == id).expect("one of ours");
            param.set_grad(gradient);
            adam.step_param(param);
            param.zero_grad();
        });
        journal.params(step, params.iter_mut().collect());
    }
}
