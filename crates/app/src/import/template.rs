//! The form of a list that somebody keeps by hand, as a book to fill in: an example row, and a sheet of explanations.

use crate::definition::Definitions;
use crate::sheet::write::{Book, Cell, Table, WriteError};

/// Each column: its head, whether it must be filled, how it is filled, and the example.
const COLUMNS: [(&str, bool, &str, &str); 9] = [
    (
        "都道府県コード又は市区町村コード",
        false,
        "6けたの全国地方公共団体コード。分からなければ空欄にします",
        "502014",
    ),
    (
        "市区町村名",
        false,
        "住所が市区町村名から始まらないときに書きます",
        "",
    ),
    ("事業所名", true, "200字まで", "（例）みほん公民館の体操"),
    (
        "実施サービス",
        true,
        "下の「種類」のことば。いくつかあるときは ; でつなぎます",
        "通いの場",
    ),
    (
        "住所",
        true,
        "市区町村名から書きます。300字まで。分からなければ空欄にします",
        "みほん市みほん町1-2-3",
    ),
    (
        "電話番号",
        true,
        "市外局番から書きます。分からなければ空欄にします",
        "0990-00-0000",
    ),
    ("FAX番号", false, "市外局番から書きます", ""),
    (
        "利用可能曜日",
        false,
        "平日、土曜日、日曜日、祝日 を ; でつなぎます",
        "平日",
    ),
    ("定員", false, "人数を数字で書きます", "20"),
];

/// The book.
pub fn book(definitions: &Definitions) -> Result<Vec<u8>, WriteError> {
    let mut book = Book::new();
    let list = book.add("一覧", &COLUMNS.map(|(head, ..)| head))?;
    book.sheet(list)?
        .row(&COLUMNS.map(|(.., example)| Cell::from(example)))?;
    let help = book.add("説明", &["列", "なくてはならない列か", "書き方"])?;
    let mut help = book.sheet(help)?;
    for (head, is_required, how, _) in COLUMNS {
        let required = if is_required { "はい" } else { "" };
        help.row(&[head.into(), required.into(), how.into()])?;
    }
    help.row(&[
        "".into(),
        "".into(),
        "「一覧」の例の行は、消してから使ってください。".into(),
    ])?;
    for category in definitions.categories() {
        if category.institution_kinds.is_empty() {
            let words = [&category.name, &category.plain].map(|word| Cell::from(word.as_str()));
            let [name, plain] = words;
            help.row(&["種類".into(), name, plain])?;
        }
    }
    book.into_bytes()
}
