//! Random expressions on the tape: first, second and third derivatives against central differences.
//!
//! A [`Plan`] is a list of operations whose shapes fit. Its value is one number f(x) of all its
//! leaves x. In random directions u, v, w the tape gives D_w f, D_w D_u f and D_w D_v D_u f, the last
//! two by differentiating what it recorded itself; and each is measured as a slope along w: of f, of
//! D_u f and of D_v D_u f, which one pass over the tape gives at each place.

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
use std::collections::HashMap;

static COMPARED: Count = Count::new("derivatives compared");
static UNDECIDED: Count = Count::new("derivatives that could not be measured");

type Direction = Vec<Tensor<f64>>;

pub fn check(data: &[u8]) {
    let mut choices = Choices::new(data);
    let mut rng = choices.rng();
    let plan = Plan::choose(&mut choices);
    let [along, u, v] = [(); 3].map(|()| plan.direction(&mut rng));
    let directions = [u, v];
    let here = plan.leaves.clone();
    let [_, derivatives] = values_and_slopes(&plan, &here, &directions, Some(&along));
    let moved = |step: f64| -> Vec<Tensor<f64>> {
        here.iter().zip(&along).map(|(x, d)| x.zip(d, |x, d| x + step * d)).collect()
    };
    let mut known: HashMap<u64, Vec<f64>> = HashMap::new();
    let smooth = |step: f64| plan.branches(&moved(step)) == plan.branches(&here);
    for (before, derivative) in derivatives.into_iter().enumerate() {
        let value = |step: f64| {
            known.entry(step.to_bits()).or_insert_with(|| {
                let [values, _] = values_and_slopes(&plan, &moved(step), &directions, None);
                values
            })[before]
        };
        match examine(derivative, value, smooth) {
            Verdict::Right => COMPARED.one_more(),
            Verdict::Unknown => UNDECIDED.one_more(),
            Verdict::Wrong { measured } => panic!(
                "derivative {} is {derivative:e}, measured {measured:e}, of\n{plan}",
                before + 1
            ),
        }
    }
}

/// At these leaves: f, D_u f and D_v D_u f, with u and v the directions; and if there is a w, the
/// slope of each along it.
fn values_and_slopes(
    plan: &Plan,
    leaves: &[Tensor<f64>],
    directions: &[Direction; 2],
    along: Option<&Direction>,
) -> [Vec<f64>; 2] {
    let tape = Tape::new();
    let leaves: Vec<Var<f64>> = leaves.iter().map(|leaf| tape.leaf(leaf.clone())).collect();
    let mut value = plan.value(&tape, &leaves);
    let [mut values, mut slopes] = [vec![value.value().item()], vec![]];
    for next in directions.iter().map(Some).chain([None]) {
        if along.or(next).is_none() {
            break;
        }
        let gradients = value.backward_pass().create_graph(&leaves);
        let in_direction = |direction: &Direction| {
            let parts = gradients.iter().zip(direction).filter_map(|(gradient, direction)| {
                Some(((*gradient)? * tape.constant(direction.clone())).sum())
            });
            // Where nothing depends on the leaves any more, the slope is 0.
            parts.reduce(|a, b| a + b).unwrap_or_else(|| tape.constant(Tensor::scalar(0.0)))
        };
        slopes.extend(along.map(|along| in_direction(along).value().item()));
        if let Some(next) = next {
            value = in_direction(next);
            values.push(value.value().item());
        }
    }
    [values, slopes]
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
