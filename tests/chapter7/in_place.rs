//! No weight is ever copied, and nothing stays that the way back has no more use for.

use crate::common::normal;
use crate::taped::{self, loss};
use crate::{CASES, RULES, Training, Way, forward, notebook_net};
use longhand::layers::{Layer, Sequential};
use longhand::optim::{Optimizer, Sgd};
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Param, Tape, Tensor, mebp};

fn places(net: &Sequential) -> Vec<*const f32> {
    net.params().iter().map(|param| param.value.data().as_ptr()).collect()
}

#[test]
fn by_hand_a_weight_stays_where_it_is() {
    for case in CASES {
        for (rule, optimizer) in RULES {
            for way in [Way::Ordinary, Way::PerLayer, Way::PerParameter] {
                let mut training = Training::new((case.net)(1), optimizer, way);
                let before = places(&training.net);
                for step in 0..3 {
                    training.step(&normal(case.batch, step), step);
                }
                assert_eq!(places(&training.net), before, "{}, {rule}, {way:?}", case.name);
            }
        }
    }
}

#[test]
fn on_the_tape_a_weight_stays_where_it_is() {
    for (case, forward, _) in taped::CASES {
        for (rule, optimizer) in RULES {
            let mut net = (case.net)(1);
            let before = places(&net);
            let mut tape = Tape::new();
            for step in 0..3 {
                tape.clear();
                let loss = loss(&tape, forward, &net, &normal(case.batch, step), step);
                mebp::backward(loss, net.params_mut(), &mut *optimizer().lock().unwrap());
            }
            assert_eq!(places(&net), before, "{}, {rule}", case.name);
        }
    }
}

/// The meter sees a copy where there is one: a clone that is held makes the step write elsewhere.
#[test]
fn the_meter_sees_a_copied_weight() {
    let meter = Meter::new();
    meter.watch(|| {
        let mut net = notebook_net(1);
        let bytes = meter.now()[Kind::Parameter];
        let step = |net: &mut Sequential| {
            meter.restart();
            let d_output = forward(net, &normal(&[1, 50], 1), 1);
            mebp::per_layer(net, d_output, &mut Sgd::new(0.1));
            meter.most(Kind::Parameter) - bytes
        };
        assert_eq!(step(&mut net), 0);
        let held = net.params()[2].value.clone();
        assert_eq!(step(&mut net), 4 * 2500);
        drop(held);
        assert_eq!(meter.now()[Kind::Parameter], bytes);
    });
}

/// An optimizer that only looks at the meter.
struct Look<'a> {
    meter: &'a Meter,
    seen: Vec<[usize; 3]>,
}

impl Optimizer for Look<'_> {
    fn step_param(&mut self, _: &mut Param) {
        let now = self.meter.now();
        let kinds = [Kind::Gradient, Kind::Activation, Kind::Scratch];
        self.seen.push(kinds.map(|kind| now[kind] / 4));
    }
}

/// Row 6, in numbers: the MEBP notebook's net keeps four vectors of 50 for the way back. When a layer
/// is stepped, all that was kept from there on is gone, and of the gradients between layers only
/// the one for the layer in front is held.
#[test]
fn activations_and_incoming_gradients_go_as_the_pass_goes() {
    let x: Tensor = normal(&[1, 50], 1);
    let meter = Meter::new();
    meter.watch(|| {
        let mut net = notebook_net(1);
        let d_output = forward(&mut net, &x, 1);
        assert_eq!(meter.now()[Kind::Activation] / 4, 200);
        let mut look = Look { meter: &meter, seen: Vec::new() };
        mebp::per_layer(&mut net, d_output, &mut look);
        let [last, middle, first] = [[51, 150, 50], [2550, 50, 50], [2550, 0, 0]];
        // Each layer has a weight and a bias; the bias is stepped when the weight's gradient is
        // gone already.
        let weightless = |[_, kept, scratch]: [usize; 3], bias| [bias, kept, scratch];
        let expected = [
            last,
            weightless(last, 1),
            middle,
            weightless(middle, 50),
            first,
            weightless(first, 50),
        ];
        assert_eq!(look.seen, expected);
    });
}

/// The same by tape, for each parameter: what is spent is gone when the hook is called.
#[test]
fn on_the_tape_too() {
    let x: Tensor = normal(&[3, 50], 1);
    let meter = Meter::new();
    meter.watch(|| {
        let mut net = notebook_net(1);
        let tape = Tape::new();
        let loss = loss(&tape, taped::CASES[1].1, &net, &x, 1);
        let mut look = Look { meter: &meter, seen: Vec::new() };
        mebp::backward(loss, net.params_mut(), &mut look);
        let gradients: Vec<_> = look.seen.iter().map(|seen| seen[0]).collect();
        assert_eq!(gradients, [1, 50, 50, 2500, 50, 2500]);
        let activations: Vec<_> = look.seen.iter().map(|seen| seen[1]).collect();
        assert!(activations.is_sorted_by(|a, b| a >= b), "{activations:?}");
        assert!(activations[0] > 0, "{activations:?}");
    });
}
