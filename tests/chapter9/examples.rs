//! Whether the recurrent and the convolutional net of the chapter learn.

use super::cnn::{Cnn, between};
use super::copy::{GUESS, Way, curriculum, longest};
use super::lstm::{Future, Learner, Lstm, Moment, clip_norm};
use super::seeds::SEEDS;
use longhand::data::Mnist;
use longhand::optim::Adam;
use longhand::tensor::threads;
use longhand::{Param, Rng, Tape, Tensor};
use std::thread;

/// The loss of who has to say the first input three steps later. (An unroll of two does not reach
/// so far; what a state carries untrained may be enough for it all the same.)
fn answers_after_three_steps(future: Future, unroll: usize, clip: Option<f32>) -> f32 {
    let rng = &mut Rng::new(1);
    let mut learner = Learner::new(Lstm::new(3, 16, 2, rng), future, 0.01, rng);
    if let Some(clip) = clip {
        learner = learner.clipped(clip);
    }
    let mut latest = Vec::new();
    for round in 0..400 {
        let bits: Vec<usize> = (0..32).map(|_| rng.below(2)).collect();
        let show = |bits: &[usize]| Tensor::one_hot(bits, 3);
        let mut moments = vec![Moment { input: show(&bits), answer: None }];
        moments.extend((0..2).map(|_| Moment { input: show(&[2; 32]), answer: None }));
        moments.push(Moment { input: show(&[2; 32]), answer: Some(bits) });
        let (mut state, mut rest, mut loss) = (learner.net.start(32), &moments[..], 0.0);
        while !rest.is_empty() {
            let (now, later) = rest.split_at(unroll.min(rest.len()));
            let (end, more) = learner.unroll(state, now, later.is_empty());
            (state, rest, loss) = (end, later, loss + more);
        }
        if round >= 380 {
            latest.push(loss / 32.0);
        }
    }
    Tensor::vector(&latest).mean()
}

#[test]
fn an_lstm_learns_through_time_clipped_by_guesses_and_by_mixed_ones() {
    assert!(answers_after_three_steps(Future::Cut, 4, None) < 0.05);
    assert!(answers_after_three_steps(Future::Cut, 4, Some(0.25)) < 0.05);
    assert!(answers_after_three_steps(GUESS, 2, None) < 0.2);
    assert!(answers_after_three_steps(Future::Lambda(0.9), 2, None) < 0.2);
}

#[test]
fn copy_goes_further_with_guesses_and_with_the_whole_sequence() {
    let ways = [(Future::Cut, Some(2)), (GUESS, Some(2)), (Future::Cut, None)];
    let runs: Vec<_> = ways.iter().flat_map(|&way| SEEDS.map(|seed| (way, seed))).collect();
    let reach = |(future, unroll): (Future, Option<usize>), seed| {
        let way = Way { future, unroll, rate: 0.003, repeating: false, budget: 12_000 };
        longest(&curriculum(way, seed))
    };
    // On threads of their own: the pool serves one test at a time.
    let lengths: Vec<usize> = thread::scope(|scope| {
        let begin = |&(way, seed)| scope.spawn(move || threads::with(1, || reach(way, seed)));
        let begun: Vec<_> = runs.iter().map(begin).collect();
        begun.into_iter().map(|run| run.join().expect("a length")).collect()
    });
    let reached = |way: usize| lengths[3 * way..][..3].iter().sum::<usize>();
    let [cut, guessed, whole] = [0, 1, 2].map(reached);
    assert!(cut < guessed && guessed <= whole, "{cut} {guessed} {whole}");
}

#[test]
fn clipping_makes_all_gradients_together_as_long_as_the_limit_and_no_longer() {
    let make = || {
        [3.0, 4.0].map(|g| {
            let mut param = Param::new("p", Tensor::vector(&[0.0_f32, 0.0]));
            param.set_grad(Tensor::vector(&[g, 0.0]));
            param
        })
    };
    let clipped = |limit: f32| {
        let mut params = make();
        clip_norm(&mut params.iter_mut().collect::<Vec<_>>(), limit);
        params.map(|param| param.grad().unwrap().data()[0])
    };
    assert_eq!(clipped(5.0), [3.0, 4.0]);
    assert_eq!(clipped(2.5), [1.5, 2.0]);
}

#[test]
fn a_convolutional_net_with_dropout_learns_with_guesses_and_with_a_loss_of_its_own() {
    let digits = Mnist::load().unwrap().train.split_at(640).0.dataset::<f32>([784], 255.0);
    for name in ["bprop", "DNI", "cDNI", "local loss"] {
        let rng = &mut Rng::new(4);
        let mut net = Cnn::new(|rng| between(name, rng), rng);
        let (mut tape, mut adam) = (Tape::new(), Adam::new(1e-3));
        let mut losses = Vec::new();
        for _ in 0..4 {
            for (x, y) in digits.batches(64).shuffled(rng) {
                losses.push(net.step(&mut tape, &mut adam, &x, &y));
            }
        }
        let mean = |part: &[f32]| Tensor::vector(part).mean();
        let (first, last) = (mean(&losses[..5]), mean(&losses[35..]));
        assert!(last < 0.85 * first, "{name}: {first} {last}");
    }
}
