//! Our answer to 7.3.

use longhand::Tensor;
use longhand::layers::{Layer, Sequential, preserve_state};

// ANCHOR: solution
pub fn pass(
    segments: &mut [Sequential<f64>],
    input: &Tensor<f64>,
    d_output: &Tensor<f64>,
) -> Tensor<f64> {
    let (last, others) = segments.split_last_mut().expect("at least one segment");

    // A rehearsal of all segments but the last, of which only the outputs are kept.
    let mut inputs = vec![input.clone()];
    for segment in others.iter_mut() {
        let output = preserve_state(segment, |segment| segment.forward(&inputs[inputs.len() - 1]));
        segment.forget();
        inputs.push(output);
    }

    last.forward(&inputs[others.len()]);
    let mut d = last.backward(d_output);
    for (segment, input) in others.iter_mut().zip(&inputs).rev() {
        segment.forward(input); // now in earnest
        d = segment.backward(&d);
    }
    d
}
// ANCHOR_END: solution
