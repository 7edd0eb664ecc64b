//! Whether nets learn from guesses, and what a synthesizer comes to know.

use super::common::normal;
use super::net::{Link, Net, Quality};
use longhand::dni::{
    BackwardInterface, BasicSizes, BasicSynthesizer, Manager, UnidirectionalInterface,
};
use longhand::layers::Layer;
use longhand::optim::{Adam, Optimizer};
use longhand::{Rng, Tape, Tensor};

/// Sixty points around each of four centres.
fn points() -> (Tensor<f64>, Vec<usize>) {
    let labels: Vec<usize> = (0..240).map(|i| i % 4).collect();
    let centres = normal::<f64>(&[4, 6], 1) * 2.0;
    (centres.gather_rows(&labels) + normal::<f64>(&[240, 6], 2), labels)
}

/// The loss before and after 200 steps of 6-12-12-4 with the same link after both layers.
fn fit(context: bool, link: impl FnMut(usize, &mut Rng) -> Link<f64>) -> (f64, f64, Net<f64>) {
    let (x, labels) = points();
    let mut net = Net::<f64>::new(&[6, 12, 12, 4], &mut Rng::new(3), link);
    (net.context, net.summed) = (context, true);
    let (mut tape, mut adam) = (Tape::new(), Adam::new(0.01));
    let mut step = |net: &mut Net<f64>| net.step(&mut tape, &mut adam, &x, &labels);
    let first = step(&mut net);
    let last = (0..200).map(|_| step(&mut net)).last().unwrap();
    (first, last, net)
}

#[test]
fn guesses_are_worth_more_than_nothing_and_labels_more_than_guesses() {
    let (first, joined, _) = fit(false, |_, _| Link::Joined);
    let (_, cut, _) = fit(false, |_, _| Link::Cut);
    let (_, dni, _) = fit(false, |_, rng| Link::update(12, 0, None, rng));
    let (_, cdni, mut net) = fit(true, |_, rng| Link::update(12, 0, Some(4), rng));
    assert!(
        joined < cdni && cdni < dni && dni < cut && cut < first,
        "{joined} {cdni} {dni} {cut} {first}"
    );
    let (x, labels) = points();
    for found in net.compare(&x, &labels) {
        assert!(found.samples.cosine > 0.5, "the guess points elsewhere: {found:?}");
    }
}

#[test]
fn a_loss_of_ones_own_is_worth_more_than_nothing() {
    let (first, cut, _) = fit(true, |_, _| Link::Cut);
    let (_, local, mut net) = fit(true, |_, rng| Link::local(12, 4, rng));
    assert!(local < cut && cut < first, "{local} {cut} {first}");
    let (x, labels) = points();
    assert!(net.compare(&x, &labels).is_empty(), "nothing is guessed");
}

#[test]
fn where_the_weights_are_sent_is_where_a_step_would_send_them() {
    let (x, labels) = points();
    let mut guessed = Net::<f64>::new(&[6, 12, 4], &mut Rng::new(3), |_, rng| {
        let mut link = Link::update(12, 0, None, rng);
        if let Link::Update(interface) = &mut link {
            interface.synthesizer.input_trigger.weight.value = normal(&[12, 12], 42);
        }
        link
    });
    let mut joined = Net::<f64>::new(&[6, 12, 4], &mut Rng::new(3), |_, _| Link::Joined);
    let found = guessed.compare(&x, &labels)[0].weights;
    let gradient = |net: &mut Net<f64>| {
        net.summed = true;
        net.backward(&mut Tape::new(), &x, &labels);
        net.layers[0].params()[0].grad().unwrap().clone()
    };
    let expected = Quality::of(&gradient(&mut guessed), &gradient(&mut joined));
    assert!((found.cosine - expected.cosine).abs() < 1e-9, "{found:?} {expected:?}");
    assert!((found.length / expected.length - 1.0).abs() < 1e-9, "{found:?} {expected:?}");
}

#[test]
fn what_a_guess_explains_follows_from_its_direction_and_its_length() {
    let (truth, other) = (normal::<f64>(&[5, 3], 40), normal::<f64>(&[5, 3], 41));
    let guess = &truth * 0.4 + other * 0.3;
    let square = |v: &Tensor<f64>| v.square().sum();
    let by_definition = 1.0 - square(&(&guess - &truth)) / square(&truth);
    let found = Quality::of(&guess, &truth);
    assert!((found.explained() - by_definition).abs() < 1e-14, "{found:?}");
    let nothing = Quality::of(&Tensor::zeros([5, 3]), &truth);
    assert_eq!((nothing.cosine, nothing.length, nothing.explained()), (0.0, 0.0, 0.0));
    let perfect = Quality::of(&truth, &truth);
    assert!((perfect.explained() - 1.0).abs() < 1e-14);
}

#[test]
fn a_full_unlock_learns_and_is_evaluated_without_guesses() {
    let (first, last, net) = fit(true, |number, rng| match number {
        0 => Link::Joined,
        _ => Link::full([6, 12], [2, 2], Some(4), rng),
    });
    assert!(last < first / 2.0, "{first} {last}");
    let (x, labels) = points();
    let right = net.predict(&x).argmax(-1).iter().zip(&labels).filter(|(a, b)| a == b).count();
    assert!(right > 200, "{right} of 240");
}

#[test]
fn for_a_linear_net_and_squared_errors_a_linear_synthesizer_becomes_exact() {
    // L = ‖h·V − y‖² for each sample: its gradient 2(h·V − y)·Vᵀ is linear in h and y.
    let (v, rng) = (normal::<f64>(&[5, 3], 4), &mut Rng::new(5));
    let sizes = BasicSizes::new(5).context_dim(3);
    let mut interface = UnidirectionalInterface::new(BasicSynthesizer::new(sizes, rng));
    let truth = |h: &Tensor<f64>, y: &Tensor<f64>| (h.matmul(&v) - y).matmul_nt(&v) * 2.0;
    let (mut tape, mut adam) = (Tape::new(), Adam::new(0.02));
    let mut error = f64::INFINITY;
    for step in 0..1500 {
        adam.lr = if step < 1000 { 0.02 } else { 0.001 };
        let (h, y) = (normal(&[32, 5], 10 + 2 * step), normal(&[32, 3], 11 + 2 * step));
        tape.clear();
        let dni = Manager::new(&tape);
        let gradient = truth(&h, &y);
        dni.synthesizer_context(tape.constant(y), || {
            let h = tape.constant(h);
            error = interface.receive(&dni, h).value().max_abs_diff(&gradient);
            interface.send(&dni, tape.constant(gradient), h);
        });
        dni.write_to(interface.params_mut());
        tape.clear();
        for param in interface.params_mut() {
            adam.step_param(param);
            param.zero_grad();
        }
    }
    assert!(error < 0.05, "the guess is still off by {error}");
}

#[test]
fn a_gradient_reaches_a_leaf_through_the_guess() {
    let mut interface =
        BackwardInterface::new(BasicSynthesizer::<f64>::new(BasicSizes::new(3), &mut Rng::new(6)));
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let x = tape.leaf(normal(&[2, 3], 7));
    assert!(dni.gradient_at(x).is_none());
    let h = x * 2.0;
    let guess = interface.receive(&dni, h).value();
    interface.backward(&dni, h, 1.0);
    assert_eq!(dni.gradient_at(x).unwrap(), guess * 2.0);
    dni.backward((x * 1.0).sum());
    assert!(dni.gradient_at(x).unwrap().max_abs_diff(&Tensor::zeros([2, 3])) > 0.5);
}
