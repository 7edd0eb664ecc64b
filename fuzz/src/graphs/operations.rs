//! The operations of a plan: each with arguments whose shapes fit what is there.

use super::images::{convolution, pooling};
use super::plan::{Kink, Operation, Plan, Source, Step};
use crate::choices::Choices;
use longhand::Tensor;
use longhand::tape::{Var, concat, stack};

/// Makes an operation of a closure, whose argument's lifetime the compiler would not guess.
pub fn operation(f: impl for<'t> Fn(&[Var<'t, f64>]) -> Var<'t, f64> + 'static) -> Operation {
    Box::new(f)
}

/// A step of these arguments without a kink.
macro_rules! step {
    ($name:expr, $arguments:expr, $f:expr) => {
        step!($name, $arguments, $f, Kink::Nowhere)
    };
    ($name:expr, $arguments:expr, $f:expr, $kink:expr) => {
        Step {
            name: $name.to_string(),
            arguments: $arguments.to_vec(),
            kink: $kink,
            operation: operation($f),
        }
    };
}
pub(crate) use step;

/// Adds a step that takes `x`; `None` if the value would be too large or not finite.
pub fn choose(plan: &mut Plan, choices: &mut Choices, x: Source) -> Option<Source> {
    let shape = plan.value_of(x).shape().to_vec();
    let step = match (choices.below(8), shape.len()) {
        (0, _) => function(plan, choices, x),
        (1, _) => of_two(plan, choices, x, &shape),
        (2, _) => reduction(choices, x, &shape),
        (3, _) => layout(plan, choices, x, &shape),
        (4 | 5, 2) => product(plan, choices, x, &shape),
        (6, 2) => rows_and_losses(plan, choices, x, &shape),
        (4, 4) => convolution(plan, choices, x, &shape),
        (5, 4) => pooling(choices, x, &shape),
        (6, 4) => convolution(plan, choices, x, &shape),
        (7, 2..=4) => normalization(plan, choices, x, &shape),
        _ => reshaped(plan, choices, x),
    };
    plan.push(step)
}

/// Something of one argument, element by element.
fn function(plan: &Plan, choices: &mut Choices, x: Source) -> Step {
    let of = [x];
    let smallest =
        plan.value_of(x).data().iter().fold(f64::INFINITY, |least, x| least.min(x.abs()));
    let away = smallest > 0.3;
    match choices.below(19) {
        0 => step!("exp", of, |x| x[0].exp()),
        1 => step!("ln(x² + 0.4)", of, |x| (x[0].square() + 0.4).ln()),
        2 => step!("sqrt(x² + 0.4)", of, |x| (x[0].square() + 0.4).sqrt()),
        3 => step!("tanh", of, |x| x[0].tanh()),
        4 => step!("sigmoid", of, |x| x[0].sigmoid()),
        5 => step!("square", of, |x| x[0].square()),
        6 => step!("relu", of, |x| x[0].relu(), Kink::Sign),
        7 => step!("abs", of, |x| x[0].abs(), Kink::Sign),
        8 if away => step!("1/x", of, |x| x[0].recip()),
        8 => step!("1/(x² + 0.4)", of, |x| (x[0].square() + 0.4).recip()),
        9 => {
            let n = choices.below(if away { 8 } else { 5 }) as i32;
            let n = if n > 4 { 4 - n } else { n };
            step!(format!("powi {n}"), of, move |x| x[0].powi(n))
        }
        10 => step!("(x² + 0.4)^−1.7", of, |x| (x[0].square() + 0.4).powf(-1.7)),
        11 => step!("−x", of, |x| -x[0]),
        12 => step!("0.5 − x", of, |x| 0.5 - x[0]),
        13 => step!("x·1.5", of, |x| x[0] * 1.5),
        14 => step!("x/1.5 − 2", of, |x| x[0] / 1.5 - 2.0),
        15 if away => step!("1.5/x", of, |x| 1.5 / x[0]),
        15 => step!("x + 1.5", of, |x| x[0] + 1.5),
        16 => {
            let rng = choices.rng();
            step!("dropout", of, move |x| x[0].dropout(0.3, &mut rng.clone()))
        }
        17 => step!("x·x", of, |x| x[0] * x[0]),
        _ => step!("where positive of itself", [x, x], |x| x[0].where_positive(x[1]), Kink::Sign),
    }
}

