//! The real program, started on a database, asked over the network, stopped or killed.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::binary;

/// A running `keniki demo` or `keniki serve`.
pub struct Server {
    child: Child,
    address: String,
}

/// What a browser sends beside the path.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// Its cookie.
    pub cookie: String,
    /// How it calls itself.
    pub agent: String,
    /// Kind of the body; a form where empty.
    pub kind: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Sent {
    /// A form under a cookie.
    #[must_use]
    pub fn form(cookie: &str, form: impl Into<Vec<u8>>) -> Self {
        Self {
            cookie: cookie.to_owned(),
            body: form.into(),
            ..Self::default()
        }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Three digits.
    pub status: u16,
    head: String,
    /// The body.
    pub text: String,
}

impl Answer {
    /// A header's value; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let lines = self.head.lines();
        let mut found = lines.filter_map(|line| line.split_once(": "));
        found
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }

    /// The pair of its cookie.
    #[must_use]
    pub fn cookie(&self) -> String {
        let set = self.header("set-cookie").split(';').next();
        set.unwrap_or_default().to_owned()
    }
}

impl Server {
    /// Starts a demo on the database of this URL, logging at `level`, and waits until it listens.
    ///
    /// # Panics
    /// Where the program cannot be started.
    #[must_use]
    pub fn demo(url: &str, level: &str) -> Self {
        Self::start(&["demo"], url, level)
    }

    /// Starts `command`, which says where it listens.
    ///
    /// # Panics
    /// Where the program cannot be started.
    #[must_use]
    pub fn start(command: &[&str], url: &str, level: &str) -> Self {
        let mut child = Command::new(binary())
            .args(command)
            .args(["--listen", "127.0.0.1:0", "--database", url])
            .env("KENIKI_LOG", level)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        let read = BufReader::new(out).read_line(&mut line);
        read.expect("it says where it listens");
        let (_, address) = line.trim().split_once("://").expect("an address");
        let address = address.replace("localhost", "127.0.0.1");
        Self { child, address }
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// Where the server goes away meanwhile.
    pub fn ask(&self, method: &str, path: &str, sent: &Sent) -> io::Result<Answer> {
        let Sent {
            cookie,
            agent,
            kind,
            body,
        } = sent;
        let kind = match kind.as_str() {
            "" => "application/x-www-form-urlencoded",
            kind => kind,
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {cookie}\r\nuser-agent: {agent}\r\n\
             content-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.write_all(&[head.as_bytes(), body].concat())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, text) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.get(9..12).and_then(|digits| digits.parse().ok());
        Ok(Answer {
            status: status.ok_or(io::ErrorKind::UnexpectedEof)?,
            head: head.to_owned(),
            text: text.to_owned(),
        })
    }

    /// Signs in as the invented person of a role, by its name; the cookie.
    ///
    /// # Errors
    /// Where the server goes away meanwhile, or nobody has that role.
    pub fn sign_in(&self, role: &str, agent: &str) -> io::Result<String> {
        let page = self.ask("GET", "/sign-in", &Sent::default())?;
        let before = page.text.split(&format!("<strong>{role}</strong>")).next();
        let account = before.and_then(|text| text.rsplit("name=\"account\" value=\"").next());
        let account = account.and_then(|text| text.split('"').next());
        let form = format!("account={}", account.unwrap_or_default());
        let sent = Sent {
            agent: agent.to_owned(),
            ..Sent::form("", form)
        };
        let answer = self.ask("POST", "/sign-in/persona", &sent)?;
        match answer.status {
            303 => Ok(answer.cookie()),
            _ => Err(io::ErrorKind::PermissionDenied.into()),
        }
    }

    /// Kills it in the middle of whatever it does, while others still ask it.
    ///
    /// # Panics
    /// Where it cannot be killed.
    pub fn signal_kill(&self) {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args(["-KILL", &id]).status();
        assert!(killed.is_ok_and(|status| status.success()), "it is killed");
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Has it read its certificate anew.
    ///
    /// # Panics
    /// Where it cannot be told.
    pub fn signal_hang_up(&self) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-HUP", &id]).status();
        assert!(told.is_ok_and(|status| status.success()), "it is told");
    }

    /// Ends it at once.
    ///
    /// # Panics
    /// Where it cannot be ended.
    pub fn kill(mut self) {
        self.child.kill().ok();
        self.child.wait().expect("and is gone");
    }

    /// Ends it as an operator would; what it logged.
    ///
    /// # Panics
    /// Where it cannot be ended.
    #[must_use]
    pub fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(
            asked.is_ok_and(|status| status.success()),
            "it is asked to stop"
        );
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().expect("it is piped");
        stderr.read_to_string(&mut log).expect("the log is text");
        self.child.wait().expect("it stops");
        log
    }
}

/// Percent-encodes every byte.
#[must_use]
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
