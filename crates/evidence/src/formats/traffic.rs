//! What logs of traffic say of a client, shared by their readers: the address it had, the MAC address
//! and host name it gave, the hosts it asked for.
//!
//! Bounds: one client and host is told once; at most [`MOST`] different things of one source are.

use std::collections::BTreeSet;

use crate::observation::{Clue, Key, KeyKind, Observation, Place, Problem, Stance};
use crate::reader::{ReadError, Sink};
use crate::source::Names;
use crate::text;

/// Most different things told of one source; each is held as some tens of bytes.
const MOST: usize = 200_000;
/// Longest value kept, in bytes.
const LONGEST: usize = 253;

/// Who spoke. An address is one only within its source: two sites have the same private ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    /// IP address as text.
    pub(super) address: Option<String>,
    /// MAC address in any spelling.
    pub(super) mac: Option<String>,
    /// Host name the client gave.
    pub(super) host: Option<String>,
}

impl Client {
    fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::new();
        if let Some(mac) = self.mac.as_deref().and_then(crate::identity::mac) {
            keys.push(Key::new(KeyKind::Mac, mac));
        }
        if let Some(host) = self.host.as_deref().filter(|h| is_host(h)) {
            keys.push(Key::new(KeyKind::Host, host));
        }
        if let Some(address) = self.address.as_deref().filter(|a| is_address(a)) {
            keys.push(Key::new(KeyKind::Port, format!("ip:{address}")));
        }
        keys
    }
}

/// A log while it is read.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    told: BTreeSet<String>,
    units: u64,
    full: bool,
    cut: bool,
}

impl Traffic {
    /// True if this was not told before and there is room.
    fn is_new(&mut self, what: String, place: &Place, sink: &mut dyn Sink) -> bool {
        if self.told.contains(&what) {
            return false;
        }
        if self.told.len() >= MOST {
            if !self.full {
                self.full = true;
                sink.problem(Problem::lost(
                    "traffic-too-varied",
                    place.clone(),
                    format!("more than {MOST} different clients and hosts: the rest was not kept"),
                ));
            }
            return false;
        }
        self.told.insert(what)
    }

    /// A line that should be JSON and is none; told once, a cut file has one and a wrong file many.
    pub(super) fn cut(&mut self, place: &Place, sink: &mut dyn Sink) {
        if !std::mem::replace(&mut self.cut, true) {
            sink.problem(Problem::lost(
                "json-cut",
                place.clone(),
                "this line is no whole JSON object; it and others like it were left out",
            ));
        }
    }

    fn unit(&mut self) -> u64 {
        let unit = self.units;
        self.units += 1;
        unit
    }

    /// A client that has a lease or answers ARP.
    ///
    /// # Errors
    /// From the sink.
    pub(super) fn present(
        &mut self,
        client: &Client,
        words: &[&str],
        seen: Option<&str>,
        place: &Place,
        names: &dyn Names,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let Some(mac) = client.mac.as_deref().and_then(crate::identity::mac) else {
            return Ok(());
        };
        // All zeros, broadcast and multicast (the lowest bit of the first pair) are nobody's.
        let group = mac
            .as_bytes()
            .get(1)
            .is_some_and(|b| matches!(b, b'1' | b'3' | b'5' | b'7' | b'9' | b'b' | b'd' | b'f'));
        if group || mac == "00:00:00:00:00:00" || !self.is_new(format!("mac {mac}"), place, sink) {
            return Ok(());
        }
        let unit = self.unit();
        let mut first = Observation::new(unit, Stance::Supported, Clue::Mac, mac, place.clone())
            .about(client.keys());
        first.seen = seen.map(str::to_owned);
        sink.observe(first)?;
        for words in client
            .host
            .as_deref()
            .into_iter()
            .chain(words.iter().copied())
        {
            let words = words.get(..LONGEST).unwrap_or(words).trim();
            if words.len() <= LONGEST && !names.find(words).is_empty() {
                sink.observe(Observation::new(
                    unit,
                    Stance::Mentioned,
                    Clue::Text,
                    words,
                    place.clone(),
                ))?;
            }
        }
        Ok(())
    }

    /// A client that asked for a host.
    ///
    /// # Errors
    /// From the sink.
    pub(super) fn asked(
        &mut self,
        client: &Client,
        host: &str,
        seen: Option<&str>,
        place: &Place,
        names: &dyn Names,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let host = host.trim().trim_end_matches('.');
        // `name:port` in a Host header.
        let host = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        if host.is_empty() || host.len() > LONGEST || !names.is_endpoint(host) {
            return Ok(());
        }
        let host = host.to_ascii_lowercase();
        let keys = client.keys();
        let who = keys
            .iter()
            .fold(String::new(), |who, key| who + &key.value + " ");
        if !self.is_new(format!("{who}asked {host}"), place, sink) {
            return Ok(());
        }
        let unit = self.unit();
        let mut fact =
            Observation::new(unit, Stance::Supported, Clue::Endpoint, host, place.clone())
                .about(keys);
        fact.seen = seen.map(str::to_owned);
        sink.observe(fact)
    }
}

/// True for an IPv4 or IPv6 address.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<std::net::IpAddr>().is_ok()
}

/// True for what a client may call itself; `*` and `-` stand for no name.
fn is_host(text: &str) -> bool {
    text.len() <= LONGEST
        && text.bytes().any(|b| b.is_ascii_alphanumeric())
        && !matches!(text, "(empty)" | "unknown" | "localhost")
        && !is_address(text)
}

/// The day of a time in seconds since 1970, as `YYYY-MM-DD`.
pub(super) fn day_of_seconds(text: &str) -> Option<String> {
    let seconds = text.split('.').next()?.parse::<i64>().ok()?;
    // Earlier is an uptime, not a time.
    (seconds > 1_000_000_000)
        .then(|| jiff::Timestamp::from_second(seconds).ok())
        .flatten()
        .map(|t| t.strftime("%Y-%m-%d").to_string())
}

/// The day at the start of `2026-03-01T10:00:00` or `2026/03/01 10:00:00`.
pub(super) fn day(text: &str) -> Option<String> {
    super::table::cells::date(text)
}

/// Lines of a source with the client log being kept across them.
///
/// # Errors
/// From the stream, the sink or `each`.
pub(super) fn lines(
    source: &mut crate::source::Source<'_>,
    sink: &mut dyn Sink,
    mut each: impl FnMut(&str, &Place, &mut Traffic, &dyn Names, &mut dyn Sink) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let names = source.names;
    let mut traffic = Traffic::default();
    text::lines(source, sink, |number, line, sink| {
        each(line, &Place::Line(number), &mut traffic, names, sink)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        assert_eq!(
            day_of_seconds("1772359200.123").as_deref(),
            Some("2026-03-01")
        );
        assert_eq!(day_of_seconds("12.5"), None);
        assert_eq!(day_of_seconds("99999999999999999999"), None);
    }

    #[test]
    fn what_is_no_host_name() {
        assert!(is_host("meter-7"));
        for no in ["*", "-", "10.0.0.1", "", "localhost"] {
            assert!(!is_host(no), "{no}");
        }
    }
}
