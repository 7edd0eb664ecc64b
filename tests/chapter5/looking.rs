//! A tape as a table, as a graph, and as a number of bytes.

use longhand::{Param, Tape, Tensor};

#[test]
fn a_tape_prints_as_a_table() {
    let (weight, bias) =
        (Param::new("weight", Tensor::zeros([2, 3])), Param::new("bias", Tensor::zeros([2])));
    let tape = Tape::<f32>::new();
    let x = tape.constant(Tensor::zeros([4, 3]));
    let y = x.linear(tape.param(&weight), tape.param(&bias)).flatten(0).tanh();
    let loss = y.square().sum();
    let expected = "\
entry  operation     inputs   shape   bytes held
────────────────────────────────────────────────
    0  constant               [4, 3]          48
    1  param weight           [2, 3]          24
    2  param bias             [2]              8
    3  linear        0, 1, 2  [4, 2]          32
    4  reshape       3        [8]           as 3
    5  tanh          4        [8]             32
    6  square        5        [8]             32
    7  sum           6        []               4
────────────────────────────────────────────────
                                             180
";
    assert_eq!(tape.to_string(), expected);
    assert_eq!(tape.bytes(), 180);
    let _ = loss.backward();
    let after = tape.to_string();
    assert_eq!(after.lines().filter(|line| line.ends_with("freed")).count(), 6, "{after}");
    assert_eq!(tape.bytes(), 48 + 4);
    assert!(format!("{y:?}").starts_with("entry 5 (tanh, shape [8], recorded at tests"));
    assert_eq!(format!("{tape:?}"), "Tape of 8 entries");
}

#[test]
fn gradients_print_as_a_list_of_shapes() {
    let tape = Tape::<f32>::new();
    let x = tape.leaf(Tensor::zeros([4, 3]));
    assert_eq!(format!("{:?}", x.tanh().sum().backward()), "{\"entry 0\": [4, 3]}");
}

#[test]
fn what_pullbacks_keep_is_counted() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::zeros([4, 3]));
    let before = tape.bytes();
    let loss = x.cross_entropy(&[0, 1, 2, 0]);
    // The loss, log p, and the labels; its row of the table says so too.
    let bytes = 8 + 12 * 8 + 4 * size_of::<usize>();
    assert_eq!(tape.bytes() - before, bytes);
    assert!(tape.to_string().contains(&format!(" {bytes}\n")), "{tape}");
    let _ = loss.backward();
    assert_eq!(tape.bytes() - before, 8);

    let [weight, bias] = [1.0, 0.0].map(|value| tape.leaf(Tensor::full([3], value)));
    let before = tape.bytes();
    let _ = x.batch_norm(weight, bias, 1e-5);
    // The result, the mean and the scale of each channel.
    assert_eq!(tape.bytes() - before, (12 + 3 + 3) * 8);
}

/// Without elements there is no memory to share, though all such tensors have one address.
#[test]
fn empty_values_share_nothing() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Tensor::zeros([0, 3]));
    let _ = (x.exp(), tape.leaf(Tensor::zeros([2, 0])));
    assert!(!tape.to_string().contains("as 0"), "{tape}");
    assert_eq!(tape.bytes(), 0);
}

#[test]
fn a_tape_exports_as_a_graph() {
    let tape = Tape::<f32>::new();
    let x = tape.leaf(Tensor::zeros([2]));
    let _ = (x * tape.constant(Tensor::zeros([2]))).sum();
    assert_eq!(
        tape.to_dot(),
        "digraph tape {\n  node [shape=box];\n  0 [label=\"0 leaf\\n[2]\", style=bold];\n  \
         1 [label=\"1 constant\\n[2]\", style=dashed];\n  2 [label=\"2 mul\\n[2]\"];\n  0 -> 2;\n  1 -> 2;\n  \
         3 [label=\"3 sum\\n[]\"];\n  2 -> 3;\n}\n"
    );
}
