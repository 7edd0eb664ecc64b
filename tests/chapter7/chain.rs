//! Rows 4, 5 and 6 of the MEBP notebook: one layer by the chain rule, gradients of chosen tensors
//! only, and the order in which memory-efficient backpropagation goes.

use crate::common::{assert_near, golden, normal};
use crate::{forward, notebook_net};
use longhand::layers::{Layer, Linear, Loss, Mse, Relu, Sequential};
use longhand::optim::{Adam, Optimizer};
use longhand::tape::Var;
use longhand::{Param, Tape, Tensor, mebp, sequential};
use std::sync::{Arc, Mutex};

/// Row 4: e = up ⊙ (z₁ > 0); dW = eᵀz₀; db = eᵀ·1; dz₀ = eW. Ten trials, equal to the layers and
/// to the tape.
#[test]
fn the_chain_rule_over_one_layer() {
    for trial in 0..10 {
        let (z0, up) = (normal::<f32>(&[2, 5], trial), normal(&[2, 3], 50 + trial));
        let (weight, bias) = (normal(&[3, 5], 100 + trial), normal(&[3], 150 + trial));

        let z1 = z0.matmul_nt(&weight) + &bias;
        let e = &up * z1.gt(&Tensor::zeros([2, 3]));
        let d_weight = e.matmul_tn(&z0);
        let d_bias = e.matmul_tn(&Tensor::ones([2, 1])).squeeze(1);
        let d_z0 = e.matmul(&weight);

        let linear = Linear::from_parts(weight.clone(), Some(bias.clone()));
        let mut layers = sequential![linear, Relu::new()];
        layers.forward(&z0);
        assert!(layers.backward(&up).same_bits(&d_z0), "trial {trial}");
        let grads: Vec<_> =
            layers.params().into_iter().map(|p| p.grad().cloned().unwrap()).collect();
        assert!(grads[0].same_bits(&d_weight) && grads[1].same_bits(&d_bias), "trial {trial}");

        let tape = Tape::new();
        let [x, w, b] = [z0, weight, bias].map(|value| tape.leaf(value));
        let y = (x.matmul_nt(w) + b).relu();
        let gradients = tape.backward_pass().root(y, &up).with_respect_to(&[x, w, b]);
        for (ours, formula) in gradients.iter().zip([&d_z0, &d_weight, &d_bias]) {
            assert!(ours.as_ref().unwrap().same_bits(formula), "trial {trial}");
        }
    }
}

#[test]
fn the_chain_rule_is_pytorchs() {
    let get = |name: &str| golden(&format!("chapter7/layer/{name}"));
    let linear = Linear::from_parts(get("weight"), Some(get("bias")));
    let mut layers: Sequential<f64> = sequential![linear, Relu::new()];
    layers.forward(&get("x"));
    assert_near("d_x", &layers.backward(&get("up")), &get("d_x"), 1e-14);
    for param in layers.params() {
        let theirs = get(&format!("d_{}", param.name));
        assert_near(param.name, param.grad().unwrap(), &theirs, 1e-14);
    }
}

/// The net that PyTorch trained.
fn pytorchs_net() -> Sequential<f64> {
    let get = |name: &str| golden(&format!("chapter7/training/{name}"));
    let linear =
        |i: usize| Linear::from_parts(get(&format!("{i}_weight")), Some(get(&format!("{i}_bias"))));
    sequential![linear(0), Relu::new(), linear(2), Relu::new(), linear(4)]
}

fn dense<'t>(x: Var<'t, f64>, weight: &Param<f64>, bias: &Param<f64>) -> Var<'t, f64> {
    x.linear(x.tape().param(weight), x.tape().param(bias))
}

