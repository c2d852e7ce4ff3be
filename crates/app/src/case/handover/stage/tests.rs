//! The table of stages and steps as it is printed.

use super::*;

pub fn mark() -> Mark {
    Mark {
        at: DateTime::UNIX_EPOCH,
        account: None,
        name: "見本".to_owned(),
        role: String::new(),
        channel: Channel::Here,
    }
}

/// One of each stage.
pub fn stages() -> [Stage; 6] {
    let (now, read, answer) = (DateTime::UNIX_EPOCH, mark(), mark());
    let accepted = Stage::Accepted { read, answer };
    [
        Stage::Sent,
        Stage::Read { read: mark() },
        accepted.clone(),
        Stage::Sent
            .after(Step::Return(mark(), "r".to_owned()))
            .unwrap(),
        accepted.after(Step::Finish(now)).unwrap(),
        Stage::Sent.after(Step::Withdraw(now, None)).unwrap(),
    ]
}

#[test]
fn the_table_is_the_printed_one() {
    let now = DateTime::UNIX_EPOCH;
    let steps = [
        ("read", Step::Read(mark())),
        ("accept", Step::Accept(mark())),
        ("return", Step::Return(mark(), "r".to_owned())),
        ("finish", Step::Finish(now)),
        ("withdraw", Step::Withdraw(now, None)),
        ("case over", Step::Close(now, Why::CaseOver)),
        ("died", Step::Close(now, Why::Died)),
    ];
    let mut table = String::from("          ");
    for (name, _) in &steps {
        table.push_str(&format!(" {name:9}"));
    }
    for stage in stages() {
        table.push_str(&format!("\n{:10}", stage.at().code()));
        for (_, step) in &steps {
            let after = stage.clone().after(step.clone());
            let after = after.map_or("—", |it| it.at().code());
            table.push_str(&format!(" {after:9}"));
        }
        assert_eq!(At::of(stage.at().code()), Some(stage.at()));
    }
    let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
    assert!(
        lines.join("\n") + "\n" == include_str!("../stage.txt"),
        "crates/app/src/case/handover/stage.txt is not the table:\n{}",
        lines.join("\n")
    );
}

#[test]
fn a_receipt_stays_with_what_is_cancelled() {
    let [_, read, accepted, ..] = stages();
    for stage in [read, accepted] {
        let died = Step::Close(DateTime::UNIX_EPOCH, Why::Died);
        let gone = stage.clone().after(died).unwrap();
        assert_eq!((gone.read(), gone.answer()), (stage.read(), stage.answer()));
        assert_eq!(gone.ended().unwrap().1, Some(Why::Died));
    }
}
