//! Chapter 4: layers, modules, training.

mod common;

use common::{
    assert_near, check_layer, golden, golden_labels, normal, numeric_gradient, panic_of,
    same_everywhere,
};
use longhand::by_hand::Net;
use longhand::by_hand::refactor::forms;
use longhand::by_hand::steps::{Moments, adam, descend, momentum};
use longhand::by_hand::weight_gradient::{by_einsum, by_matmul, outer_product};
use longhand::data::Dataset;
use longhand::layers::{
    CrossEntropy, Layer, Linear, LogSoftmax, Loss, Mse, Nll, Relu, Sequential, evaluate,
};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::{Param, Rng, Tensor, sequential};

// The three refactors.

#[test]
fn the_three_refactors_keep_every_bit() {
    let net = Net::<f32>::new(784, 50, &mut Rng::new(1));
    let (x, y) = (normal::<f32>(&[200, 784], 2), normal::<f32>(&[200], 3));
    let (loss, gradients) = net.forward_and_backward(&x, &y);
    for (name, form) in forms() {
        let (its_loss, its_gradients) = form(&net, &x, &y);
        assert_eq!(its_loss, loss, "{name}: loss");
        for ((which, ours), (_, functions)) in
            its_gradients.named().into_iter().zip(gradients.named())
        {
            assert!(ours.same_bits(functions), "{name}: {which}");
            assert!(functions.data().iter().any(|&g| g != 0.0), "{which}: all zero proves nothing");
        }
    }
}

#[test]
fn einsum_and_matmul_give_the_same_bits() {
    let (x, g) = (normal::<f32>(&[130, 20], 4), normal::<f32>(&[130, 7], 5));
    assert!(by_einsum(&x, &g).same_bits(&by_matmul(&x, &g)));
    assert!(outer_product(&x, &g).near(&by_matmul(&x, &g)));
}

// Layers against PyTorch's frozen figures and finite differences.

fn against_pytorch(case: &str, layer: &mut dyn Layer<f64>) {
    let get = |name: &str| golden(&format!("chapter4/{case}/{name}"));
    assert_near("y", &layer.forward(&get("x")), &get("y"), 1e-10);
    assert_near("d_x", &layer.backward(&get("up")), &get("d_x"), 1e-10);
    for param in layer.params() {
        let theirs = get(&format!("d_{}", param.name));
        assert_near(param.name, param.grad().unwrap(), &theirs, 1e-10);
    }
}

#[test]
fn linear() {
    let [weight, bias] = ["weight", "bias"].map(|name| golden(&format!("chapter4/linear/{name}")));
    against_pytorch("linear", &mut Linear::from_parts(weight, Some(bias)));
    check_layer(&mut Linear::new(4, 3, &mut Rng::new(6)), &normal(&[5, 4], 7));
    check_layer(&mut Linear::without_bias(4, 3, &mut Rng::new(6)), &normal(&[1, 4], 7));
}

#[test]
fn relu() {
    against_pytorch("relu", &mut Relu::shifted(0.5));
    check_layer(&mut Relu::new(), &normal(&[5, 4], 8));
    check_layer(&mut Relu::shifted(0.5), &normal(&[2, 3, 4], 9));
}

#[test]
fn log_softmax() {
    against_pytorch("log_softmax", &mut LogSoftmax::new());
    check_layer(&mut LogSoftmax::new(), &normal(&[3, 5], 10));
}

#[test]
fn log_softmax_survives_huge_scores() {
    let y = Tensor::new([1, 3], vec![1e4_f32, 0.0, -1e4]).log_softmax();
    assert_eq!(y.data(), [0.0, -1e4, -2e4]);
}

#[test]
fn sequential() {
    let rng = &mut Rng::new(11);
    let mut net =
        sequential![Linear::new(4, 6, rng), Relu::new(), Linear::new(6, 3, rng), LogSoftmax::new()];
    check_layer(&mut net, &normal(&[5, 4], 12));
    let names: Vec<_> = net.named_params().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["0.weight", "0.bias", "2.weight", "2.bias"]);
}

