//! What an interface sends where, by the formulas.

use super::common::{assert_near, normal, numeric_gradient};
use super::{Plain, layer, panic_of};
use longhand::dni::{
    BackwardInterface, BidirectionalInterface, ForwardInterface, Manager, Over, Synthesizer,
    UnidirectionalInterface, synthetic_gradient_updater,
};
use longhand::layers::{BatchNorm1d, Dropout, Layer, Linear, Mode};
use longhand::{Rng, Tape, Tensor, sequential};

#[test]
fn receive_is_the_guess_and_no_gradient_goes_through_it() {
    let weight = normal::<f64>(&[3, 4], 1);
    let mut interface = UnidirectionalInterface::new(Plain::new(weight.clone()));
    for mode in [Mode::Train, Mode::Eval] {
        let tape = Tape::new();
        let dni = Manager::in_mode(&tape, mode);
        let x = tape.leaf(normal(&[2, 4], 2));
        let guess = interface.receive(&dni, x);
        assert_eq!(guess.value(), x.value().matmul_nt(&weight));
        assert!(!guess.needs_grad());
    }
}

#[test]
fn send_is_the_squared_error_over_samples_or_over_elements() {
    for (over, count) in [(Over::default(), 5.0), (Over::Elements, 15.0)] {
        let (x, message) = (normal::<f64>(&[5, 4], 3), normal::<f64>(&[5, 3], 4));
        let start = normal::<f64>(&[3, 4], 5);
        let mut interface = UnidirectionalInterface::new(Plain::new(start.clone())).over(over);
        let tape = Tape::new();
        let dni = Manager::in_mode(&tape, Mode::Eval);
        let (trigger, true_message) = (tape.leaf(x.clone()), tape.leaf(message.clone()));
        interface.send(&dni, true_message, trigger);
        let ours = dni.gradient(&interface.synthesizer.weight).unwrap();
        let numeric =
            numeric_gradient(&start, |w| (x.matmul_nt(w) - &message).square().sum() / count);
        assert_near("dL/dW", &ours, &numeric, 1e-8);
        assert!(dni.gradient(&interface.synthesizer.context).is_none());
    }
}

#[test]
fn the_updater_passes_the_true_gradient_and_teaches_the_difference() {
    let (x, s, up) =
        (normal::<f64>(&[4, 3], 6), normal::<f64>(&[4, 3], 7), normal::<f64>(&[4, 3], 8));
    for (over, n) in
        [(Over::default(), 4.0), (Over::Samples { axis: 1 }, 3.0), (Over::Elements, 12.0)]
    {
        let tape = Tape::new();
        let (trigger, synthetic) = (tape.leaf(x.clone()), tape.leaf(s.clone()));
        let y = synthetic_gradient_updater(trigger, synthetic, over);
        assert_eq!(y.value(), x);
        let gradients = tape.backward_pass().root(y, &up).gradients();
        assert!(gradients[trigger].same_bits(&up));
        assert_near("s", &gradients[synthetic], &((&s - &up) * 2.0 / n), 1e-15);
    }
}

#[test]
fn the_updater_wants_something_that_learns_and_one_shape() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::ones([2, 3]));
    let fixed = tape.constant(Tensor::ones([2, 3]));
    let message = panic_of(|| synthetic_gradient_updater(x, fixed, Over::default()));
    assert!(message.contains("depends on no parameter"), "{message}");
    let other = tape.leaf(Tensor::ones([3, 3]));
    let message = panic_of(|| synthetic_gradient_updater(x, other, Over::default()));
    assert!(message.contains("[3, 3]") && message.contains("[2, 3]"), "{message}");
    let learner = tape.leaf(Tensor::ones([2, 3]));
    let message = panic_of(|| synthetic_gradient_updater(x, learner, Over::Samples { axis: 2 }));
    assert!(message.contains("axis 2"), "{message}");
}

