//! A first tape: its table, where its pullbacks write, where a pass begins, what it gives.

use longhand::{Param, Tape, Tensor};

pub fn first_tape() {
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

pub fn recorded() {
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

pub fn two_roots() {
    // ANCHOR: roots
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::vector(&[1.0, 2.0]));
    let (y, z) = (x * x, x.exp());
    let gradients = tape
        .backward_pass()
        .root(y, Tensor::vector(&[1.0, 10.0]))
        .root(z, Tensor::vector(&[1.0, 0.0]))
        .gradients();
    println!("{}", gradients[x]);
    // ANCHOR_END: roots
}

pub fn values() {
    // ANCHOR: values
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::scalar(3.0));
    let y = x.square();
    let first = y.backward_pass().retain_graph().gradients();
    let second = y.backward();
    println!("dy/dx = {} and again {}: nothing has been added up", first[x], second[x]);
    // ANCHOR_END: values
}
