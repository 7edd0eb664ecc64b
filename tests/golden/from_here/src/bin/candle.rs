//! The training loop of the appendix *From here*, in candle: from the frozen weights, to the frozen losses.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{
    Activation, Module, Optimizer, SGD, Sequential, VarBuilder, VarMap, linear, loss, seq,
};

// ANCHOR: train
fn train(net: &Sequential, vars: &VarMap, images: &Tensor, labels: &Tensor) -> Result<Vec<f32>> {
    let mut sgd = SGD::new(vars.all_vars(), 0.1)?;
    let mut losses = Vec::new();
    for _ in 0..5 {
        for at in (0..images.dim(0)?).step_by(64) {
            let scores = net.forward(&images.narrow(0, at, 64)?)?;
            let loss = loss::cross_entropy(&scores, &labels.narrow(0, at, 64)?)?;
            sgd.backward_step(&loss)?;
            losses.push(loss.to_scalar()?);
        }
    }
    Ok(losses)
}
// ANCHOR_END: train

fn main() -> Result<()> {
    let mut vars = VarMap::new();
    let place = VarBuilder::from_varmap(&vars, DType::F32, &Device::Cpu);
    let net = seq().add(linear(784, 16, place.pp("0"))?).add(Activation::Relu).add(linear(
        16,
        10,
        place.pp("2"),
    )?);
    vars.load(from_here::golden("start.safetensors"))?;
    let (images, labels) = from_here::digits();
    let images = Tensor::from_vec(images, (640, 784), &Device::Cpu)?;
    let labels =
        Tensor::from_vec(labels.iter().map(|&label| label as u32).collect(), 640, &Device::Cpu)?;
    from_here::compare("candle", &train(&net, &vars, &images, &labels)?);
    Ok(())
}
