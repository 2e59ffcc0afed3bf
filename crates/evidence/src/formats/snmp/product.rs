//! Products behind `sysObjectID` and `sysDescr`, as the makers' own MIBs name them.

/// A product as its agent names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Who sells it.
    pub maker: &'static str,
    /// Model, where the id or the description says it.
    pub model: Option<String>,
}

/// Enterprise numbers (IANA) of makers of routers whose agents answer with an id of their own. Digi
/// (332) is left out: products of others that embed its modules answer below 332.11.6 too.
const ENTERPRISES: &[(u32, &str)] = &[
    (9, "Cisco"),
    (2636, "Juniper"),
    (8691, "Moxa"),
    (12356, "Fortinet"),
    (13191, "OneAccess"),
    (14988, "MikroTik"),
    (16177, "Westermo"),
    (20542, "Sierra Wireless"),
    (20992, "Cradlepoint"),
    (23695, "Peplink"),
    (25049, "Opengear"),
    (27662, "Peplink"),
    (30140, "Advantech"),
    (31496, "NetModule"),
    (31981, "Hongdian"),
    (34081, "INSYS"),
    (36153, "InHand"),
    (39360, "Welotec"),
    (39699, "Robustel"),
    (48690, "Teltonika"),
];

/// WIPIPE-MIB 1.19, `wipipeProd`.
const CRADLEPOINT: &[(u32, &str)] = &[
    (1, "MBR1000"),
    (2, "CTR500"),
    (3, "MBR800"),
    (4, "MBR1100"),
    (5, "MBR1200"),
    (6, "MBR900"),
    (7, "CBA250"),
    (8, "CBA750"),
    (9, "CX111"),
    (10, "MBR1400"),
    (11, "MBR1200B"),
    (12, "CBR400"),
    (13, "CBR450"),
    (14, "IBR600"),
    (15, "IBR650"),
    (16, "MBR1400v2"),
    (17, "CBA750B"),
    (18, "AER2100"),
    (19, "IBR1150"),
    (20, "IBR1100"),
    (21, "CBA850"),
    (22, "IBR350"),
    (23, "AER3100"),
    (24, "AER1600"),
    (25, "IBR650B"),
    (26, "AER3150"),
    (27, "AER1650"),
    (28, "AER2150"),
    (29, "IBR600B"),
    (30, "IBR950"),
    (31, "IBR900"),
    (32, "IBR650C"),
    (33, "IBR600C"),
    (34, "IBR1700"),
    (35, "AER2200"),
];

