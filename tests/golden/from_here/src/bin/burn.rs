//! The training loop of the appendix *From here*, in burn: from the frozen weights, to the frozen losses.

use burn::module::{Module, Param};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use longhand::data::Safetensors;

// ANCHOR: train
#[derive(Module, Debug)]
struct Net {
    hidden: Linear,
    scores: Linear,
}

impl Net {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.scores.forward(activation::relu(self.hidden.forward(x)))
    }
}

fn train(mut net: Net, images: Tensor<2>, labels: Tensor<1, Int>) -> Vec<f32> {
    let loss_of = CrossEntropyLossConfig::new().init(&images.device());
    let mut sgd = SgdConfig::new().init();
    let mut losses = Vec::new();
    for _ in 0..5 {
        for at in (0..640).step_by(64) {
            let scores = net.forward(images.clone().narrow(0, at, 64));
            let loss = loss_of.forward(scores, labels.clone().narrow(0, at, 64));
            losses.push(loss.clone().into_scalar());
            let gradients = GradientsParams::from_grads(loss.backward(), &net);
            net = sgd.step(0.1, net, gradients);
        }
    }
    losses
}
// ANCHOR_END: train

fn main() {
    let device = Device::flex().autodiff();
    let file = Safetensors::read(from_here::golden("start.safetensors")).unwrap();
    let numbers = |name: &str| {
        let tensor = file.tensor::<f32>(name).unwrap();
        TensorData::new(tensor.data().to_vec(), tensor.shape().to_vec())
    };
    // In burn a weight is (inputs, outputs): the transpose of ours and of PyTorch's.
    let layer = |number: usize, inputs: usize, outputs: usize| {
        let mut layer = LinearConfig::new(inputs, outputs).init(&device);
        let weight = Tensor::<2>::from_data(numbers(&format!("{number}.weight")), &device);
        layer.weight = Param::from_tensor(weight.transpose());
        layer.bias = Some(Param::from_tensor(Tensor::from_data(
            numbers(&format!("{number}.bias")),
            &device,
        )));
        layer
    };
    let net = Net { hidden: layer(0, 784, 16), scores: layer(2, 16, 10) };
    let (images, labels) = from_here::digits();
    let images = Tensor::from_data(TensorData::new(images, [640, 784]), &device);
    let labels: Vec<i64> = labels.iter().map(|&label| label as i64).collect();
    let labels = Tensor::from_data(TensorData::new(labels, [640]), &device);
    from_here::compare("burn", &train(net, images, labels));
}
