//! A net as a table.

use super::common::normal;
use longhand::layers::{BatchNorm1d, Dropout, Layer, Linear, Relu, summary};
use longhand::models::lenet;
use longhand::{Rng, sequential};

/// torchsummary's table of the WTB notebook's net: its rows, their sum, and its sizes.
#[test]
fn the_convolutional_net_is_the_notebooks() {
    let net = lenet::<f32>(&mut Rng::new(0), [0.0, 0.0]);
    let summary = summary(&net, [1, 1, 28, 28]);
    let notebook = summary.only(&["Conv2d", "Dropout", "Linear"]);
    assert_eq!(
        notebook.to_string(),
        "\
layer       output           parameters
───────────────────────────────────────
0 Conv2d    [1, 20, 24, 24]         520
3 Conv2d    [1, 50, 8, 8]        25,050
7 Dropout   [1, 800]                  0
8 Linear    [1, 500]            400,500
10 Dropout  [1, 500]                  0
11 Linear   [1, 10]               5,010
───────────────────────────────────────
total                           431,080
parameters 1.64 MiB, forward and backward 0.13 MiB, input 0.00 MiB: 1.77 MiB
"
    );
    assert_eq!(summary.parameters(), 431_080);
    let all = summary.to_string();
    assert_eq!(all.lines().count(), 2 + 13 + 3);
    assert!(all.contains("2 MaxPool2d    [1, 20, 12, 12]           0"), "{all}");
    assert!(summary.outputs() > notebook.outputs());
}

#[test]
fn looking_at_a_net_changes_nothing_in_it() {
    let build = || {
        let rng = &mut Rng::new(1);
        sequential![
            Linear::<f32>::new(4, 3, rng),
            sequential![BatchNorm1d::new(3), Dropout::new(0.5, rng), Relu::new()],
        ]
    };
    let (mut seen, mut unseen) = (build(), build());
    // One row is too little for batch statistics, but not for evaluation.
    let table = summary(&seen, [1, 4]).to_string();
    assert!(table.contains("1.0 BatchNorm1d  [1, 3]           6"), "{table}");
    assert!(table.contains("total                            21"), "{table}");
    let x = normal(&[8, 4], 2);
    assert!(seen.forward(&x).same_bits(&unseen.forward(&x)), "mode, masks and statistics");
    for ((_, a), (_, b)) in seen.state().into_iter().zip(unseen.state()) {
        assert!(a.same_bits(b));
    }
}
