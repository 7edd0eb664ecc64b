//! Batch normalisation in both modes: PyTorch, finite differences, the tape.

use super::common::{assert_near, both_roads, check_layer, golden, normal, same_everywhere};
use super::{assert_says, bits, check_twice};
use longhand::layers::{BatchNorm, BatchNorm1d, BatchNorm2d, Layer, Mode};
use longhand::{Scalar, Tape, Tensor, sequential};

/// A layer with weights and running statistics that are not what they begin as.
fn used<const D: usize, T: Scalar>(channels: usize) -> BatchNorm<D, T> {
    let mut norm = BatchNorm::new(channels);
    norm.weight.value = normal(&[channels], 1);
    norm.bias.value = normal(&[channels], 2);
    norm.running_mean = normal(&[channels], 3);
    norm.running_var = normal::<T>(&[channels], 4).square();
    norm
}

/// `nn.BatchNorm1d` and `nn.BatchNorm2d` in training, then in evaluation
fn against_pytorch<const D: usize>(case: &str, mut norm: BatchNorm<D, f64>) {
    let get = |name: &str| golden(&format!("chapter6/batch_norm/{case}/{name}"));
    (norm.weight.value, norm.bias.value) = (get("weight"), get("bias"));
    norm.forward(&get("first"));
    for (mode, name) in [(Mode::Train, "train"), (Mode::Eval, "eval")] {
        let get = |what: &str| get(&format!("{name}/{what}"));
        norm.set_mode(mode);
        assert_near(case, &norm.forward(&get("x")), &get("y"), 1e-12);
        assert_near(case, &norm.backward(&get("up")), &get("d_x"), 1e-12);
        for param in norm.params_mut() {
            let theirs = get(&format!("d_{}", param.name));
            assert_near(param.name, &param.take_grad().unwrap(), &theirs, 1e-12);
        }
        assert_near("running mean", &norm.running_mean, &get("running_mean"), 1e-12);
        assert_near("running variance", &norm.running_var, &get("running_var"), 1e-12);
    }
}

#[test]
fn both_modes_are_those_of_pytorch() {
    against_pytorch("rows", BatchNorm1d::new(5));
    against_pytorch("sequences", BatchNorm1d::new(3).momentum(0.3).eps(1e-3));
    against_pytorch("images", BatchNorm2d::new(4));
}

/// `F.batch_norm(x, None, None, weight, bias, training=True)` under `tanh(y)²`, differentiated,
/// weighted, and differentiated again
#[test]
fn second_derivatives_are_those_of_pytorch() {
    let get = |name: &str| golden(&format!("chapter6/second_order/{name}"));
    let names = ["x", "weight", "bias"];
    let tape = Tape::new();
    let [x, weight, bias] = names.map(|name| tape.leaf(get(name)));
    let loss = x.batch_norm(weight, bias, 1e-5).tanh().square().sum();
    assert_near("loss", &loss.value(), &get("loss"), 1e-12);
    let first = loss.grad_create_graph([x, weight, bias]);
    let mut weighted = tape.constant(Tensor::scalar(0.0));
    for (name, g) in names.into_iter().zip(first) {
        assert_near(name, &g.value(), &get(&format!("d_{name}")), 1e-12);
        weighted = weighted + (g * tape.constant(get(&format!("v_{name}")))).sum();
    }
    assert_near("weighted", &weighted.value(), &get("weighted"), 1e-11);
    for (name, g) in names.into_iter().zip(weighted.grad([x, weight, bias])) {
        assert_near(name, &g, &get(&format!("dd_{name}")), 1e-11);
    }
}

#[test]
fn derivatives_of_both_orders() {
    let (weight, bias) = (normal(&[3], 5), normal(&[3], 6));
    for shape in [&[4, 3][..], &[2, 3, 3], &[2, 3, 2, 2]] {
        let x = normal(shape, 7);
        check_twice("batch norm", [&x, &weight, &bias], |[x, w, b]| {
            x.batch_norm(w, b, 1e-5).tanh()
        });
        let (mean, variance) = (normal(&[3], 8), normal::<f64>(&[3], 9).square());
        check_twice("given statistics", [&x, &weight, &bias], |[x, w, b]| {
            x.batch_norm_with(&mean, &variance, w, b, 1e-5).tanh()
        });
    }
    for mode in [Mode::Train, Mode::Eval] {
        let (mut rows, mut images) = (used::<1, f64>(3), used::<2, f64>(3));
        rows.set_mode(mode);
        images.set_mode(mode);
        // Finite differences run the layer forward often; only training moves its statistics.
        check_layer(&mut rows, &normal(&[4, 3], 10));
        check_layer(&mut rows, &normal(&[2, 3, 5], 11));
        check_layer(&mut images, &normal(&[2, 3, 2, 3], 12));
    }
}

