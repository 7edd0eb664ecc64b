//! What cannot be done is refused, and the message says why.

use super::common::{assert_says, normal};
use longhand::layers::Statistics;
use longhand::per_sample::{Recorder, Rule, Scaling};
use longhand::tape::Var;
use longhand::{Tape, Tensor};

#[test]
fn a_layer_that_mixes_the_samples() {
    let tape = Tape::<f64>::new();
    let recorder = Recorder::new(&tape);
    let x = tape.constant(normal(&[4, 3], 1));
    let (w, b) = (tape.leaf(Tensor::ones([3])), tape.leaf(Tensor::zeros([3])));
    assert_says(
        || recorder.batch_norm(x, w, b, Statistics::OfBatch, 1e-5),
        &["mixes the samples", "several of them", "running mean"],
    );
    // One that was not written with the recorder is found on the tape.
    let weight = tape.leaf(normal(&[3, 3], 7));
    let h = recorder.linear(x, weight, None);
    let loss = h.batch_norm(w, b, 1e-5).square().sum();
    assert_says(
        || recorder.backward(loss, Scaling::Share),
        &["(batch norm, shape [4, 3], recorded at", "refusals.rs", "mixes the samples"],
    );
    // Behind the loss, or beside it, it does no harm.
    let _ = recorder.backward_create_graph(h.square().sum(), Scaling::Share);
}

#[test]
fn an_operation_of_ones_own_that_mixes_the_samples() {
    /// Each row beside the next one.
    fn rolled<'t>(x: Var<'t, f64>) -> Var<'t, f64> {
        let value = x.value().gather_rows(&[1, 2, 3, 0]);
        let y = x
            .tape()
            .operation("mine", [x], value, |[_], _, g| [Some(g.gather_rows(&[3, 0, 1, 2]))]);
        y.mixing_samples()
    }
    let says = ["(mine, shape [4, 2]", "refusals.rs", "mixes the samples"];
    let tape = Tape::<f64>::new();
    let (x, w) = (tape.constant(normal(&[4, 3], 8)), tape.leaf(normal(&[2, 3], 9)));
    let (recorder, inner) = (Recorder::new(&tape), Recorder::new(&tape));
    let h = recorder.linear(x, w, None);
    let output = rolled(h).tanh();
    let loss = output.square().sum();
    assert_says(|| recorder.backward(loss, Scaling::Share), &says);
    assert_says(|| recorder.backward_create_graph(loss, Scaling::Own), &says);
    // So does what is made of sums of squares, which has no loss to look at.
    assert_says(|| recorder.ggn_diagonal(output, &[Tensor::ones([4, 2])]), &says);
    // What was mixed before the first recorded layer is data like any other.
    let mixed = rolled(tape.leaf(normal(&[4, 2], 3)));
    let v = tape.leaf(normal(&[5, 2], 4));
    let samples = inner.backward(inner.linear(mixed, v, None).square().sum(), Scaling::Share);
    assert_eq!(samples.individual(v).shape(), [4, 5, 2]);
}

#[test]
fn a_recorder_of_nothing_a_loss_of_many_numbers_and_a_stranger() {
    let tape = Tape::<f64>::new();
    let recorder = Recorder::new(&tape);
    let (x, w) = (tape.constant(normal(&[4, 3], 2)), tape.leaf(normal(&[2, 3], 3)));
    assert_says(|| recorder.backward(w.sum(), Scaling::Share), &["the recorder has seen no layer"]);
    let y = recorder.linear(x, w, None);
    assert_says(|| recorder.backward_create_graph(y, Scaling::Share), &["one number", "[4, 2]"]);
    let samples = recorder.backward_create_graph(y.square().sum(), Scaling::Share);
    assert_says(|| samples.variance(x), &["(constant, shape [4, 3]", "no recorded use"]);
}

/// A rule that is never asked.
struct Unruly;

impl Rule<f64> for Unruly {
    fn individual<'t>(&self, _: Var<'t, f64>, _: Var<'t, f64>) -> Var<'t, f64> {
        unreachable!()
    }
}

#[test]
fn samples_that_are_not_along_the_first_axis() {
    let tape = Tape::<f64>::new();
    let recorder = Recorder::new(&tape);
    let w = tape.leaf(normal(&[2, 3], 4));
    let y = recorder.linear(tape.constant(normal(&[4, 3], 5)), w, None);
    let other = tape.constant(normal(&[5, 3], 6));
    assert_says(|| recorder.linear(other, w, None), &["[5, 3]", "[5, 2]", "must be 4"]);
    // Nor is one of the two enough, nor none at all.
    let sized = |shape: &[usize]| tape.constant(normal(shape, 10));
    for (given, made) in [([5, 3], [4, 2]), ([4, 3], [5, 2])] {
        let say = || recorder.record_use(w, sized(&given), sized(&made), Unruly);
        assert_says(say, &["must be 4"]);
    }
    let say = || Recorder::new(&tape).record_use(w, sized(&[]), sized(&[]), Unruly);
    assert_says(say, &["must be one size"]);
    assert_eq!(format!("{recorder:?}"), "Recorder of 1 uses of 1 parameters");
    assert!(std::ptr::eq(recorder.tape(), &tape));
    let samples = recorder.backward(y.square().sum(), Scaling::Share);
    assert_eq!(format!("{samples:?}"), "Samples: 4, of 1 parameters");
}
