//! `[plan]`: what an organisation says about money, people and time for dealing with what was found.
//!
//! Everything is optional: what is not said comes from the sourced defaults of `tables/plan-1.toml`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Span;

/// The whole section.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlanSettings {
    /// First day of the first period; else the first day of the month after the date asked about.
    pub start: Option<Date>,
    /// Number of periods, 1 to 120.
    pub periods: Option<u16>,
    /// Months in a period: 1, 2, 3, 6 or 12.
    pub months: Option<u8>,
    /// Currency of every amount, as its three letters.
    pub currency: Option<String>,
    /// What one risk point for one month counts, in units of the currency.
    pub price_of_risk: Option<f64>,
    /// Amounts and times instead of the defaults, by the default's id.
    #[serde(default)]
    pub costs: BTreeMap<String, CostOverride>,
    /// Money that may be spent.
    #[serde(default)]
    pub budget: Vec<BudgetLine>,
    /// People who do the work.
    #[serde(default)]
    pub crew: Vec<CrewLine>,
    /// Spare parts and devices that there are, or will be.
    #[serde(default)]
    pub stock: Vec<StockLine>,
    /// Times in which nobody may work.
    #[serde(default)]
    pub blackout: Vec<Blackout>,
    /// What must not come later than what.
    #[serde(default)]
    pub order: Vec<OrderLine>,
    /// Where its parts stand in the file.
    #[serde(skip)]
    pub places: PlanPlaces,
}

/// Where parts of `[plan]` stand, for messages about what only the report or the table of costs knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanPlaces {
    /// Overrides of costs, by id.
    pub costs: BTreeMap<String, Span>,
    /// `[[plan.stock]]`, in order.
    pub stock: Vec<Span>,
    /// `[[plan.order]]`, in order.
    pub order: Vec<Span>,
}

/// Amounts instead of a default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CostOverride {
    /// In units of the currency.
    pub cost: Option<f64>,
    /// In minutes of work.
    pub minutes: Option<u32>,
    /// From order to first use, in weeks.
    pub lead_weeks: Option<u32>,
}

/// `[[plan.budget]]`
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetLine {
    /// Id of a department.
    pub department: String,
    /// In units of the currency, for all periods that begin from `from` to `to`.
    pub amount: f64,
    /// First day; else each period has this amount for itself.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

/// `[[plan.crew]]`
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CrewLine {
    /// Name.
    pub name: String,
    /// Ids of departments whose sites it serves.
    #[serde(default)]
    pub departments: Vec<String>,
    /// Ids of sites that it serves, before what departments say.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Hours of work in each period.
    pub hours: f64,
}

/// `[[plan.stock]]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StockLine {
    /// Id of the cost of what uses one up, such as `swap.mini-pcie-cat4` or `replace.router`.
    pub part: String,
    /// How many.
    pub count: u32,
    /// Day on which they are there; else they are there from the first period on.
    pub from: Option<Date>,
}

/// `[[plan.blackout]]`
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Blackout {
    /// Ids of sites.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Ids of departments whose sites are meant.
    #[serde(default)]
    pub departments: Vec<String>,
    /// First day. A period is closed if half of its days or more fall into the blackout.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Why.
    pub why: Option<String>,
}

/// `[[plan.order]]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// Id of the asset that is worked on first, or in the same period.
    pub first: String,
    /// Id of the other.
    pub then: String,
}

