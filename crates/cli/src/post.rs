//! Where letters go: to a mail server, or into a folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use keniki_app::mail::{Letter, Post};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// How long a mail server may take.
const LONGEST: Duration = Duration::from_secs(20);

/// What hands letters over.
pub enum Mailer {
    /// By SMTP, from this address.
    Server {
        transport: AsyncSmtpTransport<Tokio1Executor>,
        from: Box<Mailbox>,
    },
    /// As files in a folder that only its owner reads.
    Folder(PathBuf),
}

impl Mailer {
    /// A mail server by `smtps://user:password@host` or `smtp://host:25`.
    pub fn server(url: &str, from: &str) -> anyhow::Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            anyhow::anyhow!(
                "メールサーバーの指定を読めません。smtps://利用者:パスワード@サーバー名 または smtp://サーバー名:25 の形で書いてください。"
            )
        })?;
        let from = from.parse().with_context(|| {
            format!("差出人「{from}」を読めません。--mail-from にメールアドレスを書いてください")
        })?;
        Ok(Self::Server {
            transport: transport.timeout(Some(LONGEST)).build(),
            from: Box::new(from),
        })
    }

    /// A folder, made where it is missing.
    pub fn folder(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("メールを置くフォルダー {} を作れません", path.display()))?;
        let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(path, only_owner)?;
        Ok(Self::Folder(path.to_owned()))
    }
}

impl Post for Mailer {
    async fn hand_over(&self, letter: &Letter) -> Result<(), String> {
        match self {
            Self::Server { transport, from } => {
                let message = message(from, letter)?;
                let sent = transport.send(message).await;
                // The server's words may name the recipient: only the kind of trouble is kept.
                sent.map(drop).map_err(|error| match error.status() {
                    Some(code) => format!("SMTP {code}"),
                    None => "no answer from the mail server".to_owned(),
                })
            }
            Self::Folder(folder) => {
                let file = folder.join(format!("{:08}.txt", letter.id));
                let text = format!(
                    "宛先：{}\n件名：{}\n\n{}",
                    letter.recipient, letter.subject, letter.body
                );
                let written = tokio::fs::write(file, text).await;
                written.map_err(|error| error.kind().to_string())
            }
        }
    }
}

fn message(from: &Mailbox, letter: &Letter) -> Result<Message, String> {
    let to = letter.recipient.parse();
    let to = to.map_err(|_| "the address cannot be written to".to_owned())?;
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(&letter.subject)
        .header(ContentType::TEXT_PLAIN)
        .body(letter.body.clone())
        .map_err(|_| "the letter cannot be made".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            id: 7,
            recipient: "hanako@example.jp".to_owned(),
            subject: "圏域の仕組みへの招待".to_owned(),
            body: "http://localhost:8080/invitations/0f\n".to_owned(),
            attempts: 0,
        }
    }

    #[tokio::test]
    async fn a_folder_gets_a_file_a_letter() {
        let folder = tempfile::tempdir().unwrap();
        let mailer = Mailer::folder(&folder.path().join("mail")).unwrap();
        mailer.hand_over(&letter()).await.unwrap();
        let text = std::fs::read_to_string(folder.path().join("mail/00000007.txt")).unwrap();
        assert!(text.starts_with("宛先：hanako@example.jp\n件名：圏域の仕組みへの招待\n\nhttp://"));
    }

    #[test]
    fn a_letter_is_a_message_that_any_mail_program_reads() {
        let from = "圏域 <keniki@example.jp>".parse().unwrap();
        let message = String::from_utf8(message(&from, &letter()).unwrap().formatted()).unwrap();
        assert!(message.contains("To: hanako@example.jp"), "{message}");
        assert!(message.contains("text/plain; charset=utf-8"), "{message}");
    }

    #[test]
    fn a_wrong_server_is_told_without_its_password() {
        let wrong = Mailer::server("http://me:secret@host", "a@example.jp")
            .err()
            .unwrap();
        assert!(!wrong.to_string().contains("secret"), "{wrong}");
        assert!(Mailer::server("smtp://localhost:25", "nobody").is_err());
        assert!(Mailer::server("smtp://localhost:25", "圏域 <a@example.jp>").is_ok());
    }
}
