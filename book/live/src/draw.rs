//! A drawn digit, read by chapter 6's net.

use crate::{give, input};
use longhand::data::{Drawn, Ink, Picture, Safetensors, gunzip};
use longhand::layers::{Layer, Sequential};
use longhand::models::lenet;
use longhand::{Rng, Tensor};
use std::cell::RefCell;

/// The net, and the mean and the spread of the pixels that it has learnt from.
struct Reader {
    net: Sequential,
    mean: f32,
    std: f32,
}

thread_local! {
    static READER: RefCell<Option<Reader>> = const { RefCell::new(None) };
}

// ANCHOR: draw
/// The input is a gzipped safetensors file: the net's weights, and how its images were normalised.
#[unsafe(no_mangle)]
pub extern "C" fn draw_open() {
    let file = gunzip(&input()).and_then(Safetensors::from_bytes).expect("safetensors");
    let tensor = |name: &str| file.tensor::<f32>(name).expect(name);
    let mut net = lenet(&mut Rng::new(0), [0.0, 0.0]);
    let names: Vec<String> = net.named_params().into_iter().map(|(name, _)| name).collect();
    for (name, param) in names.iter().zip(net.params_mut()) {
        param.value = tensor(name);
    }
    let [mean, std] = ["mean", "std"].map(|name| tensor(name).item());
    READER.set(Some(Reader { net, mean, std }));
}

/// The input is a drawing, a byte for each pixel, 0 where there is paper. Gives what the net saw,
/// 28×28 from 0 to 1, its ten probabilities, and its maps behind the first rectifier and behind the
/// second; nothing if nothing is drawn.
#[unsafe(no_mangle)]
pub extern "C" fn draw_read(height: usize, width: usize) -> usize {
    READER.with_borrow(|reader| {
        let Reader { net, mean, std } = reader.as_ref().expect("draw_open comes first");
        let seen = |ink: &Tensor| (ink.reshape([1, 1, 28, 28]) - *mean) / *std;
        answer(height, width, net, seen, &[2, 5])
    })
}

/// What a net makes of the drawing that is the input: `normalize` makes an input of the net of the
/// 28×28 pixels, and of each of the `looks` the output behind that many layers is given too.
pub(crate) fn answer(
    height: usize,
    width: usize,
    net: &Sequential,
    normalize: impl Fn(&Tensor) -> Tensor,
    looks: &[usize],
) -> usize {
    let picture = Picture::new(height, width, input());
    let Some(drawn) = Drawn::of(&picture, Ink::Light) else { return give(Vec::new()) };
    let ink = Tensor::vector(&drawn.pixels.map(|pixel| f32::from(pixel) / 255.0));
    let mut x = normalize(&ink);
    let (mut given, mut maps) = (ink.into_vec(), Vec::new());
    for (layer, number) in net.layers.iter().zip(1..) {
        x = layer.predict(&x);
        if looks.contains(&number) {
            maps.extend_from_slice(x.data());
        }
    }
    given.extend_from_slice(x.log_softmax().exp().data());
    given.extend(maps);
    give(given)
}
// ANCHOR_END: draw
