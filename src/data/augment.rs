//! Images moved on purpose: turned about their centre, and shifted (chapter 6).
//!
//! A digit that leans a little, or stands two pixels lower, is the same digit. A net that is shown
//! each image a little differently every time learns that too. No angle here goes through the
//! platform's sine and cosine, so the pixels are the same bits on every machine.

use crate::{Rng, Scalar, Tensor};
use std::f64::consts::PI;

/// A turn about the image's centre, and then a shift.
///
/// ```
/// use longhand::Tensor;
/// use longhand::data::Motion;
/// let image = Tensor::<f32>::arange(9).reshape([3, 3]);
/// let lower = Motion { shift: [1, 0], ..Motion::default() };
/// assert_eq!(lower.apply(&image, 0.0).data(), [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
/// let turned = Motion { degrees: 90.0, ..Motion::default() };
/// assert_eq!(turned.apply(&image, 0.0).data(), [2.0, 5.0, 8.0, 1.0, 4.0, 7.0, 0.0, 3.0, 6.0]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Motion {
    /// By how many degrees, counterclockwise.
    pub degrees: f64,
    /// By how many pixels, downward and to the right.
    pub shift: [isize; 2],
}

impl Motion {
    /// A turn by up to so many degrees either way and a shift by up to so many pixels in each
    /// direction, every one as likely as the next.
    ///
    /// ```
    /// use longhand::{Rng, data::Motion};
    /// let motion = Motion::random(15.0, 2, &mut Rng::new(0));
    /// assert!(motion.degrees.abs() <= 15.0 && motion.shift.iter().all(|by| by.abs() <= 2));
    /// ```
    pub fn random(degrees: f64, pixels: usize, rng: &mut Rng) -> Self {
        let turn = degrees * (2.0 * rng.uniform::<f64>() - 1.0);
        let mut by = || rng.below(2 * pixels + 1) as isize - pixels as isize;
        Self { degrees: turn, shift: [by(), by()] }
    }

    // ANCHOR: apply
    /// Moves images `[.., h, w]`, all of them alike. What comes in over the edge is `fill`.
    ///
    /// A pixel of the result is looked up at the place that it has come from. That place lies
    /// between four pixels, and each of them counts the more the nearer it is, down and across:
    /// *bilinear* interpolation. A shift alone, or a quarter turn of a square, meets the pixels
    /// and copies them.
    ///
    /// # Panics
    /// If there are fewer than two axes, or the angle is not a finite number.
    #[track_caller]
    #[must_use]
    pub fn apply<T: Scalar>(self, images: &Tensor<T>, fill: T) -> Tensor<T> {
        // images [.., h, w] → the same shape
        let &[.., h, w] = &*images.shape() else {
            panic!("a motion wants images [.., h, w], not {}", images.shape());
        };
        let [cos, sin] = cos_sin(self.degrees);
        let centre = [(h as f64 - 1.0) / 2.0, (w as f64 - 1.0) / 2.0];
        let mut moved = Vec::with_capacity(images.len());
        for image in images.data().chunks_exact((h * w).max(1)) {
            let pixel = |row: f64, col: f64| match row >= 0.0 && col >= 0.0 {
                true if row < h as f64 && col < w as f64 => image[row as usize * w + col as usize],
                _ => fill,
            };
            for (i, j) in (0..h).flat_map(|i| (0..w).map(move |j| (i, j))) {
                let down = i as f64 - self.shift[0] as f64 - centre[0];
                let across = j as f64 - self.shift[1] as f64 - centre[1];
                let row = centre[0] + (cos * down + sin * across);
                let col = centre[1] + (cos * across - sin * down);
                moved.push(between(row, col, pixel));
            }
        }
        Tensor::new(images.shape(), moved)
    }
    // ANCHOR_END: apply
}

/// Moves each image of a batch `[n, .., h, w]` in a way of its own. What comes in over the edge is
/// `fill`.
///
/// ```
/// use longhand::data::{Motion, move_each};
/// use longhand::{Rng, Tensor};
/// let (rng, digits) = (&mut Rng::new(0), Tensor::<f32>::zeros([64, 1, 28, 28]));
/// let moved = move_each(&digits, 0.0, || Motion::random(15.0, 2, rng));
/// assert_eq!(moved.shape(), digits.shape());
/// ```
///
/// # Panics
/// As [`Motion::apply`], for each image.
#[track_caller]
#[must_use]
pub fn move_each<T: Scalar>(
    images: &Tensor<T>,
    fill: T,
    mut motion: impl FnMut() -> Motion,
) -> Tensor<T> {
    let mut moved = Tensor::zeros(images.shape());
    let (count, out) = (images.shape()[0], moved.data_mut());
    let size = images.len() / count.max(1);
    for n in 0..count {
        let image = motion().apply(&images.rows(n..n + 1), fill);
        out[n * size..(n + 1) * size].copy_from_slice(image.data());
    }
    moved
}

/// The mean of the four pixels around a place, weighted by how near they are.
fn between<T: Scalar>(row: f64, col: f64, pixel: impl Fn(f64, f64) -> T) -> T {
    let (top, left) = (row.floor(), col.floor());
    let (down, across) = (row - top, col - left);
    let mut sum = 0.0;
    for (row, near) in [(top, 1.0 - down), (top + 1.0, down)] {
        for (col, near) in [(left, near * (1.0 - across)), (left + 1.0, near * across)] {
            if near > 0.0 {
                sum += near * pixel(row, col).to_f64();
            }
        }
    }
    T::from_f64(sum)
}

/// Cosine and sine of an angle in degrees. The nearest quarter turn is exact; what is left of the
/// angle is at most an eighth of a turn, for which ten terms of their series are enough:
///
/// cos x = 1 − x²/(1·2)·(1 − x²/(3·4)·(1 − …)),  sin x = x·(1 − x²/(2·3)·(1 − x²/(4·5)·(1 − …)))
#[track_caller]
fn cos_sin(degrees: f64) -> [f64; 2] {
    assert!(degrees.is_finite(), "a turn by {degrees} degrees");
    let quarters = (degrees / 90.0).round();
    let x = (degrees - 90.0 * quarters) * (PI / 180.0);
    let (mut cos, mut sin) = (1.0, 1.0);
    for term in (1..10).rev() {
        let n = f64::from(2 * term);
        cos = 1.0 - x * x / ((n - 1.0) * n) * cos;
        sin = 1.0 - x * x / (n * (n + 1.0)) * sin;
    }
    sin *= x;
    match quarters.rem_euclid(4.0) as u8 {
        0 => [cos, sin],
        1 => [-sin, cos],
        2 => [-cos, -sin],
        _ => [sin, -cos],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosine_and_sine_are_those_of_known_angles() {
        let (half, root) = (0.5_f64, 0.5_f64.sqrt());
        let long = 0.75_f64.sqrt();
        for (degrees, expected) in [
            (0.0, [1.0, 0.0]),
            (30.0, [long, half]),
            (45.0, [root, root]),
            (60.0, [half, long]),
            (120.0, [-half, long]),
            (-135.0, [-root, -root]),
            (330.0, [long, -half]),
            (3630.0, [long, half]),
        ] {
            let found = cos_sin(degrees);
            let off = (0..2).map(|i| (found[i] - expected[i]).abs()).fold(0.0, f64::max);
            assert!(off < 2e-16, "{degrees}°: {found:?}, not {expected:?}");
        }
        let quarters = [90.0, 180.0, 270.0, -90.0, 360.0].map(cos_sin);
        assert_eq!(quarters, [[0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [0.0, -1.0], [1.0, 0.0]]);
    }
}
