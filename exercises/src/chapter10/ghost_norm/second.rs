//! 10.3 for each pair of places, with every index written out.

use longhand::Tensor;

pub fn square_norms(columns: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {
    let (images, places) = (columns.shape()[0], columns.shape()[2]);
    let product = |of: &Tensor<f64>, n: usize, s: usize, t: usize| -> f64 {
        (0..of.shape()[1]).map(|row| of[[n, row, s]] * of[[n, row, t]]).sum()
    };
    let mut norms = Tensor::zeros([images]);
    for n in 0..images {
        for s in 0..places {
            for t in 0..places {
                norms[[n]] += product(columns, n, s, t) * product(d_out, n, s, t);
            }
        }
    }
    norms
}
