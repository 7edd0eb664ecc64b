//! Rows 2, 3, 7 and 8 of the MEBP notebook: however it is gone about, the steps have the same bits.

use crate::common::{assert_says, normal};
use crate::taped::{self, loss};
use crate::{CASES, RULES, Training, Way, first_difference, forward, notebook_net};
use longhand::layers::{Layer, Loss, Mse};
use longhand::optim::{Adam, Optimizer};
use longhand::{Tape, Tensor, mebp};

/// Row 2 and row 3: one Adam for all parameters, or one for each layer, stepped in reverse order.
/// Without the step of the first layer the nets must differ: they are not one net seen twice.
#[test]
fn one_adam_is_as_good_as_one_for_each_layer() {
    for trial in 0..10 {
        let x = normal(&[1, 50], 100 + trial);
        let (mut one, mut many) = (notebook_net(trial), notebook_net(trial));
        let mut control = notebook_net(trial);
        assert_eq!(first_difference(&one, &many), None);
        for net in [&mut one, &mut many, &mut control] {
            let d_output = forward(net, &x, trial);
            net.backward_params(&d_output);
        }
        Adam::new(1e-3).step(one.params_mut());
        let mut adams: Vec<Adam> = (0..5).map(|_| Adam::new(1e-3)).collect();
        for (layer, adam) in many.layers.iter_mut().zip(&mut adams).rev() {
            adam.step(layer.params_mut());
        }
        for layer in control.layers[1..].iter_mut().rev() {
            Adam::new(1e-3).step(layer.params_mut());
        }
        assert_eq!(first_difference(&one, &many), None, "trial {trial}");
        assert_eq!(first_difference(&one, &control).as_deref(), Some("0.weight"), "trial {trial}");
    }
}

/// Row 7, and row 8 by hand: 10 nets, 10 steps each, equal after every step; on every net and
/// with every rule.
#[test]
fn by_hand_every_way_takes_the_same_steps() {
    for case in CASES {
        for (rule, optimizer) in RULES {
            for trial in 0..10 {
                let [mut plain, layers, hooks] = [Way::Ordinary, Way::PerLayer, Way::PerParameter]
                    .map(|way| Training::new((case.net)(trial), optimizer, way));
                let start = (case.net)(trial);
                let mut others = [layers, hooks];
                for step in 0..10 {
                    let x = normal(case.batch, 1000 + 10 * trial + step);
                    plain.step(&x, step);
                    for other in &mut others {
                        other.step(&x, step);
                        let difference = first_difference(&plain.net, &other.net);
                        let (name, way) = (case.name, other.way);
                        assert_eq!(difference, None, "{name}, {rule}, {way:?}, step {step}");
                        assert!(other.net.params().iter().all(|param| param.grad().is_none()));
                    }
                }
                assert!(first_difference(&plain.net, &start).is_some(), "nothing was learnt");
            }
        }
    }
}

/// Row 8 on the tape: `backward` alone trains. Against ordinary training on the tape, and for the
/// notebook's net against training by hand.
#[test]
fn on_the_tape_the_hook_takes_the_same_steps() {
    for (case, forward, also_by_hand) in taped::CASES {
        for (rule, optimizer) in RULES {
            for trial in 0..10 {
                let mut by_hand = Training::new((case.net)(trial), optimizer, Way::Ordinary);
                let (mut plain, mut hooked) = ((case.net)(trial), (case.net)(trial));
                let [one, other] = [optimizer(), optimizer()];
                let [mut tape, mut scratch] = [Tape::new(), Tape::new()];
                for step in 0..10 {
                    let x: Tensor = normal(case.batch, 1000 + 10 * trial + step);
                    by_hand.step(&x, step);

                    tape.clear();
                    loss(&tape, forward, &plain, &x, step).backward().write_to(plain.params_mut());
                    one.lock().unwrap().step(plain.params_mut());
                    plain.zero_grad();

                    scratch.clear();
                    let value = loss(&scratch, forward, &hooked, &x, step);
                    mebp::backward(value, hooked.params_mut(), &mut *other.lock().unwrap());

                    let what = format!("{}, {rule}, step {step}", case.name);
                    assert_eq!(first_difference(&plain, &hooked), None, "{what}");
                    if also_by_hand {
                        assert_eq!(first_difference(&by_hand.net, &hooked), None, "{what}");
                    }
                }
            }
        }
    }
}

/// The MEBP notebook's target has shape [1] where its net's prediction is [1, 1]. PyTorch warns and
/// broadcasts; here it is a mistake, by hand and on the tape.
#[test]
fn a_target_of_another_shape_is_refused() {
    let (mut net, x, target) = (notebook_net(1), normal(&[1, 50], 1), normal::<f32>(&[1], 2));
    let says = ["[1, 1]", "[1]"];
    assert_says(|| Mse::mean().forward(&net.forward(&x), &target), &says);
    let tape = Tape::new();
    let prediction = tape.leaf(Tensor::<f32>::ones([1, 1]));
    assert_says(|| prediction.mse(tape.constant(target.clone())), &says);
}
