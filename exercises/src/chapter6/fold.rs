//! 6.2: from the columns back to the pixels, in one dimension.

use crate::samples::{normal, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::tensor::Window;

mod second;
mod solution;

type M = Tensor<f64>;

/// How a window moves over a row of pixels.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// How far apart its places are.
    pub stride: usize,
    /// How far apart its elements are.
    pub dilation: usize,
    /// How many zeros are in front of the row, and behind it.
    pub padding: usize,
}

/// The pixels, so many, from columns `[k, places]`.
pub type Fold = fn(columns: &M, steps: Steps, pixels: usize) -> Vec<f64>;

/// The exercise.
pub static FOLD: Exercise<Fold> = Exercise {
    facts: Facts {
        number: (6, 2),
        name: "fold",
        title: "Back from the columns",
        minutes: 25,
        points: 3,
        see: "And back",
        hint: "Element k of the window sees from place q the pixel q·stride + k·dilation − padding, \
               if there is one. Going there, that pixel was copied into columns[k, q]. So on the way \
               back?",
    },
    refused: &["col2im", "conv2d_input"],
    check,
    solution: solution::fold,
    second: second::fold,
    mistakes: &[
        Mistake {
            answer: |columns, steps, pixels| {
                let mut row = vec![0.0; pixels];
                seen(columns, steps, pixels, |pixel, x| row[pixel] = x);
                row
            },
            says: "Going through the window, what its elements bring to a pixel overwrites what came \
                   before. A pixel that was copied into several columns gets their sum (`+=`, not \
                   `=`).",
            see: None,
        },
        Mistake {
            answer: |columns, steps, pixels| {
                let mut row = vec![0.0; pixels];
                let mut all = Vec::new();
                seen(columns, steps, pixels, |pixel, x| all.push((pixel, x)));
                all.into_iter().rev().for_each(|(pixel, x)| row[pixel] = x);
                row
            },
            says: "Going from place to place, what comes to a pixel overwrites what came from the \
                   place before. A pixel that was copied into several columns gets their sum \
                   (`+=`, not `=`).",
            see: None,
        },
        Mistake {
            answer: |columns, steps, pixels| {
                let (mut row, mut counts) = (vec![0.0; pixels], vec![0.0_f64; pixels]);
                seen(columns, steps, pixels, |pixel, x| {
                    row[pixel] += x;
                    counts[pixel] += 1.0;
                });
                row.iter().zip(counts).map(|(x, count)| x / count.max(1.0)).collect()
            },
            says: "You take the mean of what comes to a pixel. A pixel that was copied nine times \
                   acts in nine ways, and all of them count: it is the sum.",
            see: None,
        },
        Mistake {
            answer: |columns, steps, pixels| {
                solution::fold(columns, Steps { dilation: 1, ..steps }, pixels)
            },
            says: "Your dilation does nothing: the elements of the window lie that far apart.",
            see: Some("What a convolution is"),
        },
        Mistake {
            answer: |columns, steps, pixels| {
                solution::fold(columns, Steps { stride: 1, ..steps }, pixels)
            },
            says: "Your stride does nothing: the places of the window lie that far apart.",
            see: Some("What a convolution is"),
        },
        Mistake {
            answer: |columns, steps, pixels| {
                solution::fold(columns, Steps { padding: 0, ..steps }, pixels)
            },
            says: "Your padding does nothing. The first place lies that far to the left of the \
                   row: take it off.",
            see: Some("What a convolution is"),
        },
        Mistake {
            answer: |columns, steps, pixels| {
                let Steps { stride, dilation, .. } = steps;
                solution::fold(
                    columns,
                    Steps { stride: dilation, dilation: stride, ..steps },
                    pixels,
                )
            },
            says: "You have stride and dilation exchanged. The stride is for the places, the \
                   columns of the matrix; the dilation for the elements of the window, its rows.",
            see: Some("What a convolution is"),
        },
        Mistake {
            answer: |columns, steps, pixels| {
                let wide = pixels + 2 * steps.padding;
                solution::fold(columns, Steps { padding: 0, ..steps }, wide)
            },
            says: "You hand back the border too. Only the pixels between the zeros are wanted: what \
                   comes to the padding is lost.",
            see: None,
        },
        Mistake {
            answer: |columns, steps, pixels| {
                let mut row = vec![0.0; pixels];
                seen(columns, Steps { padding: 0, ..steps }, pixels, |pixel, x| {
                    if let Some(place) = row.get_mut(pixel + steps.padding) {
                        *place += x;
                    }
                });
                row
            },
            says: "You add the padding to the position. The zeros lie in front of the row: the \
                   padding is to be taken off.",
            see: None,
        },
        Mistake {
            answer: |columns, steps, pixels| {
                let mut row = vec![0.0; pixels];
                let far = pixels + 2 * steps.padding;
                seen(columns, Steps { padding: 0, ..steps }, far, |pixel, x| {
                    row[pixel.saturating_sub(steps.padding).min(pixels - 1)] += x
                });
                row
            },
            says: "What comes to the padding is added to the pixels at the edge. It is lost: those \
                   zeros are no pixels.",
            see: None,
        },
    ],
    wrong: &[
        (
            |columns, steps, pixels| {
                let &[k, places] = &*columns.shape() else { panic!("a matrix") };
                let mut row = vec![0.0; pixels];
                for place in 0..places {
                    for i in 0..k {
                        let at = place * steps.stride + i * steps.dilation;
                        if at >= steps.padding && at - steps.padding < pixels {
                            row[at - steps.padding] = columns[[i, place]];
                        }
                    }
                }
                row
            },
            "came from the place before",
        ),
        (|c, steps, pixels| solution::fold(c, steps, pixels).iter().map(|x| -x).collect(), "sign"),
        (|_, _, pixels| vec![0.0; pixels], "zero everywhere"),
        (
            |c, steps, pixels| solution::fold(c, steps, pixels).into_iter().rev().collect(),
            "reverse order",
        ),
    ],
    equivalent: &[],
};

