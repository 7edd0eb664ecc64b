//! What must come out the same, and does.

use crate::nets::{
    CONVOLUTIONAL, Case, Fresh, NOTEBOOK, Training, Way, adam, batch, equal, momentum, notebook_net,
};
use longhand::layers::{Layer, Linear, Relu};
use longhand::optim::{Adam, Optimizer};
use longhand::report::Table;
use longhand::tape::Var;
use longhand::{Param, Rng, Tape, Tensor, init, mebp, sequential};

/// One Adam for all parameters, or one for each layer; and a layer that is left out.
pub fn optimizers() {
    let (mut same, mut without_first) = (0, 0);
    for trial in 0..10 {
        let x = batch(&[1, 50], 100 + trial);
        // ANCHOR: optimizers
        let [mut one, mut many, mut control] = [(); 3].map(|()| notebook_net(trial));
        for net in [&mut one, &mut many, &mut control] {
            let d_output = (NOTEBOOK.d_output)(&net.forward(&x), trial);
            net.backward_params(&d_output);
        }
        Adam::new(1e-3).step(one.params_mut());
        for layer in many.layers.iter_mut().rev() {
            Adam::new(1e-3).step(layer.params_mut());
        }
        for layer in control.layers[1..].iter_mut().rev() {
            Adam::new(1e-3).step(layer.params_mut());
        }
        // ANCHOR_END: optimizers
        same += usize::from(equal(&one, &many));
        without_first += usize::from(equal(&one, &control));
    }
    println!("one Adam for the net, one for each layer:  {same} of 10 nets equal");
    println!("the first layer's left out:                {without_first} of 10 nets equal");
}

pub fn chain_rule() {
    let mut same = [0; 2];
    for trial in 0..10 {
        let rng = &mut Rng::new(200 + trial);
        let [z0, up] = [[2, 5], [2, 3]].map(|shape| init::normal::<f32>(shape, 0.0, 1.0, rng));
        let (weight, bias) =
            (init::torch_default([3, 5], 5, rng), init::torch_default([3], 5, rng));
        // ANCHOR: chain_rule
        let z1 = z0.matmul_nt(&weight) + &bias;
        let e = &up * z1.gt(&Tensor::zeros([2, 3]));
        let d_weight = e.matmul_tn(&z0);
        let d_bias = e.matmul_tn(&Tensor::ones([2, 1])).squeeze(1);
        let d_z0 = e.matmul(&weight);
        // ANCHOR_END: chain_rule
        let formula = [d_z0, d_weight, d_bias];

        let linear = Linear::from_parts(weight.clone(), Some(bias.clone()));
        let mut layers = sequential![linear, Relu::new()];
        layers.forward(&z0);
        let mut by_hand = vec![layers.backward(&up)];
        by_hand.extend(layers.params_mut().into_iter().filter_map(|param| param.take_grad()));
        same[0] += usize::from(formula.iter().zip(&by_hand).all(|(a, b)| a.same_bits(b)));

        let tape = Tape::new();
        let [z0, weight, bias] = [z0, weight, bias].map(|value| tape.leaf(value));
        let z2 = (z0.matmul_nt(weight) + bias).relu();
        let by_tape = tape.backward_pass().root(z2, up).with_respect_to(&[z0, weight, bias]);
        let all = formula.iter().zip(&by_tape);
        same[1] +=
            usize::from(all.into_iter().all(|(a, b)| b.as_ref().is_some_and(|b| a.same_bits(b))));
    }
    println!("formula and layers: {} of 10 have the same bits", same[0]);
    println!("formula and tape:   {} of 10 have the same bits", same[1]);
}

