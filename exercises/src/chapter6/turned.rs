//! 6.3: the gradient of the image as a convolution with turned kernels.

use crate::samples::{normal, numeric_gradient, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::tensor::Window;

mod second;
mod solution;

type M = Tensor<f64>;

/// d_input `[n, c, h, w]` from d_output `[n, o, oh, ow]` and the weight `[o, c, kh, kw]`.
pub type InputGrad = fn(d_output: &M, weight: &M) -> M;

/// The exercise.
pub static TURNED: Exercise<InputGrad> = Exercise {
    facts: Facts {
        number: (6, 3),
        name: "turned",
        title: "The gradient is a convolution",
        minutes: 30,
        points: 4,
        see: "And back",
        hint: "Which element of the window sees pixel (h, w) from which place? The place is to the \
               upper left of the pixel, so going through the window forward is going through the \
               places backward. And which channels come in on this way, which go out?",
    },
    refused: &["conv2d_input", "col2im", "conv2d_input_per_sample"],
    check,
    solution: solution::input_grad,
    second: second::input_grad,
    mistakes: &[
        Mistake {
            answer: |g, w| back(g, &exchanged(w), 1),
            says: "Your kernels are not turned. The element at the upper left of the window sees a \
                   pixel from the place furthest down and to the right: turn them by half a turn.",
            see: None,
        },
        Mistake {
            answer: |g, w| back(g, &exchanged(&mirrored(w, true, false)), 1),
            says: "You have turned the kernels upside down, and left and right stay as they were. \
                   Half a turn reverses the rows and the columns.",
            see: None,
        },
        Mistake {
            answer: |g, w| back(g, &exchanged(&mirrored(w, false, true)), 1),
            says: "You have exchanged left and right of the kernels, and up and down stay as they \
                   were. Half a turn reverses the rows and the columns.",
            see: None,
        },
        Mistake {
            answer: |g, w| back(g, &mirrored(w, true, true), 1),
            says: "The channels of your kernels stand as they did going forward. On the way back \
                   the outputs come in and the inputs go out: exchange the first two axes.",
            see: None,
        },
        Mistake {
            answer: |g, w| back(g, &exchanged(&mirrored(w, true, true)), 0),
            says: "Your border is as wide as the kernel. It is one less: a pixel in the corner is \
                   seen by one element of the window, so the window overlaps g by one number.",
            see: None,
        },
        Mistake {
            answer: |g, w| {
                let [kh, kw] = kernel(w);
                g.conv2d(&exchanged(&mirrored(w, true, true)), None, Window::new([kh, kw]))
            },
            says: "There is no border around g. The image is larger than the output, and its edge \
                   is seen from few places: put kernel − 1 zeros around g.",
            see: None,
        },
        Mistake {
            answer: |g, w| back(g, &reshaped(&mirrored(w, true, true)), 1),
            says: "You reshape the kernels where their first two axes should be exchanged. A \
                   reshape leaves the numbers in their order; `permute(&[1, 0, 2, 3])` moves them.",
            see: None,
        },
        Mistake {
            answer: |g, w| {
                let w = w.permute(&[1, 0, 3, 2]);
                back(g, &w, 1)
            },
            says: "You transpose the kernels. Half a turn reverses the order of the rows and that \
                   of the columns; the rows stay rows.",
            see: None,
        },
        Mistake {
            answer: |g, w| {
                let mut all = w.clone();
                all.data_mut().reverse();
                back(g, &exchanged(&all), 1)
            },
            says: "You reverse all the numbers of the weight, and with them the order of the \
                   kernels and of the channels. Turn each kernel by itself.",
            see: None,
        },
    ],
    wrong: &[
        (
            |g, w| {
                let turned = mirrored(w, true, false).permute(&[1, 0, 2, 3]);
                let [kh, kw] = kernel(w);
                g.conv2d(&turned, None, Window::new([kh, kw]).padding([kh - 1, kw - 1]))
            },
            "upside down, and left and right stay",
        ),
        (|g, w| -solution::input_grad(g, w), "opposite sign"),
        (|g, w| solution::input_grad(g, w) * 0.0, "zero everywhere"),
    ],
    equivalent: &[],
};

fn kernel(weight: &M) -> [usize; 2] {
    [weight.shape()[2], weight.shape()[3]]
}

/// The convolution with a border of the kernel's size, less so much.
fn back(g: &M, weight: &M, less: usize) -> M {
    let kernel = kernel(weight);
    g.conv2d(weight, None, Window::new(kernel).padding(kernel.map(|k| k - less)))
}

fn exchanged(weight: &M) -> M {
    weight.permute(&[1, 0, 2, 3])
}

fn reshaped(weight: &M) -> M {
    let &[o, c, kh, kw] = &*weight.shape() else { panic!("kernels") };
    weight.reshape([c, o, kh, kw])
}

/// The kernels with their rows, their columns, or both reversed.
fn mirrored(weight: &M, rows: bool, columns: bool) -> M {
    let &[o, c, kh, kw] = &*weight.shape() else { panic!("kernels") };
    let mut mirrored = Tensor::zeros([o, c, kh, kw]);
    for (o, c) in (0..o).flat_map(|o| (0..c).map(move |c| (o, c))) {
        for (k, l) in (0..kh).flat_map(|k| (0..kw).map(move |l| (k, l))) {
            let from =
                [o, c, if rows { kh - 1 - k } else { k }, if columns { kw - 1 - l } else { l }];
            mirrored[[o, c, k, l]] = weight[from];
        }
    }
    mirrored
}

fn check(input_grad: InputGrad, trial: &mut Trial) {
    let (g, w) =
        (Tensor::new([1, 1, 1, 2], vec![1.0, 2.0]), Tensor::new([1, 1, 1, 2], vec![3.0, 10.0]));
    trial.paper("one image, one channel, one kernel: weight = [[3, 10]], d_output = [[1, 2]]");
    trial.given(&g);
    if let Some(found) = trial.call(|| input_grad(&g, &w)) {
        trial.near("d_input", &found, &Tensor::new([1, 1, 1, 3], vec![3.0, 16.0, 20.0]));
    }
    let sizes = [
        ([2, 3, 5, 6], [2, 3, 2]),
        ([1, 1, 3, 3], [1, 3, 3]),
        ([3, 2, 4, 3], [2, 2, 3]),
        ([1, 2, 6, 2], [4, 1, 2]),
        ([2, 3, 1, 4], [1, 1, 1]),
    ];
    for (seed, ([n, c, h, w], [o, kh, kw])) in sizes.into_iter().enumerate() {
        let (seed, window) = (10 * seed as u64, Window::new([kh, kw]));
        let [oh, ow] = window.output([h, w]);
        let weight = normal(&[o, c, kh, kw], seed);
        let g = normal(&[n, o, oh, ow], seed + 1) + whole(&[n, o, oh, ow], seed + 2);
        trial
            .case(format!("random d_output [{n}, {o}, {oh}, {ow}], weight [{o}, {c}, {kh}, {kw}]"));
        trial.given(&g);
        let Some(found) = trial.call(|| input_grad(&g, &weight)) else { continue };
        trial.near("d_input", &found, &g.conv2d_input(&weight, window, [h, w]));
        let x = Tensor::zeros([n, c, h, w]);
        let loss = |x: &M| (x.conv2d(&weight, None, window) * &g).sum();
        trial.measured("d_input", &found, &numeric_gradient(&x, loss));
    }
}
