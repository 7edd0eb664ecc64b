//! A training that is stopped, at any step and in any way, and gone on with: it ends in the same
//! bits.

mod common;

use common::{assert_says, normal};
use longhand::data::{Archive, Batches, Safetensors};
use longhand::layers::{BatchNorm1d, CrossEntropy, Dropout, Layer, Linear, Loss, Relu, Sequential};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::wtb::{Msvag, Tempered, TemperedMean};
use longhand::{ErrorKind, Param, Rng, Scalar, Tensor, sequential};
use std::path::PathBuf;

/// A training with everything that has a memory, and where it is.
struct Run<O, T: Scalar> {
    net: Sequential<T>,
    optimizer: O,
    order: Rng,
    epoch: usize,
    batch: usize,
    end_epoch: fn(&mut O),
}

impl<O: Optimizer<T>, T: Scalar> Run<O, T> {
    fn new(seed: u64, optimizer: O, end_epoch: fn(&mut O)) -> Self {
        let rng = &mut Rng::new(seed);
        let net = sequential![
            Linear::new(4, 6, rng),
            BatchNorm1d::new(6),
            Relu::new(),
            Dropout::new(0.3, rng),
            Linear::new(6, 3, rng),
        ];
        Self { net, optimizer, order: rng.fork(), epoch: 0, batch: 0, end_epoch }
    }

    fn archive(&mut self, archive: &mut Archive<T>) {
        archive.within("net", |archive| self.net.archive(archive));
        archive.within("optimizer", |archive| {
            self.optimizer.archive(&self.net.named_params(), archive);
        });
        archive.rng("order", &mut self.order);
        archive.count("epoch", &mut self.epoch);
        archive.count("batch", &mut self.batch);
    }

    fn go_on(&mut self, steps: usize) {
        let (x, labels) = (normal(&[22, 4], 1), (0..22).map(|i| i % 3).collect::<Vec<_>>());
        let batches = Batches::new(&x, &labels, 5);
        let mut loss = CrossEntropy::mean();
        for _ in 0..steps {
            let mut order = self.order.clone();
            let (x, labels) = batches.shuffled(&mut order).nth(self.batch).unwrap();
            loss.forward(&self.net.forward(&x), &labels);
            self.net.zero_grad();
            self.net.backward_params(&loss.backward());
            self.optimizer.step(self.net.params_mut());
            self.batch += 1;
            if self.batch == batches.len() {
                (self.order, self.batch, self.epoch) = (order, 0, self.epoch + 1);
                (self.end_epoch)(&mut self.optimizer);
            }
        }
    }

    /// All parameters and running statistics.
    fn state(&self) -> Vec<Tensor<T>> {
        self.net.state().into_iter().map(|(_, tensor)| tensor.clone()).collect()
    }
}

fn same<T: Scalar>(a: &[Tensor<T>], b: &[Tensor<T>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_bits(b))
}

/// A path that is removed again.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("longhand-{}-{name}", std::process::id())))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const STEPS: usize = 17;

/// Stopped after each of the steps in turn.
fn resumed<O: Optimizer<T>, T: Scalar>(
    name: &str,
    optimizer: impl Fn() -> O,
    end_epoch: fn(&mut O),
) {
    let file = Temporary::new(name);
    let mut through = Run::new(1, optimizer(), end_epoch);
    through.go_on(STEPS);
    let mut begun = Run::new(1, optimizer(), end_epoch);
    for stop in 0..=STEPS {
        Archive::save(&file.0, |archive| begun.archive(archive)).unwrap();
        // Another seed, and some steps of its own: all of that must be gone.
        let mut other = Run::new(2, optimizer(), end_epoch);
        other.go_on(stop % 3);
        Archive::load(&file.0, |archive| other.archive(archive)).unwrap();
        other.go_on(STEPS - stop);
        assert!(same(&other.state(), &through.state()), "{name}, stopped after {stop}");
        begun.go_on(1);
    }
}

fn every_optimizer<T: Scalar>(kind: &str) {
    let name = |optimizer: &str| format!("{optimizer}-{kind}");
    resumed::<_, T>(&name("sgd"), || Sgd::new(0.1), |sgd| sgd.lr *= 0.5);
    resumed::<_, T>(&name("momentum"), || Sgd::new(0.1).momentum(0.9).nesterov(), |_| ());
    resumed::<_, T>(&name("adam"), || Adam::new(0.01).weight_decay(0.1), |_| ());
    let tempered = || Tempered::new(Sgd::new(0.1).momentum(0.5));
    resumed::<_, T>(&name("tempered"), tempered, |tempered| {
        let _ = tempered.end_epoch();
    });
    resumed::<_, T>(&name("tempered-mean"), || TemperedMean::new(Adam::new(0.01), 3), |_| ());
    resumed::<_, T>(&name("m-svag"), || Msvag::new(0.1, 0.8), |_| ());
}

