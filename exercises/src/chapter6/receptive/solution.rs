//! Our answer to 6.1.

use longhand::tensor::Window;

// ANCHOR: solution
pub fn receptive(windows: &[Window]) -> [usize; 2] {
    let mut sees = [1, 1];
    for window in windows.iter().rev() {
        for axis in [0, 1] {
            let reach = (window.kernel[axis] - 1) * window.dilation[axis];
            sees[axis] = (sees[axis] - 1) * window.stride[axis] + reach + 1;
        }
    }
    sees
}
// ANCHOR_END: solution
