//! The filters of a query as conditions on the tokens of a document.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};

use super::expression::Expression;
use super::opening::{self, Moment};
use super::{Query, Thesaurus, any_token, index, queries};

/// What is asked besides words, place and time.
pub(super) struct Filter {
    /// Tokens of the categories that may be; `None`: any.
    pub categories: Option<Vec<String>>,
    /// Tokens of the capabilities that must be.
    pub capabilities: Vec<String>,
    others: Vec<Expression>,
}

impl Filter {
    pub(super) fn of(thesaurus: &Thesaurus, query: &Query) -> Self {
        let mut others = Vec::new();
        if let Some(code) = &query.prefecture {
            others.push(Expression::token(index::prefecture_token(code)));
        }
        if let Some(codes) = &query.municipalities {
            let codes = codes.iter().map(String::as_str);
            others.push(any_token(codes, index::municipality_token));
        }
        if query.is_24h {
            others.push(thesaurus.around_the_clock());
        }
        if let Some(status) = query.status {
            others.push(Expression::token(index::status_token(status.code())));
        }
        let capabilities = query.capabilities.iter();
        Self {
            categories: categories(thesaurus, query),
            capabilities: capabilities
                .map(|code| index::capability_token(code))
                .collect(),
            others,
        }
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = Expression> {
        let tokens = |tokens: &[String]| -> Vec<Expression> {
            tokens.iter().map(Expression::token).collect()
        };
        let categories = self
            .categories
            .as_deref()
            .map(|codes| Expression::any(tokens(codes)));
        let capabilities = tokens(&self.capabilities);
        categories
            .into_iter()
            .chain(capabilities)
            .chain(self.others.clone())
    }
}

/// The categories asked for, within the view asked for.
fn categories(thesaurus: &Thesaurus, query: &Query) -> Option<Vec<String>> {
    let token = |code: &str| index::category_token(code);
    let asked = &query.categories;
    match &query.view {
        None if asked.is_empty() => None,
        None => Some(asked.iter().map(|code| token(code)).collect()),
        Some(view) => {
            let is_asked = |code: &&str| asked.is_empty() || asked.iter().any(|one| one == code);
            Some(
                thesaurus
                    .categories_of(view)
                    .filter(is_asked)
                    .map(token)
                    .collect(),
            )
        }
    }
}

/// What the index knows about one moment.
pub(super) struct Opening {
    /// Known to be open.
    pub open: Expression,
    /// Known to be open, or known to be closed.
    pub stated: Expression,
}

impl Opening {
    pub(super) async fn at(
        db: &impl ConnectionTrait,
        instant: DateTime<Utc>,
    ) -> Result<Self, DbErr> {
        let moment = Moment::at(instant);
        let spans = queries::spans_on(db, [moment.weekday, moment.weekday_before]).await?;
        let held: Vec<_> = moment.held_by(&spans).collect();
        let open = held.iter().map(|span| Expression::token(span.token()));
        // Whoever has hours today is known today: only a night that began yesterday adds to them.
        let since_yesterday = held.iter().filter(|span| span.weekday != moment.weekday);
        let mut stated = vec![Expression::token(opening::known_token(moment.weekday))];
        stated.extend(since_yesterday.map(|span| Expression::token(span.token())));
        Ok(Self {
            open: Expression::any(open.collect()),
            stated: Expression::any(stated),
        })
    }
}