/// Row 5: from the loss to z₃, from z₃ to z₂, and so on, each time from an explicit gradient to
/// one tensor that is not a leaf. What was not asked for has no gradient.
#[test]
fn backward_to_chosen_tensors() {
    let net = pytorchs_net();
    let part = |name: &str| golden(&format!("chapter7/training/{name}")).rows(0..1);
    let params = net.params();
    let tape = Tape::<f64>::new();
    let z0 = tape.leaf(part("x").reshape([1, 50]));
    let z1 = dense(z0, params[0], params[1]).relu();
    let z2 = dense(z1, params[2], params[3]).relu();
    let z3 = dense(z2, params[4], params[5]);
    let loss = z3.mse(tape.constant(part("y").reshape([1, 1])));

    let mut d = loss.backward_pass().retain_graph().with_respect_to(&[z3]).remove(0).unwrap();
    let whole = loss.backward_pass().retain_graph().with_respect_to(&[z3, z2, z1, z0]);
    let mut above = z3;
    for (number, (name, z)) in [("d_z2", z2), ("d_z1", z1), ("d_z0", z0)].into_iter().enumerate() {
        let pass = || tape.backward_pass().root(above, &d).retain_graph();
        let found = pass().with_respect_to(&[z, loss]);
        assert!(found[1].is_none(), "the loss does not go into what it was computed from");
        let next = found[0].clone().unwrap();
        // Asked for the parameters of this layer, the pass gives these and no others.
        let (weight, bias) = (params[4 - 2 * number], params[5 - 2 * number]);
        let partial = pass().with_respect_to(&[tape.param(weight), tape.param(bias)]);
        assert!(partial.iter().all(Option::is_some));
        assert!(net.params().iter().all(|param| param.grad().is_none()));
        assert_near(name, &next, &golden(&format!("chapter7/partial/{name}")), 1e-15);
        assert!(next.same_bits(whole[number + 1].as_ref().unwrap()), "{name}: one pass or several");
        (d, above) = (next, z);
    }
}

/// PyTorch's hooks, ten steps of Adam: per layer and per parameter, ours are near theirs.
#[test]
fn ten_steps_of_pytorchs_hooks() {
    let get = |name: &str| golden(&format!("chapter7/training/{name}"));
    let (x, y) = (get("x"), get("y"));
    let (mut layers, mut hooks) = (pytorchs_net(), pytorchs_net());
    let mut adam = Adam::new(1e-3);
    mebp::set_hooks(&mut hooks, &Arc::new(Mutex::new(Adam::<f64>::new(1e-3))));
    for step in 0..10 {
        let (x, y) = (x.rows(step..step + 1).squeeze(0), y.rows(step..step + 1).squeeze(0));
        let mut loss = Mse::mean();
        loss.forward(&layers.forward(&x), &y);
        mebp::per_layer(&mut layers, loss.backward(), &mut adam);
        loss.forward(&hooks.forward(&x), &y);
        hooks.backward_params(&loss.backward());
    }
    for net in [&layers, &hooks] {
        for (name, param) in net.named_params() {
            let theirs = get(&format!("{}_after", name.replace('.', "_")));
            assert_near(&name, &param.value, &theirs, 1e-12);
        }
    }
}

/// Writes down what it is asked to do.
struct Watcher {
    seen: Vec<(String, bool)>,
}

impl Optimizer for Watcher {
    fn step_param(&mut self, param: &mut Param) {
        self.seen.push((format!("{} {}", param.name, param.value.shape()), param.grad().is_some()));
    }
}

/// Row 6: the layers last to first, each with its gradients there; afterwards none is left, and
/// neither is an activation.
#[test]
fn the_order_is_last_to_first() {
    let mut net = notebook_net(3);
    let d_output = forward(&mut net, &normal(&[1, 50], 4), 5);
    let mut watcher = Watcher { seen: Vec::new() };
    mebp::per_layer(&mut net, d_output, &mut watcher);
    let seen: Vec<&str> = watcher.seen.iter().map(|(name, _)| name.as_str()).collect();
    let order = ["weight [1, 50]", "bias [1]", "weight [50, 50]", "bias [50]"];
    assert_eq!(seen, [&order[..], &order[2..]].concat());
    assert!(watcher.seen.iter().all(|(_, had_gradient)| *had_gradient));
    assert!(net.params().iter().all(|param| param.grad().is_none()));
    // What the layers kept is gone too: there is nothing to go back through.
    let message = crate::panic_of(|| net.backward(&Tensor::ones([1, 1])));
    assert!(message.contains("without a forward pass"), "{message}");
}

