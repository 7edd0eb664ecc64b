//! Training steps beside those of a compiler that was given the whole step, and beside C.
//!
//! JAX takes part twice: `JAX` is called from Python for each step, `scan` does a hundred steps in one
//! call. `C` is `benches/floor.c`, for one thread: what the arithmetic costs without any library.
//! `chan.last` is PyTorch with the channels of each pixel side by side, as its convolutions like it.

use crate::contest::Contest;
use crate::steps::{Rule, SMALL, classifier_training, lenet_training, small_training, workload};

/// Nets of linear layers.
pub fn linear(threads: usize) -> Vec<Contest> {
    let row = |name: String, step: Box<dyn FnMut()>, workload: String| {
        let row = Contest::ours(name, step);
        let row = if threads == 1 { row.served("C", "C", workload.clone()) } else { row };
        row.served("JAX", "JAX", format!("call {workload}")).served(
            "scan",
            "JAX",
            format!("scan {workload}"),
        )
    };
    let mut rows = vec![row(SMALL.into(), Box::new(small_training()), "small".into())];
    for (name, sizes, batch, rule) in [
        ("784-128-10, momentum", &[784, 128, 10][..], 64, Rule::Momentum),
        ("784-256-256-10, Adam", &[784, 256, 256, 10], 64, Rule::Adam),
        ("784-256-256-10, Adam", &[784, 256, 256, 10], 256, Rule::Adam),
    ] {
        let step = Box::new(classifier_training(sizes, batch, rule));
        rows.push(row(format!("{name}, batch {batch}"), step, workload(sizes, batch, rule)));
    }
    rows
}

/// Chapter 6's net. In JAX's loop a convolution takes many times as long as by itself, so that it goes
/// without `scan`, and 6000 images would take it minutes.
pub fn lenet() -> [Contest; 2] {
    [64, 6000].map(|batch| {
        let row = Contest::ours(format!("LeNet, batch {batch}"), lenet_training(batch))
            .pytorch(format!("lenet {batch} step"))
            .served("chan.last", "PyTorch", format!("lenet {batch} last"));
        if batch == 64 { row.served("JAX", "JAX", "call lenet 64 step") } else { row }
    })
}
