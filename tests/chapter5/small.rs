//! The tape that a reader types, against the crate's: values, first and second derivatives.

use super::common::{assert_near, normal, panic_of};
use longhand::{Tape, Tensor};

#[path = "../../examples/small_tape.rs"]
#[allow(dead_code)]
mod small_tape;

use small_tape::small_tensor::Tensor as SmallTensor;
use small_tape::{Tape as SmallTape, Var as SmallVar, gradcheck};

fn small(x: &Tensor<f64>) -> SmallTensor {
    SmallTensor::new(&x.shape(), x.data().to_vec())
}

fn large(x: &SmallTensor) -> Tensor<f64> {
    Tensor::new(&x.shape[..], x.data.clone())
}

/// Input, two weights, a bias and a column that broadcasts; and for each a tensor of its shape.
fn tensors() -> [[Tensor<f64>; 5]; 2] {
    let shapes: [&[usize]; 5] = [&[3, 5], &[5, 4], &[4], &[4, 4], &[3, 1]];
    let draw = |first: u64| {
        let mut seed = first;
        shapes.map(|shape| {
            seed += 1;
            normal(shape, seed)
        })
    };
    [draw(0), draw(10)]
}

/// By the small tape: a loss, its gradients, and those of a weighted sum of these gradients.
fn by_small_tape(tanh: bool) -> Vec<Tensor<f64>> {
    let [inputs, directions] = tensors();
    let tape = SmallTape::default();
    let xs = inputs.map(|x| tape.leaf(small(&x)));
    let [x, w1, b1, w2, column] = xs;
    let hidden = x.matmul(w1) + b1;
    let hidden = if tanh { hidden.tanh() } else { hidden.relu() };
    let out = hidden.matmul(w2) * column + hidden.matmul(w2.t());
    let loss = (out * out).sum_to(&[]);
    let first = loss.grad(&xs);
    let along = directions.iter().zip(&first).map(|(v, &g)| (g * tape.leaf(small(v))).sum_to(&[]));
    let second = along.reduce(|a, b| a + b).unwrap().grad(&xs);
    [loss].into_iter().chain(first).chain(second).map(|var| large(&var.value())).collect()
}

/// The same by the crate's.
fn by_tape(tanh: bool) -> Vec<Tensor<f64>> {
    let [inputs, directions] = tensors();
    let tape = Tape::new();
    let xs = inputs.map(|x| tape.leaf(x));
    let [x, w1, b1, w2, column] = xs;
    let hidden = x.matmul(w1) + b1;
    let hidden = if tanh { hidden.tanh() } else { hidden.relu() };
    let out = hidden.matmul(w2) * column + hidden.matmul_nt(w2);
    let loss = (out * out).sum();
    let first = loss.grad_create_graph(xs);
    // The second pass will free them.
    let values = [loss].into_iter().chain(first).map(|var| var.value()).collect::<Vec<_>>();
    let along = directions.iter().zip(first).map(|(v, g)| (g * tape.constant(v.clone())).sum());
    let second = along.reduce(|a, b| a + b).unwrap().grad(xs);
    values.into_iter().chain(second).collect()
}

const NAMES: [&str; 11] = [
    "loss",
    "dL/dx",
    "dL/dw1",
    "dL/db1",
    "dL/dw2",
    "dL/dcolumn",
    "second, x",
    "second, w1",
    "second, b1",
    "second, w2",
    "second, column",
];

#[test]
fn the_small_tape_agrees_with_the_crates() {
    for tanh in [false, true] {
        let (ours, theirs) = (by_small_tape(tanh), by_tape(tanh));
        for ((name, ours), theirs) in NAMES.into_iter().zip(&ours).zip(&theirs) {
            assert_near(name, ours, theirs, 1e-12);
            // std's tanh is not the crate's, and second derivatives add up in another order.
            let exact = !tanh && name.starts_with("dL");
            assert!(!exact || ours.same_bits(theirs), "{name}: other bits");
            assert!(ours.data().iter().any(|&x| x != 0.0), "{name}: all zero proves nothing");
        }
    }
}

#[test]
fn its_gradcheck_measures() {
    fn smooth(x: SmallVar<'_>) -> SmallVar<'_> {
        (x * x.tanh()).sum_to(&[])
    }
    fn rectified(x: SmallVar<'_>) -> SmallVar<'_> {
        x.relu().sum_to(&[])
    }
    let at = |x: &[f64]| SmallTensor::new(&[x.len()], x.to_vec());
    assert!(gradcheck(&at(&[-1.5, -0.2, 0.5, 3.0]), smooth) < 1e-9);
    assert!(gradcheck(&at(&[-1.5, 3.0]), rectified) < 1e-9);
    // On a kink the measurement is the mean of both sides.
    assert_near(
        "kink",
        &Tensor::scalar(gradcheck(&at(&[-1.5, 0.0]), rectified)),
        &Tensor::scalar(0.5),
        1e-9,
    );
}

#[test]
fn only_a_number_has_a_gradient() {
    let tape = SmallTape::default();
    let x = tape.leaf(SmallTensor::new(&[2], vec![1.0, 2.0]));
    assert!(panic_of(|| x.grad(&[x])).contains("only a number"));
    // What did not go into it has the gradient 0.
    let unused = tape.leaf(SmallTensor::new(&[2], vec![1.0, 2.0]));
    let y = (x * x).sum_to(&[]);
    assert_eq!(y.grad(&[unused])[0].value().data, [0.0, 0.0]);
    assert_eq!(y.grad(&[x])[0].value().data, [2.0, 4.0]);
}
