//! What a convolution computes, its columns, the way back, and its gradients.

use longhand::report::Table;
use longhand::tape::gradcheck;
use longhand::tensor::{Window, reference};
use longhand::{Rng, Tensor, init};

/// An image of one slanted stroke, and a kernel that looks for steps from left to right.
pub fn kernel() {
    // ANCHOR: kernel
    let image = Tensor::new(
        [1, 1, 4, 6],
        vec![
            0.0_f32, 0.0, 0.0, 9.0, 9.0, 0.0, //
            0.0, 0.0, 0.0, 9.0, 0.0, 0.0, //
            0.0, 0.0, 9.0, 9.0, 0.0, 0.0, //
            0.0, 0.0, 9.0, 0.0, 0.0, 0.0,
        ],
    );
    let kernel = Tensor::new([1, 1, 2, 2], vec![-1.0, 1.0, -1.0, 1.0]);
    let window = Window::new([2, 2]);
    let steps = image.conv2d(&kernel, None, window);
    // ANCHOR_END: kernel
    println!("image:\n{}", image.reshape([4, 6]));
    println!("kernel:\n{}", kernel.reshape([2, 2]));
    println!("output:\n{}", steps.reshape([3, 5]));
    let same = steps.same_bits(&reference::conv2d(&image, &kernel, window));
    println!("by seven loops: {}", if same { "the same" } else { "NOT THE SAME" });
}

/// The patches of a small image, and the convolution as a product with them.
pub fn columns() {
    // ANCHOR: columns
    let image = Tensor::<f32>::arange(12).reshape([1, 1, 3, 4]);
    let columns = image.im2col(Window::new([2, 2])); // [images, patch, places]
    let kernels = Tensor::new([2, 4], vec![-1.0, 1.0, -1.0, 1.0, 0.25, 0.25, 0.25, 0.25]);
    let product = kernels.matmul(&columns.reshape([4, 6]));
    // ANCHOR_END: columns
    println!("image:\n{}", image.reshape([3, 4]));
    println!("columns:\n{}", columns.reshape([4, 6]));
    println!("two kernels times columns:\n{product}");
}

/// What col2im adds up, and that it is im2col's adjoint.
pub fn back() {
    let window = Window::new([3, 3]);
    let ones = Tensor::<f64>::ones([1, 9, 16]); // the columns of a 6 × 6 image
    let seen = ones.col2im(window, [6, 6]);
    let rng = &mut Rng::new(1);
    let x = init::normal::<f64>([2, 3, 8, 7], 0.0, 1.0, rng);
    let columns = x.im2col(window);
    let y = init::normal::<f64>(columns.shape(), 0.0, 1.0, rng);
    let (left, right) = ((&columns * &y).sum(), (&x * &y.col2im(window, [8, 7])).sum());
    println!("how many windows see each pixel:\n{}", seen.reshape([6, 6]));
    println!("⟨im2col x, y⟩ = {left:.12}");
    println!("⟨x, col2im y⟩ = {right:.12}");
}

/// Gradients of a convolution by the tape against finite differences, of first order.
pub fn gradients() {
    let rng = &mut Rng::new(2);
    let x = init::normal::<f64>([2, 2, 5, 6], 0.0, 1.0, rng);
    let weight = init::normal::<f64>([3, 2, 3, 2], 0.0, 1.0, rng);
    let mut table = Table::new(["window", "elements", "against finite differences"]).left(0);
    let plain = Window::new([3, 2]);
    for (name, window) in [
        ("plain", plain),
        ("stride 2", plain.stride([2, 2])),
        ("padding 1", plain.padding([1, 1])),
        ("dilation 2", plain.dilation([2, 2])),
    ] {
        let report = gradcheck([&x, &weight], |[x, weight]| x.conv2d(weight, window));
        let verdict = if report.is_right() { "agree" } else { "DISAGREE" };
        table.push([name, &report.checked.to_string(), verdict]);
    }
    print!("{table}");
}
