//! Longhand beside its peers, by turns in one run.
//!
//! `cargo run --release --manifest-path benches/Cargo.toml --bin compare -- --help`

use longhand::report;
use longhand::tensor::{isa, threads};
use longhand::{Error, ErrorKind, Result};
use longhand_benches::contest::{Contest, Referee, Row};
use longhand_benches::matmul::{self, Shape};
use longhand_benches::rivals::openblas_kernels;
use longhand_benches::server::Server;
use longhand_benches::{
    avx2_alone, capture, compiled, conv, dni, elementwise, limit_threads, loading, mebp, memory,
    peak, per_sample, random, steps, table,
};
use std::process::ExitCode;

const HELP: &str = "\
compare [group or filter …] [options]

groups (all that fit, if none is named):
  peak products small elementwise conv steps compiled methods per-sample batch threads
  loading
  random (if it is named): two hundred products of random shapes
  avx2 (by itself): products without AVX-512, by us and by OpenBLAS
  memory (by itself: it wants a fresh process)
any other word is a filter: only rows with it in their names

  --threads N        threads for every rival (1)
  --f64              products in f64 instead of f32
  --seed N           of the random shapes (1)
  --pytorch PYTHON   with PyTorch in this Python: pip install torch backpack-for-pytorch
  --jax PYTHON       with JAX in this Python: pip install jax
  --budget SECONDS   time for each row, roughly (0.4)
  --record FILE      also write every median time to this file, separated by tabs
  --capture FOLDER   the whole comparison, into FOLDER/output and FOLDER/figures
";

/// What the command line asks for.
struct Options {
    groups: Vec<String>,
    filter: Vec<String>,
    threads: usize,
    double: bool,
    seed: u64,
    pytorch: Option<String>,
    jax: Option<String>,
    budget: f64,
    record: Option<String>,
    capture: Option<String>,
}

impl Options {
    /// Whether this group runs. `threads` repeats two rows of `products`, `random` takes two minutes,
    /// and `avx2` wants a process of its own: they run only if they are asked for.
    fn wants(&self, group: &str) -> bool {
        let default = self.groups.is_empty() && !["threads", "random", AVX2].contains(&group);
        default || self.groups.iter().any(|wanted| wanted == group)
    }
}

