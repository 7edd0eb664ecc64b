//! The answers to the exam in the appendix on teaching are computed here, and stand in the page.

use exercises::exercise::folder;
use longhand::by_hand::{lin_grad, relu, relu_grad};
use longhand::layers::{CrossEntropy, Layer, Linear, Loss, Sequential};
use longhand::models::lenet;
use longhand::tensor::Shape;
use longhand::wtb::GradientStats;
use longhand::{Rng, Tape, Tensor, init, mebp};

/// The page, and what must stand in it.
struct Exam(String);

impl Exam {
    fn read() -> Exam {
        let path = folder().join("../book/src/teaching.md");
        Exam(std::fs::read_to_string(path).unwrap().replace('−', "-"))
    }

    #[track_caller]
    fn says(&self, words: impl ToString) {
        let words = words.to_string();
        assert!(self.0.contains(&words), "the exam should say {words:?}");
    }
}

/// A matrix as the page writes it.
fn rows(matrix: &Tensor<f64>) -> String {
    let row = |row: &[f64]| format!("{row:?}").replace(".0", "");
    let rows: Vec<_> = matrix.data().chunks(matrix.shape()[1]).map(row).collect();
    format!("[{}]", rows.join(", "))
}

#[test]
fn tensors_and_first_weights() {
    let exam = Exam::read();
    let shape = Shape::from([2, 3, 4]);
    let strides = [12, 4, 1];
    let counted = Tensor::<f64>::arange(24).reshape(shape);
    for [i, j, k] in [[1, 0, 2], [1, 2, 3], [0, 1, 0]] {
        let place = i * strides[0] + j * strides[1] + k * strides[2];
        assert_eq!(counted[[i, j, k]], place as f64);
    }
    exam.says(format!("Strides `{strides:?}`, place {}", counted[[1, 0, 2]]));
    let common = Tensor::<f64>::zeros([2, 1, 4]) + Tensor::zeros([3, 1]);
    exam.says(format!("in common is `{}`", common.shape()));
    let large = 16_777_216_f32;
    exam.says(format!("The two sums are {} and {}", (large + 1.0) + 1.0, large + (1.0 + 1.0)));
    exam.says(format!("√(1/300) = {:.4}", (1.0_f64 / 300.0).sqrt()));
    exam.says(format!("√(2/300) = {:.4}", (2.0_f64 / 300.0).sqrt()));
}

#[test]
fn gradients_by_hand_and_on_the_tape() {
    let exam = Exam::read();
    let matrix = |data: [f64; 4]| Tensor::new([2, 2], data.to_vec());
    let (x, w) = (Tensor::new([1, 2], vec![1.0, 2.0]), matrix([1.0, -1.0, 0.0, 1.0]));
    let out = x.matmul(&w) + Tensor::vector(&[0.0, -2.0]);
    let loss = relu(&out).square().sum();
    let d_out = relu_grad(&out, &(relu(&out) * 2.0));
    let (d_x, d_w, d_b) = lin_grad(&x, &w, &d_out);
    exam.says(format!("out = {}   loss = {loss}   d_out = {}", rows(&out), rows(&d_out)));
    let d_b = rows(&d_b.unsqueeze(0));
    let d_b = &d_b[1..d_b.len() - 1];
    exam.says(format!("d_w = {}   d_b = {d_b}   d_x = {}", rows(&d_w), rows(&d_x)));

    let mut cross_entropy = CrossEntropy::mean();
    let scores = Tensor::new([1, 3], vec![0.0, 0.0, 2.0_f64.ln()]);
    let loss: f64 = cross_entropy.forward(&scores, &[0]);
    exam.says(format!("the loss is ln 4 = {loss:.4}"));
    let gradient: Tensor<f64> = cross_entropy.backward();
    let rounded: Vec<f64> = gradient.data().iter().map(|g| (g * 1e9).round() / 1e9).collect();
    exam.says(format!("p - y = {rounded:?}"));

    let tape = Tape::<f64>::new();
    let a = tape.leaf(Tensor::scalar(3.0));
    let b = a * a;
    let c = b + a;
    let d = c * b;
    let [b_value, c_value, d_value] = [b, c, d].map(|var| var.value().item());
    exam.says(format!("Values {b_value}, {c_value}, {d_value}."));
    let found = d.backward_pass().with_respect_to(&[a, b]);
    let [to_a, to_b] = [0, 1].map(|i| found[i].as_ref().unwrap().item());
    exam.says(format!("Now b has {to_b} and hands 6·{to_b} = {} to a", 6.0 * to_b));
    exam.says(format!("which has {to_a} in all"));
    exam.says(format!("a would have {} + {b_value} = {}", 6.0 * c_value, 6.0 * c_value + b_value));
}

