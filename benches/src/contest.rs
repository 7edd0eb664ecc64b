//! One row of a comparison: rivals with the same work, timed by turns.

use crate::server::Server;
use longhand::tensor::threads;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// A sample is repeated until it takes this long, in seconds. A process that was idle needs some
/// of it to get going again.
const SAMPLE: f64 = 10e-3;
/// How many rounds a row gets, at least and at most, whatever the time it may take.
const ROUNDS: (usize, usize) = (3, 21);
/// What takes longer than this, in seconds, has nothing left in the caches to be warm.
const LONG: f64 = 0.03;
/// A pause in which the spinning threads of a Rust library go to sleep, and one for those of others,
/// which spin for longer: OpenBLAS's for 2²⁶ ticks of the clock, 30 ms or so.
const PAUSE: Duration = Duration::from_millis(3);
const LONG_PAUSE: Duration = Duration::from_millis(40);

/// The rivals that are not written in Rust: each has a ratio of its own, under this heading. C has
/// none, for it is no library.
pub const NOT_RUST: [(&str, &str); 7] = [
    ("C", ""),
    ("OpenBLAS", "/BLAS"),
    ("SLEEF", "/SLEEF"),
    ("PyTorch", "/Torch"),
    ("chan.last", "/last"),
    ("JAX", "/JAX"),
    ("scan", "/scan"),
];

/// Whether the rival of this name is written in Rust.
fn in_rust(name: &str) -> bool {
    NOT_RUST.iter().all(|(other, _)| *other != name)
}

/// How a rival does its work once.
pub enum Work {
    /// Longhand, on the number of threads that the run is about.
    Ours(Box<dyn FnMut()>),
    /// A peer in this process.
    Peer(Box<dyn FnMut()>),
    /// Who answers from a process of its own, by name, and what it calls the workload.
    Served(&'static str, String),
}

/// Who works, under which name.
pub struct Rival {
    /// The column's heading.
    pub name: &'static str,
    /// What is timed.
    pub work: Work,
}

/// Several rivals with the same work. Ours comes first.
pub struct Contest {
    /// The row's heading.
    pub name: String,
    /// Floating-point operations of the work, if a rate says more than a time.
    pub flops: Option<f64>,
    /// Those who compete.
    pub rivals: Vec<Rival>,
}

impl Contest {
    /// A contest in which so far only we take part.
    pub fn ours(name: impl Into<String>, work: impl FnMut() + 'static) -> Self {
        let work = Work::Ours(Box::new(work));
        Self { name: name.into(), flops: None, rivals: vec![Rival { name: "ours", work }] }
    }

    /// With another way of ours to do the same.
    pub fn beside(mut self, name: &'static str, work: impl FnMut() + 'static) -> Self {
        self.rivals.push(Rival { name, work: Work::Ours(Box::new(work)) });
        self
    }

    /// With a peer in this process.
    pub fn peer(mut self, name: &'static str, work: impl FnMut() + 'static) -> Self {
        self.rivals.push(Rival { name, work: Work::Peer(Box::new(work)) });
        self
    }

    /// With a peer that may not be there.
    pub fn peer_if_any(self, name: &'static str, work: Option<impl FnMut() + 'static>) -> Self {
        match work {
            Some(work) => self.peer(name, work),
            None => self,
        }
    }

    /// With PyTorch, which takes part if there is one: the name of the workload in
    /// `benches/pytorch.py`.
    pub fn pytorch(self, workload: impl Into<String>) -> Self {
        self.served("PyTorch", "PyTorch", workload)
    }

    /// With one that answers from a process of its own, if it is there: the column's heading, who it
    /// is, and what it calls the workload.
    pub fn served(
        mut self,
        name: &'static str,
        server: &'static str,
        workload: impl Into<String>,
    ) -> Self {
        self.rivals.push(Rival { name, work: Work::Served(server, workload.into()) });
        self
    }

    /// With a number of floating-point operations, to be shown as a rate.
    pub fn flops(mut self, flops: f64) -> Self {
        self.flops = Some(flops);
        self
    }
}

/// The times of one contest, in seconds, of all rivals round by round.
pub struct Row {
    /// The row's heading.
    pub name: String,
    /// Floating-point operations of the work.
    pub flops: Option<f64>,
    /// Each rival with one time for each round.
    pub times: Vec<(&'static str, Vec<f64>)>,
}

impl Row {
    /// The median time of a rival, if it took part.
    pub fn time(&self, rival: &str) -> Option<f64> {
        self.times.iter().find(|(name, _)| *name == rival).map(|(_, times)| median(times))
    }

    /// How many times as fast as this rival we are: the median over the rounds.
    pub fn gain(&self, rival: &str) -> Option<f64> {
        let (_, theirs) = self.times.iter().find(|(name, _)| *name == rival)?;
        let ours = &self.times[0].1;
        Some(median(
            &theirs.iter().zip(ours).map(|(theirs, ours)| theirs / ours).collect::<Vec<_>>(),
        ))
    }

    /// The fastest of the Rust peers.
    pub fn best_peer(&self) -> Option<&'static str> {
        self.fastest(in_rust)
    }

    /// The fastest of all the others.
    pub fn best(&self) -> Option<&'static str> {
        self.fastest(|_| true)
    }

    fn fastest(&self, among: impl Fn(&str) -> bool) -> Option<&'static str> {
        let peers = self.times[1..].iter().filter(|(name, _)| among(name));
        peers.min_by(|a, b| median(&a.1).total_cmp(&median(&b.1))).map(|(name, _)| *name)
    }
}