/// Something of two arguments, of which the second is broadcast.
fn of_two(plan: &mut Plan, choices: &mut Choices, x: Source, shape: &[usize]) -> Step {
    let mut narrow: Vec<usize> = shape[choices.below(shape.len() + 1)..].to_vec();
    for size in &mut narrow {
        if choices.seldom(3) {
            *size = 1;
        }
    }
    let kind = choices.below(10);
    if kind > 7 {
        narrow = shape.to_vec();
    }
    let y = plan.of_shape(choices, &narrow);
    let of = if choices.flip() { [x, y] } else { [y, x] };
    match kind {
        0 => step!("add", of, |x| x[0] + x[1]),
        1 => step!("sub", of, |x| x[0] - x[1]),
        2 => step!("mul", of, |x| x[0] * x[1]),
        3 => step!("x/(y² + 0.4)", of, |x| x[0] / (x[1].square() + 0.4)),
        4 => step!("maximum", of, |x| x[0].maximum(x[1]), Kink::Equal),
        5 => step!("minimum", of, |x| x[0].minimum(x[1]), Kink::Equal),
        6 | 7 => {
            let mask = choices.tensor::<f64>(&narrow).mask(|x| x > 0.0);
            step!("select", of, move |x| x[0].select(&mask, x[1]))
        }
        8 => step!("mse", of, |x| x[0].mse(x[1])),
        _ => step!("where positive", of, |x| x[0].where_positive(x[1]), Kink::Sign),
    }
}

fn reduction(choices: &mut Choices, x: Source, shape: &[usize]) -> Step {
    let of = [x];
    let rank = shape.len();
    if rank == 0 {
        let wide: Vec<usize> = (0..choices.within(1..=3)).map(|_| choices.within(1..=3)).collect();
        return step!(format!("expand to {wide:?}"), of, move |x| x[0].expand(&wide[..]));
    }
    // From either end.
    let axis = choices.below(2 * rank) as isize - rank as isize;
    match choices.below(10) {
        0 => step!("sum", of, |x| x[0].sum()),
        1 => step!("mean", of, |x| x[0].mean()),
        2 => step!(format!("sum axis {axis}"), of, move |x| x[0].sum_axis(axis)),
        3 => step!(format!("mean axis {axis}"), of, move |x| x[0].mean_axis(axis)),
        4 => {
            step!(format!("max axis {axis}"), of, move |x| x[0].max_axis(axis), Kink::Largest(axis))
        }
        5 => step!(format!("log sum exp {axis}"), of, move |x| x[0].log_sum_exp(axis)),
        6 | 7 => {
            let axes: Vec<isize> = (0..rank as isize).filter(|_| choices.flip()).collect();
            let name = format!("sum and mean axes {axes:?}");
            step!(name, of, move |x| x[0].sum_axes(&axes) - x[0].mean_axes(&axes).square())
        }
        8 => {
            let mut narrow = shape[choices.below(rank + 1)..].to_vec();
            narrow.iter_mut().for_each(|size| {
                if choices.flip() {
                    *size = 1
                }
            });
            step!(format!("sum to {narrow:?}"), of, move |x| x[0].sum_to(&narrow[..]))
        }
        _ => step!("log softmax", of, |x| x[0].log_softmax()),
    }
}

fn layout(plan: &mut Plan, choices: &mut Choices, x: Source, shape: &[usize]) -> Step {
    let of = [x];
    let rank = shape.len();
    if rank == 0 {
        return step!("unsqueeze", of, |x| x[0].unsqueeze(0));
    }
    let axis = choices.below(rank);
    let (size, signed) = (shape[axis], axis as isize);
    match choices.below(9) {
        0 => {
            let mut axes: Vec<usize> = (0..rank).collect();
            choices.rng().shuffle(&mut axes);
            step!(format!("permute {axes:?}"), of, move |x| x[0].permute(&axes))
        }
        1 if size > 1 => {
            let start = choices.below(size - 1);
            let end = choices.within(start + 1..=size);
            let name = format!("slice {axis}, {start}..{end}");
            step!(name, of, move |x| x[0].slice(signed, start..end))
        }
        2 => {
            let [before, after] = choices.pair(0..=2);
            step!("pad axis", of, move |x| x[0].pad_axis(signed, before, after))
        }
        3 => {
            let mut other = shape.to_vec();
            other[axis] = choices.within(1..=2);
            let y = plan.of_shape(choices, &other);
            step!(format!("concat on {axis}"), [x, y, x], move |x| concat(x, signed))
        }
        4 if rank < 6 => {
            let y = plan.of_shape(choices, shape);
            step!("stack", [x, y], stack)
        }
        5 if rank < 6 => step!("unsqueeze", of, move |x| x[0].unsqueeze(signed)),
        6 if size == 1 => step!("squeeze", of, move |x| x[0].squeeze(signed)),
        7 => {
            let count = shape[0];
            let indices: Vec<usize> =
                (0..choices.within(1..=4)).map(|_| choices.below(count)).collect();
            step!(format!("gather rows {indices:?}"), of, move |x| x[0].gather_rows(&indices))
        }
        8 => {
            let indices: Vec<usize> = (0..shape[0]).map(|_| choices.below(4)).collect();
            step!(format!("scatter rows {indices:?}"), of, move |x| x[0].scatter_rows(&indices, 4))
        }
        _ => step!("flatten", of, move |x| x[0].flatten(signed)),
    }
}

