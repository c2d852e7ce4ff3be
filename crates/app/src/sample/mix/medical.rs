//! Hospitals, clinics, dentists and pharmacies.

use super::{CLINIC, DENTAL, HOSPITAL, KIND, Kind, Opening, Owner, PHARMACY, Place};

/// Hosts before their guests.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: HOSPITAL,
        count: 18,
        crowd: 1.2,
        owners: &[(Owner::Medical, 0.75), (Owner::Municipality, 0.25)],
        public_names: &[("{m}立{t}病院", "{m}リツ{t}ビョウイン")],
        names: &[
            ("{s}病院", "{s}ビョウイン"),
            ("{s}中央病院", "{s}チュウオウビョウイン"),
            ("{s}記念病院", "{s}キネンビョウイン"),
            ("{s}総合病院", "{s}ソウゴウビョウイン"),
            (
                "{s}リハビリテーション病院",
                "{s}リハビリテーションビョウイン",
            ),
            ("{s}こころの病院", "{s}ココロノビョウイン"),
        ],
        capacity: Some((40, 240, 4)),
        opening: Opening::Hospital,
        ..KIND
    },
    Kind {
        what: CLINIC,
        count: 200,
        crowd: 1.0,
        owners: &[
            (Owner::Person, 0.43),
            (Owner::Medical, 0.54),
            (Owner::Municipality, 0.03),
        ],
        public_names: &[(
            "{m}国民健康保険{t}診療所",
            "{m}コクミンケンコウホケン{t}シンリョウジョ",
        )],
        names: &[
            ("{s}医院", "{s}イイン"),
            ("{s}内科医院", "{s}ナイカイイン"),
            ("{s}内科", "{s}ナイカ"),
            ("{s}内科小児科", "{s}ナイカショウニカ"),
            ("{s}胃腸科内科クリニック", "{s}イチョウカナイカクリニック"),
            ("{s}クリニック", "{s}クリニック"),
            ("{s}内科クリニック", "{s}ナイカクリニック"),
            ("{s}内科・循環器内科", "{s}ナイカジュンカンキナイカ"),
            ("{s}ファミリークリニック", "{s}ファミリークリニック"),
            ("{s}外科胃腸科医院", "{s}ゲカイチョウカイイン"),
            ("{s}診療所", "{s}シンリョウジョ"),
            ("{s}整形外科", "{s}セイケイゲカ"),
            ("{s}小児科医院", "{s}ショウニカイイン"),
            ("{s}こどもクリニック", "{s}コドモクリニック"),
            ("{s}眼科", "{s}ガンカ"),
            ("{s}耳鼻咽喉科医院", "{s}ジビインコウカイイン"),
            ("{s}皮膚科クリニック", "{s}ヒフカクリニック"),
            ("{s}産婦人科医院", "{s}サンフジンカイイン"),
            ("{s}メンタルクリニック", "{s}メンタルクリニック"),
            ("{s}泌尿器科クリニック", "{s}ヒニョウキカクリニック"),
        ],
        opening: Opening::Clinic,
        ..KIND
    },
    Kind {
        what: DENTAL,
        count: 100,
        crowd: 1.0,
        owners: &[(Owner::Person, 0.65), (Owner::Medical, 0.35)],
        names: &[
            ("{s}歯科医院", "{s}シカイイン"),
            ("{s}歯科", "{s}シカ"),
            ("{s}歯科クリニック", "{s}シカクリニック"),
            ("{h}デンタルクリニック", "{s}デンタルクリニック"),
            ("{s}歯科・矯正歯科", "{s}シカキョウセイシカ"),
        ],
        opening: Opening::Dental,
        ..KIND
    },
    Kind {
        what: PHARMACY,
        count: 120,
        place: Place::Near(CLINIC, 0.75),
        owners: &[(Owner::Company, 0.95), (Owner::Person, 0.05)],
        names: &[
            ("{oh}薬局{t}店", "{o}ヤッキョク{t}テン"),
            ("{oh}調剤薬局{t}店", "{o}チョウザイヤッキョク{t}テン"),
            ("{s}薬局", "{s}ヤッキョク"),
            ("{h}薬局", "{s}ヤッキョク"),
        ],
        opening: Opening::Pharmacy,
        ..KIND
    },
];
