//! Second derivatives of the loss: products, diagonals, trace, eigenvalue.

use super::common::{assert_near, golden_labels, normal};
use super::{frozen, leaves};
use longhand::layers::Reduction;
use longhand::per_sample::{
    Curvature, GaussNewton, Hessian, Recorder, Solution, conjugate_gradients, cross_entropy_root,
    diagonal, diagonal_estimate, dot, largest_eigenvalue, squared_error_root, trace,
};
use longhand::tape::Var;
use longhand::tensor::{Shape, Window};
use longhand::{Rng, Tape, Tensor};

pub const NAMES: [&str; 6] = ["0_weight", "0_bias", "3_weight", "3_bias", "5_weight", "5_bias"];

/// The frozen net's output for its frozen inputs.
pub fn output<'t>(recorder: &Recorder<'t, f64>, p: &[Var<'t, f64>]) -> Var<'t, f64> {
    let x = p[0].tape().constant(frozen("curvature", "x"));
    let h = recorder.conv2d(x, p[0], Some(p[1]), Window::new([3, 3])).sigmoid().flatten(1);
    let h = recorder.linear(h, p[2], Some(p[3])).sigmoid();
    recorder.linear(h, p[4], Some(p[5]))
}

/// Mean cross-entropy, or mean squared error.
fn loss<'t>(name: &str, output: Var<'t, f64>) -> Var<'t, f64> {
    match name {
        "mse" => output.mse(output.tape().constant(frozen("curvature", "target"))),
        _ => output.cross_entropy(&golden_labels("chapter10/curvature/labels")),
    }
}

#[track_caller]
fn all_near(what: &str, ours: &[Tensor<f64>], folder: &str, prefix: &str) {
    for (ours, name) in ours.iter().zip(NAMES) {
        let theirs = frozen(folder, &format!("{prefix}{name}"));
        assert_near(&format!("{what}, {name}"), ours, &theirs, 1e-12);
    }
    assert_eq!(ours.len(), NAMES.len());
}

#[test]
fn products_and_diagonals_agree_with_backpack() {
    let vector: Vec<_> =
        NAMES.iter().map(|name| frozen("curvature", &format!("v_{name}"))).collect();
    for name in ["cross_entropy", "mse"] {
        let folder = format!("curvature/{name}");
        let tape = Tape::new();
        let params = leaves(&tape, "curvature", &NAMES);
        let recorder = Recorder::new(&tape);
        let output = output(&recorder, &params);
        let loss = loss(name, output);
        let (hessian, ggn) = (Hessian::new(loss, &params), GaussNewton::new(output, loss, &params));
        let length = tape.len();
        all_near("H·v", &hessian.times(&vector), &folder, "hvp_");
        all_near("G·v", &ggn.times(&vector), &folder, "ggn_");
        all_near("diag H", &diagonal(&hessian), &folder, "diag_h_");
        all_near("diag G, by columns", &diagonal(&ggn), &folder, "diag_ggn_");
        let root = match name {
            "mse" => squared_error_root(&output.value(), Reduction::Mean),
            _ => cross_entropy_root(&output.value(), Reduction::Mean),
        };
        all_near("diag G", &recorder.ggn_diagonal(output, &root), &folder, "diag_ggn_");
        assert_eq!(tape.len(), length, "products leave nothing on the tape");
        let (own, gradients) = (hessian.gradient(), loss.backward_pass().with_respect_to(&params));
        assert_eq!(own.len(), gradients.len());
        for (own, gradient) in own.iter().zip(gradients) {
            assert_near("gradient", own, &gradient.unwrap(), 1e-15);
        }
    }
}