type Group = (&'static str, fn(&mut Referee, &Options));

/// Runs by itself: OpenBLAS settles on its kernels once.
const AVX2: &str = "avx2";
/// Runs only if it is asked for, and then alone.
const MEMORY: &str = "memory";

/// The groups in the order in which they run. What comes later in the book is one more line.
const GROUPS: &[Group] = &[
    ("peak", |referee, _| {
        if referee.threads == 1 {
            let title = "The peak of one core";
            section(referee, "peak", title, peak::contests(), peak::table);
        }
    }),
    ("products", |referee, options| {
        let (name, group) =
            if options.double { ("f64", "products f64") } else { ("f32", "products") };
        let title = format!("Products in {name}, {}", on(referee.threads));
        let (double, threads) = (options.double, referee.threads);
        let contest = move |shape: Shape| match double {
            true => matmul::contest::<f64>(shape, threads),
            false => matmul::contest::<f32>(shape, threads),
        };
        section(referee, group, &title, matmul::shapes().into_iter().map(contest), table::table);
    }),
    (AVX2, |referee, _| {
        if referee.threads == 1 && isa::Isa::Avx2.is_supported() {
            let contests = matmul::shapes().into_iter().map(matmul::avx2);
            section(referee, "avx2", "Products with AVX2 alone", contests, table::table);
        }
    }),
    ("small", |referee, _| {
        let title = format!("A thousand small products, {}", on(referee.threads));
        section(referee, "small", &title, matmul::tiny(referee.threads), table::table);
    }),
    ("random", |referee, options| {
        let (seed, threads) = (options.seed, referee.threads);
        let (name, group, contests): (_, _, Box<dyn Iterator<Item = Contest>>) =
            match options.double {
                true => ("f64", "random f64", Box::new(random::contests::<f64>(seed, threads))),
                false => ("f32", "random", Box::new(random::contests::<f32>(seed, threads))),
            };
        let title = format!("Random shapes in {name}, seed {seed}, {}", on(threads));
        section(referee, group, &title, contests, random::table);
    }),
    ("elementwise", |referee, _| {
        let title = format!("A million numbers, {}", on(referee.threads));
        section(
            referee,
            "elementwise",
            &title,
            elementwise::contests(referee.threads),
            table::table,
        );
    }),
    ("conv", |referee, _| {
        let title = format!("Convolutions, {}", on(referee.threads));
        section(referee, "conv", &title, conv::contests(), table::table);
    }),
    ("steps", |referee, _| {
        let title = format!("A training step, {}", on(referee.threads));
        section(referee, "steps", &title, steps::contests(), table::table);
    }),
    ("compiled", |referee, _| {
        let title = format!("A training step beside compiled ones, {}", on(referee.threads));
        section(referee, "compiled", &title, compiled::linear(referee.threads), table::table);
        let title = format!("A step of LeNet in other ways, {}", on(referee.threads));
        section(referee, "compiled", &title, compiled::lenet(), table::table);
    }),
    ("methods", |referee, _| {
        let title = format!("Steps by three methods, {}", on(referee.threads));
        let contests = mebp::contests().into_iter().chain([steps::lenet_tempered(6000)]);
        section(referee, "methods", &title, contests.chain(dni::contests()), table::table);
    }),
    ("per-sample", |referee, _| {
        let title = format!("The variance in a batch of 32, {}", on(referee.threads));
        section(referee, "per-sample", &title, per_sample::contests(), table::table);
    }),
    ("batch", |referee, _| {
        let title = format!("A step against the batch, {}", on(referee.threads));
        section(referee, "batch", &title, steps::batches(), table::table);
    }),
    ("threads", |referee, _| {
        let threads = referee.threads;
        let contests = [256, 1024].map(|n| matmul::contest::<f32>(Shape::square(n, "NN"), threads));
        let title = format!("Squares, {}", on(threads));
        section(referee, "threads", &title, contests, table::table);
    }),
    ("loading", |referee, _| {
        if referee.threads == 1 {
            section(referee, "loading", "Reading MNIST", loading::contests(), table::table);
        }
    }),
];

fn on(threads: usize) -> String {
    format!("{threads} thread{}", if threads == 1 { "" } else { "s" })
}

/// Times the rows of a group one by one and prints them as a table.
fn section(
    referee: &mut Referee,
    group: &'static str,
    title: &str,
    contests: impl IntoIterator<Item = Contest>,
    show: fn(&[&Row]) -> String,
) {
    let before = referee.record.len();
    for contest in contests {
        referee.time(group, contest);
    }
    let rows: Vec<&Row> = referee.record[before..].iter().map(|(_, row)| row).collect();
    if !rows.is_empty() {
        report::section(title);
        print!("{}", show(&rows));
    }
}

fn main() -> ExitCode {
    match options(std::env::args().skip(1)).and_then(|options| options.map_or(Ok(()), run)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<()> {
    limit_threads(options.threads);
    if options.groups == [AVX2] {
        avx2_alone();
    }
    isa::check()?;
    if let Some(folder) = &options.capture {
        let (pytorch, jax) = (options.pytorch.as_deref(), options.jax.as_deref());
        return capture::run(folder, pytorch, jax, options.budget);
    }
    if options.groups.iter().any(|group| group == MEMORY) {
        let table = memory::table(options.pytorch.as_deref(), options.threads)?;
        report::section(&format!("The memory of a step, {}", on(options.threads)));
        print!("{table}");
        return Ok(());
    }
    match openblas_kernels() {
        Ok(kernels) => eprintln!("OpenBLAS with its kernels for {kernels}"),
        Err(why) => eprintln!("{why}"),
    }
    let mut servers = Vec::new();
    if let Some(python) = &options.pytorch {
        servers.push(Server::pytorch(python)?);
    }
    if options.wants("compiled") {
        if let Some(python) = &options.jax {
            servers.push(Server::jax(python, options.threads)?);
        }
        match Server::floor() {
            Ok(floor) => servers.push(floor),
            Err(error) => eprintln!("{error}\nthe column C is left out"),
        }
    }
    let mut referee = Referee {
        threads: options.threads,
        budget: options.budget,
        filter: options.filter.clone(),
        servers,
        record: Vec::new(),
    };
    for (name, group) in GROUPS {
        if options.wants(name) {
            group(&mut referee, &options);
        }
    }
    match &options.record {
        Some(file) => capture::write_record(file, options.threads, &referee.record),
        None => Ok(()),
    }
}

/// The options of these arguments, or `None` if they only ask for help.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>> {
    let mut options = Options {
        groups: Vec::new(),
        filter: Vec::new(),
        threads: 1,
        double: false,
        seed: 1,
        pytorch: None,
        jax: None,
        budget: 0.4,
        record: None,
        capture: None,
    };
    while let Some(argument) = arguments.next() {
        let fault = |found: &str, expected: &str| {
            Error::new(ErrorKind::Argument, &argument)
                .found(found)
                .expected(expected)
                .help("--help shows all there is")
        };
        let mut value =
            |expected: &str| arguments.next().ok_or(fault("nothing after it", expected));
        match argument.as_str() {
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(None);
            }
            "--f64" => options.double = true,
            "--seed" => {
                let text = value("a number")?;
                options.seed = text.parse().map_err(|_| fault(&text, "a whole number"))?;
            }
            "--threads" => {
                let text = value("a number")?;
                let number = threads::choose(Some(&text));
                options.threads =
                    number.map_err(|_| fault(&text, "a whole number from 1 to 256"))?;
            }
            "--budget" => {
                let text = value("seconds")?;
                let seconds = text.parse().ok().filter(|s: &f64| s.is_finite() && *s >= 0.0);
                options.budget = seconds.ok_or(fault(&text, "seconds"))?;
            }
            "--pytorch" => options.pytorch = Some(value("a Python")?),
            "--jax" => options.jax = Some(value("a Python")?),
            "--record" => options.record = Some(value("a file")?),
            "--capture" => options.capture = Some(value("a folder")?),
            other if other.starts_with('-') => {
                return Err(fault("an unknown option", "one that exists"));
            }
            group if group == MEMORY || GROUPS.iter().any(|(name, _)| *name == group) => {
                options.groups.push(group.into())
            }
            filter => options.filter.push(filter.into()),
        }
    }
    Ok(Some(options))
}
