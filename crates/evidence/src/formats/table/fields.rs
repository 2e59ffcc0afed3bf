//! What a column holds, and the one table of header names by which it is recognised.
//!
//! Names are those of common asset registers, device-management and SIM-platform exports and bills of
//! materials. They are compared after [`plain`]: lower case, accents folded, nothing but letters and
//! digits.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Inventory number of the asset.
    AssetTag,
    /// Human name of the asset.
    AssetName,
    /// Department or organisational unit.
    Department,
    /// Site or location.
    Site,
    /// Class or category of the asset.
    AssetClass,
    /// A bare "type" column: the model where there is no other model column, else the class.
    Type,
    /// Criticality.
    Criticality,
    /// Sector.
    Sector,
    /// Service that the asset serves.
    Service,
    /// A bare "service" column: the service where a department has a column of its own, else the
    /// department, as French registers call it.
    ServiceOrDepartment,
    /// Stands in a sensitive area, yes or no.
    Sensitive,
    /// Who owns or answers for the asset.
    Owner,
    /// Maker of the product (in a bill of materials: of the part).
    Maker,
    /// Model of the product.
    Model,
    /// Order code, SKU, product code, part number.
    OrderCode,
    /// Batch or hardware revision.
    Batch,
    /// Serial number.
    Serial,
    /// IMEI or IMEISV.
    Imei,
    /// ICCID, SIM number.
    Iccid,
    /// EID of an eUICC.
    Eid,
    /// Subscriber number: never kept.
    Msisdn,
    /// Subscriber identity: never kept.
    Imsi,
    /// MAC address.
    Mac,
    /// Host name.
    Host,
    /// The module inside, named in one column.
    Module,
    /// Maker of the module inside.
    ModuleMaker,
    /// Model of the module inside.
    ModuleModel,
    /// There is a cellular module, yes or no.
    HasModule,
    /// There is no cellular module, yes or no.
    NoModule,
    /// How the asset communicates: `4G`, `Ethernet`.
    Comms,
    /// Maker of a separate communication device (router, modem) of the asset.
    CommsMaker,
    /// Model of a separate communication device of the asset.
    CommsModel,
    /// Number of identical items.
    Quantity,
    /// Firmware of the product.
    Firmware,
    /// Type allocation code.
    Tac,
    /// Mobile operator or plan.
    Operator,
    /// A column that only SIM platforms have (rate plan, SIM status, APN); not kept.
    SimPlatform,
    /// Who answered.
    Respondent,
    /// Date the row speaks for: last seen, answered.
    Seen,
    /// Number of a question of a question list.
    QuestionId,
    /// Reference designators in a bill of materials.
    Designator,
    /// Value of a part.
    Value,
    /// Description of a part or product.
    Description,
    /// Manufacturer part number.
    PartNumber,
    /// Part is not fitted, yes or no; also `DNP` in so many words.
    NotFitted,
    /// Part is fitted, yes or no.
    Fitted,
    /// Alternate part numbers.
    Alternates,
    /// A bare "reference" column: designators in a bill of materials, else an order code.
    Reference,
    /// A bare "device" column: a part in a bill of materials, else a model or a name.
    Device,
    /// A bare "part" column: the part where there is no part number beside it, else what it is.
    Part,
    /// Footprint: marks a bill of materials, not kept.
    Footprint,
    /// Operating system of the asset.
    System,
    /// Access point: how it is closed off, where the cell says so; else its name, not kept.
    Apn,
    /// Address that the mobile network gives; kept only as far as it is a public one.
    SimAddress,
    /// How the asset is separated from other networks.
    Segmentation,
    /// How it is reached for maintenance.
    RemoteAccess,
    /// Whose contract the SIM is on.
    SimIssuer,
    /// Who can change its firmware.
    FirmwareChannel,
    /// Whose service it reports to.
    Cloud,
    /// What passes through it.
    Passes,
    /// Day until which the product is supported.
    SupportUntil,
}

/// Number of fields.
pub const FIELDS: usize = Field::SupportUntil as usize + 1;

