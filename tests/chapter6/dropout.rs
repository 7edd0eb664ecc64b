//! Dropout: its scale, its modes, its random numbers.

use super::common::{both_roads, check_layer, normal, same_everywhere};
use super::{assert_says, bits, check_twice};
use longhand::layers::{Dropout, Flatten, Layer, Mode};
use longhand::{Rng, Tape, Tensor, sequential};

/// `F.dropout(x, p)` sets a share p to 0 and multiplies the rest by 1/(1 − p).
#[test]
fn the_kept_are_scaled_and_the_mean_stays() {
    for p in [0.1, 0.25, 0.5, 0.9] {
        let x = normal::<f64>(&[200, 500], 1).abs();
        let mut dropout = Dropout::new(p, &mut Rng::new(2));
        let y = dropout.forward(&x);
        let kept = 1.0 / (1.0 - p);
        let fair = |(&x, &y): (&f64, &f64)| y == 0.0 || y == x * kept;
        assert!(x.data().iter().zip(y.data()).all(fair));
        let dropped = y.data().iter().filter(|&&y| y == 0.0).count() as f64 / 1e5;
        let tolerance = 4.0 * (p * (1.0 - p) / 1e5).sqrt();
        assert!((dropped - p).abs() < tolerance, "{dropped} dropped for {p}");
        let up = normal::<f64>(&[200, 500], 3);
        let d_x = dropout.backward(&up);
        let zeros = |x: &Tensor<f64>| x.data().iter().map(|&x| x == 0.0).collect::<Vec<_>>();
        assert_eq!(zeros(&d_x), zeros(&y), "the gradient passes where the value did");
        let fair = |(&g, &d): (&f64, &f64)| d == 0.0 || d == g * kept;
        assert!(up.data().iter().zip(d_x.data()).all(fair));
    }
}

#[test]
fn evaluation_and_no_chance_change_nothing() {
    let (x, up) = (normal::<f32>(&[4, 5], 4), normal::<f32>(&[4, 5], 5));
    let mut dropout = Dropout::new(0.5, &mut Rng::new(6));
    dropout.set_mode(Mode::Eval);
    assert!(dropout.forward(&x).same_bits(&x) && dropout.backward(&up).same_bits(&up));
    let mut never = Dropout::new(0.0, &mut Rng::new(6));
    let generator = never.rngs_mut()[0].state();
    assert!(never.forward(&x).same_bits(&x) && never.backward(&up).same_bits(&up));
    assert_eq!(never.rngs_mut()[0].state(), generator, "nothing was drawn");
    // A net forgets what evaluation kept, and goes on to drop.
    let mut net = sequential![Dropout::<f32>::new(0.5, &mut Rng::new(6))];
    assert!(net.predict(&x).same_bits(&x));
    assert!(!net.forward(&x).same_bits(&x));
}

#[test]
fn each_layer_draws_from_a_stream_of_its_own() {
    let x = Tensor::<f32>::ones([1000]);
    let rng = &mut Rng::new(7);
    let (mut a, mut b) = (Dropout::new(0.5, rng), Dropout::new(0.5, rng));
    let first = a.forward(&x);
    assert_ne!(first, b.forward(&x), "two layers");
    assert_ne!(first, a.forward(&x), "two batches");
    let mut again = Dropout::new(0.5, &mut Rng::new(7));
    assert_eq!(first, again.forward(&x), "one seed");
    let mut wide = Dropout::<f64>::new(0.5, &mut Rng::new(7));
    assert_eq!(first.cast(), wide.forward(&x.cast()), "either precision");
}

#[test]
fn derivatives_and_the_tape() {
    let x = normal(&[4, 5], 8);
    let tape = Tape::new();
    let mask = Tensor::dropout_mask([4, 5], 0.4, &mut Rng::new(9));
    let y = tape.leaf(x.clone()).dropout(0.4, &mut Rng::new(9));
    assert!(y.value().same_bits(&(&x * mask)));
    check_twice("dropout", [&x], |[x]| x.dropout(0.4, &mut Rng::new(9)).tanh());
    let mut layer = Dropout::<f32>::new(0.4, &mut Rng::new(9));
    both_roads(&mut layer, &x.cast());
    check_layer(&mut Flatten::new(), &normal(&[2, 3, 2, 2], 10));
    both_roads(&mut Flatten::new(), &normal::<f32>(&[2, 3, 4, 5], 11));
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    let x = normal::<f32>(&[300, 300], 12);
    same_everywhere(|| {
        let mut dropout = Dropout::new(0.3, &mut Rng::new(13));
        bits(&[&dropout.forward(&x), &dropout.backward(&x)])
    });
}

#[test]
fn mistakes_are_told() {
    for p in [1.0, -0.1, f64::NAN, 1.5] {
        assert_says(|| Dropout::<f32>::new(p, &mut Rng::new(0)), &["dropout", "less than 1"]);
    }
    let tape = Tape::<f32>::new();
    let x = tape.leaf(Tensor::ones([2]));
    assert_says(|| x.dropout(1.0, &mut Rng::new(0)), &["a chance of 1"]);
    let mut dropout = Dropout::<f32>::new(0.5, &mut Rng::new(0));
    let ones = Tensor::ones([2]);
    assert_says(|| dropout.backward(&ones), &["Dropout", "without a forward"]);
}
