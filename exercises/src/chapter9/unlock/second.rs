//! 9.3 sample by sample.

use longhand::Tensor;

pub fn unlocked(
    x: &Tensor<f64>,
    y: &Tensor<f64>,
    below: &Tensor<f64>,
    above: &Tensor<f64>,
    synthesizer: &Tensor<f64>,
) -> [Tensor<f64>; 3] {
    let [mut d_below, mut d_above, mut d_synthesizer] =
        [below, above, synthesizer].map(|w| Tensor::zeros(w.shape()));
    let (hidden, inputs, outputs) = (below.shape()[0], x.shape()[1], above.shape()[0]);
    let scale = 2.0 / x.shape()[0] as f64;
    for n in 0..x.shape()[0] {
        let dot = |w: &Tensor<f64>, row: usize, v: &[f64]| -> f64 {
            v.iter().enumerate().map(|(k, v)| w[[row, k]] * v).sum()
        };
        let sample = &x.data()[n * inputs..(n + 1) * inputs];
        let h: Vec<f64> = (0..hidden).map(|j| dot(below, j, sample)).collect();
        let d_out: Vec<f64> =
            (0..outputs).map(|o| scale * (dot(above, o, &h) - y[[n, o]])).collect();
        for j in 0..hidden {
            let guess = dot(synthesizer, j, &h);
            let truth: f64 = (0..outputs).map(|o| d_out[o] * above[[o, j]]).sum();
            (0..inputs).for_each(|i| d_below[[j, i]] += guess * sample[i]);
            (0..outputs).for_each(|o| d_above[[o, j]] += d_out[o] * h[j]);
            (0..hidden).for_each(|k| d_synthesizer[[j, k]] += scale * (guess - truth) * h[k]);
        }
    }
    [d_below, d_above, d_synthesizer]
}
