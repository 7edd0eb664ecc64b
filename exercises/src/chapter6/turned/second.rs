//! 6.3 with the turning done in one line: the numbers of a kernel, the last first.

use longhand::Tensor;
use longhand::tensor::Window;

pub fn input_grad(d_output: &Tensor<f64>, weight: &Tensor<f64>) -> Tensor<f64> {
    let mut weight = weight.permute(&[1, 0, 2, 3]);
    let kernel = [weight.shape()[2], weight.shape()[3]];
    weight.data_mut().chunks_mut(kernel[0] * kernel[1]).for_each(<[f64]>::reverse);
    let (rows, columns) = (kernel[0] - 1, kernel[1] - 1);
    let bordered = d_output.pad_axis(2, rows, rows).pad_axis(3, columns, columns);
    bordered.conv2d(&weight, None, Window::new(kernel))
}
