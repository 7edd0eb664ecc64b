//! **Longhand**: deep learning written out in longhand.
//!
//! Every tensor, every gradient and every method is written here by hand, with nothing but the
//! standard library, and a book tells it chapter by chapter. This page is the map.
//!
//! | chapter | module |
//! |---|---|
//! | 1 Tensors and the matmul ladder | [`tensor`], [`scalar`] |
//! | 2 The forward pass | [`data`], [`rng`], [`init`], [`by_hand`] |
//! | 3 The backward pass by hand | [`by_hand`] |
//! | 4 Layers, modules, training | [`by_hand::refactor`], [`by_hand::steps`], [`layers`], [`param`], [`optim`] |
//! | 5 The tape | [`tape`] |
//! | 6 Convolution | [`tensor::conv`], [`tensor::Window`], [`layers`], [`models`], [`record`] |
//! | 7 Memory-efficient backpropagation | [`mebp`], [`tensor::meter`] |
//! | 8 Well-tempered backpropagation | [`wtb`] |
//! | 9 Decoupled neural interfaces | [`dni`] |
//! | 10 Gradients of gradients | [`per_sample`] |
//! | files whole or not at all; what can be wrong with them | [`files`], [`error`] |
//! | appendix "Reading IDX and gzip" | [`deflate`], [`data::gzip`], [`data::idx`] |
//! | what the examples print and draw, and how they are asked | [`report`], [`cli`] |
//!
//! ```
//! use longhand::layers::{CrossEntropy, Layer, Linear, Loss, Relu};
//! use longhand::optim::{Optimizer, Sgd};
//! use longhand::{Rng, Tensor, sequential};
//!
//! // Two points of each class; a net with hand-written gradients learns to tell them apart.
//! let x = Tensor::new([4, 2], vec![0.0_f32, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0]);
//! let labels = [0, 0, 1, 1];
//!
//! let rng = &mut Rng::new(1);
//! let mut net = sequential![Linear::new(2, 8, rng), Relu::new(), Linear::new(8, 2, rng)];
//! let (mut loss, mut sgd) = (CrossEntropy::mean(), Sgd::new(0.5));
//! for _ in 0..200 {
//!     let scores = net.forward(&x);
//!     loss.forward(&scores, &labels);
//!     net.backward_params(&loss.backward());
//!     sgd.step(net.params_mut());
//!     net.zero_grad();
//! }
//! assert_eq!(net.predict(&x).argmax(-1), labels);
//! ```
//!
//! # The same bits everywhere
//!
//! A result depends on the program alone: not on the number of threads (`LONGHAND_THREADS`), not
//! on the instruction set (`LONGHAND_ISA`), not on the platform's mathematical library. Every sum
//! has a stated order, and `exp`, `ln`, `tanh` and the random numbers are written here.

#![deny(missing_debug_implementations, unreachable_pub, unsafe_code)]

pub mod by_hand;
pub mod cli;
#[cfg(debug_assertions)] // as in the test profile
#[doc(hidden)]
pub mod compiled_once;
pub mod data;
pub mod deflate;
pub mod dni;
pub mod error;
pub mod files;
pub mod init;
pub mod layers;
pub mod mebp;
pub mod models;
pub mod optim;
pub mod param;
pub mod per_sample;
pub mod record;
pub mod report;
pub mod rng;
pub mod scalar;
pub mod tape;
pub mod tensor;
pub mod wtb;

pub use error::{Error, ErrorKind, Result};
pub use param::Param;
pub use rng::Rng;
pub use scalar::Scalar;
pub use tape::Tape;
pub use tensor::Tensor;

/// What is wrong with `LONGHAND_ISA` or `LONGHAND_THREADS`, if anything is. A program calls this
/// when it starts, so as to say so in a sentence; otherwise the first computation panics with it.
///
/// # Errors
/// If one of them holds a value that it cannot have, or that this machine cannot follow.
pub fn check_settings() -> Result<()> {
    tensor::isa::check()?;
    tensor::threads::check()?;
    Ok(())
}

/// The README's sample, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
