//! Objects that speak of a modem, a product or a part, by number and by name.

/// Which rows belong together: values of one group with the same index describe one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// SNMPv2-MIB `system`.
    System,
    /// What a router's own MIB says of the router.
    Router,
    /// Teltonika's `static` group, whose numbers mean different things in its two MIBs.
    TeltonikaStatic,
    /// ENTITY-MIB parts and the Cisco tables that are indexed by them.
    Entity,
    /// IF-MIB interfaces.
    Interface,
    /// Modem tables.
    Teltonika,
    Cradlepoint,
    MikroTik,
    Peplink,
    RedLion,
    Opengear,
    OneAccess,
    Fortinet,
    Fortinet5g,
    H3c,
    Lancom,
}

/// What a value says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    // -- the device ----------------------------------------------------------------------------
    Description,
    ObjectId,
    Name,
    RouterModel,
    RouterSerial,
    OrderCode,
    /// A number of Teltonika's `static` group: decided when the MIB is known.
    Static(u8),
    // -- a modem -------------------------------------------------------------------------------
    Maker,
    Model,
    /// A description of the modem in free words.
    Named,
    Revision,
    Hardware,
    Imei,
    Iccid,
    Serial,
    /// Service of the modem: a state, a level.
    Service,
    /// 1 if a modem was detected.
    Detected,
    // -- a part --------------------------------------------------------------------------------
    PartDescription,
    PartClass,
    PartName,
    PartHardware,
    PartFirmware,
    PartSoftware,
    PartSerial,
    PartMaker,
    PartModel,
    // -- an interface --------------------------------------------------------------------------
    InterfaceName,
}

/// One object: its number, its name, the MIB without which the name alone says too little.
#[derive(Clone, Copy, Debug)]
pub struct Object {
    pub oid: &'static str,
    pub name: &'static str,
    pub mib: Option<&'static str>,
    pub group: Group,
    pub says: Says,
}

const fn object(oid: &'static str, name: &'static str, group: Group, says: Says) -> Object {
    Object {
        oid,
        name,
        mib: None,
        group,
        says,
    }
}

/// An object whose name is a plain word: it counts only with this in the name of its MIB.
const fn plain(
    oid: &'static str,
    name: &'static str,
    mib: &'static str,
    group: Group,
    says: Says,
) -> Object {
    Object {
        oid,
        name,
        mib: Some(mib),
        group,
        says,
    }
}

