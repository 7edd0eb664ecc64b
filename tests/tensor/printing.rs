//! What Display and Debug print, against strings that NumPy printed.

use longhand::{Scalar, Tensor};
use std::str::FromStr;

/// The elements as `cases.txt` lists them.
fn elements<T: Scalar + FromStr>(listed: &str) -> Vec<T> {
    let words: Vec<&str> = listed.split_whitespace().collect();
    let number = |word: &str| word.parse::<f64>().unwrap_or_else(|_| panic!("{word:?}"));
    match words[..] {
        ["linear", count, start, step] => (0..count.parse().unwrap())
            .map(|i: usize| T::from_f64(i as f64 * number(step) + number(start)))
            .collect(),
        // Read as T itself: by way of f64, a number would be rounded twice.
        _ => words.iter().map(|w| w.parse().unwrap_or_else(|_| panic!("{w:?}"))).collect(),
    }
}

fn printed<T: Scalar + FromStr>(shape: &[usize], how: &str, listed: &str) -> String {
    let tensor = Tensor::<T>::new(shape, elements(listed));
    match how.strip_prefix('.') {
        Some(precision) => format!("{tensor:.*}", precision.parse().unwrap()),
        None if how == "repr" => {
            // The array's part; what Debug adds is looked at below.
            let text = format!("{tensor:?}");
            let inside = text.strip_prefix("tensor(").expect("the opening");
            inside[..inside.rfind(", shape=").or(inside.rfind(",\n")).expect("the ending")]
                .to_string()
        }
        None => tensor.to_string(),
    }
}

#[test]
fn prints_as_numpy_prints() {
    let cases = include_str!("../golden/display/cases.txt");
    let mut count = 0;
    for case in cases.split("## ").skip(1) {
        let mut lines = case.lines();
        let (name, kind) = (lines.next().unwrap(), lines.next().unwrap());
        let listed = lines.next().unwrap();
        let expected: Vec<&str> =
            lines.map(|line| line.strip_prefix('|').expect("a bar")).collect();
        let [dtype, shape, how] = kind.split('·').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("{name}: {kind:?}")
        };
        let shape: Vec<usize> = shape.split_whitespace().map(|n| n.parse().unwrap()).collect();
        let found = match dtype {
            "f32" => printed::<f32>(&shape, how, listed),
            _ => printed::<f64>(&shape, how, listed),
        };
        let expected = expected.join("\n");
        assert_eq!(found, expected, "{name} ({kind})\n--- found\n{found}\n--- NumPy\n{expected}");
        count += 1;
    }
    assert!(count > 100, "only {count} cases were read");
}

#[test]
fn debug_adds_shape_and_type() {
    let debug = |shape: &[usize]| format!("{:?}", Tensor::<f32>::zeros(shape));
    assert_eq!(debug(&[]), "tensor(0., shape=[], f32)");
    assert_eq!(debug(&[0, 3]), "tensor([], shape=[0, 3], f32)");
    assert_eq!(debug(&[2, 2]), "tensor([[0., 0.],\n        [0., 0.]], shape=[2, 2], f32)");
    assert_eq!(format!("{:?}", Tensor::<f64>::ones([1])), "tensor([1.], shape=[1], f64)");
    let wide = debug(&[16]);
    assert!(wide.ends_with(",\n       shape=[16], f32)"), "{wide}");
    for n in 0..60 {
        let text = debug(&[2, n]);
        assert!(text.lines().all(|line| line.len() <= 75), "{text}");
    }
}

#[test]
fn a_large_tensor_prints_at_once() {
    let text = Tensor::<f32>::zeros([10_000, 1000]).to_string();
    assert_eq!(text.lines().count(), 7);
}