#[test]
fn losses() {
    for (reduction, mut mse, mut nll, mut entropy) in [
        ("mean", Mse::mean(), Nll::mean(), CrossEntropy::mean()),
        ("sum", Mse::sum(), Nll::sum(), CrossEntropy::sum()),
    ] {
        let get = |loss: &str, name: &str| golden(&format!("chapter4/{loss}_{reduction}/{name}"));
        let labels = |loss: &str| golden_labels(&format!("chapter4/{loss}_{reduction}/labels"));
        let check = |name: &str, loss: f64, d_x: Tensor<f64>| {
            assert_near(name, &Tensor::scalar(loss), &get(name, "loss"), 1e-10);
            assert_near(name, &d_x, &get(name, "d_x"), 1e-10);
        };
        check("mse", mse.forward(&get("mse", "x"), &get("mse", "target")), mse.backward());
        let loss = nll.forward(&get("nll", "x"), &labels("nll"));
        check("nll", loss, nll.backward());
        let loss = entropy.forward(&get("cross_entropy", "x"), &labels("cross_entropy"));
        check("cross_entropy", loss, entropy.backward());
    }
}

#[test]
fn losses_by_finite_differences() {
    let (x, y, labels) = (normal::<f64>(&[4, 3], 13), normal::<f64>(&[4, 3], 14), [2, 0, 1, 1]);
    let (mut mse, mut nll, mut entropy) = (Mse::mean(), Nll::mean(), CrossEntropy::mean());
    let numeric = numeric_gradient(&x, |x| mse.forward(x, &y));
    mse.forward(&x, &y);
    assert_near("mse", &mse.backward(), &numeric, 1e-9);
    let numeric = numeric_gradient(&x, |x| nll.forward(x, &labels));
    nll.forward(&x, &labels);
    assert_near("nll", &nll.backward(), &numeric, 1e-9);
    let numeric = numeric_gradient(&x, |x| entropy.forward(x, &labels));
    entropy.forward(&x, &labels);
    assert_near("cross_entropy", &entropy.backward(), &numeric, 1e-9);
}

#[test]
fn cross_entropy_is_nll_of_log_softmax() {
    let (x, labels) = (normal::<f64>(&[6, 10], 15), [3, 1, 4, 1, 5, 9]);
    let (mut entropy, mut softmax, mut nll) =
        (CrossEntropy::mean(), LogSoftmax::new(), Nll::mean());
    assert_eq!(entropy.forward(&x, &labels), nll.forward(&softmax.forward(&x), &labels));
    let two_steps = softmax.backward(&nll.backward());
    assert_near("gradient", &entropy.backward(), &two_steps, 1e-15);
}

// What goes wrong says so.

#[test]
fn mistakes_are_told_with_their_shapes() {
    let mut layer = Linear::<f32>::new(4, 3, &mut Rng::new(0));
    let message = panic_of(|| layer.forward(&Tensor::zeros([2, 5])));
    assert!(message.contains("[2, 5]") && message.contains("[3, 4]"), "{message}");
    assert!(
        panic_of(|| Linear::from_parts(Tensor::<f32>::zeros([3, 4]), Some(Tensor::zeros([4]))))
            .contains("[3]")
    );

    let column = Tensor::<f32>::zeros([4, 1]);
    let message = panic_of(|| Mse::mean().forward(&column, &Tensor::zeros([4])));
    assert!(message.contains("[4, 1]") && message.contains("[4]"), "{message}");

    let scores = Tensor::<f32>::zeros([2, 3]);
    assert!(panic_of(|| CrossEntropy::mean().forward(&scores, &[0, 3])).contains("label 3"));
    assert!(panic_of(|| Nll::mean().forward(&scores, &[0])).contains("[1, classes]"));

    let mut param = Param::new("weight", Tensor::<f32>::zeros([2, 3]));
    assert!(panic_of(|| param.accumulate(Tensor::zeros([3, 2]))).contains("[3, 2]"));
}

/// In batches of two and of one, which count for what is in them.
#[test]
fn an_evaluation_counts_and_weighs() {
    let scores = Tensor::new([3, 2], vec![1.0_f64, 0.0, 0.0, 2.0, 5.0, 0.0]);
    let data = Dataset::new(scores, vec![0, 1, 1]);
    let found = evaluate(&data, 2, &mut CrossEntropy::mean(), |scores| scores.clone());
    assert_eq!(found.confusion, [[1, 0], [1, 1]]);
    assert_eq!((found.correct(), found.total()), (2, 3));
    assert!((found.accuracy() - 200.0 / 3.0).abs() < 1e-12);
    let each = [-1.0_f64, -2.0, 5.0].map(|x| x.exp().ln_1p());
    assert!((found.loss - each.iter().sum::<f64>() / 3.0).abs() < 1e-12);
    assert_eq!(found.to_string(), "average loss: 1.8156, accuracy: 2/3 (67%)");
}