#[test]
fn an_update_unlock_gives_each_side_its_gradient() {
    let rng = &mut Rng::new(9);
    let (below, above) = (Linear::<f64>::new(4, 3, rng), Linear::<f64>::new(3, 2, rng));
    let mut interface = BackwardInterface::new(Plain::new(normal(&[3, 3], 10)));
    let weight = interface.synthesizer.weight.value.clone();
    let (x, labels) = (normal::<f64>(&[5, 4], 11), [0, 1, 1, 0, 1]);

    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let h = layer(&tape, tape.constant(x.clone()), &below);
    let out = interface.forward(&dni, h);
    assert_eq!(out.value(), h.value());
    let early = dni.gradient(&below.weight).expect("before the loss is known");
    dni.backward(layer(&tape, out, &above).cross_entropy(&labels));

    // The same by formulas: guess = h·Wᵀ, and the true gradient from a tape without interfaces.
    let h = x.matmul_nt(&below.weight.value);
    let guess = h.matmul_nt(&weight);
    assert_near("below", &early, &guess.matmul_tn(&x), 1e-12);
    assert!(dni.gradient(&below.weight).unwrap().same_bits(&early), "the true gradient stops");
    let plain = Tape::new();
    let leaf = plain.leaf(h.clone());
    let gradients = layer(&plain, leaf, &above).cross_entropy(&labels).backward();
    assert_near(
        "above",
        &dni.gradient(&above.weight).unwrap(),
        gradients.of(&above.weight).unwrap(),
        1e-12,
    );
    let error = (guess - &gradients[leaf]) * (2.0 / 5.0);
    assert_near(
        "synthesizer",
        &dni.gradient(&interface.synthesizer.weight).unwrap(),
        &error.matmul_tn(&h),
        1e-12,
    );
}

#[test]
fn factor_scales_what_goes_down() {
    let below = Linear::<f64>::new(4, 3, &mut Rng::new(12));
    let mut interface = BackwardInterface::new(Plain::new(normal(&[3, 3], 13)));
    let mut sent = |factor: f64| {
        let tape = Tape::new();
        let dni = Manager::new(&tape);
        let h = layer(&tape, tape.constant(normal(&[5, 4], 14)), &below);
        interface.backward(&dni, h, factor);
        dni.gradient(&below.weight).unwrap()
    };
    let [tenth, whole] = [0.1, 1.0].map(&mut sent);
    assert_near("a tenth", &tenth, &(whole * 0.1), 1e-14);
}

#[test]
fn a_trigger_with_a_history_receives_the_true_gradient_and_nothing_else() {
    // In dni.py the synthesizer sees the trigger itself, and its error reaches `below`.
    let rng = &mut Rng::new(15);
    let (below, above) = (Linear::<f64>::new(4, 3, rng), Linear::<f64>::new(3, 2, rng));
    let mut interface = BackwardInterface::new(Plain::new(normal(&[3, 3], 16)));
    let (x, labels) = (normal::<f64>(&[5, 4], 17), [1, 0, 1, 0, 0]);
    let mut gradient = |with: bool| {
        let tape = Tape::new();
        let dni = Manager::new(&tape);
        let mut h = layer(&tape, tape.constant(x.clone()), &below);
        if with {
            h = interface.make_trigger(&dni, h);
        }
        dni.backward(layer(&tape, h, &above).cross_entropy(&labels));
        dni.gradient(&below.weight).unwrap()
    };
    assert!(gradient(true).same_bits(&gradient(false)));
}

#[test]
fn a_forward_interface_teaches_and_replaces() {
    let mut interface = ForwardInterface::new(Plain::new(normal(&[3, 4], 18)));
    let weight = interface.synthesizer.weight.value.clone();
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let (message, trigger) = (tape.leaf(normal(&[5, 3], 19)), tape.constant(normal(&[5, 4], 20)));
    let out = interface.forward(&dni, message, trigger);
    let guess = trigger.value().matmul_nt(&weight);
    assert!(out.value().same_bits(&guess) && !out.needs_grad());
    let error = (guess - message.value()) * (2.0 / 5.0);
    let ours = dni.gradient(&interface.synthesizer.weight).unwrap();
    assert_near("synthesizer", &ours, &error.matmul_tn(&trigger.value()), 1e-12);
}

