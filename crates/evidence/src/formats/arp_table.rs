//! Neighbours on a network: `arp -a` of Linux, BSD and Windows, `ip neigh`, `show ip arp` of Cisco.

use super::traffic::{self, Client};
use crate::observation::Stance;
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;

/// The reader.
pub static READER: Reader = Reader {
    format: "arp-table",
    title: "neighbours on a network (ARP)",
    made_by: "arp -a, ip neigh, show ip arp",
    proves: &[Stance::Supported, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let rows = head.count_lines(|l| row(l).is_some());
    let filled = head.count_lines(|l| !l.trim().is_empty());
    match rows {
        0 => 0,
        _ if rows * 2 >= filled => 85,
        _ => 0,
    }
}

/// One neighbour.
fn row(line: &str) -> Option<Client> {
    let mut parts = line.split_whitespace();
    let first = parts.next()?;
    let client = |address: &str, mac: &str, host: Option<&str>| {
        (traffic::is_address(address) && crate::identity::mac(&padded(mac)).is_some()).then(|| {
            Client {
                address: Some(address.to_owned()),
                mac: Some(padded(mac)),
                host: host.map(str::to_owned),
            }
        })
    };
    // `Internet  10.0.0.1   5   aabb.cc00.0001  ARPA   Vlan1`
    if first == "Internet" {
        let (address, mac) = (parts.next()?, parts.nth(1)?);
        return client(address, mac, None);
    }
    let second = parts.next()?;
    // `name (10.0.0.1) at aa:bb:cc:0:0:1 [ether] on eth0`
    if let Some(address) = second.strip_prefix('(').and_then(|s| s.strip_suffix(')')) {
        if parts.next()? != "at" {
            return None;
        }
        return client(address, parts.next()?, Some(first));
    }
    // `10.0.0.1 dev eth0 lladdr aa:bb:cc:00:00:01 REACHABLE`
    if second == "dev" && traffic::is_address(first) {
        let mac = parts.skip_while(|p| *p != "lladdr").nth(1)?;
        return client(first, mac, None);
    }
    // `  10.0.0.1   aa-bb-cc-00-00-01   dynamic`, `10.0.0.1  ether  aa:bb:...  C  eth0`
    if second.contains('-') {
        let kind = parts.next()?;
        return (kind.len() <= 12 && parts.next().is_none())
            .then(|| client(first, second, None))
            .flatten();
    }
    (second == "ether")
        .then(|| client(first, parts.next()?, None))
        .flatten()
}

/// BSD prints `0:a:f5:1:2:3`.
fn padded(mac: &str) -> String {
    if !mac.contains(':') || mac.len() >= 17 {
        return mac.to_owned();
    }
    let pairs: Vec<String> = mac.split(':').map(|p| format!("{p:0>2}")).collect();
    pairs.join(":")
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    traffic::lines(
        source,
        sink,
        |line, place, traffic, names, sink| match row(line) {
            Some(client) => traffic.present(&client, &[], None, place, names, sink),
            None => Ok(()),
        },
    )
}