#[test]
fn each_forward_can_be_gone_back_through_once() {
    let (x, up) = (normal::<f32>(&[2, 4], 16), normal::<f32>(&[2, 4], 17));
    let mut layer = Relu::new();
    assert!(panic_of(|| layer.backward(&up)).contains("without a forward"));
    layer.forward(&x);
    layer.backward(&up);
    assert!(panic_of(|| layer.backward(&up)).contains("without a forward"));
    layer.forward(&x);
    layer.forget();
    assert!(panic_of(|| layer.backward(&up)).contains("without a forward"));
}

#[test]
fn a_shape_mistake_is_reported_at_the_callers_line() {
    use std::sync::Mutex;
    static FILE: Mutex<String> = Mutex::new(String::new());
    let earlier = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        *FILE.lock().unwrap() = info.location().unwrap().file().to_string();
    }));
    let rng = &mut Rng::new(0);
    let mut net = sequential![Linear::<f32>::new(4, 3, rng)];
    panic_of(|| net.layers[0].forward(&Tensor::zeros([1, 5])));
    std::panic::set_hook(earlier);
    assert!(FILE.lock().unwrap().ends_with("chapter4.rs"), "{}", FILE.lock().unwrap());
}

// Parameters, modes, optimizers.

#[test]
fn gradients_add_up_until_they_are_dropped() {
    let mut net = sequential![Linear::<f64>::new(4, 3, &mut Rng::new(18))];
    let (x, up) = (normal(&[5, 4], 19), normal(&[5, 3], 20));
    let mut pass = || {
        net.forward(&x);
        net.backward_params(&up);
        net.params()[0].grad().cloned().unwrap()
    };
    let (once, twice) = (pass(), pass());
    assert_eq!(twice, once * 2.0);
    net.zero_grad();
    assert!(net.params().iter().all(|param| param.grad().is_none()));
}

#[test]
fn backward_params_leaves_out_only_the_inputs_gradient() {
    let build = || {
        let rng = &mut Rng::new(21);
        sequential![Linear::<f64>::new(4, 6, rng), Relu::new(), Linear::new(6, 3, rng)]
    };
    let (mut whole, mut lean) = (build(), build());
    let (x, up) = (normal(&[5, 4], 22), normal(&[5, 3], 23));
    assert_eq!(whole.forward(&x), lean.forward(&x));
    assert_eq!(whole.backward(&up).shape(), x.shape());
    lean.backward_params(&up);
    for (a, b) in whole.params().into_iter().zip(lean.params()) {
        assert_eq!(a.grad(), b.grad());
    }
}

fn train(optimizer: &mut dyn Optimizer<f64>) -> (Vec<f64>, Sequential<f64>) {
    let get = |name: &str| golden(&format!("chapter4/training/{name}"));
    let mut net = sequential![
        Linear::from_parts(get("w1"), Some(get("b1"))),
        Relu::new(),
        Linear::from_parts(get("w2"), Some(get("b2"))),
    ];
    let (x, labels, mut loss) =
        (get("x"), golden_labels("chapter4/training/labels"), CrossEntropy::mean());
    let losses = (0..20)
        .map(|_| {
            let value = loss.forward(&net.forward(&x), &labels);
            net.zero_grad();
            net.backward_params(&loss.backward());
            optimizer.step(net.params_mut());
            value
        })
        .collect();
    (losses, net)
}

