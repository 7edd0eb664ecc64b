//! From functions to layers: the same bits in each form, and one gradient at three prices.

use longhand::by_hand::refactor::forms as all_forms;
use longhand::by_hand::weight_gradient::three_ways as all_ways;
use longhand::by_hand::{Net, lin, lin_grad, mse_grad, relu, relu_grad};
use longhand::data::Dataset;
use longhand::report::{Table, measured};
use longhand::{Rng, Tensor};
use std::time::Instant;

/// The net of chapter 3 in each of its forms.
pub fn forms(train: &Dataset) {
    let x = &train.images;
    let y = Tensor::new([train.len()], train.labels.iter().map(|&label| label as f32).collect());
    let net = Net::<f32>::new(784, 50, &mut Rng::new(3));
    let (_, functions) = net.forward_and_backward(x, &y);
    let mut table = Table::new(["form", "loss", "five gradients"]);
    for (name, form) in all_forms() {
        let (loss, gradients) = form(&net, x, &y);
        let mut pairs = gradients.named().into_iter().zip(functions.named());
        let same = pairs.all(|((_, ours), (_, theirs))| ours.same_bits(theirs));
        let verdict = if same { "the same bits" } else { "DIFFERENT" };
        table.push([name.to_string(), format!("{loss:.4}"), verdict.to_string()]);
    }
    print!("{table}");
}

/// The gradient of the first weight, [784, 50], from 50,000 images.
pub fn three_ways(train: &Dataset) {
    let x = &train.images;
    let y = Tensor::new([train.len()], train.labels.iter().map(|&label| label as f32).collect());
    let Net { w1, b1, w2, b2 } = Net::<f32>::new(784, 50, &mut Rng::new(3));
    let l1 = lin(x, &w1, &b1);
    let l2 = relu(&l1);
    let (d_l2, ..) = lin_grad(&l2, &w2, &mse_grad(&lin(&l2, &w2, &b2), &y));
    let d_l1 = relu_grad(&l1, &d_l2);
    let notebook = ["6480 ms", "1310 ms", "163 ms"];
    let mut table = Table::new(["dL/dW by", "time", "notebook, whole pass", "against matmul"]);
    let by_matmul = x.matmul_tn(&d_l1);
    for ((way, weight_gradient), notebook) in all_ways().into_iter().zip(notebook) {
        let start = Instant::now();
        let gradient = weight_gradient(x, &d_l1);
        let time = measured(format_args!("{:.1} ms", start.elapsed().as_secs_f64() * 1e3));
        let verdict = match (gradient.same_bits(&by_matmul), gradient.near(&by_matmul)) {
            (true, _) => "the same bits",
            (false, true) => "near",
            (false, false) => "DIFFERENT",
        };
        table.push([way, &time.to_string(), notebook, verdict]);
    }
    print!("{}", table.right(1).right(2));
}
