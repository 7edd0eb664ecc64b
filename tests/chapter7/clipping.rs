//! Clipping by the norm of all gradients: in one pass with all of them, or in two.

use crate::common::normal;
use crate::taped::{self, loss};
use crate::{CASES, RULES, Training, Way, first_difference, forward, nested_net};
use longhand::layers::Layer;
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Param, Tape, Tensor, mebp};

#[test]
fn the_norm_and_the_factor() {
    let mut params: Vec<Param<f64>> =
        (0..3).map(|i| Param::new("p", Tensor::zeros([10 + i]))).collect();
    assert_eq!(mebp::global_norm(&params), 0.0);
    for (seed, param) in params.iter_mut().enumerate() {
        param.accumulate(normal(&[10 + seed], seed as u64));
    }
    let gradients: Vec<Tensor<f64>> = params.iter().map(|p| p.grad.clone().unwrap()).collect();
    let by_hand = gradients.iter().map(|g| g.square().sum()).sum::<f64>().sqrt();
    assert!((mebp::global_norm(&params) - by_hand).abs() < 1e-12);
    // The order in which they come does not matter to a bit.
    assert_eq!(mebp::global_norm(&params), mebp::global_norm(params.iter().rev()));
    // Not above the limit: nothing changes. Above it: the norm is the limit.
    assert_eq!(mebp::clip(params.iter_mut().collect(), 2.0 * by_hand), mebp::global_norm(&params));
    assert!(params.iter().zip(&gradients).all(|(p, g)| p.grad.as_ref().unwrap().same_bits(g)));
    mebp::clip(params.iter_mut().collect(), 0.5);
    assert!((mebp::global_norm(&params) - 0.5).abs() < 1e-6);
    // torch.nn.utils.clip_grad_norm_ multiplies by max_norm / (norm + 1e-6).
    let factor = 0.5 / (by_hand + 1e-6);
    let first = params[0].grad.as_ref().unwrap();
    assert!(first.max_abs_diff(&(&gradients[0] * factor)) < 1e-15);
}

#[test]
fn two_passes_take_the_steps_of_one() {
    for case in CASES.iter().filter(|case| case.name != "a net of nets") {
        for (rule, optimizer) in RULES {
            for max_norm in [0.01, 1e6] {
                let (mut one, mut two) = ((case.net)(4), (case.net)(4));
                let mut unclipped = Training::new((case.net)(4), optimizer, Way::Ordinary);
                let [first, second] = [optimizer(), optimizer()];
                for step in 0..5 {
                    let x = normal(case.batch, step);
                    let d_output = forward(&mut one, &x, step);
                    one.backward_params(&d_output);
                    let norm = mebp::clip(one.params_mut(), max_norm);
                    first.lock().unwrap().step(one.params_mut());
                    one.zero_grad();

                    let again = &mut *second.lock().unwrap();
                    let found = mebp::per_layer_clipped(&mut two, again, max_norm, |net| {
                        forward(net, &x, step)
                    });
                    assert_eq!(found, norm);
                    let what = format!("{}, {rule}, at most {max_norm}", case.name);
                    assert_eq!(first_difference(&one, &two), None, "{what}");
                    unclipped.step(&x, step);
                    let clipped = first_difference(&unclipped.net, &two).is_some();
                    assert_eq!(clipped, max_norm < 1.0 && norm > max_norm, "{what}: {norm}");
                }
            }
        }
    }
}

#[test]
fn on_the_tape_it_goes_forward_once() {
    for (case, forward, _) in taped::CASES {
        let (mut one, mut two) = ((case.net)(4), (case.net)(4));
        let [mut first, mut second] = [Adam::new(1e-3), Adam::new(1e-3)];
        for step in 0..5 {
            let x: Tensor = normal(case.batch, step);
            let tape = Tape::new();
            loss(&tape, forward, &one, &x, step).backward().write_to(one.params_mut());
            let norm = mebp::clip(one.params_mut(), 0.01);
            first.step(one.params_mut());
            one.zero_grad();

            let tape = Tape::new();
            let value = loss(&tape, forward, &two, &x, step);
            let found = mebp::backward_clipped(value, two.params_mut(), &mut second, 0.01);
            assert_eq!(found, norm);
            assert_eq!(first_difference(&one, &two), None, "{}, step {step}", case.name);
        }
    }
}

#[test]
fn the_price_is_a_second_pass_and_not_memory() {
    let case = CASES[3];
    let meter = Meter::new();
    meter.watch(|| {
        let mut net = (case.net)(1);
        let layer = mebp::sizes(&net).layer;
        let x = normal(case.batch, 1);
        let mut passes = 0;
        mebp::per_layer_clipped(&mut net, &mut Sgd::new(0.1), 0.01, |net| {
            passes += 1;
            forward(net, &x, 1)
        });
        assert_eq!(passes, 2);
        assert_eq!(meter.most(Kind::Gradient), 4 * layer);
    });
}

#[test]
fn a_layer_that_draws_at_random_is_found_out() {
    let mut net = nested_net(1);
    let x: Tensor = normal(&[7, 3, 4], 1);
    let message = crate::panic_of(|| {
        mebp::per_layer_clipped(&mut net, &mut Sgd::new(0.1), 1.0, |net| forward(net, &x, 1))
    });
    assert!(message.contains("does a layer draw at random?"), "{message}");
}
