//! `keniki serve`: opens the database, listens, says where, and stops cleanly.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use keniki_app::attachment::key::KeyFile;
use keniki_app::audit;
use keniki_app::case::sweep;
use keniki_app::check;
use keniki_app::database::Connection;
use keniki_app::definition::Definitions;
use keniki_app::directory::{confirmation, filing};
use keniki_app::mail;
use keniki_base::clock::jst_day;
use keniki_web::state::Site;
use tokio::signal::unix::{SignalKind, signal};

use super::{Common, attachment_key, worker};
use crate::chance::SystemChance;
use crate::clock::{self, SystemClock};
use crate::output::say;
use crate::post::Mailer;
use crate::wire::Network;

use door::Door;

pub mod door;

/// What `serve` takes.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// 待ち受けるアドレスとポート
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// この証明書（PEM）を使って、HTTPSで待ち受ける（入れ替えると、1分のうちに読みなおす。すぐに読ませるにはSIGHUP）
    #[arg(long, requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// --tls-cert の証明書の秘密鍵（PEM、パスワードなし）
    #[arg(long, requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// 利用者がこのサイトを開くときのアドレス（https:// から書く）
    #[arg(long)]
    pub public_url: Option<String>,
    /// 前に置いた中継サーバー（リバースプロキシ）の X-Forwarded-For を信用する
    #[arg(long)]
    pub behind_proxy: bool,
    /// 裏で動く処理（名簿の取込みなど）をここでは行わない（keniki worker を別に動かすとき）
    #[arg(long)]
    pub no_worker: bool,
    /// メールサーバー（smtps://利用者:パスワード@サーバー名 など。指定しないとメールは送らず、リンクを画面に出す）
    #[arg(long, env = "KENIKI_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,
    /// メールの差出人
    #[arg(long, env = "KENIKI_MAIL_FROM", default_value = "keniki@localhost")]
    pub mail_from: String,
    /// メールを送る代わりに、このフォルダーに1通1ファイルで置く
    #[arg(long, conflicts_with = "smtp")]
    pub mail_folder: Option<PathBuf>,
    #[command(flatten)]
    pub fonts: Fonts,
}

/// Where fonts for prints lie.
#[derive(Debug, Clone, Default, Args)]
pub struct Fonts {
    /// 印刷（PDF）で、組込みの書体にない文字（外字など）に使う書体のフォルダー
    #[arg(long = "fonts", env = "KENIKI_FONTS")]
    pub folder: Option<PathBuf>,
}

impl Fonts {
    fn folder(&self) -> anyhow::Result<Option<PathBuf>> {
        match &self.folder {
            Some(folder) if !folder.is_dir() => anyhow::bail!(
                "書体のフォルダー {} がありません。--fonts（KENIKI_FONTS）を確かめてください",
                folder.display()
            ),
            folder => Ok(folder.clone()),
        }
    }
}

