//! Convolution as it is defined: seven loops, and the order of every sum (chapter 6).
//!
//! It is slow. The fast versions must give the same bits, and the tests hold them to it.

use super::geometry::Geometry;
use super::weight::{CHAIN, GROUP};
use crate::tensor::Window;
use crate::{Scalar, Tensor};
use std::ops::Range;

// ANCHOR: conv2d
/// [`Tensor::conv2d`] without a bias.
///
/// # Panics
/// As [`Tensor::conv2d`].
#[track_caller]
pub fn conv2d<T: Scalar>(x: &Tensor<T>, weight: &Tensor<T>, window: Window) -> Tensor<T> {
    // x [n, c, h, w], weight [o, c, kh, kw] → y [n, o, oh, ow]
    let geometry = Geometry::new(x.shape(), weight.shape(), window);
    let mut y = Tensor::zeros(geometry.output());
    geometry.for_each_output(|[n, o, i, j]| {
        let mut sum = T::ZERO;
        geometry.for_each_tap(|[c, kh, kw]| {
            let x = geometry.pixel([i, j], [kh, kw]).map_or(T::ZERO, |[h, w]| x[[n, c, h, w]]);
            sum = weight[[o, c, kh, kw]].mul_add(x, sum);
        });
        y[[n, o, i, j]] = sum;
    });
    y
}
// ANCHOR_END: conv2d

/// [`Tensor::conv2d_input`]: the sum over the kernels first, in one chain; then these sums, one
/// for each element of the window that covers the pixel, in the window's order.
///
/// # Panics
/// As [`Tensor::conv2d_input`].
#[track_caller]
pub fn conv2d_input<T: Scalar>(
    d_output: &Tensor<T>,
    weight: &Tensor<T>,
    window: Window,
    size: [usize; 2],
) -> Tensor<T> {
    // d_output [n, o, oh, ow], weight [o, c, kh, kw] → d_input [n, c, h, w]
    let input = [d_output.shape()[0], weight.shape()[1], size[0], size[1]];
    let geometry = Geometry::new(input.into(), weight.shape(), window);
    let mut d_input = Tensor::zeros(input);
    let one_output = Geometry { outputs: 1, ..geometry };
    geometry.for_each_tap(|[c, kh, kw]| {
        one_output.for_each_output(|[n, _, i, j]| {
            let Some([h, w]) = geometry.pixel([i, j], [kh, kw]) else { return };
            let mut sum = T::ZERO;
            for o in 0..geometry.outputs {
                sum = weight[[o, c, kh, kw]].mul_add(d_output[[n, o, i, j]], sum);
            }
            d_input[[n, c, h, w]] += sum;
        });
    });
    d_input
}

/// [`Tensor::conv2d_weight`]: groups of at most 256 places, in each of them chains of at most 64,
/// and the groups' sums added in pairs.
///
/// # Panics
/// As [`Tensor::conv2d_weight`].
#[track_caller]
pub fn conv2d_weight<T: Scalar>(x: &Tensor<T>, d_output: &Tensor<T>, window: Window) -> Tensor<T> {
    // x [n, c, h, w], d_output [n, o, oh, ow] → d_weight [o, c, kh, kw]
    let [kh, kw] = window.kernel;
    let weight = [d_output.shape()[1], x.shape()[1], kh, kw];
    let geometry = Geometry::new(x.shape(), weight.into(), window);
    let [down, across] = geometry.places;
    let mut sums = Vec::new();
    for images in cut(0..geometry.batch, GROUP / (down * across)) {
        for rows in cut(0..down, GROUP / across) {
            for cols in cut(0..across, GROUP) {
                let mut chains = Vec::new();
                for n in images.clone() {
                    for rows in cut(rows.clone(), CHAIN / cols.len()) {
                        for cols in cut(cols.clone(), CHAIN) {
                            let mut chain = Tensor::zeros(weight);
                            for (i, j) in
                                rows.clone().flat_map(|i| cols.clone().map(move |j| (i, j)))
                            {
                                geometry.add_place(x, d_output, [n, i, j], &mut chain);
                            }
                            chains.push(chain);
                        }
                    }
                }
                // Not on top of zeros: 0 + -0.0 is 0, and one chain alone may come to -0.0.
                sums.extend(chains.into_iter().reduce(|sum, chain| sum + chain));
            }
        }
    }
    if sums.is_empty() { Tensor::zeros(weight) } else { in_pairs(&sums) }
}

/// The range in parts of this size, or of 1 if it is 0; the last may be shorter.
fn cut(range: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
    let (size, end) = (size.max(1), range.end);
    range.step_by(size).map(move |start| start..(start + size).min(end))
}

/// The sum of these, of which there is at least one: neighbours are added first, then their sums.
fn in_pairs<T: Scalar>(sums: &[Tensor<T>]) -> Tensor<T> {
    if let [only] = sums {
        return only.clone();
    }
    let (left, right) = sums.split_at(sums.len().next_power_of_two() / 2);
    in_pairs(left) + in_pairs(right)
}

impl Geometry {
    /// Adds to each element of the weight's gradient what place (i, j) of image n contributes.
    fn add_place<T: Scalar>(
        &self,
        x: &Tensor<T>,
        d_output: &Tensor<T>,
        [n, i, j]: [usize; 3],
        sum: &mut Tensor<T>,
    ) {
        for o in 0..self.outputs {
            self.for_each_tap(|[c, kh, kw]| {
                let x = self.pixel([i, j], [kh, kw]).map_or(T::ZERO, |[h, w]| x[[n, c, h, w]]);
                let sum: &mut T = &mut sum[[o, c, kh, kw]];
                *sum = x.mul_add(d_output[[n, o, i, j]], *sum);
            });
        }
    }

    /// Calls `f` with each index of the output: image, output channel, row, column.
    fn for_each_output(&self, mut f: impl FnMut([usize; 4])) {
        for n in 0..self.batch {
            for o in 0..self.outputs {
                for i in 0..self.places[0] {
                    for j in 0..self.places[1] {
                        f([n, o, i, j]);
                    }
                }
            }
        }
    }

    /// Calls `f` with each *tap*, as signal processing calls an element of the window: channel,
    /// row, column.
    fn for_each_tap(&self, mut f: impl FnMut([usize; 3])) {
        for c in 0..self.inputs {
            for kh in 0..self.window.kernel[0] {
                for kw in 0..self.window.kernel[1] {
                    f([c, kh, kw]);
                }
            }
        }
    }

    /// The pixel that the window's element `tap` sees from its place `place`; `None` in the
    /// padding.
    fn pixel(&self, place: [usize; 2], tap: [usize; 2]) -> Option<[usize; 2]> {
        let h = self.window.at(0, place[0], tap[0], self.image[0])?;
        let w = self.window.at(1, place[1], tap[1], self.image[1])?;
        Some([h, w])
    }
}
