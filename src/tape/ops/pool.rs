//! Pooling: the largest or the mean of each window (chapter 6).
//!
//! Which element is the largest does not change with small changes of the inputs. So the
//! positions are settled when max pooling is recorded, and from then on it only picks.

use crate::tape::list::Var;
use crate::tensor::{Divisor, Maxima, Window};
use crate::{Scalar, Tensor};
use std::sync::Arc;

impl<T: Scalar> Var<'_, T> {
    // ANCHOR: max_pool2d
    /// The largest element of each window. Of several equal ones the first receives the gradient.
    ///
    /// ```
    /// use longhand::tensor::Window;
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f32>::new();
    /// let x = tape.leaf(Tensor::new([1, 1, 2, 2], vec![1.0, 4.0, 4.0, 2.0]));
    /// let y = x.max_pool2d(Window::tiling(2));
    /// assert_eq!(y.value().data(), [4.0]);
    /// assert_eq!(y.sum().backward()[x].data(), [0.0, 1.0, 0.0, 0.0]);
    /// ```
    #[track_caller]
    pub fn max_pool2d(self, window: Window) -> Self {
        // x [n, c, h, w] → y [n, c, oh, ow]
        // y_i = x_at(i): g_i goes back there
        let (value, maxima) = self.read().max_pool2d(window);
        self.gathered(value, Arc::new(maxima))
    }

    #[track_caller]
    fn gathered(self, value: Tensor<T>, maxima: Arc<Maxima>) -> Self {
        let bytes = maxima.bytes();
        let y = self.tape.operation("max pool", [self], value, move |[_], _, g| {
            let value = maxima.scatter(&*g.read());
            [Some(g.scattered(value, maxima.clone()))]
        });
        y.saving(bytes)
    }

    /// The adjoint: element i is added to position at(i) of planes of zeros.
    #[track_caller]
    fn scattered(self, value: Tensor<T>, maxima: Arc<Maxima>) -> Self {
        // x [n, c, oh, ow] → y [n, c, h, w]
        // y_at(i) gets x_i: each x_i receives the g of that place
        let bytes = maxima.bytes();
        let y = self.tape.operation("max unpool", [self], value, move |[_], _, g| {
            let value = maxima.gather(&*g.read());
            [Some(g.gathered(value, maxima.clone()))]
        });
        y.saving(bytes)
    }
    // ANCHOR_END: max_pool2d

    // ANCHOR: avg_pool2d
    /// The mean of each window, padding counted as zeros.
    #[track_caller]
    pub fn avg_pool2d(self, window: Window) -> Self {
        self.avg_pool2d_over(window, Divisor::Window)
    }

    /// The mean of each window, over what `divisor` says.
    #[track_caller]
    pub fn avg_pool2d_over(self, window: Window, divisor: Divisor) -> Self {
        // x [n, c, h, w] → y [n, c, oh, ow]
        // y_i = (1/n_i) Σ x over window i: each of its elements receives g_i/n_i
        let value = self.read().avg_pool2d(window, divisor);
        self.tape.operation("avg pool", [self], value, move |[x], _, g| {
            let [.., h, w] = *x.shape() else { unreachable!("an image has four axes") };
            [Some(g.avg_pool2d_adjoint(window, divisor, [h, w]))]
        })
    }

    /// The adjoint: each element, divided, is added to every element of its window in `[h, w]`.
    #[track_caller]
    pub fn avg_pool2d_adjoint(self, window: Window, divisor: Divisor, image: [usize; 2]) -> Self {
        // x [n, c, oh, ow] → y [n, c, h, w]
        let value = self.read().avg_pool2d_adjoint(window, divisor, image);
        self.tape.operation("avg unpool", [self], value, move |[_], _, g| {
            [Some(g.avg_pool2d_over(window, divisor))]
        })
    }
    // ANCHOR_END: avg_pool2d
}
