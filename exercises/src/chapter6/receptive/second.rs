//! 6.1 from the image on: neighbours come to lie further and further apart.

use longhand::tensor::Window;

pub fn receptive(windows: &[Window]) -> [usize; 2] {
    [0, 1].map(|axis| {
        let further = |(sees, apart): (usize, usize), window: &Window| {
            let gaps = window.kernel[axis] - 1;
            (sees + gaps * window.dilation[axis] * apart, apart * window.stride[axis])
        };
        windows.iter().fold((1, 1), further).0
    })
}
