//! Convolution forward, and its two gradients.

use crate::contest::Contest;
use candle_core::Device;
use longhand::tensor::Window;
use longhand::{Rng, Tensor, init};
use std::hint::black_box;

/// Images, channels in, height and width, channels out, kernel, padding.
type Layer = [usize; 6];

/// The two convolutions of chapter 6's net, and one from the middle of a large net.
const LAYERS: [Layer; 3] = [[64, 1, 28, 20, 5, 0], [64, 20, 12, 50, 5, 0], [16, 64, 56, 64, 3, 1]];

/// Three rows for each layer.
pub fn contests() -> Vec<Contest> {
    LAYERS.into_iter().flat_map(layer).collect()
}

fn layer(sizes: Layer) -> [Contest; 3] {
    let [images, inputs, side, outputs, kernel, padding] = sizes;
    let rng = &mut Rng::new(6);
    let window = Window::new([kernel; 2]).padding([padding; 2]);
    let places = window.output([side; 2])[0];
    let normal = |shape: [usize; 4], rng: &mut Rng| init::normal::<f32>(shape, 0.0, 1.0, rng);
    let x = normal([images, inputs, side, side], rng);
    let weight = normal([outputs, inputs, kernel, kernel], rng);
    let d_output = normal([images, outputs, places, places], rng);
    let words = sizes.map(|size| size.to_string()).join(" ");
    let flops = (2 * d_output.len() * inputs * kernel * kernel) as f64;
    let row = |what: &str, work: Box<dyn FnMut()>| {
        let name =
            format!("{images}×{inputs}×{side}×{side} to {outputs}, {kernel}×{kernel}, {what}");
        Contest::ours(name, work).pytorch(format!("conv {words} {what}")).flops(flops)
    };
    let peer = candle(&x, &weight, padding).expect("the shapes fit");
    let (x, weight, d_output) = (&x, &weight, &d_output);
    let forward = {
        let (x, weight) = (x.clone(), weight.clone());
        move || drop(black_box(black_box(&x).conv2d(&weight, None, window)))
    };
    let input = {
        let (d_output, weight) = (d_output.clone(), weight.clone());
        move || drop(black_box(black_box(&d_output).conv2d_input(&weight, window, [side; 2])))
    };
    let of_weight = {
        let (x, d_output) = (x.clone(), d_output.clone());
        move || drop(black_box(black_box(&x).conv2d_weight(&d_output, window)))
    };
    [
        row("forward", Box::new(forward)).peer("candle", peer),
        row("input", Box::new(input)),
        row("weight", Box::new(of_weight)),
    ]
}

fn candle(
    x: &Tensor,
    weight: &Tensor,
    padding: usize,
) -> candle_core::Result<impl FnMut() + use<>> {
    let tensor = |tensor: &Tensor| {
        candle_core::Tensor::from_slice(tensor.data(), &tensor.shape()[..], &Device::Cpu)
    };
    let (x, weight) = (tensor(x)?, tensor(weight)?);
    Ok(move || drop(black_box(x.conv2d(&weight, padding, 1, 1, 1).expect("the shapes fit"))))
}
