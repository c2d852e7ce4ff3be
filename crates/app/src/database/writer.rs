//! Writes much in one transaction on a task of its own: while the engine works, the next rows are put together.

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement, Value};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::inserts;

/// Statements that wait for the engine.
const QUEUE: usize = 16;

enum Job {
    Execute(Statement),
    /// Answered once all before it is done.
    Answer(oneshot::Sender<()>),
}

/// Holds the transaction: what is given is executed in its order, and the transaction is read only between.
pub struct Writer {
    tx: Arc<DatabaseTransaction>,
    queue: mpsc::Sender<Job>,
    task: JoinHandle<Result<(), DbErr>>,
}

impl Writer {
    /// Writes in `tx`, which [`Self::end`] gives back.
    pub fn new(tx: DatabaseTransaction) -> Self {
        let tx = Arc::new(tx);
        let (queue, jobs) = mpsc::channel(QUEUE);
        Self {
            task: tokio::spawn(execute(Arc::clone(&tx), jobs)),
            queue,
            tx,
        }
    }

    /// [`insert_rows`](super::insert_rows). What came of it is told by the next reading, or by [`Self::end`].
    pub async fn insert_rows(&self, head: &str, n_columns: usize, values: Vec<Value>, tail: &str) {
        for statement in inserts(&*self.tx, head, n_columns, values, tail) {
            self.give(Job::Execute(statement)).await;
        }
    }

    /// The same for statements that are made for the engine that they are given.
    pub async fn write(&self, make: impl FnOnce(&DatabaseTransaction) -> Vec<Statement>) {
        for statement in make(&self.tx) {
            self.give(Job::Execute(statement)).await;
        }
    }

    /// The transaction, with all written that was given.
    pub async fn settled(&mut self) -> Result<&DatabaseTransaction, DbErr> {
        let (answer, answered) = oneshot::channel();
        self.give(Job::Answer(answer)).await;
        match answered.await {
            Ok(()) => Ok(&self.tx),
            Err(_) => Err(failure((&mut self.task).await)),
        }
    }

    /// The transaction, with all written, to be committed or rolled back.
    pub async fn end(self) -> Result<DatabaseTransaction, DbErr> {
        drop(self.queue);
        match self.task.await {
            Ok(Ok(())) => {}
            failed => return Err(failure(failed)),
        }
        Arc::into_inner(self.tx).ok_or_else(|| DbErr::Custom("the transaction is held".to_owned()))
    }

    /// A queue that nobody works on has an error to tell, and tells it when it is read or ended.
    async fn give(&self, job: Job) {
        let _ = self.queue.send(job).await;
    }
}

async fn execute(tx: Arc<DatabaseTransaction>, mut jobs: mpsc::Receiver<Job>) -> Result<(), DbErr> {
    while let Some(job) = jobs.recv().await {
        match job {
            Job::Execute(statement) => {
                tx.execute_raw(statement).await?;
            }
            // Who asked may have gone meanwhile.
            Job::Answer(answer) => answer.send(()).unwrap_or_default(),
        }
    }
    Ok(())
}

fn failure(ended: Result<Result<(), DbErr>, tokio::task::JoinError>) -> DbErr {
    match ended {
        Ok(Err(error)) => error,
        Ok(Ok(())) => DbErr::Custom("the writer has ended".to_owned()),
        Err(error) => DbErr::Custom(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{begin_write, open, statement};

    fn rows(names: impl Iterator<Item = usize>) -> Vec<Value> {
        names
            .flat_map(|at| [format!("name {at}").into(), "value".into()])
            .collect()
    }

    const HEAD: &str = "insert into setting (name, value) values";

    async fn count(tx: &DatabaseTransaction) -> i64 {
        let count = statement(tx, "select count(*) as n from setting", []);
        let row = tx.query_one_raw(count).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    #[tokio::test]
    async fn what_is_read_has_all_that_was_given_before() {
        let db = open("sqlite::memory:", true).await.unwrap();
        let mut writer = Writer::new(begin_write(&db).await.unwrap());
        writer.insert_rows(HEAD, 2, rows(0..3_000), "").await;
        assert_eq!(count(writer.settled().await.unwrap()).await, 3_000);
        let sql = "insert into setting (name, value) values ('one', 'more')";
        writer.write(|tx| vec![statement(tx, sql, [])]).await;
        let tx = writer.end().await.unwrap();
        assert_eq!(count(&tx).await, 3_001);
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_refusal_is_told_by_the_next_reading_and_by_the_end() {
        let db = open("sqlite::memory:", true).await.unwrap();
        for is_read in [true, false] {
            let mut writer = Writer::new(begin_write(&db).await.unwrap());
            writer.insert_rows(HEAD, 2, rows(0..1), "").await;
            for _ in 0..QUEUE * 2 {
                writer.insert_rows(HEAD, 2, rows(0..1), "").await;
            }
            match is_read {
                true => assert!(writer.settled().await.is_err()),
                false => assert!(writer.end().await.is_err()),
            }
        }
    }
}
