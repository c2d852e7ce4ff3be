//! The one policy: whether somebody in a role may do a deed with an object, and with which objects at all.
//!
//! The single object asks [`Policy::decide`]; lists, counts, pages and exports ask [`Policy::reach`] and take what it
//! [holds](Reach::holds). Both are one: to decide is to see whether the reach holds the object. The table of roles and
//! deeds is `definitions/roles.toml`; a test prints it as `roles.txt` beside this file.

use std::collections::{BTreeMap, BTreeSet};

use keniki_base::id::{AccountId, OrganizationId};
use serde::Deserialize;

use super::deed::deeds;

mod queries;

pub(crate) use queries::{
    IS_OPENED_IN_EMERGENCY, condition, condition_of_case, condition_of_patient,
    condition_of_service,
};

deeds! {
    /// Something that may be done or refused.
    Deed
    ReadInternal = "directory.read_internal", "専門職向けの連絡先を見る";
    ReadHistory = "directory.history", "地域資源の記録の履歴を見る";
    Propose = "directory.propose", "地域資源の記録の変更を申し出る";
    Approve = "directory.approve", "地域資源の記録の変更を承認する";
    Confirm = "directory.confirm", "地域資源の記録が正しいと確かめる";
    AskConfirmation = "directory.ask", "地域資源の記録の確認を頼む";
    Import = "directory.import", "名簿を取り込む";
    Undo = "directory.undo", "取込みを取り消す";
    Review = "directory.review", "同じ拠点かどうかを決める";
    ExportServices = "export.services", "地域資源を書き出す";
    ExportPatients = "export.patients", "患者・利用者の一覧を書き出す";
    ExportCases = "export.cases", "ケースの一覧を書き出す";
    ReadFiling = "filing.read", "届出・立入検査の記録を見る";
    RecordFiling = "filing.record", "届出・立入検査を記録する";
    ReadPatient = "patient.read", "患者・利用者の記録を見る";
    WritePatient = "patient.write", "患者・利用者の記録を書く";
    ReadCase = "case.read", "ケースを見る";
    OpenCase = "case.open", "ケースを始める";
    TellCase = "case.tell", "ケースに出来事・対応を記録する、訂正する";
    EndCase = "case.end", "ケースを終える、再開する";
    ReadMessage = "message.read", "連絡を読む";
    WriteMessage = "message.write", "連絡を書く";
    ReadHandover = "handover.read", "引継ぎを読む";
    SendHandover = "handover.send", "引継ぎを送る、取り下げる";
    AnswerHandover = "handover.answer", "引継ぎを受ける、返す、済ませる";
    SendInquiry = "inquiry.send", "受入れ照会を送る、照会先を決める、取りやめる";
    ReadInquiry = "inquiry.read", "受入れ照会を見る";
    AnswerInquiry = "inquiry.answer", "受入れ照会に答える";
    LookUpPatient = "patient.look_up", "圏域の患者・利用者を探す";
    MergePatient = "patient.merge", "同じ人の二つの記録を一つにする、元に戻す";
    OpenEmergency = "patient.open_emergency", "緊急時に、支援チームの外から記録を見る";
    ReviewEmergency = "patient.review_emergency", "緊急時閲覧を確かめる";
    RecordConsent = "consent.record", "同意を記録する、撤回を記録する";
    ReadForm = "form.read", "様式の記録を見る";
    WriteForm = "form.write", "様式の記録を書く、取り消す";
    ReadAccount = "account.read", "アカウントを見る";
    InviteAccount = "account.invite", "アカウントをつくり、役割を与える";
    SuspendAccount = "account.suspend", "アカウントを止める";
    DiscloseAccount = "account.disclose", "本人に、記録のすべてを開示する";
    EraseAccount = "account.erase", "アカウントの個人情報を消す";
    HoldAccount = "account.hold", "アカウントを消さないでおく、またはそれをやめる";
    ReadAudit = "audit.read", "監査記録を見る";
    SignOffAudit = "audit.sign_off", "監査記録の確認を記録する";
    ReadJob = "job.read", "裏で動く処理を見る";
    CancelJob = "job.cancel", "裏で動く処理を取り消す";
    MakeBackup = "backup.make", "控えを取る";
    ExportBundle = "bundle.export", "もう一方の網への束を書き出す";
    ImportBundle = "bundle.import", "もう一方の網からの束を取り込む";
    MakeBundleKey = "bundle.key", "束に署名する鍵をつくる";
    TrustBundleKey = "bundle.trust", "束の鍵を信用する、信用をやめる";
    MakeAttachmentKey = "attachment.key", "添付ファイルの鍵を加える";
    LoadArea = "area.load", "圏域のデータを読み込む";
    MakeSample = "sample.make", "見本の地域をつくる";
    RestoreBackup = "backup.restore", "控えを戻す";
    ManageProvider = "provider.manage", "所属先のサインイン（OpenID Connect）を登録する";
    EraseExpired = "retention.erase", "保存期間を過ぎたものを消す";
}

