//! 6.4: max pooling, backward.

use crate::samples::{normal, numeric_gradient, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::tensor::Window;

mod second;
mod solution;

type M = Tensor<f64>;

/// d_input `[h, w]` from x, d_output `[oh, ow]`, and the size and stride of the square window.
pub type MaxPoolGrad = fn(x: &M, d_output: &M, size: usize, stride: usize) -> M;

/// The exercise.
pub static TIES: Exercise<MaxPoolGrad> = Exercise {
    facts: Facts {
        number: (6, 4),
        name: "ties",
        title: "Where the largest was",
        minutes: 25,
        points: 3,
        see: "Pooling",
        hint: "For each place go through its window, row by row, and keep the position of the \
               largest so far. Begin with the first element, and change only for a larger one. Where \
               windows overlap, one pixel can be the largest of several.",
    },
    refused: &["max_pool2d", "MaxPool2d", "scatter"],
    check,
    solution: solution::max_pool_grad,
    second: second::max_pool_grad,
    mistakes: &[
        Mistake {
            answer: |x, g, size, stride| {
                each_window(x, g, size, stride, |d, taps, g| {
                    let all = largest(taps);
                    all.iter().for_each(|&at| d[at] += g / all.len() as f64);
                })
            },
            says: "You divide the gradient among equally large elements. Here the first of them, in \
                   the order of the window, gets all of it.",
            see: None,
        },
        Mistake {
            answer: |x, g, size, stride| {
                each_window(x, g, size, stride, |d, taps, g| {
                    largest(taps).iter().for_each(|&at| d[at] += g);
                })
            },
            says: "Each of several equally large elements gets the whole gradient. Only the first \
                   of them does: the output is a copy of one number.",
            see: None,
        },
        Mistake {
            answer: |x, g, size, stride| {
                each_window(x, g, size, stride, |d, taps, g| {
                    let all = largest(taps);
                    d[all[all.len() - 1]] += g;
                })
            },
            says: "Of equally large elements the last one gets the gradient (`>=`). It should be \
                   the first (`>`).",
            see: None,
        },
        Mistake {
            answer: |x, g, size, stride| {
                each_window(x, g, size, stride, |d, taps, g| d[largest(taps)[0]] = g)
            },
            says: "Where windows overlap, a gradient overwrites the one before it. A pixel that is \
                   the largest of two windows gets both (`+=`, not `=`).",
            see: None,
        },
        Mistake {
            answer: |x, g, size, stride| {
                each_window(x, g, size, stride, |d, taps, g| {
                    let best = taps.iter().fold((0.0, None), |(best, at), &(here, x)| {
                        if x > best { (x, Some(here)) } else { (best, at) }
                    });
                    if let Some(at) = best.1 {
                        d[at] += g;
                    }
                })
            },
            says: "You begin with 0 as the largest so far. In a window without a positive number \
                   nothing is larger. Begin with its first element.",
            see: None,
        },
        Mistake {
            answer: |x, g, size, stride| {
                each_window(x, g, size, stride, |d, taps, g| {
                    let share = g / taps.len() as f64;
                    taps.iter().for_each(|&(at, _)| d[at] += share);
                })
            },
            says: "You spread the gradient over the whole window, as average pooling does. The \
                   largest element gets all of it.",
            see: None,
        },
        Mistake {
            answer: |x, g, size, stride| {
                each_window(x, g, size, stride, |d, taps, g| {
                    let least: Vec<(usize, f64)> = taps.iter().map(|&(at, x)| (at, -x)).collect();
                    d[largest(&least)[0]] += g;
                })
            },
            says: "The smallest element of each window gets the gradient.",
            see: None,
        },
        Mistake {
            answer: |x, g, size, _| solution::max_pool_grad(x, g, size, size),
            says: "Your windows are tiles: the stride does nothing.",
            see: None,
        },
        Mistake {
            answer: |x, g, size, stride| {
                each_window(x, g, size, stride, |d, taps, g| {
                    let turned: Vec<(usize, f64)> =
                        (0..size * size).map(|i| taps[i % size * size + i / size]).collect();
                    d[largest(&turned)[0]] += g;
                })
            },
            says: "Of equally large elements you take the first of the first column. The window \
                   goes row by row.",
            see: None,
        },
        Mistake {
            answer: |x, g, size, stride| {
                each_window(x, g, size, stride, |d, taps, g| {
                    let at = largest(taps)[0];
                    d[at] += g * x.data()[at];
                })
            },
            says: "You multiply by the largest number. The output is a copy of it: the slope is 1.",
            see: None,
        },
        Mistake {
            answer: |x, g, size, stride| {
                each_window(x, g, size, stride, |d, taps, g| {
                    largest(taps).iter().for_each(|&at| d[at] = g)
                })
            },
            says: "Two things are not right: each of several equally large elements gets the \
                   gradient, where only the first should; and where windows overlap a gradient \
                   overwrites the one before it.",
            see: None,
        },
    ],
    wrong: &[
        (
            |x, g, size, stride| {
                let mut d = Tensor::zeros(x.shape());
                for i in 0..g.shape()[0] {
                    for j in 0..g.shape()[1] {
                        let mut best = (f64::NEG_INFINITY, [0, 0]);
                        for k in i * stride..i * stride + size {
                            for l in j * stride..j * stride + size {
                                if x[[k, l]] >= best.0 {
                                    best = (x[[k, l]], [k, l]);
                                }
                            }
                        }
                        d[best.1] += g[[i, j]];
                    }
                }
                d
            },
            "the last one gets the gradient",
        ),
        (|x, g, size, stride| -solution::max_pool_grad(x, g, size, stride), "opposite sign"),
        (|x, _, _, _| Tensor::zeros(x.shape()), "zero everywhere"),
    ],
    equivalent: &[],
};

/// The positions of all that are as large as the largest.
fn largest(taps: &[(usize, f64)]) -> Vec<usize> {
    let most = taps.iter().map(|(_, x)| *x).fold(f64::NEG_INFINITY, f64::max);
    taps.iter().filter(|(_, x)| *x == most).map(|(at, _)| *at).collect()
}

/// Calls `back` with d_input, what each window sees, by position, and the gradient of its place.
fn each_window(
    x: &M,
    g: &M,
    size: usize,
    stride: usize,
    back: impl Fn(&mut [f64], &[(usize, f64)], f64),
) -> M {
    let (width, across) = (x.shape()[1], g.shape()[1]);
    let mut d = Tensor::zeros(x.shape());
    for (place, &g) in g.data().iter().enumerate() {
        let [row, column] = [place / across * stride, place % across * stride];
        let taps: Vec<(usize, f64)> = (0..size * size)
            .map(|tap| (row + tap / size) * width + column + tap % size)
            .map(|at| (at, x.data()[at]))
            .collect();
        back(d.data_mut(), &taps, g);
    }
    d
}

fn check(max_pool_grad: MaxPoolGrad, trial: &mut Trial) {
    let (x, g) = (Tensor::new([2, 2], vec![1.0, 3.0, 3.0, 2.0]), Tensor::new([1, 1], vec![5.0]));
    trial.paper(format!("x = {x}, d_output = {g}, one window of 2 × 2"));
    if let Some(found) = trial.call(|| max_pool_grad(&x, &g, 2, 2)) {
        trial.near("d_input", &found, &Tensor::new([2, 2], vec![0.0, 5.0, 0.0, 0.0]));
    }
    let cases = [
        ([4, 6], 2, 2, "tiles"),
        ([5, 7], 3, 2, "windows that overlap"),
        ([5, 4], 2, 1, "windows that overlap"),
        ([7, 5], 2, 3, "windows with gaps"),
        ([3, 3], 1, 1, "windows of one pixel"),
    ];
    for (seed, ([h, w], size, stride, kind)) in cases.into_iter().enumerate() {
        let (seed, window) = (10 * seed as u64, Window::new([size; 2]).stride([stride; 2]));
        let [oh, ow] = window.output([h, w]);
        let g = normal(&[oh, ow], seed + 1);
        let by_crate = |x: &M| {
            let maxima = x.reshape([1, 1, h, w]).max_pool2d(window).1;
            maxima.scatter(&g.reshape([1, 1, oh, ow])).reshape([h, w])
        };
        let about = format!("{kind} of {size} with stride {stride} over [{h}, {w}]");
        trial.case(format!("random numbers, {about}"));
        let x = normal(&[h, w], seed);
        let pooled =
            |x: &M| (x.reshape([1, 1, h, w]).max_pool2d(window).0.reshape([oh, ow]) * &g).sum();
        if let Some(found) = trial.call(|| max_pool_grad(&x, &g, size, stride)) {
            trial.near("d_input", &found, &by_crate(&x));
            trial.measured("d_input", &found, &numeric_gradient(&x, pooled));
        }
        trial.case(format!("whole numbers, many of them equal, {about}"));
        let x = whole(&[h, w], seed + 2);
        if let Some(found) = trial.call(|| max_pool_grad(&x, &g, size, stride)) {
            trial.near("d_input", &found, &by_crate(&x));
        }
    }
}
