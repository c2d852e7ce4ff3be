//! Long-term care: facilities first, then what stands beside them.

use super::{
    ALL_LEVELS, CARE_LEVELS, CARE_MANAGEMENT, CLINIC, DAY_CARE, GROUP_HOME, HEALTH_FACILITY,
    HOME_HELP, HOSPITAL, KIND, Kind, NURSING_HOME, Opening, Owner, Place, RENTAL, VISITING_NURSING,
    What,
};

/// Hosts before their guests.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: NURSING_HOME,
        count: 11,
        crowd: 0.5,
        owners: &[(Owner::Welfare, 1.0)],
        names: &[
            (
                "特別養護老人ホーム{s}苑",
                "トクベツヨウゴロウジンホーム{s}エン",
            ),
            (
                "特別養護老人ホーム{s}荘",
                "トクベツヨウゴロウジンホーム{s}ソウ",
            ),
            (
                "特別養護老人ホーム{h}の里",
                "トクベツヨウゴロウジンホーム{s}ノサト",
            ),
        ],
        capacity: Some((50, 100, 10)),
        opening: Opening::Always,
        eligibility: Some("原則として要介護3～5の人"),
        ..KIND
    },
    Kind {
        what: HEALTH_FACILITY,
        count: 7,
        crowd: 0.6,
        owners: &[(Owner::Medical, 0.7), (Owner::Welfare, 0.3)],
        names: &[
            ("介護老人保健施設{s}", "カイゴロウジンホケンシセツ{s}"),
            (
                "介護老人保健施設{h}の郷",
                "カイゴロウジンホケンシセツ{s}ノサト",
            ),
        ],
        capacity: Some((60, 100, 10)),
        opening: Opening::Always,
        eligibility: CARE_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("550"),
        count: 2,
        place: Place::With(&[(HOSPITAL, 1.0)]),
        owners: &[(Owner::Medical, 1.0)],
        names: &[("{s}介護医療院", "{s}カイゴイリョウイン")],
        capacity: Some((30, 60, 10)),
        opening: Opening::Always,
        eligibility: CARE_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("540"),
        count: 3,
        crowd: 0.4,
        owners: &[(Owner::Welfare, 1.0)],
        names: &[(
            "地域密着型特別養護老人ホーム{h}",
            "チイキミッチャクガタトクベツヨウゴロウジンホーム{s}",
        )],
        capacity: Some((29, 29, 1)),
        opening: Opening::Always,
        eligibility: Some("原則としてその市町村に住む要介護3～5の人"),
        ..KIND
    },
    Kind {
        what: GROUP_HOME,
        count: 17,
        crowd: 0.7,
        owners: &[
            (Owner::Welfare, 0.4),
            (Owner::Company, 0.4),
            (Owner::Medical, 0.2),
        ],
        names: &[
            ("グループホーム{h}", "グループホーム{s}"),
            ("グループホーム{s}の家", "グループホーム{s}ノイエ"),
        ],
        capacity: Some((9, 18, 9)),
        opening: Opening::Always,
        eligibility: Some("要支援2～要介護5で、認知症の人"),
        ..KIND
    },
    Kind {
        what: What::Care("331"),
        count: 5,
        owners: &[(Owner::Company, 0.8), (Owner::Welfare, 0.2)],
        names: &[
            (
                "介護付有料老人ホーム{h}",
                "カイゴツキユウリョウロウジンホーム{s}",
            ),
            ("{s}ケアレジデンス", "{s}ケアレジデンス"),
        ],
        capacity: Some((30, 80, 2)),
        opening: Opening::Always,
        eligibility: ALL_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("361"),
        count: 1,
        crowd: 0.4,
        owners: &[(Owner::Welfare, 1.0)],
        names: &[(
            "小規模有料老人ホーム{h}",
            "ショウキボユウリョウロウジンホーム{s}",
        )],
        capacity: Some((20, 29, 1)),
        opening: Opening::Always,
        eligibility: CARE_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("730"),
        count: 8,
        crowd: 0.6,
        owners: &[
            (Owner::Welfare, 0.5),
            (Owner::Company, 0.4),
            (Owner::Npo, 0.1),
        ],
        names: &[
            ("小規模多機能ホーム{h}", "ショウキボタキノウホーム{s}"),
            (
                "小規模多機能型居宅介護{s}",
                "ショウキボタキノウガタキョタクカイゴ{s}",
            ),
        ],
        capacity: Some((24, 29, 1)),
        opening: Opening::Always,
        eligibility: ALL_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("770"),
        count: 2,
        owners: &[(Owner::Medical, 0.6), (Owner::Company, 0.4)],
        names: &[("看護小規模多機能{h}", "カンゴショウキボタキノウ{s}")],
        capacity: Some((25, 29, 1)),
        opening: Opening::Always,
        eligibility: CARE_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("210"),
        count: 14,
        place: Place::With(&[(NURSING_HOME, 0.8)]),
        crowd: 0.6,
        owners: &[(Owner::Welfare, 0.7), (Owner::Company, 0.3)],
        names: &[("ショートステイ{h}", "ショートステイ{s}")],
        capacity: Some((10, 30, 5)),
        opening: Opening::Always,
        eligibility: ALL_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("220"),
        count: 7,
        place: Place::With(&[(HEALTH_FACILITY, 1.0)]),
        owners: &[(Owner::Medical, 1.0)],
        names: &[("短期入所療養介護{s}", "タンキニュウショリョウヨウカイゴ{s}")],
        opening: Opening::Always,
        eligibility: ALL_LEVELS,
        ..KIND
    },
    Kind {
        what: DAY_CARE,
        count: 30,
        place: Place::With(&[(NURSING_HOME, 0.25), (GROUP_HOME, 0.05)]),
        crowd: 0.8,
        owners: &[
            (Owner::Welfare, 0.45),
            (Owner::Company, 0.5),
            (Owner::Council, 0.05),
        ],
        names: &[
            ("デイサービスセンター{s}", "デイサービスセンター{s}"),
            ("デイサービス{h}", "デイサービス{s}"),
            ("通所介護事業所{s}", "ツウショカイゴジギョウショ{s}"),
        ],
        capacity: Some((20, 45, 5)),
        opening: Opening::Day,
        eligibility: CARE_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("780"),
        count: 19,
        crowd: 0.8,
        owners: &[
            (Owner::Company, 0.7),
            (Owner::Npo, 0.15),
            (Owner::Welfare, 0.15),
        ],
        names: &[
            ("デイサービス{h}の家", "デイサービス{s}ノイエ"),
            ("リハビリデイ{h}", "リハビリデイ{s}"),
        ],
        capacity: Some((10, 18, 2)),
        opening: Opening::Day,
        eligibility: CARE_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("720"),
        count: 3,
        place: Place::With(&[(NURSING_HOME, 0.6)]),
        owners: &[(Owner::Welfare, 1.0)],
        names: &[("認知症デイサービス{h}", "ニンチショウデイサービス{s}")],
        capacity: Some((10, 12, 2)),
        opening: Opening::Day,
        eligibility: CARE_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("160"),
        count: 13,
        place: Place::With(&[(HEALTH_FACILITY, 0.5), (HOSPITAL, 0.3), (CLINIC, 0.2)]),
        owners: &[(Owner::Medical, 1.0)],
        names: &[("通所リハビリテーション{s}", "ツウショリハビリテーション{s}")],
        capacity: Some((20, 60, 10)),
        opening: Opening::Day,
        eligibility: ALL_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("140"),
        count: 9,
        place: Place::With(&[(HOSPITAL, 0.5), (HEALTH_FACILITY, 0.3), (CLINIC, 0.2)]),
        owners: &[(Owner::Medical, 1.0)],
        names: &[("訪問リハビリテーション{s}", "ホウモンリハビリテーション{s}")],
        opening: Opening::Visits,
        eligibility: ALL_LEVELS,
        ..KIND
    },
    Kind {
        what: HOME_HELP,
        count: 24,
        place: Place::With(&[(NURSING_HOME, 0.1), (DAY_CARE, 0.15)]),
        crowd: 0.9,
        owners: &[
            (Owner::Company, 0.6),
            (Owner::Welfare, 0.2),
            (Owner::Council, 0.15),
            (Owner::Npo, 0.05),
        ],
        names: &[
            ("ヘルパーステーション{h}", "ヘルパーステーション{s}"),
            ("訪問介護事業所{s}", "ホウモンカイゴジギョウショ{s}"),
            ("{h}ケアサービス", "{s}ケアサービス"),
        ],
        opening: Opening::Visits,
        eligibility: CARE_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("120"),
        count: 3,
        names: &[("訪問入浴サービス{h}", "ホウモンニュウヨクサービス{s}")],
        opening: Opening::Visits,
        eligibility: ALL_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("710"),
        count: 1,
        place: Place::With(&[(HOME_HELP, 1.0)]),
        names: &[("夜間訪問介護{h}", "ヤカンホウモンカイゴ{s}")],
        opening: Opening::Always,
        eligibility: CARE_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("760"),
        count: 2,
        place: Place::With(&[(HOME_HELP, 0.5)]),
        names: &[("定期巡回ステーション{h}", "テイキジュンカイステーション{s}")],
        opening: Opening::Always,
        eligibility: CARE_LEVELS,
        ..KIND
    },
    Kind {
        what: RENTAL,
        count: 10,
        names: &[
            ("{h}福祉用具", "{s}フクシヨウグ"),
            ("介護ショップ{h}", "カイゴショップ{s}"),
        ],
        eligibility: ALL_LEVELS,
        ..KIND
    },
    Kind {
        what: What::Care("410"),
        count: 9,
        place: Place::With(&[(RENTAL, 1.0)]),
        names: &[("{h}福祉用具販売", "{s}フクシヨウグハンバイ")],
        eligibility: ALL_LEVELS,
        ..KIND
    },
    Kind {
        what: VISITING_NURSING,
        count: 45,
        place: Place::With(&[(HOSPITAL, 0.1), (CLINIC, 0.08), (HEALTH_FACILITY, 0.04)]),
        crowd: 1.0,
        owners: &[
            (Owner::Company, 0.55),
            (Owner::Medical, 0.35),
            (Owner::Npo, 0.1),
        ],
        names: &[
            ("訪問看護ステーション{s}", "ホウモンカンゴステーション{s}"),
            ("訪問看護ステーション{h}", "ホウモンカンゴステーション{s}"),
            (
                "{h}訪問看護リハビリステーション",
                "{s}ホウモンカンゴリハビリステーション",
            ),
        ],
        opening: Opening::Visits,
        ..KIND
    },
    Kind {
        what: CARE_MANAGEMENT,
        count: 90,
        place: Place::With(&[
            (NURSING_HOME, 0.08),
            (DAY_CARE, 0.12),
            (HOSPITAL, 0.05),
            (HEALTH_FACILITY, 0.05),
            (HOME_HELP, 0.1),
        ]),
        crowd: 0.9,
        owners: &[
            (Owner::Company, 0.45),
            (Owner::Welfare, 0.25),
            (Owner::Medical, 0.15),
            (Owner::Council, 0.1),
            (Owner::Npo, 0.05),
        ],
        names: &[
            (
                "居宅介護支援事業所{s}",
                "キョタクカイゴシエンジギョウショ{s}",
            ),
            (
                "居宅介護支援事業所{h}",
                "キョタクカイゴシエンジギョウショ{s}",
            ),
            ("ケアプランセンター{h}", "ケアプランセンター{s}"),
            ("{s}ケアマネジメントオフィス", "{s}ケアマネジメントオフィス"),
        ],
        eligibility: CARE_LEVELS,
        ..KIND
    },
];
