//! Convolutions with fewer parameters: 1×1, in groups, and one after the other.

use longhand::report::{Table, grouped};
use longhand::tensor::Window;
use longhand::{Rng, Tensor, init};

/// A convolution in groups: each part of the outputs sees its own part of the channels only.
fn in_groups(x: &Tensor, weight: &Tensor, groups: usize, window: Window) -> Tensor {
    // x [n, c, h, w], weight [o, c/groups, kh, kw] → [n, o, oh, ow]
    let (inputs, outputs) = (x.shape()[1] / groups, weight.shape()[0] / groups);
    let part = |g: usize| {
        let x = x.slice(1, g * inputs..(g + 1) * inputs);
        let weight = weight.slice(0, g * outputs..(g + 1) * outputs);
        x.conv2d(&weight, None, window)
    };
    let parts: Vec<Tensor> = (0..groups).map(part).collect();
    Tensor::concat(&parts.iter().collect::<Vec<_>>(), 1)
}

/// What LeNet's second convolution costs, and what it would in a cheaper form.
pub fn convolutions() {
    let rng = &mut Rng::new(5);
    let five = Window::new([5, 5]).padding([2, 2]);
    let one = Window::new([1, 1]);
    let x = init::normal::<f32>([1, 20, 12, 12], 0.0, 1.0, rng);
    let mut weight = |shape: [usize; 4]| init::normal::<f32>(shape, 0.0, 0.1, rng);
    let (full, across, within) =
        (weight([50, 20, 5, 5]), weight([50, 20, 1, 1]), weight([20, 1, 5, 5]));

    let pointwise = x.conv2d(&across, None, one);
    let product = across.reshape([50, 20]).matmul(&x.reshape([20, 144]));
    let depthwise = in_groups(&x, &within, 20, five);
    let mut sparse = Tensor::zeros([20, 20, 5, 5]);
    for c in 0..20 {
        let kernel = &within.data()[c * 25..(c + 1) * 25];
        sparse.data_mut()[(c * 20 + c) * 25..][..25].copy_from_slice(kernel);
    }
    let said = |same: bool| if same { "the same" } else { "NOT THE SAME" };
    let same = pointwise.reshape([50, 144]).same_bits(&product);
    println!("1×1 and a product of matrices: {}", said(same));
    let same = depthwise.near(&x.conv2d(&sparse, None, five));
    println!("depthwise and a kernel of zeros off the diagonal: {}", said(same));

    let mut table = Table::new(["20 channels of 12×12", "weights", "multiplications"]);
    let cost = |weight: &Tensor, y: &Tensor| [weight.len(), y.len() * weight.rows(0..1).len()];
    let [ordinary, pointwise, depthwise] = [
        cost(&full, &x.conv2d(&full, None, five)),
        cost(&across, &pointwise),
        cost(&within, &depthwise),
    ];
    let both = [pointwise[0] + depthwise[0], pointwise[1] + depthwise[1]];
    for (name, [weights, multiplications]) in [
        ("5×5, to 50 channels", ordinary),
        ("1×1, to 50 channels", pointwise),
        ("5×5 depthwise", depthwise),
        ("5×5 depthwise, then 1×1 to 50", both),
    ] {
        table.push([name.to_string(), grouped(weights), grouped(multiplications)]);
    }
    print!("\n{table}");
}
