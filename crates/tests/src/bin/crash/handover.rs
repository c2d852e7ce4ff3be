//! Handovers of a case that the invented hospital and the invented care manager have in common: sent, taken on, answered by FAX.

use std::io;

use keniki_tests::server::{Sent, Server};

use super::kind::Ready;
use super::{Write, between, posted};

/// A case in which both are, and the care manager's number in it.
pub fn in_a_case(server: &Server) -> io::Result<Ready> {
    let one = server.sign_in("病院（入退院支援部門）", "")?;
    let other = server.sign_in("ケアマネジャー", "")?;
    let list = server.ask("GET", "/cases", &Sent::form(&other, ""))?;
    let cases = list.text.split("href=\"/cases/").skip(1);
    let numbers = cases.filter_map(|rest| rest.split('"').next());
    for case in numbers.filter(|it| it.bytes().all(|byte| byte.is_ascii_digit())) {
        let path = format!("/cases/{case}/handovers");
        let form = server.ask("GET", &format!("{path}/new"), &Sent::form(&one, ""))?;
        let others = between(&form.text, "name=\"to\"", "</select>");
        let care_manager = others.ok().and_then(|it| {
            let options = it.split("<option value=\"").skip(1);
            options
                .filter(|it| it.contains("（ケアマネジャー）"))
                .find_map(|it| it.split('"').next())
        });
        if let Some(to) = care_manager {
            let path = format!("{path} {to}");
            return Ok(Ready { one, other, path });
        }
    }
    Err(io::Error::other(
        "the hospital and the care manager have no case in common",
    ))
}

/// Sends one under a mark, to the care manager or to somebody who is reached by FAX; its page.
fn sent(server: &Server, ready: &Ready, mark: &str, is_fax: bool) -> io::Result<Option<String>> {
    let (path, care_manager) = ready.path.split_once(' ').unwrap_or_default();
    let (to, recipient, fax) = match is_fax {
        true => ("outside", mark, "0409-99-0000"),
        false => (care_manager, "", ""),
    };
    let fields = [
        ("to", to),
        ("recipient", recipient),
        ("fax", fax),
        ("subject", mark),
        ("words", "退院後の見守りの引継ぎ"),
        ("form_key", mark),
    ];
    let mut body = String::new();
    for (name, value) in fields {
        body +=
            &format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += "--x--\r\n";
    let sent = Sent {
        kind: "multipart/form-data; boundary=x".to_owned(),
        ..Sent::form(&ready.one, body)
    };
    let answer = server.ask("POST", path, &sent)?;
    if answer.status == 303 {
        return Ok(Some(answer.header("location").to_owned()));
    }
    // One for this purpose is live already, from before: it makes room.
    let live = between(&answer.text, "href=\"/handovers/", "\"")?;
    for act in ["accept", "finish"] {
        posted(
            server,
            &format!("/handovers/{live}/{act}"),
            &ready.other,
            "",
        )?;
    }
    Ok(None)
}

fn count(mark: &str, rest: &str) -> String {
    format!("select count(*) from handover where subject = '{mark}'{rest}")
}

pub fn send(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    write.sql = count(mark, "");
    Ok(sent(server, ready, mark, false)?.is_some())
}

pub fn accept(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    let Some(page) = sent(server, ready, mark, false)? else {
        return Ok(false);
    };
    posted(server, &format!("{page}/read"), &ready.other, "")?;
    write.sql = count(
        mark,
        " and decided_at is not null and state in ('accepted', 'done')",
    );
    Ok(posted(server, &format!("{page}/accept"), &ready.other, "")?.is_some())
}

pub fn reply(server: &Server, ready: &Ready, mark: &str, write: &mut Write) -> io::Result<bool> {
    let Some(page) = sent(server, ready, mark, true)? else {
        return Ok(false);
    };
    write.sql = count(
        mark,
        " and decided_at is not null and decided_channel = 'fax'",
    );
    let form = "said=accepted&channel=fax&whom=%E7%AA%93%E5%8F%A3";
    Ok(posted(server, &format!("{page}/reply"), &ready.one, form)?.is_some())
}