/// CISCO-PRODUCTS-MIB: the products with a cellular part or a slot for one. A name that ends in `4G`
/// there may mean four gigabit ports (ISR1100-4G): such products are not in the list.
const CISCO: &[(u32, &str)] = &[
    (1378, "C819G-U-K9"),
    (1379, "C819G-S-K9"),
    (1380, "C819G-V-K9"),
    (1381, "C819G-B-K9"),
    (1382, "C819G+7-A-K9"),
    (1383, "C819G+7-K9"),
    (1384, "C819HG-U-K9"),
    (1385, "C819HG-S-K9"),
    (1386, "C819HG-V-K9"),
    (1387, "C819HG-B-K9"),
    (1388, "C819HG+7-A-K9"),
    (1389, "C819HG+7-K9"),
    (1494, "C819HG-4G-G-K9"),
    (1495, "C819G-4G-A-K9"),
    (1496, "C819G-4G-V-K9"),
    (1497, "C819G-4G-G-K9"),
    (1530, "C819HG-4G-A-K9"),
    (1560, "C881GW+7-A-K9"),
    (1561, "C881GW+7-E-K9"),
    (1562, "C881GW-S-A-K9"),
    (1563, "C881GW-V-A-K9"),
    (1564, "C887VAGW+7-A-K9"),
    (1565, "C887VAGW+7-E-K9"),
    (1570, "C819HGW+7-E-K9"),
    (1571, "C819HGW+7-N-K9"),
    (1572, "C819HGW+7-A-A-K9"),
    (1573, "C819HGW-V-A-K9"),
    (1574, "C819HGW-S-A-K9"),
    (1578, "C812G+7-K9"),
    (1579, "C812G-CIFI+7-E-K9"),
    (1580, "C812G-CIFI+7-N-K9"),
    (1581, "C812G-CIFI-V-A-K9"),
    (1582, "C812G-CIFI-S-A-K9"),
    (1583, "C819G-U-M-K9"),
    (1584, "C819G-S-M-K9"),
    (1585, "C819G-V-M-K9"),
    (1586, "C819G-B-M-K9"),
    (1587, "C819G+7-A-M-K9"),
    (1588, "C819G+7-M-K9"),
    (1589, "C819HG-U-M-K9"),
    (1590, "C819HG-S-M-K9"),
    (1591, "C819HG-V-M-K9"),
    (1592, "C819HG-B-M-K9"),
    (1593, "C819HG+7-A-M-K9"),
    (1594, "C819HG+7-M-K9"),
    (2045, "C897VAMG-LTE-GA-K9"),
    (2046, "C899G-LTE-ST-K9"),
    (2048, "C899G-LTE-NA-K9"),
    (2049, "C899G-LTE-VZ-K9"),
    (2052, "C898EAG-LTE-GA-K9"),
    (2053, "C897VAG-LTE-GA-K9"),
    (2055, "C896VAG-LTE-GA-K9"),
    (2056, "C899G-LTE-GA-K9"),
    (2103, "IR809G-LTE-ST-K9"),
    (2104, "IR809G-LTE-VZ-K9"),
    (2105, "IR809G-LTE-GA-K9"),
    (2106, "IR809G-LTE-NA-K9"),
    (2107, "IR829GW-LTE-ST-AK9"),
    (2108, "IR829GW-LTE-VZ-AK9"),
    (2109, "IR829GW-LTE-GA-ZK9"),
    (2110, "IR829GW-LTE-GA-EK9"),
    (2111, "IR829GW-LTE-NA-AK9"),
    (2231, "C819GW-LTE-MNA-AK9"),
    (2232, "C819GW-LTE-GA-EK9"),
    (2248, "IR829GW-LTE-MA-AK9"),
    (2308, "C899G-LTE-JP-K9"),
    (2345, "C897VAGW-LTE-GAEK9"),
    (2346, "C886VAG-LTE-GA-K9"),
    (2355, "C898EAG-LTE-LA-K9"),
    (2356, "C897VAG-LTE-LA-K9"),
    (2357, "C819GW-LTE-LA-CK9"),
    (2358, "C819GW-LTE-LA-QK9"),
    (2359, "C819GW-LTE-LA-NK9"),
    (2381, "C899G-LTE-LA-K9"),
    (2382, "C819G-LTE-LA-K9"),
    (2392, "C819HG-LTE-MNA-K9"),
    (2393, "IR829GW-LTE-GA-SK9"),
    (2394, "IR829GW-LTE-GA-CK9"),
    (2425, "IR809G-3G-GA-K9"),
    (2426, "IR809G-LTE-LA-K9"),
    (2444, "C1111-8PLTEEA"),
    (2445, "C1111-8PLTELA"),
    (2455, "C1111-8PLTEEAWE"),
    (2456, "C1111-8PLTEEAWB"),
    (2457, "C1111-8PLTEEAWA"),
    (2458, "C1111-8PLTEEAWR"),
    (2459, "C1111-8PLTELAWZ"),
    (2460, "C1111-8PLTELAWN"),
    (2461, "C1111-8PLTELAWQ"),
    (2462, "C1111-8PLTELAWH"),
    (2463, "C1111-8PLTELAWF"),
    (2464, "C1111-8PLTELAWD"),
    (2506, "C1111-4PLTEEA"),
    (2507, "C1111-4PLTELA"),
    (2519, "C1116-4PLTEEA"),
    (2522, "C1117-4PLTEEA"),
    (2523, "C1117-4PLTELA"),
    (2528, "C1117-4PMLTEEA"),
    (2533, "C1112-8PLTEEA"),
    (2536, "C1113-8PLTEEA"),
    (2537, "C1113-8PLTELA"),
    (2538, "C1113-8PMLTEEA"),
    (2543, "C1113-8PLTEEAWE"),
    (2544, "C1113-8PLTELAWE"),
    (2545, "C1113-8PLTELAWZ"),
    (2554, "C1116-4PLTEEAWE"),
    (2555, "C1117-4PLTEEAWE"),
    (2556, "C1117-4PLTEEAWA"),
    (2557, "C1117-4PLTELAWZ"),
    (2558, "C1117-4PMLTEEAWE"),
    (2559, "IR807G-LTE-VZ-K9"),
    (2560, "IR807G-LTE-GA-K9"),
    (2561, "IR807G-LTE-NA-K9"),
    (2569, "IR829GW-LTE-GA-xK9"),
    (2609, "IR829M-LTE-LA-K9"),
    (2610, "IR829M-2LTE-EA-K9"),
    (2619, "C1109-2PLTEGB"),
    (2620, "C1109-2PLTEUS"),
    (2621, "C1109-2PLTEVZ"),
    (2622, "C1109-2PLTEJN"),
    (2623, "C1109-2PLTEAU"),
    (2624, "C1109-2PLTEIN"),
    (2626, "C1101-4PLTEP"),
    (2627, "C1101-4PLTEPWE"),
    (2628, "C1101-4PLTEPWB"),
    (2629, "C1101-4PLTEPWD"),
    (2630, "C1101-4PLTEPWZ"),
    (2631, "C1101-4PLTEPWA"),
    (2632, "C1101-4PLTEPWH"),
    (2633, "C1101-4PLTEPWQ"),
    (2634, "C1101-4PLTEPWR"),
    (2635, "C1101-4PLTEPWN"),
    (2636, "C1101-4PLTEPWF"),
    (2637, "C1109-4PLTE2P"),
    (2638, "C1109-4PLTE2PWB"),
    (2639, "C1109-4PLTE2PWE"),
    (2640, "C1109-4PLTE2PWD"),
    (2641, "C1109-4PLTE2PWZ"),
    (2642, "C1109-4PLTE2PWA"),
    (2643, "C1109-4PLTE2PWH"),
    (2644, "C1109-4PLTE2PWQ"),
    (2645, "C1109-4PLTE2PWN"),
    (2646, "C1109-4PLTE2PWR"),
    (2647, "C1109-4PLTE2PWF"),
    (2653, "C1112-8PLTEEAWE"),
    (2655, "C1113-8PLTEEAWB"),
    (2656, "C1113-8PLTELAWA"),
    (2657, "C1116-4PLTELA"),
    (2672, "IR829M-2LTE-LA-K9"),
    (2673, "IR829M-LTE-EA-K9"),
    (2674, "IR829B-LTE-EA-K9"),
    (2675, "IR829B-LTE-LA-K9"),
    (2676, "IR829B-2LTE-EA-K9"),
    (2677, "IR829B-2LTE-LA-K9"),
    (2732, "C1111-8PLTELAWS"),
    (2733, "C1111-8PLTELAWA"),
    (2734, "C1111-8PLTELAWE"),
    (2745, "C1121-8PLTEP"),
    (2746, "C1121X-8PLTEP"),
    (2747, "C1121-8PLTEPWE"),
    (2748, "C1121-8PLTEPWB"),
    (2749, "C1121-8PLTEPWZ"),
    (2750, "C1121-8PLTEPWQ"),
    (2755, "C1161-8PLTEP"),
    (2756, "C1161X-8PLTEP"),
    (2758, "C1126-8PLTEP"),
    (2759, "C1127-8PLTEP"),
    (2760, "C1127-8PMLTEP"),
    (2761, "C1126X-8PLTEP"),
    (2762, "C1127X-8PLTEP"),
    (2763, "C1127X-8PMLTEP"),
    (2765, "C1121-4PLTEP"),
    (2766, "C1128-8PLTEP"),
    (2788, "C1121X-8PLTEPWE"),
    (2789, "C1121X-8PLTEPWB"),
    (2790, "C1121X-8PLTEPWZ"),
    (2791, "C1121X-8PLTEPWA"),
    (2820, "C959-2PLTEGB"),
    (2821, "C959-2PLTEUS"),
    (2822, "C959-2PLTEVZ"),
    (2823, "C959-2PLTEIN"),
    (3018, "ISR1100-4GLTE-GB"),
    (3019, "ISR1100-4GLTE-NA"),
    (3070, "C1113-8PLTEEAWA"),
    (3115, "C1131-8PLTEPWB"),
    (3116, "C1131X-8PLTEPWE"),
    (3117, "C1131X-8PLTEPWA"),
    (3118, "C1131-8PLTEPWA"),
    (3119, "C1131-8PLTEPWZ"),
    (3120, "C1131-8PLTEPWQ"),
    (3121, "C1131-8PLTEPWE"),
    (3122, "C1131X-8PLTEPWZ"),
    (3123, "C1131X-8PLTEPWB"),
    (3124, "C1131X-8PLTEPWQ"),
    (3340, "C1131-8PLTEPWN"),
    (3341, "C1131-8PLTEPWH"),
    (3342, "C1131-8PLTEPWK"),
    (3343, "C1131-8PLTEPWF"),
    (3344, "C1131-8PLTEPWD"),
    (3345, "C1131-8PLTEPWR"),
    (3346, "C1131X-8PLTEPWN"),
    (3347, "C1131X-8PLTEPWH"),
    (3348, "C1131X-8PLTEPWK"),
    (3349, "C1131X-8PLTEPWF"),
    (3350, "C1131X-8PLTEPWD"),
    (3351, "C1131X-8PLTEPWR"),
    (3398, "C1131-8PLTEPWS"),
    (3399, "C1131X-8PLTEPWS"),
    (3402, "C1131-8PLTEPWI"),
    (3403, "C1131X-8PLTEPWI"),
];

