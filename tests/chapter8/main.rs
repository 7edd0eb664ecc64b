//! Chapter 8: well-tempered backpropagation.

#[path = "../common/mod.rs"]
mod common;

mod against_pytorch;
mod behaviour;
mod msvag;
mod noise_scale;
mod notebook_run;
mod reports;
mod statistics;

use common::panic_of;
use longhand::optim::Optimizer;
use longhand::{Param, Tensor};

/// Gives a parameter this gradient and lets the optimizer step.
fn step(optimizer: &mut dyn Optimizer<f64>, param: &mut Param<f64>, gradient: &[f64]) {
    param.set_grad(Tensor::vector(gradient));
    optimizer.step_param(param);
}