/// Every object that is read. Sources: the MIB modules named in the comments, as published in
/// github.com/netdisco/netdisco-mibs (commit 27ee78736ffe); columns of Teltonika's newer MIB and of
/// Peplink as in the recorded walks of github.com/librenms/librenms (tests/snmpsim).
pub static OBJECTS: &[Object] = &[
    // SNMPv2-MIB.
    object(
        "1.3.6.1.2.1.1.1",
        "sysDescr",
        Group::System,
        Says::Description,
    ),
    object(
        "1.3.6.1.2.1.1.2",
        "sysObjectID",
        Group::System,
        Says::ObjectId,
    ),
    object("1.3.6.1.2.1.1.5", "sysName", Group::System, Says::Name),
    // IF-MIB.
    object(
        "1.3.6.1.2.1.2.2.1.2",
        "ifDescr",
        Group::Interface,
        Says::InterfaceName,
    ),
    object(
        "1.3.6.1.2.1.31.1.1.1.1",
        "ifName",
        Group::Interface,
        Says::InterfaceName,
    ),
    // ENTITY-MIB.
    object(
        "1.3.6.1.2.1.47.1.1.1.1.2",
        "entPhysicalDescr",
        Group::Entity,
        Says::PartDescription,
    ),
    object(
        "1.3.6.1.2.1.47.1.1.1.1.5",
        "entPhysicalClass",
        Group::Entity,
        Says::PartClass,
    ),
    object(
        "1.3.6.1.2.1.47.1.1.1.1.7",
        "entPhysicalName",
        Group::Entity,
        Says::PartName,
    ),
    object(
        "1.3.6.1.2.1.47.1.1.1.1.8",
        "entPhysicalHardwareRev",
        Group::Entity,
        Says::PartHardware,
    ),
    object(
        "1.3.6.1.2.1.47.1.1.1.1.9",
        "entPhysicalFirmwareRev",
        Group::Entity,
        Says::PartFirmware,
    ),
    object(
        "1.3.6.1.2.1.47.1.1.1.1.10",
        "entPhysicalSoftwareRev",
        Group::Entity,
        Says::PartSoftware,
    ),
    object(
        "1.3.6.1.2.1.47.1.1.1.1.11",
        "entPhysicalSerialNum",
        Group::Entity,
        Says::PartSerial,
    ),
    object(
        "1.3.6.1.2.1.47.1.1.1.1.12",
        "entPhysicalMfgName",
        Group::Entity,
        Says::PartMaker,
    ),
    object(
        "1.3.6.1.2.1.47.1.1.1.1.13",
        "entPhysicalModelName",
        Group::Entity,
        Says::PartModel,
    ),
    // CISCO-WAN-3G-MIB, indexed by entPhysicalIndex.
    object(
        "1.3.6.1.4.1.9.9.661.1.1.1.1.12",
        "c3gModemTemperature",
        Group::Entity,
        Says::Service,
    ),
    object(
        "1.3.6.1.4.1.9.9.661.1.3.1.1.2",
        "c3gImei",
        Group::Entity,
        Says::Imei,
    ),
    object(
        "1.3.6.1.4.1.9.9.661.1.3.1.1.3",
        "c3gIccId",
        Group::Entity,
        Says::Iccid,
    ),
    object(
        "1.3.6.1.4.1.9.9.661.1.3.1.1.5",
        "c3gFsn",
        Group::Entity,
        Says::Serial,
    ),
    object(
        "1.3.6.1.4.1.9.9.661.1.3.1.1.6",
        "c3gModemStatus",
        Group::Entity,
        Says::Service,
    ),
    // TELTONIKA-MIB: the numbers of the static group mean one thing in the MIB of RUT2xx and RUT9xx
    // with their older firmware, another in that of RutOS 7.
    plain(
        "1.3.6.1.4.1.48690.1.1",
        "modemImei",
        "TELTONIKA",
        Group::TeltonikaStatic,
        Says::Static(1),
    ),
    plain(
        "1.3.6.1.4.1.48690.1.2",
        "modemModel",
        "TELTONIKA",
        Group::TeltonikaStatic,
        Says::Static(2),
    ),
    plain(
        "1.3.6.1.4.1.48690.1.3",
        "modemManufacturer",
        "TELTONIKA",
        Group::TeltonikaStatic,
        Says::Static(3),
    ),
    plain(
        "1.3.6.1.4.1.48690.1.4",
        "modemRevision",
        "TELTONIKA",
        Group::TeltonikaStatic,
        Says::Static(4),
    ),
    plain(
        "1.3.6.1.4.1.48690.1.5",
        "",
        "",
        Group::TeltonikaStatic,
        Says::Static(5),
    ),
    plain(
        "1.3.6.1.4.1.48690.1.6",
        "",
        "",
        Group::TeltonikaStatic,
        Says::Static(6),
    ),
    plain(
        "1.3.6.1.4.1.48690.1.7",
        "",
        "",
        Group::TeltonikaStatic,
        Says::Static(7),
    ),
    plain(
        "1.3.6.1.4.1.48690.1.8",
        "",
        "",
        Group::TeltonikaStatic,
        Says::Static(8),
    ),
    plain(
        "1.3.6.1.4.1.48690.1.9",
        "",
        "",
        Group::TeltonikaStatic,
        Says::Static(9),
    ),
    plain("", "serial", "TELTONIKA", Group::Router, Says::RouterSerial),
    plain(
        "",
        "productCode",
        "TELTONIKA",
        Group::Router,
        Says::OrderCode,
    ),
    plain(
        "",
        "routerName",
        "TELTONIKA",
        Group::Router,
        Says::RouterModel,
    ),
    plain(
        "1.3.6.1.4.1.48690.2.2.1.3",
        "mImei",
        "TELTONIKA",
        Group::Teltonika,
        Says::Imei,
    ),
    plain(
        "1.3.6.1.4.1.48690.2.2.1.4",
        "mModel",
        "TELTONIKA",
        Group::Teltonika,
        Says::Model,
    ),
    plain(
        "1.3.6.1.4.1.48690.2.2.1.5",
        "mManufacturer",
        "TELTONIKA",
        Group::Teltonika,
        Says::Maker,
    ),
    plain(
        "1.3.6.1.4.1.48690.2.2.1.6",
        "mRevision",
        "TELTONIKA",
        Group::Teltonika,
        Says::Revision,
    ),
    plain(
        "",
        "mFirmware",
        "TELTONIKA",
        Group::Teltonika,
        Says::Revision,
    ),
    plain(
        "1.3.6.1.4.1.48690.2.2.1.7",
        "mSerial",
        "TELTONIKA",
        Group::Teltonika,
        Says::Serial,
    ),
    plain(
        "1.3.6.1.4.1.48690.2.2.1.11",
        "mNetState",
        "TELTONIKA",
        Group::Teltonika,
        Says::Service,
    ),
    plain(
        "1.3.6.1.4.1.48690.2.2.1.27",
        "mICCID",
        "TELTONIKA",
        Group::Teltonika,
        Says::Iccid,
    ),
    // WIPIPE-MIB.
    object(
        "1.3.6.1.4.1.20992.1.2.2.1.2",
        "mdmDescr",
        Group::Cradlepoint,
        Says::Named,
    ),
    object(
        "1.3.6.1.4.1.20992.1.2.2.1.5",
        "mdmStatus",
        Group::Cradlepoint,
        Says::Service,
    ),
    object(
        "1.3.6.1.4.1.20992.1.2.2.1.7",
        "mdmSerialNumber",
        Group::Cradlepoint,
        Says::Serial,
    ),
    object(
        "1.3.6.1.4.1.20992.1.2.2.1.8",
        "mdmFirmwareVersion",
        Group::Cradlepoint,
        Says::Revision,
    ),
    object(
        "1.3.6.1.4.1.20992.1.2.2.1.20",
        "mdmIMEI",
        Group::Cradlepoint,
        Says::Imei,
    ),
    // MIKROTIK-MIB: the modem's maker and model are not among its objects.
    object(
        "1.3.6.1.4.1.14988.1.1.7.3",
        "mtxrSerialNumber",
        Group::Router,
        Says::RouterSerial,
    ),
    object(
        "1.3.6.1.4.1.14988.1.1.7.9",
        "mtxrBoardName",
        Group::Router,
        Says::RouterModel,
    ),
    object(
        "1.3.6.1.4.1.14988.1.1.16.1.1.4",
        "mtxrLTEModemSignalRSRP",
        Group::MikroTik,
        Says::Service,
    ),
    object(
        "1.3.6.1.4.1.14988.1.1.16.1.1.11",
        "mtxrLTEModemIMEI",
        Group::MikroTik,
        Says::Imei,
    ),
    object(
        "1.3.6.1.4.1.14988.1.1.16.1.1.13",
        "mtxrLTEModemUICC",
        Group::MikroTik,
        Says::Iccid,
    ),
    // Peplink and Pepwave.
    object(
        "1.3.6.1.4.1.23695.200.1.1.1.1.1",
        "",
        Group::Router,
        Says::RouterModel,
    ),
    object(
        "1.3.6.1.4.1.23695.200.1.1.1.1.2",
        "",
        Group::Router,
        Says::RouterSerial,
    ),
    object(
        "1.3.6.1.4.1.23695.200.1.12.1.1.1.3",
        "",
        Group::Peplink,
        Says::Service,
    ),
    object(
        "1.3.6.1.4.1.23695.200.1.12.2.1.1.2",
        "",
        Group::Peplink,
        Says::Imei,
    ),
    object(
        "1.3.6.1.4.1.27662.200.1.1.1.1.1",
        "",
        Group::Router,
        Says::RouterModel,
    ),
    object(
        "1.3.6.1.4.1.27662.200.1.1.1.1.2",
        "",
        Group::Router,
        Says::RouterSerial,
    ),
    object(
        "1.3.6.1.4.1.27662.200.1.12.1.1.1.3",
        "",
        Group::Peplink,
        Says::Service,
    ),
    object(
        "1.3.6.1.4.1.27662.200.1.12.2.1.1.2",
        "",
        Group::Peplink,
        Says::Imei,
    ),
    // RED-LION-RAM-MIB, `cellular`.
    plain(
        "1.3.6.1.4.1.1890.1.2.14",
        "vendor",
        "RED-LION",
        Group::RedLion,
        Says::Maker,
    ),
    plain(
        "1.3.6.1.4.1.1890.1.2.15",
        "modelName",
        "RED-LION",
        Group::RedLion,
        Says::Model,
    ),
    plain(
        "1.3.6.1.4.1.1890.1.2.16",
        "fwVersion",
        "RED-LION",
        Group::RedLion,
        Says::Revision,
    ),
    plain(
        "1.3.6.1.4.1.1890.1.2.17",
        "hwVersion",
        "RED-LION",
        Group::RedLion,
        Says::Hardware,
    ),
    plain(
        "1.3.6.1.4.1.1890.1.2.65",
        "imei",
        "RED-LION",
        Group::RedLion,
        Says::Imei,
    ),
    // OG-STATUSv2-MIB.
    object(
        "1.3.6.1.4.1.25049.17.1.2",
        "ogSerialNumber",
        Group::Router,
        Says::RouterSerial,
    ),
    object(
        "1.3.6.1.4.1.25049.17.17.1.2",
        "ogCellModemVendor",
        Group::Opengear,
        Says::Maker,
    ),
    object(
        "1.3.6.1.4.1.25049.17.17.1.3",
        "ogCellModemModel",
        Group::Opengear,
        Says::Model,
    ),
    object(
        "1.3.6.1.4.1.25049.17.17.1.5",
        "ogCellModemConnected",
        Group::Opengear,
        Says::Service,
    ),
    // ONEACCESS-CELLULAR-MIB.
    object(
        "1.3.6.1.4.1.13191.10.3.9.2.1.10",
        "oacCellManufacturer",
        Group::OneAccess,
        Says::Maker,
    ),
    object(
        "1.3.6.1.4.1.13191.10.3.9.2.1.11",
        "oacCellEquipment",
        Group::OneAccess,
        Says::Model,
    ),
    object(
        "1.3.6.1.4.1.13191.10.3.9.2.1.13",
        "oacCellRevision",
        Group::OneAccess,
        Says::Revision,
    ),
    object(
        "1.3.6.1.4.1.13191.10.3.9.2.1.14",
        "oacCellIMEI",
        Group::OneAccess,
        Says::Imei,
    ),
    object(
        "1.3.6.1.4.1.13191.10.3.9.2.1.22",
        "oacCellICCI",
        Group::OneAccess,
        Says::Iccid,
    ),
    // FORTINET-FORTIGATE-MIB.
    object(
        "1.3.6.1.4.1.12356.101.19.1.1.2",
        "fgMdmDetected",
        Group::Fortinet,
        Says::Detected,
    ),
    object(
        "1.3.6.1.4.1.12356.101.19.1.1.3",
        "fgMdmVendor",
        Group::Fortinet,
        Says::Maker,
    ),
    object(
        "1.3.6.1.4.1.12356.101.19.1.1.4",
        "fgMdmModel",
        Group::Fortinet,
        Says::Model,
    ),
    object(
        "1.3.6.1.4.1.12356.101.19.1.1.5",
        "fgMdmRevision",
        Group::Fortinet,
        Says::Revision,
    ),
    object(
        "1.3.6.1.4.1.12356.101.19.1.1.8",
        "fgMdmImei",
        Group::Fortinet,
        Says::Imei,
    ),
    object(
        "1.3.6.1.4.1.12356.101.19.1.1.9",
        "fgMdmHwRevision",
        Group::Fortinet,
        Says::Hardware,
    ),
    object(
        "1.3.6.1.4.1.12356.101.19.1.1.13",
        "fgMdmFsn",
        Group::Fortinet,
        Says::Serial,
    ),
    object(
        "1.3.6.1.4.1.12356.101.25.2.1.2",
        "fg5gMdmDetected",
        Group::Fortinet5g,
        Says::Detected,
    ),
    object(
        "1.3.6.1.4.1.12356.101.25.2.1.3",
        "fg5gMdmVendor",
        Group::Fortinet5g,
        Says::Maker,
    ),
    object(
        "1.3.6.1.4.1.12356.101.25.2.1.4",
        "fg5gMdmModel",
        Group::Fortinet5g,
        Says::Model,
    ),
    // H3C-3GMODEM-MIB and its later twins: name, maker, description, serial, hardware, firmware.
    object(
        "1.3.6.1.4.1.2011.10.2.98.1.1.1.1.2",
        "h3cWirelessCardModelName",
        Group::H3c,
        Says::Model,
    ),
    object(
        "1.3.6.1.4.1.2011.10.2.98.1.1.1.1.3",
        "h3cWirelessCardMfgName",
        Group::H3c,
        Says::Maker,
    ),
    object(
        "1.3.6.1.4.1.2011.10.2.98.1.1.1.1.4",
        "h3cWirelessCardDescription",
        Group::H3c,
        Says::Named,
    ),
    object(
        "1.3.6.1.4.1.2011.10.2.98.1.1.1.1.7",
        "h3cWirelessCardHardwareVersion",
        Group::H3c,
        Says::Hardware,
    ),
    object(
        "1.3.6.1.4.1.2011.10.2.98.1.1.1.1.8",
        "h3cWirelessCardFirmwareVersion",
        Group::H3c,
        Says::Revision,
    ),
    object(
        "1.3.6.1.4.1.11.2.14.11.15.2.98.1.1.1.1.2",
        "hpnicfWirelessCardModelName",
        Group::H3c,
        Says::Model,
    ),
    object(
        "1.3.6.1.4.1.11.2.14.11.15.2.98.1.1.1.1.3",
        "hpnicfWirelessCardMfgName",
        Group::H3c,
        Says::Maker,
    ),
    object(
        "1.3.6.1.4.1.11.2.14.11.15.2.98.1.1.1.1.8",
        "hpnicfWirelessCardFirmwareVersion",
        Group::H3c,
        Says::Revision,
    ),
    object(
        "1.3.6.1.4.1.25506.2.98.1.1.1.1.2",
        "hh3cWirelessCardModelName",
        Group::H3c,
        Says::Model,
    ),
    object(
        "1.3.6.1.4.1.25506.2.98.1.1.1.1.3",
        "hh3cWirelessCardMfgName",
        Group::H3c,
        Says::Maker,
    ),
    object(
        "1.3.6.1.4.1.25506.2.98.1.1.1.1.8",
        "hh3cWirelessCardFirmwareVersion",
        Group::H3c,
        Says::Revision,
    ),
    // LANCOM.
    object("", "lcsStatusModemMobileImei", Group::Lancom, Says::Imei),
    object(
        "",
        "lcsStatusModemMobileSimIdIccid",
        Group::Lancom,
        Says::Iccid,
    ),
];

/// The object of a number and the rest of it, the index.
pub fn by_number(oid: &str) -> Option<(&'static Object, &str)> {
    OBJECTS.iter().filter(|o| !o.oid.is_empty()).find_map(|o| {
        let rest = oid.strip_prefix(o.oid)?;
        let index = rest.strip_prefix('.')?;
        Some((o, index))
    })
}

/// The object of a name; `mib` is what stands before `::`.
pub fn by_name(mib: Option<&str>, name: &str) -> Option<&'static Object> {
    OBJECTS.iter().filter(|o| !o.name.is_empty()).find(|o| {
        o.name.eq_ignore_ascii_case(name)
            && o.mib
                .is_none_or(|needed| mib.is_some_and(|m| m.to_ascii_uppercase().contains(needed)))
    })
}