impl Serve {
    /// Who hands letters over; none: links are shown to whoever makes them.
    fn mailer(&self) -> anyhow::Result<Option<Mailer>> {
        match (&self.smtp, &self.mail_folder) {
            (Some(url), _) => Mailer::server(url, &self.mail_from).map(Some),
            (None, Some(folder)) => Mailer::folder(folder).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn site(&self, public_url: String) -> anyhow::Result<Site> {
        Ok(Site {
            mail_folder: self.mail_folder.clone(),
            has_post: self.smtp.is_some() || self.mail_folder.is_some(),
            trusts_proxy: self.behind_proxy,
            fonts: self.fonts.folder()?,
            ..Site::at(public_url)
        })
    }
}

/// How long open requests may take to end once the server is told to stop.
const LONGEST_FAREWELL: Duration = Duration::from_secs(10);

/// Serves until SIGTERM or Ctrl-C.
pub async fn run(common: &Common, serve: &Serve) -> anyhow::Result<ExitCode> {
    let definitions = common.definitions()?;
    common.must_exist()?;
    let door = Door::open(serve).await?;
    let db = (common.open().await?, common.key_file());
    until_stopped(door, db, definitions, serve, false).await
}

/// Has the database read the data checks, says where it listens, serves until SIGTERM or Ctrl-C and closes the database.
pub async fn until_stopped(
    door: Door,
    (db, key_file): (Connection, KeyFile),
    definitions: Definitions,
    serve: &Serve,
    is_demo: bool,
) -> anyhow::Result<ExitCode> {
    check::prepare(&db, &definitions, jst_day(clock::now()))
        .await
        .map_err(|faults| super::refusal(&faults))?;
    attachment_key::prepare(&db, &key_file).await;
    let definitions = Arc::new(definitions);
    let address = door.address()?;
    let public_url = serve.public_url.clone();
    let site = Site {
        is_demo,
        ..serve.site(public_url.unwrap_or_else(|| address.clone()))?
    };
    let mailer = serve.mailer()?;
    let (clock, chance) = (Box::new(SystemClock), Box::new(SystemChance));
    let state = keniki_web::State::new(db.clone(), definitions.clone(), clock, chance, site)
        .with_key_file(key_file);
    let state = match Network::open() {
        Ok(network) => state.with_wire(Box::new(network)),
        // A machine without any certificates serves all the same; nobody signs in by a provider there.
        Err(error) => {
            tracing::warn!(%error, "providers of sign-in cannot be asked");
            state
        }
    };
    let state = Arc::new(state);
    say!("{address}");

    let stop = Arc::new(tokio::sync::Notify::new());
    let farewell = stop.clone();
    let renewing = door::renew_ever(door.keys());
    let server = door.serve(state.clone(), async move {
        asked_to_stop().await;
        farewell.notify_one();
    });
    let too_long = async {
        stop.notified().await;
        tokio::time::sleep(LONGEST_FAREWELL).await;
    };
    let sealing = seal_ever(db.clone());
    let sending = send_ever(db.clone(), mailer);
    let calendar = keep_calendar(db.clone(), state.clone());
    let deadlines = watch_deadlines(db.clone(), state.clone());
    let working = work(db.clone(), definitions, serve.no_worker);
    tokio::select! {
        ended = server => ended?,
        never = renewing => match never {},
        never = sealing => match never {},
        never = sending => match never {},
        never = calendar => match never {},
        never = deadlines => match never {},
        never = working => match never {},
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

async fn work(
    db: Connection,
    definitions: Arc<Definitions>,
    is_elsewhere: bool,
) -> std::convert::Infallible {
    match is_elsewhere {
        true => std::future::pending().await,
        false => worker::work_ever(db, definitions).await,
    }
}

/// How long a letter waits.
const BETWEEN_LETTERS: Duration = Duration::from_secs(1);

/// Sends what was written. A failure is told and tried again: the letters are there.
async fn send_ever(db: Connection, mailer: Option<Mailer>) -> std::convert::Infallible {
    let Some(mailer) = mailer else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(BETWEEN_LETTERS).await;
        if let Err(error) = mail::send(&db, &mailer, clock::now()).await {
            tracing::warn!(%error, "letters could not be sent");
        }
    }
}

/// How often it is looked what the calendar asks for.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60 * 60);

/// Lets filings count whose day has come; asks offices to confirm, where letters go out at all.
async fn keep_calendar(db: Connection, state: Arc<keniki_web::State>) -> std::convert::Infallible {
    loop {
        if let Err(error) = filing::take_effect(&db, clock::now()).await {
            tracing::warn!(%error, "filings whose day has come do not count yet");
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
        if !state.site.has_post {
            continue;
        }
        let house = keniki_web::confirmation::house(&state);
        if let Err(error) = confirmation::ask_due(&db, house, clock::now()).await {
            tracing::warn!(%error, "offices could not be asked to confirm");
        }
    }
}

/// How often it is looked whether a deadline has passed.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(60);

/// Lets deadlines pass and cases end by themselves, and reminds whoever owes something.
async fn watch_deadlines(
    db: Connection,
    state: Arc<keniki_web::State>,
) -> std::convert::Infallible {
    loop {
        if let Err(error) = sweep::sweep(&db, state.case_house(), clock::now()).await {
            tracing::warn!(%error, "deadlines that have passed do not count yet");
        }
        tokio::time::sleep(BETWEEN_SWEEPS).await;
    }
}

pub async fn asked_to_stop() {
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
