//! Going back: for what inputs, from what outputs, through what operations.

use super::common::normal;
use super::scalar;
use longhand::tape::Var;
use longhand::{Tape, Tensor};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn gradients_of_all_uses_add_up() {
    let tape = Tape::<f64>::new();
    let a = tape.leaf(scalar(3.0));
    let b = a + a;
    let c = b + b;
    assert_eq!(c.backward()[a].item(), 4.0);
    // Through paths of different lengths.
    let y = a * a * a + a;
    assert_eq!(y.backward()[a].item(), 28.0);
}

#[test]
fn chosen_inputs_leaves_or_not() {
    let tape = Tape::<f64>::new();
    let (x, w) = (tape.leaf(scalar(2.0)), tape.leaf(scalar(5.0)));
    let h = x * w;
    let y = h * h;
    // A target that lies on the way to another target.
    let [dh, dx] = y.backward_pass().retain_graph().with_respect_to(&[h, x]).try_into().unwrap();
    assert_eq!((dh.unwrap().item(), dx.unwrap().item()), (20.0, 100.0));
    // The output itself, the same input twice, and one that has nothing to do with it.
    let alone = tape.leaf(scalar(1.0));
    let found = y.backward_pass().retain_graph().with_respect_to(&[y, x, alone, x]);
    let found: Vec<_> = found.iter().map(|g| g.as_ref().map(Tensor::item)).collect();
    assert_eq!(found, [Some(1.0), Some(100.0), None, Some(100.0)]);
    // Nothing is asked of constants.
    assert!(y.backward_pass().with_respect_to(&[tape.constant(scalar(1.0))])[0].is_none());
}

/// Where it was computed from nothing that was chosen, the way ends.
#[test]
fn the_rule_of_a_chosen_result_is_not_asked() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(scalar(2.0));
    let h = tape.operation("never asked", [x], scalar(6.0), |[_], _, _| unreachable!());
    assert_eq!(h.square().grad([h])[0].item(), 12.0);
}

#[test]
fn what_no_one_asks_for_is_not_computed() {
    /// a·b, counting how often either gradient is computed.
    fn counted<'t>(
        a: Var<'t, f64>,
        b: Var<'t, f64>,
        calls: &Arc<[AtomicUsize; 2]>,
    ) -> Var<'t, f64> {
        let (value, calls) = (a.value() * b.value(), calls.clone());
        a.tape().operation("counted", [a, b], value, move |[a, b], _, g| {
            let count = |i: usize| calls[i].fetch_add(1, Ordering::Relaxed);
            let for_a = || {
                count(0);
                g * b
            };
            let for_b = || {
                count(1);
                g * a
            };
            [a.grad_if_needed(for_a), b.grad_if_needed(for_b)]
        })
    }
    let calls = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let count = || [0, 1].map(|i| calls[i].swap(0, Ordering::Relaxed));
    let tape = Tape::new();
    let (x, w, c) = (tape.leaf(scalar(2.0)), tape.leaf(scalar(3.0)), tape.constant(scalar(5.0)));
    // A constant wants no gradient.
    let _ = counted(c, w, &calls).backward();
    assert_eq!(count(), [0, 1]);
    let _ = counted(x, w, &calls).backward();
    assert_eq!(count(), [1, 1]);
    // Nor does a leaf that was not chosen, nor the whole branch that leads to it.
    let y = counted(counted(x, w, &calls), counted(w, c, &calls), &calls);
    assert_eq!(
        y.backward_pass().retain_graph().with_respect_to(&[x])[0].as_ref().unwrap().item(),
        3.0 * 15.0
    );
    assert_eq!(count(), [2, 0]);
    let [gradient] = y.grad_create_graph([x]);
    assert_eq!(count(), [2, 0]);
    assert_eq!(gradient.grad([w])[0].item(), 2.0 * 3.0 * 5.0);
}

