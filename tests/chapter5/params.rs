//! Parameters: their leaves, their gradients, and the hook that steps them in place.

use super::common::{assert_says, normal};
use super::scalar;
use longhand::optim::{Adam, Optimizer};
use longhand::tape::{Var, concat};
use longhand::{Param, Rng, Tape, Tensor, init};

#[test]
fn gradients_are_values() {
    let mut weight = Param::new("weight", Tensor::vector(&[1.0_f64, 2.0]));
    let other = Param::new("other", scalar(0.0));
    let tape = Tape::new();
    let pass = || tape.param(&weight).square().sum().backward();
    let (first, second) = (pass(), pass());
    assert_eq!(first.of(&weight).unwrap(), second.of(&weight).unwrap());
    assert_eq!(first.of(&weight).unwrap().data(), [2.0, 4.0]);
    assert!(first.of(&other).is_none() && first.len() == 1);
    // What is written to parameters adds up there, as with layers.
    first.write_to([&mut weight]);
    second.write_to([&mut weight]);
    assert_eq!(weight.grad().unwrap().data(), [4.0, 8.0]);
}

#[test]
fn writing_gradients_moves_them() {
    let mut params: Vec<_> = (0..5).map(|i| Param::new("p", normal::<f32>(&[100], i))).collect();
    let tape = Tape::new();
    let vars: Vec<_> = params.iter().rev().map(|p| tape.param(p)).collect();
    let gradients = concat(&vars, 0).square().sum().backward();
    let at: Vec<_> = params.iter().map(|p| gradients.of(p).unwrap().data().as_ptr()).collect();
    gradients.write_to(&mut params);
    for (param, at) in params.iter().zip(at) {
        assert_eq!(param.grad().unwrap().data().as_ptr(), at);
        assert_eq!(*param.grad().unwrap(), &param.value * 2.0);
    }
}

#[test]
fn a_parameter_has_one_leaf_and_shares_its_memory() {
    let mut weight = Param::new("weight", normal::<f32>(&[4], 3));
    let tape = Tape::new();
    let (a, b) = (tape.param(&weight), tape.param(&weight));
    assert_eq!((a.index(), tape.len()), (b.index(), 1));
    assert!(a.value().shares_memory_with(&weight.value));
    // Changed behind the tape's back, it is another leaf; the old value stays what it was.
    let before = a.value();
    weight.value.data_mut()[0] += 1.0;
    let c = tape.param(&weight);
    assert_ne!(c.index(), a.index());
    assert_eq!(a.value(), before);
    assert_eq!(c.value(), weight.value);
    // Gradients at both leaves belong to the one parameter.
    let gradients = (a + c).sum().backward();
    assert_eq!(gradients.of(&weight).unwrap().data(), [2.0; 4]);
}

#[test]
fn a_parameter_in_another_shape_is_another_leaf() {
    let numbers = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let mut weight = Param::new("weight", Tensor::<f64>::new([2, 3], numbers));
    let tape = Tape::new();
    let before = tape.param(&weight);
    // The same memory, and yet another value.
    weight.value = weight.value.reshape([3, 2]);
    let after = tape.param(&weight);
    assert!(after.value().shares_memory_with(&before.value()));
    assert_eq!((after.shape(), tape.param(&weight).index()), ([3, 2].into(), after.index()));
    assert_eq!(after.sum_axis(0).value().data(), [9.0, 12.0]);
    let gradients = after.square().sum().backward_pass().retain_graph().gradients();
    assert_eq!(gradients.of(&weight).unwrap().shape(), [3, 2]);
    // What has no elements has no memory to be told apart by.
    let mut empty = Param::new("empty", Tensor::<f64>::zeros([0, 3]));
    assert_eq!(tape.param(&empty).sum_axis(0).shape(), [3]);
    empty.value = Tensor::zeros([0, 5]);
    assert_eq!(tape.param(&empty).sum_axis(0).shape(), [5]);
    // One gradient for both leaves there is not, even where one would broadcast to the other.
    let loss = before.sum() + after.sum();
    assert_says(|| loss.backward(), &["used with shapes", "[2, 3]", "[3, 2]"]);
    weight.value = Tensor::ones([1, 6]);
    let row = tape.param(&weight);
    weight.value = Tensor::ones([6]);
    let loss = (row * tape.param(&weight)).sum();
    assert_says(|| loss.backward(), &["used with shapes", "[1, 6]", "[6]"]);
}

#[test]
fn the_hook_fires_when_the_tape_has_let_go() {
    let rng = &mut Rng::new(4);
    let mut params: Vec<Param> = [[8, 6], [8, 8], [3, 8]]
        .into_iter()
        .map(|shape| Param::new("weight", init::normal(shape, 0.0, 0.5, rng)))
        .collect();
    // Clones would share their memory.
    let own =
        |p: &Param| Param::new("weight", Tensor::new(p.value.shape(), p.value.data().to_vec()));
    let mut ordinary: Vec<Param> = params.iter().map(own).collect();
    let x = normal::<f32>(&[5, 6], 5);
    fn loss<'t>(tape: &'t Tape, params: &[Param], x: &Tensor) -> Var<'t> {
        let w: Vec<_> = params.iter().map(|p| tape.param(p)).collect();
        let x = tape.constant(x.clone());
        x.matmul_nt(w[0]).relu().matmul_nt(w[1]).tanh().matmul_nt(w[2]).square().sum()
    }

    // Ordinary: one backward pass, then one step of the optimizer.
    let tape = Tape::new();
    let gradients = loss(&tape, &ordinary, &x).backward();
    gradients.write_to(&mut ordinary);
    let at: Vec<_> = ordinary.iter().map(|p| p.value.data().as_ptr()).collect();
    let mut adam = Adam::new(0.01);
    ordinary.iter_mut().for_each(|p| adam.step_param(p));
    for (param, at) in ordinary.iter().zip(at) {
        assert_eq!(param.value.data().as_ptr(), at, "the tape held on to a parameter");
    }

    // Step and drop as each gradient is complete.
    let places: Vec<_> = params.iter().map(|p| p.value.data().as_ptr()).collect();
    let (tape, mut adam, mut order) = (Tape::new(), Adam::new(0.01), Vec::new());
    let loss = loss(&tape, &params, &x);
    let mut held = vec![tape.bytes()];
    let rest = loss.backward_pass().with_hook(|id, gradient| {
        let number = params.iter().position(|p| p.id() == id).unwrap();
        let param = &mut params[number];
        param.set_grad(gradient);
        adam.step_param(param);
        param.zero_grad();
        assert_eq!(param.value.data().as_ptr(), places[number], "weight {number} was copied");
        order.push(number);
        held.push(tape.bytes());
    });
    assert_eq!(order, [2, 1, 0], "each once, the last layer first");
    assert!(rest.is_empty());
    assert!(held.is_sorted_by(|a, b| a > b), "values are let go on the way: {held:?}");
    for (a, b) in params.iter().zip(&ordinary) {
        assert!(a.value.same_bits(&b.value));
    }
}

#[test]
fn the_hook_leaves_other_leaves_to_the_gradients() {
    let weight = Param::new("weight", scalar(3.0));
    let tape = Tape::new();
    let x = tape.leaf(scalar(2.0));
    let mut seen = Vec::new();
    let rest = (x * tape.param(&weight))
        .backward_pass()
        .with_hook(|id, gradient| seen.push((id, gradient.item())));
    assert_eq!(seen, [(weight.id(), 2.0)]);
    assert_eq!((rest.len(), rest[x].item()), (1, 3.0));
}
