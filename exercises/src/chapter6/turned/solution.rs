//! Our answer to 6.3.

use longhand::Tensor;
use longhand::tensor::Window;

// ANCHOR: solution
pub fn input_grad(d_output: &Tensor<f64>, weight: &Tensor<f64>) -> Tensor<f64> {
    let &[o, c, kh, kw] = &*weight.shape() else { panic!("weight [o, c, kh, kw]") };
    let mut turned = Tensor::zeros([c, o, kh, kw]);
    for o in 0..o {
        for c in 0..c {
            for k in 0..kh {
                for l in 0..kw {
                    turned[[c, o, kh - 1 - k, kw - 1 - l]] = weight[[o, c, k, l]];
                }
            }
        }
    }
    let window = Window::new([kh, kw]).padding([kh - 1, kw - 1]);
    d_output.conv2d(&turned, None, window)
}
// ANCHOR_END: solution
