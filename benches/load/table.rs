//! The one table that the bench prints.

use std::fmt::Write as _;

use super::http::Load;

/// What a row counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Milliseconds,
    Seconds,
    /// CPU seconds for 1000 requests.
    CpuPer1000,
    /// 10^6 bytes.
    Megabytes,
    PerSecond,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Milliseconds => format!("{value:.2} ms"),
            Self::Seconds => format!("{value:.3} s"),
            Self::CpuPer1000 => format!("{value:.4} s"),
            Self::Megabytes => format!("{value:.1} MB"),
            Self::PerSecond => format!("{value:.0} /s"),
        }
    }

    /// Whether more is better.
    const fn grows(self) -> bool {
        matches!(self, Self::PerSecond)
    }
}

/// One row: what was measured, against the bar and against the floor of the same run.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    what: &'static str,
    unit: Unit,
    load: Load,
    measured: f64,
    bar: Option<f64>,
    floor: Option<f64>,
}

impl Row {
    /// A row without bar and floor.
    pub(crate) fn new(what: &'static str, unit: Unit, load: Load, measured: f64) -> Self {
        Self {
            what,
            unit,
            load,
            measured,
            bar: None,
            floor: None,
        }
    }

    /// With the number to hold (`design.md` section 9).
    pub(crate) fn bar(mut self, bar: f64) -> Self {
        self.bar = Some(bar);
        self
    }

    /// With what the same work costs without Hermes.
    pub(crate) fn floor(mut self, floor: f64) -> Self {
        self.floor = Some(floor);
        self
    }

    fn verdict(&self) -> &'static str {
        match self.bar {
            None => "",
            Some(bar) if self.unit.grows() && self.measured < bar => "under",
            Some(bar) if !self.unit.grows() && self.measured > bar => "over",
            Some(_) => "ok",
        }
    }

    fn cells(&self) -> [String; 9] {
        let shown = |value: Option<f64>| value.map(|v| self.unit.show(v)).unwrap_or_default();
        let ratio = self.floor.filter(|floor| *floor > 0.0);
        [
            self.what.to_owned(),
            counted(self.load.requests),
            counted(self.load.connections),
            counted(self.load.ids),
            self.unit.show(self.measured),
            shown(self.bar),
            shown(self.floor),
            ratio
                .map(|floor| format!("{:.2}", self.measured / floor))
                .unwrap_or_default(),
            self.verdict().to_owned(),
        ]
    }
}

fn counted(number: usize) -> String {
    if number == 0 {
        String::new()
    } else {
        number.to_string()
    }
}

const HEADINGS: [&str; 9] = [
    "what", "requests", "conns", "ids", "measured", "bar", "floor", "ratio", "",
];

/// The table in Markdown, its columns aligned.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut lines = vec![HEADINGS.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    let widths: Vec<usize> = (0..HEADINGS.len())
        .map(|column| {
            lines
                .iter()
                .filter_map(|line| line.get(column))
                .map(String::len)
                .max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        text.push('|');
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            // Writing into memory does not fail.
            let _written = if column == 0 {
                write!(text, " {cell:<width$} |")
            } else {
                write!(text, " {cell:>width$} |")
            };
        }
        text.push('\n');
        if number == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
            let _written = writeln!(text, "|{}|", rule.join("|"));
        }
    }
    text
}

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
