//! `keniki serve`: opens the database, listens, says where, and stops cleanly.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use keniki_app::audit;
use keniki_app::check;
use keniki_app::database::Connection;
use keniki_app::definition::Definitions;
use keniki_base::clock::jst_day;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::Common;
use crate::clock::{self, SystemClock};
use crate::output::say;

/// What `serve` takes.
#[derive(Debug, Args)]
pub struct Serve {
    /// 待ち受けるアドレスとポート
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// 利用者がこのサイトを開くときのアドレス（https:// から書く）
    #[arg(long)]
    pub public_url: Option<String>,
}

/// How long open requests may take to end once the server is told to stop.
const LONGEST_FAREWELL: Duration = Duration::from_secs(10);

/// Serves until SIGTERM or Ctrl-C.
pub async fn run(common: &Common, serve: &Serve) -> anyhow::Result<ExitCode> {
    let definitions = common.definitions()?;
    common.must_exist()?;
    let db = common.open().await?;
    let listener = listen(serve.listen).await?;
    until_stopped(listener, db, definitions, serve.public_url.clone()).await
}

/// Takes the port, or says what to do.
pub async fn listen(on: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(on).await.with_context(|| {
        format!(
            "{on} で待ち受けられません。ほかのプログラムが使っていないか確かめるか、--listen で別のポートを指定してください"
        )
    })
}

/// Has the database read the data checks, says where it listens, serves until SIGTERM or Ctrl-C and closes the database.
pub async fn until_stopped(
    listener: TcpListener,
    db: Connection,
    definitions: Definitions,
    public_url: Option<String>,
) -> anyhow::Result<ExitCode> {
    check::prepare(&db, &definitions, jst_day(clock::now()))
        .await
        .map_err(|faults| super::refusal(&faults))?;
    let address = address(listener.local_addr()?);
    let public_url = public_url.unwrap_or_else(|| address.clone());
    let state = keniki_web::State::new(db.clone(), definitions, Box::new(SystemClock), public_url);
    say!("{address}");

    let stop = Arc::new(tokio::sync::Notify::new());
    let farewell = stop.clone();
    let server = keniki_web::serve(listener, Arc::new(state), async move {
        asked_to_stop().await;
        farewell.notify_one();
    });
    let too_long = async {
        stop.notified().await;
        tokio::time::sleep(LONGEST_FAREWELL).await;
    };
    let sealing = seal_ever(db.clone());
    tokio::select! {
        ended = server => ended?,
        never = sealing => match never {},
        () = too_long => eprintln!("終わらない処理が残っていたため、待たずに停止しました。"),
    }
    audit::seal(&db, clock::now()).await?;
    db.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// How long a row of the audit log waits for its place in the chain.
const BETWEEN_SEALS: Duration = Duration::from_millis(500);

/// Gives the rows of the audit log their places. A failure is told and tried again: the rows are there.
async fn seal_ever(db: Connection) -> std::convert::Infallible {
    loop {
        tokio::time::sleep(BETWEEN_SEALS).await;
        if let Err(error) = audit::seal(&db, clock::now()).await {
            tracing::warn!(%error, "the audit log could not be sealed");
        }
    }
}

/// `http://localhost:8080` rather than a number: passkeys need a name.
fn address(listening: SocketAddr) -> String {
    let host = match listening.ip() {
        ip if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        ip => ip.to_string(),
    };
    format!("http://{host}:{}", listening.port())
}

async fn asked_to_stop() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard");
            return;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
