//! Hosts that software of module makers asks for, and blocks of MAC addresses of module makers.
//!
//! Neither settles a maker: the meaning is always `open` and of no kind.

use std::collections::HashMap;

use super::{Catalog, nobody};
use crate::meaning::{Meaning, Possible};
use crate::model::Raw;

/// Longest host name, in bytes (RFC 1035).
const LONGEST_HOST: usize = 253;

/// Endpoints and blocks by what they are looked up by: file and number there.
#[derive(Debug, Default)]
pub(crate) struct Network {
    hosts: HashMap<String, (usize, usize)>,
    /// Names below which every host counts, without the `*.`.
    below: HashMap<String, (usize, usize)>,
    blocks: HashMap<String, (usize, usize)>,
}

impl Network {
    pub(crate) fn new(raw: &Raw) -> Self {
        let mut out = Self::default();
        for (file, (_, shared)) in raw.shared.iter().enumerate() {
            for (at, endpoint) in shared.endpoint.iter().enumerate() {
                for host in &endpoint.hosts {
                    match host.strip_prefix("*.") {
                        Some(bare) => out.below.insert(bare.to_owned(), (file, at)),
                        None => out.hosts.insert(host.clone(), (file, at)),
                    };
                }
            }
            for (at, oui) in shared.oui.iter().enumerate() {
                for prefix in &oui.prefixes {
                    out.blocks.insert(prefix.clone(), (file, at));
                }
            }
        }
        out
    }
}

impl Catalog {
    /// A host name that something asked for (a DNS query, the server name of TLS, the host of HTTP).
    /// `None` if no module maker's software is known to ask for it. The meaning names candidates and
    /// never a module: a workstation can ask for it too.
    pub fn endpoint(&self, host: &str) -> Option<Meaning<'_>> {
        if host.len() > LONGEST_HOST {
            return None;
        }
        let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
        let found = self.network.hosts.get(host.as_str()).or_else(|| {
            host.match_indices('.')
                .find_map(|(at, _)| self.network.below.get(host.get(at + 1..)?))
        });
        let (file, at) = found?;
        let endpoint = self.shared_at(*file)?.endpoint.get(*at)?;
        let mut out = nobody(
            format!(
                "{host} is {}; traffic to it does not show a module in the device",
                endpoint.service
            ),
            &endpoint.source,
        );
        out.possible = possible(&endpoint.makers);
        out.confidence = endpoint.confidence;
        out.settled_by = Some("the modem's own answer or the label inside the device that asks");
        Some(out)
    }

    /// True if [`Catalog::endpoint`] knows a service that modules ask for by themselves under this host.
    pub fn endpoint_of_devices(&self, host: &str) -> bool {
        let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
        let found = self.network.hosts.get(host.as_str()).or_else(|| {
            host.match_indices('.')
                .find_map(|(at, _)| self.network.below.get(host.get(at + 1..)?))
        });
        found
            .and_then(|(file, at)| self.shared_at(*file)?.endpoint.get(*at))
            .is_some_and(|e| e.device_side)
    }

    /// The block of a MAC address in any usual spelling. `None` for locally administered addresses and
    /// for blocks of others. The meaning names the holder as a candidate: his Wi-Fi, Bluetooth and
    /// network parts have addresses of the same blocks.
    pub fn oui(&self, mac: &str) -> Option<Meaning<'_>> {
        if mac.len() > 32 {
            return None;
        }
        let hex: String = mac
            .chars()
            .filter(char::is_ascii_hexdigit)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if hex.len() != 12 {
            return None;
        }
        let (file, at) = [9, 7, 6]
            .iter()
            .find_map(|n| self.network.blocks.get(hex.get(..*n)?))?;
        let oui = self.shared_at(*file)?.oui.get(*at)?;
        let mut out = nobody(
            format!(
                "the MAC address is of a block of {}; its Wi-Fi, Bluetooth and network parts have such addresses too",
                oui.holder
            ),
            &oui.source,
        );
        out.possible = possible(&oui.makers);
        out.confidence = oui.confidence;
        out.settled_by = Some("what the device itself enumerates, or the label inside");
        Some(out)
    }
}

fn possible(makers: &[String]) -> Vec<Possible<'_>> {
    makers
        .iter()
        .map(|maker| Possible {
            maker,
            families: Vec::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::Catalog;

    #[test]
    fn hosts_and_blocks_name_candidates_and_settle_nobody() {
        let catalog = Catalog::embedded().unwrap();
        let asked = catalog.endpoint("IOT-South.Quectel.com.").unwrap();
        assert_eq!(asked.possible[0].maker, "quectel");
        assert_eq!(asked.maker(), None);
        assert!(catalog.endpoint("iot.openluat.com").is_some());
        assert!(catalog.endpoint("openluat.com").is_none());
        assert!(catalog.endpoint("notopenluat.com").is_none());
        assert!(catalog.endpoint("www.quectel.com").is_none());
        assert!(catalog.endpoint("").is_none());
        assert!(catalog.endpoint_of_devices("iot.openluat.com"));
        assert!(!catalog.endpoint_of_devices("eu.airvantage.net"));
        let block = catalog.oui("28:2C:02:8a:00:01").unwrap();
        assert_eq!(block.possible[0].maker, "neoway");
        // The rest of the same 24 bits belongs to others.
        assert!(catalog.oui("28:2C:02:1a:00:01").is_none());
        assert!(catalog.oui("02:00:00:00:00:01").is_none());
        assert_eq!(catalog.oui("00a0.d512.3456").unwrap().maker(), None);
    }
}
