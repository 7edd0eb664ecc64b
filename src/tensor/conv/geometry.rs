//! The sizes of a convolution (chapter 6).

use crate::Scalar;
use crate::tensor::{Shape, Window, threads};

/// The sizes of a convolution, checked against each other.
///
/// Every product of these sizes that is taken here fits a `usize`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Geometry {
    /// The number of images.
    pub batch: usize,
    /// The channels of an image.
    pub inputs: usize,
    /// The channels of the output: the number of kernels.
    pub outputs: usize,
    /// Height and width of an image, without the padding.
    pub image: [usize; 2],
    /// Height and width of an image with its padding.
    pub padded: [usize; 2],
    /// Height and width of the output.
    pub places: [usize; 2],
    /// The kernels' size, and how they move over the image.
    pub window: Window,
}

impl Geometry {
    /// From the input's shape `[n, c, h, w]` and the weight's, `[o, c, kh, kw]`.
    #[track_caller]
    pub(super) fn new(input: Shape, weight: Shape, window: Window) -> Self {
        let (&[batch, inputs, h, w], &[outputs, channels, kh, kw]) = (&*input, &*weight) else {
            panic!(
                "conv2d wants [n, c, h, w] and a weight [o, c, kh, kw], not {input} and {weight}"
            )
        };
        if channels != inputs {
            panic!("conv2d of {input} with weight {weight}: {inputs} and {channels} channels");
        }
        if [kh, kw] != window.kernel {
            panic!("conv2d with weight {weight} and another kernel: {window:?}");
        }
        if [inputs, outputs, h, w].contains(&0) {
            panic!("conv2d of {input} with weight {weight}: nothing to convolve");
        }
        let image = [h, w];
        let places = window.output(image);
        let padded = [0, 1].map(|axis| image[axis] + 2 * window.padding[axis]);
        if inputs.checked_mul(padded[0]).and_then(|n| n.checked_mul(padded[1])).is_none() {
            panic!("conv2d of {input} with weight {weight}: too much padding to count: {window:?}");
        }
        Self { batch, inputs, outputs, image, padded, places, window }
    }

    /// The sizes of the patches alone, as if there were one kernel: from the input's shape
    /// `[n, c, h, w]`.
    #[track_caller]
    pub(super) fn of_patches(input: Shape, window: Window) -> Self {
        if input.rank() != 4 {
            panic!("im2col wants [n, c, h, w], not {input}");
        }
        Self::new(input, [1, input[1], window.kernel[0], window.kernel[1]].into(), window)
    }

    /// c·kh·kw: the elements of a patch.
    pub(super) fn patch(&self) -> usize {
        self.inputs * self.window.kernel.iter().product::<usize>()
    }

    /// oh·ow: the places of the window.
    pub(super) fn area(&self) -> usize {
        self.places.iter().product()
    }

    /// c·h·w: the elements of an image.
    pub(super) fn image_len(&self) -> usize {
        self.inputs * self.image.iter().product::<usize>()
    }

    /// c·(h + 2p)·(w + 2p): the elements of an image with its padding.
    pub(super) fn padded_len(&self) -> usize {
        self.inputs * self.padded.iter().product::<usize>()
    }

    /// The output's shape.
    pub(super) fn output(&self) -> [usize; 4] {
        [self.batch, self.outputs, self.places[0], self.places[1]]
    }

    /// Panics unless a gradient has the output's shape.
    #[track_caller]
    pub(super) fn check_output(&self, d_output: Shape) {
        if d_output != self.output() {
            panic!("a gradient of shape {d_output} for an output {:?}", self.output());
        }
    }

    /// Calls `work` on the part of `out` that belongs to each image, `len` numbers long. Threads
    /// share out the images, if there are enough; else each image's product is shared.
    pub(super) fn for_each_image<T: Scalar>(
        &self,
        out: &mut [T],
        len: usize,
        work: impl Fn(usize, &mut [T]) + Sync,
    ) {
        let images = out.chunks_mut(len.max(1)).enumerate();
        if self.batch < threads::current() {
            images.for_each(|(n, out)| work(n, out));
        } else {
            threads::for_each(images, |(n, out)| work(n, out));
        }
    }
}
