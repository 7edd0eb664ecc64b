//! 6.1: how much of the image a number depends on.

use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::tensor::Window;

mod second;
mod solution;

/// Height and width of the patch that one number behind these windows depends on.
pub type Receptive = fn(windows: &[Window]) -> [usize; 2];

/// The exercise.
pub static RECEPTIVE: Exercise<Receptive> = Exercise {
    facts: Facts {
        number: (6, 1),
        name: "receptive",
        title: "How far a number sees",
        minutes: 15,
        points: 2,
        see: "What a convolution is",
        hint: "Begin at the end, with one number. If n numbers in a row are needed behind a window, \
               how many does it need in front? The first of them needs the whole window, each \
               further one a stride more.",
    },
    refused: &[],
    check,
    solution: solution::receptive,
    second: second::receptive,
    mistakes: &[
        Mistake {
            answer: |windows| each(|axis| windows.iter().map(|w| w.kernel[axis]).sum()),
            says: "You add up the sizes of the windows. Behind a stride of 2 a step of the next \
                   window is two pixels long; and windows that follow each other share one pixel.",
            see: None,
        },
        Mistake {
            answer: |windows| each(|axis| windows.iter().fold(1, |sees, w| sees + reach(w, axis))),
            says: "Your strides do nothing. Behind a window that moves by 2, neighbours are two \
                   pixels apart, and all windows after it see twice as far.",
            see: None,
        },
        Mistake {
            answer: |windows| {
                each(|axis| {
                    let add = |(sees, step), w: &Window| {
                        let step = step * w.stride[axis];
                        (sees + reach(w, axis) * step, step)
                    };
                    windows.iter().fold((1, 1), add).0
                })
            },
            says: "You apply a window's stride to the window itself. What lies inside it is as far \
                   apart as the windows before it have made it; its own stride counts for those \
                   after it.",
            see: None,
        },
        Mistake {
            answer: |windows| {
                let plain: Vec<Window> = windows.iter().map(|w| w.dilation([1, 1])).collect();
                solution::receptive(&plain)
            },
            says: "Your dilations do nothing. A window of 3 with a dilation of 2 reaches over 5 \
                   pixels.",
            see: None,
        },
        Mistake {
            answer: |windows| {
                let shift = |w: &Window| Window {
                    kernel: [0, 1].map(|a| w.kernel[a] * w.dilation[a]),
                    ..*w
                };
                let wide: Vec<Window> = windows.iter().map(|w| shift(w).dilation([1, 1])).collect();
                solution::receptive(&wide)
            },
            says: "A dilated window of k reaches over (k − 1)·d + 1 pixels: there are k − 1 gaps in \
                   it. You take k·d.",
            see: None,
        },
        Mistake {
            answer: |windows| each(|axis| windows.iter().map(|w| w.kernel[axis]).product()),
            says: "You multiply the sizes. That would be right if no two windows overlapped.",
            see: None,
        },
        Mistake {
            answer: |windows| {
                let turned: Vec<Window> = windows.iter().rev().copied().collect();
                solution::receptive(&turned)
            },
            says: "You take the windows in the other order. Strides count for the windows behind \
                   them; the first in the list is the first that the image meets.",
            see: None,
        },
        Mistake {
            answer: |windows| {
                let front = &windows[..windows.len().saturating_sub(1)];
                solution::receptive(front)
            },
            says: "The last window is missing: a number behind it has seen all of it.",
            see: None,
        },
        Mistake {
            answer: |windows| {
                each(|axis| {
                    let add = |sees, w: &Window| sees * w.stride[axis] + reach(w, axis) + 1;
                    windows.iter().rev().fold(1, add)
                })
            },
            says: "Going back from n numbers you take n·s + k. The first needs k, and only the n − 1 \
                   others a stride more: (n − 1)·s + k.",
            see: None,
        },
        Mistake {
            answer: |windows| {
                each(|axis| {
                    let padding: usize = windows.iter().map(|w| w.padding[axis]).sum();
                    solution::receptive(windows)[axis] + padding
                })
            },
            says: "You add the padding. It makes the image larger, and a window sees no more for it.",
            see: None,
        },
        Mistake {
            answer: |windows| {
                each(|axis| {
                    let add = |(sees, step), w: &Window| {
                        (sees + w.kernel[axis] * w.dilation[axis] * step, step * w.stride[axis])
                    };
                    windows.iter().fold((1, 1), add).0
                })
            },
            says: "Each window adds its whole size in your answer. It adds one step less: a window \
                   of k has k − 1 gaps.",
            see: None,
        },
        Mistake {
            answer: |windows| {
                each(|axis| {
                    let add =
                        |(sees, step), w: &Window| (sees + reach(w, axis) * step, w.stride[axis]);
                    windows.iter().fold((1, 1), add).0
                })
            },
            says: "Only the stride of the window right before counts in your answer. Strides \
                   multiply: behind two windows that move by 2, neighbours are four pixels apart.",
            see: None,
        },
    ],
    wrong: &[
        (
            |windows| {
                let mut sees = [1, 1];
                for w in windows {
                    sees = [0, 1].map(|axis| sees[axis] + (w.kernel[axis] - 1) * w.dilation[axis]);
                }
                sees
            },
            "strides do nothing",
        ),
        (
            |windows| {
                let [height, width] = solution::receptive(windows);
                [height + 1, width + 1]
            },
            "one too large",
        ),
        (
            |windows| {
                let mut sees = [1, 1];
                let mut step = [1, 1];
                for w in windows {
                    for axis in 0..2 {
                        sees[axis] += (w.kernel[axis] - 1) * step[axis];
                        step[axis] *= w.stride[axis];
                    }
                }
                sees
            },
            "dilations do nothing",
        ),
    ],
    equivalent: &[],
};

