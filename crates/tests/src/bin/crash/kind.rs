//! Kinds of write, each with what it leaves behind.

use std::io;
use std::thread;
use std::time::Duration;

use keniki_tests::server::{Sent, Server};

use super::{Write, between, handover, posted};

/// A kind of write.
pub struct Kind {
    /// What it is called.
    pub name: &'static str,
    /// Signs in whom it needs, and finds what it works on.
    pub prepare: fn(&Server) -> io::Result<Ready>,
    /// Does it once, under a mark of its own; whether it was acknowledged.
    pub act: fn(&Server, &Ready, &str, &mut Write) -> io::Result<bool>,
    /// The server is killed within so many milliseconds.
    pub longest: u64,
}

/// Who is signed in, and what they work on.
#[derive(Default)]
pub struct Ready {
    pub one: String,
    pub other: String,
    pub path: String,
}

/// All of them.
pub const KINDS: [Kind; 13] = [
    Kind {
        name: "invitation",
        prepare: at_office,
        act: invite,
        longest: 400,
    },
    Kind {
        name: "letter",
        prepare: at_office,
        act: letter,
        longest: 400,
    },
    Kind {
        name: "sign-in",
        prepare: |_| Ok(Ready::default()),
        act: sign_in,
        longest: 400,
    },
    Kind {
        name: "sign-out",
        prepare: |_| Ok(Ready::default()),
        act: sign_out,
        longest: 400,
    },
    Kind {
        name: "proposal",
        prepare: at_service,
        act: propose,
        longest: 400,
    },
    Kind {
        name: "approval",
        prepare: at_service,
        act: approve,
        longest: 1_500,
    },
    Kind {
        name: "withdrawal",
        prepare: at_service,
        act: withdraw,
        longest: 600,
    },
    Kind {
        name: "handover",
        prepare: handover::in_a_case,
        act: handover::send,
        longest: 600,
    },
    Kind {
        name: "handover taken on",
        prepare: handover::in_a_case,
        act: handover::accept,
        longest: 900,
    },
    Kind {
        name: "handover by FAX, its reply",
        prepare: handover::in_a_case,
        act: handover::reply,
        longest: 900,
    },
    Kind {
        name: "audit sign-off",
        prepare: as_auditor,
        act: sign_off,
        longest: 400,
    },
    Kind {
        name: "import",
        prepare: as_planner,
        act: import,
        longest: 6_000,
    },
    Kind {
        name: "undo of an import",
        prepare: as_planner,
        act: undo,
        longest: 9_000,
    },
];

fn at_office(server: &Server) -> io::Result<Ready> {
    let one = server.sign_in("システムの運用者", "")?;
    let offices = server.ask("GET", "/offices", &Sent::form(&one, ""))?;
    let office = between(&offices.text, "href=\"/offices/", "\"")?;
    let path = format!("/offices/{office}/invitations");
    Ok(Ready {
        one,
        path,
        ..Ready::default()
    })
}

fn at_service(server: &Server) -> io::Result<Ready> {
    let one = server.sign_in("在宅医療・介護連携コーディネーター", "")?;
    Ok(Ready {
        one,
        other: server.sign_in("保健所（企画調整）", "")?,
        path: "/services/1/propose".to_owned(),
    })
}

fn as_auditor(server: &Server) -> io::Result<Ready> {
    let one = server.sign_in("監査", "")?;
    Ok(Ready {
        one,
        ..Ready::default()
    })
}

fn as_planner(server: &Server) -> io::Result<Ready> {
    let one = server.sign_in("保健所（企画調整）", "")?;
    let services = server.ask("GET", "/api/v1/services?page_size=1", &Sent::default())?;
    let code = between(&services.text, "\"municipality\":\"", "\"")?;
    Ok(Ready {
        one,
        path: with_check_digit(code),
        ..Ready::default()
    })
}

/// The sixth digit of a municipality's code (JIS X 0402).
fn with_check_digit(code: &str) -> String {
    let digits = code.bytes().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits
        .zip([6, 5, 4, 3, 2])
        .map(|(digit, weight)| digit * weight)
        .sum();
    format!("{code}{}", (11 - sum % 11) % 10)
}

fn invite(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    let login = format!("{mark}@example.com");
    write.sql = format!("select count(*) from invitation where login = '{login}'");
    let form = format!("login={login}&name=a&role=manager");
    Ok(posted(server, &ready.path, &ready.one, &form)?.is_some())
}

fn letter(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    let done = invite(server, ready, mark, write);
    write.sql = format!("select count(*) from mail where recipient = '{mark}@example.com'");
    done
}

fn sign_in(server: &Server, _: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    write.sql = format!("select count(*) from session where agent = '{mark}'");
    server.sign_in("診療所", mark).map(|_| true)
}

