//! How fast is it: Longhand beside its peers (appendix *How fast is it*).
//!
//! | module | what is timed | against |
//! |---|---|---|
//! | [`matmul`] | products of matrices | gemm, faer, nano-gemm, matrixmultiply, OpenBLAS, PyTorch |
//! | [`random`] | products of two hundred random shapes | gemm, faer, OpenBLAS |
//! | [`peak`] | the product of 1024³ | a loop of fused multiply-adds in registers |
//! | [`conv`] | convolution, forward and backward | candle-core, PyTorch |
//! | [`elementwise`] | exp, tanh, ln, sigmoid, log-softmax | candle-core, ndarray, SLEEF, PyTorch |
//! | [`steps`] | training steps of the chapters' nets | candle, PyTorch |
//! | [`compiled`] | the same steps | JAX, PyTorch with channels last, C by hand |
//! | [`mebp`] | steps that spend each gradient as it arrives | ordinary ones, PyTorch |
//! | [`dni`] | steps with guessed gradients | PyTorch |
//! | [`per_sample`] | the variance in a batch, and its gradient | BackPACK on PyTorch |
//! | [`memory`] | what a training step takes at its peak | PyTorch |
//! | [`loading`] | unpacking MNIST | flate2, zune-inflate, libdeflate |
//!
//! # What makes it fair
//!
//! - **Interleaved.** The rivals of a row take turns within one process: a sample of each, then
//!   again a sample of each, beginning with another one every time. When the machine slows
//!   down it slows down for all. A ratio is the median of the ratios of the rounds, and a time
//!   the median of its rounds.
//! - **Warm.** What is quick is repeated for some milliseconds at each turn before a sample as
//!   long is taken, so that the caches hold what this rival left in them and the processor is
//!   awake. Only what takes longer than 30 ms, and has swept the caches itself, does without.
//! - **Same precision**, `f32` or `f64` throughout; no rival may use fewer digits inside.
//! - **Same threads.** One or two for everybody. Threads that wait for work often spin, which
//!   would disturb whoever is next; so with more than one thread there is a pause between turns.
//! - **Same question.** A product goes into memory that is there already, with the transposed
//!   factors given by strides. A training step gets a batch that lies ready, in the smallest net a
//!   fresh one each time. PyTorch is called from Python, as everyone calls it; in rows that take
//!   microseconds that call is most of what is measured.
//! - **The best peer counts.** A row's ratio is taken against the peer that was fastest *there*.

pub mod capture;
pub mod compiled;
pub mod contest;
pub mod conv;
pub mod dni;
pub mod elementwise;
pub mod loading;
pub mod matmul;
pub mod mebp;
pub mod memory;
pub mod peak;
pub mod per_sample;
pub mod random;
pub mod rivals;
pub mod server;
pub mod sleef;
pub mod steps;
pub mod table;

use std::env;

/// Tells OpenBLAS to use AVX2 alone, as on a processor that has no more; the others cannot be told.
/// Call it first of all: it looks once.
pub fn avx2_alone() {
    // SAFETY: the process has no other thread yet that could be reading the environment.
    unsafe { env::set_var("OPENBLAS_CORETYPE", "Haswell") };
}

/// Tells the peers' pools how many threads they may have. Call it first of all: they look once.
pub fn limit_threads(threads: usize) {
    for variable in ["RAYON_NUM_THREADS", "MATMUL_NUM_THREADS", "OPENBLAS_NUM_THREADS"] {
        // SAFETY: the process has no other thread yet that could be reading the environment.
        unsafe { env::set_var(variable, threads.to_string()) };
    }
}
