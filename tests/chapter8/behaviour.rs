//! What tempering does to a step, and what it does where there is nothing to go by.

use crate::common::{normal, same_everywhere};
use crate::{panic_of, step};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::wtb::{GradientStats, Summary, Tempered, TemperedMean};
use longhand::{Param, Tensor};

fn param(values: &[f64]) -> Param<f64> {
    Param::new("weight", Tensor::vector(values))
}

/// A parameter of 40 elements after three epochs of four steps, as they were drawn.
fn three_epochs(optimizer: &mut dyn Optimizer<f64>, mut end: impl FnMut()) -> Tensor<f64> {
    let mut weight = param(&[0.5; 40]);
    for batch in 0..12 {
        step(optimizer, &mut weight, normal::<f64>(&[40], batch).data());
        if batch % 4 == 3 {
            end();
        }
    }
    weight.value
}

#[test]
fn the_first_epoch_is_plain_and_the_second_is_not() {
    let gradients: Vec<_> = (0..8).map(|seed| normal::<f64>(&[40], seed)).collect();
    let (mut plain, mut tempered) = (param(&[1.0; 40]), param(&[1.0; 40]));
    let (mut sgd, mut wtb) = (Sgd::new(0.1), Tempered::new(Sgd::new(0.1)));
    let mut stats = GradientStats::new([40]);
    for g in &gradients[..4] {
        step(&mut sgd, &mut plain, g.data());
        step(&mut wtb, &mut tempered, g.data());
        stats.add(g);
    }
    assert!(plain.value.same_bits(&tempered.value));
    assert_eq!(wtb.snr(&tempered), None);

    let summary = wtb.end_epoch();
    let snr = stats.snr();
    assert_eq!(wtb.snr(&tempered), Some(&snr));
    let below = snr.data().iter().filter(|&&s| s < 1.0).count();
    assert_eq!((summary.parameters, summary.tempered), (40, below));
    assert!(below > 5 && below < 35, "{below}: both kinds are wanted");

    for g in &gradients[4..] {
        step(&mut wtb, &mut tempered, g.data());
        let expected = g.zip(&snr, |g, s| if s < 1.0 { s * g } else { g });
        assert_eq!(tempered.grad(), Some(&expected), "the gradient holds what was used");
        step(&mut sgd, &mut plain, expected.data());
    }
    assert!(plain.value.same_bits(&tempered.value));
    // What was measured is the raw gradients.
    let mut raw = GradientStats::new([40]);
    gradients[4..].iter().for_each(|g| raw.add(g));
    assert_eq!(wtb.stats(&tempered).unwrap().mean(), raw.mean());
    assert_eq!(wtb.stats(&tempered).unwrap().batches(), 4);
}

#[test]
fn watching_changes_nothing() {
    let mut watching = Tempered::watching(Adam::new(0.1));
    let mut weight = param(&[0.5; 40]);
    let mut summary = Summary::default();
    for batch in 0..12 {
        step(&mut watching, &mut weight, normal::<f64>(&[40], batch).data());
        if batch % 4 == 3 {
            summary = watching.end_epoch();
        }
    }
    assert!(summary.tempered > 0 && watching.snr(&weight).is_some());
    assert!(weight.value.same_bits(&three_epochs(&mut Adam::new(0.1), || ())));
    assert!(!weight.value.same_bits(&three_epochs(&mut Sgd::new(0.1), || ())));
}

/// The mean 1 of four gradients whose variance is 4: as much signal as noise.
#[test]
fn a_ratio_of_1_is_not_below_1() {
    let mut weight = Param::new("weight", Tensor::vector(&[0.0_f32]));
    let mut wtb = Tempered::new(Sgd::new(1.0));
    for g in [3.0, -1.0, 3.0, -1.0] {
        weight.set_grad(Tensor::vector(&[g]));
        wtb.step_param(&mut weight);
    }
    let summary = wtb.end_epoch();
    assert_eq!((wtb.snr(&weight).unwrap().item(), summary.tempered), (1.0, 0));
}

