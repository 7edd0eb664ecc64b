//! Saving and loading by name: our files and PyTorch's.
//!
//! The frozen files are made by `golden/safetensors/generate.py`; `golden/safetensors/check.py`
//! lets PyTorch load ours.

use longhand::data::{Safetensors, npy};
use longhand::layers::{BatchNorm1d, Layer, Linear, Relu, Sequential};
use longhand::{Param, Rng, Scalar, Tensor, sequential};
use std::path::{Path, PathBuf};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/safetensors").join(name)
}

pub(super) fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(golden(name)).unwrap()
}

/// A path of its own for each test.
fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("longhand-{name}-{}.safetensors", std::process::id()))
}

/// `nn.Sequential(Linear(4, 3), BatchNorm1d(3), ReLU(), Sequential(Linear(3, 2, bias=False),
/// BatchNorm1d(2)))`
fn net<T: Scalar>() -> Sequential<T> {
    let rng = &mut Rng::new(1);
    sequential![
        Linear::<T>::new(4, 3, rng),
        BatchNorm1d::new(3),
        Relu::new(),
        sequential![Linear::without_bias(3, 2, rng), BatchNorm1d::new(2)]
    ]
}

/// The numbers of `generate.py`: (7i mod 13 − 6)/8, the variances squared.
fn expected<T: Scalar>(name: &str, shape: &[usize]) -> Tensor<T> {
    let count: usize = shape.iter().product();
    let numbers = (0..count).map(|i| ((i * 7 % 13) as f64 - 6.0) / 8.0);
    let numbers = numbers.map(|x| if name.ends_with("running_var") { x * x } else { x });
    Tensor::new(shape, numbers.map(T::from_f64).collect())
}

const NAMES: [&str; 11] = [
    "0.weight",
    "0.bias",
    "1.weight",
    "1.bias",
    "3.0.weight",
    "3.1.weight",
    "3.1.bias",
    "1.running_mean",
    "1.running_var",
    "3.1.running_mean",
    "3.1.running_var",
];

#[test]
fn names_are_pytorchs() {
    let net = net::<f32>();
    let state = net.state();
    assert_eq!(state.iter().map(|(name, _)| &name[..]).collect::<Vec<_>>(), NAMES);
    let params: Vec<_> = net.named_params().into_iter().map(|(name, _)| name).collect();
    assert_eq!(params, NAMES[..7]);
    let same = |(a, (_, b)): (&Param, (String, &Param))| a.id() == b.id();
    assert!(net.params().into_iter().zip(net.named_params()).all(same));
    let buffers: Vec<_> = net.buffers().into_iter().map(|(name, _)| name).collect();
    assert_eq!(buffers, NAMES[7..]);
}

fn loads_what_pytorch_saved<T: Scalar>() {
    for file in ["state", "floats", "doubles"] {
        let mut net = net::<T>();
        net.load(golden(&format!("{file}.safetensors"))).unwrap();
        for (name, tensor) in net.state() {
            assert_eq!(*tensor, expected(&name, &tensor.shape()), "{file}: {name}");
        }
        let read = |name: &str| npy::read_tensor::<T>(golden(name)).unwrap();
        let (ours, theirs) = (net.predict(&read("x.npy")), read("y.npy"));
        assert!(ours.max_abs_diff(&theirs).to_f64() < 1e-5, "{file}: {ours} and {theirs}");
    }
}

#[test]
fn a_net_loads_what_pytorch_saved() {
    loads_what_pytorch_saved::<f32>();
    loads_what_pytorch_saved::<f64>();
}

