//! Chapter 3: the gradients by hand of 784-50-1.

use super::Journal;
use super::digits::digits;
use longhand::by_hand::weight_gradient::three_ways;
use longhand::by_hand::{Gradients, Net};
use longhand::{Rng, Scalar, Tensor, init};

pub fn write(journal: &mut Journal) {
    gradients::<f32>("f32", journal);
    gradients::<f64>("f64", journal);
    journal.begin("a weight's gradient in three ways");
    let rng = &mut Rng::new(4);
    let [inputs, d_output] = [17, 9].map(|n| init::normal::<f32>([40, n], 0.0, 1.0, rng));
    for (name, way) in three_ways::<f32>() {
        journal.tensor(name, &way(&inputs, &d_output));
    }
}

fn gradients<T: Scalar>(kind: &str, journal: &mut Journal) {
    journal.begin(format_args!("784-50-1 in {kind}"));
    let digits = digits(0..16);
    let x: Tensor<T> = digits.images.cast();
    let y: Vec<T> = digits.labels.iter().map(|&label| T::from_f64(label as f64)).collect();
    let y = Tensor::new([y.len()], y);
    let mut net = Net::<T>::new(784, 50, &mut Rng::new(3));
    for step in [1, 2] {
        let (loss, gradients) = net.forward_and_backward(&x, &y);
        journal.loss(step, loss);
        for (name, gradient) in gradients.named() {
            journal.tensor(format_args!("step {step}, gradient of {name}"), gradient);
        }
        let Gradients { w1, b1, w2, b2, .. } = gradients;
        let pairs = [(&mut net.w1, w1), (&mut net.b1, b1), (&mut net.w2, w2), (&mut net.b2, b2)];
        for (value, gradient) in pairs {
            value.update(&gradient, |w, g| w - T::from_f64(0.01) * g);
        }
    }
}
