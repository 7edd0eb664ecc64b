//! The engine against the plain backward pass, bit for bit.

use super::common::{normal, panic_of};
use longhand::tape::reference::backward;
use longhand::tape::{Var, concat};
use longhand::{Param, Tape, Tensor};

/// A net that is no chain: a weight used twice, two branches, a broadcast, a dead end, a constant.
fn net<'t>(tape: &'t Tape<f32>, params: &[Param]) -> [Var<'t, f32>; 2] {
    let x = tape.constant(normal(&[7, 5], 1));
    let w = tape.param(&params[0]);
    let h = (x.matmul(w) + tape.param(&params[1])).tanh();
    let _nobody_asks_for_it = h.exp();
    let again = h.matmul(w.matmul_tn(w)).relu();
    let both = concat(&[h, again, h * again], 1);
    [both.log_softmax().pick(&[0, 1, 2, 3, 4, 5, 6]).sum(), again.square().mean()]
}

fn params() -> Vec<Param> {
    vec![Param::new("weight", normal(&[5, 4], 2)), Param::new("bias", normal(&[4], 3))]
}

#[test]
fn the_engine_is_the_plain_pass() {
    let params = params();
    let tape = Tape::new();
    let [first, second] = net(&tape, &params);
    let roots = [(first, Tensor::scalar(0.7)), (second, Tensor::scalar(-1.3))];
    let length = tape.len();
    let mut plain = Vec::new();
    backward(&tape, &roots, true, |leaf, gradient| plain.push((leaf.index(), gradient)));
    assert_eq!(tape.len(), length, "what the pullbacks wrote is cut off");

    let pass = tape.backward_pass().root(first, &roots[0].1).root(second, &roots[1].1);
    let mut engine = Vec::new();
    let _ = pass.retain_graph().with_hook(|id, gradient| {
        let param = params.iter().find(|param| param.id() == id).unwrap();
        engine.push((tape.param(param).index(), gradient));
    });
    assert_eq!(plain.len(), 2);
    for ((leaf, plain), (param, engine)) in plain.iter().zip(&engine) {
        assert_eq!(leaf, param, "in the order of the pass");
        assert!(plain.same_bits(engine), "{plain} and {engine}");
        assert!(plain.data().iter().any(|&g| g != 0.0), "all zero proves nothing");
    }
}

#[test]
fn both_free_the_same_entries() {
    let params = params();
    let table = |free: &dyn Fn(Var<f32>)| {
        let tape = Tape::new();
        let [first, _] = net(&tape, &params);
        free(first);
        tape.to_string()
    };
    let engine = table(&|root| drop(root.backward()));
    let plain = table(&|root| {
        backward(root.tape(), &[(root, Tensor::scalar(1.0))], false, |_, _| {});
    });
    // The engine frees the leaves of parameters as well, and leaves the value that it began from.
    let freed = |table: &str| table.lines().filter(|line| line.ends_with("freed")).count();
    assert_eq!(freed(&engine), freed(&plain) + params.len() - 1, "{engine}\n{plain}");
    let tape = Tape::new();
    let [first, _] = net(&tape, &params);
    let again = || backward(&tape, &[(first, Tensor::scalar(1.0))], false, |_, _| {});
    again();
    assert!(panic_of(again).contains("retain_graph"));
}
