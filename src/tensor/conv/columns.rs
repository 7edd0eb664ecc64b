//! Patches as columns: im2col, its adjoint col2im (which carries gradients back through it), and a
//! matrix of columns that is never written down (chapter 6).
//!
//! A *patch* is what the window sees from one place. In the matrix of columns, row (c, kh, kw) and
//! column (i, j) hold the pixel that the window's element (kh, kw) sees in channel c from place
//! (i, j). Along a row of places these pixels are neighbours if the stride is 1, so the matrix is
//! made of runs.

use super::geometry::Geometry;
use crate::Scalar;
use crate::tensor::gemm::Im2col;
use crate::tensor::{Buffer, Tensor, Window, isa};
use std::ops::Range;

/// One image with its padding: in place if there is none, else a copy with a border of zeros, so
/// that from then on there are no edges.
pub(super) enum Padded<'a, T: Scalar> {
    /// No padding: the image where it lies.
    InPlace(&'a [T]),
    /// The image in its border of zeros.
    Copy(Buffer<T>),
}

impl<'a, T: Scalar> Padded<'a, T> {
    /// The first image of `images`.
    pub(super) fn new(geometry: &Geometry, images: &'a [T]) -> Self {
        let [top, left] = geometry.window.padding;
        let image = &images[..geometry.image_len()];
        if [top, left] == [0, 0] || image.is_empty() {
            return Self::InPlace(image);
        }
        let ([height, width], [_, padded_width]) = (geometry.image, geometry.padded);
        let mut copy = Buffer::stale(geometry.padded_len());
        copy.fill(T::ZERO);
        let planes = copy.chunks_mut(geometry.padded.iter().product());
        for (plane, image) in planes.zip(image.chunks(height * width)) {
            let rows = plane.chunks_mut(padded_width).skip(top);
            for (row, pixels) in rows.zip(image.chunks(width)) {
                row[left..left + width].copy_from_slice(pixels);
            }
        }
        Self::Copy(copy)
    }

    pub(super) fn pixels(&self) -> &[T] {
        match self {
            Self::InPlace(pixels) => pixels,
            Self::Copy(pixels) => pixels,
        }
    }
}

impl Geometry {
    /// Where, in a padded image, each row of the columns begins: its pixel for place (0, 0).
    pub(super) fn begins(&self) -> Vec<usize> {
        let ([kh, kw], [height, width]) = (self.window.kernel, self.padded);
        let [down, across] = self.window.dilation;
        let taps = (0..kh).flat_map(|i| (0..kw).map(move |j| i * down * width + j * across));
        (0..self.inputs)
            .flat_map(|c| taps.clone().map(move |tap| c * height * width + tap))
            .collect()
    }

    /// How far behind one row of places the next one begins, in a padded image.
    pub(super) fn step(&self) -> usize {
        self.window.stride[0] * self.padded[1]
    }

    /// The matrix of columns of one image, `[c·kh·kw, oh·ow]`, never written down.
    pub(super) fn columns<'a, T: Scalar>(
        &self,
        begins: &'a [usize],
        image: &'a Padded<T>,
    ) -> Im2col<'a, T> {
        self.columns_of(begins, image, 0..self.places[0], 0..self.places[1])
    }

    /// Its part for these rows and columns of places.
    pub(super) fn columns_of<'a, T: Scalar>(
        &self,
        begins: &'a [usize],
        image: &'a Padded<T>,
        rows: Range<usize>,
        cols: Range<usize>,
    ) -> Im2col<'a, T> {
        let strides = [self.step(), self.window.stride[1]];
        let first = rows.start * strides[0] + cols.start * strides[1];
        Im2col::new(&image.pixels()[first..], begins, [rows.len(), cols.len()], strides)
    }
}

/// Every `stride`-th of `pixels`. For runs as short as these a call of `memcpy` would cost more
/// than the copy.
#[inline(always)]
fn copy_run<T: Scalar>(out: &mut [T], pixels: &[T], stride: usize) {
    if stride == 1 {
        let (eights, rest) = out.as_chunks_mut::<8>();
        let (pixel_eights, pixel_rest) = pixels[..8 * eights.len() + rest.len()].as_chunks::<8>();
        eights.iter_mut().zip(pixel_eights).for_each(|(out, pixels)| *out = *pixels);
        rest.iter_mut().zip(pixel_rest).for_each(|(out, pixel)| *out = *pixel);
    } else {
        out.iter_mut().zip(pixels.iter().step_by(stride)).for_each(|(out, &pixel)| *out = pixel);
    }
}

// ANCHOR: lay_out
/// Writes the columns of some rows of places: row `p` of them to `out[p·width ..]`.
pub(super) fn lay_out<T: Scalar>(
    geometry: &Geometry,
    begins: &[usize],
    image: &Padded<T>,
    places: Range<usize>,
    out: &mut [T],
) {
    let [across, stride] = [geometry.places[1], geometry.window.stride[1]];
    let first = places.start * geometry.step();
    isa::vectorize(
        #[inline(always)]
        || {
            for (&row, out) in begins.iter().zip(out.chunks_mut(places.len() * across)) {
                let pixels = &image.pixels()[row + first..];
                for (i, out) in out.chunks_mut(across).enumerate() {
                    copy_run(out, &pixels[i * geometry.step()..], stride);
                }
            }
        },
    );
}

