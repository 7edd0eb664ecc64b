//! Chapter 5: the tape.

#[path = "../common/mod.rs"]
mod common;

mod agreement;
mod checking;
mod cost;
mod edges;
mod freeing;
mod looking;
mod mistakes;
mod operations;
mod params;
mod passes;
mod plain;
mod small;

use common::{assert_says, panic_of};
use longhand::Tensor;

fn scalar(x: f64) -> Tensor<f64> {
    Tensor::scalar(x)
}