pub fn pieces() {
    let net = notebook_net(5);
    let params = net.params();
    let tape = Tape::new();
    let layer = |i: usize, x| linear(x, params[i], params[i + 1]);
    let z0 = tape.leaf(batch(&[1, 50], 6));
    let z1 = layer(0, z0).relu();
    let z2 = layer(2, z1).relu();
    let z3 = layer(4, z2);
    let loss = z3.mse(tape.constant(batch(&[1, 1], 7)));
    // ANCHOR: pieces
    let in_one_pass = loss.backward_pass().retain_graph().with_respect_to(&[z3, z2, z1, z0]);
    let mut in_pieces = loss.backward_pass().retain_graph().with_respect_to(&[z3]);
    for (from, to) in [(z3, z2), (z2, z1), (z1, z0)] {
        let above = in_pieces.last().cloned().flatten().expect("each depends on the one before");
        in_pieces
            .extend(tape.backward_pass().root(from, above).retain_graph().with_respect_to(&[to]));
    }
    // ANCHOR_END: pieces
    let mut table = Table::new(["gradient of", "shape", "largest", "as in one pass"]).right(2);
    let pairs = in_pieces.into_iter().zip(in_one_pass);
    for (name, pair) in ["z3", "z2", "z1", "z0"].into_iter().zip(pairs) {
        let (Some(piece), Some(whole)) = pair else { continue };
        let verdict = if piece.same_bits(&whole) { "the same bits" } else { "DIFFERENT" };
        let largest = format!("{:.4}", piece.abs().max());
        table.push([name, &piece.shape().to_string(), &largest, verdict]);
    }
    print!("{table}");
    let gradients = net.params().iter().filter(|param| param.grad().is_some()).count();
    println!("\nparameters that have a gradient now: {gradients}");
}

fn linear<'t>(x: Var<'t>, weight: &Param, bias: &Param) -> Var<'t> {
    x.linear(x.tape().param(weight), x.tape().param(bias))
}

/// Ten nets, each trained for ten steps in four ways.
pub fn ten_by_ten() {
    let mut table =
        Table::new(["equal to ordinary after", "per layer", "per parameter", "by tape"]);
    let rules: [(&str, Fresh); 2] = [("Adam", adam), ("momentum", momentum)];
    for case in [NOTEBOOK, CONVOLUTIONAL] {
        for (name, rule) in rules {
            let mut same = [0; 3];
            for trial in 0..10 {
                compare(case, rule, trial, &mut same);
            }
            let cells = same.map(|count| format!("{count} of 100 steps"));
            table.push([format!("{}, {name}", case.name)].into_iter().chain(cells));
        }
    }
    print!("{}", table.right(1).right(2).right(3));
}

fn compare(case: Case, rule: Fresh, trial: u64, same: &mut [usize; 3]) {
    let [mut plain, layer, parameter] =
        Way::THREE.map(|way| Training::new(case, trial, rule(), way));
    let mut by_hand = [layer, parameter];
    let (mut by_tape, tapes_rule, mut tape) = ((case.net)(trial), rule(), Tape::new());
    // On the tape each formula has its own order of operations; it is held to its own kind.
    let (mut plain_tape, plain_rule) = ((case.net)(trial), rule());
    for step in 0..10 {
        let x = batch(case.batch, 1000 + 10 * trial + step);
        plain.step(&x, step);
        for (training, same) in by_hand.iter_mut().zip(&mut *same) {
            training.step(&x, step);
            *same += usize::from(equal(&plain.net, &training.net));
        }
        tape.clear();
        let loss = (case.loss)(&mut plain_tape, tape.constant(x.clone()), step);
        loss.backward().write_to(plain_tape.params_mut());
        plain_rule.lock().expect("no step has panicked").step(plain_tape.params_mut());
        plain_tape.zero_grad();
        tape.clear();
        // ANCHOR: backward
        let loss = (case.loss)(&mut by_tape, tape.constant(x), step);
        let optimizer = &mut *tapes_rule.lock().expect("no step has panicked");
        mebp::backward(loss, by_tape.params_mut(), optimizer);
        // ANCHOR_END: backward
        same[2] += usize::from(equal(&plain_tape, &by_tape));
    }
}
