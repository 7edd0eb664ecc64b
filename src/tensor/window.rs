//! `Window`: the small rectangle that a convolution or a pooling slides over an image (chapter 6).

/// The size of a window and how it moves: `[vertical, horizontal]` throughout.
///
/// ```
/// use longhand::tensor::Window;
/// let window = Window::new([3, 3]).padding([1, 1]);
/// assert_eq!(window.output([28, 28]), [28, 28]);
/// assert_eq!(window.stride([2, 2]).output([28, 28]), [14, 14]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[must_use]
pub struct Window {
    /// Rows and columns of the window.
    pub kernel: [usize; 2],
    /// How far it moves from one output to the next.
    pub stride: [usize; 2],
    /// Rows and columns that are added on either side of the image.
    pub padding: [usize; 2],
    /// The distance between neighbouring rows and columns of the window, measured in the image: 1
    /// if they are neighbours there too.
    pub dilation: [usize; 2],
}

impl Window {
    /// A window of this size that moves by one, over an image without padding.
    pub fn new(kernel: [usize; 2]) -> Self {
        Self { kernel, stride: [1, 1], padding: [0, 0], dilation: [1, 1] }
    }

    /// A square window that moves by its own size, so that its places do not overlap: the usual
    /// one for pooling.
    pub fn tiling(size: usize) -> Self {
        Self::new([size; 2]).stride([size; 2])
    }

    /// The same window moving by `stride`.
    pub fn stride(self, stride: [usize; 2]) -> Self {
        Self { stride, ..self }
    }

    /// The same window over an image with this padding.
    pub fn padding(self, padding: [usize; 2]) -> Self {
        Self { padding, ..self }
    }

    /// The same window with its rows and columns this far apart.
    pub fn dilation(self, dilation: [usize; 2]) -> Self {
        Self { dilation, ..self }
    }

    // ANCHOR: output
    /// How many places the window has in an image of `size`, downward and across: the size of the
    /// output, ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1.
    ///
    /// # Panics
    /// If the window does not fit into the padded image once, or its kernel, stride or dilation
    /// is 0, or the sizes are too large to be added up.
    #[track_caller]
    #[must_use]
    pub fn output(&self, size: [usize; 2]) -> [usize; 2] {
        [self.output_along(0, size), self.output_along(1, size)]
    }

    #[track_caller]
    fn output_along(&self, axis: usize, image: [usize; 2]) -> usize {
        let (kernel, stride) = (self.kernel[axis], self.stride[axis]);
        let (padding, dilation) = (self.padding[axis], self.dilation[axis]);
        let ([h, w], size) = (image, image[axis]);
        if kernel == 0 || stride == 0 || dilation == 0 {
            panic!("kernel, stride and dilation must be at least 1: {self:?}");
        }
        let reach = dilation.checked_mul(kernel - 1).and_then(|reach| reach.checked_add(1));
        let padded = padding.checked_mul(2).and_then(|both| both.checked_add(size));
        let (Some(reach), Some(padded)) = (reach, padded) else {
            panic!("sizes too large to add up: {self:?} on an image of {h}×{w}");
        };
        if padded < reach {
            panic!(
                "a window that reaches over {reach} does not fit into {padded} ({size} and twice \
                 the padding of {padding}): {self:?} on an image of {h}×{w}"
            );
        }
        (padded - reach) / stride + 1
    }
    // ANCHOR_END: output

    /// Where the window's row or column `tap`, in its place number `place`, lies in an image of
    /// `size` rows or columns: `None` in the padding. `axis` is 0 downward and 1 across.
    #[inline(always)]
    pub(crate) fn at(&self, axis: usize, place: usize, tap: usize, size: usize) -> Option<usize> {
        let padded = place * self.stride[axis] + tap * self.dilation[axis];
        padded.checked_sub(self.padding[axis]).filter(|&at| at < size)
    }
}
