//! Steps that spend each gradient as it arrives, against ordinary ones (chapter 7).

use crate::contest::Contest;
use crate::steps::{Fresh, mlp};
use longhand::layers::{Layer, Loss, Mse, Sequential};
use longhand::optim::Adam;
use longhand::{Rng, Tensor, mebp};
use std::hint::black_box;
use std::sync::{Arc, Mutex};

/// Per layer and per parameter, on the notebook's net and on a wide one. The rival "ordinary" is ours
/// too; PyTorch trains by hooks, one Adam for each parameter.
pub fn contests() -> Vec<Contest> {
    let notebook = ("MEBP, 50-50-50-1", &[50, 50, 50, 1][..], 1, Some("small_hooks"));
    let wide = ("MEBP, 12 layers of 1024", &[1024; 13][..], 64, None);
    let mut all = Vec::new();
    for (name, sizes, batch, hooks) in [notebook, wide] {
        for (way, step) in
            [("per layer", per_layer(sizes, batch)), ("per parameter", hooked(sizes, batch))]
        {
            let contest = Contest::ours(format!("{name}, {way}"), step)
                .beside("ordinary", ordinary(sizes, batch));
            all.push(match hooks {
                Some(workload) => contest.pytorch(workload),
                None => contest,
            });
        }
    }
    all
}

/// Linear layers of these sizes with a ReLU between them, and batches for them.
fn start(sizes: &[usize], batch: usize) -> (Sequential, Fresh<Tensor>) {
    (mlp(sizes, &mut Rng::new(5)), Fresh::new(sizes, batch))
}

fn d_output(net: &mut Sequential, batches: &mut Fresh<Tensor>) -> Tensor {
    let ((x, y), mut loss) = (batches.next(), Mse::mean());
    black_box(loss.forward(&net.forward(x), y));
    loss.backward()
}

fn ordinary(sizes: &[usize], batch: usize) -> Box<dyn FnMut()> {
    let ((mut net, mut batches), mut adam) = (start(sizes, batch), Adam::new(0.001));
    Box::new(move || {
        let d = d_output(&mut net, &mut batches);
        mebp::ordinary(&mut net, d, &mut adam);
    })
}

fn per_layer(sizes: &[usize], batch: usize) -> Box<dyn FnMut()> {
    let ((mut net, mut batches), mut adam) = (start(sizes, batch), Adam::new(0.001));
    Box::new(move || {
        let d = d_output(&mut net, &mut batches);
        mebp::per_layer(&mut net, d, &mut adam);
    })
}

fn hooked(sizes: &[usize], batch: usize) -> Box<dyn FnMut()> {
    let (mut net, mut batches) = start(sizes, batch);
    mebp::set_hooks(&mut net, &Arc::new(Mutex::new(Adam::<f32>::new(0.001))));
    Box::new(move || {
        let d = d_output(&mut net, &mut batches);
        net.backward_params(&d);
    })
}
