//! The figures, and what they may be.

use std::fmt;

use aizuchi_store_dynamodb::Spent;

/// Write and read units that an action may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget(pub f64, pub f64);

#[derive(Debug)]
struct Row {
    action: &'static str,
    budget: Option<Budget>,
    /// In a process that has just begun.
    cold: Spent,
    /// In one that did the same a moment before.
    warm: Spent,
}

/// What each action took, at most.
#[derive(Debug, Default)]
pub(crate) struct Sheet(Vec<Row>);

impl Sheet {
    /// Writes down what an action took; the dearest of several times stands.
    pub(crate) fn note(
        &mut self,
        action: &'static str,
        budget: Option<Budget>,
        cold: Spent,
        warm: Spent,
    ) {
        match self.0.iter_mut().find(|row| row.action == action) {
            Some(row) => {
                row.cold = dearer(row.cold, cold);
                row.warm = dearer(row.warm, warm);
            }
            None => self.0.push(Row { action, budget, cold, warm }),
        }
    }

    /// Fails where a budget is exceeded.
    pub(crate) fn hold(&self) {
        let over = |row: &&Row| {
            row.budget.is_some_and(|Budget(writes, reads)| {
                let dearest = dearer(row.cold, row.warm);
                dearest.write_units > writes || dearest.read_units > reads
            })
        };
        let over: Vec<_> = self.0.iter().filter(over).collect();
        assert!(over.is_empty(), "over budget: {over:#?}");
    }
}

fn dearer(a: Spent, b: Spent) -> Spent {
    Spent {
        requests: a.requests.max(b.requests),
        read_units: a.read_units.max(b.read_units),
        write_units: a.write_units.max(b.write_units),
    }
}

/// A table as documents quote it.
impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| action | write units | read units | of them, warm | requests | budget |")?;
        writeln!(f, "| --- | --- | --- | --- | --- | --- |")?;
        for Row { action, budget, cold, warm } in &self.0 {
            let (writes, reads) = (cold.write_units.max(warm.write_units), cold.read_units);
            let (warm, requests) = (warm.read_units, cold.requests);
            write!(f, "| {action} | {writes} | {reads} | {warm} | {requests} |")?;
            match budget {
                Some(Budget(writes, reads)) => writeln!(f, " {writes} / {reads} |")?,
                None => writeln!(f, " |")?,
            }
        }
        Ok(())
    }
}
