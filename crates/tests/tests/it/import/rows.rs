//! Invented rows of the public lists, with the heads as their publishers print them.

use std::fmt::Write;

/// The 24 heads of 介護サービス情報公表システム.
pub const CARE_HEAD: &str = "都道府県コード又は市町村コード,No,都道府県名,市区町村名,事業所名,事業所名カナ,サービスの種類,住所,方書（ビル名等）,緯度,経度,電話番号,FAX番号,法人番号,法人の名称,事業所番号,利用可能曜日,利用可能曜日特記事項,定員,URL,高齢者の方と障害者の方が同時一体的に利用できるサービス,介護保険の通常の指定基準を満たしている,障害福祉の通常の指定基準を満たしている,備考";

/// One row of 介護サービス情報公表システム.
#[derive(Clone)]
pub struct Care {
    pub municipality: &'static str,
    pub name: String,
    pub service: &'static str,
    pub address: String,
    pub lat: String,
    pub lng: String,
    pub phone: String,
    pub number: String,
    pub days: &'static str,
}

impl Care {
    /// An office in ためし市.
    pub fn of(number: &str, name: &str, service: &'static str, address: &str, phone: &str) -> Self {
        Self {
            municipality: "512010",
            name: name.to_owned(),
            service,
            address: address.to_owned(),
            lat: "35.05".to_owned(),
            lng: "133.05".to_owned(),
            phone: phone.to_owned(),
            number: number.to_owned(),
            days: "",
        }
    }

    pub fn line(&self) -> String {
        let Self {
            municipality,
            name,
            service,
            address,
            lat,
            lng,
            phone,
            number,
            days,
        } = self;
        format!(
            "{municipality},{number},みほん県,,{name},,{service},{address},,{lat},{lng},{phone},,,,{number},\"{days}\",,,,,,,"
        )
    }
}

/// A whole file with the byte order mark of the publisher.
pub fn care_file(rows: &[Care]) -> String {
    let mut out = format!("\u{feff}{CARE_HEAD}\r\n");
    for row in rows {
        write!(out, "{}\r\n", row.line()).unwrap();
    }
    out
}

/// One filing of 届出受理医療機関名簿.
#[derive(Clone)]
pub struct Filed {
    pub prefecture: &'static str,
    pub kind: &'static str,
    pub number: &'static str,
    pub joined: &'static str,
    pub name: &'static str,
    pub address: &'static str,
    pub phone: &'static str,
    pub beds: &'static str,
    pub symbol: &'static str,
    pub since: &'static str,
}

impl Filed {
    /// A clinic's first filing, in prefecture 51.
    pub fn of(
        kind: &'static str,
        number: &'static str,
        name: &'static str,
        address: &'static str,
        phone: &'static str,
    ) -> Self {
        Self {
            prefecture: "51",
            kind,
            number,
            joined: "",
            name,
            address,
            phone,
            beds: "",
            symbol: "時間外１",
            since: "令和 7年 9月 1日",
        }
    }

    fn line(&self) -> String {
        let Self {
            prefecture,
            kind,
            number,
            joined,
            name,
            address,
            phone,
            beds,
            symbol,
            since,
        } = self;
        format!(
            "1,{prefecture},みほん県,{kind},{number},{joined},,{name},,{address},{phone},,{beds},届出,{symbol},第1号,{since},,,,,,,"
        )
    }
}

/// A whole list of filings, its title above and the header on row 4.
pub fn filings_file(rows: &[Filed]) -> String {
    let mut out = String::from("届出受理医療機関名簿\r\n[令和７年１０月１日 現在 ]\r\n　\r\n");
    out.push_str("項番,都道府県コード,都道府県名,区分,医療機関番号,併設医療機関番号,医療機関記号番号,医療機関名称,医療機関所在地（郵便番号）,医療機関所在地（住所）,電話番号,FAX番号,病床数,受理届出名称,受理記号,受理番号,算定開始年月日,個別有効開始年月日,備考（見出し）,備考（データ）,市町村コード,市町村名,種別コード,種別\r\n");
    for row in rows {
        write!(out, "{}\r\n", row.line()).unwrap();
    }
    out
}

/// Rows of 医療情報ネット, without the columns of closed days: id, kind, name, municipality, address, coordinates.
pub fn medical_net_file(rows: &[[&str; 7]]) -> String {
    let mut out = String::from(
        "\u{feff}ID,機関区分,正式名称,都道府県コード,市区町村コード,所在地,所在地座標（緯度）,所在地座標（経度）,合計病床数\r\n",
    );
    for [id, kind, name, municipality, address, lat, lng] in rows {
        write!(
            out,
            "{id},{kind},{name},51,{municipality},{address},{lat},{lng},\r\n"
        )
        .unwrap();
    }
    out
}

/// Rows of the bed report: area, name, municipality, coordinates, 医療情報ネット id, beds.
pub fn bed_file(rows: &[[&str; 7]]) -> String {
    let mut out = String::from(
        "pref_code,area_code,facility_name,municipality,lat,lon,iryojoho_id,beds_total_incl_closed,beds_kodo_kyusei,beds_kyusei,beds_kaifuku,beds_mansei\n",
    );
    for [area, name, municipality, lat, lng, id, beds] in rows {
        writeln!(
            out,
            "{},{area},{name},{municipality},{lat},{lng},{id},{beds},0,{beds},0,0",
            &area[..2]
        )
        .unwrap();
    }
    out
}
