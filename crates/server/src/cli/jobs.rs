//! The queue, for operators.

use clap::Subcommand;
use switchboard_domain::id::JobId;
use switchboard_store::queue::ListedJob;

use super::output::{Output, table};
use crate::wiring::Installation;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// How deep the queue is, what is stuck, what died.
    Stats,
    /// Jobs that wait or run.
    List {
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Jobs that were given up.
    Dead {
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Put a dead job back.
    Replay { job: JobId },
    /// Forget a dead job.
    Discard { job: JobId },
}

pub async fn run(app: &Installation, out: &Output, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Stats => {
            let stats = app.queue.stats().await?;
            out.answer(&stats, || {
                let mut lines = vec![format!(
                    "{} waiting, {} asleep, {} running, {} dead; the oldest waits {} s",
                    stats.depth, stats.asleep, stats.running, stats.dead, stats.oldest_seconds
                )];
                if !stats.stuck.is_empty() {
                    lines.push("stuck lanes:".to_owned());
                    lines.extend(rows(&stats.stuck));
                }
                lines
            })
        }
        Command::List { limit } => {
            let jobs = app.queue.list(None, 0, limit.clamp(1, 1000)).await?;
            out.answer(&jobs, || rows(&jobs))
        }
        Command::Dead { limit } => {
            let jobs = app.queue.dead_list(None, limit.clamp(1, 1000)).await?;
            out.answer(&jobs, || rows(&jobs))
        }
        Command::Replay { job } => {
            anyhow::ensure!(app.queue.replay(job).await?, "there is no dead job of that id");
            app.hub.notifier.committed();
            out.answer(&serde_json::json!({ "replayed": job }), || {
                vec!["it runs again".to_owned()]
            })
        }
        Command::Discard { job } => {
            anyhow::ensure!(app.queue.discard(job).await?, "there is no dead job of that id");
            out.answer(&serde_json::json!({ "discarded": job }), || {
                vec!["forgotten".to_owned()]
            })
        }
    }
}

fn rows(jobs: &[ListedJob]) -> Vec<String> {
    if jobs.is_empty() {
        return vec!["None.".to_owned()];
    }
    let cells: Vec<Vec<String>> = jobs
        .iter()
        .map(|job| {
            vec![
                job.kind.clone(),
                job.state.to_string(),
                job.attempts.to_string(),
                job.last_error.clone().unwrap_or_default(),
                job.id.to_string(),
            ]
        })
        .collect();
    table(&["kind", "state", "tries", "error", "id"], &cells)
}
