//! `switchboard parse`: how messages are understood, without a database.

use std::io::{BufRead as _, Write as _};

use switchboard_domain::command::parse::jsonl::answer_line;

pub fn run() -> anyhow::Result<()> {
    let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
    let mut line = Vec::new();
    let mut stdin = std::io::stdin().lock();
    while stdin.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        if !text.trim().is_empty() {
            writeln!(stdout, "{}", answer_line(text))?;
        }
        line.clear();
    }
    stdout.flush()?;
    Ok(())
}
