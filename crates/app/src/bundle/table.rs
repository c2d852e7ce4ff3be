//! What a bundle may hold: these columns of these tables and no other. A test holds them against `privacy.toml`.

use Kind::{Decimal, Flag, Integer, Of, Own, Said, Text};

/// A table of the directory.
#[derive(Debug)]
pub struct Table {
    /// As in the schema, and of the bundle's member.
    pub name: &'static str,
    /// The columns that go out.
    pub columns: &'static [Column],
    /// By what its rows are ordered.
    pub(super) order: &'static str,
    /// Columns that are not in the bundle and are worked out where it is taken.
    pub(super) derived: &'static [&'static str],
}

/// A column that goes out.
#[derive(Debug)]
pub struct Column {
    /// As in the schema.
    pub name: &'static str,
    /// What stands in it.
    pub kind: Kind,
    /// Never null.
    pub(super) is_needed: bool,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A decimal number; a text in the file, so that it comes back to the last bit.
    Decimal,
    /// Yes or no.
    Flag,
    /// The row's own number, as the house has it.
    Own,
    /// The number of a row of that table.
    Of(&'static str),
    /// What a list says: of the text that is kept, what [`crate::directory::source::Said`] names.
    Said,
}

impl Table {
    /// Whether its rows keep their numbers from one bundle to the next; the others are written anew.
    pub(super) fn is_numbered(&self) -> bool {
        self.columns.iter().any(|column| column.kind == Kind::Own)
    }
}

const fn maybe(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        is_needed: false,
    }
}

const fn needed(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        is_needed: true,
    }
}

/// In the order in which they are written: none refers to a later one.
pub const TABLES: [Table; 9] = [
    Table {
        name: "import_batch",
        columns: &[
            needed("id", Own),
            needed("format", Text),
            needed("scope", Text),
            needed("file_name", Text),
            maybe("as_of", Text),
            needed("imported_at", Text),
        ],
        order: "id",
        derived: &[
            "sha256",
            "imported_by",
            "source_rows",
            "report",
            "undone_at",
        ],
    },
    Table {
        name: "import_batch_scope",
        columns: &[
            needed("batch_id", Of("import_batch")),
            needed("scope", Text),
        ],
        order: "batch_id, scope",
        derived: &["source_rows"],
    },
    Table {
        name: "organization",
        columns: &[
            needed("id", Own),
            needed("name", Text),
            maybe("prefecture_code", Text),
            maybe("corporate_number", Text),
        ],
        order: "id",
        derived: &["name_key"],
    },
    Table {
        name: "site",
        columns: &[
            needed("id", Own),
            maybe("organization_id", Of("organization")),
            needed("name", Text),
            maybe("kana", Text),
            maybe("postal_code", Text),
            maybe("address", Text),
            maybe("building", Text),
            maybe("municipality_code", Text),
            maybe("lat", Decimal),
            maybe("lng", Decimal),
            needed("location_precision", Text),
            maybe("phone", Text),
            maybe("fax", Text),
            maybe("url", Text),
            needed("status", Text),
            maybe("closed_on", Text),
            maybe("last_assured_on", Text),
        ],
        order: "id",
        derived: &["name_key", "address_key", "phone_key"],
    },
    Table {
        name: "site_code",
        columns: &[
            needed("system", Text),
            needed("code", Text),
            needed("site_id", Of("site")),
        ],
        order: "system, code, site_id",
        derived: &[],
    },
    Table {
        name: "service",
        columns: &[
            needed("id", Own),
            needed("site_id", Of("site")),
            needed("category", Text),
            maybe("name", Text),
            maybe("phone", Text),
            maybe("fax", Text),
            maybe("place_code", Text),
            maybe("capacity", Integer),
            maybe("eligibility", Text),
            maybe("area_served", Text),
            maybe("hours_note", Text),
            maybe("detail", Text),
            needed("status", Text),
            maybe("closed_on", Text),
            maybe("last_assured_on", Text),
        ],
        order: "id",
        derived: &[],
    },
    Table {
        name: "service_hours",
        columns: &[
            needed("service_id", Of("service")),
            needed("weekday", Integer),
            needed("slot", Integer),
            needed("is_open", Flag),
            maybe("opens", Text),
            maybe("closes", Text),
        ],
        order: "service_id, weekday, slot",
        derived: &[],
    },
    Table {
        name: "service_capability",
        columns: &[
            needed("service_id", Of("service")),
            needed("capability", Text),
            maybe("since", Text),
            maybe("filing", Text),
            maybe("note", Text),
        ],
        order: "service_id, capability",
        derived: &[],
    },
    Table {
        name: "source_record",
        columns: &[
            needed("scope", Text),
            needed("record_key", Text),
            needed("content", Said),
            needed("site_id", Of("site")),
            maybe("service_id", Of("service")),
            needed("seen_batch_id", Of("import_batch")),
            maybe("gone_batch_id", Of("import_batch")),
        ],
        order: "id",
        derived: &["id", "source_rows", "created_batch_id", "batch_id"],
    },
];