#[test]
fn a_full_unlock_is_send_and_then_receive() {
    let rng = &mut Rng::new(21);
    let (below, above) = (Linear::<f64>::new(4, 3, rng), Linear::<f64>::new(3, 2, rng));
    let mut interface = BidirectionalInterface::new(
        Plain::new(normal(&[3, 4], 22)),
        Plain::new(normal(&[3, 3], 23)),
    );
    let (x, labels) = (normal::<f64>(&[5, 4], 24), [0, 1, 1, 0, 1]);
    let mut run = |at_once: bool| {
        let tape = Tape::new();
        let dni = Manager::new(&tape);
        let input = tape.constant(x.clone());
        let h = layer(&tape, input, &below);
        let out = if at_once {
            interface.forward(&dni, h, input)
        } else {
            interface.send(&dni, h, input);
            interface.receive(&dni, input)
        };
        let value = out.value();
        dni.backward(layer(&tape, out, &above).cross_entropy(&labels));
        let (guesser, critic) = (&interface.forward_interface, &interface.backward_interface);
        let weights = [&guesser.synthesizer.weight, &critic.synthesizer.weight];
        let found = [&below.weight, &above.weight].into_iter().chain(weights);
        (value, found.map(|param| dni.gradient(param).unwrap()).collect::<Vec<_>>())
    };
    let (out, gradients) = run(true);
    assert_eq!(run(false), (out.clone(), gradients.clone()));

    let guesser = &interface.forward_interface.synthesizer.weight.value;
    let critic = &interface.backward_interface.synthesizer.weight.value;
    let (h, guess) = (x.matmul_nt(&below.weight.value), x.matmul_nt(guesser));
    assert!(out.same_bits(&guess));
    assert_near("below", &gradients[0], &h.matmul_nt(critic).matmul_tn(&x), 1e-12);
    assert_near("activations", &gradients[2], &((&guess - h) * 0.4).matmul_tn(&x), 1e-12);
    let plain = Tape::new();
    let leaf = plain.leaf(guess.clone());
    let truth = layer(&plain, leaf, &above).cross_entropy(&labels).backward();
    assert_near("above", &gradients[1], truth.of(&above.weight).unwrap(), 1e-12);
    let error = (guess.matmul_nt(critic) - &truth[leaf]) * 0.4;
    assert_near("gradients", &gradients[3], &error.matmul_tn(&guess), 1e-12);
}

#[test]
fn in_evaluation_nothing_is_guessed_and_nothing_learns() {
    let weight = || Plain::new(normal(&[3, 3], 25));
    let mut backward = BackwardInterface::new(weight());
    let mut forward = ForwardInterface::new(weight());
    let mut both = BidirectionalInterface::new(weight(), weight());
    let tape = Tape::new();
    let dni = Manager::in_mode(&tape, Mode::Eval);
    let (h, x) = (tape.leaf(normal(&[5, 3], 26)), tape.constant(normal(&[5, 3], 27)));
    let before = tape.len();
    for out in [
        backward.forward(&dni, h),
        backward.make_trigger(&dni, h),
        forward.forward(&dni, h, x),
        both.forward(&dni, h, x),
    ] {
        assert_eq!(out.index(), h.index());
    }
    backward.backward(&dni, h, 1.0);
    assert_eq!(tape.len(), before);
    assert!(dni.gradient(&backward.synthesizer.weight).is_none());
    assert_eq!(backward.synthesizer.params().len(), 2);
}

/// An interface guesses once, so a synthesizer that draws or keeps statistics goes forward once.
#[test]
fn one_guess_serves_to_go_on_and_to_learn() {
    let net = || {
        let rng = &mut Rng::new(28);
        sequential![Linear::<f64>::new(3, 3, rng), BatchNorm1d::new(3), Dropout::new(0.5, rng)]
    };
    let mut once = net();
    let h = normal::<f64>(&[5, 3], 29);
    let guess = once.forward(&h);

    let mut backward = BackwardInterface::new(net());
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let trigger = tape.leaf(h.clone());
    let out = backward.forward(&dni, trigger);
    assert_eq!(dni.gradient_at(trigger), Some(guess.clone()));
    dni.backward(out.sum());
    let mut forward = ForwardInterface::new(net());
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let received = forward.forward(&dni, tape.constant(h.clone()), tape.constant(h.clone()));
    assert!(received.value().same_bits(&guess));
    for net in [&backward.synthesizer, &forward.synthesizer] {
        for ((name, moved), (_, expected)) in net.buffers().into_iter().zip(once.buffers()) {
            assert!(moved.same_bits(expected), "{name}");
        }
    }
}
