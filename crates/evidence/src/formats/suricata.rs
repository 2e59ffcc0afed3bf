//! `eve.json` of Suricata: DNS queries, server names of TLS and QUIC, hosts of HTTP, DHCP leases.

use serde_json::Value;

use super::traffic::{self, Client};
use crate::observation::Stance;
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;

/// The reader.
pub static READER: Reader = Reader {
    format: "suricata-eve",
    title: "Suricata events of DHCP, DNS, TLS and HTTP",
    made_by: "suricata: eve.json",
    proves: &[Stance::Supported, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let first = head.text.trim_start().lines().next().unwrap_or_default();
    let eve = first.starts_with('{')
        && first.contains("\"event_type\"")
        && (first.contains("\"flow_id\"") || first.contains("\"src_ip\""));
    if eve { 93 } else { 0 }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    traffic::lines(source, sink, |line, place, traffic, names, sink| {
        // Most events are of other kinds: look before parsing.
        if !["\"dns\"", "\"tls\"", "\"http\"", "\"dhcp\"", "\"quic\""]
            .iter()
            .any(|kind| line.contains(kind))
        {
            return Ok(());
        }
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            traffic.cut(place, sink);
            return Ok(());
        };
        let text = |path: &str| event.pointer(path).and_then(Value::as_str);
        let seen = text("/timestamp").and_then(traffic::day);
        let source_address = text("/src_ip").map(str::to_owned);
        let client = |address: Option<String>| Client {
            address,
            mac: None,
            host: None,
        };
        match text("/event_type") {
            Some("dns") => {
                // The answer comes from the server.
                let answer = matches!(text("/dns/type"), Some("answer" | "response"));
                let who = client(if answer {
                    text("/dest_ip").map(str::to_owned)
                } else {
                    source_address
                });
                let queries = event.pointer("/dns/queries").and_then(Value::as_array);
                let hosts = queries
                    .into_iter()
                    .flatten()
                    .filter_map(|q| q.get("rrname")?.as_str())
                    .chain(text("/dns/rrname"));
                for host in hosts {
                    traffic.asked(&who, host, seen.as_deref(), place, names, sink)?;
                }
            }
            Some("tls" | "quic" | "http") => {
                let who = client(source_address);
                for path in ["/tls/sni", "/quic/sni", "/http/hostname"] {
                    if let Some(host) = text(path) {
                        traffic.asked(&who, host, seen.as_deref(), place, names, sink)?;
                    }
                }
            }
            Some("dhcp") => {
                let who = Client {
                    address: text("/dhcp/assigned_ip")
                        .filter(|a| *a != "0.0.0.0")
                        .or_else(|| text("/dhcp/client_ip").filter(|a| *a != "0.0.0.0"))
                        .map(str::to_owned),
                    mac: text("/dhcp/client_mac").map(str::to_owned),
                    host: text("/dhcp/hostname").map(str::to_owned),
                };
                let class: Vec<&str> = text("/dhcp/vendor_class_identifier").into_iter().collect();
                traffic.present(&who, &class, seen.as_deref(), place, names, sink)?;
            }
            _ => {}
        }
        Ok(())
    })
}
