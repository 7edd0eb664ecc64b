//! What a backward pass frees, what it retains, and where gradients end.

use super::common::normal;
use super::{assert_says, panic_of, scalar};
use longhand::{Param, Tape, Tensor};

#[test]
fn a_pass_frees_what_it_leaves_behind_and_nothing_else() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::vector(&[1.0, 2.0]));
    let h = x.exp();
    let (y, z) = (h.square().sum(), x.square().sum());
    let _ = y.backward();
    // The result and the leaf can still be read, what lies between cannot, and z knows nothing.
    assert_eq!((y.value().rank(), x.value().len()), (0, 2));
    assert_eq!(h.shape(), [2]);
    assert_says(
        || h.value(),
        &["entry 1 (exp, shape [2], recorded at tests/chapter5/freeing.rs:", "freed"],
    );
    assert_says(|| h.sum().value(), &["freed"]);
    assert_eq!(z.backward()[x].data(), [2.0, 4.0]);
    assert_says(|| y.backward(), &["second backward pass", "(sum, shape []", "retain_graph()"]);
}

#[test]
fn a_pass_that_retains_its_graph_can_be_made_again() {
    let weight = Param::new("weight", Tensor::vector(&[1.0_f64, 2.0]));
    let tape = Tape::new();
    let w = tape.param(&weight);
    let y = w.exp().square().sum();
    let bytes = tape.bytes();
    let first = y.backward_pass().retain_graph().gradients();
    assert_eq!(tape.bytes(), bytes);
    let second = y.backward();
    assert!(first[w].same_bits(&second[w]));
    assert!(tape.bytes() < bytes);
    assert_says(|| y.backward(), &["second backward pass"]);
}

#[test]
fn a_branch_that_was_freed_stops_another_that_needs_it() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(scalar(1.0));
    let h = x.exp();
    let (y, z) = (h.square(), h + 1.0);
    let _ = y.backward();
    assert_says(|| z.backward(), &["second backward pass through entry 1 (exp"]);
    // A tape that has refused works on.
    assert_eq!(x.square().backward()[x].item(), 2.0);
}

#[test]
fn detach_and_no_record_are_where_gradients_end() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(scalar(3.0));
    assert_eq!((x.square().detach() * x).backward()[x].item(), 9.0);
    let outside = tape.no_record(|| {
        assert!(!x.square().needs_grad());
        tape.no_record(|| ());
        x.square()
    });
    assert!(!outside.needs_grad() && x.square().needs_grad());
    assert_eq!((outside * x).backward()[x].item(), 9.0);
    assert!(x.detach().value().shares_memory_with(&x.value()));
    // Switched back on by a panic too.
    panic_of(|| tape.no_record(|| panic!("out")));
    assert!(x.exp().needs_grad());
}

#[test]
fn an_ordinary_pass_leaves_the_list_as_long_as_it_was() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(normal(&[4], 6));
    let y = (x.tanh() * x.exp()).log_softmax().square().sum();
    let length = tape.len();
    let _ = y.backward_pass().retain_graph().gradients();
    assert_eq!(tape.len(), length);
    let _ = y.backward_pass().create_graph(&[x]);
    assert!(tape.len() > length);
}

#[test]
fn clearing_keeps_nothing() {
    let mut tape = Tape::<f32>::new();
    let weight = Param::new("weight", Tensor::zeros([10]));
    let stale = {
        let w = tape.param(&weight);
        w.exp().sum().backward()
    };
    tape.clear();
    assert!(tape.is_empty() && tape.bytes() == 0);
    let x = tape.leaf(Tensor::zeros([10]));
    assert_says(|| stale.get(x), &["another"]);
    assert!(stale.of(&weight).is_some());
}