/// The middle one, or the upper one of the middle two.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The settings of a run, and who takes part in it from other processes.
pub struct Referee {
    /// How many threads each rival may use.
    pub threads: usize,
    /// Seconds for a row, roughly.
    pub budget: f64,
    /// Only rows with one of these in their names; all if there is none.
    pub filter: Vec<String>,
    /// PyTorch and others, as far as they take part.
    pub servers: Vec<Server>,
    /// Every row that was timed, with its group.
    pub record: Vec<(&'static str, Row)>,
}

impl Referee {
    /// Times a row, unless the filter leaves it out. It is also put on record under its group.
    pub fn time(&mut self, group: &'static str, contest: Contest) -> Option<&Row> {
        let Contest { name, flops, mut rivals } = contest;
        if !self.wants(&name) {
            return None;
        }
        if std::io::stderr().is_terminal() {
            eprintln!("{group}: {name}");
        }
        rivals.retain(|rival| match rival.work {
            Work::Served(who, _) => self.servers.iter().any(|server| server.name == who),
            _ => true,
        });

        let mut round = 0.0;
        // Once to touch the memory, and what is quick some more to see how long it takes.
        let plans: Vec<Plan> = rivals
            .iter_mut()
            .map(|rival| {
                let once = Plan { warm: 0, repeats: 1 };
                let mut cold = self.turn(rival, once);
                if cold >= LONG {
                    // It may have been the loading of libraries.
                    cold = self.turn(rival, once);
                }
                let repeats = |seconds: f64| (SAMPLE / seconds).ceil().clamp(1.0, 1e6) as usize;
                let warm = |repeats| if cold < LONG { repeats } else { 0 };
                let guess = Plan { warm: warm(1), repeats: repeats(cold) };
                let seconds = if cold < LONG { self.turn(rival, guess) } else { cold };
                let plan = Plan { warm: warm(repeats(seconds)), repeats: repeats(seconds) };
                round += seconds * (plan.warm + plan.repeats) as f64;
                plan
            })
            .collect();
        let rounds = ((self.budget / round) as usize).clamp(ROUNDS.0, ROUNDS.1);

        let mut times: Vec<_> = rivals.iter().map(|rival| (rival.name, Vec::new())).collect();
        for first in 0..rounds {
            for i in 0..times.len() {
                let at = (first + i) % times.len();
                times[at].1.push(self.turn(&mut rivals[at], plans[at]));
            }
        }
        self.record.push((group, Row { name, flops, times }));
        self.record.last().map(|(_, row)| row)
    }

    /// Whether the filter lets a row of this name through.
    pub fn wants(&self, name: &str) -> bool {
        self.filter.is_empty() || self.filter.iter().any(|part| name.contains(part.as_str()))
    }

    /// One turn: seconds for one run.
    fn turn(&mut self, rival: &mut Rival, plan: Plan) -> f64 {
        let seconds = match &mut rival.work {
            Work::Ours(work) => threads::with(self.threads, || plan.time(work)),
            Work::Peer(work) => plan.time(work),
            Work::Served(who, workload) => {
                let server = self.servers.iter_mut().find(|server| server.name == *who);
                let server = server.expect("rivals without one are left out");
                let seconds = server.time(workload, self.threads, plan.warm, plan.repeats);
                seconds.unwrap_or_else(|error| panic!("{error}"))
            }
        };
        if self.threads > 1 {
            std::thread::sleep(if in_rust(rival.name) { PAUSE } else { LONG_PAUSE });
        }
        seconds
    }
}

/// How a rival's turn goes.
#[derive(Clone, Copy)]
struct Plan {
    /// With how many runs that are not timed it begins.
    warm: usize,
    /// How many runs are timed together.
    repeats: usize,
}

impl Plan {
    fn time(self, work: &mut dyn FnMut()) -> f64 {
        for _ in 0..self.warm {
            work();
        }
        let start = Instant::now();
        for _ in 0..self.repeats {
            work();
        }
        start.elapsed().as_secs_f64() / self.repeats as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        let times = vec![
            ("ours", vec![1.0, 2.0, 4.0]),
            ("slow", vec![3.0, 6.0, 12.0]),
            ("quick", vec![1.5, 3.0, 5.0]),
        ];
        Row { name: "row".into(), flops: None, times }
    }

    #[test]
    fn a_gain_is_the_median_of_the_rounds() {
        assert_eq!(row().gain("slow"), Some(3.0));
        assert_eq!(row().gain("quick"), Some(1.5));
        assert_eq!(row().gain("nobody"), None);
        assert_eq!(row().time("slow"), Some(6.0));
    }

    #[test]
    fn the_best_peer_is_the_fastest_and_never_us() {
        assert_eq!(row().best_peer(), Some("quick"));
    }

    #[test]
    fn each_rival_gets_a_turn_in_each_round() {
        let mut referee = Referee {
            threads: 1,
            budget: 0.0,
            filter: vec!["a".into()],
            servers: vec![],
            record: vec![],
        };
        let contest = |name: &str| {
            Contest::ours(name, || std::thread::sleep(Duration::from_millis(1)))
                .peer("peer", || std::thread::sleep(Duration::from_millis(3)))
                .pytorch("nothing")
        };
        assert!(referee.time("group", contest("b")).is_none(), "the filter leaves it out");
        let row = referee.time("group", contest("a")).unwrap();
        assert_eq!(row.times.len(), 2, "no PyTorch, no column");
        assert!(row.times.iter().all(|(_, times)| times.len() == ROUNDS.0));
        assert!(row.gain("peer").unwrap() > 1.0);
    }
}