/// With whose objects a role may do a deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Of the organization in which the role is held.
    OwnOrganization,
    /// In the municipality for which the organization answers.
    OwnMunicipality,
    /// In the area for which it answers.
    OwnArea,
    /// Of people whose care team the organization is in.
    CareTeam,
    /// Of people whose record the person opened in an emergency.
    Emergency,
    /// All.
    Any,
}

impl Relation {
    /// As `roles.toml` has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OwnOrganization => "own_organization",
            Self::OwnMunicipality => "own_municipality",
            Self::OwnArea => "own_area",
            Self::CareTeam => "care_team",
            Self::Emergency => "emergency",
            Self::Any => "any",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::OwnOrganization => "自分の組織のもの",
            Self::OwnMunicipality => "担当する市町村のもの",
            Self::OwnArea => "担当する圏域のもの",
            Self::CareTeam => "支援チームに入っている人のもの",
            Self::Emergency => "緊急時閲覧をしている人のもの",
            Self::Any => "すべて",
        }
    }
}

/// What kind of organization a role can be held in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Workplace {
    /// An authority that answers for an area: 保健所, 県.
    Area,
    /// An association of an area: 医師会, 連携支援センター.
    Association,
    /// A municipality's own office.
    Municipality,
    /// 地域包括支援センター of a municipality.
    SupportCenter,
    /// One that runs sites, or answers for no place.
    Provider,
}

impl Workplace {
    /// As `roles.toml` has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Association => "association",
            Self::Municipality => "municipality",
            Self::SupportCenter => "support_center",
            Self::Provider => "provider",
        }
    }

    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Area,
        Self::Association,
        Self::Municipality,
        Self::SupportCenter,
        Self::Provider,
    ];
}

/// What somebody does in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Stable.
    pub code: String,
    /// For people.
    pub name: String,
    /// In which organizations it can be held: nobody makes a hospital's clerk a health officer.
    pub held_in: BTreeSet<Workplace>,
    /// With whose objects each deed may be done; what is not here is refused.
    pub may: BTreeMap<Deed, BTreeSet<Relation>>,
}

impl Role {
    /// Whether it watches over all others: given, ended and helped by whoever may do everything with accounts, alone.
    #[must_use]
    pub fn is_high(&self) -> bool {
        let is_any = |deed| {
            let relations = self.may.get(&deed);
            relations.is_some_and(|them| them.contains(&Relation::Any))
        };
        [Deed::InviteAccount, Deed::ReadAudit, Deed::SignOffAudit]
            .into_iter()
            .any(is_any)
    }
}

/// Somebody in one of their roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub account: AccountId,
    /// Where.
    pub organization: OrganizationId,
    /// Code of the role.
    pub role: String,
    /// Municipalities for which the organization answers as a municipality's own.
    pub municipalities: BTreeSet<String>,
    /// Municipalities of the areas for which it answers.
    pub area: BTreeSet<String>,
}

/// What is to be seen or changed, as far as the policy asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    /// Table-like name of what it is: `site`.
    pub kind: &'static str,
    /// Its id; 0 where no single one is meant.
    pub id: i64,
    /// Whose it is.
    pub organization: Option<OrganizationId>,
    /// Where it lies.
    pub municipality: Option<String>,
    /// Which organizations are in the care team of the person it is about.
    pub care_team: BTreeSet<OrganizationId>,
    /// Who has opened that person's record in an emergency.
    pub emergency: BTreeSet<AccountId>,
}

impl Object {
    /// One that belongs to nobody and lies nowhere: within the reach of who may do the deed with any.
    #[must_use]
    pub fn new(kind: &'static str, id: impl Into<i64>) -> Self {
        Self {
            kind,
            id: id.into(),
            ..Self::default()
        }
    }

