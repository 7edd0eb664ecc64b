//! Chapter 5: the tape.

#[path = "../common/mod.rs"]
mod common;

mod agreement;
mod checking;
mod cost;
mod looking;
mod mistakes;
mod operations;
mod params;
mod spending;
mod sweeps;

use longhand::Tensor;

fn scalar(x: f64) -> Tensor<f64> {
    Tensor::scalar(x)
}

/// The message of the panic that `f` ends in.
fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).err().expect("a panic");
    payload
        .downcast_ref::<String>()
        .cloned()
        .unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
}

#[track_caller]
fn assert_says<R>(f: impl FnOnce() -> R, parts: &[&str]) {
    let message = panic_of(f);
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}
