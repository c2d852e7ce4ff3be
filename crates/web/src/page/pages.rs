//! The pages of a long list.

/// Pages around this one.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    /// The page before.
    pub before: Option<String>,
    /// The next page.
    pub next: Option<String>,
    /// This page's number.
    pub current: u64,
    /// How many there are.
    pub last: u64,
}

impl Pages {
    /// Pages of `size` rows over `total`, around `asked`, each at its own address.
    #[must_use]
    pub fn at(asked: u64, total: u64, size: u64, href: impl Fn(u64) -> String) -> Self {
        let last = total.div_ceil(size).max(1);
        let current = asked.min(last);
        Self {
            before: (current > 1).then(|| href(current - 1)),
            next: (current < last).then(|| href(current + 1)),
            current,
            last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_page_lead_no_further() {
        let at = |asked, total| Pages::at(asked, total, 50, |page| page.to_string());
        let of = |pages: Pages| (pages.before, pages.current, pages.next, pages.last);
        assert_eq!(of(at(1, 0)), (None, 1, None, 1));
        assert_eq!(of(at(1, 51)), (None, 1, Some("2".to_owned()), 2));
        assert_eq!(of(at(9, 100)), (Some("1".to_owned()), 2, None, 2));
    }
}