impl PlanSettings {
    /// What is out of range: the key, the position in its list if it is one, and a sentence.
    pub fn faults(&self) -> Vec<(&'static str, Option<usize>, String)> {
        let mut out = Vec::new();
        if self.periods.is_some_and(|n| n == 0 || n > 120) {
            let says = "`periods` is a number from 1 to 120".to_owned();
            out.push(("periods", None, says));
        }
        if self.months.is_some_and(|n| ![1, 2, 3, 6, 12].contains(&n)) {
            out.push(("months", None, "`months` is 1, 2, 3, 6 or 12".to_owned()));
        }
        let budget = self.budget.iter().enumerate();
        let crew = self.crew.iter().enumerate();
        let amounts = self
            .price_of_risk
            .into_iter()
            .map(|n| ("price_of_risk", None, n))
            .chain(
                self.costs
                    .values()
                    .filter_map(|c| c.cost)
                    .map(|n| ("costs", None, n)),
            )
            .chain(budget.map(|(at, b)| ("budget", Some(at), b.amount)))
            .chain(crew.map(|(at, c)| ("crew", Some(at), c.hours)));
        for (key, at, n) in amounts {
            if !n.is_finite() || !(0.0..=1e9).contains(&n) {
                let says = format!("{n} is no amount from 0 to 1000000000");
                out.push((key, at, says));
            }
        }
        for (at, s) in self.stock.iter().enumerate() {
            if s.count > 1_000_000 {
                let says = format!("{} is no count from 0 to 1000000", s.count);
                out.push(("stock", Some(at), says));
            }
        }
        for (at, b) in self.blackout.iter().enumerate() {
            if b.from > b.to {
                let says = format!("a blackout begins {} and ends {}", b.from, b.to);
                out.push(("blackout", Some(at), says));
            }
            if b.sites.is_empty() && b.departments.is_empty() {
                let says = "a blackout names no site and no department".to_owned();
                out.push(("blackout", Some(at), says));
            }
        }
        for (at, o) in self.order.iter().enumerate() {
            if o.first == o.then {
                let says = format!("`{}` cannot come before itself", o.first);
                out.push(("order", Some(at), says));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;

    const HEAD: &str = "[organisation]\nname = \"X\"\n[audit]\npolicies = [\"p\"]\n\
        [[department]]\nid = \"d\"\nname = \"D\"\n[[asset]]\nid = \"1\"\ndepartment = \"d\"\nclass = \"router\"\n";

    #[test]
    fn a_section_is_read() {
        let estate = parse(&format!(
            "{HEAD}[plan]\nperiods = 8\nmonths = 3\nstart = \"2027-01-01\"\n\
             costs.visit = {{ cost = 120.5 }}\n[[plan.budget]]\ndepartment = \"d\"\namount = 5000\n"
        ))
        .unwrap();
        let plan = estate.plan.unwrap();
        assert_eq!((plan.periods, plan.months), (Some(8), Some(3)));
        assert_eq!(plan.costs.get("visit").unwrap().cost, Some(120.5));
        assert_eq!(plan.budget[0].department, "d");
    }

    #[test]
    fn stock_is_read() {
        let estate = parse(&format!(
            "{HEAD}[[plan.stock]]\npart = \"replace.router\"\ncount = 12\n\
             [[plan.stock]]\npart = \"replace.router\"\ncount = 30\nfrom = \"2027-07-01\"\n"
        ))
        .unwrap();
        let stock = estate.plan.unwrap().stock;
        assert_eq!((stock[0].count, stock[0].from), (12, None));
        assert_eq!(stock[1].from.unwrap().to_string(), "2027-07-01");
    }

    #[test]
    fn mistakes_stand_at_their_line() {
        // Lines of HEAD: 11. What is right comes first, so that the line is that of the mistake.
        let right = "[plan]\nmonths = 3\n[[plan.budget]]\ndepartment = \"d\"\namount = 1\n";
        for (text, line, code) in [
            ("[plan]\nperiod = 8\n", 13, "bad-plan"),
            ("[plan]\nmonths = 3\nperiods = 0\n", 14, "bad-plan"),
            (
                "[[plan.budget]]\ndepartment = \"e\"\namount = 1\n",
                13,
                "unknown-department",
            ),
            (
                &format!("{right}[[plan.budget]]\namount = 1\ndepartment = \"e\"\n"),
                19,
                "unknown-department",
            ),
            (
                &format!("{right}[[plan.crew]]\nname = \"x\"\nhours = 4\nsites = [\"s\"]\n"),
                20,
                "unknown-site",
            ),
            (
                &format!("{right}[[plan.stock]]\npart = \"x\"\ncount = -1\n"),
                19,
                "bad-plan",
            ),
            (
                &format!("{right}[[plan.stock]]\npart = \"x\"\ncount = 2000000\n"),
                17,
                "bad-plan",
            ),
            (
                &format!("{right}[[plan.order]]\nfirst = \"1\"\nthen = \"1\"\n"),
                17,
                "bad-plan",
            ),
            (
                &format!(
                    "{right}[[plan.blackout]]\ndepartments = [\"d\"]\nfrom = \"2027-02-01\"\n\
                     to = \"2027-01-01\"\n"
                ),
                17,
                "bad-plan",
            ),
            (
                &format!(
                    "{right}[[plan.blackout]]\ndepartments = [\"d\"]\nfrom = \"2027-02-01\"\n\
                     to = \"tomorrow\"\n"
                ),
                20,
                "bad-plan",
            ),
        ] {
            let all = parse(&format!("{HEAD}{text}")).unwrap_err();
            let found = all.iter().find(|d| d.code == code).unwrap();
            assert_eq!(found.span.as_ref().unwrap().start.line, line, "{text}");
        }
    }
}
