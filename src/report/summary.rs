//! A net as a table: each layer's output and how many numbers it learns (chapter 4).

use super::Table;
use crate::layers::Sequential;
use crate::tensor::Shape;
use crate::{Param, Scalar, Tensor};

/// A table of a net's layers, found by running one batch of zeros of shape `input` through it.
///
/// The sizes below the table are those that PyTorch's users know from torchsummary: parameters,
/// the outputs of all layers going forward and their gradients coming back, and the input, in
/// units of 2²⁰ bytes.
///
/// ```
/// use longhand::layers::{Linear, Relu};
/// use longhand::report::summary;
/// use longhand::{Rng, sequential};
/// let rng = &mut Rng::new(0);
/// let mut net = sequential![Linear::<f32>::new(784, 50, rng), Relu::new(), Linear::new(50, 10, rng)];
/// let table = summary(&mut net, [1, 784]);
/// assert!(table.contains("39,250"), "{table}");
/// assert!(table.contains("39,760"), "{table}");
/// ```
#[track_caller]
pub fn summary<T: Scalar>(net: &mut Sequential<T>, input: impl Into<Shape>) -> String {
    let input = input.into();
    let mut table = Table::new(["layer", "output", "parameters"]).left(0).left(1).right(2);
    let (mut x, mut outputs, mut learnt) = (Tensor::zeros(input), 0, 0);
    for (number, layer) in net.layers.iter_mut().enumerate() {
        x = layer.forward(&x);
        layer.forget();
        let count = count(&layer.params());
        let name = format!("{number} {}", layer.name());
        table.push([name, x.shape().to_string(), grouped(count)]);
        (outputs, learnt) = (outputs + x.len(), learnt + count);
    }
    let table = table.footer(["total".into(), String::new(), grouped(learnt)]);
    let megabytes = |numbers: usize| (numbers * size_of::<T>()) as f64 / (1 << 20) as f64;
    let sizes = [learnt, 2 * outputs, input.count()].map(megabytes);
    let [parameters, passes, input] = sizes;
    let total: f64 = sizes.iter().sum();
    format!(
        "{table}parameters {parameters:.2} MiB, forward and backward {passes:.2} MiB, \
         input {input:.2} MiB: {total:.2} MiB\n"
    )
}

fn count<T: Scalar>(params: &[&Param<T>]) -> usize {
    params.iter().map(|param| param.value.len()).sum()
}

/// A whole number with its thousands set apart: 431080 as `431,080`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
