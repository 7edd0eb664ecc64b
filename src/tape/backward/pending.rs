//! Gradients that have arrived at an entry and wait for the pass to reach it (chapter 5).

/// For each entry, by its number, the sum of the gradients that have arrived there.
pub(super) struct Pending<G> {
    slots: Vec<Option<G>>,
    /// How many slots hold something.
    waiting: usize,
    /// No entry from here on waits for anything.
    end: usize,
    /// What one pullback has just given, and to which entries.
    given: Vec<(usize, G)>,
}

impl<G> Pending<G> {
    /// Nothing waits yet, in slots for the entries below `end`.
    pub(super) fn new(slots: Vec<Option<G>>, end: usize) -> Self {
        Self { slots, waiting: 0, end, given: Vec::new() }
    }

    /// Adds a gradient to what waits at an entry.
    pub(super) fn add(&mut self, index: usize, gradient: G, sum: impl FnOnce(G, G) -> G) {
        let slot = &mut self.slots[index];
        *slot = Some(match slot.take() {
            Some(earlier) => sum(earlier, gradient),
            None => {
                self.waiting += 1;
                gradient
            }
        });
    }

    /// Keeps a gradient aside until [`settle`](Self::settle): while the pullback's results lie on
    /// the end of the list, nothing can be added up.
    pub(super) fn give(&mut self, index: usize, gradient: G) {
        self.given.push((index, gradient));
    }

    /// Adds what was kept aside to what waits.
    pub(super) fn settle(&mut self, sum: impl Fn(G, G) -> G) {
        let mut given = std::mem::take(&mut self.given);
        given.drain(..).for_each(|(index, gradient)| self.add(index, gradient, &sum));
        self.given = given;
    }

    /// The gradient of the last entry that any waits at.
    pub(super) fn next(&mut self) -> Option<(usize, G)> {
        if self.waiting == 0 {
            return None;
        }
        loop {
            self.end -= 1;
            if let Some(gradient) = self.slots[self.end].take() {
                self.waiting -= 1;
                return Some((self.end, gradient));
            }
        }
    }

    /// The slots, empty at the end of a pass.
    pub(super) fn into_slots(self) -> Vec<Option<G>> {
        self.slots
    }
}
