//! Windows, prevention, support and housing.

use super::{GROUP_HOME, KIND, Kind, Opening, Owner, Place, SUPPORT_CENTER, What};

/// Hosts before their guests.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: SUPPORT_CENTER,
        count: 10,
        place: Place::EveryMunicipality,
        owners: &[
            (Owner::Municipality, 0.4),
            (Owner::Welfare, 0.4),
            (Owner::Council, 0.2),
        ],
        names: &[(
            "{m}第二地域包括支援センター",
            "{m}ダイニチイキホウカツシエンセンター",
        )],
        eligibility: Some("おおむね65歳以上の人とその家族"),
        ..KIND
    },
    Kind {
        what: What::Category("care_coordination_center"),
        count: 1,
        owners: &[(Owner::Municipality, 1.0)],
        names: &[(
            "{m}在宅医療・介護連携支援センター",
            "{m}ザイタクイリョウカイゴレンケイシエンセンター",
        )],
        crowd: 3.0,
        ..KIND
    },
    Kind {
        what: What::Category("health_center"),
        count: 1,
        crowd: 3.0,
        owners: &[(Owner::Prefecture, 1.0)],
        names: &[("{p}{c}保健所", "{p}{c}ホケンジョ")],
        ..KIND
    },
    Kind {
        what: What::Category("municipal_desk"),
        count: 5,
        place: Place::EveryMunicipality,
        owners: &[(Owner::Municipality, 1.0)],
        names: &[("{m}高齢者福祉課", "{m}コウレイシャフクシカ")],
        ..KIND
    },
    Kind {
        what: What::Category("municipal_health_center"),
        count: 5,
        place: Place::EveryMunicipality,
        owners: &[(Owner::Municipality, 1.0)],
        names: &[("{m}保健センター", "{m}ホケンセンター")],
        ..KIND
    },
    Kind {
        what: What::Category("social_welfare_council"),
        count: 5,
        place: Place::EveryMunicipality,
        owners: &[(Owner::Council, 1.0)],
        names: &[("{m}社会福祉協議会", "{m}シャカイフクシキョウギカイ")],
        ..KIND
    },
    Kind {
        what: What::Category("exercise_salon"),
        count: 8,
        crowd: 0.4,
        owners: &[(Owner::Person, 1.0)],
        names: &[
            ("{t}いきいきサロン", "{t}イキイキサロン"),
            ("{t}百歳体操の会", "{t}ヒャクサイタイソウノカイ"),
        ],
        opening: Opening::Weekly,
        ..KIND
    },
    Kind {
        what: What::Category("dementia_cafe"),
        count: 3,
        place: Place::With(&[(GROUP_HOME, 0.5)]),
        owners: &[(Owner::Npo, 1.0)],
        names: &[("オレンジカフェ{h}", "オレンジカフェ{s}")],
        opening: Opening::Weekly,
        ..KIND
    },
    Kind {
        what: What::Category("meal_delivery"),
        count: 4,
        names: &[
            ("{h}配食サービス", "{s}ハイショクサービス"),
            ("まごころ弁当{h}", "マゴコロベントウ{s}"),
        ],
        opening: Opening::Visits,
        ..KIND
    },
    Kind {
        what: What::Category("watch_over"),
        count: 2,
        names: &[("{h}見守りサービス", "{s}ミマモリサービス")],
        opening: Opening::Always,
        ..KIND
    },
    Kind {
        what: What::Category("transport"),
        count: 3,
        crowd: 0.7,
        owners: &[(Owner::Npo, 0.6), (Owner::Company, 0.4)],
        names: &[
            ("{h}移動サービス", "{s}イドウサービス"),
            ("介護タクシー{h}", "カイゴタクシー{s}"),
        ],
        opening: Opening::Visits,
        ..KIND
    },
    Kind {
        what: What::Category("serviced_housing"),
        count: 5,
        names: &[(
            "サービス付き高齢者向け住宅{h}",
            "サービスツキコウレイシャムケジュウタク{s}",
        )],
        capacity: Some((20, 60, 2)),
        opening: Opening::Always,
        ..KIND
    },
    Kind {
        what: What::Category("residential_home"),
        count: 6,
        names: &[(
            "住宅型有料老人ホーム{h}",
            "ジュウタクガタユウリョウロウジンホーム{s}",
        )],
        capacity: Some((18, 50, 2)),
        opening: Opening::Always,
        ..KIND
    },
    Kind {
        what: What::Category("low_cost_home"),
        count: 1,
        owners: &[(Owner::Welfare, 1.0)],
        names: &[("ケアハウス{h}", "ケアハウス{s}")],
        capacity: Some((30, 50, 10)),
        opening: Opening::Always,
        ..KIND
    },
];
