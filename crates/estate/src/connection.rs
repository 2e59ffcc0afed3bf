//! How assets are connected and who can reach them, as an estate states it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Estate, Located};

/// Keys that take one of a few words, with the words. The same words stand in columns of registers.
pub const WORDS: [(&str, &[&str]); 6] = [
    (
        "apn",
        &["private-isolated", "private", "private-shared", "public"],
    ),
    ("segmentation", &["isolated", "filtered", "flat"]),
    ("remote_access", &["none", "controlled", "internet"]),
    ("sim_issuer", &["organisation", "supplier"]),
    ("firmware_channel", &["local", "organisation", "supplier"]),
    ("cloud", &["none", "organisation", "supplier"]),
];

/// Key of the list of what passes through an asset.
pub const PASSES: &str = "passes";

/// Words of [`PASSES`].
pub const PASSING: [&str; 6] = [
    "telemetry",
    "commands",
    "traffic",
    "position",
    "audio",
    "video",
];

/// Key of the day until which the maker of the product or module supports it.
pub const SUPPORT_UNTIL: &str = "support_until";

/// Every key, in the order of the page.
pub const KEYS: [&str; 8] = [
    "apn",
    "segmentation",
    "remote_access",
    "sim_issuer",
    "firmware_channel",
    "cloud",
    PASSES,
    SUPPORT_UNTIL,
];

/// What one section says of the connection: key to value. Lists are joined with `, `.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Connection(pub BTreeMap<&'static str, Located<String>>);

impl Estate {
    /// What the estate file says of an asset's connection where its own row does not: its site's
    /// word, else its class's, its department's, the default's. Value, and where it stands in words.
    pub fn connection(
        &self,
        site: Option<&str>,
        class: Option<&str>,
        department: Option<&str>,
    ) -> BTreeMap<&'static str, (String, String)> {
        let class_section = class.and_then(|c| self.class_section(c));
        let sections = [
            site.and_then(|s| self.site(s))
                .map(|s| (&s.connection, format!("site {}", s.id))),
            class_section.map(|(name, c)| (&c.connection, format!("class {name}"))),
            department
                .and_then(|d| self.department(d))
                .map(|d| (&d.connection, format!("department {}", d.id))),
            Some((&self.defaults.connection, "defaults".to_owned())),
        ];
        let mut out = BTreeMap::new();
        for (connection, name) in sections.into_iter().flatten() {
            for (key, stated) in &connection.0 {
                out.entry(*key).or_insert_with(|| {
                    let line = stated.span.start.line;
                    (
                        stated.value.clone(),
                        format!("estate.toml, line {line}, {name}"),
                    )
                });
            }
        }
        out
    }
}
