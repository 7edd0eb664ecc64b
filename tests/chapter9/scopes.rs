//! Contexts and deferred backward: what begins, ends, and leaves nothing behind.

use super::common::{assert_near, normal};
use super::{Plain, panic_of};
use longhand::dni::{Manager, UnidirectionalInterface};
use longhand::{Param, Tape, Tensor};

fn context(tape: &Tape<f64>, value: f64) -> longhand::tape::Var<'_, f64> {
    tape.constant(Tensor::full([1, 1], value))
}

#[test]
fn the_innermost_context_wins_and_each_ends_with_its_scope() {
    let mut interface = UnidirectionalInterface::new(Plain::new(Tensor::zeros([1, 1])));
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let mut seen = || interface.receive(&dni, tape.constant(Tensor::ones([1, 1]))).value().item();
    assert_eq!(seen(), 0.0);
    dni.synthesizer_context(context(&tape, 1.0), || {
        assert_eq!(seen(), 100.0);
        dni.synthesizer_context(context(&tape, 2.0), || assert_eq!(seen(), 200.0));
        assert_eq!(seen(), 100.0);
        panic_of(|| dni.synthesizer_context(context(&tape, 3.0), || panic!("in the scope")));
        assert_eq!(seen(), 100.0);
    });
    assert_eq!(seen(), 0.0);
    assert!(dni.context().is_none());
}

#[test]
fn two_managers_know_nothing_of_each_other() {
    let (one, other) = (Tape::<f64>::new(), Tape::<f64>::new());
    let (a, b) = (Manager::new(&one), Manager::new(&other));
    a.synthesizer_context(context(&one, 1.0), || assert!(b.context().is_none()));
    let x = other.leaf(Tensor::scalar(1.0));
    a.defer_backward(|| b.backward(x.square()));
}

/// y = x², from which two gradients go back through the square.
fn twice(defer: bool) -> Tensor<f64> {
    let weight = Param::new("w", normal::<f64>(&[3], 1));
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let square = tape.param(&weight).square();
    let work = || {
        dni.backward_from(square, Tensor::vector(&[1.0, 2.0, 3.0]));
        dni.backward((square * 5.0).sum());
    };
    if defer {
        dni.defer_backward(work)
    } else {
        work()
    }
    let found = dni.gradient(&weight).unwrap();
    let expected = &weight.value * &Tensor::vector(&[12.0, 14.0, 16.0]);
    assert_near("2x·(g + 5)", &found, &expected, 1e-14);
    found
}

#[test]
fn deferred_gradients_go_back_together() {
    twice(true);
    let message = panic_of(|| twice(false));
    assert!(message.contains("freed"), "one after the other they cannot: {message}");
}

#[test]
fn a_deferred_backward_does_nothing_before_its_end() {
    let weight = Param::new("w", normal::<f64>(&[3], 2));
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let answer = dni.defer_backward(|| {
        dni.backward(tape.param(&weight).sum());
        assert!(dni.gradient(&weight).is_none());
        42
    });
    assert_eq!((answer, dni.gradient(&weight).unwrap().sum()), (42, 3.0));
    dni.defer_backward(|| ()); // with nothing to go back from
}

#[test]
fn deferred_scopes_do_not_nest() {
    let tape = Tape::<f64>::new();
    let dni = Manager::new(&tape);
    let message = panic_of(|| dni.defer_backward(|| dni.defer_backward(|| ())));
    assert!(message.contains("inside another"), "{message}");
    dni.defer_backward(|| ()); // and the outer one has been closed
}

#[test]
fn after_a_failure_nothing_is_propagated_and_nothing_is_left() {
    let weight = Param::new("w", normal::<f64>(&[3], 3));
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let square = tape.param(&weight).square();
    panic_of(|| {
        dni.defer_backward(|| {
            dni.backward(square.sum());
            panic!("in the scope");
        })
    });
    assert!(dni.gradient(&weight).is_none());
    let failed = dni.try_defer_backward(|| {
        dni.backward(square.sum());
        Err::<(), _>("no more data")
    });
    assert_eq!(failed, Err("no more data"));
    assert!(dni.gradient(&weight).is_none());
    // The scope is closed: this goes back at once, and only once.
    dni.backward(square.sum());
    assert_near("2x", &dni.gradient(&weight).unwrap(), &(&weight.value * 2.0), 1e-15);
}

#[test]
fn passes_add_up_in_the_parameters() {
    let mut weight = Param::new("w", Tensor::vector(&[1.0, 2.0]));
    let mut other = Param::new("other", Tensor::vector(&[1.0]));
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    dni.backward(tape.param(&weight).sum());
    dni.backward((tape.param(&weight) * 10.0).sum());
    assert_eq!(dni.gradient(&weight).unwrap().data(), [11.0, 11.0]);
    dni.write_to([&mut weight, &mut other]);
    assert_eq!(weight.grad().unwrap().data(), [11.0, 11.0]);
    assert!(other.grad().is_none());
    // And at a leaf.
    let dni = Manager::new(&tape);
    let leaf = tape.leaf(Tensor::scalar(3.0));
    assert!(dni.gradient_at(leaf).is_none());
    dni.backward(leaf * 2.0);
    dni.backward(leaf.square());
    assert_eq!(dni.gradient_at(leaf).unwrap().item(), 2.0 + 6.0);
}

#[test]
fn backward_wants_one_number() {
    let tape = Tape::<f64>::new();
    let dni = Manager::new(&tape);
    let x = tape.leaf(Tensor::ones([2, 3]));
    let message = panic_of(|| dni.backward(x));
    assert!(message.contains("[2, 3]") && message.contains("backward_from"), "{message}");
}
