//! One row per piece of work: ours, what it is held against, and the ratio pair by pair.

/// What was measured, in the order of measuring.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

struct Row {
    work: String,
    ours: String,
    against: String,
    ratio: String,
}

impl Table {
    /// A pair that was measured in turn: rates per second, higher is better.
    pub(crate) fn pair(&mut self, work: &str, unit: &str, against: &str, rounds: &[(f64, f64)]) {
        let of = |pick: fn(&(f64, f64)) -> f64| spread(rounds.iter().map(pick).collect());
        let (ours, theirs) = (of(|round| round.0), of(|round| round.1));
        let ratio = spread(rounds.iter().map(|(ours, theirs)| ours / theirs).collect());
        self.0.push(Row {
            work: work.to_owned(),
            ours: format!("{:.0} {unit} ({:.0} to {:.0})", ours.1, ours.0, ours.2),
            against: format!(
                "{against}: {:.0} {unit} ({:.0} to {:.0})",
                theirs.1, theirs.0, theirs.2
            ),
            ratio: format!("{:.2} ({:.2} to {:.2})", ratio.1, ratio.0, ratio.2),
        });
    }

    /// A figure without a floor.
    pub(crate) fn figure(&mut self, work: &str, ours: String) {
        self.0.push(Row {
            work: work.to_owned(),
            ours,
            against: String::new(),
            ratio: String::new(),
        });
    }

    /// Markdown, for the repository: median (minimum to maximum).
    pub(crate) fn print(&self) {
        say("| work | ours | held against | ratio |");
        say("|---|---|---|---|");
        for row in &self.0 {
            say(&format!(
                "| {} | {} | {} | {} |",
                row.work, row.ours, row.against, row.ratio
            ));
        }
    }
}

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Minimum, median and maximum.
pub(crate) fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    (at(0), at(values.len() / 2), at(values.len().saturating_sub(1)))
}
