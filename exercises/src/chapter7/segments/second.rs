//! 7.3 by recursion: a segment's input waits on the stack. What a forward pass moves on is noted
//! down by hand, before the first pass, and put back before the second.

use longhand::layers::{Layer, Sequential};
use longhand::{Rng, Tensor};

pub fn pass(
    segments: &mut [Sequential<f64>],
    input: &Tensor<f64>,
    d_output: &Tensor<f64>,
) -> Tensor<f64> {
    match segments {
        [] => d_output.clone(),
        [last] => {
            last.forward(input);
            last.backward(d_output)
        }
        [first, rest @ ..] => {
            let rngs: Vec<Rng> = first.rngs_mut().iter().map(|rng| (**rng).clone()).collect();
            let buffers = first.buffers().into_iter().map(|(_, buffer)| buffer.clone());
            let buffers: Vec<Tensor<f64>> = buffers.collect();
            let output = first.forward(input);
            first.forget();
            let d = pass(rest, &output, d_output);
            drop(output);
            first.rngs_mut().into_iter().zip(rngs).for_each(|(now, then)| *now = then);
            first.buffers_mut().into_iter().zip(buffers).for_each(|((_, now), then)| *now = then);
            first.forward(input);
            first.backward(&d)
        }
    }
}