/// Goes through the columns row by row, and says which pixel each element shows.
fn seen(columns: &M, steps: Steps, pixels: usize, mut at: impl FnMut(usize, f64)) {
    let &[k, places] = &*columns.shape() else { panic!("a matrix") };
    for i in 0..k {
        for place in 0..places {
            let pixel = (place * steps.stride + i * steps.dilation).checked_sub(steps.padding);
            if let Some(pixel) = pixel.filter(|&pixel| pixel < pixels) {
                at(pixel, columns[[i, place]]);
            }
        }
    }
}

fn check(fold: Fold, trial: &mut Trial) {
    let plain = Steps { stride: 1, dilation: 1, padding: 0 };
    let columns = Tensor::new([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    trial.paper(format!("columns = {columns}, {plain:?}, 4 pixels"));
    if let Some(found) = trial.call(|| fold(&columns, plain, 4)) {
        trial.near("pixels", &found, &[1.0, 6.0, 8.0, 6.0]);
    }
    let cases = [
        (3, plain, 7),
        (1, Steps { stride: 2, ..plain }, 6),
        (3, Steps { stride: 2, dilation: 3, padding: 0 }, 12),
        (2, Steps { stride: 3, dilation: 1, padding: 2 }, 5),
        (4, Steps { stride: 1, dilation: 2, padding: 3 }, 8),
        (3, Steps { stride: 3, dilation: 2, padding: 1 }, 10),
    ];
    for (seed, (k, steps, pixels)) in cases.into_iter().enumerate() {
        let Steps { stride, dilation, padding } = steps;
        let window =
            Window::new([1, k]).stride([1, stride]).dilation([1, dilation]).padding([0, padding]);
        let [_, places] = window.output([1, pixels]);
        let seed = 10 * seed as u64;
        let columns = normal(&[k, places], seed) + whole(&[k, places], seed + 1);
        trial.case(format!("random columns [{k}, {places}], {steps:?}, {pixels} pixels"));
        let Some(found) = trial.call(|| fold(&columns, steps, pixels)) else { continue };
        let by_crate = columns.reshape([1, k, places]).col2im(window, [1, pixels]);
        trial.near("pixels", &found, by_crate.data());
        if found.len() == pixels {
            // ⟨P x, y⟩ = ⟨x, Pᵀ y⟩
            let x = normal(&[1, 1, 1, pixels], seed + 2);
            let there = (x.im2col(window).reshape([k, places]) * &columns).sum();
            let back: f64 = x.data().iter().zip(&found).map(|(x, y)| x * y).sum();
            trial.near("⟨x, what comes back⟩", &back, &there);
        }
    }
}