/// Header names, after [`plain`]. The first of each is also the field's name in a mapping.
#[rustfmt::skip] // one name a line would take a thousand lines
pub const ALIASES: &[(Field, &[&str])] = &[
    (Field::AssetTag, &[
        "assettag", "asset", "assetid", "assetno", "assetnumber", "assetnr", "tag", "tagno",
        "inventoryno", "inventorynumber", "inventoryid", "equipmentid", "equipmentno",
        "equipmentnumber", "fleetno", "fleetnumber", "vehicleid", "unitid", "ciid", "deviceid",
        "anlagennummer", "anlagennr", "inventarnummer", "inventarnr", "inventarnum", "geratenummer",
        "geratenr", "geratid", "equipmentnummer", "numeroinventaire", "numerodinventaire", "ndinventaire",
        "noinventaire", "numeroactif", "idequipement", "numeroequipement", "numeroinventario",
        "ninventario", "idactivo", "numeroactivo", "codigoactivo", "idequipo", "chfid", "evseid", "inventorytag", "assettagnumber", "citag",
        // Digi Remote Manager, DeviceCore: see register_json.
        "devconnectwareid",
    ]),
    (Field::AssetName, &[
        "name", "assetname", "devicename", "displayname", "label", "friendlyname", "equipmentname",
        "uniquename", "intersection", "bezeichnung", "geratename", "nom", "nomequipement",
        "designation", "libelle", "nombre", "nombreequipo", "denominacion", "manageddevicename", "devicedisplayname", "netbiosname", "dpname",
    ]),
    (Field::Department, &[
        "department", "dept", "departmentname", "businessunit", "division", "orgunit",
        "organisation", "organization", "organizationname", "organisationname", "orgname",
        "customer", "costcentre", "costcenter", "abteilung", "amt", "dienststelle", "referat",
        "fachbereich", "kostenstelle", "organisationseinheit", "departement", "direction",
        "departamento", "area", "unidad", "direccion",
    ]),
    (Field::Site, &[
        "site", "sitename", "siteid", "location", "locationname", "building", "depot", "facility",
        "address", "region", "cspregion", "standort", "ort", "liegenschaft", "gebaude",
        "einsatzort", "adresse", "emplacement", "lieu", "batiment", "localisation", "ubicacion",
        "sitio", "sede", "edificio", "emplazamiento", "sites",
    ]),
    (Field::AssetClass, &[
        "class", "assetclass", "assettype", "category", "assetcategory", "categoryname",
        "devicetype", "deviceclass", "equipmenttype", "equipmentclass", "sysclassname",
        "otdevicetype", "devicecategory", "kategorie", "klasse", "anlagenklasse", "geratetyp",
        "gerateart", "geratekategorie", "art", "categorie", "classe", "typeequipement",
        "typedequipement", "categoria", "clase", "tipoequipo", "tipodeequipo", "usertype", "assettypename", "chassistype", "formfactor", "skufamily",
    ]),
    (Field::Type, &["type", "typ", "tipo", "typbezeichnung"]),
    (Field::Criticality, &[
        "criticality", "businesscriticality", "critical", "criticalitylevel", "importance",
        "kritikalitat", "schutzbedarf", "criticite", "criticidad",
    ]),
    (Field::Sector, &["sector", "sektor", "secteur", "branche"]),
    (Field::Service, &[
        "servicename", "servicesupported", "supportedservice", "servicedelivered",
        "serviceserved", "businessservice", "businessservices", "itservice", "publicservice",
        "applicationservice", "technicalservice", "serviceoffering", "businessprocess",
        "dienst", "dienstleistung", "geschaftsservice", "geschaftsprozess", "fachverfahren",
        "servicerendu", "servicemetier", "servicepublic", "processusmetier",
        "servicio", "servicioprestado", "serviciopublico", "procesodenegocio",
        "servizio", "servizioerogato", "servicoprestado", "servico", "usługa", "tjanst", "tjeneste",
    ]),
    (Field::ServiceOrDepartment, &["service"]),
    (Field::Sensitive, &[
        "sensitive", "sensitivity", "sensitivearea", "sensitivesite", "sensibel",
        "sicherheitsbereich", "sensible", "sitesensible", "zonesensible",
    ]),
    (Field::Owner, &[
        "owner", "assetowner", "ownedby", "assignedto", "managedby", "custodian", "responsible",
        "responsibleperson", "primaryuser", "enduser", "verantwortlich", "verantwortlicher",
        "besitzer", "eigentumer", "responsable", "proprietaire", "propietario",
    ]),
    (Field::Maker, &[
        "manufacturer", "make", "maker", "vendor", "brand", "oem", "mfr", "mfg", "mf", "manf", "mfgr",
        "manufacturername", "vendorname", "productmaker", "productmanufacturer", "devicemaker",
        "devicemanufacturer", "hwvendor", "controllermake", "hubmake", "chargermake", "hersteller",
        "fabrikat", "marke", "herstellername", "fabricant", "constructeur", "marque", "fabricante",
        "marca", "produttore", "fabbricante", "fabrikant", "producent", "manufacturerraw", "vendorraw", "macvendor", "assetmanufacturer", "tblassetcustommanufacturer",
    ]),
    (Field::Model, &[
        "model", "product", "modelname", "modelid", "modelno", "modelnumber", "productname",
        "productmodel", "devicemodel", "hwproduct", "hardwaremodel", "hw", "makemodel",
        "controllermodel", "hubvariant", "chargermodel", "fullproductname", "modelidname", "modell",
        "produkt", "modellbezeichnung", "produktbezeichnung", "geratemodell", "modele", "produit",
        "modelo", "producto", "modello", "prodotto", "modelidentifier", "hardwaremodelname", "assetmodel", "modelidnumber", "modelidmodelnumber", "dpdevicetype",
    ]),
    (Field::OrderCode, &[
        "ordercode", "sku", "partno", "partnumber", "partnum", "productcode", "ordernumber",
        "orderno", "articleno", "articlenumber", "itemno", "itemnumber", "pn", "productno",
        "productnumber", "productid", "regionsuffix", "bestellnummer", "bestellnr", "artikelnummer",
        "artikelnr", "teilenummer", "sachnummer", "materialnummer", "referenceproduit",
        "referencecommande", "codearticle", "codeproduit", "referencia", "codigoproducto", "codigo",
        "numerodeparte",
    ]),
    (Field::Batch, &[
        "batch", "batchno", "batchnumber", "lot", "lotno", "lotnumber", "hwrevision", "hwrev",
        "hardwarerevision", "hwversion", "hardwareversion", "revision", "charge", "los",
        "hardwarestand", "versionmaterielle", "lote",
    ]),
    (Field::Serial, &[
        "serial", "serialnumber", "serialno", "serialnr", "sn", "hostserialnumber", "deviceserial",
        "deviceserialnumber", "servicetag", "seriennummer", "seriennr", "serienr", "numerodeserie",
        "numeroserie", "ndeserie", "nodeserie", "nserie", "numerodiserie", "hardwareserial", "hardwareserialnumber", "biosserialnumber", "ssn", "chassisserial", "deviceserialnumberraw",
    ]),
    (Field::Imei, &[
        "imei", "imei1", "imei2", "imeinumber", "imeino", "imeinummer", "imeinr", "modelimei",
        "equipmentidentity", "imeisv", "imeisvn", "servedimei", "servedimeisv", "deviceimei",
        "modemimei", "currentimei", "numeroimei", "cellularimei", "wwanimei", "mobileimei",
        "sessionstatusimei", "internationalmobileequipmentidentity", "devcellularmodemid",
    ]),
    (Field::Iccid, &[
        "iccid", "sim", "simnumber", "simno", "simcard", "simcardnumber", "simid", "simiccid",
        "iccidwithluhn", "iccidnumber", "icc", "ccid", "simserial", "simserialnumber", "simkarte",
        "simkartennummer", "simnummer", "kartennummer", "cartesim", "numerosim", "tarjetasim",
        "ndesim",
    ]),
    (Field::Eid, &["eid", "euiccid"]),
    (Field::Msisdn, &[
        "msisdn", "phonenumber", "phone", "phoneno", "mobilenumber", "subscribernumber", "mdn",
        "min", "telephone", "telefonnummer", "rufnummer", "numerotelephone", "telefono",
        "numerotelefono", "cellularnumber",
    ]),
    (Field::Imsi, &["imsi", "imsi2", "currentimsi", "servedimsi"]),
    (Field::Mac, &[
        "mac", "macaddress", "macaddr", "macs", "macadresse", "ethernetmac", "lanmac", "wifimac",
        "wifimacaddress", "ethernetmacaddress", "direccionmac", "adressemac", "newestmac", "newestmacaddress", "macaddresses", "primarymac", "hardwareaddress", "hwaddr", "devmac",
    ]),
    (Field::Host, &[
        "hostname", "host", "fqdn", "dnsname", "computername", "systemname", "machinename",
        "rechnername", "nomhote", "nombrehost", "manageddevicehostname", "dnshostname", "netbios", "fqdnname",
    ]),
    (Field::Module, &[
        "module", "cellularmodule", "modem", "modemmodule", "wwan", "wwanname", "wwanmodule",
        "wwancard", "ltemodule", "cellularmodem", "radiomodule", "modemtype", "moduletype",
        "modemname", "funkmodul", "mobilfunkmodul", "modul", "modulecellulaire", "modulocelular",
        "modulo",
    ]),
    (Field::ModuleMaker, &[
        "modulemaker", "modulemanufacturer", "modulemake", "modulevendor", "modemmaker",
        "modemmanufacturer", "modemmake", "modemvendor", "wwanmanufacturer", "wwanvendor",
        "answermodulemaker", "cellularmodulemaker", "cellularmodulemanufacturer", "modulhersteller",
        "fabricantmodule", "fabricantemodulo", "wwanmodulemanufacturer", "cellularmodemmanufacturer",
    ]),
    (Field::ModuleModel, &[
        "modulemodel", "modemmodel", "wwanmodel", "answermodulemodel", "cellularmodulemodel",
        "moduleproduct", "modulepartnumber", "modulmodell", "modultyp", "modelemodule",
        "modelomodulo", "wwanmodulemodel", "cellularmodemmodel",
    ]),
    (Field::HasModule, &[
        "wwanpresent", "hasmodem", "hasmodule", "hascellular", "cellularpresent", "modempresent",
        "cellular",
    ]),
    (Field::NoModule, &["answernomodule", "nomodule", "nomodem"]),
    (Field::Comms, &[
        "comms", "commstype", "communication", "communicationtype", "communications",
        "connectivity", "connectiontype", "wantech", "wantechnology", "bearer", "uplink",
        "kommunikation", "anbindung", "ubertragungsweg", "typecommunication", "comunicacion",
        "tipocomunicacion",
    ]),
    (Field::CommsMaker, &[
        "commsmake", "commsmaker", "commsmanufacturer", "routermake", "routermanufacturer",
        "routermaker",
    ]),
    (Field::CommsModel, &["commsmodel", "routermodel"]),
    (Field::Quantity, &[
        "quantity", "qty", "count", "assetcount", "units", "noofunits", "numberofunits", "qnty",
        "qtyperboard", "amount", "anzahl", "menge", "stuckzahl", "stuck", "quantite", "qte",
        "nombreunites", "cantidad", "unidades",
    ]),
    (Field::Firmware, &[
        "firmware", "fw", "firmwareversion", "fwversion", "softwareversion", "fwrev",
        "firmwarerevision", "firmwarestand", "versionfirmware", "dpfirmwareleveldesc",
    ]),
    (Field::Tac, &["tac", "typeallocationcode"]),
    (Field::Operator, &[
        "carrier", "operator", "network", "networkoperator", "mobileoperator", "carriername",
        "simsupplier", "simprovider", "netzbetreiber", "provider", "operateur", "operador",
        "homeoperator", "subscription",
    ]),
    (Field::SimPlatform, &[
        "rateplan", "communicationplan", "serviceplan", "simstatus", "dataplan",
        "customerserviceprofile", "imeilock", "dateactivated", "activationdate", "ctddatausage",
        "quotastatus", "currentquota", "speedclass", "tariff", "tarif",
        "profiles", "lastsession", "billingcycleenddate", "fleetsid", "dataused", "totaldatausage",
    ]),
    (Field::Respondent, &["respondent", "answeredby", "contact", "ansprechpartner"]),
    (Field::Seen, &[
        "answerdate", "lastseen", "lastcontact", "lastdiscovered", "lastcheckin", "lastsync",
        "lastsyncdatetime", "lastconnectiondate", "lastconnection", "zuletztgesehen",
        "derniereconnexion", "ultimaconexion", "lastcheckintime", "lastcontacttime", "lastseenon", "lastinventory", "lastsynctime", "dplastconnecttime",
    ]),
    (Field::QuestionId, &["questionid"]),
    (Field::Designator, &[
        "designator", "designators", "refdes", "refdesignator", "references", "referencedesignator",
        "referencedesignators", "refs", "ref", "partreference", "componentreference", "bezeichner",
        "bauteilbezeichner", "position", "parts",
    ]),
    (Field::Value, &["value", "val", "wert", "valeur", "valor", "comment"]),
    (Field::Description, &[
        "itemname",
        "description", "desc", "partdescription", "itemdescription", "beschreibung", "descripcion",
        "descrizione",
    ]),
    (Field::PartNumber, &[
        "mpn", "manufacturerpartnumber", "manufacturerpart", "manufacturerpartno", "manufacturerpn",
        "mfrpartnumber", "mfrpart", "mfrpn", "mfgpartnumber", "mfgpart", "mfgpn", "mfrpartno",
        "mfgpartno", "manpartno", "mfpn", "mp", "manfnum", "manufacturerpartnum", "manufacturernumber", "manufacturerno", "mpn1",
        "manufactureritemnumber", "mfritemnumber", "mfgitemnumber", "partid",
        "herstellernummer", "herstellerteilenummer", "herstellerartikelnummer",
        "referencefabricant", "referenciafabricante",
    ]),
    (Field::NotFitted, &[
        "dnp", "dni", "dnf", "dns", "donotpopulate", "donotplace", "notplaced", "notfitted",
        "nofit", "nc",
    ]),
    (Field::Fitted, &[
        "fitted", "populate", "populated", "placed", "mounted", "assemble", "bestuckt", "place",
        "mount",
    ]),
    (Field::Alternates, &[
        "alternates", "alternate", "alternative", "alternatives", "alternatepartnumber",
        "alternatempn", "secondsource", "mpn2", "substitute", "substitutes", "alternativen",
    ]),
    (Field::Reference, &["reference"]),
    (Field::Device, &["device", "gerat", "equipment", "equipement", "equipo"]),
    (Field::Part, &["part", "partname", "component", "componentname", "bauteil", "composant", "componente"]),
    (Field::Footprint, &["footprint", "package", "gehause", "pcbfootprint", "empreinte"]),
    (Field::System, &[
        "os", "operatingsystem", "osname", "platform", "deviceos", "ostype", "betriebssystem",
        "systemedexploitation", "sistemaoperativo",
    ]),
    (Field::Apn, &["apn", "apntype", "accesspointname", "apnart", "typeapn", "tipoapn"]),
    (Field::SimAddress, &["fixedipaddress", "simipaddress", "staticipaddress", "fixedip"]),
    (Field::Segmentation, &[
        "segmentation", "networksegmentation", "netzsegmentierung", "netztrennung",
        "segmentationreseau", "segmentacion",
    ]),
    (Field::RemoteAccess, &[
        "remoteaccess", "remotemaintenance", "fernzugriff", "fernwartung", "accesdistant",
        "telemaintenance", "accesoremoto",
    ]),
    (Field::SimIssuer, &["simissuer", "simowner", "simcontract", "simcontractholder", "simvertrag"]),
    (Field::FirmwareChannel, &[
        "firmwarechannel", "firmwareupdateby", "firmwareupdates", "updatechannel", "fotaowner",
    ]),
    (Field::Cloud, &["cloud", "cloudservice", "cloudoperator", "cloudowner"]),
    (Field::Passes, &["passes", "datapassing", "datenarten"]),
    (Field::SupportUntil, &[
        "supportuntil", "endofsupport", "endofsupportdate", "supportend", "supportenddate",
        "supportende", "supportbis", "finsupport", "findesupport", "findesoporte",
    ]),
];

