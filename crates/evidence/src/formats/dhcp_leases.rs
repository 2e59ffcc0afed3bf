//! Lease files of DHCP servers: ISC `dhcpd.leases`, Kea's CSV, `dnsmasq.leases`.

use super::traffic::{self, Client};
use crate::observation::{Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;

/// The reader.
pub static READER: Reader = Reader {
    format: "dhcp-leases",
    title: "leases of a DHCP server",
    made_by: "dhcpd.leases of ISC, kea-leases4.csv, dnsmasq.leases",
    proves: &[Stance::Supported, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let text = head.text;
    if text.starts_with("address,hwaddr,client_id") || text.starts_with("address,duid,") {
        return 95;
    }
    let isc = head.count_lines(|l| l.starts_with("lease ") && l.trim_end().ends_with('{')) > 0
        && head.count_lines(|l| l.trim_start().starts_with("hardware ethernet ")) > 0;
    if isc {
        return 95;
    }
    let filled = head.count_lines(|l| !l.trim().is_empty());
    let rows = head.count_lines(|l| dnsmasq(l).is_some());
    if rows > 0 && rows * 10 >= filled * 8 {
        88
    } else {
        0
    }
}

/// `1772359200 aa:bb:cc:00:00:01 192.168.1.20 host 01:aa:...`: time, client.
fn dnsmasq(line: &str) -> Option<(&str, Client, Option<&str>)> {
    let mut parts = line.split_whitespace();
    let (time, mac, address, host) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let class = parts.next();
    let shaped = time.bytes().all(|b| b.is_ascii_digit())
        && mac.contains(':')
        && crate::identity::mac(mac).is_some()
        && traffic::is_address(address)
        && parts.next().is_none();
    shaped.then(|| {
        let client = Client {
            address: Some(address.to_owned()),
            mac: Some(mac.to_owned()),
            host: Some(host.to_owned()),
        };
        (time, client, class)
    })
}

/// A block `lease 10.0.0.5 { ... }` while it is read.
struct Lease {
    client: Client,
    class: Option<String>,
    seen: Option<String>,
    place: Place,
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut kea: Vec<String> = Vec::new();
    let mut lease: Option<Lease> = None;
    traffic::lines(source, sink, |line, place, traffic, names, sink| {
        let line = line.trim();
        if line.starts_with("address,") {
            kea = line.split(',').take(64).map(str::to_owned).collect();
            return Ok(());
        }
        if !kea.is_empty() {
            let cell = |name: &str| {
                kea.iter()
                    .zip(line.split(','))
                    .find_map(|(n, v)| (n == name && !v.is_empty()).then(|| v.to_owned()))
            };
            let client = Client {
                address: cell("address"),
                mac: cell("hwaddr"),
                host: cell("hostname").map(|h| h.trim_end_matches('.').to_owned()),
            };
            let seen = cell("expire").and_then(|e| {
                let begun = e
                    .parse::<u64>()
                    .ok()?
                    .saturating_sub(cell("valid_lifetime")?.parse().ok()?);
                traffic::day_of_seconds(&begun.to_string())
            });
            return traffic.present(&client, &[], seen.as_deref(), place, names, sink);
        }
        if let Some(address) = line
            .strip_prefix("lease ")
            .and_then(|l| l.strip_suffix('{'))
        {
            lease = Some(Lease {
                client: Client {
                    address: Some(address.trim().to_owned()),
                    ..Client::default()
                },
                class: None,
                seen: None,
                place: place.clone(),
            });
            return Ok(());
        }
        let Some(open) = &mut lease else {
            return match dnsmasq(line) {
                // The time is the end of the lease, which is no day on which anything was seen.
                Some((_, client, _)) => traffic.present(&client, &[], None, place, names, sink),
                None => Ok(()),
            };
        };
        if line.starts_with('}') {
            let Lease {
                client,
                class,
                seen,
                place,
            } = lease.take().unwrap_or_else(|| Lease {
                client: Client::default(),
                class: None,
                seen: None,
                place: place.clone(),
            });
            let class: Vec<&str> = class.as_deref().into_iter().collect();
            return traffic.present(&client, &class, seen.as_deref(), &place, names, sink);
        }
        let line = line.trim_end_matches(';');
        if let Some(mac) = line.strip_prefix("hardware ethernet ") {
            open.client.mac = Some(mac.trim().to_owned());
        } else if let Some(host) = line.strip_prefix("client-hostname ") {
            open.client.host = Some(host.trim().trim_matches('"').to_owned());
        } else if let Some(class) = line.strip_prefix("set vendor-class-identifier = ") {
            open.class = Some(class.trim().trim_matches('"').to_owned());
        } else if let Some(rest) = line.strip_prefix("starts ") {
            // `starts 0 2026/03/01 10:00:00`: the weekday comes first.
            open.seen = rest.split_once(' ').and_then(|(_, d)| traffic::day(d));
        }
        Ok(())
    })
}
