//! clap's help and errors in Japanese: what was wrong, what would be right, how the command is used.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};

/// The same command line with Japanese headings, and its `--help` and `help` in Japanese.
pub fn japanese(command: Command) -> Command {
    let mut command =
        with_headings(command.arg(flag("version", 'V', ArgAction::Version, "版を出す")));
    command.build();
    with_help(command)
}

/// clap makes the command `help` of each level when it builds them.
fn with_help(command: Command) -> Command {
    let command = command.mut_subcommands(|sub| match sub.has_subcommands() {
        true => with_help(sub),
        false => sub,
    });
    match command.find_subcommand("help") {
        Some(_) => command.mut_subcommand("help", |help| help.about("コマンドの使い方を出す")),
        None => command,
    }
}

fn with_headings(command: Command) -> Command {
    command
        .help_template("{about-with-newline}\n使い方: {usage}\n\n{all-args}")
        .subcommand_help_heading("コマンド")
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(flag("help", 'h', ArgAction::Help, "この説明を出す"))
        .mut_args(|arg| {
            let heading = match arg.is_positional() {
                true => "引数",
                false => "オプション",
            };
            arg.help_heading(heading)
        })
        .mut_subcommands(with_headings)
}

fn flag(name: &'static str, short: char, action: ArgAction, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .short(short)
        .action(action)
        .help(help)
}

/// Prints what clap found to say and ends the process: 0 after help, 2 after wrong use.
pub fn exit(error: &Error) -> ! {
    match sentence(error) {
        Some(sentence) => eprintln!("{sentence}"),
        None => drop(error.print()),
    }
    std::process::exit(error.exit_code())
}

/// `None` where clap's own text is what was asked for, such as the help.
fn sentence(error: &Error) -> Option<String> {
    let told = |kind| told(error.get(kind));
    let argument = || told(ContextKind::InvalidArg).unwrap_or_default();
    let wrong = match error.kind() {
        ErrorKind::UnknownArgument => format!("「{}」という引数はありません。", argument()),
        ErrorKind::InvalidSubcommand => format!(
            "「{}」というコマンドはありません。",
            told(ContextKind::InvalidSubcommand)?
        ),
        ErrorKind::MissingRequiredArgument => format!("{} がありません。", argument()),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            match told(ContextKind::InvalidValue)?.as_str() {
                "" => format!("{} に値がありません。", argument()),
                value => format!("{} に「{value}」は使えません。", argument()),
            }
        }
        ErrorKind::ArgumentConflict => format!(
            "{} は {} と一緒には使えません。",
            argument(),
            told(ContextKind::PriorArg).unwrap_or_default()
        ),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{} の値の数が違います。", argument())
        }
        _ => return None,
    };
    // What Keniki itself says of the value; the standard library's reasons are English.
    let reason = std::error::Error::source(error)
        .map(ToString::to_string)
        .filter(|reason| !reason.is_ascii())
        .map_or(String::new(), |reason| format!("{reason}。"));
    let right = [
        (ContextKind::ValidValue, "使えるのは"),
        (ContextKind::ValidSubcommand, "使えるのは"),
        (ContextKind::SuggestedArg, "もしかして"),
        (ContextKind::SuggestedSubcommand, "もしかして"),
    ];
    let right: String = right
        .into_iter()
        .filter_map(|(kind, word)| Some(format!("{word}: {}。", told(kind)?)))
        .collect();
    let usage = told(ContextKind::Usage).map_or(String::new(), |usage| {
        format!("\n{}", usage.replace("Usage:", "使い方:"))
    });
    Some(format!(
        "{wrong}{reason}{right}{usage}\n詳しくは --help を付けてください。"
    ))
}

fn told(value: Option<&ContextValue>) -> Option<String> {
    let plain = |text: &StyledStr| text.to_string();
    Some(match value? {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        ContextValue::StyledStr(text) => plain(text),
        ContextValue::StyledStrs(texts) => texts.iter().map(plain).collect::<Vec<_>>().join("、"),
        ContextValue::Number(number) => number.to_string(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::command::Arguments;

    fn said(line: &str) -> (ErrorKind, Option<String>) {
        let command = japanese(Arguments::command());
        let error = command
            .try_get_matches_from(line.split(' '))
            .expect_err(line);
        (error.kind(), sentence(&error))
    }

    #[test]
    fn wrong_use_is_told_in_japanese_with_what_would_be_right() {
        for (line, expected) in [
            (
                "keniki direcotry",
                "「direcotry」というコマンドはありません。もしかして: ",
            ),
            (
                "keniki serve --lisen x",
                "「--lisen」という引数はありません。もしかして: --listen。",
            ),
            ("keniki directory undo", "<BATCH> がありません。"),
            ("keniki directory undo x", "<BATCH> に「x」は使えません。\n"),
            (
                "keniki export services --format pdf",
                "使えるのは: csv、xlsx。",
            ),
            (
                "keniki area load --data x --area abc",
                "二次医療圏コード「abc」",
            ),
            (
                "keniki directory review --same 1 --different 2",
                "と一緒には使えません。",
            ),
        ] {
            let (_, said) = said(line);
            let said = said.unwrap_or_default();
            assert!(said.contains(expected), "{line}: {said}");
            assert!(
                said.ends_with("詳しくは --help を付けてください。"),
                "{said}"
            );
        }
    }

    #[test]
    fn help_of_every_level_is_in_japanese() {
        for line in [
            "keniki --help",
            "keniki directory --help",
            "keniki help area",
            "keniki demo -h",
        ] {
            let command = japanese(Arguments::command());
            let help = command
                .try_get_matches_from(line.split(' '))
                .expect_err(line)
                .to_string();
            assert!(help.contains("使い方: keniki"), "{help}");
            for english in ["Usage", "Options", "Commands", "Print"] {
                assert!(!help.contains(english), "{line}: {help}");
            }
        }
    }
}
