//! K-FAC, KFLR, the drawn diagonal, and what each sample has of it: BackPACK, and exact cases.

use super::common::{assert_near, assert_says, golden_labels, normal, same_everywhere};
use super::curvature::{NAMES, output};
use super::{frozen, leaves};
use longhand::layers::Reduction;
use longhand::per_sample::{
    Curvature, GaussNewton, Recorder, Scaling, conjugate_gradients, cross_entropy_root, dot,
    sampled_cross_entropy_root, trace,
};
use longhand::{Rng, Tape, Tensor};

/// The number of places of the frozen net's convolution: BackPACK's A is so many times ours.
const PLACES: f64 = 9.0;

#[test]
fn factors_diagonals_and_products_agree_with_backpack() {
    let labels = golden_labels("chapter10/curvature/labels");
    for (name, reduction) in [("mean", Reduction::Mean), ("sum", Reduction::Sum)] {
        let tape = Tape::new();
        let params = leaves(&tape, "curvature", &NAMES);
        let recorder = Recorder::new(&tape);
        let output = output(&recorder, &params);
        let scores = output.value();
        let exact = cross_entropy_root(&scores, reduction);
        let drawn = sampled_cross_entropy_root(&scores, reduction, 3, &mut Rng::new(11));
        let near = |what: &str, ours: &Tensor<f64>, param: &str| {
            let theirs = frozen("kfac", &format!("{name}/{what}_{param}"));
            assert_near(&format!("{what} {param}"), ours, &theirs, 1e-12);
        };
        let (kflr, kfac) = (
            recorder.kronecker_factors(output, &exact),
            recorder.kronecker_factors(output, &drawn),
        );
        for ((kflr, kfac), param) in kflr.blocks.iter().zip(&kfac.blocks).zip(NAMES) {
            near("kflr_output", &kflr.output, param);
            near("kfac_output", &kfac.output, param);
            assert!(kflr.input.same_bits(&kfac.input));
            match param {
                "0_weight" => near("input", &(&kflr.input * PLACES), param),
                "3_weight" | "5_weight" => near("input", &kflr.input, param),
                _ => assert_eq!(kflr.input.data(), [1.0]),
            }
        }
        let all = |what: &str, ours: Vec<Tensor<f64>>| {
            assert_eq!(ours.len(), NAMES.len());
            ours.iter().zip(NAMES).for_each(|(ours, param)| near(what, ours, param));
        };
        all("diag_mc", recorder.ggn_diagonal(output, &drawn));
        all("diag_mc_batch", recorder.ggn_diagonal_per_sample(output, &drawn));
        all("diag_batch", recorder.ggn_diagonal_per_sample(output, &exact));
        let loss = match reduction {
            Reduction::Mean => output.cross_entropy(&labels),
            Reduction::Sum => output.cross_entropy_sum(&labels),
        };
        let samples = recorder.backward(loss, Scaling::Share);
        let products = params.iter().map(|&param| samples.dot_products(param).value());
        all("dot_products", products.collect());
    }
}

#[test]
fn what_is_drawn_is_right_on_average() {
    let scores = normal::<f64>(&[2, 4], 1) * 2.0;
    let exact = cross_entropy_root(&scores, Reduction::Sum);
    let drawn = sampled_cross_entropy_root(&scores, Reduction::Sum, 40_000, &mut Rng::new(2));
    let hessian = |root: &[Tensor<f64>], n: usize| {
        let rows: Vec<_> = root.iter().map(|column| column.rows(n..n + 1)).collect();
        let s = Tensor::concat(&rows.iter().collect::<Vec<_>>(), 0);
        s.matmul_tn(&s)
    };
    for n in 0..2 {
        // A mean of 40,000 numbers between −1 and 1: a standard error of ½ % at most.
        assert_near("S·Sᵀ", &hessian(&drawn, n), &hessian(&exact, n), 0.01);
    }
}

#[test]
fn what_rounding_leaves_belongs_to_the_last_label() {
    // From a number just below 1 the 4096 small probabilities are taken one by one, and are so
    // small that it stays what it is; the last then does not use it up either.
    let mut scores = Tensor::<f32>::full([1, 4097], 2.9e-8_f32.ln());
    scores.data_mut()[4096] = 0.0;
    let draws_it = |&seed: &u64| Rng::new(seed).uniform::<f32>() > 1.0 - 5e-5;
    let seed = (0..1_000_000).find(draws_it).expect("one in twenty thousand");
    let root = sampled_cross_entropy_root(&scores, Reduction::Sum, 1, &mut Rng::new(seed));
    // e_y − p: above 0 at the label alone.
    let above: Vec<_> = (0..4097).filter(|&c| root[0].data()[c] > 0.0).collect();
    assert_eq!(above, [4096]);
}

