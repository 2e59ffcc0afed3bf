//! `[drill]`: what an organisation has in stock, what its services need, and its own figures in place of
//! those of `tables/drill-1.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Span;

/// The whole section.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DrillSettings {
    /// Country code that begins the organisation's own SIM numbers after `89` (`44`).
    pub sim_country: Option<String>,
    /// Figures instead of the defaults, by the default's id. Whether there is such a default is for the
    /// one who has the table to say.
    #[serde(default)]
    pub values: BTreeMap<String, Figure>,
    /// Spares in stock.
    #[serde(default)]
    pub stock: Vec<StockLine>,
    /// Services by name.
    #[serde(default)]
    pub service: Vec<ServiceLine>,
    /// Where the section's lines stand.
    #[serde(skip)]
    pub places: Places,
}

/// Where the lines of the section stand, for those who can judge them and must point at them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// By the id of the value.
    pub values: BTreeMap<String, Span>,
    /// In the order of the file.
    pub stock: Vec<Span>,
    /// In the order of the file.
    pub service: Vec<Span>,
}

/// One number, or lowest, most frequent and highest.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Figure {
    /// One number.
    One(f64),
    /// Three.
    Three(Three),
}

/// Lowest, most frequent, highest.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Three {
    /// Lowest.
    pub low: f64,
    /// Most frequent.
    pub typical: f64,
    /// Highest.
    pub high: f64,
}

impl Figure {
    /// Lowest, most frequent, highest.
    pub const fn three(self) -> (f64, f64, f64) {
        match self {
            Self::One(n) => (n, n, n),
            Self::Three(t) => (t.low, t.typical, t.high),
        }
    }
}

/// `[[drill.stock]]`: spares that fit every device of which all that is stated here holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StockLine {
    /// How many.
    pub units: u64,
    /// Product's words, as a part of what the register says, without case.
    pub product: Option<String>,
    /// Slug of the module's maker.
    pub maker: Option<String>,
    /// The module's family.
    pub family: Option<String>,
    /// Classes of assets.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Ids of departments.
    #[serde(default)]
    pub departments: Vec<String>,
}

/// `[[drill.service]]`: the assets of a service. An asset belongs to the first service that names it, or
/// of whose departments, classes and sites everything that is stated holds.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceLine {
    /// Name.
    pub name: String,
    /// Ids of departments.
    #[serde(default)]
    pub departments: Vec<String>,
    /// Classes of assets.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Ids of sites.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Ids of assets.
    #[serde(default)]
    pub assets: Vec<String>,
    /// Share of its devices below which it counts as stopped.
    pub needs: Option<f64>,
}

/// A line of the section that cannot be used.
pub(crate) enum Fault {
    Stock(usize, String),
    Service(usize, String),
    Value(String, String),
    Section(String),
}

impl DrillSettings {
    /// What is out of range, one sentence each.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let mut out = Vec::new();
        if let Some(code) = &self.sim_country
            && (code.is_empty() || code.len() > 3 || !code.bytes().all(|b| b.is_ascii_digit()))
        {
            out.push(Fault::Section(
                "`sim_country` is a telephone country code: one to three digits".to_owned(),
            ));
        }
        for (id, figure) in &self.values {
            let (low, typical, high) = figure.three();
            let sound = [low, typical, high]
                .iter()
                .all(|n| n.is_finite() && (0.0..=1e6).contains(n));
            if !sound {
                out.push(Fault::Value(
                    id.clone(),
                    format!("`{id}` is no number from 0 to 1000000"),
                ));
            } else if low > typical || typical > high {
                out.push(Fault::Value(
                    id.clone(),
                    format!("`{id}` needs low, typical and high in this order"),
                ));
            }
        }
        for (n, s) in self.stock.iter().enumerate() {
            if s.units > 1_000_000 {
                out.push(Fault::Stock(
                    n,
                    format!("{} is no number of spares from 0 to 1000000", s.units),
                ));
            }
            if s.product.is_none()
                && s.maker.is_none()
                && s.family.is_none()
                && s.classes.is_empty()
            {
                out.push(Fault::Stock(
                    n,
                    "spares fit something: state product, maker, family or classes".to_owned(),
                ));
            }
        }
        for (n, s) in self.service.iter().enumerate() {
            if s.name.trim().is_empty() {
                out.push(Fault::Service(n, "the service has no name".to_owned()));
            }
            if s.needs.is_some_and(|n| !(0.0..=1.0).contains(&n)) {
                out.push(Fault::Service(
                    n,
                    "`needs` is a share: from 0 to 1".to_owned(),
                ));
            }
            if s.departments.is_empty()
                && s.classes.is_empty()
                && s.sites.is_empty()
                && s.assets.is_empty()
            {
                out.push(Fault::Service(
                    n,
                    "a service has assets: state departments, classes, sites or assets".to_owned(),
                ));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;

    const HEAD: &str = "[organisation]\nname = \"X\"\n[audit]\npolicies = [\"p\"]\n\
        [[department]]\nid = \"d\"\nname = \"D\"\n\
        [[asset]]\nid = \"A\"\ndepartment = \"d\"\nclass = \"router\"\n";

    #[test]
    fn a_section_is_read_with_its_places() {
        let text = format!(
            "{HEAD}[drill]\nsim_country = \"44\"\nvalues.\"crew.hours\" = 80\n\
             values.\"lead.factor\" = {{ low = 1, typical = 1.5, high = 3 }}\n\
             [[drill.stock]]\nmaker = \"quectel\"\nfamily = \"EC25\"\nunits = 4\n\
             [[drill.service]]\nname = \"Lights\"\ndepartments = [\"d\"]\nneeds = 0.9\n"
        );
        let estate = parse(&text).unwrap();
        let drill = estate.drill.unwrap();
        assert_eq!(drill.stock[0].units, 4);
        assert_eq!(drill.values["lead.factor"].three(), (1.0, 1.5, 3.0));
        assert_eq!(drill.places.stock[0].start.line, 16);
        assert_eq!(drill.places.service[0].start.line, 20);
        assert_eq!(drill.places.values["crew.hours"].start.line, 14);
    }

    #[test]
    fn mistakes_stand_at_their_line() {
        for (lines, says, at) in [
            ("[[drill.stock]]\nunits = 4\n", "spares fit something", 12),
            (
                "[[drill.stock]]\nmaker = \"m\"\nunits = -1\n",
                "invalid value",
                14,
            ),
            (
                "[[drill.stock]]\nmaker = \"m\"\nunits = 1\nmodel = \"x\"\n",
                "unknown field",
                15,
            ),
            (
                "[drill.values]\n\"crew.hours\" = { low = 3, typical = 2, high = 1 }\n",
                "in this order",
                13,
            ),
            (
                "[[drill.stock]]\nmaker = \"m\"\nunits = 1\n[[drill.service]]\nname = \"s\"\nclasses = [\"x\"]\nneeds = 2.0\n",
                "a share",
                15,
            ),
            (
                "[[drill.service]]\nname = \"s\"\ndepartments = [\"e\"]\n",
                "which there is none of",
                12,
            ),
        ] {
            let found = parse(&format!("{HEAD}{lines}")).unwrap_err();
            let one = found
                .iter()
                .find(|d| d.message.contains(says))
                .unwrap_or_else(|| panic!("{says}: {found:?}"));
            assert_eq!(one.span.as_ref().unwrap().start.line, at, "{says}");
        }
    }
}
