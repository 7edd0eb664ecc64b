//! The operations of the tape: each computes its value, and below it stands its pullback.
//!
//! The first comment of an operation tells the shapes, the lines after it derive the pullback.
//! There g is dL/dy, the gradient of the output, and the gradient of an input has the shape of
//! that input: where broadcasting repeated it, the gradients of all its copies are added up.

mod arithmetic;
mod checkpoint;
mod choice;
mod conv;
mod dropout;
mod functions;
mod layout;
mod loss;
mod normalize;
mod pool;
mod product;
mod reduce;
mod rows;

pub use checkpoint::checkpoint;
pub use layout::{concat, stack};
