//! Everything of first order: against BackPACK, and against one sample at a time.

use super::common::{assert_near, golden_labels, normal};
use super::{frozen, leaves};
use longhand::layers::Statistics;
use longhand::per_sample::{Recorder, Samples, Scaling, reference};
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Tape, Tensor};

const NAMES: [&str; 10] = [
    "0_weight", "0_bias", "1_weight", "1_bias", "3_weight", "3_bias", "5_weight", "5_bias",
    "7_weight", "7_bias",
];

/// Two convolutions, a batch normalisation with given statistics, two linear layers.
fn scores<'t>(recorder: &Recorder<'t, f64>, p: &[Var<'t, f64>], x: Var<'t, f64>) -> Var<'t, f64> {
    let frozen = |name| frozen("quantities", name);
    let first = Window::new([3, 2]).stride([1, 2]).padding([1, 0]);
    let (mean, var) = (frozen("mean"), frozen("var"));
    let statistics = Statistics::Given { mean: &mean, var: &var };
    let h = recorder.conv2d(x, p[0], Some(p[1]), first);
    let h = recorder.batch_norm(h, p[2], p[3], statistics, 1e-5).sigmoid();
    let h = recorder.conv2d(h, p[4], Some(p[5]), Window::new([2, 2])).flatten(1);
    let h = recorder.linear(h, p[6], Some(p[7])).sigmoid();
    recorder.linear(h, p[8], Some(p[9]))
}

type Quantity = for<'t> fn(&Samples<'t, f64>, Var<'t, f64>) -> Var<'t, f64>;

const QUANTITIES: [(&str, Quantity); 5] = [
    ("sum", |samples, param| samples.sum(param)),
    ("individual", |samples, param| samples.individual(param)),
    ("square_norms", |samples, param| samples.square_norms(param)),
    ("sum_squares", |samples, param| samples.sum_squares(param)),
    ("variance", |samples, param| samples.variance(param)),
];

#[test]
fn backpack_agrees_for_every_layer_under_both_losses() {
    let labels = golden_labels("chapter10/quantities/labels");
    for reduction in ["sum", "mean"] {
        for recorded in [true, false] {
            let tape = Tape::new();
            let params = leaves(&tape, "quantities", &NAMES);
            let recorder = Recorder::new(&tape);
            let scores = scores(&recorder, &params, tape.constant(frozen("quantities", "x")));
            let loss = match reduction {
                "sum" => scores.cross_entropy_sum(&labels),
                _ => scores.cross_entropy(&labels),
            };
            let samples = match recorded {
                true => recorder.backward_create_graph(loss, Scaling::Share),
                false => recorder.backward(loss, Scaling::Share),
            };
            assert_eq!(samples.count(), 6);
            for (&param, name) in params.iter().zip(NAMES) {
                for (quantity, compute) in QUANTITIES {
                    let theirs = frozen("quantities", &format!("{reduction}/{quantity}_{name}"));
                    let ours = compute(&samples, param);
                    assert_near(&format!("{quantity} of {name}"), &ours.value(), &theirs, 1e-12);
                    assert_eq!(ours.needs_grad(), recorded);
                }
            }
        }
    }
}

#[test]
fn each_samples_own_loss_or_its_share() {
    // For a mean over N, own gradients are N times the shares: those of the summed loss.
    let labels = golden_labels("chapter10/quantities/labels");
    let quantities = |mean: bool, scaling: Scaling| {
        let tape = Tape::new();
        let params = leaves(&tape, "quantities", &NAMES);
        let recorder = Recorder::new(&tape);
        let scores = scores(&recorder, &params, tape.constant(frozen("quantities", "x")));
        let loss =
            if mean { scores.cross_entropy(&labels) } else { scores.cross_entropy_sum(&labels) };
        let samples = recorder.backward(loss, scaling);
        let all = params.iter().flat_map(|&param| QUANTITIES.map(|(_, q)| q(&samples, param)));
        all.map(|quantity| quantity.value()).collect::<Vec<_>>()
    };
    let summed = quantities(false, Scaling::Share);
    for (own, summed) in quantities(true, Scaling::Own).iter().zip(&summed) {
        assert_near("own", own, summed, 1e-13);
    }
    for (i, (share, summed)) in quantities(true, Scaling::Share).iter().zip(&summed).enumerate() {
        let factor = if i % 5 < 2 { 6.0 } else { 36.0 }; // linear in g, or quadratic
        assert_near("share", &(share * factor), summed, 1e-13);
    }
}

