//! Chapter 8: well-tempered backpropagation.

#[path = "../common/mod.rs"]
mod common;

mod against_pytorch;
mod behaviour;
mod reports;
mod statistics;

use longhand::optim::Optimizer;
use longhand::{Param, Tensor};

/// The message of the panic that `f` ends in.
fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).err().expect("a panic");
    payload
        .downcast_ref::<String>()
        .cloned()
        .unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
}

/// Gives a parameter this gradient and lets the optimizer step.
fn step(optimizer: &mut dyn Optimizer<f64>, param: &mut Param<f64>, gradient: &[f64]) {
    param.grad = Some(Tensor::vector(gradient));
    optimizer.step_param(param);
}