fn sign_out(server: &Server, _: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    let cookie = server.sign_in("診療所", mark)?;
    write.sql =
        format!("select count(*) from session where agent = '{mark}' and ended_at is not null");
    Ok(posted(server, "/sign-out", &cookie, "")?.is_some())
}

/// A proposal under a mark; its page.
fn proposed(server: &Server, ready: &Ready, mark: &str) -> io::Result<Option<String>> {
    posted(
        server,
        &ready.path,
        &ready.one,
        &format!("hours_note={mark}"),
    )
}

fn propose(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    write.sql = format!("select count(*) from proposal where fields like '%\"{mark}\"%'");
    Ok(proposed(server, ready, mark)?.is_some())
}

fn approve(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    let Some(page) = proposed(server, ready, mark)? else {
        return Ok(false);
    };
    let shown = server.ask("GET", &page, &Sent::form(&ready.other, ""))?;
    let seen = between(&shown.text, "name=\"seen\" value=\"", "\"")?;
    let id = page.rsplit('/').next().unwrap_or_default();
    write.sql = format!(
        "select count(*) from import_batch where format = 'office' and file_name = '申し出 {id}'"
    );
    let form = format!("decision=yes&seen={seen}");
    Ok(posted(server, &format!("{page}/decide"), &ready.other, &form)?.is_some())
}

fn withdraw(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    let Some(page) = proposed(server, ready, mark)? else {
        return Ok(false);
    };
    let id = page.rsplit('/').next().unwrap_or_default();
    write.sql = format!("select count(*) from proposal where id = {id} and state = 'withdrawn'");
    Ok(posted(server, &format!("{page}/withdraw"), &ready.one, "")?.is_some())
}

fn sign_off(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    write.sql = format!("select count(*) from audit_review where finding = '{mark}'");
    let form = format!("from=2026-01-01&to=2026-01-02&finding={mark}");
    Ok(posted(server, "/audit/reviews", &ready.one, &form)?.is_some())
}

/// The run and the number at the end of a mark.
fn numbers(mark: &str) -> (u32, u32) {
    let mut parts = mark
        .rsplit('-')
        .map(|part| part.parse().unwrap_or_default());
    let n = parts.next().unwrap_or_default();
    (parts.next().unwrap_or_default(), n)
}

/// A list of one place under a mark, tried and confirmed; the page of the writing.
fn confirmed(server: &Server, ready: &Ready, mark: &str) -> io::Result<Option<String>> {
    let head = "都道府県コード又は市区町村コード,市区町村名,事業所名,実施サービス,住所,電話番号";
    // Each at a place of its own, whatever its kind: two names alike at one address would be one site.
    let (run, n) = numbers(mark);
    let row = format!(
        "{},,{mark},通いの場,みほん町{}-{}-{},",
        ready.path,
        mark.split('-').count(),
        run + 1,
        n + 1
    );
    let body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{mark}.csv\"\r\n\r\n{head}\n{row}\n\r\n--x--\r\n"
    );
    let sent = Sent {
        kind: "multipart/form-data; boundary=x".to_owned(),
        ..Sent::form(&ready.one, body)
    };
    let answer = server.ask("POST", "/imports", &sent)?;
    let step = answer.header("location").to_owned();
    waited(server, ready, &step)?;
    posted(server, &format!("{step}/confirm"), &ready.one, "rows=all")
}

/// A step's page, once the step is over.
fn waited(server: &Server, ready: &Ready, step: &str) -> io::Result<String> {
    loop {
        let page = server.ask("GET", step, &Sent::form(&ready.one, ""))?;
        if !page.text.contains("data-reload") {
            return Ok(page.text);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn import(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    write.sql = format!("select count(*) from v_service where site_name = '{mark}'");
    let Some(step) = confirmed(server, ready, mark)? else {
        return Ok(false);
    };
    // A job that was killed is taken up again; where another import came first, it says so instead of writing.
    let job = step.rsplit('/').next().unwrap_or_default();
    write.sql = format!(
        "select (select count(*) from v_service where site_name = '{mark}')
            + (select count(*) from job where id = {job} and state = 'failed' and reason like '確認のあとで%')"
    );
    Ok(true)
}

fn undo(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    let Some(step) = confirmed(server, ready, mark)? else {
        return Ok(false);
    };
    let page = waited(server, ready, &step)?;
    let batch = between(&page, "href=\"/batches/", "/undo\"")?;
    write.sql = format!("select 1 - count(*) from v_service where site_name = '{mark}'");
    let path = format!("/batches/{batch}/undo");
    Ok(posted(server, &path, &ready.one, "")?.is_some())
}