#[test]
fn a_summed_losss_roots_are_those_of_its_hessian() {
    let output = normal::<f64>(&[3, 4], 1);
    let hessian_of = |loss: fn(Var<'_, f64>) -> Var<'_, f64>| {
        let tape = Tape::new();
        let out = tape.leaf(output.clone());
        let hessian = Hessian::new(loss(out), &[out]);
        (0..12)
            .map(|i| {
                let mut unit = Tensor::zeros([3, 4]);
                unit.data_mut()[i] = 1.0;
                hessian.times(&[unit]).remove(0).into_vec()
            })
            .collect::<Vec<_>>()
    };
    let check = |hessian: Vec<Vec<f64>>, root: Vec<Tensor<f64>>| {
        for (i, row) in hessian.iter().enumerate() {
            for (j, &element) in row.iter().enumerate() {
                let product = |s: &Tensor<f64>| s.data()[i] * s.data()[j];
                let same_sample = i / 4 == j / 4;
                let ours = if same_sample { root.iter().map(product).sum() } else { 0.0 };
                assert!((ours - element).abs() < 1e-14, "[{i}, {j}]: {ours}, {element}");
            }
        }
    };
    check(
        hessian_of(|out| out.cross_entropy_sum(&[0, 3, 1])),
        cross_entropy_root(&output, Reduction::Sum),
    );
    check(
        hessian_of(|out| out.mse_sum(out.tape().constant(Tensor::zeros([3, 4])))),
        squared_error_root(&output, Reduction::Sum),
    );
}

/// A matrix written down, to try the estimates on.
struct Written(Tensor<f64>);

impl Curvature<f64> for Written {
    fn shapes(&self) -> Vec<Shape> {
        vec![[2].into(), [self.0.shape()[0] - 2].into()]
    }

    fn times(&self, vector: &[Tensor<f64>]) -> Vec<Tensor<f64>> {
        let joined = Tensor::concat(&vector.iter().collect::<Vec<_>>(), 0);
        let product = self.0.matmul(&joined.unsqueeze(1)).squeeze(1);
        vec![product.rows(0..2), product.rows(2..product.len())]
    }
}

fn split(x: &Tensor<f64>) -> Vec<Tensor<f64>> {
    vec![x.rows(0..2), x.rows(2..x.len())]
}

#[test]
fn estimates_of_a_matrix_that_is_known() {
    // Q·diag(9, 4, 1, 1, ½)·Qᵀ with Q a reflection, so that the eigenvalues are known exactly.
    let (size, u) = (5, normal::<f64>(&[5, 1], 2));
    let q = Tensor::eye(size) - u.matmul_nt(&u) * (2.0 / u.square().sum());
    let values = Tensor::vector(&[9.0, 4.0, 1.0, 1.0, 0.5]);
    let matrix = Written((&q * &values).matmul(&q));

    let estimate = trace(&matrix, 4_000, &mut Rng::new(3));
    assert!((estimate.mean - 15.5).abs() < 4.0 * estimate.error, "{estimate:?}");
    assert!(estimate.error < 0.3 && estimate.error > 0.01, "{estimate:?}");

    let exact = diagonal(&matrix);
    let own: Vec<f64> = (0..size).map(|i| matrix.0[[i, i]]).collect();
    assert_near(
        "diagonal",
        &Tensor::concat(&[&exact[0], &exact[1]], 0),
        &Tensor::vector(&own),
        0.0,
    );
    let draws = diagonal_estimate(&matrix, 4_000, &mut Rng::new(4));
    assert_eq!(draws.len(), exact.len());
    for (exact, draws) in exact.iter().zip(&draws) {
        assert_near("diagonal estimate", draws, exact, 0.3);
    }

    let top = largest_eigenvalue(&matrix, split(&Tensor::ones([5])), 1e-14, 1000);
    assert!((top.value - 9.0).abs() < 1e-9 && top.products < 100, "{}", top.value);
    assert!((dot(&top.vector, &top.vector) - 1.0).abs() < 1e-12);
    for (product, v) in matrix.times(&top.vector).iter().zip(&top.vector) {
        assert_near("eigenvector", product, &(v * 9.0), 1e-5);
    }

    let b = split(&normal(&[5], 5));
    let Solution { x, residual, converged, products } = conjugate_gradients(&matrix, 0.25, &b, 100);
    assert!(converged && residual <= 1e-4 && products <= 6, "{residual} after {products}");
    for ((product, x), b) in matrix.times(&x).iter().zip(&x).zip(&b) {
        assert_near("solved", &(product + x * 0.25), b, 1e-3);
    }
    // Cut off, it says how far it has come, and how far not.
    let cut = conjugate_gradients(&matrix, 0.25, &b, 2);
    let left = |(product, (x, b)): (&Tensor<f64>, (_, _))| b - &(product + x * 0.25);
    let rest: Vec<_> = matrix.times(&cut.x).iter().zip(cut.x.iter().zip(&b)).map(left).collect();
    let right = (dot(&rest, &rest) / dot(&b, &b)).sqrt();
    assert!(!cut.converged && cut.products == 2, "{cut:?}");
    assert!(right > 1e-3 && (cut.residual / right - 1.0).abs() < 1e-9, "{cut:?}, not {right}");
    // What has no curvature, or NaN for one, is not divided by.
    for bad in [0.0, -1.0, f64::NAN] {
        let found = conjugate_gradients(&Written(Tensor::eye(5) * bad), 0.0, &b, 100);
        assert!(!found.converged && found.products == 1 && found.residual == 1.0, "{found:?}");
        assert_eq!(dot(&found.x, &found.x), 0.0, "{bad}");
    }
    let nothing = conjugate_gradients(&matrix, 0.0, &split(&Tensor::zeros([5])), 100);
    assert_eq!((dot(&nothing.x, &nothing.x), nothing.products), (0.0, 0));
    assert!(nothing.converged && nothing.residual == 0.0);
}

#[test]
fn for_rectifiers_both_diagonals_are_one() {
    // A net of ReLUs is straight in each single weight, so what the two differ by has a diagonal
    // of zeros.
    let tape = Tape::<f64>::new();
    let shapes: [&[usize]; 4] = [&[6, 4], &[6], &[3, 6], &[3]];
    let p: Vec<_> = shapes.iter().zip(10..).map(|(s, seed)| tape.leaf(normal(s, seed))).collect();
    let recorder = Recorder::new(&tape);
    let h = recorder.linear(tape.constant(normal(&[5, 4], 16)), p[0], Some(p[1])).relu();
    let scores = recorder.linear(h, p[2], Some(p[3]));
    let loss = scores.cross_entropy(&[0, 1, 2, 1, 0]);
    let (hessian, ggn) = (Hessian::new(loss, &p), GaussNewton::new(scores, loss, &p));
    for (h, g) in diagonal(&hessian).iter().zip(&diagonal(&ggn)) {
        assert_near("diagonals", h, g, 1e-14);
    }
    let v: Vec<_> = p.iter().zip(20..).map(|(p, seed)| normal(&p.shape(), seed)).collect();
    let apart = hessian.times(&v)[0].max_abs_diff(&ggn.times(&v)[0]);
    assert!(apart > 1e-3, "the matrices themselves differ: {apart}");
}
