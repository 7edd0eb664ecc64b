//! The gate of the pool of threads, as it stands in the crate, run by [loom] in every order in which
//! its threads can meet and with every value that the memory model lets them see.
//!
//! What is looked for: a job that is read while its caller writes it or after it is gone, two callers
//! at one gate, a worker that sleeps through the last call, a caller that waits for ever.
//!
//! ```console
//! $ cargo test --manifest-path .ci/model/Cargo.toml
//! ```
//!
//! A model that finds nothing may be one that cannot find anything. So there are two more gates, the
//! same file with one primitive spoilt: without its fences a worker sleeps through a job, without the
//! orderings of its atomics a job is read too early. loom must find both.
#![cfg(test)]

mod cases;
mod right;
// Not every case is wanted of these.
#[allow(dead_code)]
mod without_fences;
#[allow(dead_code)]
mod without_orderings;

#[test]
fn one_worker_is_at_a_job() {
    right::one_worker(1, None);
}

#[test]
fn one_worker_is_at_two_jobs() {
    right::one_worker(2, Some(4));
}

#[test]
fn two_workers_are_at_one_job() {
    right::two_workers(2, Some(2));
}

#[test]
fn one_of_two_workers_is_wanted() {
    right::two_workers(1, Some(2));
}

#[test]
fn two_callers_want_one_gate() {
    right::two_callers(Some(2));
}

/// In a process of its own: guards that are dropped on the way out of a deadlock end it.
#[test]
fn without_fences_a_worker_sleeps_through_a_job() {
    let program = std::env::current_exe().expect("this program");
    let arguments = ["--exact", "asleep_without_fences", "--ignored", "--nocapture"];
    let run = std::process::Command::new(program).args(arguments).output().expect("it runs");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success() && said.contains("deadlock; threads"), "{said}");
}

#[test]
#[ignore = "started by the test above"]
fn asleep_without_fences() {
    without_fences::one_worker(1, None);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn without_orderings_a_job_is_read_too_early() {
    without_orderings::one_worker(1, None);
}
