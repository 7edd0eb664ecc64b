//! Pooling as it is defined: one window after another (chapter 6).

use super::average::Divisor;
use super::max::Maxima;
use super::pooling::{Pooling, greater_or_nan};
use crate::tensor::Window;
use crate::{Scalar, Tensor};

// ANCHOR: max
/// [`Tensor::max_pool2d`].
///
/// # Panics
/// As [`Tensor::max_pool2d`].
#[track_caller]
pub fn max_pool2d<T: Scalar>(x: &Tensor<T>, window: Window) -> (Tensor<T>, Maxima) {
    // x [n, c, h, w] → y [n, c, oh, ow], and a position in h·w for each
    let pooling = Pooling::new("max_pool2d", x.shape(), window);
    let ([h, w], [oh, ow]) = (pooling.image, pooling.places);
    let (mut values, mut positions) = (Vec::new(), Vec::new());
    for plane in x.data().chunks_exact(h * w) {
        for (y, x) in (0..oh).flat_map(|y| (0..ow).map(move |x| (y, x))) {
            let mut best: Option<(T, u32)> = None;
            for row in (0..window.kernel[0]).filter_map(|tap| window.at(0, y, tap, h)) {
                for column in (0..window.kernel[1]).filter_map(|tap| window.at(1, x, tap, w)) {
                    let at = row * w + column;
                    if best.is_none_or(|(best, _)| greater_or_nan(plane[at], best)) {
                        best = Some((plane[at], at as u32));
                    }
                }
            }
            let (value, at) = best.expect("every place holds something of the image");
            values.push(value);
            positions.push(at);
        }
    }
    (Tensor::new(pooling.output(), values), Maxima { positions: positions.into(), pooling })
}
// ANCHOR_END: max

/// [`Tensor::avg_pool2d`].
///
/// # Panics
/// As [`Tensor::avg_pool2d`].
#[track_caller]
pub fn avg_pool2d<T: Scalar>(x: &Tensor<T>, window: Window, divisor: Divisor) -> Tensor<T> {
    // x [n, c, h, w] → y [n, c, oh, ow]
    let pooling = Pooling::new("avg_pool2d", x.shape(), window);
    let ([h, w], [oh, ow]) = (pooling.image, pooling.places);
    let mut means = Vec::new();
    for plane in x.data().chunks_exact(h * w) {
        for (y, x) in (0..oh).flat_map(|y| (0..ow).map(move |x| (y, x))) {
            let mut sum = T::ZERO;
            for row in (0..window.kernel[0]).filter_map(|tap| window.at(0, y, tap, h)) {
                for column in (0..window.kernel[1]).filter_map(|tap| window.at(1, x, tap, w)) {
                    sum += plane[row * w + column];
                }
            }
            means.push(sum / pooling.divisor(divisor, y, x));
        }
    }
    Tensor::new(pooling.output(), means)
}
