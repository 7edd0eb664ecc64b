//! What is written down of a computation: for each tensor a hash of its bits.

use longhand::layers::{Layer, Loss, Sequential};
use longhand::optim::Optimizer;
use longhand::{Param, Scalar, Tensor};
use std::fmt::{Display, Write};

/// Lines of a hash and what it is of, in the order in which they were computed. Those of one
/// computation stand under a line of its own: `chapter 4: momentum`.
#[derive(Debug)]
pub struct Journal {
    chapter: usize,
    pub text: String,
}

/// After these steps of a training its weights are written down.
fn is_looked_at(step: usize) -> bool {
    [0, 1, 2, 5].contains(&step) || step.is_multiple_of(10)
}

/// FNV-1a, of 64 bits.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Journal {
    /// An empty one.
    pub fn new(chapter: usize) -> Self {
        Self { chapter, text: String::new() }
    }

    /// Begins a computation.
    pub fn begin(&mut self, name: impl Display) {
        writeln!(self.text, "chapter {}: {name}", self.chapter).expect("a String takes anything");
    }

    /// Some bytes.
    pub fn bytes(&mut self, what: impl Display, bytes: impl IntoIterator<Item = u8>) {
        let hash = hash(bytes.into_iter());
        writeln!(self.text, "    {hash:016x}  {what}").expect("a String takes anything");
    }

    /// Some numbers, by the bits of each. (To `f64` and back a number keeps its bits.)
    pub fn numbers<T: Scalar>(&mut self, what: impl Display, numbers: &[T]) {
        self.bytes(what, numbers.iter().flat_map(|x| x.to_f64().to_bits().to_le_bytes()));
    }

    /// The numbers of a tensor.
    pub fn tensor<T: Scalar>(&mut self, what: impl Display, tensor: &Tensor<T>) {
        self.numbers(what, tensor.data());
    }

    /// The parameters and running statistics of a net after a step, if this one is looked at.
    pub fn net<T: Scalar>(&mut self, step: usize, net: &Sequential<T>) {
        for (name, tensor) in net.state().into_iter().filter(|_| is_looked_at(step)) {
            self.tensor(format_args!("step {step}, {name}"), tensor);
        }
    }

    /// The same of parameters that no net names: they are numbered.
    pub fn params<T: Scalar>(&mut self, step: usize, params: Vec<&mut Param<T>>) {
        for (number, param) in params.into_iter().enumerate().filter(|_| is_looked_at(step)) {
            self.tensor(format_args!("step {step}, {number} {}", param.name), &param.value);
        }
    }

    /// The loss of a step, if this one is looked at.
    pub fn loss<T: Scalar>(&mut self, step: usize, loss: T) {
        if is_looked_at(step) {
            self.numbers(format_args!("step {step}, loss"), &[loss]);
        }
    }

    /// A training as chapter 4 has it, a step for each batch.
    pub fn training(
        &mut self,
        net: &mut Sequential,
        loss: &mut impl Loss<Target = [usize]>,
        optimizer: &mut impl Optimizer,
        batches: impl Iterator<Item = (Tensor, Vec<usize>)>,
    ) {
        self.net(0, net);
        for (step, (x, labels)) in (1..).zip(batches) {
            let value = loss.forward(&net.forward(&x), &labels);
            net.zero_grad();
            net.backward_params(&loss.backward());
            optimizer.step(net.params_mut());
            self.loss(step, value);
            self.net(step, net);
        }
    }
}
