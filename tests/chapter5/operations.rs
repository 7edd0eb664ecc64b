//! Every operation of the tape against finite differences, first and second order.

use super::common::normal;
use longhand::Tensor;
use longhand::tape::{Var, concat, gradcheck, gradgradcheck, stack};

/// Both checks; any element at a kink would be a badly chosen input here.
#[track_caller]
fn check<const N: usize>(
    name: &str,
    inputs: [&Tensor<f64>; N],
    f: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
) {
    for (order, report) in [("first", gradcheck(inputs, &f)), ("second", gradgradcheck(inputs, &f))]
    {
        let shapes = inputs.map(|x| x.shape());
        assert!(
            report.is_right() && report.kinks.is_empty(),
            "{name} of {shapes:?}, {order}: {report}"
        );
        assert!(report.checked >= inputs[0].len(), "{name}: {} elements", report.checked);
    }
}

/// Several shapes, a single number and one without elements among them.
const SHAPES: [&[usize]; 6] = [&[], &[1], &[5], &[3, 4], &[2, 3, 2], &[2, 0]];

/// Pairs of shapes: equal, and broadcast on either side or both.
const PAIRS: [(&[usize], &[usize]); 9] = [
    (&[], &[]),
    (&[4], &[4]),
    (&[3, 4], &[3, 4]),
    (&[3, 4], &[4]),
    (&[4], &[3, 4]),
    (&[3, 1], &[1, 4]),
    (&[], &[2, 3]),
    (&[2, 1, 3], &[4, 1]),
    (&[0, 3], &[3]),
];

/// Numbers of either sign, none nearer to zero than ½.
fn away_from_zero(shape: &[usize], seed: u64) -> Tensor<f64> {
    normal::<f64>(shape, seed).map(|x| if x < 0.0 { x - 0.5 } else { x + 0.5 })
}

#[test]
fn arithmetic_of_two() {
    for (seed, (a, b)) in PAIRS.into_iter().enumerate() {
        let seed = seed as u64;
        let (a, b) = (normal(a, 10 + seed), away_from_zero(b, 30 + seed));
        check("add", [&a, &b], |[a, b]| a + b);
        check("sub", [&a, &b], |[a, b]| a - b);
        check("mul", [&a, &b], |[a, b]| a * b);
        check("div", [&a, &b], |[a, b]| a / b);
        check("maximum", [&a, &b], |[a, b]| a.maximum(b));
        check("minimum", [&a, &b], |[a, b]| a.minimum(b));
    }
}

#[test]
fn arithmetic_with_numbers() {
    for (seed, shape) in SHAPES.into_iter().enumerate() {
        let x = away_from_zero(shape, 50 + seed as u64);
        check("neg", [&x], |[x]| -x);
        check("x + c", [&x], |[x]| x + 1.5);
        check("x − c", [&x], |[x]| x - 1.5);
        check("x·c", [&x], |[x]| x * 1.5);
        check("x/c", [&x], |[x]| x / 1.5);
        check("c + x", [&x], |[x]| 1.5 + x);
        check("c − x", [&x], |[x]| 1.5 - x);
        check("c·x", [&x], |[x]| 1.5 * x);
        check("c/x", [&x], |[x]| 1.5 / x);
        check("recip", [&x], |[x]| x.recip());
        check("square", [&x], |[x]| x.square());
        for n in [-2, -1, 0, 1, 2, 3, 7] {
            check("powi", [&x], |[x]| x.powi(n));
        }
    }
}

#[test]
fn functions() {
    for (seed, shape) in SHAPES.into_iter().enumerate() {
        let x = normal::<f64>(shape, 60 + seed as u64);
        let positive = x.map(|x| 0.5 + x * x);
        check("exp", [&x], |[x]| x.exp());
        check("tanh", [&x], |[x]| x.tanh());
        check("sigmoid", [&x], |[x]| x.sigmoid());
        check("ln", [&positive], |[x]| x.ln());
        check("sqrt", [&positive], |[x]| x.sqrt());
        check("powf", [&positive], |[x]| x.powf(-1.7));
    }
}

