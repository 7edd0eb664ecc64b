//! What goes wrong says what and where.

use super::{assert_says, panic_of, scalar};
use longhand::tape::concat;
use longhand::{Tape, Tensor};

#[test]
fn mistakes_say_what_and_where() {
    let (tape, other) = (Tape::<f64>::new(), Tape::<f64>::new());
    let (x, y) = (tape.leaf(Tensor::zeros([2, 3])), other.leaf(Tensor::zeros([2, 3])));
    assert_says(|| x + y, &["add", "input 1", "another tape"]);
    assert_says(|| concat(&[y, x], 0), &["concat", "another tape"]);
    assert_says(|| x.sum().grad([y]), &["another tape"]);
    assert_says(|| tape.backward_pass().root(y, Tensor::zeros([2, 3])), &["one tape", "another"]);
    let gradients = x.sum().backward();
    assert_says(|| gradients.get(y), &["one tape", "another"]);

    let z = tape.leaf(Tensor::zeros([4]));
    assert_says(|| x * z, &["[2, 3]", "[4]"]);
    assert_says(|| x.matmul(x), &["[2, 3]", "3 and 2"]);
    assert_says(|| x.mse(z), &["mse", "[2, 3]", "[4]"]);
    assert_says(|| x.cross_entropy(&[0, 3]), &["cross_entropy", "label 3", "3 classes"]);
    assert_says(|| x.nll(&[0]), &["nll", "1 labels", "[2, 3]"]);
    assert_says(|| z.pick(&[0]), &["pick", "[1, classes]", "[4]"]);
    assert_says(|| concat::<f64>(&[], 0), &["at least one"]);

    assert_says(|| x.backward(), &["one number", "[2, 3]", "root("]);
    assert_says(|| tape.backward_pass().root(x, Tensor::zeros([3])), &["[3]", "[2, 3]"]);
    assert_says(|| tape.constant(scalar(1.0)).backward(), &["constant", "depends on no leaf"]);
    assert_says(
        || x.sum().grad([z]),
        &["(sum, shape []", "does not depend on", "(leaf, shape [4]"],
    );
    assert_says(|| x.sum().grad_create_graph([x, z]), &["does not depend on", "(leaf, shape [4]"]);
    assert_says(
        || gradients[z].clone(),
        &["no gradient for", "(leaf, shape [4]", "does not depend"],
    );
}

#[test]
fn a_pullback_that_is_wrong_is_told_so() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::zeros([2, 3]));
    let value = Tensor::zeros([2]);
    let bad = tape.operation("bad", [x], value.clone(), |[_], _, g| [Some(g)]);
    assert_says(
        || bad.sum().backward(),
        &[
            "pullback of entry 1 (bad",
            "recorded at tests/chapter5/mistakes.rs",
            "shape [2]",
            "input 0",
            "[2, 3]",
        ],
    );
    assert_says(|| bad.sum().grad_create_graph([x]), &["pullback of entry 1 (bad", "[2, 3]"]);
    let few = tape.operation_on_list("few", &[x, x], value, |_, _, _| Vec::new());
    assert_says(|| few.sum().backward(), &["0 gradients for 2 inputs"]);
    // The tape is none the worse for it.
    assert!(x.exp().needs_grad());
    assert_eq!(x.exp().sum().backward()[x].data(), [1.0; 6]);
}

#[test]
fn mistakes_are_reported_at_the_callers_line() {
    use std::sync::Mutex;
    static FILES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let tape = Tape::<f64>::new();
    let (x, z) = (tape.leaf(Tensor::zeros([2, 3])), tape.leaf(Tensor::zeros([4])));
    let freed = x.exp();
    let _ = freed.sum().backward();
    let earlier = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        // Other tests panic on threads of their own meanwhile.
        if std::thread::current().name()
            == Some("mistakes::mistakes_are_reported_at_the_callers_line")
        {
            FILES.lock().unwrap().push(info.location().unwrap().file().to_string());
        }
    }));
    let mistakes: [&dyn Fn(); 10] = [
        &|| _ = x + z,
        &|| _ = x.matmul(z),
        &|| _ = x.linear(z, z),
        &|| _ = x.reshape([4]),
        &|| _ = x.slice(1, 2..5),
        &|| _ = x.sum_axis(2),
        &|| _ = x.cross_entropy(&[7, 7]),
        &|| _ = freed.value(),
        &|| _ = x.backward(),
        &|| _ = x.sum().grad([z]),
    ];
    for mistake in mistakes {
        panic_of(mistake);
    }
    std::panic::set_hook(earlier);
    let files = FILES.lock().unwrap();
    assert_eq!(files.len(), mistakes.len());
    for (number, file) in files.iter().enumerate() {
        assert!(file.ends_with("mistakes.rs"), "mistake {number} is reported in {file}");
    }
}
