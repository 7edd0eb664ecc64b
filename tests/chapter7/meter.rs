//! What the meter counts, and as what.

use crate::common::normal;
use longhand::optim::{Optimizer, Sgd};
use longhand::tensor::meter::{Bytes, Kind, Meter};
use longhand::tensor::{cached_bytes, empty_cache};
use longhand::{Param, Tape, Tensor};

fn zeros(count: usize) -> Tensor {
    Tensor::zeros([count])
}

#[test]
fn a_buffer_is_counted_from_its_making_to_its_end() {
    let before = zeros(100);
    let meter = Meter::new();
    let (a, shared) = meter.watch(|| {
        let a = zeros(10);
        assert_eq!(meter.now().total(), 40);
        let shared = (a.clone(), a.reshape([2, 5]));
        assert_eq!(meter.now().total(), 40, "tensors that share a buffer are one");
        let _not_here = before.clone();
        let double = Tensor::<f64>::zeros([10]);
        assert_eq!(meter.now().total(), 40 + 80);
        drop(double);
        (a, shared)
    });
    let unwatched = zeros(1000);
    assert_eq!(meter.now().total(), 40);
    // Whoever lets go of it last, and wherever: it is counted out.
    drop(a);
    assert_eq!(meter.now().total(), 40);
    std::thread::spawn(move || drop(shared)).join().unwrap();
    assert_eq!((meter.now().total(), meter.peak().total()), (0, 120));
    drop((before, unwatched));
    assert_eq!(meter.now().total(), 0);
}

#[test]
fn a_vector_that_leaves_is_no_tensor_any_more() {
    let meter = Meter::new();
    let vector = meter.watch(|| normal::<f32>(&[50_000], 1).into_vec());
    assert_eq!((vector.len(), meter.now().total()), (50_000, 0));
    // What comes in with room to spare is counted with it: that is what it takes.
    let mut roomy = Vec::with_capacity(100);
    roomy.push(1.0_f32);
    let _tensor = meter.watch(|| Tensor::new([1], roomy));
    assert_eq!(meter.now().total(), 400);
}

#[test]
fn kinds_are_given_by_scope_and_by_role() {
    let meter = Meter::new();
    meter.watch(|| {
        let scratch = zeros(1);
        let kept = {
            let _scope = Kind::Activation.scope();
            let inner = {
                let _scope = Kind::State.scope();
                zeros(2)
            };
            assert_eq!(meter.now()[Kind::State], 8);
            drop(inner);
            zeros(4)
        };
        let mut weight = Param::new("weight", zeros(8));
        weight.accumulate(zeros(8));
        weight.accumulate(zeros(8)); // added to the first
        let mut sgd = Sgd::new(0.1).momentum(0.9);
        sgd.step_param(&mut weight);
        let now = Kind::ALL.map(|kind| meter.now()[kind] / 4);
        assert_eq!(now, [8, 8, 4, 8, 1]);
        // A role is given to scratch only, unless it is forced.
        kept.relabel_scratch(Kind::Gradient);
        scratch.relabel_scratch(Kind::Gradient);
        assert_eq!(Kind::ALL.map(|kind| meter.now()[kind] / 4), [8, 8, 4, 9, 0]);
        kept.relabel(Kind::Scratch);
        assert_eq!(Kind::ALL.map(|kind| meter.now()[kind] / 4), [8, 8, 0, 9, 4]);
        // The copy of a parameter is of its kind; a new parameter is one as well.
        let mut copy = weight.value.clone();
        copy.data_mut()[0] = 1.0;
        assert_eq!(meter.now()[Kind::Parameter] / 4, 16);
    });
    assert_eq!(meter.now(), Bytes::default());
    let outside = zeros(5);
    outside.relabel(Kind::Gradient);
    assert_eq!(meter.now()[Kind::Gradient], 0, "what no meter counts can be called anything");
}