#[test]
fn choices() {
    for (seed, shape) in SHAPES.into_iter().enumerate() {
        let x = away_from_zero(shape, 70 + seed as u64);
        let g = normal(shape, 80 + seed as u64);
        check("relu", [&x], |[x]| x.relu());
        check("where positive", [&g, &x], |[g, x]| g.where_positive(x));
        check("abs", [&x], |[x]| x.abs());
        // Something curved behind it, so that the second derivative is not 0 everywhere.
        check("relu, squared", [&x], |[x]| x.relu().square());
    }
    for (seed, (a, b)) in PAIRS.into_iter().enumerate() {
        let seed = seed as u64;
        let (a, b) = (normal::<f64>(a, 90 + seed), normal::<f64>(b, 100 + seed));
        let mask = normal::<f64>(&a.zip(&b, |a, _| a).shape(), 110 + seed).mask(|x| x > 0.0);
        check("select", [&a, &b], |[a, b]| a.select(&mask, b));
    }
    let mask = Tensor::new([2, 1], vec![1.0, 0.0]);
    check("select, mask broadcast", [&normal(&[3], 1), &normal(&[], 2)], |[a, b]| {
        a.select(&mask, b)
    });
}

#[test]
fn reductions() {
    for (seed, shape) in SHAPES.into_iter().enumerate() {
        let x = normal::<f64>(shape, 120 + seed as u64);
        check("sum", [&x], |[x]| x.sum());
        if x.len() > 0 {
            check("mean", [&x], |[x]| x.mean());
        }
    }
    let x = normal::<f64>(&[2, 3, 4], 130);
    for axis in [0, 1, 2, -1, -3] {
        check("sum axis", [&x], |[x]| x.sum_axis(axis));
        check("mean axis", [&x], |[x]| x.mean_axis(axis));
        check("max axis", [&x], |[x]| x.max_axis(axis));
        check("log sum exp", [&x], |[x]| x.log_sum_exp(axis));
    }
    for axes in [&[0, 2][..], &[1, -1], &[], &[0, 1, 2]] {
        check("sum axes", [&x], |[x]| x.sum_axes(axes));
        check("mean axes", [&x], |[x]| x.mean_axes(axes));
    }
    for shape in [&[1, 3, 1][..], &[4], &[], &[3, 4], &[2, 3, 4]] {
        check("sum to", [&x], |[x]| x.sum_to(shape));
    }
    check("expand", [&normal(&[3, 1], 131)], |[x]| x.expand([2, 3, 4]));
    check("expand", [&normal(&[], 132)], |[x]| x.expand([2, 2]));
    check("log sum exp", [&normal(&[1], 133)], |[x]| x.log_sum_exp(0));
}

#[test]
fn products() {
    for (m, k, n) in [(1, 1, 1), (2, 3, 4), (5, 1, 2), (1, 6, 1), (2, 0, 3)] {
        let (a, at) = (normal(&[m, k], 140), normal(&[k, m], 141));
        let (b, bt) = (normal(&[k, n], 142), normal(&[n, k], 143));
        check("matmul", [&a, &b], |[a, b]| a.matmul(b));
        check("matmul tn", [&at, &b], |[a, b]| a.matmul_tn(b));
        check("matmul nt", [&a, &bt], |[a, b]| a.matmul_nt(b));
        check("linear", [&a, &bt, &normal(&[n], 144)], |[x, w, b]| x.linear(w, b));
    }
}

#[test]
fn layouts() {
    let x = normal::<f64>(&[2, 3, 4], 150);
    check("reshape", [&x], |[x]| x.reshape([4, 6]));
    check("flatten", [&x], |[x]| x.flatten(1));
    check("squeeze", [&normal(&[2, 1, 3], 151)], |[x]| x.squeeze(1));
    check("unsqueeze", [&x], |[x]| x.unsqueeze(-1));
    check("t", [&x], |[x]| x.t());
    for axes in [[0, 1, 2], [2, 0, 1], [1, 0, 2], [2, 1, 0]] {
        check("permute", [&x], |[x]| x.permute(&axes));
    }
    check("slice", [&x], |[x]| x.slice(1, 1..3));
    check("slice to nothing", [&x], |[x]| x.slice(-1, 2..2));
    check("rows", [&x], |[x]| x.rows(1..2));
    check("pad axis", [&x], |[x]| x.pad_axis(1, 2, 1));
    let (y, z) = (normal(&[2, 1, 4], 152), normal(&[2, 0, 4], 153));
    check("concat", [&x, &y, &z, &x], |parts| concat(&parts, 1));
    check("concat with itself", [&y], |[y]| concat(&[y, y, y, y], -1));
    check("stack", [&x, &x], |parts| stack(&parts));
}

