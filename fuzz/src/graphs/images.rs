//! Operations on images: convolution, its two adjoints, pooling.

use super::operations::{operation, reshaped, step};
use super::plan::{Kink, Plan, Source, Step};
use crate::choices::Choices;
use longhand::tensor::{Divisor, Window};

/// A window that fits images of this size.
fn window(choices: &mut Choices, size: [usize; 2], padding: impl Fn(usize) -> usize) -> Window {
    let kernel = [0, 1].map(|axis| choices.within(1..=size[axis].min(3)));
    let padding = [0, 1].map(|axis| choices.within(0..=padding(kernel[axis])));
    let dilation = [0, 1].map(|axis| match kernel[axis] {
        1 => 1,
        kernel => choices.within(1..=((size[axis] - 1) / (kernel - 1)).clamp(1, 2)),
    });
    Window { kernel, padding, dilation, stride: choices.pair(1..=2) }
}

/// An image size in which the window has `places`.
fn image_for(choices: &mut Choices, window: Window, places: [usize; 2]) -> Option<[usize; 2]> {
    let mut image = [0; 2];
    for axis in 0..2 {
        let reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
        let more = choices.below(window.stride[axis]);
        let padded = (places[axis] - 1) * window.stride[axis] + reach + more;
        image[axis] = padded.checked_sub(2 * window.padding[axis]).filter(|&size| size > 0)?;
    }
    Some(image)
}

pub fn convolution(plan: &mut Plan, choices: &mut Choices, x: Source, shape: &[usize]) -> Step {
    let &[n, c, h, w] = shape else { unreachable!("four axes") };
    let (window, other) = (window(choices, [h, w], |_| 1), choices.within(1..=2));
    let [kh, kw] = window.kernel;
    match choices.below(4) {
        0 => {
            // x is the gradient of an output, [n, o, oh, ow] with o = c.
            let Some(image) = image_for(choices, window, [h, w]) else {
                return reshaped(plan, choices, x);
            };
            let weight = plan.of_shape(choices, &[c, other, kh, kw]);
            let name = format!("conv2d input {window:?} of {image:?}");
            step!(name, [x, weight], move |x| x[0].conv2d_input(x[1], window, image))
        }
        1 => {
            let [down, across] = window.output([h, w]);
            let y = plan.of_shape(choices, &[n, other, down, across]);
            let name = format!("conv2d weight {window:?}");
            step!(name, [x, y], move |x| x[0].conv2d_weight(x[1], window))
        }
        2 if h * w <= 16 => {
            // x is the weight: [o, c, kh, kw].
            let window = Window { kernel: [h, w], dilation: [1, 1], ..window };
            let image = plan.of_shape(choices, &[other, c, h + 1, w]);
            let name = format!("conv2d {window:?}, the weight given");
            step!(name, [image, x], move |x| x[0].conv2d(x[1], window))
        }
        _ => {
            let weight = plan.of_shape(choices, &[other, c, kh, kw]);
            step!(format!("conv2d {window:?}"), [x, weight], move |x| x[0].conv2d(x[1], window))
        }
    }
}

pub fn pooling(choices: &mut Choices, x: Source, shape: &[usize]) -> Step {
    let size = [shape[2], shape[3]];
    let window = window(choices, size, |kernel| kernel / 2);
    let divisor = choices.pick(&[Divisor::Window, Divisor::Image]);
    let name = format!("{window:?}, {divisor:?}");
    match choices.below(3) {
        0 => {
            let name = format!("max pool {window:?}");
            step!(name, [x], move |x| x[0].max_pool2d(window), Kink::Pool(window))
        }
        1 => match image_for(choices, window, size) {
            // Wide enough that no place lies beside it.
            Some(image) if (0..2).all(|axis| window.dilation[axis] <= image[axis]) => {
                let name = format!("avg pool adjoint {name} of {image:?}");
                step!(name, [x], move |x| x[0].avg_pool2d_adjoint(window, divisor, image))
            }
            _ => step!("tanh", [x], |x| x[0].tanh()),
        },
        _ => step!(format!("avg pool {name}"), [x], move |x| x[0].avg_pool2d_over(window, divisor)),
    }
}