#[test]
fn several_roots_with_their_own_gradients() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::vector(&[1.0, 2.0, 3.0]));
    let (y, z) = (x.square(), x.exp());
    let (up_y, up_z) = (normal::<f64>(&[3], 1), normal::<f64>(&[3], 2));
    // y twice: what comes from above adds up.
    let joint = tape
        .backward_pass()
        .root(y, &up_y)
        .root(z, &up_z)
        .root(y, &up_y)
        .retain_graph()
        .gradients();
    let [alone_y] = (y * tape.constant(up_y * 2.0))
        .sum()
        .backward_pass()
        .retain_graph()
        .with_respect_to(&[x])
        .try_into()
        .unwrap();
    let [alone_z] = (z * tape.constant(up_z))
        .sum()
        .backward_pass()
        .retain_graph()
        .with_respect_to(&[x])
        .try_into()
        .unwrap();
    assert!(joint[x].allclose(&(alone_y.unwrap() + alone_z.unwrap()), 1e-14, 0.0));
    // One root upstream of the other.
    let both =
        tape.backward_pass().root(y, Tensor::ones([3])).root(y.sum(), scalar(10.0)).gradients();
    assert_eq!(both[x].data(), [22.0, 44.0, 66.0]);
    assert!(tape.backward_pass().gradients().is_empty() && !both.is_empty());
    assert!(!tape.is_empty() && Tape::<f64>::new().is_empty());
}

#[test]
fn the_gradient_from_above_can_be_differentiated() {
    let tape = Tape::<f64>::new();
    let (x, up) = (tape.leaf(scalar(3.0)), tape.leaf(scalar(1.0)));
    let y = x.powi(3);
    let gradient = tape.backward_pass().root(y, up).create_graph(&[x])[0].unwrap();
    let [d_up, d_x] = gradient.grad([up, x]);
    assert_eq!((d_up.item(), d_x.item()), (27.0, 18.0)); // 3x² and 6x·up
}

// Operations of one's own.

#[test]
fn operations_of_ones_own() {
    /// Passes the gradient on to `x`, and sends half of it and a secret to `y`.
    fn tee<'t>(x: Var<'t, f64>, y: Var<'t, f64>, secret: Tensor<f64>) -> Var<'t, f64> {
        let value = x.value();
        x.tape().operation("tee", [x, y], value, move |[x, y], output, g| {
            assert!(output.value().shares_memory_with(&x.value()));
            let secret = x.tape().constant(secret.clone());
            [Some(g), y.grad_if_needed(|| g * 0.5 + secret)]
        })
    }
    let tape = Tape::new();
    let (x, y) = (tape.leaf(normal(&[3], 7)), tape.leaf(normal(&[3], 8)));
    let gradients = (tee(x, y, Tensor::arange(3)) * 2.0).sum().backward();
    assert_eq!(gradients[x].data(), [2.0; 3]);
    assert_eq!(gradients[y].data(), [1.0, 2.0, 3.0]);

    // A list of inputs, and one that no gradient flows to.
    let parts = [x, y, x, y];
    let value = parts.iter().fold(Tensor::zeros([3]), |sum, part| sum + part.value());
    let sum = tape.operation_on_list("sum of all", &parts, value, |parts, _, g| {
        (0..parts.len()).map(|i| (i != 1).then_some(g)).collect()
    });
    let gradients = sum.sum().backward();
    assert_eq!((gradients[x].data(), gradients[y].data()), (&[2.0; 3][..], &[1.0; 3][..]));
}

#[test]
fn a_pullback_may_make_a_backward_pass_of_its_own() {
    /// f(x) whose inside is not kept but computed again on the way back.
    fn checkpoint(x: Var<'_, f64>) -> Var<'_, f64> {
        let inside = |x: Tensor<f64>| {
            let tape = Tape::new();
            let x = tape.leaf(x);
            let y = (x.exp() * x).tanh();
            let value = y.value();
            (
                value,
                tape.backward_pass()
                    .root(y, Tensor::ones(y.shape()))
                    .with_respect_to(&[x])
                    .remove(0)
                    .unwrap(),
            )
        };
        let value = inside(x.value()).0;
        x.tape().operation("checkpoint", [x], value, move |[x], _, g| {
            [Some(g * x.tape().constant(inside(x.value()).1))]
        })
    }
    let tape = Tape::new();
    let x = tape.leaf(normal(&[4], 9));
    let [ours] = checkpoint(x).sum().grad([x]);
    let [plain] = (x.exp() * x).tanh().sum().grad([x]);
    assert!(ours.allclose(&plain, 1e-14, 0.0));
}

#[test]
fn a_tape_can_move_to_another_thread() {
    let tape = Tape::<f64>::new();
    let index = tape.leaf(scalar(2.0)).exp().index();
    let length = std::thread::spawn(move || {
        let x = tape.leaf(scalar(1.0));
        (x.exp().backward()[x].item(), tape.len())
    });
    assert_eq!(length.join().unwrap(), (longhand::Scalar::exp(1.0), index + 3));
}
