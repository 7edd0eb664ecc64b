//! What kernels see, those that the net has learnt, and its losses.

use longhand::data::Dataset;
use longhand::layers::{Layer, Sequential};
use longhand::report::{Figure, ImageGrid, LineChart};
use longhand::{Result, Tensor, tensor::Window};

/// Pixels from 0 for the smallest to 1 for the largest.
fn stretched(pixels: &[f32]) -> Vec<f32> {
    let least = pixels.iter().copied().fold(f32::INFINITY, f32::min);
    let most = pixels.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    pixels.iter().map(|pixel| (pixel - least) / (most - least)).collect()
}

/// A small square image with each of its pixels as a square of so many by so many.
pub fn enlarged(pixels: &[f32], side: usize, times: usize) -> Vec<f32> {
    let wide = side * times;
    (0..wide * wide).map(|i| pixels[i / wide / times * side + i % wide / times]).collect()
}

/// Kernels made by hand, what a patch's pixels see, the kernels learnt, the loss of each batch.
pub fn draw(net: &Sequential, train: &Dataset, losses: &[f32]) -> Result<()> {
    let digit = train.rows(0..1).images;
    let edges = [
        ("rises right", [-1.0_f32, 0.0, 1.0, -1.0, 0.0, 1.0, -1.0, 0.0, 1.0]),
        ("rises down", [-1.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]),
        ("stands out", [-1.0, -1.0, -1.0, -1.0, 8.0, -1.0, -1.0, -1.0, -1.0]),
    ];
    let window = Window::new([3, 3]).padding([1, 1]);
    let mut sheet = ImageGrid::new("One digit through three kernels", 28, 28).columns(4);
    sheet = sheet.image(&stretched(digit.data()), "the digit");
    for (name, kernel) in edges {
        let seen = digit.conv2d(&Tensor::new([1, 1, 3, 3], kernel.to_vec()), None, window);
        sheet = sheet.image(&stretched(seen.clamp_min(0.0).data()), name);
    }
    println!("figure: {}", sheet.save_figure("chapter6-kernels")?);

    let columns = digit.im2col(Window::new([5, 5]));
    let mut sheet = ImageGrid::new("The 25 rows of one digit's columns", 24, 24).columns(5);
    for row in columns.data().chunks(24 * 24) {
        sheet = sheet.image(&stretched(row), "");
    }
    println!("figure: {}", sheet.save_figure("chapter6-columns")?);

    let kernels = net.params()[0].value.clone();
    let most = f64::from(kernels.abs().max());
    let sheet = ImageGrid::new("The first layer's kernels", 20, 20).columns(10);
    let mut sheet = sheet.range(-most, most);
    for kernel in kernels.data().chunks(25) {
        sheet = sheet.image(&enlarged(kernel, 5, 4), "");
    }
    println!("figure: {}", sheet.save_figure("chapter6-learnt")?);

    let per_epoch = train.batches(64).len();
    let epochs: Vec<f64> = (0..losses.len()).map(|i| (i + 1) as f64 / per_epoch as f64).collect();
    let chart = LineChart::new("The loss of each batch").x("epoch").y("loss").log_y();
    let chart = chart.noisy("training batch", &epochs, losses, 50);
    println!("figure: {}", chart.save_figure("chapter6-loss")?);

    Ok(())
}
