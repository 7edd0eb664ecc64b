//! The squared norm of each image's gradient of the kernels, without the gradients (chapter 10).
//!
//! With the columns X of an image (chapter 6) and the gradient D of its output, as matrices of p
//! and of o rows with a column for each of the a places, the gradient of the kernels is D·Xᵀ. The
//! square of its norm is a trace, and in a trace the last factor may come first, tr(AB) = tr(BA):
//!
//! ```text
//! ‖D·Xᵀ‖² = tr(X·Dᵀ·D·Xᵀ) = tr(DᵀD·XᵀX) = Σ_st (DᵀD)_st·(XᵀX)_st
//! ```
//!
//! DᵀD and XᵀX are the Gram matrices of the places: (XᵀX)_st says how alike the patches at places s
//! and t are, (DᵀD)_st how alike their gradients. So there are two ways to one number. Writing down
//! D·Xᵀ costs a·p·o multiplications, the Gram matrices a²·(p + o), and the cheaper one is taken. It
//! is the first where places are many and channels few, as in the first layers of a net, the second
//! where it is the other way round. (With a single place a convolution is a fully connected layer,
//! and the Gram matrices are the numbers ‖D‖² and ‖X‖².) Either way it is done for one image at a
//! time in memory that the next one uses again: n images write down n numbers.
//!
//! I. Goodfellow, "Efficient Per-Example Gradient Computations" (2015), has this for a fully
//! connected layer, X. Li and others (2021) for sequences, Z. Bu and others (2022) for convolutions
//! and with the choice between the two; there the norms are called *ghost norms*.

use super::columns::{Padded, lay_out};
use super::geometry::Geometry;
use crate::Scalar;
use crate::tensor::gemm::{self, Matrix, MatrixMut};
use crate::tensor::sum::sum;
use crate::tensor::{Buffer, Tensor, Window, isa};

impl<T: Scalar> Tensor<T> {
    /// ‖g_n‖² for the gradient g_n that image n alone has in
    /// [`conv2d_weight`](Self::conv2d_weight): x `[n, c, h, w]` and d_output `[n, o, oh, ow]` give
    /// `[n]`.
    ///
    /// ```
    /// use longhand::Tensor;
    /// use longhand::tensor::Window;
    /// let x = Tensor::<f32>::arange(8).reshape([2, 1, 2, 2]);
    /// let d_output = Tensor::new([2, 1, 1, 2], vec![1.0, 1.0, 0.0, 2.0]);
    /// // [0, 1] and [2, 3] added up; twice [5, 7].
    /// let norms = x.conv2d_weight_square_norms(&d_output, Window::new([2, 1]));
    /// assert_eq!(norms.data(), [1.0 + 25.0, 4.0 * (25.0 + 49.0)]);
    /// ```
    ///
    /// # Panics
    /// If the shapes are not those of such a convolution.
    #[track_caller]
    pub fn conv2d_weight_square_norms(&self, d_output: &Self, window: Window) -> Self {
        // x [n, c, h, w], d_output [n, o, oh, ow] → [n]
        let (&[n, c, _, _], &[_, o, _, _]) = (&*self.shape(), &*d_output.shape()) else {
            panic!("conv2d_weight_square_norms of {} and {}", self.shape(), d_output.shape());
        };
        let weight = [o, c, window.kernel[0], window.kernel[1]];
        let geometry = Geometry::new(self.shape(), weight.into(), window);
        geometry.check_output(d_output.shape());
        let each = Geometry { batch: 1, ..geometry };
        let (image, places) = (geometry.image_len(), o * geometry.area());
        Self::build([n], |norms| {
            geometry.for_each_image(norms, 1, |n, norm| {
                let x = &self.data()[n * image..(n + 1) * image];
                let d_output = &d_output.data()[n * places..(n + 1) * places];
                norm[0] = match each.gram_is_cheaper() {
                    true => each.norm_by_gram(x, d_output),
                    false => each.norm_by_gradient(x, d_output),
                };
            });
        })
    }
}