#[test]
fn our_bytes_are_those_of_safetensors() {
    let mut single = net::<f32>();
    single.load(golden("doubles.safetensors")).unwrap();
    let path = match std::env::var_os("LONGHAND_SAFETENSORS") {
        Some(folder) => Path::new(&folder).join("ours.safetensors"),
        None => scratch("ours"),
    };
    single.save(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), bytes_of("floats.safetensors"));
    let mut double = net::<f64>();
    double.load(&path).unwrap();
    double.save(scratch("double")).unwrap();
    assert_eq!(std::fs::read(scratch("double")).unwrap(), bytes_of("doubles.safetensors"));
    std::fs::remove_file(scratch("double")).unwrap();
    if path == scratch("ours") {
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn odd_names_and_numbers_are_kept() {
    let file = Safetensors::read(golden("odd.safetensors")).unwrap();
    let names: Vec<String> = file.names().map(str::to_string).collect();
    assert_eq!(names.len(), 9);
    for name in ["", "\"\\/", "\u{8}\t\n\u{c}\r\u{1}\u{7f}", "é", "𝄞", "a b", "A"] {
        assert_eq!(file.dtype(name), Some("F32"), "{name:?}");
    }
    assert_eq!(file.tensor::<f32>("scalar").unwrap(), Tensor::scalar(1.5));
    assert_eq!(file.shape("empty"), Some(&[2, 0, 3][..]));
    let odd = file.tensor::<f32>("a b").unwrap();
    let bits: Vec<u32> = odd.data().iter().map(|x| x.to_bits()).collect();
    assert_eq!(bits, [0x7fc0_0000, 0xff80_0000, 0x8000_0000, 1, 0x7f7f_ffff]);
    let tensors: Vec<Tensor> = names.iter().map(|name| file.tensor(name).unwrap()).collect();
    let named = names.iter().map(|name| &name[..]).zip(&tensors);
    assert!(Safetensors::to_bytes(named.rev()) == bytes_of("odd.safetensors"));
}

#[test]
fn other_element_types_are_read_exactly() {
    let file = Safetensors::read(golden("other.safetensors")).unwrap();
    assert_eq!(file.dtype("half"), Some("F16"));
    assert_eq!(file.tensor::<f32>("half").unwrap(), Tensor::ones([2]));
    assert_eq!(file.dtype("whole"), Some("I64"));
    assert_eq!(file.tensor::<f64>("whole").unwrap(), Tensor::arange(3));
    let text = file.tensor::<f32>("third").unwrap_err().to_string();
    assert!(text.contains("tensor \"third\": found none of that name"), "{text}");
    assert!(file.shape("third").is_none());
}

#[test]
fn a_net_that_does_not_fit_is_told_everything_and_changes_nothing() {
    let rng = &mut Rng::new(2);
    let mut other =
        sequential![Linear::<f32>::new(4, 2, rng), BatchNorm1d::new(3), Linear::new(3, 2, rng),];
    let before: Vec<Tensor> = other.state().into_iter().map(|(_, t)| t.clone()).collect();
    let text = other.load(golden("state.safetensors")).unwrap_err().to_string();
    for part in [
        "state.safetensors",
        "0.weight [3, 4] for [2, 4]",
        "0.bias [3] for [2]",
        "no 2.weight [2, 3]",
        "no 2.bias [2]",
        "3.0.weight, which the net has not",
        "3.1.running_var, which the net has not",
        "expected the net's 8 tensors",
    ] {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
    assert!(!text.contains("num_batches_tracked") && !text.contains(" 1."), "{text}");
    let after: Vec<Tensor> = other.state().into_iter().map(|(_, t)| t.clone()).collect();
    assert_eq!(before, after);

    // A net of a great many layers lists the first differences only.
    let mut deep = Sequential::<f32>::new(Vec::new());
    deep.layers.extend((0..50).map(|_| -> Box<dyn Layer> { Box::new(Linear::new(1, 1, rng)) }));
    let text = deep.load(golden("floats.safetensors")).unwrap_err().to_string();
    assert!(text.contains("; and ") && text.len() < 1000, "{text}");
}

#[test]
fn files_that_are_not_there_say_so() {
    let mut net = net::<f32>();
    let text = net.load("no/such/file.safetensors").unwrap_err().to_string();
    assert!(text.contains("no/such/file.safetensors"), "{text}");
    let text = net.save("no/such/folder/net.safetensors").unwrap_err().to_string();
    assert!(text.contains("no/such/folder"), "{text}");
}
