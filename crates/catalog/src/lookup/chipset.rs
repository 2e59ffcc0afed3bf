//! Whose silicon: chipset names compared by their vendor, and what families are built on.

use std::collections::BTreeSet;

use super::Catalog;
use crate::model::Confidence;

/// Words that begin a chipset's name, and the line of silicon they belong to. Lines that changed hands
/// (Infineon to Intel, Marvell's modems to ASR) are one line: a part may be printed with either name.
const LINES: &[(&str, &str)] = &[
    ("qualcomm", "Qualcomm"),
    ("mdm9", "Qualcomm"),
    ("msm8", "Qualcomm"),
    ("sdx", "Qualcomm"),
    ("snapdragon", "Qualcomm"),
    ("gobi", "Qualcomm"),
    ("qcx", "Qualcomm"),
    ("intel", "Intel"),
    ("xmm", "Intel"),
    ("infineon", "Intel"),
    ("comneon", "Intel"),
    ("mediatek", "MediaTek"),
    ("mt25", "MediaTek"),
    ("mt62", "MediaTek"),
    ("unisoc", "Unisoc"),
    ("spreadtrum", "Unisoc"),
    ("rda89", "Unisoc"),
    ("uis", "Unisoc"),
    ("asr", "ASR / Marvell"),
    ("marvell", "ASR / Marvell"),
    ("eigencomm", "Eigencomm"),
    ("hisilicon", "HiSilicon"),
    ("altair", "Sony Altair"),
    ("sony", "Sony Altair"),
    ("sequans", "Sequans"),
    ("nordic", "Nordic"),
    ("gct", "GCT"),
    ("via", "VIA Telecom"),
];

/// The lines of silicon a chipset's name speaks of, sorted; empty: none that is known.
pub fn lines(chipset: &str) -> BTreeSet<&'static str> {
    chipset
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .filter_map(|word| {
            let word = word.to_ascii_lowercase();
            LINES
                .iter()
                .find(|(start, _)| word.starts_with(start))
                .map(|(_, line)| *line)
        })
        .collect()
}

impl Catalog {
    /// The lines of silicon that sources show a family on: its own sourced chipset, and the shared
    /// ids that name a chipset and list the family. Empty: nothing sourced says.
    pub fn family_silicon(&self, maker: &str, family: &str) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        if let Some(known) = self.family(maker, family)
            && known.attributes_sourced
            && known.confidence > Confidence::Low
            && let Some(chipset) = &known.chipset
        {
            found.extend(lines(chipset));
        }
        for (_, file) in &self.raw.shared {
            for id in file.usb.iter().chain(&file.pci) {
                let Some(chipset) = id.chipset.as_deref() else {
                    continue;
                };
                if id.confidence > Confidence::Low
                    && id
                        .candidates
                        .iter()
                        .any(|c| c.maker == maker && c.families.iter().any(|f| f == family))
                {
                    found.extend(lines(chipset));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_line_are_one() {
        for (name, line) in [
            ("Qualcomm MDM9x30", "Qualcomm"),
            ("Intel XMM 7360", "Intel"),
            ("Infineon", "Intel"),
            ("MediaTek T700", "MediaTek"),
            ("RDA8955", "Unisoc"),
            ("ASR1603", "ASR / Marvell"),
        ] {
            assert_eq!(
                lines(name).into_iter().collect::<Vec<_>>(),
                [line],
                "{name}"
            );
        }
        assert_eq!(lines("HiSilicon/MediaTek").len(), 2);
        assert!(lines("T99W175").is_empty());
    }
}
