//! Chapter 7: each way to spend gradients, checkpoints, and clipping.

use super::Journal;
use longhand::layers::{Layer, Linear, Relu, Sequential};
use longhand::optim::Adam;
use longhand::{Rng, Tape, mebp, sequential};
use nets::{CONVOLUTIONAL, Case, Fresh, NOTEBOOK, Training, Way, adam, batch, momentum};

#[path = "../../../examples/chapter7/nets.rs"]
#[allow(dead_code)]
mod nets;

pub fn write(journal: &mut Journal) {
    for way in Way::THREE {
        training(NOTEBOOK, "Adam", adam, way, 10, journal);
    }
    training(CONVOLUTIONAL, "momentum", momentum, Way::Parameter, 2, journal);
    taped(journal);
    checkpoints(journal);
    clipped(journal);
}

fn training(case: Case, name: &str, rule: Fresh, way: Way, steps: u64, journal: &mut Journal) {
    journal.begin(format_args!("the {} net, {name}, {}", case.name, way.name()));
    let mut training = Training::new(case, 0, rule(), way);
    for step in 0..=steps {
        journal.net(step as usize, &training.net);
        training.step(&batch(case.batch, 1000 + step), step);
    }
}

/// A step while the tape is gone through.
fn taped(journal: &mut Journal) {
    journal.begin("the notebook's net by tape, Adam");
    let (mut net, mut adam, mut tape) = ((NOTEBOOK.net)(0), Adam::new(1e-3), Tape::new());
    for step in 0..=10 {
        journal.net(step as usize, &net);
        tape.clear();
        let x = tape.constant(batch(NOTEBOOK.batch, 1000 + step));
        let loss = (NOTEBOOK.loss)(&mut net, x, step);
        mebp::backward(loss, net.params_mut(), &mut adam);
    }
}

fn tower() -> Sequential {
    let rng = &mut Rng::new(1);
    let layers = (0..8).flat_map(|_| {
        let linear: Box<dyn Layer> = Box::new(Linear::new(64, 64, rng));
        [linear, Box::new(Relu::new())]
    });
    Sequential::new(layers.collect())
}

/// What is not kept is computed again, and is the same.
fn checkpoints(journal: &mut Journal) {
    journal.begin("eight layers in four segments, Adam");
    let mut net = mebp::checkpoint_sequential(tower(), 4);
    let mut adam = Adam::new(1e-3);
    for step in 0..=5 {
        journal.net(step as usize, &net);
        let output = net.forward(&batch(&[16, 64], step));
        mebp::per_layer(&mut net, output, &mut adam);
    }
}

fn clipped(journal: &mut Journal) {
    journal.begin("clipped, Adam");
    let (rng, mut adam) = (&mut Rng::new(3), Adam::new(1e-2));
    let mut net = sequential![Linear::new(50, 20, rng), Relu::new(), Linear::new(20, 5, rng)];
    for step in 0..=5 {
        journal.net(step as usize, &net);
        let x = batch(&[8, 50], step);
        let norm = mebp::per_layer_clipped(&mut net, &mut adam, 0.5, |net| net.forward(&x));
        journal.numbers(format_args!("step {}, norm", step + 1), &[norm]);
    }
}