#[test]
fn sizes_and_memory() {
    let exam = Exam::read();
    let net = lenet::<f32>(&mut Rng::new(0), [0.0, 0.0]);
    let mut sizes: Vec<usize> = Vec::new();
    let mut x = Tensor::<f32>::zeros([1, 1, 28, 28]);
    for layer in &net.layers {
        x = layer.predict(&x);
        if let [_, _, size, _] = x.shape()[..]
            && sizes.last() != Some(&size)
        {
            sizes.push(size);
        }
    }
    assert_eq!(sizes, [24, 12, 8, 4]);
    exam.says("24, 12, 8, 4.");
    let counts: Vec<usize> = net.params().iter().map(|param| param.value.len()).collect();
    let [first, second] = [counts[0] + counts[1], counts[2] + counts[3]];
    exam.says(format!("{first} and {},{:03} parameters", second / 1000, second % 1000));

    // The columns of the image that move anything in the corner of the last map.
    let rng = &mut Rng::new(1);
    let image = init::normal([1, 1, 28, 28], 0.0, 1.0, rng);
    let corner = |image: &Tensor<f32>| {
        let mut x = image.clone();
        for layer in net.layers.iter().take_while(|layer| layer.name() != "Flatten") {
            x = layer.predict(&x);
        }
        (0..50).map(|map| x[[0, map, 0, 0]]).collect::<Vec<_>>()
    };
    let before = corner(&image);
    let moves = |&column: &usize| {
        let mut moved = image.clone();
        (0..28).for_each(|row| moved[[0, 0, row, column]] += 100.0);
        corner(&moved) != before
    };
    let seen = (0..28).filter(moves).count();
    exam.says(format!("then 14 + 2 = {seen}"));

    let layers = (0..12).map(|_| Box::new(Linear::<f32>::without_bias(5, 5, rng)) as _);
    let net = Sequential::new(layers.collect());
    let sizes = mebp::sizes(&net);
    let (all, layer) = (sizes.all / 25, sizes.layer / 25);
    exam.says(format!("so {}n. Layer by layer: {}n", 4 * all, 3 * all + layer));
    let held = |s: usize| s - 1 + 36_usize.div_ceil(s);
    let best = (1..=36).min_by_key(|&s| held(s)).unwrap();
    assert_eq!(best, 6);
    exam.says(format!("6 - 1 + 36/6 = {}", held(best)));
    exam.says(format!("1 + ⅓·⅚ = {:.3}", 1.0 + 5.0 / 18.0));
}

#[test]
fn noise_time_and_squares() {
    let exam = Exam::read();
    for (gradients, name) in [([3.0, 1.0, 2.0, 2.0], "first"), ([0.0, 0.0, 0.0, 4.0], "second")] {
        let mut stats = GradientStats::new([1]);
        gradients.iter().for_each(|&g| stats.add(&Tensor::vector(&[g])));
        let (mean, variance) = (stats.mean().item(), stats.variance().item());
        let (error, ratio) = (stats.standard_error().item(), stats.snr().item());
        exam.says(format!(
            "The {name}: mean {mean}, variance {variance}, error {error:.3}, ratio {ratio:.3}."
        ));
        assert!(ratio > 1.0);
    }
    let (layers, forward, back, line) = (3, 1, 2, 10);
    let locked = layers * (forward + back) + 2 * (layers - 1) * line;
    let decoupled = forward + back + 1;
    exam.says(format!("3·(1 + 2) + 4·10 = {locked}"));
    exam.says(format!("1 + 2 + 1 = {decoupled}, whatever"));
    exam.says(format!("{} times as often", f64::from(locked) / f64::from(decoupled)));

    let own = [(1.0, 2.0), (3.0, -1.0_f64)].map(|(x, g)| x * g);
    let (sum, squares) = (own[0] + own[1], own[0] * own[0] + own[1] * own[1]);
    exam.says(format!("{} and {}; sum {sum}, sum of squares {squares}", own[0], own[1]));
    exam.says(format!("= {}.", squares / 2.0 - (sum / 2.0) * (sum / 2.0)));
}