#[test]
fn a_training_that_was_stopped_after_any_step_ends_in_the_same_bits() {
    every_optimizer::<f32>("f32");
    every_optimizer::<f64>("f64");
}

fn adam_run(seed: u64) -> Run<Adam, f32> {
    Run::new(seed, Adam::new(0.01), |_| ())
}

/// The test above could not fail if a net without what the archive holds went the same way.
#[test]
fn the_weights_alone_are_not_enough() {
    let file = Temporary::new("weights");
    let mut through = adam_run(1);
    through.go_on(7);
    through.net.save(&file.0).unwrap();
    let mut other = adam_run(2);
    other.net.load(&file.0).unwrap();
    assert!(same(&other.state(), &through.state()));
    through.go_on(1);
    other.go_on(1);
    assert!(!same(&other.state(), &through.state()));
}

#[test]
fn what_does_not_fit_is_listed_and_changes_nothing() {
    let file = Temporary::new("fit");
    let mut saved = adam_run(1);
    saved.go_on(4);
    Archive::save(&file.0, |archive| {
        saved.archive(archive);
        archive.count("more", &mut 5);
    })
    .unwrap();

    let [mut run, mut untouched] = [3, 3].map(adam_run);
    run.go_on(2);
    untouched.go_on(2);
    let mut wide: Tensor = Tensor::zeros([2, 2]);
    let error = Archive::load(&file.0, |archive| {
        run.archive(archive);
        archive.tensor("more", &mut wide);
        archive.rng("absent", &mut Rng::new(1));
    })
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert_says(|| panic!("{error}"), &["more [1, 4] for [2, 2]", "no absent [4, 4]", "fit"]);
    run.go_on(9);
    untouched.go_on(9);
    assert!(same(&run.state(), &untouched.state()));

    let error = Archive::load(&file.0, |archive| run.archive(archive)).unwrap_err();
    assert_says(|| panic!("{error}"), &["more, which nobody asks for"]);
}

/// What a program sets before it loads does not count: the numbers that were saved do.
#[test]
fn an_optimizer_with_other_settings_takes_those_that_were_saved() {
    fn goes_on<O: Optimizer>(saved: impl Fn() -> O, other: impl Fn() -> O) {
        let file = Temporary::new("settings");
        let [mut run, mut loaded] = [Run::new(1, saved(), |_| ()), Run::new(1, other(), |_| ())];
        run.go_on(4);
        loaded.go_on(4);
        Archive::save(&file.0, |archive| run.archive(archive)).unwrap();
        Archive::load(&file.0, |archive| loaded.archive(archive)).unwrap();
        run.go_on(4);
        loaded.go_on(4);
        assert!(same(&run.state(), &loaded.state()));
    }
    goes_on(|| Sgd::new(0.1).momentum(0.9).nesterov(), || Sgd::new(0.2).momentum(0.5));
    goes_on(|| Adam::new(0.01), || Adam::new(0.02).weight_decay(0.1));
    goes_on(|| Msvag::new(0.1, 0.8), || Msvag::new(0.1, 0.5));
    goes_on(|| TemperedMean::new(Sgd::new(0.1), 5), || TemperedMean::new(Sgd::new(0.1), 2));
}

/// What was made while loading is gone again where loading fails.
#[test]
fn an_optimizer_that_had_kept_nothing_keeps_nothing_after_a_failure() {
    let file = Temporary::new("nothing");
    let mut saved = adam_run(1);
    saved.go_on(4);
    Archive::save(&file.0, |archive| saved.archive(archive)).unwrap();
    let [mut run, mut untouched] = [3, 3].map(adam_run);
    Archive::load(&file.0, |archive| {
        run.archive(archive);
        archive.count("absent", &mut 0);
    })
    .unwrap_err();
    run.go_on(3);
    untouched.go_on(3);
    assert!(same(&run.state(), &untouched.state()));
}

