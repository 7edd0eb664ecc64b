//! A net as a table: each layer's output and how many numbers it learns (chapters 4 and 6).

use super::Layer;
use crate::report::{Table, grouped};
use crate::tensor::Shape;
use crate::{Scalar, Tensor};
use std::fmt;

/// A net's layers, their outputs, their parameters: what [`summary`] finds, printed as a table.
#[derive(Clone, Debug)]
pub struct Summary {
    rows: Vec<Row>,
    /// Numbers in the input.
    input: usize,
    /// Bytes in a number.
    width: usize,
}

#[derive(Clone, Debug)]
struct Row {
    /// `"0"`, or in a net within the net `"2.0"`.
    number: String,
    name: String,
    output: Shape,
    parameters: usize,
}

/// A table of a net's layers, found by predicting one batch of zeros of shape `input`: nothing in
/// the net changes.
///
/// The sizes below the table are those that PyTorch's users know from torchsummary: parameters,
/// the outputs of all layers going forward and their gradients coming back, and the input, in
/// units of 2²⁰ bytes.
///
/// ```
/// use longhand::layers::{Linear, Relu, summary};
/// use longhand::{Rng, sequential};
/// let rng = &mut Rng::new(0);
/// let mut net = sequential![Linear::<f32>::new(784, 50, rng), Relu::new(), Linear::new(50, 10, rng)];
/// let table = summary(&net, [1, 784]).to_string();
/// assert!(table.contains("39,250"), "{table}");
/// assert!(table.contains("39,760"), "{table}");
/// ```
#[track_caller]
pub fn summary<T: Scalar>(net: &dyn Layer<T>, input: impl Into<Shape>) -> Summary {
    let input = input.into();
    let mut rows = Vec::new();
    walk(net, String::new(), &Tensor::zeros(input), &mut rows);
    Summary { rows, input: input.count(), width: size_of::<T>() }
}

/// One row for each layer; for a chain, those of its layers in its stead. Gives the output.
#[track_caller]
fn walk<T: Scalar>(
    layer: &dyn Layer<T>,
    number: String,
    x: &Tensor<T>,
    rows: &mut Vec<Row>,
) -> Tensor<T> {
    let Some(layers) = layer.layers() else {
        let x = layer.predict(x);
        let parameters = layer.params().iter().map(|param| param.value.len()).sum();
        rows.push(Row { number, name: layer.name(), output: x.shape(), parameters });
        return x;
    };
    let mut x = x.clone();
    for (place, layer) in layers.iter().enumerate() {
        let number =
            if number.is_empty() { place.to_string() } else { format!("{number}.{place}") };
        x = walk(&**layer, number, &x, rows);
    }
    x
}

impl Summary {
    /// Only the layers of these names.
    ///
    /// A PyTorch net written with `F.relu` and `F.max_pool2d` has no modules for them, so they
    /// have no row in torchsummary's table and their outputs are not in its size. The convolutional
    /// net of chapter 6 is known from such a table: 0.13 MB forward and backward, 1.77 MB in all.
    /// Leaving the same layers out gives the same figures.
    ///
    /// ```
    /// use longhand::layers::{Linear, Relu, summary};
    /// use longhand::{Rng, sequential};
    /// let mut net = sequential![Linear::<f32>::new(784, 50, &mut Rng::new(0)), Relu::new()];
    /// let all = summary(&net, [1, 784]);
    /// assert_eq!(all.outputs(), 100);
    /// assert_eq!(all.only(&["Linear"]).outputs(), 50);
    /// ```
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Self {
        let rows = self.rows.iter().filter(|row| names.contains(&&row.name[..])).cloned();
        Self { rows: rows.collect(), ..*self }
    }

    /// How many numbers are learnt.
    pub fn parameters(&self) -> usize {
        self.rows.iter().map(|row| row.parameters).sum()
    }

    /// How many numbers the layers' outputs hold.
    pub fn outputs(&self) -> usize {
        self.rows.iter().map(|row| row.output.count()).sum()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new(["layer", "output", "parameters"]).left(0).left(1).right(2);
        for Row { number, name, output, parameters } in &self.rows {
            table.push([
                format!("{number} {name}").trim_start().to_string(),
                output.to_string(),
                grouped(*parameters),
            ]);
        }
        let total = grouped(self.parameters());
        let table = table.footer(["total".into(), String::new(), total]);
        let megabytes = |numbers: usize| (numbers * self.width) as f64 / (1 << 20) as f64;
        let sizes = [self.parameters(), 2 * self.outputs(), self.input].map(megabytes);
        let [parameters, passes, input] = sizes;
        let total: f64 = sizes.iter().sum();
        writeln!(
            f,
            "{table}parameters {parameters:.2} MiB, forward and backward {passes:.2} MiB, \
             input {input:.2} MiB: {total:.2} MiB"
        )
    }
}
