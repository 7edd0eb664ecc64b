//! BP(λ): what is mixed on the way back, and that its two forms are one.

use super::Plain;
use super::common::{assert_near, assert_says, normal};
use longhand::dni::{BackwardInterface, BasicSizes, BasicSynthesizer, Manager, TracedSynthesizer};
use longhand::{Rng, Tape, Tensor};

const BATCH: usize = 3;
const STATE: usize = 4;
const STEPS: usize = 6;

#[test]
fn a_mixed_gradient_is_part_truth_and_part_guess() {
    for lambda in [0.0, 0.3, 1.0] {
        let mut interface = BackwardInterface::new(Plain::new(normal(&[STATE, STATE], 1)));
        let h = normal::<f64>(&[BATCH, STATE], 2);
        let true_gradient = normal::<f64>(&[BATCH, STATE], 3);
        let tape = Tape::new();
        let dni = Manager::new(&tape);
        let leaf = tape.leaf(h.clone());
        let out = interface.mix(&dni, leaf, lambda);
        assert!(out.value().same_bits(&h));
        dni.backward_from(out, true_gradient.clone());
        let guess = h.matmul_nt(&interface.synthesizer.weight.value);
        let mixed = &true_gradient * lambda + &guess * (1.0 - lambda);
        assert_near("mixed", &dni.gradient_at(leaf).unwrap(), &mixed, 1e-14);
        let lesson = ((guess - true_gradient) * (2.0 / BATCH as f64)).matmul_tn(&h);
        let found = dni.gradient(&interface.synthesizer.weight).unwrap();
        assert_near("lesson", &found, &lesson, 1e-14);
    }
}

/// h ← tanh(h·Wᵀ), with a loss ½‖h − yₜ‖² at each of six steps.
struct Net {
    w: Tensor<f64>,
    start: Tensor<f64>,
    targets: Vec<Tensor<f64>>,
}

impl Net {
    fn new() -> Self {
        let targets = (0..STEPS).map(|step| normal(&[BATCH, STATE], 20 + step as u64)).collect();
        Self { w: normal(&[STATE, STATE], 10), start: normal(&[BATCH, STATE], 11), targets }
    }

    /// What a linear synthesizer [W b] is taught over the sequence, from a tape that goes back
    /// through all of it.
    fn forward_view(&self, weight: &Tensor<f64>, lambda: f64) -> Tensor<f64> {
        let basic = BasicSynthesizer::new(BasicSizes::new(STATE), &mut Rng::new(1));
        let mut interface = BackwardInterface::new(basic);
        let layer = &mut interface.synthesizer.input_trigger;
        layer.weight.value = weight.slice(1, 0..STATE);
        layer.bias.as_mut().unwrap().value = weight.slice(1, STATE..STATE + 1).reshape([STATE]);
        let tape = Tape::new();
        let dni = Manager::new(&tape);
        let w = tape.constant(self.w.clone());
        let (mut state, mut loss) = (tape.leaf(self.start.clone()), None);
        for target in &self.targets {
            state = interface.mix(&dni, state, lambda).matmul_nt(w).tanh();
            let more = (state - tape.constant(target.clone())).square().sum() * 0.5;
            loss = Some(loss.map_or(more, |sum| sum + more));
        }
        dni.backward(loss.unwrap());
        let layer = &interface.synthesizer.input_trigger;
        let d_weight = dni.gradient(&layer.weight).unwrap();
        let d_bias = dni.gradient(layer.bias.as_ref().unwrap()).unwrap().reshape([STATE, 1]);
        Tensor::concat(&[&d_weight, &d_bias], 1)
    }

    /// The same from traces, which only go forwards.
    fn backward_view(&self, weight: &Tensor<f64>, lambda: f64) -> Tensor<f64> {
        let mut synthesizer = TracedSynthesizer::new(STATE, lambda);
        synthesizer.weight.value = weight.clone();
        let mut h = self.start.clone();
        synthesizer.begin(&h);
        for (step, target) in self.targets.iter().enumerate() {
            h = h.matmul_nt(&self.w).tanh();
            let slope = (-h.square() + 1.0).reshape([BATCH, STATE, 1]);
            synthesizer.learn(&h, &(slope * &self.w), &(&h - target), step + 1 == STEPS);
        }
        synthesizer.weight.take_grad().unwrap()
    }
}

#[test]
fn traces_that_go_forwards_teach_what_mixing_on_the_way_back_teaches() {
    let (net, weight) = (Net::new(), normal::<f64>(&[STATE, STATE + 1], 30) * 0.3);
    let mut lessons = Vec::new();
    for lambda in [0.0, 0.5, 0.9, 1.0] {
        let traced = net.backward_view(&weight, lambda);
        assert_near(&format!("λ = {lambda}"), &traced, &net.forward_view(&weight, lambda), 1e-12);
        lessons.push(traced);
    }
    for pair in lessons.windows(2) {
        assert!(pair[0].max_abs_diff(&pair[1]) > 1e-3, "λ makes no difference");
    }
}

#[test]
fn a_guess_starts_at_nothing_and_learns_what_follows() {
    // One step, one loss ½‖h₁ − y‖² with h₁ = tanh(h₀·Wᵀ) nearly linear and y = 0: a linear guess
    // can be nearly exact.
    let w = normal::<f64>(&[STATE, STATE], 40) * 0.05;
    let mut synthesizer = TracedSynthesizer::<f64>::new(STATE, 0.9);
    let errors: Vec<f64> = (0..2000)
        .map(|round| {
            let start = normal::<f64>(&[BATCH, STATE], 50 + round);
            let h = start.matmul_nt(&w).tanh();
            let jacobian = (-h.square() + 1.0).reshape([BATCH, STATE, 1]) * &w;
            let truth = (h.unsqueeze(-1) * &jacobian).sum_axis(1);
            let error = synthesizer.guess(&start).max_abs_diff(&truth) / truth.abs().max();
            synthesizer.begin(&start);
            synthesizer.learn(&h, &jacobian, &h, true);
            synthesizer.weight.accumulate(Tensor::zeros([STATE, STATE + 1]));
            let step = synthesizer.weight.take_grad().unwrap();
            synthesizer.weight.value = &synthesizer.weight.value - step * 0.1;
            error
        })
        .collect();
    assert_eq!(errors[0], 1.0, "at first it says nothing");
    assert!(errors[1990..].iter().all(|&error| error < 0.25), "{:?}", &errors[1990..]);
}

#[test]
fn mistakes_are_told() {
    let h = normal::<f64>(&[2, 3], 1);
    assert_says(|| TracedSynthesizer::new(3, 1.5), &["λ = 1.5", "0 to 1"]);
    let mut synthesizer = TracedSynthesizer::new(3, 0.5);
    let jacobian = normal(&[2, 3, 3], 2);
    assert_says(|| synthesizer.learn(&h, &jacobian, &h, false), &["2 samples", "begun with 0"]);
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let sizes = BasicSizes::new(3);
    let mut interface =
        BackwardInterface::new(BasicSynthesizer::<f64>::new(sizes, &mut Rng::new(3)));
    let h = tape.leaf(h);
    assert_says(|| interface.mix(&dni, h, -0.1), &["λ = -0.1", "0 to 1"]);
}
