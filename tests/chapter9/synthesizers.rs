//! The two synthesizers: sizes, starts, contexts, gradients.

use super::common::{assert_near, normal, same_everywhere};
use super::panic_of;
use longhand::dni::{BasicSizes, BasicSynthesizer, ConvSynthesizer, Synthesizer};
use longhand::layers::{Layer, Linear, Relu};
use longhand::tape::gradcheck;
use longhand::{Param, Rng, Tape, Tensor, sequential};
use std::cell::RefCell;

fn guess(
    s: &mut dyn Synthesizer<Element = f64>,
    x: &Tensor<f64>,
    c: Option<&Tensor<f64>>,
) -> Tensor<f64> {
    let tape = Tape::new();
    s.synthesize(tape.constant(x.clone()), c.map(|c| tape.constant(c.clone()))).value()
}

fn sizes(params: Vec<&Param<f64>>) -> Vec<Vec<usize>> {
    params.into_iter().map(|param| param.value.shape().to_vec()).collect()
}

#[test]
fn sizes_follow_dni_py() {
    let rng = &mut Rng::new(1);
    let basic = BasicSynthesizer::<f64>::new(BasicSizes::new(4), rng);
    assert_eq!(sizes(basic.params()), [vec![4, 4], vec![4]]);
    let linear = BasicSynthesizer::<f64>::new(BasicSizes::new(4).hidden_dim(9).context_dim(2), rng);
    assert_eq!(sizes(linear.params()), [vec![4, 4], vec![4], vec![4, 2], vec![4]]);
    let deep = BasicSizes::new(4).n_hidden(2).hidden_dim(7).trigger_dim(5);
    let mut deep = BasicSynthesizer::new(deep.context_dim(3), rng);
    let expected =
        [vec![7, 5], vec![7], vec![7, 3], vec![7], vec![7, 7], vec![7], vec![4, 7], vec![4]];
    assert_eq!(sizes(deep.params()), expected);
    let (x, c) = (normal(&[6, 5], 2), normal(&[6, 3], 3));
    assert_eq!(guess(&mut deep, &x, Some(&c)).shape(), [6, 4]);
    // A net of layers is one as well.
    let mut net = sequential![Linear::<f64>::new(5, 4, rng), Relu::new()];
    assert_eq!(sizes(Synthesizer::params(&net)), [vec![4, 5], vec![4]]);
    assert_eq!(Synthesizer::params_mut(&mut net).len(), 2);
}

#[test]
fn first_guesses_are_the_last_bias_whatever_is_asked() {
    let rng = &mut Rng::new(4);
    for n_hidden in [0, 1, 2] {
        for context in [None, Some(3)] {
            let sizes = BasicSizes::new(4).n_hidden(n_hidden).context_dim(context);
            let mut synthesizer = BasicSynthesizer::new(sizes, rng);
            let (x, c) = (normal(&[6, 4], 5), context.map(|n| normal(&[6, n], 6)));
            let found = guess(&mut synthesizer, &x, c.as_ref());
            let bias = match synthesizer.layers.last() {
                Some(last) => last.bias.as_ref().unwrap().value.clone(),
                None => {
                    let inputs =
                        [&synthesizer.input_trigger].into_iter().chain(&synthesizer.input_context);
                    let biases = inputs.map(|layer| layer.bias.as_ref().unwrap().value.clone());
                    biases.reduce(|a, b| a + b).unwrap()
                }
            };
            assert_near("bias", &found, &bias.expand([6, 4]), 1e-15);
            assert!(bias.abs().max() > 0.0, "biases keep their start");
        }
    }
}

