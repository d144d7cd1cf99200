//! The committed table, and what is held against it.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::Failed;

/// What a row says of a unit of work.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub case: String,
    pub unit: String,
    pub instructions: f64,
    pub allocations: f64,
    /// By how many bytes the most that was held at a time grows.
    pub bytes_held: f64,
    /// What DESIGN promises, where it does: never more, whatever the table says.
    pub most_instructions: Option<f64>,
    pub most_allocations: Option<f64>,
}

/// The rows, and the tools that they were counted with: another compiler makes other code.
#[derive(Clone, Debug)]
pub struct Table {
    pub tools: String,
    pub rows: Vec<Row>,
}

const HEAD: &str =
    "case,unit,instructions,allocations,bytes_held,most_instructions,most_allocations";

impl Table {
    pub fn path() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("counts.csv")
    }

    pub fn read() -> Result<Self, Failed> {
        let text = std::fs::read_to_string(Self::path())?;
        let mut lines = text.lines();
        let tools = lines.next().and_then(|line| line.strip_prefix("# "));
        let tools = tools.ok_or("the table names no tools")?.to_owned();
        if lines.next() != Some(HEAD) {
            return Err("the table has other columns".into());
        }
        let rows: Result<Vec<_>, Failed> = lines.map(Row::parse).collect();
        Ok(Self { tools, rows: rows? })
    }

    pub fn write(&self) -> Result<(), Failed> {
        let mut text = format!("# {}\n{HEAD}\n", self.tools);
        for row in &self.rows {
            let most = |most: Option<f64>| most.map_or(String::new(), |most| most.to_string());
            writeln!(
                text,
                "{},{},{:.0},{:.2},{:.0},{},{}",
                row.case,
                row.unit,
                row.instructions,
                row.allocations,
                row.bytes_held,
                most(row.most_instructions),
                most(row.most_allocations),
            )?;
        }
        Ok(std::fs::write(Self::path(), text)?)
    }

    pub fn row(&self, case: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.case == case)
    }
}

impl Row {
    fn parse(line: &str) -> Result<Self, Failed> {
        let cells: Vec<&str> = line.split(',').collect();
        let [
            case,
            unit,
            instructions,
            allocations,
            bytes_held,
            most,
            fewest,
        ] = cells[..]
        else {
            return Err(format!("a row of {} cells: {line}", cells.len()).into());
        };
        let optional = |cell: &str| -> Result<Option<f64>, Failed> {
            Ok(if cell.is_empty() {
                None
            } else {
                Some(cell.parse()?)
            })
        };
        Ok(Self {
            case: case.to_owned(),
            unit: unit.to_owned(),
            instructions: instructions.parse()?,
            allocations: allocations.parse()?,
            bytes_held: bytes_held.parse()?,
            most_instructions: optional(most)?,
            most_allocations: optional(fewest)?,
        })
    }

    /// What is wrong with a new count, beside this row of the table. `band` is a share of the instructions.
    pub fn faults(&self, now: &Self, band: f64) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |what: &str, was: f64, is: f64, slack: f64| {
            if (is - was).abs() > slack {
                let more = if is > was { "more" } else { "fewer" };
                faults.push(format!("{more} {what}: {was:.2} in the table, {is:.2} now"));
            }
        };
        let share = |value: f64, band: f64, least: f64| (value.abs() * band).max(least);
        check(
            "instructions",
            self.instructions,
            now.instructions,
            share(self.instructions, band, 20.0),
        );
        check(
            "allocations",
            self.allocations,
            now.allocations,
            share(self.allocations, 0.01, 0.05),
        );
        check(
            "bytes held",
            self.bytes_held,
            now.bytes_held,
            share(self.bytes_held, 0.05, 16.0),
        );
        for (what, most, is) in [
            ("instructions", self.most_instructions, now.instructions),
            ("allocations", self.most_allocations, now.allocations),
        ] {
            if let Some(most) = most
                && is > most
            {
                faults.push(format!("{is:.2} {what}, at most {most} are promised"));
            }
        }
        faults
    }
}
