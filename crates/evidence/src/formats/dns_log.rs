//! Query logs of name servers and the lease messages beside them: dnsmasq and Pi-hole, BIND, Unbound,
//! ISC dhcpd in syslog.

use super::traffic::{self, Client};
use crate::observation::Stance;
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;

/// The reader.
pub static READER: Reader = Reader {
    format: "dns-log",
    title: "queries and leases in a name server's log",
    made_by: "dnsmasq log-queries, pihole.log, BIND querylog, Unbound log-queries, dhcpd in syslog",
    proves: &[Stance::Supported, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let told = head.count_lines(|l| query(l).is_some() || lease(l).is_some());
    let filled = head.count_lines(|l| !l.trim().is_empty());
    match told {
        0 => 0,
        // A general system log holds some as well and is another reader's.
        _ if told * 4 >= filled => 88,
        _ => 0,
    }
}

/// The client's address and the host it asks for.
fn query(line: &str) -> Option<(&str, &str)> {
    // `dnsmasq[812]: query[A] host from 10.0.0.5`, of newer ones `812 10.0.0.5/4711 query[A] host from ...`
    if let Some((_, rest)) = line.split_once("query[") {
        let (_, rest) = rest.split_once("] ")?;
        let (host, rest) = rest.split_once(" from ")?;
        let address = rest.split_whitespace().next()?;
        return traffic::is_address(address).then_some((address, host));
    }
    // `client @0x7f 10.0.0.5#4711 (host): query: host IN A +E(0)K (10.0.0.1)`
    if let Some((before, rest)) = line.split_once(": query: ") {
        let (_, client) = before.split_once("client ")?;
        let address = client
            .split_whitespace()
            .find_map(|p| p.split_once('#'))
            .map(|(a, _)| a)?;
        let host = rest.split_whitespace().next()?;
        return traffic::is_address(address).then_some((address, host));
    }
    // `unbound[1:0] info: 10.0.0.5 host. A IN`
    let (_, rest) = line.split_once(" info: ")?;
    let mut parts = rest.split_whitespace();
    let (address, host) = (parts.next()?, parts.next()?);
    (traffic::is_address(address) && parts.nth(1) == Some("IN")).then_some((address, host))
}

/// The client of `DHCPACK(br0) 10.0.0.5 aa:bb:cc:00:00:01 host` or
/// `DHCPACK on 10.0.0.5 to aa:bb:cc:00:00:01 (host) via eth0`.
fn lease(line: &str) -> Option<Client> {
    let at = line.find("DHCPACK")?;
    let mut parts = line.get(at..)?.split_whitespace();
    let first = parts.next()?;
    let (address, mac, host) = if first == "DHCPACK" {
        if parts.next()? != "on" {
            return None;
        }
        let address = parts.next()?;
        if parts.next()? != "to" {
            return None;
        }
        (address, parts.next()?, parts.next())
    } else {
        (parts.next()?, parts.next()?, parts.next())
    };
    let host = host
        .filter(|h| *h != "via")
        .map(|h| h.trim_matches(['(', ')']).to_owned());
    (traffic::is_address(address) && crate::identity::mac(mac).is_some()).then(|| Client {
        address: Some(address.to_owned()),
        mac: Some(mac.to_owned()),
        host,
    })
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    traffic::lines(source, sink, |line, place, traffic, names, sink| {
        if let Some((address, host)) = query(line) {
            let client = Client {
                address: Some(address.to_owned()),
                ..Client::default()
            };
            return traffic.asked(&client, host, None, place, names, sink);
        }
        match lease(line) {
            Some(client) => traffic.present(&client, &[], None, place, names, sink),
            None => Ok(()),
        }
    })
}
