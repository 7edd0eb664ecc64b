//! A small language model: which letter comes next in Shakespeare's sonnets?

use crate::lstm::{Learner, Lstm, Moment};
use longhand::report::{Table, section};
use longhand::{Error, Result, Rng, Tensor};
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

/// Bits for each character of the last tenth of the text, read from its beginning.
fn bits(net: &mut Lstm, text: &Text, from: usize) -> f64 {
    let (mut state, mut sum) = (net.start(1), 0.0);
    for place in from..text.codes.len() - 1 {
        let (scores, next) = net.think(&text.moment(&[place]).input, &state);
        sum -= f64::from(scores.log_softmax().data()[text.codes[place + 1]]);
        state = next;
    }
    sum / (text.codes.len() - 1 - from) as f64 / std::f64::consts::LN_2
}

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

/// Trains on nine tenths of the text: BPTT with short and long unrolls, and DNI.
pub fn compare(epochs: usize, seed: u64) -> Result<()> {
    section("Characters");
    let text = Text::load()?;
    let learnt = text.codes.len() * 9 / 10;
    println!(
        "{} characters, {} of them different; the first {learnt} to learn from\n",
        text.codes.len(),
        text.alphabet.len()
    );
    let mut table = Table::new(["", "unroll", "bits a character, new text"]);
    let mut last = None;
    for (name, unroll, factor) in [
        ("BPTT", 5, None),
        ("DNI, a tenth of the guess", 5, Some(0.1)),
        ("DNI, the whole guess", 5, Some(1.0)),
        ("BPTT", 20, None),
    ] {
        let rng = &mut Rng::new(seed);
        let symbols = text.alphabet.len();
        let mut learner = Learner::new(Lstm::new(symbols, HIDDEN, symbols, rng), 0.003);
        if let Some(factor) = factor {
            learner = learner.with_dni(factor, rng);
        }
        let each = learnt / STREAMS;
        for _ in 0..epochs {
            let mut state = learner.net.start(STREAMS);
            for from in (0..each - unroll).step_by(unroll) {
                let places =
                    |step| (0..STREAMS).map(|s| s * each + from + step).collect::<Vec<_>>();
                let moments: Vec<_> = (0..unroll).map(|step| text.moment(&places(step))).collect();
                state = learner.unroll(state, &moments, false).0;
            }
        }
        let bits = bits(&mut learner.net, &text, learnt);
        table.push([name.to_string(), unroll.to_string(), format!("{bits:.3}")]);
        last = Some(learner);
    }
    print!("{table}");
    let mut net = last.expect("four runs").net;
    println!("\n{}…", sample(&mut net, &text, "Shall I ", 160, &mut Rng::new(seed)));
    Ok(())
}