#[test]
fn twenty_steps_of_every_optimizer_agree_with_pytorch() {
    let cases: [(&str, Box<dyn Optimizer<f64>>); 6] = [
        ("sgd", Box::new(Sgd::new(0.1))),
        ("sgd_decay", Box::new(Sgd::new(0.1).weight_decay(0.01))),
        ("sgd_momentum", Box::new(Sgd::new(0.05).momentum(0.9))),
        ("sgd_nesterov", Box::new(Sgd::new(0.05).momentum(0.9).weight_decay(0.01).nesterov())),
        ("adam", Box::new(Adam::new(1e-3))),
        ("adam_decay", Box::new(Adam::new(0.01).weight_decay(0.1))),
    ];
    for (name, mut optimizer) in cases {
        let get = |what: &str| golden(&format!("chapter4/training/{name}/{what}"));
        let (losses, net) = train(&mut *optimizer);
        assert_near(name, &Tensor::vector(&losses), &get("losses"), 1e-10);
        assert!(losses[19] < losses[0], "{name}: {losses:?}");
        for (param, theirs) in net.params().into_iter().zip(["w1", "b1", "w2", "b2"]) {
            assert_near(name, &param.value, &get(theirs), 1e-10);
        }
    }
}

/// Twenty steps of `optimizer` on 100 parameters, and of a plain rule on the same.
fn beside(
    optimizer: &mut dyn Optimizer<f64>,
    mut plain: impl FnMut(&mut [f64], &[f64]),
) -> [Tensor<f64>; 2] {
    let mut param = Param::new("weight", normal(&[100], 28));
    let mut w = param.value.clone();
    for step in 0..20 {
        let gradient = normal(&[100], 29 + step) + &w;
        param.set_grad(gradient.clone());
        optimizer.step_param(&mut param);
        plain(w.data_mut(), gradient.data());
    }
    [param.value.clone(), w]
}

#[test]
fn optimizers_are_the_plain_rules() {
    let [sgd, plain] = beside(&mut Sgd::new(0.1), |w, g| descend(w, g, 0.1));
    assert!(sgd.same_bits(&plain));
    let mut velocity = [0.0; 100];
    let [sgd, plain] = beside(&mut Sgd::new(0.05).momentum(0.9), |w, g| {
        momentum(w, &mut velocity, g, 0.05, 0.9);
    });
    assert!(sgd.same_bits(&plain));
    // The optimizer divides once where the plain rule divides by each correction.
    let mut moments = Moments::default();
    let [sgd, plain] = beside(&mut Adam::new(0.01), |w, g| adam(w, &mut moments, g, 0.01));
    assert_near("adam", &sgd, &plain, 1e-14);
    assert_eq!(moments.steps, 20);
}

#[test]
fn parameters_stepped_one_by_one_end_the_same() {
    let (_, together) = train(&mut Adam::new(0.01));
    /// Steps the parameters last to first, each on its own.
    struct OneByOne(Adam<f64>);
    impl Optimizer<f64> for OneByOne {
        fn step_param(&mut self, param: &mut Param<f64>) {
            self.0.step_param(param);
        }
        fn step(&mut self, params: Vec<&mut Param<f64>>) {
            params.into_iter().rev().for_each(|param| self.step_param(param));
        }
    }
    let (_, apart) = train(&mut OneByOne(Adam::new(0.01)));
    for (a, b) in together.params().into_iter().zip(apart.params()) {
        assert!(a.value.same_bits(&b.value));
    }
}

#[test]
fn a_step_changes_the_value_where_it_lies() {
    let mut param = Param::new("weight", normal::<f32>(&[100], 24));
    param.set_grad(normal(&[100], 25));
    let before = param.value.data().as_ptr();
    Sgd::new(0.1).momentum(0.9).step_param(&mut param);
    Sgd::new(0.1).step_param(&mut param);
    Adam::new(0.1).step_param(&mut param);
    assert_eq!(param.value.data().as_ptr(), before);
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    let (x, labels) =
        (normal::<f32>(&[100, 784], 26), (0..100).map(|i| i % 10).collect::<Vec<_>>());
    same_everywhere(|| {
        let rng = &mut Rng::new(27);
        let mut net =
            sequential![Linear::<f32>::new(784, 64, rng), Relu::new(), Linear::new(64, 10, rng)];
        let (mut loss, mut adam) = (CrossEntropy::mean(), Adam::new(1e-3));
        for _ in 0..3 {
            loss.forward(&net.forward(&x), &labels);
            net.zero_grad();
            net.backward_params(&loss.backward());
            adam.step(net.params_mut());
        }
        let bits = |p: &Param| p.value.data().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        net.params().into_iter().map(bits).collect::<Vec<_>>()
    });
}
