//! The progress line that a training loop shows in a terminal, and only there.
//!
//! The line goes to stderr. It is redrawn in place at most ten times a second, and wiped at the
//! end, so that the next line printed takes its place. When stderr is a pipe or a file a
//! [`Progress`] does nothing at all, not even reading the clock or formatting the message: the
//! caller's own epoch lines on stdout are the record of the run.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use super::width::{cut, display_width, printable};

/// The least time between two drawings of the line.
const PAUSE: Duration = Duration::from_millis(100);
/// The length of the bar, in columns.
const BAR: usize = 20;

/// A line that says how far a loop has come and how long the rest will take.
///
/// ```
/// use longhand::report::Progress;
/// let batches = 3;
/// let mut progress = Progress::new("epoch 1", batches);
/// for batch in 0..batches {
///     let loss = 2.3 / (batch + 1) as f64;
///     progress.step(|| format!("loss {loss:.4}")); // formatted only when it is drawn
/// }
/// progress.finish();
/// println!("epoch 1: accuracy ..."); // takes the progress line's place
/// ```
///
/// In a terminal it looks like this:
///
/// ```text
/// epoch 1  ━━━━━━━━━━──────────  391/782  loss 0.2117  0:07 left
/// ```
pub struct Progress<'a> {
    /// Nothing, in a pipe: then every call returns at once.
    live: Option<Live<'a>>,
}

struct Live<'a> {
    label: String,
    total: usize,
    done: usize,
    columns: usize,
    out: Box<dyn Write + 'a>,
    clock: Box<dyn Fn() -> Duration + 'a>,
    began: Duration,
    drawn: Option<Duration>,
}

impl<'a> Progress<'a> {
    /// A line for a loop of `total` steps, on stderr if that is a terminal. With `total` 0 the
    /// number of steps is unknown: the line then only counts.
    pub fn new(label: &str, total: usize) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if dumb || !std::io::stderr().is_terminal() {
            return Self { live: None };
        }
        // The standard library cannot ask a terminal for its width. 80 is the custom; a
        // narrower one cuts the line itself, see `Live::draw`.
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let start = Instant::now();
        let clock = move || start.elapsed();
        Self::to(std::io::stderr(), columns.unwrap_or(80), clock, label, total)
    }

    /// A line drawn on any writer, `columns` wide, at the times that `clock` tells. Tests use it.
    pub fn to(
        out: impl Write + 'a,
        columns: usize,
        clock: impl Fn() -> Duration + 'a,
        label: &str,
        total: usize,
    ) -> Self {
        let began = clock();
        let (out, clock) = (Box::new(out), Box::new(clock));
        let label = printable(label);
        Self { live: Some(Live { label, total, done: 0, columns, out, clock, began, drawn: None }) }
    }

    /// One step is done. The message stands at the end of the line; it is asked for only when
    /// the line is drawn.
    pub fn step(&mut self, message: impl FnOnce() -> String) {
        if let Some(live) = &mut self.live {
            live.done += 1;
            let now = (live.clock)();
            if live.drawn.is_none_or(|last| now.saturating_sub(last) >= PAUSE) {
                live.drawn = Some(now);
                live.draw(now.saturating_sub(live.began), &printable(&message()));
            }
        }
    }

    /// Wipes the line, for a caller that prints in the middle of the loop. The next step that is
    /// due draws it again.
    pub fn clear(&mut self) {
        if let Some(live) = &mut self.live {
            live.wipe();
        }
    }

    /// Ends the loop: wipes the line. (So does dropping it, after an early return or a panic.)
    pub fn finish(self) {}
}

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.live {
            Some(live) => write!(f, "{}: {} of {}", live.label, live.done, live.total),
            None => f.write_str("a progress line that nobody sees"),
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Live<'_> {
    fn draw(&mut self, elapsed: Duration, message: &str) {
        let mut parts = vec![self.label.clone()];
        if self.total > 0 {
            let done = self.done.min(self.total);
            let full = (done as u128 * BAR as u128 / self.total as u128) as usize;
            parts.push(format!("{}{}", "━".repeat(full), "─".repeat(BAR - full)));
            parts.push(format!("{done:>width$}/{}", self.total, width = digits(self.total)));
        } else {
            parts.push(self.done.to_string());
        }
        parts.push(message.to_string());
        if let Some(left) = self.left(elapsed) {
            parts.push(format!("{} left", minutes(left)));
        }
        parts.retain(|part| !part.is_empty());
        let mut line = parts.join("  ");
        // One column stays free: a terminal whose last column is filled may go to a new line.
        if display_width(&line) >= self.columns {
            line = cut(&line, self.columns.saturating_sub(1)).to_string();
        }
        // `?7l` turns line wrapping off and `?7h` on again, so that a terminal narrower than we
        // believe shows less of the line and not a second one. `K` clears to the end.
        // A terminal that has gone away is no reason to stop a training: errors are ignored.
        let _ = write!(self.out, "\r\x1b[?7l{line}\x1b[K\x1b[?7h");
        let _ = self.out.flush();
    }

    /// The time that the rest takes at the pace so far. Nothing in the first second, when the
    /// guess would jump about.
    fn left(&self, elapsed: Duration) -> Option<Duration> {
        let rest = self.total.checked_sub(self.done)?;
        let guess = elapsed.as_secs_f64() / self.done as f64 * rest as f64;
        let known = elapsed >= Duration::from_secs(1) && rest > 0;
        known.then(|| Duration::try_from_secs_f64(guess).ok()).flatten()
    }

    fn wipe(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(self.out, "\r\x1b[K");
            let _ = self.out.flush();
        }
    }
}

fn digits(number: usize) -> usize {
    number.to_string().len()
}

/// `1:05`, or `2:00:07` from an hour on. Rounded up: 0:00 would say that it is over.
fn minutes(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match h {
        0 => format!("{m}:{s:02}"),
        _ => format!("{h}:{m:02}:{s:02}"),
    }
}
