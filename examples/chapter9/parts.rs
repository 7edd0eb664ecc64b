//! The pieces, one at a time: what goes back when, and what a synthesizer comes to believe.

use crate::net::update;
use longhand::dni::{
    BackwardInterface, BasicSizes, BasicSynthesizer, Manager, UnidirectionalInterface,
};
use longhand::layers::Linear;
use longhand::optim::Adam;
use longhand::record::Record;
use longhand::report::{Figure, LineChart, section};
use longhand::{Result, Rng, Tape, Tensor, init};

/// Two layers with an interface between them: when each has its gradient.
pub fn two_passes() {
    section("A gradient before the loss");
    let rng = &mut Rng::new(1);
    let mut below = Linear::without_bias(4, 8, rng);
    let mut above = Linear::without_bias(8, 3, rng);
    let x = init::normal([2, 4], 0.0, 1.0, rng);
    // ANCHOR: two_passes
    let mut interface = BackwardInterface::new(BasicSynthesizer::new(BasicSizes::new(8), rng));
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let report = |when: &str, below: &Linear, above: &Linear| {
        let has = |layer: &Linear| if dni.gradient(&layer.weight).is_some() { "yes" } else { "no" };
        println!("{when}: gradient below {}, above {}", has(below), has(above));
    };

    let h = below.record(tape.constant(x));
    let h = interface.forward(&dni, h);
    report("after the interface", &below, &above);
    dni.backward(above.record(h.relu()).cross_entropy(&[0, 2]));
    report("after the loss     ", &below, &above);
    // ANCHOR_END: two_passes
    println!("\n{tape}");
}

/// What a synthesizer learns from gradients that depend on what it cannot see.
pub fn mean_of_truths() -> Result<()> {
    section("What a synthesizer learns");
    let rng = &mut Rng::new(2);
    // ANCHOR: regression
    // The label y is 1 or −1, and h a score for 1. The loss is ln(1 + e⁻ʸʰ), so that its true
    // gradient is −y·σ(−yh). The synthesizer sees h and never y, which is 1 in a share σ(2h).
    let truth = |h: &Tensor, y: &Tensor| -y * (-(y * h)).sigmoid();
    let sizes = BasicSizes::new(1).n_hidden(1).hidden_dim(32);
    let mut interface = UnidirectionalInterface::new(BasicSynthesizer::new(sizes, rng));
    let (mut tape, mut adam) = (Tape::new(), Adam::new(0.01));
    for _ in 0..2000 {
        let h = init::normal([256, 1], 0.0, 2.0, rng);
        let drawn = init::uniform::<f32>([256, 1], 0.0, 1.0, rng);
        let y = drawn.zip(&(&h * 2.0).sigmoid(), |drawn, p| if drawn < p { 1.0 } else { -1.0 });
        tape.clear();
        let dni = Manager::new(&tape);
        interface.send(&dni, tape.constant(truth(&h, &y)), tape.constant(h));
        dni.write_to(interface.params_mut());
        tape.clear();
        update(&mut adam, interface.params_mut());
    }
    // ANCHOR_END: regression
    let at: Vec<f32> = (-40..=40).map(|i| i as f32 / 10.0).collect();
    let h = Tensor::new([at.len(), 1], at.clone());
    let (up, down) = (Tensor::ones(h.shape()), Tensor::full(h.shape(), -1.0));
    let p = (&h * 2.0).sigmoid();
    let mean = &p * truth(&h, &up) + (-&p + 1.0) * truth(&h, &down);
    tape.clear();
    let guess = interface.receive(&Manager::new(&tape), tape.constant(h.clone())).value();
    println!("largest distance between the guess and the mean: {:.3}", guess.max_abs_diff(&mean));
    let chart = LineChart::new("The gradient of a score h for either label, and the guess")
        .x("h")
        .line("y = 1", &at, truth(&h, &up).data())
        .line("y = −1", &at, truth(&h, &down).data())
        .line("their mean", &at, mean.data())
        .line("guessed", &at, guess.data());
    println!("figure: {}", chart.save_figure("chapter9-guess")?);
    Ok(())
}
