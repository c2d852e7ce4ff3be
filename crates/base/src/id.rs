//! Typed row ids, so that a service's id cannot be handed over as a site's.

/// Declares a newtype over `i64` for the rows of one table, written and read as the bare number.
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// Names a row by the number the database gave it.
            pub const fn new(id: i64) -> Self {
                Self(id)
            }

            /// The number in the database.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

typed_id! {
    /// An area: prefecture, medical area, municipality or ward, daily-life area.
    AreaId
}
typed_id! {
    /// An organization: the legal person that runs sites.
    OrganizationId
}
typed_id! {
    /// A site: one organization at one address.
    SiteId
}
typed_id! {
    /// A service at a site, what people search.
    ServiceId
}
typed_id! {
    /// Somebody who can sign in.
    AccountId
}
typed_id! {
    /// What somebody does in an organization, between two days.
    MembershipId
}
typed_id! {
    /// An organization's own provider of sign-in.
    ProviderId
}
typed_id! {
    /// One signing-in, from one browser.
    SessionId
}
typed_id! {
    /// A passkey or security key of somebody.
    PasskeyId
}
typed_id! {
    /// A link that was sent to somebody, good for one use.
    InvitationId
}
typed_id! {
    /// A mailbox of an organization's function.
    MailboxId
}
typed_id! {
    /// One imported file.
    BatchId
}
typed_id! {
    /// What an office wants to be said of a service.
    ProposalId
}
typed_id! {
    /// An asking of an office whether what is said of it is right.
    ConfirmationId
}
typed_id! {
    /// A filing or an inspection.
    FilingId
}
typed_id! {
    /// Work behind the pages.
    JobId
}
typed_id! {
    /// A file that came through a page.
    UploadId
}
typed_id! {
    /// Somebody who is cared for.
    PatientId
}
typed_id! {
    /// A case of a patient under a program.
    CaseId
}
typed_id! {
    /// What happened in a case.
    CaseEventId
}
typed_id! {
    /// What a step of a program asks for in a case.
    ObligationId
}
typed_id! {
    /// A form that was filled in and kept.
    FormRecordId
}
typed_id! {
    /// A file that somebody brought, encrypted.
    AttachmentId
}
typed_id! {
    /// What somebody agreed to.
    ConsentId
}
typed_id! {
    /// What somebody wrote on a case to the others of the care team.
    MessageId
}
typed_id! {
    /// What one organization of a case hands over to another.
    HandoverId
}
typed_id! {
    /// A question to many whether they could take somebody, without a name.
    InquiryId
}
typed_id! {
    /// One of those who are asked.
    InquiryTargetId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_what_it_writes() {
        let id = ServiceId::new(42);
        assert_eq!(id.to_string(), "42");
        assert_eq!("42".parse(), Ok(id));
        assert_eq!(i64::from(id), id.get());
    }

    #[test]
    fn a_word_is_no_id() {
        assert!("四十二".parse::<SiteId>().is_err());
        assert!("".parse::<SiteId>().is_err());
    }
}
