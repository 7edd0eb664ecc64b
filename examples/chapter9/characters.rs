//! A small language model: which letter comes next in Shakespeare's sonnets?

use crate::lstm::{Future, Learner, Lstm, Moment};
use crate::seeds::{SEEDS, each};
use longhand::report::{Table, section, spread};
use longhand::{Error, Result, Rng, Scalar, Tensor};
use std::ops::Range;
use std::path::Path;

/// Places of the text that are read at once.
const STREAMS: usize = 16;
const HIDDEN: usize = 64;

/// The text as numbers, each the place of a character in the alphabet.
pub struct Text {
    alphabet: Vec<char>,
    codes: Vec<usize>,
}

impl Text {
    /// Reads data/sonnets/sonnets.txt.
    pub fn load() -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sonnets/sonnets.txt");
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Error::io(path.display(), error).expected("a text").help("it is in the repository")
        })?;
        let mut alphabet: Vec<char> = text.chars().collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        let code = |c| alphabet.binary_search(&c).expect("every character is in it");
        let codes = text.chars().map(code).collect();
        Ok(Self { alphabet, codes })
    }

    fn moment(&self, places: &[usize]) -> Moment {
        let at =
            |offset| places.iter().map(|&place| self.codes[place + offset]).collect::<Vec<_>>();
        let input = Tensor::one_hot(&at(0), self.alphabet.len());
        Moment { input, answer: Some(at(1)) }
    }
}

/// Bits for each character of a part of the text after its first, read from its beginning.
fn bits(net: &mut Lstm, text: &Text, part: Range<usize>) -> f64 {
    let (mut state, mut sum) = (net.start(1), 0.0);
    for place in part.start..part.end - 1 {
        let (scores, next) = net.think(&text.moment(&[place]).input, &state);
        sum -= f64::from(scores.log_softmax().data()[text.codes[place + 1]]);
        state = next;
    }
    sum / (part.len() - 1) as f64 / std::f64::consts::LN_2
}

// ANCHOR: counts
/// The same for who only counts: how often each character comes, or how often after which other.
/// Everything has been seen once more than it was.
fn counted(text: &Text, learnt: usize, part: Range<usize>, pairs: bool) -> f64 {
    let symbols = text.alphabet.len();
    let before = |place: usize| if pairs { text.codes[place] } else { 0 };
    let mut seen = vec![1.0_f64; symbols * symbols];
    for place in 0..learnt - 1 {
        seen[before(place) * symbols + text.codes[place + 1]] += 1.0;
    }
    let share = |place: usize| {
        let row = &seen[before(place) * symbols..][..symbols];
        row[text.codes[place + 1]] / row.iter().sum::<f64>()
    };
    let places = part.start..part.end - 1;
    let count = places.len() as f64;
    // The same bits everywhere: the logarithm is this crate's own.
    -places.map(|place| Scalar::ln(share(place))).sum::<f64>() / count / std::f64::consts::LN_2
}
// ANCHOR_END: counts

/// Writes on, letter by letter.
fn sample(net: &mut Lstm, text: &Text, start: &str, count: usize, rng: &mut Rng) -> String {
    let code = |c| text.alphabet.binary_search(&c).expect("a character of the text");
    let (mut state, mut written) = (net.start(1), String::from(start));
    let mut scores = Tensor::zeros([1, text.alphabet.len()]);
    let mut show = |c: char, scores: &mut Tensor| {
        let x = Tensor::one_hot(&[code(c)], text.alphabet.len());
        (*scores, state) = net.think(&x, &state);
    };
    start.chars().for_each(|c| show(c, &mut scores));
    for _ in 0..count {
        let p = (scores.log_softmax() * 1.5).log_softmax().exp();
        let mut left = rng.uniform::<f32>();
        let next = p.data().iter().position(|p| {
            left -= p;
            left < 0.0
        });
        let c = text.alphabet[next.unwrap_or(0)];
        written.push(c);
        show(c, &mut scores);
    }
    written
}