#[test]
fn what_the_tape_keeps_is_an_activation_and_no_parameter_becomes_one() {
    let meter = Meter::new();
    meter.watch(|| {
        let weight = Param::new("weight", normal::<f32>(&[6], 1));
        let tape = Tape::new();
        let column = tape.param(&weight).reshape([6, 1]); // shares the parameter's memory
        let y = column.exp();
        assert_eq!(meter.now()[Kind::Parameter], 24);
        assert_eq!(meter.now()[Kind::Activation], 24);
        let constant = tape.constant(zeros(3)).exp();
        assert_eq!(meter.now()[Kind::Scratch], 24, "no way back leads through {constant:?}");
        let gradients = y.sum().backward();
        assert_eq!(meter.now()[Kind::Gradient], 24);
        assert_eq!(meter.most(Kind::Gradient), 24, "what was on its way to it is scratch");
        drop(gradients);
        assert_eq!(meter.now()[Kind::Gradient], 0);
    });
}

#[test]
fn meters_do_not_see_each_others_tensors() {
    let (outer, inner) = (Meter::new(), Meter::new());
    outer.watch(|| {
        let a = zeros(1);
        let b = inner.watch(|| zeros(2));
        let c = zeros(4);
        assert_eq!((outer.now().total(), inner.now().total()), (20, 8));
        drop((a, b, c));
    });
    assert_eq!((outer.now().total(), inner.now().total()), (0, 0));
    // Other threads can be watched by a clone; elsewhere nobody is.
    let clone = outer.clone();
    let held = std::thread::spawn(move || (clone.watch(|| zeros(3)), zeros(100))).join().unwrap();
    assert_eq!(outer.now().total(), 12);
    drop(held);
    // A panic ends the watch as a return does.
    let panicked = std::panic::catch_unwind(|| outer.watch(|| panic!("on purpose")));
    assert!(panicked.is_err());
    let _unseen = zeros(7);
    assert_eq!(outer.now().total(), 0);
}

#[test]
fn peaks_and_traces() {
    let meter = Meter::new();
    let ((), trace) = meter.trace(|| {
        let a = zeros(1);
        a.relabel(Kind::Gradient);
        let b = zeros(2);
        drop(a);
        let c = zeros(2);
        drop((b, c));
    });
    let totals: Vec<usize> = trace.iter().map(Bytes::total).collect();
    assert_eq!(totals, [0, 4, 4, 12, 8, 16, 8, 0]);
    let gradients: Vec<usize> = trace.iter().map(|bytes| bytes[Kind::Gradient]).collect();
    assert_eq!(gradients, [0, 0, 4, 4, 0, 0, 0, 0]);
    // At the peak of the total there was no gradient; the most of them was before.
    assert_eq!((meter.peak().total(), meter.peak()[Kind::Gradient]), (16, 0));
    assert_eq!(meter.most(Kind::Gradient), 4);
    let _held = meter.watch(|| zeros(3));
    meter.restart();
    assert_eq!((meter.peak().total(), meter.most(Kind::Gradient)), (12, 0));
    // Without being asked for, nothing is written down.
    assert_eq!(meter.trace(|| ()).1.len(), 1);
}

#[test]
fn what_waits_to_be_used_again_is_not_counted_and_can_be_freed() {
    let meter = Meter::new();
    meter.watch(|| {
        empty_cache();
        let big = zeros(100_000);
        drop(big);
        assert_eq!((meter.now().total(), cached_bytes()), (0, 400_000));
        let again = zeros(100_000);
        assert_eq!((meter.now().total(), cached_bytes()), (400_000, 0));
        drop((again, Tensor::<f64>::zeros([10_000]), zeros(10)));
        assert_eq!(cached_bytes(), 480_000, "small ones go back at once");
        empty_cache();
        assert_eq!(cached_bytes(), 0);
        drop((0..40).map(|_| zeros(1024)).collect::<Vec<_>>());
        assert_eq!(cached_bytes(), 32 * 4096, "of those that are neither, a few wait");
    });
}