// ANCHOR: norms
impl Geometry {
    /// Whether the Gram matrices cost less: a²·(p + o) < a·p·o.
    fn gram_is_cheaper(&self) -> bool {
        let (places, patch, outputs) = (self.area(), self.patch(), self.outputs);
        places.saturating_mul(patch + outputs) < patch.saturating_mul(outputs)
    }

    /// ‖D·Xᵀ‖² of one image, from D·Xᵀ.
    fn norm_by_gradient<T: Scalar>(&self, x: &[T], d_output: &[T]) -> T {
        let gradient = self.weight(x, d_output); // [c·kh·kw, o]
        sum_of_products(&gradient, &gradient)
    }

    /// ‖D·Xᵀ‖² of one image, from the two Gram matrices, `[oh·ow, oh·ow]`.
    fn norm_by_gram<T: Scalar>(&self, x: &[T], d_output: &[T]) -> T {
        let (places, patch) = (self.area(), self.patch());
        let mut columns = Buffer::stale(patch * places);
        let (begins, image) = (self.begins(), Padded::new(self, x));
        lay_out(self, &begins, &image, 0..self.places[0], &mut columns);
        let gram = |rows: &[T], count: usize| {
            let (rows, mut product) =
                (Matrix::new(rows, count, places), Buffer::stale(places * places));
            let to = MatrixMut::new(&mut product, places, places);
            gemm::matmul(rows.t(), rows, false, to);
            product
        };
        sum_of_products(&gram(&columns, patch), &gram(d_output, self.outputs))
    }
}
// ANCHOR_END: norms

/// Σ aᵢ·bᵢ, each product rounded, in the order of [`Tensor::sum`].
fn sum_of_products<T: Scalar>(a: &[T], b: &[T]) -> T {
    let mut products = Buffer::stale(a.len());
    isa::vectorize(
        #[inline(always)]
        || {
            for ((product, &a), &b) in products.iter_mut().zip(a).zip(b) {
                *product = a * b;
            }
        },
    );
    sum(&products)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rng, init};

    #[test]
    fn both_ways_give_the_norm_of_the_gradient() {
        let mut taken = [false; 2];
        for (c, size, o, window) in [
            (2, [6, 7], 3, Window::new([3, 2]).stride([1, 2]).padding([1, 0])),
            (8, [3, 3], 24, Window::new([3, 3]).dilation([1, 1])),
            (5, [4, 4], 16, Window::new([3, 3])),
            (4, [5, 4], 9, Window::new([2, 2]).stride([3, 3]).padding([1, 1]).dilation([2, 1])),
        ] {
            let [h, w] = size;
            let mut rng = Rng::new(1);
            let x: Tensor<f64> = init::normal([3, c, h, w], 0.0, 1.0, &mut rng);
            let [oh, ow] = window.output(size);
            let d: Tensor<f64> = init::normal([3, o, oh, ow], 0.0, 1.0, &mut rng);
            let weight = [o, c, window.kernel[0], window.kernel[1]];
            let geometry = Geometry::new([1, c, h, w].into(), weight.into(), window);
            taken[usize::from(geometry.gram_is_cheaper())] = true;
            let found = x.conv2d_weight_square_norms(&d, window);
            for n in 0..3 {
                let (x, d) = (x.rows(n..n + 1), d.rows(n..n + 1));
                let written = x.conv2d_weight(&d, window).square().sum();
                for norm in [
                    geometry.norm_by_gradient(x.data(), d.data()),
                    geometry.norm_by_gram(x.data(), d.data()),
                    found.data()[n],
                ] {
                    assert!((norm / written - 1.0).abs() < 1e-13, "{norm} and {written}");
                }
            }
        }
        assert_eq!(taken, [true, true], "the choice goes both ways");
    }
}
