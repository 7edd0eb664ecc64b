//! Chapter 9: decoupled neural interfaces.

#[path = "../../examples/chapter9/cnn.rs"]
#[allow(dead_code)]
mod cnn;
#[path = "../common/mod.rs"]
mod common;
#[path = "../../examples/chapter9/copy.rs"]
#[allow(dead_code)]
mod copy;
#[path = "../../examples/chapter9/digits.rs"]
#[allow(dead_code)]
mod digits;
#[path = "../../examples/chapter9/latency.rs"]
#[allow(dead_code)]
mod latency;
#[path = "../../examples/chapter9/lstm.rs"]
#[allow(dead_code)]
mod lstm;
#[path = "../../examples/chapter9/net.rs"]
#[allow(dead_code)]
mod net;
#[path = "../../examples/chapter9/race.rs"]
#[allow(dead_code)]
mod race;
#[path = "../../examples/chapter9/seeds.rs"]
#[allow(dead_code)]
mod seeds;
#[path = "../../examples/chapter9/threads.rs"]
#[allow(dead_code)]
mod threads;

mod dni_py;
mod examples;
mod interfaces;
mod lambda;
mod learning;
mod local;
mod schedules;
mod scopes;
mod synthesizers;

use common::panic_of;
use longhand::Tensor;
use longhand::dni::Synthesizer;
use longhand::layers::Linear;
use longhand::tape::Var;
use longhand::{Param, Tape};

/// A synthesizer of one matrix: guess = trigger·Wᵀ, and + context·Vᵀ where there is a context.
struct Plain {
    weight: Param<f64>,
    context: Param<f64>,
}

impl Plain {
    fn new(weight: Tensor<f64>) -> Self {
        let context = Tensor::full([weight.shape()[0], 1], 100.0);
        Self { weight: Param::new("w", weight), context: Param::new("v", context) }
    }
}

impl Synthesizer for Plain {
    type Element = f64;

    fn synthesize<'t>(
        &mut self,
        trigger: Var<'t, f64>,
        context: Option<Var<'t, f64>>,
    ) -> Var<'t, f64> {
        let tape = trigger.tape();
        let guess = trigger.matmul_nt(tape.param(&self.weight));
        context.map_or(guess, |c| guess + c.matmul_nt(tape.param(&self.context)))
    }

    fn params(&self) -> Vec<&Param<f64>> {
        vec![&self.weight, &self.context]
    }

    fn params_mut(&mut self) -> Vec<&mut Param<f64>> {
        vec![&mut self.weight, &mut self.context]
    }
}

/// x·Wᵀ on the tape.
fn layer<'t>(tape: &'t Tape<f64>, x: Var<'t, f64>, weight: &Linear<f64>) -> Var<'t, f64> {
    x.matmul_nt(tape.param(&weight.weight))
}
