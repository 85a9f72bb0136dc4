//! Aligned columns.

use std::io;

use super::clean::clean;
use super::terminal::{Style, Terminal};

/// One field of a table.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Cell {
    text: String,
    style: Option<Style>,
}

impl Cell {
    /// A text of any origin.
    pub(in crate::cli) fn new(text: &str) -> Self {
        let (text, style) = (clean(text), None);
        Self { text, style }
    }

    /// A text of any origin, cut to `width` characters.
    pub(in crate::cli) fn cut(text: &str, width: usize) -> Self {
        let mut cell = Self::new(text);
        if cell.text.chars().count() > width {
            let kept = cell.text.chars().take(width.saturating_sub(3));
            cell.text = kept.collect::<String>().trim_end().to_owned() + "...";
        }
        cell
    }

    /// The same in a style.
    pub(in crate::cli) fn styled(self, style: Style) -> Self {
        Self {
            style: Some(style),
            ..self
        }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Rows under a heading.
#[derive(Debug)]
pub(in crate::cli) struct Table<const N: usize> {
    rows: Vec<[Cell; N]>,
}

impl<const N: usize> Table<N> {
    pub(in crate::cli) fn new(heading: [&str; N]) -> Self {
        let heading = heading.map(|text| Cell::new(text).styled(Style::Strong));
        Self {
            rows: vec![heading],
        }
    }

    pub(in crate::cli) fn push(&mut self, row: [Cell; N]) {
        self.rows.push(row);
    }

    pub(in crate::cli) fn print(&self, terminal: &mut Terminal<'_>) -> io::Result<()> {
        print(&self.rows, terminal)
    }
}

/// Names and values, a line each.
#[derive(Debug, Default)]
pub(in crate::cli) struct Details(Vec<[Cell; 2]>);

impl Details {
    pub(in crate::cli) fn push(&mut self, name: &str, value: impl AsRef<str>) {
        let name = Cell::new(name).styled(Style::Faint);
        self.0.push([name, Cell::new(value.as_ref())]);
    }

    /// Adds a line if there is a value.
    pub(in crate::cli) fn push_some(&mut self, name: &str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.push(name, value);
        }
    }

    pub(in crate::cli) fn print(&self, terminal: &mut Terminal<'_>) -> io::Result<()> {
        print(&self.0, terminal)
    }
}

fn print<const N: usize>(rows: &[[Cell; N]], terminal: &mut Terminal<'_>) -> io::Result<()> {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    for row in rows {
        let mut line = String::new();
        let mut gap = 0;
        for (width, cell) in widths.iter().zip(row) {
            // The gap is written before the next text, so that no line ends in spaces.
            if cell.width() > 0 {
                line.extend(std::iter::repeat_n(' ', gap));
                line += &match cell.style {
                    Some(style) => terminal.paint(style, &cell.text),
                    None => cell.text.clone(),
                };
                gap = 0;
            }
            gap += width - cell.width() + 2;
        }
        terminal.line(line)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_with_dots() {
        assert_eq!(Cell::cut("Opening hours", 13).text, "Opening hours");
        assert_eq!(
            Cell::cut("Opening hours of the shop", 13).text,
            "Opening ho..."
        );
        assert_eq!(Cell::cut("\u{1b}[2Jab", 40).text, "[2Jab");
    }
}