/// Into two or four axes, which products and convolutions need.
pub fn reshaped(plan: &Plan, choices: &mut Choices, x: Source) -> Step {
    let count = plan.value_of(x).len();
    let divisors = |n: usize| (1..=n).filter(|d| n % d == 0).collect::<Vec<_>>();
    let rows = choices.pick(&divisors(count));
    let cols = count / rows;
    let shape = match choices.flip() {
        false => vec![rows, cols],
        true => {
            let (n, h) = (choices.pick(&divisors(rows)), choices.pick(&divisors(cols)));
            vec![n, rows / n, h, cols / h]
        }
    };
    step!(format!("reshape to {shape:?}"), [x], move |x| x[0].reshape(&shape[..]))
}

fn product(plan: &mut Plan, choices: &mut Choices, x: Source, shape: &[usize]) -> Step {
    let (m, k, n) = (shape[0], shape[1], choices.within(1..=4));
    match choices.below(7) {
        0 => step!("matmul", [x, plan.of_shape(choices, &[k, n])], |x| x[0].matmul(x[1])),
        1 => step!("matmul, right", [plan.of_shape(choices, &[n, m]), x], |x| x[0].matmul(x[1])),
        2 => step!("matmul tn", [x, plan.of_shape(choices, &[m, n])], |x| x[0].matmul_tn(x[1])),
        3 => step!("matmul nt", [x, plan.of_shape(choices, &[n, k])], |x| x[0].matmul_nt(x[1])),
        4 => step!("x·xᵀ", [x, x], |x| x[0].matmul_nt(x[1])),
        5 => {
            let weight = plan.of_shape(choices, &[n, k]);
            let bias = plan.of_shape(choices, &[n]);
            step!("linear", [x, weight, bias], |x| x[0].linear(x[1], x[2]))
        }
        _ => step!("transpose", [x], |x| x[0].t()),
    }
}

fn rows_and_losses(plan: &mut Plan, choices: &mut Choices, x: Source, shape: &[usize]) -> Step {
    let (of, classes) = ([x], shape[1]);
    let labels: Vec<usize> = (0..shape[0]).map(|_| choices.below(classes)).collect();
    match choices.below(7) {
        0 => step!(format!("pick {labels:?}"), of, move |x| x[0].pick(&labels)),
        1 => step!(format!("nll {labels:?}"), of, move |x| x[0].nll(&labels)),
        2 => step!(format!("nll sum {labels:?}"), of, move |x| x[0].nll_sum(&labels)),
        3 => step!(format!("cross entropy {labels:?}"), of, move |x| x[0].cross_entropy(&labels)),
        4 => {
            let name = format!("cross entropy sum {labels:?}");
            step!(name, of, move |x| x[0].cross_entropy_sum(&labels))
        }
        5 => step!("mse sum", [x, plan.of_shape(choices, shape)], |x| x[0].mse_sum(x[1])),
        _ => step!("log softmax", of, |x| x[0].log_softmax()),
    }
}

/// Batch normalisation, if each channel has two elements.
fn normalization(plan: &mut Plan, choices: &mut Choices, x: Source, shape: &[usize]) -> Step {
    let channels = shape[1];
    let each = shape.iter().product::<usize>() / channels;
    let weight = plan.of_shape(choices, &[channels]);
    let bias = plan.of_shape(choices, &[channels]);
    let of = [x, weight, bias];
    if each > 1 && choices.flip() {
        return step!("batch norm", of, |x| x[0].batch_norm(x[1], x[2], 0.1));
    }
    let mut rng = choices.rng();
    let mut draw = || -> Vec<f64> { (0..channels).map(|_| rng.uniform()).collect() };
    let (mean, variance) = (Tensor::vector(&draw()), Tensor::vector(&draw()));
    step!("batch norm with", of, move |x| x[0].batch_norm_with(&mean, &variance, x[1], x[2], 0.1))
}