#[test]
fn numbers_of_another_type_are_refused() {
    let file = Temporary::new("type");
    let mut double: Tensor<f64> = Tensor::ones([2]);
    Archive::save(&file.0, |archive| archive.tensor("a", &mut double)).unwrap();
    let mut single: Tensor<f32> = Tensor::zeros([2]);
    let error = Archive::load(&file.0, |archive| archive.tensor("a", &mut single)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert_says(|| panic!("{error}"), &["\"a\"", "F64", "F32", "type"]);
    assert_eq!(single, Tensor::zeros([2]));
}

#[test]
fn every_number_comes_back_and_what_is_none_is_refused() {
    let file = Temporary::new("numbers");
    let numbers = [0.0, -0.0, f64::NAN, f64::MIN_POSITIVE, -1.0 / 3.0, f64::INFINITY, 5e-324];
    let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    let (mut saved, mut largest) = (numbers, usize::MAX);
    Archive::<f32>::save(&file.0, |archive| {
        archive.numbers("a", &mut saved);
        archive.count("b", &mut largest);
    })
    .unwrap();
    let (mut loaded, mut count) = ([0.0; 7], 0);
    Archive::<f32>::load(&file.0, |archive| {
        archive.numbers("a", &mut loaded);
        archive.count("b", &mut count);
    })
    .unwrap();
    assert_eq!((bits(&loaded), count), (bits(&numbers), usize::MAX));

    for wrong in [0.5, -1.0, -0.0, 65536.0, f32::NAN] {
        let tensor = Tensor::new([1, 4], vec![0.0, 0.0, wrong, 0.0]);
        Safetensors::write(&file.0, [("b", &tensor)]).unwrap();
        let load = |count: &mut usize| {
            Archive::<f32>::load(&file.0, |archive| archive.count("b", count)).unwrap_err()
        };
        assert_says(|| panic!("{}", load(&mut count)), &["b: more than numbers"]);
        assert_eq!(count, usize::MAX);
    }
    Safetensors::write(&file.0, [("c", &Tensor::<f32>::zeros([4, 4]))]).unwrap();
    let mut rng = Rng::new(1);
    let error = Archive::<f32>::load(&file.0, |archive| archive.rng("c", &mut rng)).unwrap_err();
    assert_says(|| panic!("{error}"), &["c: zeros"]);
    assert_eq!(rng, Rng::new(1));
}

#[test]
fn two_parts_of_one_name_are_a_mistake() {
    let file = Temporary::new("twice");
    let twice = |archive: &mut Archive| {
        archive.count("a", &mut 1);
        archive.number("a", &mut 1.0);
    };
    assert_says(|| Archive::save(&file.0, twice), &["two parts called a"]);
}

/// An optimizer that does not say what it keeps would silently lose it.
#[test]
fn an_optimizer_that_does_not_say_what_it_keeps_is_found() {
    struct Silent;
    impl Optimizer for Silent {
        fn step_param(&mut self, _param: &mut Param) {}
    }
    let file = Temporary::new("silent");
    assert_says(
        || Archive::<f32>::save(&file.0, |archive| Silent.archive(&[], archive)),
        &["does not say what it keeps"],
    );
}

/// Trains on from where the file left off, saves after each step, and says at the end what came
/// of it.
#[test]
#[ignore = "the other test runs it in a process of its own"]
fn trainer() {
    let Some(path) = std::env::var_os("LONGHAND_TEST_PATH") else { return };
    let mut run = adam_run(1);
    let mut step = 0;
    if std::fs::exists(&path).unwrap() {
        Archive::load(&path, |archive| {
            run.archive(archive);
            archive.count("step", &mut step);
        })
        .unwrap();
    }
    println!("begins at {step}");
    while step < 60 {
        run.go_on(1);
        step += 1;
        Archive::save(&path, |archive| {
            run.archive(archive);
            archive.count("step", &mut step);
        })
        .unwrap();
        println!("saved {step}");
    }
    println!("ends at {:?}", bits_of(&run.state()));
}

fn bits_of(state: &[Tensor]) -> Vec<u32> {
    state.iter().flat_map(|tensor| tensor.data()).map(|x| x.to_bits()).collect()
}

/// `LONGHAND_KILLS=100 cargo test --test resume kill` is the long run.
#[test]
#[cfg(unix)]
fn a_training_that_is_killed_goes_on_to_the_same_bits() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    use std::time::Duration;
    let mut through = adam_run(1);
    through.go_on(60);
    let expected = format!("ends at {:?}", bits_of(&through.state()));
    let trainer = |path: &PathBuf| {
        let mut command = common::this_program();
        command.args(["--ignored", "--exact", "trainer", "--nocapture"]);
        command.env("LONGHAND_TEST_PATH", path).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let kills = std::env::var("LONGHAND_KILLS").map_or(10, |text| text.parse().unwrap());
    for kill in 0..kills {
        let file = Temporary::new(&format!("kill{kill}"));
        let mut child = trainer(&file.0);
        // After one of the steps, and somewhere in the next one or in the writing of it.
        let step = format!("saved {}", 1 + kill * 7 % 58);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == step), "it ended before it was killed");
        std::thread::sleep(Duration::from_micros(kill * 7919 % 2_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let said = trainer(&file.0).wait_with_output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(!said.contains("begins at 0\n"), "kill {kill}: nothing was loaded");
        assert!(said.contains(&expected), "kill {kill}: {said}");
    }
    for name in std::fs::read_dir(std::env::temp_dir()).unwrap() {
        // What a killed process was writing.
        let name = name.unwrap();
        let part = format!(".longhand-{}-kill", std::process::id());
        if name.file_name().to_string_lossy().starts_with(&part) {
            std::fs::remove_file(name.path()).unwrap();
        }
    }
}
