//! Tries all 2³² arguments of `exp`, `ln`, `tanh` and `sigmoid` for f32, and asks each time whether
//! the result is the f32 nearest to the true value.
//!
//! ```console
//! $ cargo run --release --manifest-path .ci/rounding/Cargo.toml
//! ```
//!
//! It takes a few minutes on two cores; a function's name after `--` runs that one alone. What is
//! nearest, another hand says: [`truth`] asks CORE-MATH, and none of our own code. Ours runs on a
//! tensor, once for each instruction set of this machine: with a fused multiply-add and without. What
//! is printed is the file `tests/golden/scalar/rounding.txt`: the number of wrong results, a hash of
//! all right ones, and a hash of a sample of them. The crate's own tests compute the sample's hash
//! from our functions, in a second and without any of this.
//!
//! Exits with 1 if a result is wrong or the file says something else.

mod truth;

use longhand::Tensor;
use longhand::tensor::isa::{self, Isa};
use longhand::tensor::threads;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use truth::FUNCTIONS;

/// What the crate's tests compare with.
const FROZEN: &str = include_str!("../../../tests/golden/scalar/rounding.txt");
/// A thread takes so many arguments at a time.
const CHUNK: u64 = 1 << 20;
/// The sample is every argument whose bits, as a number, are a multiple of this.
const STRIDE: u64 = 9_973;

/// FNV-1a, folded over words.
const START: u64 = 0xcbf2_9ce4_8422_2325;

fn fold(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3)
}

/// What one chunk of arguments came to.
struct Chunk {
    number: u64,
    wrong: u64,
    /// Of the true results.
    hash: u64,
    /// The true results of the sample's arguments.
    sample: Vec<u32>,
}

/// Our results, compiled for the instruction set in use.
fn ours(function: &str, x: &Tensor<f32>) -> Tensor<f32> {
    match function {
        "exp" => x.exp(),
        "ln" => x.ln(),
        "tanh" => x.tanh(),
        "sigmoid" => x.sigmoid(),
        _ => unreachable!("no function {function}"),
    }
}

fn chunk(number: u64, name: &str, truth: fn(f32) -> f32) -> Chunk {
    let first = number * CHUNK;
    let x: Vec<f32> = (first..first + CHUNK).map(|bits| f32::from_bits(bits as u32)).collect();
    let right: Vec<u32> = x.iter().map(|&x| truth(x)).map(bits).collect();
    let mut wrong = 0;
    let x = Tensor::vector(&x);
    for isa in Isa::supported() {
        let found = isa::with(isa, || threads::with(1, || ours(name, &x)));
        for (i, (found, &right)) in found.data().iter().zip(&right).enumerate() {
            if found.to_bits() != right {
                wrong += 1;
                let right = f32::from_bits(right);
                eprintln!("{name}({:e}) = {right:e}, {isa} gives {found:e}", x.data()[i]);
            }
        }
    }
    let sample = (first.next_multiple_of(STRIDE)..first + CHUNK).step_by(STRIDE as usize);
    Chunk {
        number,
        wrong,
        hash: right.iter().fold(START, |hash, &bits| fold(hash, bits.into())),
        sample: sample.map(|at| right[(at - first) as usize]).collect(),
    }
}

/// With one pattern for every NaN, as the crate has it.
fn bits(x: f32) -> u32 {
    if x.is_nan() { f32::NAN } else { x }.to_bits()
}

/// One line of the table, and how many results were wrong.
fn line(name: &str, truth: fn(f32) -> f32) -> (String, u64) {
    let next = AtomicU64::new(0);
    let (send, receive) = mpsc::channel();
    let mut chunks: Vec<Chunk> = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads {
            let (send, next) = (send.clone(), &next);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= (1 << 32) / CHUNK {
                        break;
                    }
                    send.send(chunk(number, name, truth)).expect("the other end is below");
                }
            });
        }
        drop(send);
        receive.iter().collect()
    });
    chunks.sort_by_key(|chunk| chunk.number);
    let wrong = chunks.iter().map(|chunk| chunk.wrong).sum();
    let all = chunks.iter().fold(START, |hash, chunk| fold(hash, chunk.hash));
    let sample = chunks.iter().flat_map(|chunk| &chunk.sample);
    let sample = sample.fold(START, |hash, &bits| fold(hash, bits.into()));
    (format!("{name:<8} {wrong:>5} {all:#018x} {sample:#018x}"), wrong)
}

fn main() -> ExitCode {
    let names: Vec<_> = Isa::supported().map(Isa::name).collect();
    eprintln!("4,294,967,296 arguments with {}", names.join(", "));
    let only = std::env::args().nth(1);
    let mut right = true;
    println!("function wrong all                every 9,973rd");
    for (name, truth) in FUNCTIONS {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let (line, wrong) = line(name, truth);
        println!("{line}");
        right &= wrong == 0 && FROZEN.lines().any(|frozen| frozen == line);
    }
    if !right {
        eprintln!("wrong, or not what tests/golden/scalar/rounding.txt says");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