/// Lower case, accents folded, nothing but letters and digits.
pub fn plain(header: &str) -> String {
    let mut out = String::with_capacity(header.len());
    for c in header.chars() {
        match c {
            'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' | 'Ä' | 'À' | 'Á' | 'Â' | 'Ã' | 'Å' => {
                out.push('a');
            }
            'ë' | 'è' | 'é' | 'ê' | 'É' | 'È' | 'Ê' | 'Ë' => out.push('e'),
            'ï' | 'ì' | 'í' | 'î' | 'Í' | 'Î' => out.push('i'),
            'ö' | 'ò' | 'ó' | 'ô' | 'õ' | 'Ö' | 'Ó' | 'Ô' => out.push('o'),
            'ü' | 'ù' | 'ú' | 'û' | 'Ü' | 'Ú' | 'Û' => out.push('u'),
            'ç' | 'Ç' => out.push('c'),
            'ñ' | 'Ñ' => out.push('n'),
            'ß' => out.push_str("ss"),
            _ if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ => {}
        }
    }
    out
}

/// The field that this plain name stands for.
fn named(plain_name: &str) -> Option<Field> {
    static BY_NAME: LazyLock<BTreeMap<&str, Field>> = LazyLock::new(|| {
        ALIASES
            .iter()
            .flat_map(|(field, names)| names.iter().map(|name| (*name, *field)))
            .collect()
    });
    BY_NAME.get(plain_name).copied()
}

