//! Many commands in one process: what sets up a demo, a bench or a moved shop without opening the database each time.

use anyhow::Context;
use clap::Parser;

use super::{Cli, in_installation, output::Output};
use crate::wiring::Installation;

/// Runs each line of standard input, a JSON array of arguments such as `["tenant", "create", "My shop"]`.
///
/// The first that fails ends the run, named by its line. Settings are those of this process.
pub async fn run(app: &Installation, out: &Output) -> anyhow::Result<()> {
    let text = std::io::read_to_string(std::io::stdin()).context("standard input cannot be read")?;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        one(app, out, line)
            .await
            .with_context(|| format!("line {number}"))?;
    }
    Ok(())
}

async fn one(app: &Installation, out: &Output, line: &str) -> anyhow::Result<()> {
    let cli = parse(line)?;
    let out = Output {
        json: out.json || cli.json,
    };
    in_installation(app, &out, cli.command).await
}

fn parse(line: &str) -> anyhow::Result<Cli> {
    let words: Vec<String> = serde_json::from_str(line)
        .context("expected a JSON array of arguments, such as [\"tenant\", \"list\"]")?;
    let mut arguments = vec!["switchboard".to_owned()];
    arguments.extend(words);
    Ok(Cli::try_parse_from(arguments)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_json_array_and_its_mistakes_are_named() {
        assert!(parse(r#"["tenant", "create", "Two words"]"#).is_ok());
        let error = format!("{:#}", parse("tenant create x").unwrap_err());
        assert!(error.contains("JSON array"), "{error}");
        let error = format!("{:#}", parse(r#"["tenant", "craete", "x"]"#).unwrap_err());
        assert!(error.contains("craete"), "{error}");
    }
}
