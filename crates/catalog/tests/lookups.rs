//! Look-ups against what the sources say, trap by trap. Expectations are written from the sources.

#![allow(clippy::expect_used, clippy::indexing_slicing)] // a test fails by panicking

use cellsweep_catalog::model::IdKind;
use cellsweep_catalog::{Catalog, Meaning};

fn catalog() -> Catalog {
    Catalog::embedded().expect("the built-in catalogue loads")
}

/// `maker family,family | maker family` with `?` behind it if open; `-` for nobody.
fn shown(meaning: Option<&Meaning<'_>>) -> String {
    let Some(meaning) = meaning else {
        return "none".to_owned();
    };
    let mut parts: Vec<String> = Vec::new();
    for possible in &meaning.possible {
        let mut families = possible.families.clone();
        families.sort_unstable();
        parts.push(if families.is_empty() {
            possible.maker.to_owned()
        } else {
            format!("{} {}", possible.maker, families.join(","))
        });
    }
    let mut out = if parts.is_empty() {
        "-".to_owned()
    } else {
        parts.join(" | ")
    };
    if meaning.open {
        out.push_str(" ?");
    }
    out
}

fn table(what: &str, rows: &[(&str, &str)], ask: impl Fn(&str) -> String) {
    let mut wrong = Vec::new();
    for (question, expected) in rows {
        let got = ask(question);
        if got != *expected {
            wrong.push(format!(
                "{what} {question:?}: expected {expected:?}, got {got:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn usb() {
    let catalog = catalog();
    table(
        "usb",
        &[
            ("2c7c:0125", "quectel EC20,EC25,EG25-G"),
            ("2C7C:0125", "quectel EC20,EC25,EG25-G"),
            ("2c7c:0801", "quectel RG520F,RG520N,RM520N,RM521F,RM530N"),
            ("2c7c:0122", "quectel RG650V,RM551E"),
            ("2c7c:6005", "quectel EC200A"),
            ("2c7c:0316", "quectel RG255C"),
            ("2c7c:ffff", "quectel"),
            ("2cb7:0007", "fibocom L850"),
            ("2cb7:01a0", "fibocom NL652,NL668"),
            ("2cb7:0112", "fibocom FG132"),
            ("2cb7:0115", "fibocom FM135"),
            (
                "1e0e:9001",
                "simcom SIM7000,SIM7100,SIM7230,SIM7500,SIM7600,SIM8200",
            ),
            ("1e0e:9011", "simcom A7600,A7602,A7670,SIM7500,SIM7600"),
            ("1e0e:9071", "simcom SIM8230"),
            ("1e0e:9000", "simcom SIM7906,SIM8200 ?"),
            ("1e0e:f000", "- ?"),
            ("1e0e:abcd", "- ?"),
            ("05c6:90b2", "fibocom MA510 | u-blox SARA-R4 ?"),
            ("05c6:9215", "quectel EC20 ?"),
            (
                "05c6:9025",
                "cellient MPL200 | fibocom NL668 | foxconn T99W175 ?",
            ),
            ("05c6:9008", "- ?"),
            ("05c6:ffff", "- ?"),
            ("8087:095a", "fibocom L850,L860 ?"),
            ("413c:81d7", "foxconn T77W968"),
            ("413c:8213", "fibocom FM101"),
            ("413c:8217", "compal EXM-G1"),
            ("413c:81ea", "- ?"),
            ("413c:2113", "- ?"),
            ("413c:8195", "novatel E362"),
            ("413c:8147", "ericsson F3507g"),
            ("03f0:a31d", "huawei ME906"),
            ("03f0:0857", "foxconn T77W968 | telit-cinterion LN940 ?"),
            ("1bc7:1900", "telit-cinterion LN940"),
            ("1bc7:1040", "telit-cinterion LE922,LM940,LM960"),
            (
                "1bc7:1201",
                "telit-cinterion LE910,LE910C1,LE910C4,LE920,LE920A4",
            ),
            ("1bc7:1077", "telit-cinterion FN990"),
            ("1e2d:00f1", "telit-cinterion MV32"),
            ("0681:0047", "telit-cinterion HC25"),
            ("1199:9071", "sierra-wireless EM7455,MC7430,MC7455"),
            ("1199:68a2", "sierra-wireless MC7710"),
            ("0f3d:68a2", "sierra-wireless MC7700"),
            ("114f:68a2", "sierra-wireless MC7750"),
            ("33f8:0802", "rolling-wireless RW350"),
            ("33f8:1003", "rolling-wireless RW135"),
            ("3731:0100", "netprisma LCUK54"),
            ("2dee:4d57", "meig SLM770A"),
            ("2dee:4d22", "meig SLM820,SLM828,SRM815,SRM825"),
            (
                "1782:4d11",
                "china-mobile-onemo ML302 | fibocom L610,MC610 ?",
            ),
            ("1782:4e00", "airm2m-luat Air720,Air724 ?"),
            ("2ca3:4009", "fibocom NL668"),
            ("19d2:1476", "gosuncn ME3630"),
            ("1546:1312", "u-blox LARA-R6"),
            ("1546:1146", "u-blox MPCI-L2,TOBY-L2"),
            ("0e8d:7126", "fibocom FM350"),
            ("8087:07f9", "fibocom L860 ?"),
            ("0489:e0b4", "foxconn T77W968"),
            ("18d1:d00d", "quectel EG25-G ?"),
            ("1d6b:0002", "none"),
            ("0424:7800", "none"),
            ("0bda:8179", "none"),
            ("nonsense", "none"),
        ],
        |id| shown(catalog.usb(id).as_ref()),
    );
    let kind = |id: &str| catalog.usb(id).and_then(|m| m.kind);
    assert_eq!(kind("2c7c:0130"), Some(IdKind::NotCellular));
    assert_eq!(kind("1546:01a8"), Some(IdKind::NotCellular));
    assert_eq!(kind("1546:0506"), Some(IdKind::NotCellular));
    assert_eq!(kind("0681:0001"), Some(IdKind::NotCellular));
    assert_eq!(kind("2cb7:d00d"), Some(IdKind::BootMode));
    assert_eq!(kind("05c6:9008"), Some(IdKind::BootModeOfAny));
    assert_eq!(kind("1199:9070"), Some(IdKind::BootMode));
    assert_eq!(
        kind("2c7c:ffff"),
        None,
        "an unlisted Quectel id may be Bluetooth"
    );
    assert_eq!(kind("12d1:fe01"), Some(IdKind::ModuleOrStick));
    assert_eq!(kind("19d2:eeee"), Some(IdKind::ModuleOrStick));
    assert_eq!(kind("2c7c:0125"), Some(IdKind::Module));
    let dell = catalog.usb("413c:81d7").expect("listed");
    assert_eq!(dell.brand, Some("Dell DW5821e"));
    assert_eq!(
        catalog.usb("413c:ffff").expect("vendor").brand,
        Some("Dell")
    );
    assert_eq!(
        catalog.usb("05c6:ffff").expect("vendor").chipset,
        Some("Qualcomm")
    );
    assert_eq!(
        catalog.usb("2c7c:0125").expect("listed").because,
        "USB id 2c7c:0125 is listed for Quectel EC25, EG25-G, EC20"
    );
}

#[test]
fn pci() {
    let catalog = catalog();
    table(
        "pci",
        &[
            ("1eac:1004", "quectel RM520N,RM521F"),
            ("105b:e0b0", "foxconn T99W175"),
            ("03f0:0a6c", "foxconn T99W175"),
            ("1269:00b3", "telit-cinterion MV31"),
            ("203e:1001", "netprisma FCUN69"),
            ("8086:7360", "fibocom L850 ?"),
            ("8086:7560", "fibocom L860 | telit-cinterion ?"),
            ("14c3:4d75", "fibocom FM350 | rolling-wireless RW350 ?"),
            ("17cb:0308", "- ?"),
            ("14c0:4d75", "- ?"),
            ("10ec:8168", "none"),
        ],
        |id| shown(catalog.pci(id).as_ref()),
    );
    let rows: &[(&str, &str, &str)] = &[
        ("17cb:0308", "1c5d:2010", "telit-cinterion FN990"),
        ("17cb:0306", "1c5d:2000", "telit-cinterion FN980"),
        ("17cb:0306", "18d7:0200", "sierra-wireless EM9190,EM9191"),
        ("17cb:0306", "17cb:010c", "foxconn"),
        ("17cb:0308", "105b:e142", "foxconn T99W696"),
        ("17cb:0308", "17cb:5201", "quectel RM520N ?"),
        ("8086:7560", "1cf8:8654", "fibocom L860"),
        ("14c3:4d75", "1cf8:3500", "fibocom FM350"),
        ("14c3:4d75", "1cf8:9999", "fibocom"),
        ("8086:7360", "8086:0020", "- ?"),
        ("8086:7560", "103c:8507", "- ?"),
        ("10ec:8168", "105b:e142", "none"),
        ("168c:0013", "105b:e142", "none"),
    ];
    for (pci, sub, expected) in rows {
        assert_eq!(
            shown(catalog.subsystem(pci, sub).as_ref()),
            *expected,
            "{pci} {sub}"
        );
    }
}

#[test]
fn manufacturer_answers() {
    let catalog = catalog();
    table(
        "manufacturer",
        &[
            ("Quectel", "quectel"),
            ("quectel", "quectel"),
            ("QUALCOMM INCORPORATED", "- ?"),
            ("Qualcomm, Incorporated", "- ?"),
            ("SIMCOM INCORPORATED", "simcom"),
            ("SimTech, Incorporated", "simcom"),
            ("SIMCom Wireless Solution", "simcom"),
            ("INCORPORATED", "- ?"),
            ("Android", "- ?"),
            ("", "- ?"),
            ("DEMO,Incorporated", "- ?"),
            ("Telit Wireless Solutions", "telit-cinterion"),
            ("Telit", "telit-cinterion"),
            ("Cinterion", "telit-cinterion"),
            ("GEMALTO", "telit-cinterion"),
            ("Thales", "telit-cinterion"),
            ("Sierra Wireless, Incorporated", "sierra-wireless"),
            ("Sierra Wireless, Inc.", "sierra-wireless"),
            ("Dell Inc.", "- ?"),
            ("DELL", "- ?"),
            ("Fibocom Wireless Inc.", "fibocom"),
            ("Fibocom,Incorporated", "fibocom"),
            ("Fibocom MA510 Modem", "fibocom MA510"),
            ("u-blox AG - www.u-blox.com", "u-blox"),
            ("Huawei Technologies Co., Ltd.", "huawei"),
            ("ZTE CORPORATION", "zte"),
            ("MEIG INCORPORATED", "meig"),
            ("Neoway Corp Ltd", "neoway"),
            ("Nordic Semiconductor ASA", "nordic"),
            ("Rolling Wireless S.a.r.l.", "rolling-wireless"),
            ("FII", "foxconn"),
            ("Microsoft", "- ?"),
            ("Marvell", "- ?"),
            ("Simplight", "- ?"),
            ("Some Other Company", "none"),
        ],
        |text| shown(catalog.manufacturer_answer(text).as_ref()),
    );
    let brand = |text: &str| {
        catalog
            .manufacturer_answer(text)
            .and_then(|m| m.brand.map(str::to_owned))
    };
    assert_eq!(brand("Cinterion").as_deref(), Some("Cinterion"));
    assert_eq!(brand("GEMALTO").as_deref(), Some("Gemalto"));
    assert_eq!(brand("Thales").as_deref(), Some("Thales"));
    assert_eq!(brand("Dell Inc.").as_deref(), Some("Dell"));
    assert_eq!(brand("Quectel"), None);
    let chipset = catalog
        .manufacturer_answer("QUALCOMM INCORPORATED")
        .and_then(|m| m.chipset);
    assert_eq!(chipset, Some("Qualcomm"));
}

#[test]
fn model_answers() {
    let catalog = catalog();
    table(
        "model",
        &[
            ("RM520N-GL", "quectel RM520N"),
            ("EC25", "quectel EC25"),
            ("EG25", "quectel EG25-G"),
            ("EG25-G", "quectel EG25-G"),
            ("EC20F", "quectel EC20"),
            (
                "QUECTEL Mobile Broadband Module",
                "quectel EC20,EC25,EG25-G",
            ),
            ("Quectel EM060K-GL", "quectel EM060K"),
            ("EM120R_GL", "quectel EM120R"),
            ("SIMCOM_SIM7600G-H", "simcom SIM7600"),
            ("SimTech SIM7080", "simcom SIM7080"),
            ("A7670E-FASE", "simcom A7670"),
            ("A7670E-LNXY-UBL", "simcom A7670"),
            ("L850 LTE Module\",\"L850", "fibocom L850"),
            ("L850 LTE Module,L850", "fibocom L850"),
            ("L860 LTE Module", "fibocom L860"),
            ("Fibocom NL652-EU Modem", "fibocom NL652"),
            ("Fibocom FM101-GL Module", "fibocom FM101"),
            ("Fibocom MA510 Modem", "fibocom MA510"),
            ("Rolling RW135R-GL Module", "rolling-wireless RW135"),
            (
                "MBIM [14C3:4D75]",
                "fibocom FM350 | rolling-wireless RW350 ?",
            ),
            ("MBIM [8086:7560]", "fibocom L860 | telit-cinterion ?"),
            (
                "Cinterion PID 0x00F1 USB Mobile Broadband",
                "telit-cinterion MV32",
            ),
            (
                "Cinterion PID 0x00B3 USB Mobile Broadband",
                "telit-cinterion",
            ),
            (
                "Sierra Wireless EM7455 Qualcomm Snapdragon X7 LTE-A",
                "sierra-wireless EM7455",
            ),
            (
                "Semtech EM8695 Mobile Broadband Adapter",
                "sierra-wireless EM8695",
            ),
            ("MC7455", "sierra-wireless MC7455"),
            ("MC8790V", "sierra-wireless MC8790"),
            ("MC7399", "sierra-wireless MC73xx"),
            ("M601", "neoway N510M"),
            ("NU313-M2", "meig SRM821"),
            ("FIH7160", "telit-cinterion LN930"),
            ("DP25-42843-47", "foxconn T99W640"),
            ("DW5821e Snapdragon X20 LTE", "foxconn T77W968"),
            ("T99W175", "foxconn T99W175"),
            ("LE910C4-NF", "telit-cinterion LE910C4"),
            ("LE910C1-EUX", "telit-cinterion LE910C1"),
            ("FN990A40", "telit-cinterion FN990"),
            ("LN920A6-WW", "telit-cinterion LN920"),
            ("EHS5-E", "telit-cinterion EHS5"),
            ("PLS8-X", "telit-cinterion PLS8"),
            ("SARA-R410M-02B", "u-blox SARA-R4"),
            ("TOBY-L200", "u-blox TOBY-L2"),
            ("ME909s-120", "huawei ME909"),
            ("ME906s-158", "huawei ME906"),
            ("SRM825L", "meig SRM825"),
            ("N58", "neoway N58"),
            ("M95", "quectel M95"),
            ("BG95-M3", "quectel BG95"),
            ("nRF9160-SICA", "nordic nRF9160"),
            ("SDXBAAGHA-IDP _SN:91F44CD6", "- ?"),
            ("SDXPRAIRIE-MTP _SN:719AB680", "- ?"),
            ("Android", "- ?"),
            ("LINUX", "- ?"),
            ("unknown", "- ?"),
            ("Generic Mobile Broadband Adapter", "- ?"),
            ("Qualcomm Gobi 2000", "- ?"),
            ("USB DATA CARD", "- ?"),
            ("802.11ac NIC", "none"),
        ],
        |text| shown(catalog.model_answer(text).as_ref()),
    );
    let variant = |text: &str| catalog.model_answer(text).and_then(|m| m.variant);
    assert_eq!(variant("RM520N-GL").as_deref(), Some("RM520N-GL"));
    assert_eq!(variant("SIMCOM_SIM7600G-H").as_deref(), Some("SIM7600G-H"));
    assert_eq!(variant("EC25"), None);
}

#[test]
fn revisions() {
    let catalog = catalog();
    table(
        "revision",
        &[
            ("EG25GGBR07A08M2G", "quectel EG25-G"),
            ("EC20CEFDR02A10M4G", "quectel EC20"),
            ("RM520NGLAAR03A03M4G", "quectel RM520N"),
            ("BG95M3LAR02A04", "quectel BG95"),
            ("BG95M1LAR02A04", "quectel BG95"),
            ("EC200AEUHAR01A25M16", "quectel EC200A"),
            ("EM05GFAR07A07M1G_01.016.01.016", "quectel EM05"),
            ("RG501QEUAAR12A11M4G", "quectel RG501Q"),
            ("EC25AUXGAR08A06M1G", "quectel EC25"),
            ("XY99ZGLAAR01A01M4G", "quectel"),
            ("LE20B03SIM7600M22", "simcom SIM7600"),
            ("A011B07A7670M7_F", "simcom A7670"),
            ("A124B01A7670M7", "simcom A7670"),
            ("23110B01A7670M4A_CUS_UBIA_91530228", "simcom A7670"),
            ("1951B16SIM7070", "simcom SIM7070"),
            ("1418B05SIM800C24", "simcom SIM800"),
            ("2374B03SIM767XM5A_M", "simcom SIM7670,SIM7672"),
            ("SIM7600M22_V1.1", "simcom SIM7600"),
            (
                "SWI9X30C_02.33.03.00",
                "sierra-wireless EM7411,EM7421,EM7430,EM7455,MC7411,MC7421,MC7430,MC7455",
            ),
            (
                "SWI9X50C_01.11.00.00 5ba42f jenkins 2019/06/28",
                "sierra-wireless EM7511,EM7565",
            ),
            ("SWIX65C_01.04.01.02", "sierra-wireless"),
            ("T77W968.F1.0.0.5.2.GC.013 / 035", "foxconn T77W968"),
            (
                "T99W175.F0.6.0.0.6.CC.005  1  [Oct 21 2021 10:00:00]",
                "foxconn T99W175",
            ),
            (
                "FDE.F0.3.0.1.1.CC.001.003",
                "foxconn T99W373 | telit-cinterion MV32",
            ),
            ("18500.5001.00.05.27.30", "fibocom L850"),
            ("18500.5001.00.05.27.16_5001.05.001.033", "fibocom L850"),
            ("18601.5001.00.01.01.32_GC", "fibocom L860"),
            (
                "81600.0000.00.29.22.05_5000.0000.050.000.045_E05",
                "fibocom FM350",
            ),
            ("77777.0000.00.01.02.03", "fibocom"),
            (
                "25.20.678  1  [May 12 2020 00:00:00]",
                "telit-cinterion LE910C1,LE910C4",
            ),
            ("M0R.010002", "telit-cinterion FN990"),
            ("20.00.525", "telit-cinterion LN930 ?"),
            ("REVISION 03.017", "telit-cinterion"),
            ("L0.0.00.00.05.12,A.02.21", "u-blox SARA-R4"),
            ("TOBY-L4906\n+PBREADY\n40.19_ENG0003", "u-blox TOBY-L4"),
            ("N58-R08-STD-OE_V20_VOLTE_BLE-004_T2", "neoway N58"),
            ("SRM825L_6.0.5_EQ100", "meig SRM825"),
            ("BD_ZM9000V1.0.0B17", "zte ZM9000"),
            ("BD_MF190V1.0.0B02", "zte MF190"),
            ("mfw_nrf9160_1.3.2", "nordic nRF9160"),
            ("11.617.15.00.00", "huawei ME906,ME909"),
            ("MikroTik_CP_2.160.000_v008", "none"),
            ("1.2.3", "none"),
            ("v5.10.0", "none"),
            ("MOLY.LR13.R1.TC8.SP.V1.P70", "none"),
            ("G903FXXU1BQC1", "none"),
            ("2.160.000", "none"),
            ("ec2544ab27e110d2d431bdad7d538ed509b21e62", "none"),
        ],
        |text| shown(catalog.revision(text).as_ref()),
    );
    let variant = |text: &str| catalog.revision(text).and_then(|m| m.variant);
    assert_eq!(variant("RM520NGLAAR03A03M4G").as_deref(), Some("RM520N-GL"));
    assert_eq!(variant("EG25GGBR07A08M2G").as_deref(), Some("EG25-G"));
    assert_eq!(variant("BG95M3LAR02A03").as_deref(), Some("BG95-M3"));
    assert_eq!(variant("RG500QEAAAR11A05M4G").as_deref(), Some("RG500Q-EA"));
    assert_eq!(
        variant("RM500UCNVAR03A12M2G").as_deref(),
        Some("RM500U-CNV")
    );
    assert_eq!(variant("EC25EFAR04A02M4G_SKT").as_deref(), Some("EC25-E"));
}

#[test]
fn dialects() {
    let catalog = catalog();
    table(
        "dialect",
        &[
            ("+QENG", "quectel"),
            ("AT+QENG=\"servingcell\"", "quectel"),
            ("+QGMR", "quectel"),
            ("+QTEMP: 42,38,38", "quectel"),
            ("+GTPKGVER: 18500.5001", "fibocom | rolling-wireless"),
            ("AT+XMCI=1", "- ?"),
            ("!GSTATUS?", "sierra-wireless"),
            ("AT#SWPKGV", "telit-cinterion"),
            ("^SCFG", "telit-cinterion"),
            ("AT+SIMCOMATI", "simcom"),
            ("+CSQ: 30,99", "none"),
            ("+COPS: 0,2", "none"),
            ("AT+CGMI", "none"),
        ],
        |text| shown(catalog.dialect(text).as_ref()),
    );
    assert_eq!(
        catalog.dialect("+XLEC").and_then(|m| m.chipset),
        Some("Intel XMM")
    );
    let caret = catalog.dialect("^SYSINFO:2,3").expect("a shared dialect");
    assert!(caret.open && caret.possible.len() > 2);
}

#[test]
fn labels_and_numbers() {
    let catalog = catalog();
    table(
        "label",
        &[
            ("XMR201903EG25G", "quectel EG25-G"),
            ("xmr-2019 03EG25G", "quectel EG25-G"),
            ("Contains FCC ID: XMR201903EG25G", "quectel EG25-G"),
            (
                "Contains FCC ID: XMR201903EG25G, IC: 10224A-201903EG25G",
                "quectel EG25-G",
            ),
            ("10224A-201903EG25G", "quectel EG25-G"),
            ("RI7LE910CXLA", "telit-cinterion LE910C1,LE910C4"),
            ("XPY1CGM5NNN", "u-blox SARA-U2"),
            ("RI7CE910-DUAL", "telit-cinterion CE910"),
            ("N7NMC7355", "sierra-wireless MC7355"),
            ("XMR2099ZZ99", "quectel ?"),
            ("XPYNINAB1", "u-blox ?"),
            ("ABC123456", "none"),
        ],
        |text| shown(catalog.label(text).as_ref()),
    );
    let kind = |id: &str| catalog.label(id).and_then(|m| m.kind);
    assert_eq!(kind("XMR2023FCU760K"), Some(IdKind::NotCellular));
    assert_eq!(kind("XPYJODYW167"), Some(IdKind::NotCellular));
    assert_eq!(
        kind("XMR2099ZZ99"),
        None,
        "a grantee code alone proves no cellular part"
    );
    assert_eq!(shown(catalog.tac("86837105").as_ref()), "quectel RM520N");
    assert_eq!(
        shown(catalog.tac("35162610").as_ref()),
        "telit-cinterion LE910C4"
    );
    assert_eq!(shown(catalog.tac("00102700").as_ref()), "none");
    assert_eq!(shown(catalog.tac("12345678").as_ref()), "none");
    assert_eq!(
        catalog
            .placeholder("004999010640000")
            .map(|p| p.is.as_str()),
        Some("placeholder")
    );
    assert_eq!(
        catalog
            .placeholder("001027009999999")
            .map(|p| p.is.as_str()),
        Some("test")
    );
    assert_eq!(
        catalog
            .placeholder("353490069873319")
            .map(|p| p.is.as_str()),
        Some("test")
    );
    assert!(catalog.placeholder("868371050000000").is_none());
}

#[test]
fn parts() {
    let catalog = catalog();
    let rows: &[(Option<&str>, &str, &str)] = &[
        (None, "NRF9160-SICA-R", "nordic nRF9160"),
        (None, "EC25EFA-MINIPCIE", "quectel EC25"),
        (None, "RM520NGLAA-M20-SGASA", "quectel RM520N"),
        (None, "SARA_U201", "u-blox SARA-U2"),
        (None, "SARA-R410M-02B-00", "u-blox SARA-R4"),
        (None, "SIM7600G-H", "simcom SIM7600"),
        (
            None,
            "LTE Cat 4 module Quectel EC25-E mini PCIe",
            "quectel EC25",
        ),
        (Some("Quectel"), "M95", "quectel M95"),
        (Some("Quectel Wireless Solutions"), "EC25", "quectel EC25"),
        (Some("SIMCom"), "SIM800C", "simcom SIM800"),
        (Some("Neoway"), "N58-CA", "neoway N58"),
        (None, "EC25", "quectel EC25 ?"),
        (None, "M95", "none"),
        (None, "M66", "none"),
        (None, "N10", "none"),
        (None, "G510", "none"),
        (None, "EC11E15244B2", "none"),
        (Some("Alps"), "EC11E15244B2", "none"),
        (Some("Alps"), "EC21A", "none"),
        (None, "SIM8060-6-0-14-00-A", "none"),
        (Some("GCT"), "SIM8060", "none"),
        (None, "M95256-WMN6TP", "none"),
        (Some("STMicroelectronics"), "M95M02-DRMN6TP", "none"),
        (None, "ec2544ab27e110d2d431bdad7d538ed509b21e62", "none"),
        (None, "a1b2c3d4-ec25-4a1b-9c3d-0123456789ab", "none"),
        (None, "NC", "none"),
        (None, "DNP", "none"),
        (None, "VCC_SIM800", "simcom SIM800"),
        (Some("Murata"), "GRM188R71C104KA01D", "none"),
        (Some("Nordic Semiconductor"), "nRF52840-QIAA", "none"),
        // A maker of modules that makes other things too.
        (Some("Teltonika"), "LTE router", "none"),
        (Some("Quectel"), "LTE antenna, SMA", "none"),
        (Some("Quectel"), "LTE module", "quectel"),
    ];
    for (maker, text, expected) in rows {
        assert_eq!(
            shown(catalog.part(*maker, text).as_ref()),
            *expected,
            "{maker:?} {text}"
        );
    }
    let gnss = catalog.part(Some("u-blox"), "NEO-M8N-0").expect("named");
    assert_eq!(gnss.kind, Some(IdKind::NotCellular));
}

#[test]
fn free_text() {
    let catalog = catalog();
    let found = |text: &str| -> Vec<String> {
        catalog
            .names(text)
            .into_iter()
            .map(|h| {
                format!(
                    "{}/{}{}",
                    h.maker,
                    h.family.unwrap_or("-"),
                    if h.sure { "!" } else { "" }
                )
            })
            .collect()
    };
    assert_eq!(
        found("uses a Quectel EC25-E"),
        ["quectel/-!", "quectel/EC25!"]
    );
    assert_eq!(found("modem EC25"), ["quectel/EC25!"]);
    assert_eq!(found("thread size M66"), ["quectel/M66"]);
    assert_eq!(found("encoder EC11"), Vec::<String>::new());
    assert_eq!(found("xEC25-E"), Vec::<String>::new());
    assert_eq!(found("an ec25-based idea"), ["quectel/EC25"]);
    assert_eq!(
        found("uuid a1b2c3d4-ec25-4a1b-9c3d-0123456789ab"),
        Vec::<String>::new()
    );
    assert_eq!(
        found("the option Eagle, Neo and Sierra"),
        Vec::<String>::new()
    );
    assert_eq!(found("SIM7600G-H"), ["simcom/SIM7600!"]);
    let at = catalog.names("a SARA_U201 b").pop().expect("found").at;
    assert_eq!(at, 2..11);
}

/// A plain generator: the same numbers on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[test]
fn random_text_names_nobody() {
    let catalog = catalog();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for (alphabet, breaks) in [
        ("0123456789abcdef", " "),
        ("0123456789ABCDEF", "-"),
        ("0123456789abcdef", "\n"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "+/",
        ),
    ] {
        let alphabet: Vec<char> = alphabet.chars().collect();
        let breaks: Vec<char> = breaks.chars().collect();
        let mut text = String::new();
        while text.len() < 200_000 {
            let pick = numbers.next();
            if pick.is_multiple_of(5) {
                text.push(breaks[usize::try_from(pick >> 8).unwrap_or(0) % breaks.len()]);
            } else {
                text.push(alphabet[usize::try_from(pick >> 8).unwrap_or(0) % alphabet.len()]);
            }
        }
        let sure: Vec<_> = catalog
            .names(&text)
            .into_iter()
            .filter(|h| h.sure)
            .collect();
        assert!(sure.is_empty(), "{sure:?}");
    }
}

/// Product maker, model, order code, batch; what is expected.
type Row = (
    Option<&'static str>,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    &'static str,
);

#[test]
fn products() {
    let catalog = catalog();
    let rows: &[Row] = &[
        (
            Some("Teltonika"),
            "RUT240",
            None,
            None,
            "meig SLM750 | quectel EC25",
        ),
        (
            Some("Teltonika"),
            "RUT240",
            Some("RUT2400DE000"),
            None,
            "meig SLM750",
        ),
        (
            Some("Teltonika"),
            "RUT240",
            Some("RUT240006E00"),
            None,
            "quectel EC25",
        ),
        (
            Some("Teltonika"),
            "RUT240",
            Some("RUT240ZZZZZZ"),
            None,
            "meig SLM750 | quectel EC25",
        ),
        (
            None,
            "Teltonika RUT240",
            None,
            None,
            "meig SLM750 | quectel EC25",
        ),
        (
            None,
            "teltonika rut-240",
            None,
            None,
            "meig SLM750 | quectel EC25",
        ),
        (None, "RUT240", None, None, "meig SLM750 | quectel EC25"),
        (
            Some("TELTONIKA NETWORKS"),
            "rut 240",
            None,
            None,
            "meig SLM750 | quectel EC25",
        ),
        (
            Some("Teltonika"),
            "RUT240 RUT2400DE000",
            None,
            None,
            "meig SLM750",
        ),
        (Some("Teltonika"), "RUT2400DE000", None, None, "meig SLM750"),
        (
            Some("Teltonika"),
            "RUT955",
            None,
            Some("107"),
            "quectel EG25-G",
        ),
        (
            Some("Teltonika"),
            "RUT955",
            None,
            Some("batch 120"),
            "quectel EC25",
        ),
        (
            Some("Teltonika"),
            "FMC130",
            Some("FMC130KYXXX"),
            None,
            "meig SLM320",
        ),
        (
            Some("Teltonika"),
            "RUTX50",
            None,
            None,
            "quectel RG501Q,RG520N",
        ),
        (Some("Teltonika"), "RUTX99", None, None, "none"),
        (
            Some("Cisco"),
            "P-LTEA-EA",
            None,
            None,
            "sierra-wireless EM7455",
        ),
        (
            Some("Cisco Systems"),
            "P-LTEA-EA=",
            None,
            None,
            "sierra-wireless EM7455",
        ),
        (Some("GL.iNet"), "GL-X3000", None, None, "quectel RM520N"),
        (
            Some("GL.iNet"),
            "GL-X3000 (Spitz AX)",
            None,
            None,
            "quectel RM520N",
        ),
        (
            Some("Lenovo"),
            "ThinkPad X1 Carbon Gen 12",
            None,
            None,
            "quectel EM05,EM160R,RM520N ?",
        ),
        (
            Some("Lenovo"),
            "X1 Carbon Gen 14",
            None,
            None,
            "foxconn T99W696 | rolling-wireless RW101 ?",
        ),
        (
            Some("Lenovo"),
            "ThinkPad T14 Gen 4",
            None,
            None,
            "fibocom L860 ?",
        ),
        (Some("Dell"), "DW5821e", None, None, "foxconn T77W968"),
        (
            Some("HP"),
            "lt4220",
            None,
            None,
            "foxconn T77W968 | telit-cinterion LN940",
        ),
        (Some("Cradlepoint"), "IBR900-600M", None, None, "- ?"),
        (Some("Mofi"), "5500", None, None, "- ?"),
        (Some("Huawei"), "E3372", None, None, "huawei"),
        (None, "5500", None, None, "none"),
        (None, "X1", None, None, "none"),
        // Mainboards: one fits "S or X, a digit, anything", the other an order code "77 and more".
        (None, "X570 Taichi", None, None, "none"),
        (None, "775i945GZ", None, None, "none"),
        (Some("VanMoof"), "S3", None, None, "- ?"),
        (None, "VanMoof S3", None, None, "- ?"),
        (None, "FMB003", None, None, "teltonika TM2500"),
        (Some("Unheard-of"), "RUT240", None, None, "none"),
        (
            Some("Siemens"),
            "SIMATIC IOT2050",
            None,
            None,
            "sierra-wireless MC7455,MC7700 ?",
        ),
    ];
    let mut wrong = Vec::new();
    for (maker, model, code, batch, expected) in rows {
        let got = shown(catalog.product(*maker, model, *code, *batch).as_ref());
        if got != *expected {
            wrong.push(format!(
                "{maker:?} {model} {code:?} {batch:?}: expected {expected}, got {got}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let dell = catalog
        .product(Some("Dell"), "DW5821e", None, None)
        .expect("listed");
    assert_eq!(dell.brand, Some("Dell"));
    let stick = catalog
        .product(Some("Huawei"), "E3372", None, None)
        .expect("listed");
    assert_eq!((stick.kind, stick.brand), (Some(IdKind::Stick), None));
    let phone = catalog
        .product(Some("Pine64"), "PinePhone", None, None)
        .expect("listed");
    assert_eq!(phone.kind, Some(IdKind::Phone));
}

#[test]
fn owners_by_date() {
    let catalog = catalog();
    let owner = |maker: &str, date: &str| catalog.owner_on(maker, date).map(|o| o.name.clone());
    let holds = |maker: &str, date: &str, words: &str| {
        assert!(
            owner(maker, date).is_some_and(|o| o.contains(words)),
            "{maker} on {date}: {:?}",
            owner(maker, date)
        );
    };
    holds("sierra-wireless", "2022-12-31", "Public shareholders");
    holds("sierra-wireless", "2023-01-12", "Semtech");
    holds("sierra-wireless", "2026-01-01", "Semtech");
    holds("u-blox", "2024-01-01", "u-blox Holding");
    holds("u-blox", "2025-07-01", "Trasna");
    holds("rolling-wireless", "2023-06-01", "Fibocom");
    holds("rolling-wireless", "2024-08-01", "EUROPASOLAR");
    holds("simcom", "2020-01-01", "Sunsea");
    holds("simcom", "2016-01-01", "SIM Technology");
    holds("gosuncn", "2022-01-01", "Gosuncn Technology Group");
    holds("telit-cinterion", "2023-06-01", "DBAY");
    assert_eq!(
        owner("meig", "2024-01-01"),
        None,
        "no source a reader can follow"
    );
    // The purchase of SIMCom by u-blox was never completed.
    let simcom = catalog.maker("simcom").expect("listed");
    assert!(simcom.owner.iter().all(|o| !o.name.contains("u-blox")));
}

#[test]
fn brand_lineage_and_maker_are_apart() {
    let catalog = catalog();
    let telit = catalog.maker("telit-cinterion").expect("listed");
    assert!(
        telit
            .lineage
            .iter()
            .any(|l| l.of == "foxconn" && l.families == ["LN940"])
    );
    assert_eq!(
        catalog.usb("1bc7:1900").expect("listed").maker(),
        Some("telit-cinterion")
    );
    assert_eq!(
        catalog
            .revision("T77W676.F0.0.0.4.7.GC.017")
            .expect("known")
            .maker(),
        Some("foxconn")
    );
    let netprisma = catalog.maker("netprisma").expect("listed");
    assert!(netprisma.lineage.iter().any(|l| l.of == "quectel"));
    assert!(netprisma.owner.is_empty(), "no owner is stated");
}

#[test]
fn browsing() {
    let catalog = catalog();
    let stats = catalog.stats();
    assert!(
        stats.makers >= 40 && stats.families >= 500 && stats.products >= 600,
        "{stats:?}"
    );
    assert!(catalog.family_names("quectel").contains(&"EC25"));
    assert!(!catalog.family_names("u-blox").contains(&"JODY"));
    let slugs: Vec<&str> = catalog.makers().map(|m| m.slug.as_str()).collect();
    assert!(slugs.is_sorted());
    let found = catalog.search("RM520N");
    assert!(
        found
            .iter()
            .any(|f| f.what == "family" && f.maker == "quectel")
    );
    assert!(
        found
            .iter()
            .any(|f| f.what == "usb" && f.name == "2c7c:0801")
    );
    assert!(catalog.search("x").is_empty());
    assert!(
        catalog
            .source("linux-option")
            .is_some_and(|s| s.url.is_some())
    );
    assert_eq!(catalog.digest().len(), 64);
    assert_eq!(catalog.version(), "2026.11.22");
}
