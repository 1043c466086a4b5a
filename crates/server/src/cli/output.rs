//! One answer, as lines for people or as JSON for programs; never both.

use std::io::Write as _;

use serde::Serialize;

pub struct Output {
    pub json: bool,
}

impl Output {
    /// The command's answer. `lines` is only asked for people.
    pub fn answer(&self, value: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> anyhow::Result<()> {
        let mut stdout = std::io::stdout().lock();
        if self.json {
            writeln!(stdout, "{}", serde_json::to_string(value)?)?;
        } else {
            for line in lines() {
                writeln!(stdout, "{line}")?;
            }
        }
        Ok(())
    }

    /// What is going on, for people who wait.
    pub fn progress(&self, text: &str) {
        if !self.json {
            eprintln!("… {text}");
        }
    }

    pub fn error(&self, error: &anyhow::Error) {
        if self.json {
            println!("{}", serde_json::json!({ "error": format!("{error:#}") }));
        } else {
            eprintln!("switchboard: {error:#}");
        }
    }
}

/// Columns, aligned.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count()).min(60);
        }
    }
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(head.to_vec())];
    lines.extend(
        rows.iter()
            .map(|row| line(row.iter().map(String::as_str).collect())),
    );
    lines
}

/// A secret from a file, `-` for standard input. Not from an argument: arguments show in process lists.
pub fn read_secret(path: &str) -> anyhow::Result<secrecy::SecretString> {
    use anyhow::Context;
    let text = if path == "-" {
        std::io::read_to_string(std::io::stdin()).context("standard input cannot be read")?
    } else {
        std::fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?
    };
    let text = text.trim();
    anyhow::ensure!(!text.is_empty(), "{path} is empty");
    Ok(text.to_owned().into())
}