/// The field that a header stands for, `None` if it is not in the table.
///
/// Besides the header as a whole, these are tried: without a part in brackets, without the prefix
/// `u_` of columns added to a CMDB, the last part of a dotted path, and a word `IMEI` or `ICCID`
/// among few.
pub fn field(header: &str) -> Option<Field> {
    let header = header.trim();
    // Most cells that are looked at while a header is searched are none: leave early.
    if header.is_empty()
        || header.len() > 80
        || header
            .bytes()
            .any(|b| matches!(b, b'{' | b'}' | b'<' | b'>' | b'=' | b'\\'))
        || header.bytes().filter(|b| *b == b' ').count() > 6
    {
        return None;
    }
    let whole = plain(header);
    if let Some(found) = named(&whole) {
        // `Mfr. #` is the maker's number, not the maker.
        return Some(if found == Field::Maker && header.contains('#') {
            Field::PartNumber
        } else {
            found
        });
    }
    if let Some((before, _)) = header.split_once(['(', '['])
        && let Some(found) = named(&plain(before))
    {
        return Some(found);
    }
    if let Some(rest) = header.strip_prefix("u_")
        && let Some(found) = named(&plain(rest))
    {
        return Some(found);
    }
    if let Some((before, last)) = header.rsplit_once('.') {
        // `model_id.name` is a model, not a name: the path decides before its last part does.
        if let Some(found) = named(&plain(before)).or_else(|| named(&plain(last))) {
            return Some(found);
        }
    }
    if !(whole.contains("imei") || whole.contains("iccid"))
        || header.contains(':')
        || header.bytes().filter(u8::is_ascii_digit).count() > 3
    {
        return None;
    }
    let words: Vec<String> = header
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(plain)
        .collect();
    if words.len() > 4 {
        return None;
    }
    if words.iter().any(|w| w == "imei") {
        return Some(Field::Imei);
    }
    if words.iter().any(|w| w == "iccid") {
        return Some(Field::Iccid);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_fields() {
        let mut all: Vec<&str> = ALIASES
            .iter()
            .flat_map(|(_, n)| n.iter().copied())
            .collect();
        all.sort_unstable();
        for pair in all.windows(2) {
            if let [a, b] = pair {
                assert_ne!(a, b);
            }
        }
    }

    #[test]
    fn names_are_plain_and_every_field_has_one() {
        for (n, (field, names)) in ALIASES.iter().enumerate() {
            assert_eq!(
                *field as usize, n,
                "order of the table is that of the fields"
            );
            for name in *names {
                assert_eq!(plain(name), *name);
            }
        }
        assert_eq!(ALIASES.len(), FIELDS);
    }

    #[test]
    fn spelling_does_not_matter() {
        assert_eq!(field("Asset Tag"), Some(Field::AssetTag));
        assert_eq!(field("ASSET_TAG"), Some(Field::AssetTag));
        assert_eq!(field("Gerätenummer"), Some(Field::AssetTag));
        assert_eq!(field("Numéro de série"), Some(Field::Serial));
        assert_eq!(field("u_imei"), Some(Field::Imei));
        assert_eq!(field("Serial Number (S/N)"), Some(Field::Serial));
        assert_eq!(field("model_id.name"), Some(Field::Model));
        assert_eq!(field("sessionStatus.imei"), Some(Field::Imei));
        assert_eq!(field("Primary IMEI no."), Some(Field::Imei));
        assert_eq!(field("imei: 86720000"), None);
        assert_eq!(field("Bemerkung"), None);
    }
}