#[test]
fn without_the_end_of_an_epoch_nothing_is_tempered() {
    let tempered = three_epochs(&mut Tempered::new(Adam::new(0.1)), || ());
    assert!(tempered.same_bits(&three_epochs(&mut Adam::new(0.1), || ())));
}

#[test]
fn an_epoch_of_one_batch_gives_no_ratios() {
    let mut weight = param(&[1.0, 1.0]);
    let mut wtb = Tempered::new(Sgd::new(1.0));
    for g in [[1.0, 1.0], [1.0, -2.0]] {
        step(&mut wtb, &mut weight, &g);
    }
    assert_eq!(wtb.end_epoch().tempered, 1);
    step(&mut wtb, &mut weight, &[1e-9, 1.0]);
    let summary = wtb.end_epoch();
    assert_eq!((summary.unmeasured, summary.tempered, summary.parameters), (2, 0, 2));
    assert_eq!(
        summary.to_string(),
        "0 of 2 tempered (0.000), 2 with no ratio because there were fewer than two batches"
    );
    assert_eq!(wtb.snr(&weight), None);
    // Not even the gradient of 1e-9 is touched, whose ratio by the formula would be 0.1.
    step(&mut wtb, &mut weight, &[1e-9, 1e-9]);
    assert_eq!(weight.grad().unwrap().data(), [1e-9, 1e-9]);
}

#[test]
fn a_gradient_that_is_always_zero_is_held_for_one_epoch_and_then_counts() {
    let mut weight = param(&[1.0, 1.0]);
    let mut wtb = Tempered::new(Sgd::new(0.5));
    let epoch = |wtb: &mut Tempered<Sgd<f64>, f64>, weight: &mut Param<f64>, g: f64| {
        step(wtb, weight, &[g, 1.0]);
        step(wtb, weight, &[g, 1.0]);
        wtb.end_epoch()
    };
    let summary = epoch(&mut wtb, &mut weight, 0.0);
    assert_eq!((summary.always_zero, summary.tempered), (1, 1));
    assert_eq!(summary.to_string(), "1 of 2 tempered (0.500), 1 with no gradient all epoch");
    // It comes to life, and is held.
    assert_eq!(epoch(&mut wtb, &mut weight, 1.0).always_zero, 0);
    assert_eq!(weight.value.data(), [1.0, -1.0]);
    // Its new gradients agree with each other, so it moves.
    epoch(&mut wtb, &mut weight, 1.0);
    assert_eq!(weight.value.data(), [0.0, -2.0]);
}

#[test]
fn a_broken_gradient_is_counted_and_left_as_it_is() {
    let mut weight = param(&[1.0, 1.0, 1.0]);
    let mut wtb = Tempered::new(Sgd::new(0.0));
    for g in [[f64::NAN, f64::INFINITY, 1.0], [1.0, 1.0, -1.0]] {
        step(&mut wtb, &mut weight, &g);
    }
    let summary = wtb.end_epoch();
    assert_eq!((summary.undefined, summary.tempered, summary.always_zero), (2, 1, 0));
    assert_eq!(
        summary.to_string(),
        "1 of 3 tempered (0.333), 2 with no ratio because a gradient was not finite"
    );
    step(&mut wtb, &mut weight, &[3.0, 3.0, 3.0]);
    assert_eq!(weight.grad().unwrap().data(), [3.0, 3.0, 0.0]);
    // A broken gradient now is not hidden by a ratio of 0: 0·NaN is NaN.
    step(&mut wtb, &mut weight, &[3.0, 3.0, f64::NAN]);
    assert!(weight.grad().unwrap()[[2]].is_nan());
}

