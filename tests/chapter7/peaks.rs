//! The most gradient bytes that are held at any time are those of the largest layer or
//! parameter, exactly.

use crate::common::normal;
use crate::taped::{self, loss};
use crate::{CASES, RULES, Training, Way};
use longhand::layers::Layer;
use longhand::models::lenet;
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Rng, Tape, mebp};

#[test]
fn theory_for_the_notebooks_net() {
    let sizes = mebp::sizes(&(CASES[0].net)(0));
    assert_eq!((sizes.all, sizes.layer, sizes.parameter), (5151, 2550, 2500));
    let sizes = mebp::sizes(&lenet::<f32>(&mut Rng::new(0), [0.0, 0.0]));
    assert_eq!((sizes.all, sizes.layer, sizes.parameter), (431_080, 400_500, 400_000));
}

#[test]
fn by_hand_the_peak_is_what_theory_says() {
    for case in CASES {
        for (rule, optimizer) in RULES {
            for way in [Way::Ordinary, Way::PerLayer, Way::PerParameter] {
                let meter = Meter::new();
                let sizes = meter.watch(|| {
                    let mut training = Training::new((case.net)(1), optimizer, way);
                    for step in 0..3 {
                        training.step(&normal(case.batch, step), step);
                        let now = meter.now();
                        let gone = [Kind::Gradient, Kind::Activation].map(|kind| now[kind]);
                        assert_eq!(gone, [0, 0], "{}, {rule}, {way:?}: held", case.name);
                    }
                    mebp::sizes(&training.net)
                });
                let expected = match way {
                    Way::Ordinary => sizes.all,
                    Way::PerLayer => sizes.layer,
                    Way::PerParameter => sizes.parameter,
                };
                let what = format!("{}, {rule}, {way:?}", case.name);
                assert_eq!(meter.most(Kind::Gradient), 4 * expected, "{what}");
                assert_eq!(meter.most(Kind::Parameter), 4 * sizes.all, "{what}");
                let states = [("Adam", 2), ("momentum", 1), ("descent", 0)];
                let states = states.iter().find(|(name, _)| *name == rule).unwrap().1;
                assert_eq!(meter.most(Kind::State), 4 * states * sizes.all, "{what}");
                assert_eq!(meter.now().total(), 0, "{what}");
            }
        }
    }
}

/// An entry that has two parameters gives both gradients at once. With the product and the bias
/// in entries of their own there is one at a time.
#[test]
fn on_the_tape_the_peak_is_that_of_an_entry() {
    for ((case, forward, _), expected) in taped::CASES.into_iter().zip([2550, 2500, 550]) {
        let meter = Meter::new();
        meter.watch(|| {
            let mut net = (case.net)(1);
            for (rule, optimizer) in RULES {
                meter.restart();
                for step in 0..3 {
                    let tape = Tape::new();
                    let loss = loss(&tape, forward, &net, &normal(case.batch, step), step);
                    mebp::backward(loss, net.params_mut(), &mut *optimizer().lock().unwrap());
                }
                assert_eq!(meter.most(Kind::Gradient), 4 * expected, "{}, {rule}", case.name);
                assert_eq!(meter.now()[Kind::Gradient], 0);
            }
            // The ordinary way: all of them.
            let all = mebp::sizes(&net).all;
            let tape = Tape::new();
            let loss = loss(&tape, forward, &net, &normal(case.batch, 1), 1);
            loss.backward().write_to(net.params_mut());
            assert_eq!(meter.now()[Kind::Gradient], 4 * all);
        });
    }
}
