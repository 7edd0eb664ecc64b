//! Clipping by the norm of all gradients: in one pass with all of them, or in two.

use crate::common::normal;
use crate::taped::{self, loss};
use crate::{CASES, RULES, Training, Way, first_difference, forward, nested_net};
use longhand::layers::Layer;
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::record::Record;
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
    let gradients: Vec<Tensor<f64>> = params.iter().map(|p| p.grad().cloned().unwrap()).collect();
    let by_hand = gradients.iter().map(|g| g.square().sum()).sum::<f64>().sqrt();
    assert!((mebp::global_norm(&params) - by_hand).abs() < 1e-12);
    // The order in which they come does not matter to a bit.
    assert_eq!(mebp::global_norm(&params), mebp::global_norm(params.iter().rev()));
    // Not above the limit: nothing changes. Above it: the norm is the limit.
    assert_eq!(mebp::clip(params.iter_mut().collect(), 2.0 * by_hand), mebp::global_norm(&params));
    assert!(params.iter().zip(&gradients).all(|(p, g)| p.grad().unwrap().same_bits(g)));
    mebp::clip(params.iter_mut().collect(), 0.5);
    assert!((mebp::global_norm(&params) - 0.5).abs() < 1e-6);
    // torch.nn.utils.clip_grad_norm_ multiplies by max_norm / (norm + 1e-6).
    let factor = 0.5 / (by_hand + 1e-6);
    let first = params[0].grad().unwrap();
    assert!(first.max_abs_diff(&(&gradients[0] * factor)) < 1e-15);
}

#[test]
fn two_passes_take_the_steps_of_one() {
    for case in CASES {
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
                    assert!(one.predict(&x).same_bits(&two.predict(&x)), "{what}: predictions");
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
fn a_pass_that_draws_at_random_is_found_out() {
    let (mut net, mut seed) = (nested_net(1), 0);
    let message = crate::panic_of(|| {
        mebp::per_layer_clipped(&mut net, &mut Sgd::new(0.1), 1.0, |net| {
            seed += 1;
            forward(net, &normal(&[7, 3, 4], seed), 1)
        })
    });
    assert!(message.contains("does it draw at random?"), "{message}");
}

/// `torch.nn.utils.clip_grad_norm_` with a NaN in one of two gradients: the norm and every element
/// are NaN. With an infinite one: the norm is infinite, that element NaN, the others 0.
#[test]
fn what_is_not_finite_shows_in_every_gradient() {
    let clipped = |element: f64, max_norm: f64| {
        let mut params = [0, 1].map(|_| Param::new("p", Tensor::<f64>::zeros([2])));
        params[0].accumulate(Tensor::vector(&[3.0, element]));
        params[1].accumulate(Tensor::vector(&[4.0, 0.0]));
        let norm = mebp::clip(params.iter_mut().collect(), max_norm);
        let gradients = params.map(|param| param.grad().unwrap().data().to_vec());
        (norm, gradients.concat())
    };
    let (norm, all) = clipped(f64::NAN, 1.0);
    assert!(norm.is_nan() && all.iter().all(|g| g.is_nan()), "{norm}, {all:?}");
    let (norm, all) = clipped(f64::INFINITY, 1.0);
    assert!(norm == f64::INFINITY && all[1].is_nan() && [all[0], all[2], all[3]] == [0.0; 3]);
    let (norm, all) = clipped(0.0, f64::INFINITY);
    assert_eq!((norm, &all[..]), (5.0, &[3.0, 0.0, 4.0, 0.0][..]));
    assert_eq!(clipped(0.0, 0.0).1, [0.0; 4]);

    // The other two ways have the same factor.
    let (x, broken) = (normal(&[1, 50], 1), Tensor::new([1, 1], vec![f32::NAN]));
    let mut by_layer = crate::notebook_net(1);
    let norm = mebp::per_layer_clipped(&mut by_layer, &mut Sgd::new(0.1), 1.0, |net| {
        net.forward(&x);
        broken.clone()
    });
    let mut by_tape = crate::notebook_net(1);
    let tape = Tape::new();
    let loss = (by_tape.record(tape.constant(x.clone())) * tape.constant(broken.clone())).sum();
    let taped = mebp::backward_clipped(loss, by_tape.params_mut(), &mut Sgd::new(0.1), 1.0);
    assert!(norm.is_nan() && taped.is_nan());
    for param in by_layer.params().into_iter().chain(by_tape.params()) {
        assert!(param.value.data().iter().all(|w| w.is_nan()), "{}", param.name);
    }
}

#[test]
fn a_limit_must_be_a_number_from_0_on() {
    for limit in [f64::NAN, -1.0] {
        let mut param = Param::new("p", Tensor::<f32>::zeros([2]));
        let message = crate::panic_of(|| mebp::clip(vec![&mut param], limit));
        assert!(message.contains("expected 0 or more"), "{message}");
    }
}
