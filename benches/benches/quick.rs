//! The groups of the comparison in small form, under criterion, on one thread:
//! `cargo bench --manifest-path benches/Cargo.toml`.

use criterion::{Criterion, criterion_group, criterion_main};
use longhand::tensor::threads;
use longhand_benches::contest::{Contest, Work};
use longhand_benches::matmul::{self, Shape};
use longhand_benches::{elementwise, limit_threads, loading, steps};
use std::time::Duration;

fn group(criterion: &mut Criterion, name: &str, contests: Vec<Contest>) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(300));
    group.measurement_time(Duration::from_secs(1));
    for contest in contests {
        for rival in contest.rivals {
            let (Work::Ours(mut work) | Work::Peer(mut work)) = rival.work else { continue };
            let id = format!("{}/{}", contest.name, rival.name);
            group.bench_function(id, |bencher| threads::with(1, || bencher.iter(&mut work)));
        }
    }
    group.finish();
}

fn all(criterion: &mut Criterion) {
    limit_threads(1);
    let shapes = [
        Shape::square(64, "NN"),
        Shape::square(256, "NN"),
        Shape::square(256, "TN"),
        Shape::square(256, "NT"),
        Shape::new(5, 784, 10, "NN"),
        Shape::new(64, 784, 500, "NN"),
    ];
    let products = shapes.map(|shape| matmul::contest::<f32>(shape, 1));
    group(criterion, "products", products.into());
    group(criterion, "small products", matmul::tiny(1));
    group(criterion, "elementwise", elementwise::contests(1));
    group(criterion, "steps", steps::contests());
    group(criterion, "loading", loading::contests());
}

criterion_group!(benches, all);
criterion_main!(benches);