/// Beginnings of `sysDescr` that name maker and model: the model ends at a comma, a bracket or one of
/// the words in [`AFTER_MODEL`].
const DESCRIPTIONS: &[(&str, &str)] = &[
    ("Cradlepoint ", "Cradlepoint"),
    ("RouterOS ", "MikroTik"),
    ("Pepwave ", "Peplink"),
    ("Peplink ", "Peplink"),
    ("Digi ", "Digi"),
    ("Robustel ", "Robustel"),
    ("Milesight ", "Milesight"),
    ("Teltonika ", "Teltonika"),
    ("Opengear/", "Opengear"),
];

const AFTER_MODEL: &[&str] = &[
    " Firmware",
    " firmware",
    " Software",
    " software",
    " Version",
    " version",
    " Ser#",
    " Linux",
    " Cellular Router",
    " router",
];

/// The enterprise and the rest of an object id under `1.3.6.1.4.1`.
fn enterprise(oid: &str) -> Option<(u32, &str)> {
    let rest = oid.strip_prefix("1.3.6.1.4.1.")?;
    let (number, rest) = rest.split_once('.').unwrap_or((rest, ""));
    Some((number.parse().ok()?, rest))
}

/// The product of a `sysObjectID`: the maker by the enterprise number, the model where the maker's MIB
/// lists it. `None` for the agents that answer with the id of their software (net-snmp, 8072).
pub fn of_object_id(oid: &str) -> Option<Product> {
    let (number, rest) = enterprise(oid)?;
    let (_, maker) = ENTERPRISES.iter().find(|(n, _)| *n == number)?;
    let (under, list) = match number {
        20992 => ("2.", CRADLEPOINT),
        9 => ("1.", CISCO),
        _ => ("", &[][..]),
    };
    let model = rest
        .strip_prefix(under)
        .and_then(|n| n.parse::<u32>().ok())
        .and_then(|n| list.iter().find(|(m, _)| *m == n))
        .map(|(_, name)| (*name).to_owned());
    Some(Product { maker, model })
}