/// The adjoint of [`lay_out`]: adds each element of the columns to the pixel that it shows.
pub(super) fn add_back<T: Scalar>(
    geometry: &Geometry,
    begins: &[usize],
    columns: &[T],
    places: Range<usize>,
    pixels: &mut [T],
) {
    let [across, stride] = [geometry.places[1], geometry.window.stride[1]];
    let first = places.start * geometry.step();
    isa::vectorize(
        #[inline(always)]
        || {
            for (&row, columns) in begins.iter().zip(columns.chunks(places.len() * across)) {
                let pixels = &mut pixels[row + first..];
                for (i, columns) in columns.chunks(across).enumerate() {
                    let pixels = &mut pixels[i * geometry.step()..];
                    if stride == 1 {
                        pixels.iter_mut().zip(columns).for_each(|(pixel, &x)| *pixel += x);
                    } else {
                        let pixels = pixels.iter_mut().step_by(stride);
                        pixels.zip(columns).for_each(|(pixel, &x)| *pixel += x);
                    }
                }
            }
        },
    );
}
// ANCHOR_END: lay_out

/// Takes the image out of its border of zeros.
pub(super) fn crop<T: Scalar>(geometry: &Geometry, padded: &[T], image: &mut [T]) {
    let ([top, left], [_, padded_width]) = (geometry.window.padding, geometry.padded);
    let [height, width] = geometry.image;
    let planes = padded.chunks(geometry.padded.iter().product());
    for (plane, image) in planes.zip(image.chunks_mut(height * width)) {
        let rows = plane.chunks(padded_width).skip(top);
        for (row, pixels) in rows.zip(image.chunks_mut(width)) {
            pixels.copy_from_slice(&row[left..left + width]);
        }
    }
}

impl<T: Scalar> Tensor<T> {
    // ANCHOR: im2col
    /// The patches of each image as columns: `[n, c, h, w]` gives `[n, c·kh·kw, oh·ow]`.
    ///
    /// ```
    /// use longhand::Tensor;
    /// use longhand::tensor::Window;
    /// let image = Tensor::<f32>::arange(9).reshape([1, 1, 3, 3]);
    /// let columns = image.im2col(Window::new([2, 2]));
    /// assert_eq!(columns.shape(), [1, 4, 4]);
    /// assert_eq!(columns.data()[..4], [0.0, 1.0, 3.0, 4.0]); // what the upper left element sees
    /// ```
    ///
    /// # Panics
    /// If this is not a batch of images, or the window does not fit.
    #[track_caller]
    #[must_use]
    pub fn im2col(&self, window: Window) -> Self {
        let geometry = Geometry::of_patches(self.shape(), window);
        let (patch, area, begins) = (geometry.patch(), geometry.area(), geometry.begins());
        Self::build([geometry.batch, patch, area], |out| {
            geometry.for_each_image(out, patch * area, |n, out| {
                let image = Padded::new(&geometry, &self.data()[n * geometry.image_len()..]);
                lay_out(&geometry, &begins, &image, 0..geometry.places[0], out);
            });
        })
    }

    /// The adjoint of [`im2col`](Self::im2col): adds every element of the columns to the pixel
    /// that it shows. `[n, c·kh·kw, oh·ow]` gives `[n, c, h, w]`, where `size` is h and w.
    ///
    /// # Panics
    /// If the columns are not those of such images.
    #[track_caller]
    #[must_use]
    pub fn col2im(&self, window: Window, size: [usize; 2]) -> Self {
        let &[batch, rows, area] = &*self.shape() else {
            panic!("col2im wants [n, c·kh·kw, oh·ow], not {}", self.shape())
        };
        let ([oh, ow], [height, width]) = (window.output(size), size);
        let taps = window.kernel[0].saturating_mul(window.kernel[1]);
        if !rows.is_multiple_of(taps) || oh.checked_mul(ow) != Some(area) {
            panic!(
                "{} are not the columns of images of {height}×{width}: {window:?}",
                self.shape()
            );
        }
        let input = [batch, rows / taps, height, width];
        let geometry = Geometry::of_patches(input.into(), window);
        let begins = geometry.begins();
        Self::build(input, |out| {
            geometry.for_each_image(out, geometry.image_len(), |n, out| {
                let columns = &self.data()[n * rows * area..(n + 1) * rows * area];
                geometry.with_border(out, |pixels| {
                    add_back(&geometry, &begins, columns, 0..geometry.places[0], pixels);
                });
            });
        })
    }
    // ANCHOR_END: im2col
}

impl Geometry {
    /// Hands `add` a padded image of zeros, and writes what it has become, without the border, to
    /// `image`.
    pub(super) fn with_border<T: Scalar>(&self, image: &mut [T], add: impl FnOnce(&mut [T])) {
        if self.window.padding == [0, 0] {
            image.fill(T::ZERO);
            return add(image);
        }
        let mut padded = Buffer::stale(self.padded_len());
        padded.fill(T::ZERO);
        add(&mut padded);
        crop(self, &padded, image);
    }
}
