//! Chapter 10: gradients of gradients.

#[path = "../common/mod.rs"]
mod common;

mod cases;
mod clipping;
mod curvature;
mod differentiated;
mod eigenvalues;
mod ghost_norms;
mod group_norm;
mod kfac;
mod memory;
mod privacy;
mod quantities;
mod refusals;
mod whole_nets;

use common::golden;
use longhand::tape::Var;
use longhand::{Tape, Tensor};

/// One leaf for each of these frozen tensors.
fn leaves<'t>(tape: &'t Tape<f64>, folder: &str, names: &[&str]) -> Vec<Var<'t, f64>> {
    names.iter().map(|name| tape.leaf(frozen(folder, name))).collect()
}

fn frozen(folder: &str, name: &str) -> Tensor<f64> {
    golden(&format!("chapter10/{folder}/{name}"))
}
