//! What neither of the two ways takes away: a table that is used at both ends of a net, and the
//! optimizer's state.

use crate::nets::{convolutional, wide};
use longhand::layers::Layer;
use longhand::optim::Sgd;
use longhand::report::{Table, grouped};
use longhand::tape::Var;
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Param, Rng, Tape, init, mebp};

const VOCABULARY: usize = 2000;
const WIDTH: usize = 64;
const LAYERS: usize = 4;
const TOKENS: usize = 32;

/// The table of the words' vectors, the layers, and the head's table, if it has one of its own.
fn word_net(own_head: bool) -> Vec<Param> {
    let rng = &mut Rng::new(1);
    let mut matrix = |rows| Param::new("weight", init::normal([rows, WIDTH], 0.0, 0.1, rng));
    let mut params = vec![matrix(VOCABULARY)];
    params.extend((0..LAYERS).map(|_| matrix(WIDTH)));
    params.extend(own_head.then(|| matrix(VOCABULARY)));
    params
}

// ANCHOR: words
/// From words to a score for each word that could be next. The head is a table of its own, or the
/// first one again.
fn next_word<'t>(tape: &'t Tape, params: &[Param], words: &[usize], next: &[usize]) -> Var<'t> {
    let table = tape.param(&params[0]);
    let layers = &params[1..=LAYERS];
    let x = layers
        .iter()
        .fold(table.gather_rows(words), |x, weight| x.matmul_nt(tape.param(weight)).tanh());
    let head = params.get(LAYERS + 1).map_or(table, |own| tape.param(own));
    x.matmul_nt(head).log_softmax().nll(next)
}
// ANCHOR_END: words

pub fn tied() {
    println!("{} words, vectors of {WIDTH}, {LAYERS} layers\n", grouped(VOCABULARY));
    let header = ["the head's table", "parameters", "largest", "ordinary", "per parameter"];
    let mut table = Table::new(header.into_iter().chain(["of ordinary"]));
    for (name, own_head) in [("its own", true), ("the first again", false)] {
        let [ordinary, hooked] = [false, true].map(|hooked| {
            let mut params = word_net(own_head);
            let words: Vec<_> = (0..TOKENS).map(|i| 37 * i % VOCABULARY).collect();
            let next: Vec<_> = words.iter().map(|word| (word + 1) % VOCABULARY).collect();
            let meter = Meter::new();
            meter.watch(|| {
                let tape = Tape::new();
                let loss = next_word(&tape, &params, &words, &next);
                match hooked {
                    true => mebp::backward(loss, &mut params, &mut Sgd::new(0.1)),
                    false => loss.backward().write_to(&mut params),
                }
            });
            meter.most(Kind::Gradient) / size_of::<f32>()
        });
        let sizes: Vec<_> = word_net(own_head).iter().map(|param| param.value.len()).collect();
        let largest = *sizes.iter().max().expect("there are parameters");
        let counts = [sizes.iter().sum(), largest, ordinary, hooked].map(grouped);
        let part = format!("{:.1} %", 100.0 * hooked as f64 / ordinary as f64);
        table.push([name.to_string()].into_iter().chain(counts).chain([part]));
    }
    print!("{}", (1..6).fold(table, Table::right));
    let sizes: Vec<usize> = gpt2().iter().map(|shape| shape.iter().product()).collect();
    let (words, all) = (sizes[0], sizes.iter().sum::<usize>());
    let part = format!("{:.1} %", 100.0 * words as f64 / all as f64);
    println!("\nGPT-2: {} of {} parameters are its table, {part}", grouped(words), grouped(all));
}

// ANCHOR: adafactor
/// How many numbers Adafactor keeps for a parameter, without momentum: for a matrix the mean of
/// the squared gradients of each row and of each column, for a vector that of each element. A
/// kernel `[o, c, h, w]` is taken for the matrix `[o, c·h·w]` that it is in a product.
fn adafactor(shape: &[usize]) -> usize {
    match shape {
        [rows, columns @ ..] if !columns.is_empty() => rows + columns.iter().product::<usize>(),
        _ => shape.iter().product(),
    }
}
// ANCHOR_END: adafactor

/// The shapes of GPT-2's smallest model (A. Radford and others, 2019): 50,257 words, 1,024
/// places, 12 blocks of width 768. The head is the table of words again.
fn gpt2() -> Vec<Vec<usize>> {
    const WIDTH: usize = 768;
    let norm = || [vec![WIDTH], vec![WIDTH]];
    let linear = |inputs: usize, outputs: usize| [vec![outputs, inputs], vec![outputs]];
    let block = || {
        let attention = [linear(WIDTH, 3 * WIDTH), linear(WIDTH, WIDTH)];
        let perceptron = [linear(WIDTH, 4 * WIDTH), linear(4 * WIDTH, WIDTH)];
        [norm(), norm()].into_iter().chain(attention).chain(perceptron).flatten()
    };
    let tables = [vec![50_257, WIDTH], vec![1024, WIDTH]];
    tables.into_iter().chain((0..12).flat_map(|_| block())).chain(norm()).collect()
}

pub fn state() {
    let shapes = |net: &dyn Layer| -> Vec<Vec<usize>> {
        net.params().iter().map(|param| param.value.shape().to_vec()).collect()
    };
    let nets = [
        ("wide", shapes(&wide(1))),
        ("convolutional", shapes(&convolutional(1))),
        ("GPT-2", gpt2()),
    ];
    let header = ["numbers kept", "parameters", "momentum", "Adam", "Adafactor", "of Adam's"];
    let mut table = Table::new(header);
    for (name, shapes) in nets {
        let count: usize = shapes.iter().map(|shape| shape.iter().product::<usize>()).sum();
        let factored = shapes.iter().map(|shape| adafactor(shape)).sum();
        let numbers = [count, count, 2 * count, factored].map(grouped);
        let part = format!("{:.2} %", 100.0 * factored as f64 / (2 * count) as f64);
        table.push([name.to_string()].into_iter().chain(numbers).chain([part]));
    }
    print!("{}", (1..6).fold(table, Table::right));
}
