//! Group normalisation: PyTorch, finite differences, the tape, and each sample by itself.

use super::common::{
    assert_near, assert_says, both_roads, check_layer, golden, normal, same_everywhere,
};
use longhand::layers::{Conv2d, Flatten, GroupNorm, Layer, Linear, Relu, Sequential};
use longhand::per_sample::{Recorder, Scaling, reference};
use longhand::tensor::Window;
use longhand::{Rng, Scalar, Tape, Tensor, sequential};

/// A layer with weights that are not what they begin as.
fn used<T: Scalar>(groups: usize, channels: usize) -> GroupNorm<T> {
    let mut norm = GroupNorm::new(groups, channels);
    norm.weight.value = normal(&[channels], 1);
    norm.bias.value = normal(&[channels], 2);
    norm
}

/// `F.group_norm(x, groups, weight, bias, eps=1e-3)` under `tanh(y)²`, differentiated, weighted,
/// and differentiated again
#[test]
fn both_orders_are_those_of_pytorch() {
    for (case, groups) in [("rows", 2), ("images", 3), ("layer", 1), ("instance", 4)] {
        let get = |name: &str| golden(&format!("chapter10/group_norm/{case}/{name}"));
        let names = ["x", "weight", "bias"];
        let tape = Tape::new();
        let [x, weight, bias] = names.map(|name| tape.leaf(get(name)));
        let y = x.group_norm(groups, weight, bias, 1e-3);
        assert_near(case, &y.value(), &get("y"), 1e-12);
        let loss = y.tanh().square().sum();
        let first = loss.grad_create_graph([x, weight, bias]);
        let mut weighted = tape.constant(Tensor::scalar(0.0));
        for (name, g) in names.into_iter().zip(first) {
            assert_near(name, &g.value(), &get(&format!("d_{name}")), 1e-11);
            weighted = weighted + (g * tape.constant(get(&format!("v_{name}")))).sum();
        }
        for (name, g) in names.into_iter().zip(weighted.grad([x, weight, bias])) {
            assert_near(name, &g, &get(&format!("dd_{name}")), 1e-10);
        }
        // By hand: from dL/dy, which is 2·tanh(y)·(1 − tanh(y)²).
        let mut norm = GroupNorm::new(groups, get("weight").len()).eps(1e-3);
        (norm.weight.value, norm.bias.value) = (get("weight"), get("bias"));
        let t = norm.forward(&get("x")).tanh();
        let d_y = &t * (1.0 - t.square()) * 2.0;
        assert_near("d_x by hand", &norm.backward(&d_y), &get("d_x"), 1e-11);
        for param in norm.params_mut() {
            let theirs = get(&format!("d_{}", param.name));
            assert_near(param.name, &param.take_grad().unwrap(), &theirs, 1e-11);
        }
    }
}

#[test]
fn gradients_are_those_of_finite_differences() {
    check_layer(&mut used(2, 4), &normal(&[3, 4], 3));
    check_layer(&mut used(2, 4), &normal(&[2, 4, 3, 2], 4));
    check_layer(&mut used(3, 3), &normal(&[2, 3, 5], 5));
}

#[test]
fn by_hand_is_by_tape_bit_for_bit() {
    both_roads(&mut used::<f32>(2, 6), &normal(&[7, 6, 4, 11], 6));
    both_roads(&mut used::<f64>(3, 6), &normal(&[7, 6, 9], 7));
    both_roads(&mut used::<f32>(1, 6), &normal(&[7, 6], 8));
}

fn net() -> Sequential<f64> {
    let rng = &mut Rng::new(9);
    sequential![
        Conv2d::new(1, 4, Window::new([2, 2]), rng),
        used(2, 4),
        Relu::new(),
        Flatten::new(),
        Linear::new(4 * 12, 3, rng),
    ]
}

#[test]
fn in_training_each_sample_keeps_its_own_gradient() {
    let (mut net, tape) = (net(), Tape::<f64>::new());
    let (x, labels) = (normal::<f64>(&[5, 1, 4, 5], 10), [0, 2, 1, 2, 0]);
    let recorder = Recorder::new(&tape);
    let loss = recorder.record(&mut net, tape.constant(x.clone())).cross_entropy_sum(&labels);
    let (params, samples) =
        (recorder.params(), recorder.backward_create_graph(loss, Scaling::Share));
    let one_by_one = reference::gradients(5, &params, |i| {
        let x = tape.constant(x.rows(i..i + 1));
        Recorder::new(&tape).record(&mut net, x).cross_entropy_sum(&labels[i..i + 1])
    });
    let flat: Vec<_> = params.iter().map(|&p| samples.individual(p).flatten(1)).collect();
    let ours = longhand::tape::concat(&flat, 1).value();
    assert_near("individual", &ours, &one_by_one.value(), 1e-13);
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    let (x, up) = (normal::<f32>(&[50, 6, 11, 13], 11), normal::<f32>(&[50, 6, 11, 13], 12));
    same_everywhere(|| {
        let mut norm = used::<f32>(3, 6);
        let (y, d_x) = (norm.forward(&x), norm.backward(&up));
        let gradients = norm.params_mut().into_iter().map(|param| param.take_grad().unwrap());
        let all = [y, d_x].into_iter().chain(gradients);
        all.flat_map(|t| t.data().iter().map(|x| x.to_bits()).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    });
}

#[test]
fn mistakes_are_told() {
    assert_says(|| GroupNorm::<f32>::new(4, 6), &["6 channels", "4 groups"]);
    assert_says(|| GroupNorm::<f32>::new(0, 6), &["0 groups"]);
    let mut norm = GroupNorm::<f32>::new(2, 6);
    assert_says(|| norm.forward(&Tensor::zeros([2, 4, 3])), &["[n, 6, ..]", "[2, 4, 3]"]);
    assert_says(|| norm.backward(&Tensor::zeros([2, 6])), &["without a forward pass"]);
    let tape = Tape::<f32>::new();
    let (x, p) = (tape.leaf(Tensor::zeros([2, 6])), tape.leaf(Tensor::zeros([6])));
    assert_says(|| x.group_norm(4, p, p, 1e-5), &["4 groups", "[2, 6]"]);
    assert_says(|| x.group_norm(6, p, p, 1e-5), &["one element has no variance"]);
    assert_says(|| x.group_norm(2, x, p, 1e-5), &["[2, 6]", "[6]"]);
}