    /// One of an organization.
    #[must_use]
    pub fn of(self, organization: OrganizationId) -> Self {
        Self {
            organization: Some(organization),
            ..self
        }
    }
}

/// With which objects somebody may do a deed: a condition that a list can put into its search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// All.
    pub any: bool,
    /// Those of this organization.
    pub organization: Option<OrganizationId>,
    /// Those in the municipality for which it answers.
    pub municipalities: BTreeSet<String>,
    /// Those in the area for which it answers.
    pub area: BTreeSet<String>,
    /// Those of people in whose care team this organization is.
    pub care_team_of: Option<OrganizationId>,
    /// Those of people whose record this one has opened in an emergency.
    pub emergency_of: Option<AccountId>,
}

impl Reach {
    /// By which relation an object is within reach; none: it is not.
    #[must_use]
    pub fn holds(&self, object: &Object) -> Option<Relation> {
        let lies_in = |places: &BTreeSet<String>| {
            let place = object.municipality.as_ref();
            place.is_some_and(|place| places.contains(place))
        };
        let is_own = self.organization.is_some() && self.organization == object.organization;
        let is_cared_for = self
            .care_team_of
            .is_some_and(|organization| object.care_team.contains(&organization));
        let is_opened = self
            .emergency_of
            .is_some_and(|account| object.emergency.contains(&account));
        [
            (is_own, Relation::OwnOrganization),
            (is_cared_for, Relation::CareTeam),
            (is_opened, Relation::Emergency),
            (lies_in(&self.municipalities), Relation::OwnMunicipality),
            (lies_in(&self.area), Relation::OwnArea),
            (self.any, Relation::Any),
        ]
        .into_iter()
        .find_map(|(holds, relation)| holds.then_some(relation))
    }

    /// Whether nothing at all is within reach.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// The roles of an installation.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    roles: &'a [Role],
}

impl<'a> Policy<'a> {
    /// By these roles.
    #[must_use]
    pub fn of(roles: &'a [Role]) -> Self {
        Self { roles }
    }

    /// With which objects `actor` may do `deed`; with none, where the role is not known.
    #[must_use]
    pub fn reach(&self, actor: &Actor, deed: Deed) -> Reach {
        let mut reach = Reach::default();
        let role = self.roles.iter().find(|role| role.code == actor.role);
        for relation in role
            .and_then(|role| role.may.get(&deed))
            .into_iter()
            .flatten()
        {
            match relation {
                Relation::Any => reach.any = true,
                Relation::OwnOrganization => reach.organization = Some(actor.organization),
                Relation::OwnMunicipality => reach.municipalities.clone_from(&actor.municipalities),
                Relation::OwnArea => reach.area.clone_from(&actor.area),
                Relation::CareTeam => reach.care_team_of = Some(actor.organization),
                Relation::Emergency => reach.emergency_of = Some(actor.account),
            }
        }
        reach
    }

    /// By which relation `actor` may do `deed` with `object`; none: refused.
    #[must_use]
    pub fn decide(&self, actor: &Actor, deed: Deed, object: &Object) -> Option<Relation> {
        self.reach(actor, deed).holds(object)
    }

    /// Who may do `deed` at all, and with whose objects: for the page that explains a record.
    pub fn who_may(&self, deed: Deed) -> impl Iterator<Item = (&'a Role, &'a BTreeSet<Relation>)> {
        let may = move |role: &'a Role| Some((role, role.may.get(&deed)?));
        self.roles.iter().filter_map(may)
    }

    /// The whole table: a role, then each deed with its relations; what is refused is not printed.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = String::new();
        for role in self.roles {
            let held_in: Vec<&str> = role.held_in.iter().map(|it| it.code()).collect();
            out.push_str(&format!(
                "{} {} [{}]\n",
                role.code,
                role.name,
                held_in.join(", ")
            ));
            for deed in Deed::ALL {
                let Some(relations) = role.may.get(deed) else {
                    continue;
                };
                let relations: Vec<&str> = relations.iter().map(|it| it.code()).collect();
                out.push_str(&format!(
                    "    {:23} {:17} {}\n",
                    deed.code(),
                    relations.join(", "),
                    deed.words()
                ));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
