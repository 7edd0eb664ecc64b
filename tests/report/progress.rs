//! The progress line draws in a terminal and is silent elsewhere.

use super::common::this_program;
use longhand::report::{Progress, display_width};
use std::cell::{Cell, RefCell};
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

/// A writer that the test can look into while the line writes.
#[derive(Clone, Default)]
struct Screen(Rc<RefCell<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Screen {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.borrow_mut())).unwrap()
    }
}

#[test]
fn the_line_redraws_in_place_and_leaves_nothing() {
    let (screen, now) = (Screen::default(), Cell::new(Duration::ZERO));
    let mut progress = Progress::to(screen.clone(), 80, || now.get(), "epoch 1", 40);
    assert_eq!(screen.take(), "");
    progress.step(|| "loss 2.3000".to_string());
    assert_eq!(
        screen.take(),
        "\r\x1b[?7lepoch 1  ────────────────────   1/40  loss 2.3000\x1b[K\x1b[?7h"
    );
    for _ in 0..19 {
        now.set(now.get() + Duration::from_millis(500));
        progress.step(|| "loss 1.5000".to_string());
    }
    // 20 of 40 steps in 9.5 seconds: as long again.
    let drawn = screen.take();
    assert!(
        drawn.ends_with("━━━━━━━━━━──────────  20/40  loss 1.5000  0:10 left\x1b[K\x1b[?7h"),
        "{drawn}"
    );
    progress.finish();
    assert_eq!(screen.take(), "\r\x1b[K");
}

#[test]
fn the_line_is_drawn_ten_times_a_second_at_most() {
    let (screen, now, asked) = (Screen::default(), Cell::new(Duration::ZERO), Cell::new(0));
    let mut progress = Progress::to(screen.clone(), 80, || now.get(), "e", 10_000);
    for _ in 0..10_000 {
        now.set(now.get() + Duration::from_millis(1));
        progress.step(|| {
            asked.set(asked.get() + 1);
            String::new()
        });
    }
    assert_eq!(asked.get(), 100);
    assert_eq!(screen.take().matches('\r').count(), 100);
}

#[test]
fn the_line_is_never_wider_than_the_terminal() {
    for columns in [0, 1, 2, 10, 35, 79] {
        let screen = Screen::default();
        let label = "a label 数 with\nbreaks\x1b[2J";
        let mut progress = Progress::to(screen.clone(), columns, || Duration::ZERO, label, 5);
        progress.step(|| "a message that is long ".repeat(9));
        let drawn = screen.take();
        let line =
            drawn.strip_prefix("\r\x1b[?7l").unwrap().strip_suffix("\x1b[K\x1b[?7h").unwrap();
        assert!(display_width(line) < columns.max(1), "{columns}: {line:?}");
        assert!(!line.contains(['\n', '\x1b']), "{line:?}");
    }
}

#[test]
fn more_steps_than_promised_or_none_promised_do_no_harm() {
    let most = format!("/{}", usize::MAX);
    for (total, end) in [(2, "2/2"), (0, "  5"), (usize::MAX, &*most)] {
        let (screen, now) = (Screen::default(), Cell::new(Duration::ZERO));
        let mut progress = Progress::to(screen.clone(), 90, || now.get(), "e", total);
        for _ in 0..5 {
            now.set(now.get() + Duration::from_secs(1 << 40));
            progress.step(String::new);
        }
        drop(progress);
        let drawn = screen.take();
        assert!(drawn.contains(end) && drawn.ends_with("\r\x1b[K"), "{drawn:?}");
    }
}

#[test]
fn a_line_that_was_cleared_comes_back() {
    let (screen, now) = (Screen::default(), Cell::new(Duration::ZERO));
    let mut progress = Progress::to(screen.clone(), 80, || now.get(), "e", 3);
    progress.clear();
    assert_eq!(screen.take(), "");
    progress.step(String::new);
    progress.clear();
    assert!(screen.take().ends_with("\r\x1b[K"));
    progress.step(String::new);
    assert!(screen.take().contains("2/3"));
}

/// Run by the test below in a process of its own, whose stderr is a pipe.
#[test]
fn progress_child() {
    if std::env::var_os("LONGHAND_REPORT_CHILD").is_some() {
        let mut progress = Progress::new("epoch", 3);
        for _ in 0..3 {
            progress.step(|| panic!("the message was asked for"));
        }
        progress.finish();
        println!("[done]");
    }
}

#[test]
fn in_a_pipe_there_is_no_line() {
    let mut child = this_program();
    child
        .args(["--exact", "progress::progress_child", "--nocapture"])
        .env("LONGHAND_REPORT_CHILD", "1");
    let output = child.output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("[done]"));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
