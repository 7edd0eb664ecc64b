//! A loss of a layer's own: what it sends down, and what it does not let through.

use super::common::{assert_near, normal};
use super::panic_of;
use longhand::dni::{LocalLoss, Manager};
use longhand::layers::{Layer, Linear, Mode, Relu};
use longhand::{Rng, Tape, Tensor, sequential};

const LABELS: [usize; 5] = [0, 2, 1, 1, 0];

fn local() -> LocalLoss<f64> {
    LocalLoss::new(sequential![Linear::new(4, 3, &mut Rng::new(1))])
}

#[test]
fn the_gradient_is_that_of_the_derivation() {
    let mut local = local();
    let h = normal::<f64>(&[5, 4], 2);
    let labels = Tensor::<f64>::one_hot(&LABELS, 3);
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let leaf = tape.leaf(h.clone());
    let out = dni.synthesizer_context(tape.constant(labels.clone()), || local.forward(&dni, leaf));
    assert!(out.value().same_bits(&h) && !out.needs_grad());

    let [v, c] = [0, 1].map(|at| local.classifier.params()[at].value.clone());
    let p = (h.matmul_nt(&v) + c).log_softmax().exp();
    let d_scores = (p - labels) / 5.0;
    assert_near("h", &dni.gradient_at(leaf).unwrap(), &d_scores.matmul(&v), 1e-14);
    let found = dni.gradient(local.classifier.params()[0]).unwrap();
    assert_near("classifier", &found, &d_scores.matmul_tn(&h), 1e-14);
}

#[test]
fn nothing_comes_back_from_above() {
    let rng = &mut Rng::new(3);
    let (below, above) = (Linear::<f64>::new(4, 4, rng), Linear::<f64>::new(4, 3, rng));
    let mut local = LocalLoss::new(sequential![Relu::new(), Linear::new(4, 3, rng)]);
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let h = super::layer(&tape, tape.constant(normal(&[5, 4], 4)), &below);
    let labels = tape.constant(Tensor::one_hot(&LABELS, 3));
    let out = dni.synthesizer_context(labels, || local.forward(&dni, h));
    let before = dni.gradient(&below.weight).unwrap();
    dni.backward(super::layer(&tape, out, &above).cross_entropy(&LABELS));
    assert!(dni.gradient(&below.weight).unwrap().same_bits(&before));
    assert!(dni.gradient(&above.weight).is_some());
    dni.write_to(local.params_mut());
    let written: Vec<bool> = local.params_mut().iter().map(|p| p.grad().is_some()).collect();
    assert_eq!(written, [true; 2]);
}

#[test]
fn in_evaluation_it_is_not_there_and_without_labels_it_is_a_mistake() {
    let mut local = local();
    let tape = Tape::new();
    let h = tape.leaf(normal::<f64>(&[5, 4], 5));
    let eval = Manager::in_mode(&tape, Mode::Eval);
    assert_eq!(local.forward(&eval, h).index(), h.index());
    let dni = Manager::new(&tape);
    let message = panic_of(|| local.forward(&dni, h));
    assert!(message.contains("labels") && message.contains("synthesizer_context"), "{message}");
    let wrong = tape.constant(Tensor::zeros([5, 7]));
    let message = panic_of(|| dni.synthesizer_context(wrong, || local.forward(&dni, h)));
    assert!(message.contains("[5, 7]") && message.contains("[5, 3]"), "{message}");
}
