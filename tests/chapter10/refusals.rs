//! What cannot be done is refused, and the message says why.

use super::common::{assert_says, normal};
use longhand::per_sample::{Recorder, Scaling, Statistics};
use longhand::{Tape, Tensor};

#[test]
fn a_layer_that_mixes_the_samples() {
    let tape = Tape::<f64>::new();
    let recorder = Recorder::new(&tape);
    let x = tape.constant(normal(&[4, 3], 1));
    let (w, b) = (tape.leaf(Tensor::ones([3])), tape.leaf(Tensor::zeros([3])));
    assert_says(
        || recorder.batch_norm(x, w, b, Statistics::OfBatch, 1e-5),
        &["mixes the samples", "every sample", "running mean"],
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
    recorder.backward_create_graph(h.square().sum(), Scaling::Share);
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

#[test]
fn samples_that_are_not_along_the_first_axis() {
    let tape = Tape::<f64>::new();
    let recorder = Recorder::new(&tape);
    let w = tape.leaf(normal(&[2, 3], 4));
    recorder.linear(tape.constant(normal(&[4, 3], 5)), w, None);
    let other = tape.constant(normal(&[5, 3], 6));
    assert_says(|| recorder.linear(other, w, None), &["[5, 3]", "[5, 2]", "must be 4"]);
}