#[test]
fn a_basic_synthesizer_by_formulas() {
    let rng = &mut Rng::new(7);
    let mut s = BasicSynthesizer::<f64>::new(
        BasicSizes::new(3).n_hidden(1).hidden_dim(5).context_dim(2),
        rng,
    );
    s.layers[0].weight.value = normal(&[3, 5], 8);
    let (x, c) = (normal::<f64>(&[6, 3], 9), normal::<f64>(&[6, 2], 10));
    let by_hand = |x: &Tensor<f64>, layer: &longhand::layers::Linear<f64>| {
        x.matmul_nt(&layer.weight.value) + &layer.bias.as_ref().unwrap().value
    };
    let hidden = by_hand(&x, &s.input_trigger) + by_hand(&c, s.input_context.as_ref().unwrap());
    let expected = by_hand(&hidden.clamp_min(0.0), &s.layers[0]);
    assert_near("guess", &guess(&mut s, &x, Some(&c)), &expected, 1e-13);
    // The same numbers with an axis more in front.
    let raised = guess(&mut s, &x.reshape([2, 3, 3]), Some(&c.reshape([2, 3, 2])));
    assert_near("guess", &raised.reshape([6, 3]), &expected, 1e-13);
}

#[test]
fn a_context_that_was_not_asked_for_is_ignored_and_one_that_was_is_missed() {
    let rng = &mut Rng::new(11);
    let (x, c) = (normal(&[6, 4], 12), normal(&[6, 3], 13));
    let mut without = BasicSynthesizer::<f64>::new(BasicSizes::new(4).n_hidden(1), rng);
    assert_eq!(guess(&mut without, &x, Some(&c)), guess(&mut without, &x, None));
    let mut with = BasicSynthesizer::<f64>::new(BasicSizes::new(4).context_dim(3), rng);
    assert!(panic_of(|| guess(&mut with, &x, None)).contains("synthesizer_context"));
    let message = panic_of(|| guess(&mut with, &normal(&[6, 5], 14), Some(&c)));
    assert!(message.contains("4 features") && message.contains("[6, 5]"), "{message}");
}

#[test]
fn a_convolutional_synthesizer_starts_at_its_bias_and_learns() {
    let rng = &mut Rng::new(15);
    let mut s = ConvSynthesizer::<f64>::new(2, 3, 4, rng);
    let (x, c) = (normal(&[3, 2, 5, 4], 16), normal(&[3, 4], 17));
    let bias = s.output.bias.as_ref().unwrap().value.reshape([2, 1, 1]);
    assert_near("bias", &guess(&mut s, &x, Some(&c)), &bias.expand([3, 2, 5, 4]), 1e-15);
    s.output.weight.value = normal(&[2, 2, 3, 3], 18);
    let one = guess(&mut s, &x, Some(&c));
    assert!(one.max_abs_diff(&guess(&mut s, &x, Some(&(&c + 1.0)))) > 1e-3, "the context counts");
    // At every pixel alike.
    let context = s.input_context.as_ref().unwrap().predict(&c).reshape([3, 2, 1, 1]);
    let seen = (s.input_trigger.predict(&x) + context).clamp_min(0.0);
    let right = s.output.predict(&s.hidden.predict(&seen).clamp_min(0.0));
    assert_near("with a context", &one, &right, 1e-12);
    let shared = RefCell::new(&mut s);
    gradcheck([&x, &c], |[x, c]| shared.borrow_mut().synthesize(x, Some(c))).expect_right();
    assert_eq!(s.params().len(), s.params_mut().len());
    assert_eq!(sizes(s.params()).len(), 8);
    assert!(panic_of(|| ConvSynthesizer::<f64>::new(2, 4, None, &mut Rng::new(1))).contains("odd"));
}

#[test]
fn guesses_have_the_same_bits_everywhere() {
    same_everywhere(|| {
        let sizes = BasicSizes::new(40).n_hidden(2);
        let mut s = BasicSynthesizer::<f32>::new(sizes, &mut Rng::new(19));
        s.layers[1].weight.value = normal(&[40, 40], 20);
        let tape = Tape::new();
        let x = tape.leaf(normal::<f32>(&[33, 40], 21));
        let guess = s.synthesize(x, None);
        let value = guess.value();
        let gradients = guess.square().sum().backward();
        (value.into_vec(), gradients[x].clone().into_vec())
    });
}
