//! By which way something was told: the program is one of them.

/// A way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// In this program.
    Here,
    /// By telephone.
    Phone,
    /// By FAX.
    Fax,
    /// Face to face.
    InPerson,
    /// On paper.
    Letter,
    /// In another system.
    OtherSystem,
}

impl Channel {
    /// Every one, in the order of the form.
    pub const ALL: [Self; 6] = [
        Self::Phone,
        Self::Fax,
        Self::InPerson,
        Self::Letter,
        Self::OtherSystem,
        Self::Here,
    ];

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Phone => "phone",
            Self::Fax => "fax",
            Self::InPerson => "in_person",
            Self::Letter => "letter",
            Self::OtherSystem => "other_system",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Here => "この画面で",
            Self::Phone => "電話",
            Self::Fax => "FAX",
            Self::InPerson => "面談・対面",
            Self::Letter => "郵送・手渡し",
            Self::OtherSystem => "ほかのシステム",
        }
    }

    /// The one of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }
}