fn hand_is_tape<T: Scalar>() {
    let (mut rows, mut images) = (used::<1, T>(5), used::<2, T>(5));
    for mode in [Mode::Train, Mode::Eval] {
        rows.set_mode(mode);
        images.set_mode(mode);
        both_roads(&mut rows, &normal(&[7, 5], 13));
        both_roads(&mut rows, &normal(&[7, 5, 9], 14));
        both_roads(&mut images, &normal(&[7, 5, 4, 11], 15));
    }
}

#[test]
fn by_hand_is_by_tape_bit_for_bit() {
    hand_is_tape::<f32>();
    hand_is_tape::<f64>();
}

#[test]
fn evaluation_treats_each_sample_by_itself() {
    let mut norm = used::<2, f32>(3);
    norm.set_mode(Mode::Eval);
    let x = normal::<f32>(&[4, 3, 5, 5], 17);
    let (all, before) = (norm.forward(&x), bits(&[&norm.running_mean, &norm.running_var]));
    assert!(norm.forward(&x.rows(2..3)).same_bits(&all.rows(2..3)));
    assert_eq!(bits(&[&norm.running_mean, &norm.running_var]), before, "evaluation learns nothing");
}

#[test]
fn backward_belongs_to_the_mode_of_its_forward() {
    let (x, up) = (normal(&[6, 4], 19), normal(&[6, 4], 20));
    let mut norm = used::<1, f64>(4);
    norm.forward(&x);
    let trained = norm.backward(&up);
    norm.forward(&x);
    norm.set_mode(Mode::Eval);
    assert!(norm.backward(&up).same_bits(&trained));
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    let (x, up) = (normal::<f32>(&[50, 7, 11, 13], 21), normal::<f32>(&[50, 7, 11, 13], 22));
    same_everywhere(|| {
        let mut norm = used::<2, f32>(7);
        let (y, d_x) = (norm.forward(&x), norm.backward(&up));
        let gradients = [norm.weight.grad().unwrap(), norm.bias.grad().unwrap()];
        bits(&[&y, &d_x, gradients[0], gradients[1], &norm.running_mean, &norm.running_var])
    });
}

/// Two elements are the fewest that have a variance: of 1 and 3 it is 1, and 2 without bias.
#[test]
fn a_batch_of_two() {
    let mut norm = BatchNorm1d::<f64>::new(1).eps(0.0);
    let y = norm.forward(&Tensor::new([2, 1], vec![1.0, 3.0]));
    assert_eq!(y.data(), [-1.0, 1.0]);
    assert_near("mean", &norm.running_mean, &Tensor::vector(&[0.2]), 1e-15);
    assert_near("variance", &norm.running_var, &Tensor::vector(&[0.9 + 0.2]), 1e-15);
}

#[test]
fn mistakes_are_told() {
    let mut rows = BatchNorm1d::<f32>::new(3);
    assert_says(|| rows.forward(&Tensor::zeros([2, 4])), &["[n, 3] or [n, 3, l]", "[2, 4]"]);
    let mut images = BatchNorm2d::<f32>::new(3);
    let flat = Tensor::zeros([2, 3, 16]);
    assert_says(|| images.forward(&flat), &["BatchNorm2d", "[n, 3, h, w]", "[2, 3, 16]"]);
    assert_says(|| rows.forward(&Tensor::zeros([1, 3])), &["one element has no variance"]);
    let tape = Tape::<f32>::new();
    let (x, p) = (tape.leaf(Tensor::zeros([1, 3])), tape.leaf(Tensor::zeros([3])));
    assert_says(|| x.batch_norm(p, p, 1e-5), &["one element has no variance"]);
    assert_says(|| x.batch_norm(x, p, 1e-5), &["[3]", "[1, 3]"]);
    assert_says(|| p.batch_norm(p, p, 1e-5), &["[n, c, ..]", "[3]"]);
    let four = Tensor::zeros([4]);
    assert_says(|| x.batch_norm_with(&four, &four, p, p, 1e-5), &["[3]", "[4]"]);
    // In evaluation a single sample is nothing special.
    let net = sequential![rows];
    assert_eq!(net.predict(&Tensor::zeros([1, 3])).shape(), [1, 3]);
}