/// The product a `sysDescr` names.
pub fn of_description(text: &str) -> Option<Product> {
    let text = text.trim();
    let (start, maker) = DESCRIPTIONS.iter().find(|(s, _)| text.starts_with(s))?;
    let rest = text.get(start.len()..)?;
    let mut end = rest.find([',', '(', ';', '\n', '\r']).unwrap_or(rest.len());
    for word in AFTER_MODEL {
        if let Some(at) = rest.find(word) {
            end = end.min(at);
        }
    }
    let model = rest.get(..end)?.trim();
    let named = (2..=40).contains(&model.len())
        && (model.bytes().any(|b| b.is_ascii_digit()) || *maker == "MikroTik");
    Some(Product {
        maker,
        model: named.then(|| model.to_owned()),
    })
}

/// The modem that an order code in a `sysDescr` says is built in. Cradlepoint writes the rate of the
/// built-in modem into it: `IBR650C-150M-D`, `IBR900-1200M-B`; an `IBR900-NM` has none. (The maker's
/// order guides; the walk of an IBR650C-150M-D at <https://github.com/kentik/snmp-profiles/issues/505>.)
pub fn built_in(description: &str) -> Option<String> {
    let product = of_description(description)?;
    let code = product.model.filter(|_| product.maker == "Cradlepoint")?;
    let rate = code.split('-').skip(1).find(|part| {
        part.strip_suffix('M')
            .is_some_and(|n| (2..=4).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
    })?;
    Some(format!("built-in cellular modem ({rate} in {code})"))
}

/// The product a Teltonika product code begins with: `RUTX1100XXXX` is `RUTX11`.
pub fn of_teltonika_code(code: &str) -> Option<&str> {
    let model = code.get(..6)?;
    let series = ["RUT", "TRB", "OTD", "TCR", "DAP", "TAP", "ATRM", "GTW"]
        .iter()
        .any(|s| model.starts_with(s));
    (series
        && code.len() >= 10
        && code.bytes().all(|b| b.is_ascii_alphanumeric())
        && model.bytes().any(|b| b.is_ascii_digit()))
    .then_some(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(maker: &'static str, model: &str) -> Product {
        Product {
            maker,
            model: (!model.is_empty()).then(|| model.to_owned()),
        }
    }

    #[test]
    fn object_ids() {
        for (oid, expected) in [
            (
                "1.3.6.1.4.1.20992.2.21",
                Some(product("Cradlepoint", "CBA850")),
            ),
            (
                "1.3.6.1.4.1.9.1.2444",
                Some(product("Cisco", "C1111-8PLTEEA")),
            ),
            ("1.3.6.1.4.1.9.1.3016", Some(product("Cisco", ""))),
            ("1.3.6.1.4.1.14988.1", Some(product("MikroTik", ""))),
            ("1.3.6.1.4.1.48690", Some(product("Teltonika", ""))),
            ("1.3.6.1.4.1.8072.3.2.10", None),
            ("1.3.6.1.4.1.332.11.6", None),
            ("1.3.6.1.4.1.99999999999", None),
        ] {
            assert_eq!(of_object_id(oid), expected, "{oid}");
        }
    }

    #[test]
    fn descriptions() {
        for (text, expected) in [
            (
                "Cradlepoint CBA850, Firmware Version 6.2.0.dd92f49",
                Some(product("Cradlepoint", "CBA850")),
            ),
            ("RouterOS LtAP mini", Some(product("MikroTik", "LtAP mini"))),
            ("Pepwave MAX HD4", Some(product("Peplink", "MAX HD4"))),
            ("Linux OpenWrt 5.4.188 #0 SMP", None),
        ] {
            assert_eq!(of_description(text), expected, "{text}");
        }
    }

    #[test]
    fn order_codes_with_a_modem() {
        for (text, expected) in [
            (
                "Cradlepoint IBR650C-150M-D, Firmware Version 7.22.110.388605babc",
                Some("built-in cellular modem (150M in IBR650C-150M-D)"),
            ),
            ("Cradlepoint IBR900-NM, Firmware Version 7.1.0", None),
            ("Cradlepoint CBA850, Firmware Version 6.2.0.dd92f49", None),
            ("Linux OpenWrt 5.4.188 #0 SMP", None),
        ] {
            assert_eq!(built_in(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn teltonika_codes() {
        assert_eq!(of_teltonika_code("RUTX1100XXXX"), Some("RUTX11"));
        assert_eq!(of_teltonika_code("RUT2400DE000"), Some("RUT240"));
        assert_eq!(of_teltonika_code("Systemname"), None);
    }
}