#[test]
fn one_sample_and_a_linear_net_are_not_approximated() {
    // Both factors come from the one sample, so the mean of the product is the product of the
    // means.
    let tape = Tape::<f64>::new();
    let shapes: [&[usize]; 4] = [&[6, 4], &[6], &[3, 6], &[3]];
    let p: Vec<_> = shapes.iter().zip(10..).map(|(s, seed)| tape.leaf(normal(s, seed))).collect();
    let recorder = Recorder::new(&tape);
    let h = recorder.linear(tape.constant(normal(&[1, 4], 16)), p[0], Some(p[1])).tanh();
    let scores = recorder.linear(h, p[2], Some(p[3]));
    let loss = scores.cross_entropy(&[2]);
    let root = cross_entropy_root(&scores.value(), Reduction::Mean);
    let (kflr, ggn) =
        (recorder.kronecker_factors(scores, &root), GaussNewton::new(scores, loss, &p));
    for i in 0..4 {
        let mut v: Vec<_> = p.iter().map(|p| Tensor::zeros(p.shape())).collect();
        v[i] = normal(shapes[i], 20 + i as u64);
        let (ours, exact) = (kflr.times(&v), ggn.times(&v));
        assert_near("block", &ours[i], &exact[i], 1e-13);
        assert!(exact[i].data().iter().any(|x| x.abs() > 1e-3), "all zero proves nothing");
        // What is not a block is left out.
        let other = (i + 2) % 4;
        assert!(ours[other].data().iter().all(|&x| x == 0.0));
        assert!(exact[other].data().iter().any(|x| x.abs() > 1e-3));
    }
}

#[test]
fn it_is_a_matrix_like_the_others() {
    let tape = Tape::new();
    let params = leaves(&tape, "curvature", &NAMES);
    let recorder = Recorder::new(&tape);
    let output = output(&recorder, &params);
    let root = cross_entropy_root(&output.value(), Reduction::Mean);
    let kflr = recorder.kronecker_factors(output, &root);
    assert_eq!(kflr.shapes(), params.iter().map(|p| p.shape()).collect::<Vec<_>>());
    // tr(B⊗A) = tr B · tr A, and Hutchinson finds it.
    let diagonal_sum = |m: &Tensor<f64>| (0..m.shape()[0]).map(|i| m[[i, i]]).sum::<f64>();
    let of = |block: &longhand::per_sample::KroneckerBlock<f64>| {
        diagonal_sum(&block.output) * diagonal_sum(&block.input)
    };
    let exact: f64 = kflr.blocks.iter().map(of).sum();
    let estimate = trace(&kflr, 500, &mut Rng::new(3));
    assert!((estimate.mean - exact).abs() < 4.0 * estimate.error, "{estimate:?} and {exact}");
    // (B⊗A + λ)·x = b solved: what is left of b is as small as asked for.
    let b: Vec<_> = params.iter().zip(40..).map(|(p, seed)| normal(&p.shape(), seed)).collect();
    let solved = conjugate_gradients(&kflr, 0.1, &b, 200);
    assert!(solved.converged);
    let mut rest = 0.0;
    for ((product, x), b) in kflr.times(&solved.x).iter().zip(&solved.x).zip(&b) {
        rest += (product + x * 0.1 - b).square().sum();
    }
    assert!((rest / dot(&b, &b)).sqrt() < 1.1e-4);
}

#[test]
fn what_has_no_factors_is_refused() {
    let tape = Tape::<f64>::new();
    let (x, w) = (tape.constant(normal(&[4, 3], 1)), tape.leaf(normal(&[3, 3], 2)));
    let twice = Recorder::new(&tape);
    let output = twice.linear(twice.linear(x, w, None).tanh(), w, None);
    let root = cross_entropy_root(&output.value(), Reduction::Mean);
    assert_says(|| twice.kronecker_factors(output, &root), &["K-FAC", "one use", "kfac.rs"]);
    let copies = Recorder::new(&tape);
    let output = x * copies.copies(tape.leaf(normal(&[3], 3)), 4);
    assert_says(|| copies.kronecker_factors(output, &root), &["K-FAC", "inputs of one output"]);
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    same_everywhere(|| {
        let tape = Tape::new();
        let params = leaves(&tape, "curvature", &NAMES);
        let recorder = Recorder::new(&tape);
        let output = output(&recorder, &params);
        let root =
            sampled_cross_entropy_root(&output.value(), Reduction::Mean, 2, &mut Rng::new(4));
        let blocks = recorder.kronecker_factors(output, &root).blocks;
        let bits = |t: &Tensor<f64>| t.data().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        blocks.iter().flat_map(|b| [bits(&b.output), bits(&b.input)]).collect::<Vec<_>>()
    });
}