fn each(f: impl Fn(usize) -> usize) -> [usize; 2] {
    [f(0), f(1)]
}

/// How far the last element of a window is from its first.
fn reach(window: &Window, axis: usize) -> usize {
    (window.kernel[axis] - 1) * window.dilation[axis]
}

fn check(receptive: Receptive, trial: &mut Trial) {
    let (five, pool) = (Window::new([5, 5]), Window::tiling(2));
    trial.paper("two windows of 5 × 5, one behind the other");
    record(receptive, trial, &[five, five], [9, 9]);
    trial.paper("the net of the chapter: 5 × 5, pooling of 2, 5 × 5, pooling of 2");
    record(receptive, trial, &[five, pool, five, pool], [16, 16]);
    trial.paper("one window of 3 × 1 with the dilation 2 × 5");
    record(receptive, trial, &[Window::new([3, 1]).dilation([2, 5])], [5, 1]);
    let three = Window::new([3, 2]);
    let lists = [
        vec![],
        vec![three],
        vec![pool, pool, pool],
        vec![three.stride([2, 1]), three.dilation([1, 3]), pool],
        vec![three.padding([1, 1]), five.stride([1, 3]), three.dilation([2, 2])],
        vec![Window::new([1, 1]).stride([2, 2]), five, three],
    ];
    for windows in lists {
        trial.case(format!("{windows:?}"));
        record(receptive, trial, &windows, measured(&windows));
    }
}

fn record(receptive: Receptive, trial: &mut Trial, windows: &[Window], expected: [usize; 2]) {
    if let Some(found) = trial.call(|| receptive(windows)) {
        trial.bits("height and width", &found, &expected);
    }
}

/// Sends a gradient back from one number in the middle, and sees where it arrives.
fn measured(windows: &[Window]) -> [usize; 2] {
    let mut sizes = vec![[120, 120]];
    for window in windows {
        sizes.push(window.output(sizes[sizes.len() - 1]));
    }
    let [height, width] = sizes[windows.len()];
    let mut gradient = Tensor::<f32>::zeros([1, 1, height, width]);
    gradient[[0, 0, height / 2, width / 2]] = 1.0;
    for (window, &size) in windows.iter().zip(&sizes).rev() {
        let [kh, kw] = window.kernel;
        gradient = gradient.conv2d_input(&Tensor::ones([1, 1, kh, kw]), *window, size);
    }
    let rows = gradient.sum_axis(3);
    let columns = gradient.sum_axis(2);
    [rows, columns].map(|line| {
        let seen: Vec<usize> = (0..line.len()).filter(|&i| line.data()[i] > 0.0).collect();
        seen[seen.len() - 1] - seen[0] + 1
    })
}