/// One way to learn it.
#[derive(Clone, Copy)]
struct Way {
    unroll: usize,
    future: Future,
    clip: Option<f32>,
}

/// What training ends in: the net of the epoch that did best in validation.
struct Best {
    net: Lstm,
    epoch: usize,
    valid: f64,
}

fn train(text: &Text, way: Way, [learnt, valid]: [usize; 2], epochs: usize, seed: u64) -> Best {
    let rng = &mut Rng::new(seed);
    let symbols = text.alphabet.len();
    let net = Lstm::new(symbols, HIDDEN, symbols, rng);
    let mut learner = Learner::new(net, way.future, 0.003, rng);
    if let Some(clip) = way.clip {
        learner = learner.clipped(clip);
    }
    let each = learnt / STREAMS;
    let mut best: Option<Best> = None;
    for epoch in 1..=epochs {
        let mut state = learner.net.start(STREAMS);
        for from in (0..each - way.unroll).step_by(way.unroll) {
            let places = |step| (0..STREAMS).map(|s| s * each + from + step).collect::<Vec<_>>();
            let moments: Vec<_> = (0..way.unroll).map(|step| text.moment(&places(step))).collect();
            state = learner.unroll(state, &moments, false).0;
        }
        let found = bits(&mut learner.net, text, learnt..valid);
        if best.as_ref().is_none_or(|best| found < best.valid) {
            best = Some(Best { net: learner.net.copy(), epoch, valid: found });
        }
    }
    best.expect("an epoch")
}

/// Trains on eight tenths of the text, stops by the ninth and reports the last: BPTT with short and
/// long unrolls, and DNI.
pub fn compare(epochs: usize) -> Result<()> {
    section("Characters");
    let text = Text::load()?;
    let count = text.codes.len();
    let [learnt, valid] = [count * 8 / 10, count * 9 / 10];
    println!(
        "{count} characters, {} of them different; {learnt} to learn from, {} to choose the epoch by\n\
         (of {epochs}), {} to report on; mean of {} seeds ± standard deviation\n",
        text.alphabet.len(),
        valid - learnt,
        count - valid,
        SEEDS.len()
    );
    let mut table = Table::new(["", "unroll", "best epoch", "bits a character, new text"]);
    for (name, pairs) in [("letters counted", false), ("pairs of letters counted", true)] {
        let bits = format!("{:.3}", counted(&text, learnt, valid..count, pairs));
        table.push([name.to_string(), String::new(), String::new(), bits]);
    }
    let guess = |n_hidden, factor| Future::Guess { n_hidden, factor };
    let mut sample_of = None;
    for (name, unroll, future, clip) in [
        ("BPTT", 5, Future::Cut, None),
        ("BPTT, clipped", 5, Future::Cut, Some(0.25)),
        ("DNI, linear, a tenth of it", 5, guess(0, 0.1), None),
        ("DNI, linear, all of it", 5, guess(0, 1.0), None),
        ("DNI, 2 hidden, a tenth, clipped", 5, guess(2, 0.1), Some(0.25)),
        ("BPTT", 20, Future::Cut, None),
    ] {
        let way = Way { unroll, future, clip };
        let mut runs = each(&SEEDS, |seed| train(&text, way, [learnt, valid], epochs, seed));
        let found: Vec<f64> =
            runs.iter_mut().map(|run| bits(&mut run.net, &text, valid..count)).collect();
        let stops: Vec<String> = runs.iter().map(|run| run.epoch.to_string()).collect();
        table.push([name.into(), unroll.to_string(), stops.join(", "), spread(&found, 3)]);
        sample_of = runs.into_iter().next();
    }
    print!("{table}");
    let mut net = sample_of.expect("six runs").net;
    println!("\n{}…", sample(&mut net, &text, "Shall I ", 160, &mut Rng::new(1)));
    Ok(())
}