#[test]
fn the_reference_gives_the_same_rows() {
    let labels = golden_labels("chapter10/quantities/labels");
    let (tape, x) = (Tape::new(), frozen("quantities", "x"));
    let params = leaves(&tape, "quantities", &NAMES);
    let unread = Recorder::new(&tape);
    let stacked = reference::gradients(6, &params, |i| {
        let x = tape.constant(x.rows(i..i + 1));
        scores(&Recorder::new(&tape), &params, x).cross_entropy_sum(&labels[i..i + 1])
    });
    let loss = scores(&unread, &params, tape.constant(x.clone())).cross_entropy_sum(&labels);
    let samples = unread.backward_create_graph(loss, Scaling::Share);
    let flat: Vec<_> = params.iter().map(|&p| samples.individual(p).value().flatten(1)).collect();
    let ours = Tensor::concat(&flat.iter().collect::<Vec<_>>(), 1);
    assert_near("rows", &ours, &stacked.value(), 1e-12);
    // And the sum is the gradient of the batch, as the tape has it.
    for (gradient, &param) in
        loss.backward_pass().retain_graph().with_respect_to(&params).into_iter().zip(&params)
    {
        assert_near("sum", &samples.sum(param).value(), &gradient.unwrap(), 1e-12);
    }
}

/// Σ and norms of a matrix of individual gradients, for what follows.
#[track_caller]
fn all_agree(samples: &Samples<'_, f64>, param: Var<'_, f64>, individual: &Tensor<f64>) {
    let near = |what: &str, ours: Var<'_, f64>, theirs: Tensor<f64>| {
        assert_near(what, &ours.value(), &theirs, 1e-12);
    };
    let n = individual.shape()[0] as f64;
    let squares = individual.square();
    let (sum, sum_squares) = (individual.sum_axis(0), squares.sum_axis(0));
    near("individual", samples.individual(param), individual.clone());
    near("square norms", samples.square_norms(param), squares.flatten(1).sum_axis(1));
    near("variance", samples.variance(param), &sum_squares / n - (&sum / n).square());
    near("sum", samples.sum(param), sum);
    near("sum of squares", samples.sum_squares(param), sum_squares);
}

#[test]
fn a_parameter_that_is_used_twice_adds_its_uses_up_first() {
    // A recurrent net of two steps: (a + b)² is not a² + b².
    fn run<'t>(recorder: &Recorder<'t, f64>, w: Var<'t, f64>, x: Tensor<f64>) -> Var<'t, f64> {
        let h = recorder.linear(w.tape().constant(x), w, None).tanh();
        recorder.linear(h, w, None).square().sum()
    }
    let tape = Tape::<f64>::new();
    let w = tape.leaf(normal(&[3, 3], 1));
    let x = normal::<f64>(&[5, 3], 2);
    let stacked =
        reference::gradients(5, &[w], |i| run(&Recorder::new(&tape), w, x.rows(i..i + 1)));
    let stacked = stacked.value().reshape([5, 3, 3]);
    let recorder = Recorder::new(&tape);
    let loss = run(&recorder, w, x);
    assert_eq!(recorder.params().len(), 1);
    all_agree(&recorder.backward_create_graph(loss, Scaling::Share), w, &stacked);
}

#[test]
fn copies_and_rules_of_ones_own_do_for_any_layer() {
    fn scale_rule<'t>(x: Var<'t, f64>, d: Var<'t, f64>) -> Var<'t, f64> {
        d * x
    }
    let tape = Tape::<f64>::new();
    let (w, s, x) = (tape.leaf(normal(&[2, 3], 3)), tape.leaf(normal(&[2], 4)), normal(&[5, 3], 5));
    // By formula: y = tanh(x·Wᵀ), L = Σ (y·s)².
    let y = x.matmul_nt(&w.value()).tanh();
    let of_y = &y * s.value().square() * 2.0;
    let of_z = of_y * (1.0 - y.square());
    let (of_w, of_s) = (of_z.unsqueeze(2) * x.unsqueeze(1), y.square() * s.value() * 2.0);

    let recorder = Recorder::new(&tape);
    let own = recorder.copies(w, 5); // [5, 2, 3]
    let y = (own * tape.constant(x.unsqueeze(1))).sum_axis(2).tanh();
    let scaled = y * s;
    recorder.record_use(s, y, scaled, scale_rule);
    let samples = recorder.backward_create_graph(scaled.square().sum(), Scaling::Share);
    all_agree(&samples, w, &of_w);
    all_agree(&samples, s, &of_s);
    let all = samples.square_norms(w) + samples.square_norms(s);
    assert_near("both", &samples.total_square_norms().value(), &all.value(), 1e-12);
}

#[test]
fn a_layer_that_the_loss_does_not_depend_on_has_zeros() {
    let tape = Tape::<f64>::new();
    let (w, idle) = (tape.leaf(normal(&[2, 3], 6)), tape.leaf(normal(&[2, 3], 7)));
    for recorded in [true, false] {
        let recorder = Recorder::new(&tape);
        let x = tape.constant(normal(&[4, 3], 8));
        let _ = recorder.linear(x, idle, None);
        let loss = recorder.linear(x, w, None).square().sum();
        let samples = match recorded {
            true => recorder.backward_create_graph(loss, Scaling::Share),
            false => recorder.backward(loss, Scaling::Share),
        };
        all_agree(&samples, idle, &Tensor::zeros([4, 2, 3]));
    }
}
