//! The meter against the allocator: what the one counts, the other has handed out.

use crate::common::normal;
use crate::{RULES, Training, Way, deep_net};
use longhand::tensor::meter::Meter;
use longhand::tensor::threads;
use longhand::tensor::{cached_bytes, empty_cache};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, and for each thread the bytes that it has taken and not given back.
struct Counting;

thread_local!(static TAKEN: Cell<isize> = const { Cell::new(0) });

fn count(bytes: isize) {
    let _ = TAKEN.try_with(|taken| taken.set(taken.get() + bytes));
}

// SAFETY: all is handed on to the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as the caller promised.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// On this thread, without the packed blocks of products, which it keeps: they are taken once.
fn taken() -> usize {
    usize::try_from(TAKEN.get()).expect("this test frees only what it took")
}

#[test]
fn the_meter_and_the_allocator_agree() {
    threads::with(1, || {
        for (rule, optimizer) in RULES {
            for way in [Way::Ordinary, Way::PerLayer, Way::PerParameter] {
                let run = |meter: &Meter, check: &dyn Fn()| {
                    let x = meter.watch(|| normal(&[32, 200], 1));
                    check();
                    let mut training = meter.watch(|| Training::new(deep_net(1), optimizer, way));
                    check();
                    for step in 0..3 {
                        meter.watch(|| training.step(&x, step));
                        check();
                    }
                };
                // Once without looking, so that what is taken once and for all is there.
                run(&Meter::new(), &|| ());
                empty_cache();
                let start = taken();
                let meter = Meter::new();
                run(&meter, &|| {
                    let by_allocator = taken() - start;
                    let by_meter = meter.now().total() + cached_bytes();
                    // The rest is bookkeeping: boxes of layers, hash tables, headers of tensors.
                    let rest = by_allocator.checked_sub(by_meter);
                    let what = format!("{rule}, {way:?}: {by_allocator} and {by_meter}");
                    assert!(rest.is_some_and(|rest| rest < 8_000), "{what}");
                    assert!(by_meter > 20_000, "{what}");
                });
                assert_eq!(meter.now().total(), 0);
                empty_cache();
                let left = taken() - start;
                assert!(left < 1_000, "{rule}, {way:?}: {left} bytes are left over");
            }
        }
    });
}

/// While a step goes on as well: the allocator's peak is the meter's and what is kept, give or
/// take the bookkeeping.
#[test]
fn no_bytes_hide_within_a_step() {
    struct Peak<'a>(&'a Meter, usize, Cell<usize>);
    impl longhand::optim::Optimizer for Peak<'_> {
        fn step_param(&mut self, _: &mut longhand::Param) {
            let by_allocator = taken() - self.1;
            let by_meter = self.0.now().total() + cached_bytes();
            let rest = by_allocator.checked_sub(by_meter).expect("no byte is counted twice");
            self.2.set(self.2.get().max(rest));
        }
    }
    threads::with(1, || {
        let mut net = deep_net(1);
        let x = normal(&[32, 200], 1);
        let mut step = |optimizer: &mut dyn longhand::optim::Optimizer| {
            let d_output = crate::forward(&mut net, &x, 1);
            longhand::mebp::per_layer(&mut net, d_output, optimizer);
        };
        step(&mut longhand::optim::Sgd::new(0.0));
        empty_cache();
        let (meter, start) = (Meter::new(), taken());
        let mut peak = Peak(&meter, start, Cell::new(0));
        meter.watch(|| step(&mut peak));
        assert!((1..4_000).contains(&peak.2.get()), "{} bytes", peak.2.get());
    });
}