/// The input's gradient is that of the weights from before the step. A net that steps first and
/// goes back afterwards comes out elsewhere: the equalities would see it.
#[test]
fn to_step_too_early_is_to_step_elsewhere() {
    let x = normal(&[1, 50], 1);
    let (mut right, mut wrong) = (notebook_net(9), notebook_net(9));
    let d_output = forward(&mut right, &x, 2);
    let mut adam = Adam::new(1e-3);
    mebp::per_layer(&mut right, d_output, &mut adam);

    let mut d = forward(&mut wrong, &x, 2);
    let mut adam = Adam::new(1e-3);
    let mut inputs = vec![x.clone()];
    let mut replay = notebook_net(9);
    for layer in &mut replay.layers {
        let output = layer.forward(inputs.last().unwrap());
        inputs.push(output);
    }
    for (layer, input) in wrong.layers.iter_mut().zip(&inputs).rev() {
        layer.backward_params(&d);
        for param in layer.params_mut() {
            adam.step_param(param);
            param.zero_grad();
        }
        // The same layer once more, with its weights already changed.
        layer.forward(input);
        d = layer.backward(&d);
        layer.params_mut().into_iter().for_each(|param| param.zero_grad());
    }
    assert!(crate::first_difference(&right, &wrong).is_some());
}

#[test]
fn a_waiting_gradient_is_refused() {
    let x = normal(&[1, 50], 1);
    let mut net = notebook_net(1);
    let d_output = forward(&mut net, &x, 1);
    net.backward_params(&d_output); // the first of two batches, to be added up
    let again = forward(&mut net, &x, 2);
    let says = ["gradient of an earlier backward pass", "weight [50, 50]", "train in the ordinary"];
    let adam = Arc::new(Mutex::new(Adam::new(1e-3)));
    let messages = [
        mebp::ready(&net.params()).unwrap_err().to_string(),
        crate::panic_of(|| mebp::per_layer(&mut net, again, &mut Adam::new(1e-3))),
        crate::panic_of(|| mebp::set_hooks(&mut net, &adam)),
        crate::panic_of(|| {
            let tape = Tape::new();
            let loss = tape.param(net.params()[0]).square().sum();
            mebp::backward(loss, net.params_mut(), &mut Adam::new(1e-3))
        }),
    ];
    for message in messages {
        for part in says {
            assert!(message.contains(part), "{part:?} is not in: {message}");
        }
    }
    // A gradient that is put there behind a hook's back.
    net.zero_grad();
    mebp::set_hooks(&mut net, &adam);
    net.params_mut()[0].set_grad(Tensor::zeros([50, 50]));
    let message = crate::panic_of(|| net.params_mut()[0].accumulate(Tensor::zeros([50, 50])));
    assert!(message.contains("a hook that wants every gradient by itself"), "{message}");
    // Detached, gradients add up again.
    mebp::remove_hooks(&mut net);
    net.zero_grad();
    for _ in 0..2 {
        let d_output = forward(&mut net, &x, 1);
        net.backward_params(&d_output);
    }
    let twice = net.params()[0].grad().cloned().unwrap();
    net.zero_grad();
    let d_output = forward(&mut net, &x, 1);
    net.backward_params(&d_output);
    assert!(twice.same_bits(&(net.params()[0].grad().unwrap() * 2.0)));
}

#[test]
fn a_parameter_that_is_not_listed_is_an_error() {
    let (mut listed, forgotten) =
        (Param::new("a", Tensor::<f32>::ones([2])), Param::new("b", Tensor::ones([2])));
    let tape = Tape::new();
    let loss = (tape.param(&listed) * tape.param(&forgotten)).sum();
    let message = crate::panic_of(|| mebp::backward(loss, [&mut listed], &mut Adam::new(1e-3)));
    assert!(message.contains("not among those to step"), "{message}");
}
