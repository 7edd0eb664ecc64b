//! The tape against everything else that knows a gradient: layers by hand, PyTorch, formulas.

use super::common::{assert_near, golden, golden_labels, normal, same_everywhere};
use longhand::by_hand::Net;
use longhand::layers::{CrossEntropy, Layer, Linear, LogSoftmax, Loss, Mse, Nll, Relu, Sequential};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::tape::Var;
use longhand::{Param, Rng, Scalar, Tape, Tensor, sequential};

// By hand = tape.

/// A layer's output and all its gradients by hand, with their names.
fn by_hand<T: Scalar>(layer: &mut dyn Layer<T>, x: &Tensor<T>, up: &Tensor<T>) -> Vec<Tensor<T>> {
    let output = layer.forward(x);
    let d_input = layer.backward(up);
    let params = layer.params_mut().into_iter().map(|param| param.take_grad().unwrap());
    [output, d_input].into_iter().chain(params).collect()
}

/// The same through the tape.
fn by_tape<T: Scalar>(
    params: &[&Param<T>],
    x: &Tensor<T>,
    up: &Tensor<T>,
    f: impl for<'t> Fn(Var<'t, T>, &[Var<'t, T>]) -> Var<'t, T>,
) -> Vec<Tensor<T>> {
    let tape = Tape::new();
    let (x, weights) =
        (tape.leaf(x.clone()), params.iter().map(|p| tape.param(p)).collect::<Vec<_>>());
    let y = f(x, &weights);
    let output = y.value();
    let gradients = tape.backward_pass().root(y, up).gradients();
    let of_params = weights.iter().map(|&weight| gradients[weight].clone());
    [output, gradients[x].clone()].into_iter().chain(of_params).collect()
}

#[track_caller]
fn same<T: Scalar>(what: &str, hand: Vec<Tensor<T>>, tape: Vec<Tensor<T>>) {
    assert_eq!(hand.len(), tape.len(), "{what}");
    for (number, (hand, tape)) in hand.iter().zip(&tape).enumerate() {
        assert!(hand.same_bits(tape), "{what}, tensor {number}: {hand} by hand, {tape} by tape");
        assert!(hand.data().iter().any(|&x| x != T::ZERO), "{what}: all zero proves nothing");
    }
}

fn layers_are_the_same<T: Scalar>() {
    let rng = &mut Rng::new(1);
    let (x, up) = (normal::<T>(&[7, 5], 2), normal::<T>(&[7, 3], 3));
    let mut linear = Linear::<T>::new(5, 3, rng);
    let hand = by_hand(&mut linear, &x, &up);
    let tape = by_tape(&linear.params(), &x, &up, |x, p| x.linear(p[0], p[1]));
    same("linear", hand.clone(), tape);
    let tape = by_tape(&linear.params(), &x, &up, |x, p| x.matmul_nt(p[0]) + p[1]);
    same("matmul nt, add", hand, tape);
    let mut bare = Linear::<T>::without_bias(5, 3, rng);
    let hand = by_hand(&mut bare, &x, &up);
    same("no bias", hand, by_tape(&bare.params(), &x, &up, |x, p| x.matmul_nt(p[0])));

    let up = normal::<T>(&[7, 5], 4);
    same("relu", by_hand(&mut Relu::new(), &x, &up), by_tape(&[], &x, &up, |x, _| x.relu()));
    let half = T::from_f64(0.5);
    let hand = by_hand(&mut Relu::shifted(half), &x, &up);
    same("relu − ½", hand, by_tape(&[], &x, &up, |x, _| x.relu() - half));
    let hand = by_hand(&mut LogSoftmax::new(), &x, &up);
    same("log softmax", hand, by_tape(&[], &x, &up, |x, _| x.log_softmax()));

    let mut net = sequential![
        Linear::<T>::new(5, 6, rng),
        Relu::new(),
        Linear::new(6, 3, rng),
        LogSoftmax::new()
    ];
    let up = normal::<T>(&[7, 3], 5);
    let hand = by_hand(&mut net, &x, &up);
    let tape = by_tape(&net.params(), &x, &up, |x, p| {
        x.linear(p[0], p[1]).relu().linear(p[2], p[3]).log_softmax()
    });
    same("sequential", hand, tape);
}

fn losses_are_the_same<T: Scalar>() {
    let one = Tensor::<T>::ones([]);
    let (x, target) = (normal::<T>(&[7, 5], 6), normal::<T>(&[7, 5], 7));
    let labels = [3, 0, 4, 1, 1, 2, 0];
    for (mut mse, mean) in [(Mse::mean(), true), (Mse::sum(), false)] {
        let hand = vec![Tensor::scalar(mse.forward(&x, &target)), mse.backward()];
        let tape = by_tape(&[], &x, &one, |x, _| {
            let target = x.tape().constant(target.clone());
            if mean { x.mse(target) } else { x.mse_sum(target) }
        });
        same("mse", hand, tape);
    }
    for (mut entropy, mean) in [(CrossEntropy::mean(), true), (CrossEntropy::sum(), false)] {
        let hand = vec![Tensor::scalar(entropy.forward(&x, &labels)), entropy.backward()];
        let tape = by_tape(&[], &x, &one, |x, _| {
            if mean { x.cross_entropy(&labels) } else { x.cross_entropy_sum(&labels) }
        });
        same("cross entropy", hand, tape);
    }
    for (mut nll, mean) in [(Nll::mean(), true), (Nll::sum(), false)] {
        // Zero times −1/n is −0, and a zero that was never touched is +0: equal, but not in bits.
        let hand = [Tensor::scalar(nll.forward(&x, &labels)), nll.backward()];
        let tape =
            by_tape(&[], &x, &one, |x, _| if mean { x.nll(&labels) } else { x.nll_sum(&labels) });
        assert_eq!(hand[..], tape[..], "nll");
    }
}

#[test]
fn layers_and_losses_by_hand_are_the_tape_bit_for_bit() {
    layers_are_the_same::<f64>();
    layers_are_the_same::<f32>();
    losses_are_the_same::<f64>();
    losses_are_the_same::<f32>();
}

#[test]
fn two_steps_and_one_agree_where_the_order_differs() {
    let (x, labels, one) = (normal::<f64>(&[6, 10], 8), [3, 1, 4, 1, 5, 9], Tensor::ones([]));
    let fused = by_tape(&[], &x, &one, |x, _| x.cross_entropy(&labels));
    let in_steps = by_tape(&[], &x, &one, |x, _| x.log_softmax().nll(&labels));
    let by_lse = by_tape(&[], &x, &one, |x, _| (x.log_sum_exp(1) - x.pick(&labels)).mean());
    for other in [in_steps, by_lse] {
        for (a, b) in fused.iter().zip(&other) {
            assert_near("cross entropy", a, b, 1e-12);
        }
    }
}

#[test]
fn chapter_3s_net_bit_for_bit() {
    fn check<T: Scalar>() {
        let mut net = Net::<T>::new(784, 50, &mut Rng::new(9));
        net.b1 = normal(&[50], 10);
        let (x, y) = (normal::<T>(&[40, 784], 11), normal::<T>(&[40], 12));
        let (loss, hand) = net.forward_and_backward(&x, &y);
        let tape = Tape::new();
        let [w1, b1, w2, b2, inp] =
            [&net.w1, &net.b1, &net.w2, &net.b2, &x].map(|value| tape.leaf(value.clone()));
        let out = (inp.matmul(w1) + b1).relu().matmul(w2) + b2;
        let ours = out.squeeze(-1).mse(tape.constant(y));
        assert_eq!(ours.value().item(), loss);
        let gradients = ours.backward();
        for ((name, hand), var) in hand.named().into_iter().zip([w2, b2, w1, b1, inp]) {
            assert!(gradients[var].same_bits(hand), "{name} in {}", T::NAME);
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Chapter 4's net, written for the tape.
fn scores<'t, T: Scalar>(tape: &'t Tape<T>, params: &[&Param<T>], x: &Tensor<T>) -> Var<'t, T> {
    let p: Vec<_> = params.iter().map(|param| tape.param(param)).collect();
    tape.constant(x.clone()).linear(p[0], p[1]).relu().linear(p[2], p[3])
}

#[test]
fn twenty_steps_of_training_end_in_the_same_bits() {
    for optimizer in ["sgd", "adam"] {
        let make = || -> Box<dyn Optimizer> {
            match optimizer {
                "sgd" => Box::new(Sgd::new(0.1).momentum(0.9)),
                _ => Box::new(Adam::new(1e-2)),
            }
        };
        let build = || -> Sequential {
            let rng = &mut Rng::new(13);
            sequential![Linear::<f32>::new(20, 16, rng), Relu::new(), Linear::new(16, 5, rng)]
        };
        let (mut hand, mut tape_net, mut tape) = (build(), build(), Tape::new());
        let (mut one, mut other, mut entropy) = (make(), make(), CrossEntropy::mean());
        let labels: Vec<usize> = (0..30).map(|i| i * 7 % 5).collect();
        for step in 0..20 {
            let x = normal::<f32>(&[30, 20], 100 + step);
            let loss = entropy.forward(&hand.forward(&x), &labels);
            hand.zero_grad();
            hand.backward_params(&entropy.backward());
            one.step(hand.params_mut());

            tape.clear();
            let ours = scores(&tape, &tape_net.params(), &x).cross_entropy(&labels);
            assert_eq!(ours.value().item(), loss, "{optimizer}, step {step}");
            tape_net.zero_grad();
            ours.backward().write_to(tape_net.params_mut());
            other.step(tape_net.params_mut());
        }
        for (a, b) in hand.params().into_iter().zip(tape_net.params()) {
            assert!(a.value.same_bits(&b.value), "{optimizer}");
        }
    }
}

// PyTorch.

#[test]
fn first_and_second_derivatives_agree_with_pytorch() {
    let names = ["w1", "b1", "w2", "b2", "x"];
    let labels = golden_labels("chapter5/labels");
    let target = golden("chapter5/target");
    for loss in ["cross_entropy", "mse"] {
        let frozen = |name: &str| golden(&format!("chapter5/{loss}/{name}"));
        let tape = Tape::<f64>::new();
        let leaves = names.map(|name| tape.leaf(golden(&format!("chapter5/{name}"))));
        let [w1, b1, w2, b2, x] = leaves;
        let out = x.linear(w1, b1).tanh().linear(w2, b2);
        let value = match loss {
            "mse" => out.sigmoid().mse(tape.constant(target.clone())),
            _ => out.cross_entropy(&labels),
        };
        assert_near(loss, &value.value(), &frozen("loss"), 1e-10);

        let first = value.grad_create_graph(leaves);
        let weighted = first.iter().zip(names).map(|(&gradient, name)| {
            assert_near(name, &gradient.value(), &frozen(&format!("d_{name}")), 1e-10);
            (gradient * tape.constant(golden(&format!("chapter5/v_{name}")))).sum()
        });
        let weighted = weighted.reduce(|a, b| a + b).unwrap();
        assert_near(loss, &weighted.value(), &frozen("weighted"), 1e-10);
        for (second, name) in weighted.grad(leaves).iter().zip(names) {
            let theirs = frozen(&format!("dd_{name}"));
            assert_near(name, second, &theirs, 1e-10);
            assert!(
                theirs.data().iter().any(|&g| g.abs() > 1e-3),
                "{name}: all zero proves nothing"
            );
        }
    }
}

// Higher orders.

#[test]
fn four_derivatives_of_the_bell_curve() {
    // With f = exp(−x²): f′ = −2x·f, f″ = (4x² − 2)·f, f‴ = (12x − 8x³)·f, and so on.
    let tape = Tape::<f64>::new();
    let points = Tensor::new([41], (-20..=20).map(|i| f64::from(i) / 10.0).collect());
    let x = tape.leaf(points.clone());
    let mut f = (-x.square()).exp();
    let factors: [fn(f64) -> f64; 5] = [
        |_| 1.0,
        |x| -2.0 * x,
        |x| 4.0 * x * x - 2.0,
        |x| 12.0 * x - 8.0 * x * x * x,
        |x| 12.0 - 48.0 * x * x + 16.0 * x.powi(4),
    ];
    for (order, factor) in factors.into_iter().enumerate() {
        let bell = (-points.square()).exp();
        assert_near(&format!("order {order}"), &f.value(), &(points.map(factor) * bell), 1e-12);
        [f] = f.sum().grad_create_graph([x]);
    }
}

#[test]
fn a_hessian_vector_product_two_ways() {
    // H·v as the gradient of (gradient · v), and with v as the gradient from above.
    let tape = Tape::<f64>::new();
    let (w, v) = (tape.leaf(normal(&[4, 3], 14)), normal::<f64>(&[4, 3], 15));
    let x = tape.constant(normal(&[6, 3], 16));
    let loss = || x.matmul_nt(w).tanh().cross_entropy(&[0, 1, 2, 3, 0, 1]);
    let [gradient] = loss().grad_create_graph([w]);
    let [one_way] = (gradient * tape.constant(v.clone())).sum().grad([w]);
    let [gradient] = loss().grad_create_graph([w]);
    let other = tape.backward_pass().root(gradient, &v).with_respect_to(&[w]).remove(0).unwrap();
    assert_near("H·v", &one_way, &other, 1e-15);

    let at = |w: &Tensor<f64>| {
        let tape = Tape::new();
        let (w, x) = (tape.leaf(w.clone()), tape.constant(x.value()));
        let [gradient] = x.matmul_nt(w).tanh().cross_entropy(&[0, 1, 2, 3, 0, 1]).grad([w]);
        gradient
    };
    let (w, h) = (w.value(), 1e-5);
    let measured = (at(&(&w + &v * h)) - at(&(&w - &v * h))) / (2.0 * h);
    assert_near("measured", &one_way, &measured, 1e-9);
}

// The same bits.

#[test]
fn same_bits_on_any_threads_and_instructions() {
    let rng = &mut Rng::new(18);
    let net: Sequential =
        sequential![Linear::<f32>::new(300, 64, rng), Relu::new(), Linear::new(64, 10, rng)];
    let (x, labels) =
        (normal::<f32>(&[100, 300], 19), (0..100).map(|i| i % 10).collect::<Vec<_>>());
    same_everywhere(|| {
        let tape = Tape::new();
        let params: Vec<_> = net.params().into_iter().map(|p| tape.param(p)).collect();
        let loss = scores(&tape, &net.params(), &x).tanh().cross_entropy(&labels);
        let first = loss.backward_pass().create_graph(&params);
        let square = first.iter().map(|g| g.unwrap().square().sum()).reduce(|a, b| a + b).unwrap();
        let gradients = square.backward();
        let bits = |t: &Tensor| t.data().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        params.iter().map(|&p| bits(&gradients[p])).collect::<Vec<_>>()
    });
}