#[test]
fn a_parameter_without_gradients_is_left_alone() {
    let (mut used, mut unused) = (param(&[1.0]), param(&[2.0]));
    let mut wtb = Tempered::new(Sgd::new(1.0));
    for _ in 0..2 {
        used.set_grad(Tensor::vector(&[1.0]));
        wtb.step(vec![&mut used, &mut unused]);
    }
    assert_eq!(wtb.end_epoch().parameters, 1);
    assert_eq!(unused.value.item(), 2.0);
    assert!(wtb.snr(&unused).is_none() && wtb.stats(&unused).is_none());
    // It is frozen for an epoch: its ratios go, and are not those of an epoch long ago.
    assert_eq!(wtb.end_epoch().unmeasured, 1);
    assert!(wtb.snr(&used).is_none());
    assert!(Tempered::<_, f64>::new(Sgd::<f64>::new(1.0)).end_epoch().fraction().is_nan());
}

#[test]
fn parameters_keep_their_own_ratios_and_their_memory() {
    let (mut loud, mut quiet) = (param(&[0.0]), param(&[0.0]));
    let place = loud.value.data().as_ptr();
    let mut wtb = Tempered::new(Sgd::new(1.0));
    for g in [1.0, -2.0] {
        step(&mut wtb, &mut quiet, &[5.0]);
        step(&mut wtb, &mut loud, &[g]);
    }
    assert_eq!(wtb.end_epoch().tempered, 1);
    step(&mut wtb, &mut loud, &[1.0]);
    step(&mut wtb, &mut quiet, &[1.0]);
    assert!(loud.grad().unwrap().item() < 1.0);
    assert_eq!(quiet.grad().unwrap().item(), 1.0);
    assert_eq!(loud.value.data().as_ptr(), place);
}

#[test]
fn the_mean_of_one_is_plain_and_of_none_a_mistake() {
    let plain = three_epochs(&mut Sgd::new(0.1), || ());
    assert!(three_epochs(&mut TemperedMean::new(Sgd::new(0.1), 1), || ()).same_bits(&plain));
    assert!(panic_of(|| TemperedMean::new(Sgd::<f64>::new(0.1), 0)).contains("0 mini-batches"));
    // Also where the ratio by the formula would be 0.1.
    let mut weight = param(&[0.0]);
    step(&mut TemperedMean::new(Sgd::new(1.0), 1), &mut weight, &[1e-9]);
    assert_eq!(weight.value.item(), -1e-9);
}

#[test]
fn the_mean_of_n_waits_and_then_steps_once() {
    let mut weight = param(&[1.0, 1.0, 1.0, 1.0]);
    let mut mean = TemperedMean::new(Sgd::new(1.0), 3);
    for round in 1..=2 {
        step(&mut mean, &mut weight, &[1.0, 3.0, 0.0, 1.0]);
        step(&mut mean, &mut weight, &[1.0, -3.0, 0.0, f64::NAN]);
        let before = weight.value.clone();
        assert!(round == 2 || before.data() == [1.0; 4]);
        step(&mut mean, &mut weight, &[1.0, 3.0, 0.0, 1.0]);
        // Means 1, 1, 0; variances 0, 8, 0; so ratios 1e8, √(3/8), 0.
        let moved = before - &weight.value;
        assert_eq!((moved[[0]], moved[[2]]), (1.0, 0.0));
        assert!((moved[[1]] - (3.0_f64 / 8.0).sqrt()).abs() < 1e-12);
        assert!(moved[[3]].is_nan(), "what is broken shows");
    }
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    let gradients: Vec<_> = (0..9).map(|seed| normal::<f32>(&[70_001], seed)).collect();
    same_everywhere(|| {
        let mut weights = [(); 2].map(|()| Param::new("weight", Tensor::<f32>::zeros([70_001])));
        let mut wtb = Tempered::new(Sgd::new(0.1).momentum(0.9));
        let mut mean = TemperedMean::new(Sgd::new(0.1), 3);
        let mut summary = Summary::default();
        for (number, g) in gradients.iter().enumerate() {
            weights[0].set_grad(g.clone());
            wtb.step_param(&mut weights[0]);
            weights[1].set_grad(g.clone());
            mean.step_param(&mut weights[1]);
            if number % 3 == 2 {
                summary = wtb.end_epoch();
            }
        }
        let bits = |p: Param| p.value.data().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        (summary, weights.map(bits))
    });
}