#[test]
fn rows() {
    let x = normal::<f64>(&[4, 3], 160);
    check("gather rows", [&x], |[x]| x.gather_rows(&[2, 0, 2, 2, 3]));
    check("gather no rows", [&x], |[x]| x.gather_rows(&[]));
    check("gather from a vector", [&normal(&[4], 161)], |[x]| x.gather_rows(&[1, 1]));
    check("scatter rows", [&x], |[x]| x.scatter_rows(&[1, 1, 5, 0], 6));
    check("pick", [&x], |[x]| x.pick(&[2, 0, 0, 1]));
}

#[test]
fn losses() {
    for (batch, classes) in [(1, 1), (1, 4), (5, 3)] {
        let x = normal::<f64>(&[batch, classes], 170);
        let target = normal::<f64>(&[batch, classes], 171);
        let labels: Vec<usize> = (0..batch).map(|i| (i * 2) % classes).collect();
        check("log softmax", [&x], |[x]| x.log_softmax());
        check("nll", [&x], |[x]| x.nll(&labels));
        check("nll sum", [&x], |[x]| x.nll_sum(&labels));
        check("cross entropy", [&x], |[x]| x.cross_entropy(&labels));
        check("cross entropy sum", [&x], |[x]| x.cross_entropy_sum(&labels));
        check("mse", [&x, &target], |[x, t]| x.mse(t));
        check("mse sum", [&x, &target], |[x, t]| x.mse_sum(t));
    }
    check("log softmax of three axes", [&normal(&[2, 2, 3], 172)], |[x]| x.log_softmax());
}

#[test]
fn values_are_those_of_the_tensors() {
    let tape = longhand::Tape::<f64>::new();
    let (x, y) = (normal::<f64>(&[3, 4], 180), normal::<f64>(&[3, 4], 181));
    let (a, b) = (tape.leaf(x.clone()), tape.leaf(y.clone()));
    for (name, ours, theirs) in [
        ("add number", a + 1.5, &x - -1.5),
        ("sub number", a - 1.5, &x + -1.5),
        ("maximum", a.maximum(b), x.maximum(&y)),
        ("powf", a.abs().powf(0.5), x.abs().sqrt()),
        ("log sum exp", a.log_sum_exp(0), x.exp().sum_axis(0).ln()),
        ("stack", stack(&[a, b]), Tensor::stack(&[&x, &y])),
        ("nt", a.matmul_nt(b), x.matmul(&y.t())),
        ("tn", a.matmul_tn(b), x.t().matmul(&y)),
        ("mean axes", a.mean_axes(&[0, 1]), Tensor::scalar(x.mean())),
        ("mean axis", a.mean_axis(0), x.sum_axis(0) / 3.0),
        ("softmax", a.log_softmax().exp().sum_axis(-1), Tensor::ones([3])),
    ] {
        super::common::assert_near(name, &ours.value(), &theirs, 1e-14);
    }
    let huge = tape.leaf(Tensor::new([1, 3], vec![1e4, 0.0, -1e4]));
    assert_eq!(huge.log_sum_exp(-1).value().data(), [1e4]);
    assert_eq!(huge.log_softmax().value().data(), [0.0, -1e4, -2e4]);
}

#[test]
fn conventions_at_kinks_and_ties() {
    let tape = longhand::Tape::<f64>::new();
    let x = tape.leaf(Tensor::vector(&[-1.0, 0.0, -0.0, 2.0]));
    assert_eq!(x.relu().sum().grad([x])[0].data(), [0.0, 0.0, 0.0, 1.0]);
    assert_eq!(x.abs().sum().grad([x])[0].data(), [-1.0, 0.0, 0.0, 1.0]);
    let y = tape.leaf(Tensor::vector(&[-1.0, 1.0, -1.0, 2.0]));
    let [dx, dy] = x.maximum(y).sum().grad([x, y]);
    assert_eq!((dx.data(), dy.data()), (&[0.5, 0.0, 1.0, 0.5][..], &[0.5, 1.0, 0.0, 0.5][..]));
    let [dx, dy] = x.minimum(y).sum().grad([x, y]);
    assert_eq!((dx.data(), dy.data()), (&[0.5, 1.0, 0.0, 0.5][..], &[0.5, 0.0, 1.0, 0.5][..]));
    let z = tape.leaf(Tensor::new([2, 3], vec![1.0, 3.0, 3.0, 7.0, 7.0, 7.0]));
    assert_eq!(z.max_axis(1).sum().grad([z])[0].data(), [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
    // x⁰ is 1 everywhere, at 0 too, and so its slope is 0 and not NaN.
    assert!(x.powi(0).sum().backward_pass().with_respect_to(&[x])[0].is_none());
    assert_eq!(x.powi(1).sum().grad([x])[0].data(), [1.0; 4]);
}
