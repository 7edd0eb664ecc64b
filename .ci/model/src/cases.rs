//! The cases, for one gate and what it is made of: its module has a `gate` and a `sync`.

macro_rules! cases {
    () => {
        use gate::Gate;
        use loom::cell::UnsafeCell;
        use loom::sync::Arc;
        use loom::thread::{JoinHandle, spawn};
        use std::time::Duration;

        /// What a caller has on its stack: `None` once it is gone.
        type Stack = UnsafeCell<Option<u64>>;

        /// A job points there. One that points nowhere is the last.
        #[derive(Clone, Copy, Debug)]
        struct Job(*const Stack);

        // SAFETY: whoever reads through it is watched by loom.
        unsafe impl Send for Job {}

        fn closed() -> Arc<Gate<Job>> {
            Arc::new(Gate {
                held: sync::AtomicBool::new(false),
                state: sync::AtomicU64::new(0),
                job: UnsafeCell::new(None),
                helpers: sync::AtomicUsize::new(0),
                sleepers: sync::Mutex::new(()),
                asleep: sync::AtomicUsize::new(0),
                wake: sync::Condvar::new(),
            })
        }

        /// The pool's `serve`, up to the last job. It does not look around for a while before it
        /// sleeps: that is only what it does when it looks, again and again.
        fn worker(gate: &Arc<Gate<Job>>, number: usize) -> JoinHandle<()> {
            let gate = gate.clone();
            spawn(move || {
                let mut last = 0;
                loop {
                    let seen = gate.wait(last, Duration::ZERO);
                    if !gate.wants(number) {
                        last = seen.job();
                    } else if let Some(inside) = gate.enter(seen) {
                        last = seen.job();
                        let Job(stack) = inside.job().expect("an open gate has a job");
                        if stack.is_null() {
                            return;
                        }
                        // SAFETY: the caller waits for `inside` to be dropped; loom sees whether.
                        let found = unsafe { (*stack).with(|place| *place) };
                        assert_eq!(found, Some(7), "a job that is not there yet, or no more");
                    }
                }
            })
        }

        /// The pool's `parallel`: a job on the stack, gone as soon as the gate is shut. Whether it got
        /// the gate.
        fn call(gate: &Gate<Job>, helpers: usize) -> bool {
            let Some(mut held) = gate.hold() else { return false };
            let stack = UnsafeCell::new(Some(7));
            let open = held.open(Job(&stack), helpers);
            drop(open);
            // SAFETY: nobody is inside; loom sees whether.
            stack.with_mut(|place| unsafe { *place = None });
            true
        }

        /// A last job, held open until all workers have seen it.
        fn finish(gate: &Gate<Job>, workers: Vec<JoinHandle<()>>) {
            let mut held = gate.hold().expect("nobody else");
            let open = held.open(Job(std::ptr::null()), workers.len());
            for worker in workers {
                worker.join().expect("a worker that ends");
            }
            drop(open);
        }

        /// Runs a case in every order in which a thread is stopped at most `stops` times where it
        /// could have gone on, and wherever it must wait; LOOM_MAX_PREEMPTIONS sets another number.
        fn in_every_order(stops: Option<usize>, case: impl Fn() + Send + Sync + 'static) {
            let mut builder = loom::model::Builder::new();
            builder.preemption_bound = builder.preemption_bound.or(stops);
            builder.check(case);
        }

        pub(crate) fn one_worker(jobs: usize, stops: Option<usize>) {
            in_every_order(stops, move || {
                let gate = closed();
                let workers = vec![worker(&gate, 0)];
                for _ in 0..jobs {
                    assert!(call(&gate, 1), "nobody else");
                }
                finish(&gate, workers);
            });
        }

        pub(crate) fn two_workers(helpers: usize, stops: Option<usize>) {
            in_every_order(stops, move || {
                let gate = closed();
                let workers = vec![worker(&gate, 0), worker(&gate, 1)];
                assert!(call(&gate, helpers), "nobody else");
                finish(&gate, workers);
            });
        }

        pub(crate) fn two_callers(stops: Option<usize>) {
            in_every_order(stops, || {
                let gate = closed();
                let workers = vec![worker(&gate, 0)];
                let other = {
                    let gate = gate.clone();
                    spawn(move || call(&gate, 1))
                };
                let one = call(&gate, 1);
                // The gate is not lost: one of them has it at least.
                assert!(other.join().expect("a caller that ends") || one);
                finish(&gate, workers);
            });
        }
    };
}

pub(crate) use cases;
