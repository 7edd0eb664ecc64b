//! Random expressions on the tape: first, second and third derivatives against central differences.
//!
//! A [`Plan`] is a list of operations whose shapes fit. Its value is one number f(x) of all its
//! leaves x. In random directions u, v, w the tape gives D_u f, D_v D_u f and D_w D_v D_u f, the
//! last two by differentiating what it recorded itself; and each is measured as the slope of the one
//! before.

mod images;
mod operations;
mod plan;
mod slope;

use crate::choices::Choices;
use crate::count::Count;
use longhand::tape::Var;
use longhand::{Rng, Tape, Tensor};
use plan::Plan;
use slope::{Verdict, examine};

static COMPARED: Count = Count::new("derivatives compared");
static UNDECIDED: Count = Count::new("derivatives that could not be measured");

type Direction = Vec<Tensor<f64>>;

pub fn check(data: &[u8]) {
    let mut choices = Choices::new(data);
    let mut rng = choices.rng();
    let plan = Plan::choose(&mut choices);
    let directions: Vec<Direction> = (0..3).map(|_| plan.direction(&mut rng)).collect();
    let here = plan.leaves.clone();
    let derivatives = derivatives(&plan, &here, &directions);
    for order in 1..=3 {
        let along = &directions[order - 1];
        let moved = |step: f64| -> Vec<Tensor<f64>> {
            here.iter().zip(along).map(|(x, d)| x.zip(d, |x, d| x + step * d)).collect()
        };
        let value =
            |step: f64| self::derivatives(&plan, &moved(step), &directions[..order - 1])[order - 1];
        let smooth = |step: f64| plan.branches(&moved(step)) == plan.branches(&here);
        match examine(derivatives[order], value, smooth) {
            Verdict::Right => COMPARED.one_more(),
            Verdict::Unknown => UNDECIDED.one_more(),
            Verdict::Wrong { measured } => panic!(
                "derivative {order} is {:e}, measured {measured:e}, of\n{plan}",
                derivatives[order]
            ),
        }
    }
}

/// f at these leaves, and its derivatives in the directions, one more each time.
fn derivatives(plan: &Plan, leaves: &[Tensor<f64>], directions: &[Direction]) -> Vec<f64> {
    let tape = Tape::new();
    let leaves: Vec<Var<f64>> = leaves.iter().map(|leaf| tape.leaf(leaf.clone())).collect();
    let mut derivative = plan.value(&tape, &leaves);
    let mut found = vec![derivative.value().item()];
    for direction in directions {
        let gradients = derivative.backward_pass().create_graph(&leaves);
        let parts = gradients.into_iter().zip(direction).filter_map(|(gradient, direction)| {
            Some((gradient? * tape.constant(direction.clone())).sum())
        });
        // Where nothing depends on the leaves any more, the slope is 0.
        derivative =
            parts.reduce(|a, b| a + b).unwrap_or_else(|| tape.constant(Tensor::scalar(0.0)));
        found.push(derivative.value().item());
    }
    found
}

impl Plan {
    /// A random direction, about as long as one number.
    fn direction(&self, rng: &mut Rng) -> Direction {
        let count: usize = self.leaves.iter().map(Tensor::len).sum();
        let scale = 1.0 / (count as f64).sqrt();
        let draw = |leaf: &Tensor<f64>| {
            let numbers = (0..leaf.len()).map(|_| scale * rng.normal::<f64>()).collect();
            Tensor::new(leaf.shape(), numbers)
        };
        self.leaves.iter().map(draw).collect()
    }
}
