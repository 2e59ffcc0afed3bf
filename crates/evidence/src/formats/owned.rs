//! Sentences in which the writer says which module is in his device: "we have this MC7455", "das
//! verbaute Modem ist ein ...", "我用的是 ...", and lines of a record of one machine that name it.
//!
//! The grammar is data: in each language the words of having, of owning and of being built in, and the
//! words by which a sentence speaks of something else: what works with it, what might be bought, what was
//! there before, examples, questions. A sentence that names several models is a list and says nothing.

use std::ops::Range;

use super::contained;
use crate::source::Names;

/// Longest paragraph held, in bytes.
const PARAGRAPH: usize = 6000;
/// Words between a verb and the name.
const FAR: usize = 8;
/// Characters between them in scripts without blanks.
const FAR_CHARACTERS: usize = 24;
/// Most statements kept of one text.
const MOST: usize = 16;
/// More different modules than that are a list of products.
const PRODUCTS_MOST: usize = 2;

/// The writer has or uses it; the name follows.
const HAVE: &[&str] = &[
    // English
    "i have",
    "i've got",
    "i got",
    "i own",
    "i use",
    "i am using",
    "i'm using",
    "im using",
    "i bought",
    "i purchased",
    "i just bought",
    "i have bought",
    "i just purchased",
    "i ordered and installed",
    "i installed",
    "i have installed",
    "i've installed",
    "i plugged",
    "i inserted",
    "i connected",
    "i am trying to use",
    "i'm trying to use",
    "i am trying to get",
    "i'm trying to get",
    "i try to use",
    "i am running",
    "i'm running",
    "i run",
    "i replaced it with",
    "i am having trouble with",
    "i'm having trouble with",
    "i am having issues with",
    "i'm having issues with",
    "i am working with",
    "i'm working with",
    "i have just purchased",
    "i recently bought",
    "i recently purchased",
    "i have connected",
    "i've connected",
    "i've bought",
    "i also have",
    "i currently have",
    "i currently use",
    "i now have",
    "i swapped in",
    "i put",
    "we have",
    "we've got",
    "we own",
    "we use",
    "we are using",
    "we're using",
    "we bought",
    "we installed",
    "we have installed",
    "we are trying to use",
    "we are trying to get",
    "we're trying to get",
    "we run",
    "we currently use",
    "we deployed",
    "we have deployed",
    "we are running",
    "we are working with",
    "using my",
    "equipped with",
    "fitted with",
    "it has",
    "which has",
    "it uses",
    "comes with",
    "shipped with",
    "has an internal",
    "has a built-in",
    "has an integrated",
    "with an internal",
    "with a built-in",
    "with an integrated",
    "with internal",
    "with built-in",
    "with integrated",
    "contains",
    "hardware:",
    "device under test:",
    "machine has",
    "laptop has",
    "router has",
    "gateway has",
    "device has",
    "board has",
    "laptop with",
    "unit has",
    "box has",
    // German
    "ich habe",
    "ich hab",
    "habe ich",
    "hab ich",
    "ich nutze",
    "nutze ich",
    "ich verwende",
    "verwende ich",
    "ich benutze",
    "benutze ich",
    "ich betreibe",
    "betreibe ich",
    "ich besitze",
    "wir haben",
    "wir nutzen",
    "wir verwenden",
    "wir setzen",
    "haben wir",
    "verbaut ist",
    "verbaute modem ist",
    "eingebaut ist",
    "eingebaut wurde",
    "verbautes",
    "verbaute",
    "darin steckt",
    "drin steckt",
    "steckt ein",
    "modul ist",
    "modem ist",
    "karte erstanden",
    "verwendet wird",
    "zum einsatz kommt",
    "eingesetzt wird",
    "ist mit einem",
    "ist mit einer",
    // French
    "j'ai",
    "j’ai",
    "j'utilise",
    "j’utilise",
    "je possède",
    "je dispose",
    "nous avons",
    "nous utilisons",
    "équipé d'un",
    "équipé du",
    "équipée d'un",
    "équipée d'une",
    "équipé de",
    "intègre un",
    "utilise un",
    "utilise le",
    "utilise une",
    "embarque un",
    "doté d'un",
    "on utilise",
    // Spanish
    "tengo",
    "tenemos",
    "estoy usando",
    "estoy utilizando",
    "compré",
    "he comprado",
    "he instalado",
    "hemos instalado",
    "usamos",
    "utilizamos",
    "usa un",
    "usa una",
    "usa el",
    "utiliza un",
    "utiliza una",
    "utiliza el",
    "lleva un",
    "lleva una",
    "incorpora un",
    "incorpora una",
    "trae un",
    "trae una",
    "equipado con",
    "equipada con",
    "módem instalado es",
    "instalado un",
    "instalado una",
    // Italian
    "ho un",
    "ho una",
    "ho il",
    "ho la",
    "ho comprato",
    "ho acquistato",
    "ho installato",
    "sto usando",
    "sto utilizzando",
    "uso un",
    "uso una",
    "uso il",
    "utilizzo un",
    "utilizzo una",
    "utilizzo il",
    "abbiamo",
    "usa il",
    "utilizza un",
    "utilizza una",
    "utilizza il",
    "monta un",
    "monta una",
    "dotato di",
    "equipaggiato con",
    // Portuguese
    "tenho",
    "temos",
    "estou usando",
    "estou utilizando",
    "estou com",
    "comprei",
    "uso o",
    "uso um",
    "uso uma",
    "utilizo o",
    "utilizo um",
    "utiliza o",
    "usa o",
    "usa um",
    "usa uma",
    "possuo",
    "possui um",
    "equipado com",
    "vem com",
    "instalei",
    // Polish
    "mam",
    "posiadam",
    "używam",
    "korzystam z",
    "kupiłem",
    "zainstalowałem",
    "mamy",
    "używamy",
    "wyposażony w",
    "wykorzystuje",
    "zamontowany jest",
    "zamontowany",
    "siedzi",
    // Russian
    "у меня",
    "имеется",
    "использую",
    "используем",
    "используется",
    "используется модем",
    "купил",
    "установил",
    "подключил",
    "стоит модем",
    "стоит модуль",
    "установлен модем",
    "установлен модуль",
    "установлен",
    "в наличии",
    "есть модем",
    "есть модуль",
    "приобрел",
    "приобрёл",
    "применен",
    "применён",
    "применяется",
    "на модуле",
    "на базе модуля",
    // Ukrainian
    "у мене",
    "маю",
    "використовую",
    "використовуємо",
    "використовується",
    "використано",
    "встановлено",
    "підключив",
    "придбав",
    "встановив",
];

/// The same where words are not set apart by blanks.
const HAVE_JOINED: &[&str] = &[
    "我用的是",
    "我用",
    "我们用",
    "我使用",
    "我们使用",
    "我的",
    "使用的是",
    "用的是",
    "采用的是",
    "采用",
    "模块为",
    "模组为",
    "模块是",
    "模组是",
    "模块用",
    "模组用",
    "型号是",
    "型号为",
    "手上有",
    "手头有",
    "买了",
    "购买了",
    "增加",
    "加装",
    "安装了",
    "插入",
    "插上",
    "外接",
    "接上",
    "配备",
    "搭载",
    "内置",
    "板载",
    "项目使用",
    "设计使用",
    "本机使用",
    "设备使用",
    "系统使用",
    "项目中使用",
    "主要使用",
    "内部使用",
];

/// What follows the name in scripts without blanks.
const BEHIND_JOINED: &[&str] = &[
    "を使って",
    "を使用し",
    "を使い",
    "を使う",
    "を利用し",
    "を接続し",
    "を挿し",
    "を挿入",
    "を搭載",
    "を内蔵",
    "を装着",
    "を載せ",
    "を取り付け",
    "が搭載",
    "が内蔵",
    "が入って",
    "を購入し",
];

/// The writer's own; only kinds of modems may stand between it and the name.
const MINE: &[&str] = &[
    "my",
    "our",
    "mein",
    "meine",
    "meinen",
    "meinem",
    "meiner",
    "unser",
    "unsere",
    "unseren",
    "unserem",
    "mon",
    "ma",
    "mes",
    "notre",
    "nos",
    "mi",
    "mis",
    "nuestro",
    "nuestra",
    "mio",
    "mia",
    "nostro",
    "nostra",
    "meu",
    "minha",
    "nosso",
    "nossa",
    "mój",
    "moja",
    "moim",
    "mojego",
    "mojej",
    "nasz",
    "мой",
    "моя",
    "моего",
    "моём",
    "моем",
    "моей",
    "наш",
    "наша",
    "мій",
    "моя",
    "мого",
];

/// What may stand between it and the name.
const KINDS: &[&str] = &[
    "new",
    "existing",
    "current",
    "internal",
    "built-in",
    "integrated",
    "onboard",
    "external",
    "usb",
    "lte",
    "4g",
    "5g",
    "3g",
    "2g",
    "gsm",
    "gprs",
    "umts",
    "wwan",
    "cellular",
    "m.2",
    "mpcie",
    "minipcie",
    "mini",
    "pcie",
    "pci-e",
    "ngff",
    "modem",
    "module",
    "card",
    "modul",
    "karte",
    "modemu",
    "modem",
    "módem",
    "módulo",
    "modulo",
    "module",
    "carte",
    "clé",
    "stick",
    "internes",
    "interne",
    "internen",
    "neues",
    "neue",
    "neuen",
    "eingebautes",
    "verbautes",
    "laptop's",
    "router's",
    "модем",
    "модуль",
    "модема",
    "модулем",
    "nowy",
    "nuovo",
    "nuevo",
    "novo",
    "nouveau",
    "dongle",
    "surfstick",
    "pcs",
    "of",
    "the",
];

/// It is in; these follow the name.
const IN_PLACE: &[&str] = &[
    "is installed",
    "was installed",
    "are installed",
    "is plugged",
    "is inserted",
    "is connected",
    "is soldered",
    "is mounted",
    "is fitted",
    "is built in",
    "is built into",
    "is integrated",
    "is seated",
    "installed in my",
    "installed in the",
    "installed in a",
    "installed on my",
    "inside my",
    "in my laptop",
    "in my router",
    "in our",
    "in my",
    "card installed",
    "module installed",
    "modem installed",
    "ist verbaut",
    "ist eingebaut",
    "verbaut",
    "eingebaut",
    "eingesteckt",
    "ist installiert",
    "im einsatz",
    "in betrieb",
    "est installé",
    "est installée",
    "est intégré",
    "est monté",
    "est branché",
    "está instalado",
    "está instalada",
    "está conectado",
    "está integrado",
    "è installato",
    "è montato",
    "è collegato",
    "está instalado",
    "jest zamontowany",
    "jest zainstalowany",
    "jest podłączony",
    "zamontowany",
    "установлен",
    "подключен",
    "подключён",
    "стоит в",
    "встановлений",
    "підключений",
    "de esta thinkpad",
    "de la thinkpad",
];

/// A device that has it does not work: `RUT240 with EC25-E fails to connect`.
const WITH: &[&str] = &["with", "mit", "avec", "con", "com", "с", "з", "z"];

/// Words before "with" by which something else is meant.
const NOT_WITH: &[&str] = &[
    "work",
    "works",
    "worked",
    "working",
    "tested",
    "test",
    "tests",
    "compatible",
    "support",
    "deal",
    "interface",
    "interfacing",
    "communicate",
    "communication",
    "integrate",
    "integration",
    "use",
    "used",
    "using",
    "along",
    "together",
    "replace",
    "replaced",
    "experience",
    "start",
    "begin",
    "familiar",
    "started",
    "go",
    "come",
    "comes",
    "equipped",
    "projects",
    "project",
    "example",
    "examples",
    "library",
    "driver",
    "drivers",
    "code",
    "sketch",
    "available",
    "version",
    "variant",
    "option",
    "build",
    "built",
    "compare",
    "compared",
    "boards",
    "devices",
    "modules",
];

/// Words of a device in trouble.
const TROUBLE: &[&str] = &[
    "fails",
    "fail",
    "failing",
    "failed",
    "doesn't",
    "does not",
    "cannot",
    "can't",
    "won't",
    "not working",
    "stopped",
    "no longer connects",
    "keeps",
    "drops",
    "loses",
    "reboots",
    "unstable",
    "hangs",
    "funktioniert nicht",
    "geht nicht",
    "не работает",
    "nie działa",
    "no funciona",
    "ne fonctionne",
    "non funziona",
    "não funciona",
];

/// What somebody saw while it ran: both words of a pair stand in the sentence.
const LIVED: &[(&str, &str)] = &[
    ("мені", "вистачило"),
    ("мене", "запустив"),
    ("мені", "вдалося"),
    ("мне", "хватило"),
    ("меня", "заработал"),
    ("мне", "удалось"),
    ("меня", "запустил"),
    ("bei mir", "läuft"),
    ("bei mir", "funktioniert"),
    ("chez moi", "fonctionne"),
];

/// Words between the verb and the name by which something else is had.
const ELSE_HAD: &[&str] = &[
    "question",
    "questions",
    "experience",
    "code",
    "library",
    "libraries",
    "script",
    "driver",
    "drivers",
    "firmware",
    "datasheet",
    "manual",
    "idea",
    "seen",
    "read",
    "heard",
    "written",
    "made",
    "that",
    "which",
    "about",
    "no",
    "not",
    "never",
    "any",
    "neither",
    "used",
    "been",
    "access",
    "frage",
    "fragen",
    "erfahrung",
    "keine",
    "kein",
    "keinen",
    "pas",
    "jamais",
    "ninguna",
    "ningún",
    "pregunta",
    "duda",
    "nessun",
    "nessuna",
    "nenhum",
    "nie",
    "нет",
    "не",
    "вопрос",
    "немає",
    "питання",
    "sdk",
    "at",
    "commands",
    "command",
    "documentation",
    "docs",
    "schematic",
    "footprint",
    "symbol",
    "package",
    "because",
    "how",
    "whether",
];

/// Words by which a sentence does not say what is there.
const HEDGES: &[&str] = &[
    "support",
    "supports",
    "supported",
    "supporting",
    "compatible",
    "compatibility",
    "e.g",
    "eg",
    "i.e",
    "example",
    "examples",
    "such",
    "or",
    "either",
    "similar",
    "should",
    "would",
    "could",
    "might",
    "may",
    "if",
    "want",
    "wants",
    "wanted",
    "need",
    "needs",
    "plan",
    "plans",
    "planning",
    "planned",
    "consider",
    "considering",
    "thinking",
    "looking",
    "recommend",
    "recommended",
    "recommends",
    "alternative",
    "alternatives",
    "unlike",
    "versus",
    "vs",
    "compared",
    "wish",
    "previously",
    "formerly",
    "emulator",
    "simulator",
    "simulated",
    "mock",
    "fake",
    "wondering",
    "anyone",
    "anybody",
    "someone",
    "returned",
    "sold",
    "refund",
    "don't",
    "haven't",
    "without",
    "optional",
    "optionally",
    "various",
    "several",
    "different",
    "choose",
    "select",
    "todo",
    "tbd",
    "tested",
    "tutorial",
    "article",
    "guide",
    "lesson",
    "course",
    "library",
    "libraries",
    "driver",
    "drivers",
    "könnte",
    "könnten",
    "dürfte",
    "sollte",
    "würde",
    "podría",
    "pourrait",
    "potrebbe",
    "poderia",
    "może",
    "может",
    "upcoming",
    "future",
    "hypothetical",
    "like",
    "ordered",
    "order",
    "waiting",
    "borrow",
    "no",
    "datasheet",
    "signed-off-by",
    "patch",
    "add",
    "adds",
    "added",
    "fix",
    "fixes",
    "unterstützt",
    "unterstützen",
    "kompatibel",
    "oder",
    "könnte",
    "sollte",
    "würde",
    "möchte",
    "wollte",
    "empfohlen",
    "empfehlen",
    "beispielsweise",
    "z.b",
    "früher",
    "wenn",
    "falls",
    "ohne",
    "wahlweise",
    "geplant",
    "suche",
    "statt",
    "statt",
    "gegen",
    "compatibles",
    "ou",
    "pourrait",
    "devrait",
    "voudrais",
    "exemple",
    "recommandé",
    "si",
    "sans",
    "supporte",
    "cherche",
    "soporta",
    "compatible",
    "compatibles",
    "podría",
    "debería",
    "quisiera",
    "quiero",
    "ejemplo",
    "recomendado",
    "sin",
    "busco",
    "soporte",
    "supporta",
    "compatibile",
    "compatibili",
    "oppure",
    "potrebbe",
    "dovrebbe",
    "vorrei",
    "esempio",
    "consigliato",
    "senza",
    "se",
    "cerco",
    "suporta",
    "compatível",
    "compatíveis",
    "poderia",
    "deveria",
    "gostaria",
    "exemplo",
    "recomendado",
    "sem",
    "procuro",
    "obsługuje",
    "zgodny",
    "lub",
    "albo",
    "mógłby",
    "powinien",
    "chciałbym",
    "przykład",
    "przykładem",
    "np",
    "polecany",
    "jeśli",
    "bez",
    "szukam",
    "поддерживает",
    "поддерживаются",
    "поддержка",
    "совместим",
    "совместимы",
    "или",
    "например",
    "хочу",
    "хотел",
    "рекомендую",
    "если",
    "без",
    "ищу",
    "планирую",
    "либо",
    "підтримує",
    "підтримка",
    "сумісний",
    "або",
    "наприклад",
    "хочу",
    "якщо",
    "планую",
];

/// The same where words are not set apart by blanks.
const HEDGES_JOINED: &[&str] = &[
    "支持",
    "可选",
    "兼容",
    "例如",
    "比如",
    "推荐",
    "如果",
    "或者",
    "适配",
    "没有",
    "不支持",
    "可以使用",
    "可使用",
    "可采用",
    "建议",
    "考虑",
    "想要",
    "对应",
    "対応",
    "サポート",
    "例えば",
    "など",
    "予定",
    "または",
    "検討",
    "ない",
    "等模块",
    "等模组",
    "系列模块",
    "吗",
    "驱动",
    "库",
];

/// Nouns of a modem, beside a maker without a model.
const THINGS: &[&str] = &[
    "modem",
    "modems",
    "module",
    "modul",
    "card",
    "stick",
    "dongle",
    "модем",
    "модуль",
    "módem",
    "módulo",
    "modulo",
    "karte",
    "modemu",
    "wwan",
    "lte-modem",
    "lte-modul",
    "surfstick",
];

/// Labels of a record of one machine, in lower case and without blanks; the name stands behind.
const LABELS: &[&str] = &[
    "模块",
    "模组",
    "4g模块",
    "4g模组",
    "5g模块",
    "5g模组",
    "cat1模块",
    "cat1模组",
    "gsm模块",
    "gprs模块",
    "nb模块",
    "nbiot模块",
    "nb-iot模块",
    "lte模块",
    "通信模块",
    "通信模组",
    "通讯模块",
    "通讯模组",
    "无线模块",
    "模块型号",
    "模组型号",
    "使用模块",
    "硬件模块",
    "网络模块",
    "联网模块",
    "测试模块",
    "4g模块型号",
    "modul",
    "lte-modul",
    "lte/4g-modul",
    "4g-modul",
    "5g-modul",
    "mobilfunkmodul",
    "funkmodul",
    "wwan-karte",
    "wwan-modul",
    "lte-karte",
    "modemkarte",
    "verbautesmodem",
    "modemused",
    "moduleused",
    "testedmodem",
    "installedmodem",
    "modeminstalled",
    "installedmodule",
    "wwancard",
    "ltecard",
    "modemcard",
    "cellularcard",
    "wwanmodule",
    "modemhardware",
    "modemdevice",
    "modemmodule",
    "móduloceluar",
    "módulogsm",
    "módulolte",
    "módulo4g",
    "modulogsm",
    "modulolte",
    "modulo4g",
    "módemlte",
    "módem4g",
    "modulegsm",
    "modulelte",
    "module4g",
    "modem4g",
    "modemlte",
    "carte4g",
    "cartelte",
    "модуль",
    "gsm-модуль",
    "lte-модуль",
    "4g-модуль",
    "gsm-модем",
    "4g-модем",
    "lte-модем",
    "4gмодем",
    "gsmмодем",
    "モジュール",
    "通信モジュール",
    "lteモジュール",
    "4gモジュール",
    "モデム",
    "мodem",
    "moduł",
    "modułgsm",
    "modemgsm",
];

/// Headings and labels that name a module only beside its firmware.
const PARTS: &[&str] = &[
    "chip", "chipset", "module", "modem", "modul", "modell", "model", "hardware", "device",
    "gerät", "模块", "模组", "芯片", "型号",
];

const FIRMWARE: &[&str] = &[
    "firmware",
    "fw",
    "firmwareversion",
    "firmware-version",
    "firmwarerevision",
    "revision",
    "固件",
    "固件版本",
    "版本",
    "软件版本",
    "ファームウェア",
    "прошивка",
    "версия",
    "micrologiciel",
    "oprogramowanie",
];

/// A statement: the words of the name and the line they stand on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) words: String,
    pub(crate) line: u64,
}

/// Gathers paragraphs and what they state.
#[derive(Default)]
pub(crate) struct Prose {
    text: String,
    /// Where each line of the paragraph begins, and its number.
    starts: Vec<(usize, u64)>,
    fenced: bool,
    /// Lines of a patch stand in the text.
    patch: bool,
    /// A name that a heading or a label gave, and the line, until its firmware follows.
    part: Option<Statement>,
    found: Vec<Statement>,
}

impl Prose {
    /// Takes a line that belongs to no listing.
    pub(crate) fn line(&mut self, number: u64, line: &str, names: &dyn Names) {
        let text = line.trim();
        if text.starts_with("```") || text.starts_with("~~~") {
            self.flush(names);
            self.fenced = !self.fenced;
            return;
        }
        self.patch |= line.starts_with("+++ ")
            || line.starts_with("diff --git")
            || text.starts_with("Signed-off-by:");
        if self.fenced
            || self.patch
            || text.is_empty()
            || text.len() > PARAGRAPH
            || self.found.len() >= MOST
        {
            self.flush(names);
            return;
        }
        if text.starts_with(['>', '$']) || text.ends_with([';', '{', '}']) || text.starts_with("//")
        {
            self.flush(names);
            return;
        }
        let head = text.starts_with(['#', '-', '*', '•', '|', '+', '='])
            || text
                .split_once(['.', ')'])
                .is_some_and(|(n, _)| n.len() <= 2 && n.bytes().all(|b| b.is_ascii_digit()));
        if head || self.text.len() + text.len() > PARAGRAPH {
            self.flush(names);
        }
        let plain: String = text
            .chars()
            .map(|c| {
                if matches!(c, '\u{2010}'..='\u{2015}') {
                    '-'
                } else {
                    c
                }
            })
            .collect();
        self.labelled(number, &plain, names);
        if self.found.len() < MOST
            && let Some(words) = placed(&plain, names)
        {
            self.found.push(Statement {
                words,
                line: number,
            });
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.starts.push((self.text.len(), number));
        self.text.push_str(&plain);
        if text.starts_with(['#', '=']) {
            self.flush(names);
        }
    }

    /// What was stated; nothing of a text that names many.
    pub(crate) fn finish(mut self, names: &dyn Names) -> Vec<Statement> {
        self.flush(names);
        if self.patch {
            return Vec::new();
        }
        let mut different: Vec<String> = Vec::new();
        for s in &self.found {
            let plain: String = s
                .words
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect();
            if let Some(have) = different
                .iter_mut()
                .find(|d| d.contains(&plain) || plain.contains(d.as_str()))
            {
                if plain.len() > have.len() {
                    *have = plain;
                }
            } else {
                different.push(plain);
            }
        }
        if different.len() > PRODUCTS_MOST {
            return Vec::new();
        }
        let mut out: Vec<Statement> = Vec::new();
        for s in self.found {
            if !out.iter().any(|o| o.words.contains(&s.words)) {
                out.push(s);
            }
        }
        out
    }

    fn flush(&mut self, names: &dyn Names) {
        let text = std::mem::take(&mut self.text);
        let starts = std::mem::take(&mut self.starts);
        if text.is_empty() {
            return;
        }
        let hits = names.find(&text);
        if hits.is_empty() {
            return;
        }
        for sentence in sentences(&text) {
            let Some(part) = text.get(sentence.clone()) else {
                continue;
            };
            let within: Vec<Range<usize>> = hits
                .iter()
                .filter(|h| h.start >= sentence.start && h.end <= sentence.end)
                .map(|h| h.start - sentence.start..h.end - sentence.start)
                .collect();
            let Some(first) = within.first() else {
                continue;
            };
            if self.found.len() < MOST
                && let Some(words) = said(part, &within)
            {
                let at = sentence.start + first.start;
                let line = starts
                    .iter()
                    .rev()
                    .find(|(start, _)| *start <= at)
                    .map_or(1, |(_, n)| *n);
                self.found.push(Statement { words, line });
            }
        }
    }

    /// `模块：4G移远EC200S-CN`; a name behind a label or in a heading, and its firmware below.
    fn labelled(&mut self, number: u64, line: &str, names: &dyn Names) {
        let bare = line.trim_start_matches(|c: char| c.is_whitespace() || "-*•·+#>|".contains(c));
        let heading = line.starts_with('#');
        let (label, value) = bare.split_once(['：', ':']).map_or(("", bare), |(l, v)| {
            if l.len() <= 60 { (l, v) } else { ("", bare) }
        });
        let label: String = label
            .chars()
            .filter(|c| !c.is_whitespace() && !"*`_\"".contains(*c))
            .flat_map(char::to_lowercase)
            .collect();
        if FIRMWARE.contains(&label.as_str()) {
            let word = value.trim().trim_matches(['`', '*', ' ']);
            let is_version = word.bytes().filter(u8::is_ascii_digit).count() >= 3
                && !word.contains(' ')
                && word.len() >= 5;
            if let Some(part) = self.part.take()
                && is_version
                && number <= part.line + 20
            {
                self.found.push(part);
            }
            return;
        }
        let own = LABELS.contains(&label.as_str());
        let part = PARTS.contains(&label.as_str());
        let in_heading = heading
            && label.is_empty()
            && bare
                .split(|c: char| !c.is_alphanumeric())
                .any(|w| THINGS.contains(&w.to_lowercase().as_str()));
        if !own && !part && !in_heading {
            return;
        }
        let hits = names.find(value);
        let Some(first) = hits.first() else { return };
        if hedged(value) || value.contains(['?', '？']) {
            return;
        }
        let lead = value.get(..first.start).unwrap_or_default();
        if lead.split_whitespace().count() > 2 && !in_heading {
            return;
        }
        let Some(words) = contained::phrase(value, first, &hits, true) else {
            return;
        };
        let words = clipped(&words);
        let modelled = words.bytes().any(|b| b.is_ascii_digit());
        let statement = Statement {
            words,
            line: number,
        };
        if own && modelled {
            if self.found.len() < MOST {
                self.found.push(statement);
            }
        } else if modelled {
            self.part = Some(statement);
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || ",;()[]\"“”„«»*`!?/".contains(c))
        .map(|w| w.trim_end_matches(['.', ':']).to_lowercase())
        .filter(|w| !w.is_empty())
        .collect()
}

/// A row of a table of parts: references of placed parts in one cell, the number of the part in another,
/// perhaps its maker in front.
fn placed(line: &str, names: &dyn Names) -> Option<String> {
    let row = line.strip_prefix('|')?;
    let cells: Vec<&str> = row
        .split('|')
        .take(40)
        .map(|c| c.trim().trim_matches(['*', '`']))
        .collect();
    let is_reference = |cell: &str| {
        let mut parts = cell
            .split([',', ' ', '-'])
            .filter(|p| !p.is_empty())
            .peekable();
        parts.peek().is_some()
            && parts.all(|p| {
                let digits = p.trim_start_matches(|c: char| c.is_ascii_uppercase());
                (1..=3).contains(&(p.len() - digits.len()))
                    && (1..=4).contains(&digits.len())
                    && digits.bytes().all(|b| b.is_ascii_digit())
            })
    };
    let reference = cells.iter().position(|c| is_reference(c))?;
    if cells.len() < 4 {
        return None;
    }
    for (at, cell) in cells.iter().enumerate().skip(reference + 1) {
        let states_part = cell.len() <= 40
            && !cell.contains(char::is_whitespace)
            && cell.bytes().any(|b| b.is_ascii_digit())
            && names.find(cell).first().is_some_and(|n| n.start == 0);
        if states_part {
            let maker = at
                .checked_sub(1)
                .and_then(|i| cells.get(i))
                .filter(|m| m.len() <= 40 && names.find(m).first().is_some_and(|n| n.start == 0));
            return Some(match maker {
                Some(maker) => format!("{maker} {cell}"),
                None => (*cell).to_owned(),
            });
        }
    }
    None
}

fn hedged(text: &str) -> bool {
    words(text).iter().any(|w| HEDGES.contains(&w.as_str()))
        || HEDGES_JOINED.iter().any(|h| text.contains(h))
}

/// A sentence with its names: the words of the module that it says is there.
fn said(text: &str, names: &[Range<usize>]) -> Option<String> {
    if text.contains(['?', '？', '=']) || hedged(text) || text.contains("::") || text.contains("->")
    {
        return None;
    }
    let modelled = |r: &Range<usize>| {
        text.get(r.clone())
            .is_some_and(|n| n.bytes().any(|b| b.is_ascii_digit()))
    };
    let first = names.first()?;
    let lower_before = text.get(..first.start)?.to_lowercase();
    let lower_after = text.get(first.end..)?.to_lowercase();
    let spoken = have(&lower_before)
        || mine(&lower_before, text, names)
        || in_place(&lower_after)
        || with(&lower_before, &text.to_lowercase())
        || joined(text, first, &lower_after)
        || LIVED.iter().any(|(a, b)| {
            let lower = format!("{lower_before} {lower_after}");
            lower.contains(a) && lower.contains(b)
        });
    if !spoken {
        return None;
    }
    let any_model = names.iter().any(modelled);
    if !any_model {
        // A maker alone, beside the noun of a modem and nothing else of his.
        let all = words(text);
        let thing = all.iter().any(|w| THINGS.contains(&w.as_str()));
        let other = all.iter().any(|w| {
            [
                "phone",
                "smartphone",
                "switch",
                "ont",
                "onu",
                "gps",
                "gnss",
                "router",
                "tablet",
                "handy",
                "wifi",
                "wi-fi",
                "telefon",
                "телефон",
                "роутер",
                "antenna",
            ]
            .contains(&w.as_str())
        });
        if !thing || other {
            return None;
        }
    }
    contained::phrase(text, first, names, true).map(|words| clipped(&words))
}

/// Up to the first mark that ends a clause in scripts without blanks.
fn clipped(words: &str) -> String {
    words
        .split(['，', '。', '；', '、', '：', '（', '）'])
        .next()
        .unwrap_or_default()
        .trim_matches(['`', ' ', '*'])
        .to_owned()
}

/// The word boundary in front of a phrase.
fn begins(before: &str, at: usize) -> bool {
    before
        .get(..at)
        .and_then(|b| b.chars().next_back())
        .is_none_or(|c| !c.is_alphanumeric() && c != '\'')
}

fn have(before: &str) -> bool {
    HAVE.iter().any(|verb| {
        before.match_indices(verb).take(8).any(|(at, _)| {
            let between = before.get(at + verb.len()..).unwrap_or_default();
            let ends = between.chars().next().is_none_or(|c| !c.is_alphanumeric());
            let far = words(between);
            begins(before, at)
                && ends
                && far.len() <= FAR
                && !between.contains([';', '。'])
                && !far.iter().any(|w| ELSE_HAD.contains(&w.as_str()))
        })
    })
}

/// `my new LTE modem EC25`.
fn mine(before: &str, text: &str, names: &[Range<usize>]) -> bool {
    let all = words(before);
    for word in all.iter().rev().take(6) {
        if MINE.contains(&word.as_str()) {
            return true;
        }
        let maker = names.iter().any(|n| {
            text.get(n.clone())
                .is_some_and(|n| n.to_lowercase().contains(word.as_str()))
        });
        if !KINDS.contains(&word.as_str()) && !maker {
            return false;
        }
    }
    false
}

fn in_place(after: &str) -> bool {
    IN_PLACE.iter().any(|phrase| {
        after.find(phrase).is_some_and(|at| {
            let between = after.get(..at).unwrap_or_default();
            words(between).len() <= 5 && begins(after, at) && !between.contains([';', ':', '.'])
        })
    })
}

fn with(before: &str, whole: &str) -> bool {
    let all = words(before);
    let Some(at) = all.iter().rposition(|w| WITH.contains(&w.as_str())) else {
        return false;
    };
    let between = all.get(at + 1..).unwrap_or_default();
    let front = at.checked_sub(1).and_then(|i| all.get(i));
    between.len() <= 4
        && between.iter().all(|w| {
            KINDS.contains(&w.as_str())
                || matches!(
                    w.as_str(),
                    "a" | "an" | "ein" | "einem" | "einer" | "un" | "une" | "una" | "um"
                )
        })
        && front.is_some_and(|w| {
            !NOT_WITH.contains(&w.as_str()) && w.bytes().any(|b| b.is_ascii_digit())
        })
        && TROUBLE.iter().any(|t| whole.contains(t))
}

fn joined(text: &str, first: &Range<usize>, after: &str) -> bool {
    let before = text.get(..first.start).unwrap_or_default();
    let near = HAVE_JOINED.iter().any(|verb| {
        before.rfind(verb).is_some_and(|at| {
            let between = before.get(at + verb.len()..).unwrap_or_default();
            between.chars().count() <= FAR_CHARACTERS && !between.contains(['，', '。', '；', '、'])
        })
    });
    near || BEHIND_JOINED.iter().any(|verb| {
        after.find(verb).is_some_and(|at| {
            after
                .get(..at)
                .is_some_and(|b| b.chars().count() <= 20 && !b.contains(['、', '。']))
        })
    })
}

/// Sentences of a paragraph, with the mark that ends them.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0usize;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, n)| *n);
        let ends = matches!(c, '。' | '！' | '？')
            || matches!(c, '.' | '!' | '?')
                && next.is_none_or(char::is_whitespace)
                && !text.get(..at).is_some_and(|b| {
                    let last = b
                        .rsplit(|c: char| c.is_whitespace() || c == '(')
                        .next()
                        .unwrap_or_default();
                    matches!(
                        last,
                        "e.g"
                            | "z.B"
                            | "i.e"
                            | "vs"
                            | "incl"
                            | "ca"
                            | "approx"
                            | "np"
                            | "Nr"
                            | "No"
                    )
                });
        if ends {
            let to = at + c.len_utf8();
            out.push(from..to);
            from = to;
            if out.len() >= 400 {
                break;
            }
        }
    }
    if from < text.len() {
        out.push(from..text.len());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Known;
    impl Names for Known {
        fn find(&self, text: &str) -> Vec<Range<usize>> {
            let mut found: Vec<Range<usize>> = Vec::new();
            for name in [
                "Quectel",
                "Sierra Wireless",
                "移远",
                "美格",
                "SIMCOM",
                "Telit",
                "HE910-G",
                "MC7455",
                "EM7455",
                "EC25-E",
                "EC25",
                "EC200S-CN",
                "SLM750",
                "SIM7600G-H",
                "SIM7600",
                "SIM800L",
                "ME909s",
                "EG18-EA",
            ] {
                for (at, n) in text.match_indices(name) {
                    if !found.iter().any(|f| f.contains(&at)) {
                        found.push(at..at + n.len());
                    }
                }
            }
            found.sort_by_key(|r| r.start);
            found
        }
    }

    fn of(text: &str) -> Vec<String> {
        let mut prose = Prose::default();
        for (n, line) in text.lines().enumerate() {
            prose.line(n as u64 + 1, line, &Known);
        }
        prose.finish(&Known).into_iter().map(|s| s.words).collect()
    }

    #[test]
    fn the_writer_has_it() {
        for (text, words) in [
            ("Hi, I'm trying to use a Telit HE910-G.", "Telit HE910-G"),
            (
                "We have this Sierra Modem Sierra \"MC7455 LTE Module\" (https://example.org/1).",
                "MC7455",
            ),
            (
                "I have a LHG LTE18 kit with an internal Quectel EG18\u{2011}EA modem.",
                "Quectel EG18-EA",
            ),
            ("RUT240 with EC25-E fails to connect.", "EC25-E"),
            ("My new LTE modem EC25 is not detected.", "EC25"),
            (
                "La ThinkPad X1 Yoga auditada usa una\nSierra Wireless EM7455 en modo `cdc_mbim`.",
                "Sierra Wireless EM7455",
            ),
            (
                "Das verbaute Modem ist ein Quectel EC25-E.",
                "Quectel EC25-E",
            ),
            (
                "Ich habe in meinem Notebook eine Sierra Wireless EM7455 Karte.",
                "Sierra Wireless EM7455",
            ),
            (
                "J'utilise un module SIM800L sur une carte maison.",
                "SIM800L",
            ),
            ("Sto usando un modem Quectel EC25.", "Quectel EC25"),
            ("Estou usando o SIM800L com um Arduino.", "SIM800L"),
            (
                "W moim routerze mam modem Quectel EC25 ze starym firmware.",
                "Quectel EC25",
            ),
            ("У меня модем Quectel EC25 в роутере.", "Quectel EC25"),
            ("### 模块：4G移远EC200S-CN", "移远EC200S-CN"),
            (
                "通过增加PCIE接口的美格4G模块`SLM750`，进行拨号上网。",
                "美格4G模块`SLM750",
            ),
            ("SIM7600G-Hを使ってLTE通信をしました。", "SIM7600G-H"),
            (
                "## 4G/LTE Modul (SIMCOM SIM7600G-H)\n\n- Firmware: LE20B04SIM7600G22",
                "SIMCOM SIM7600G-H",
            ),
        ] {
            assert_eq!(of(text), [words], "{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_stated() {
        for text in [
            "The driver supports the Quectel EC25.",
            "I have a question about the Quectel EC25.",
            "Should I buy a Quectel EC25?",
            "I want to use a Quectel EC25 in my router.",
            "We recommend a voice-capable modem (e.g. Sierra Wireless EM7455).",
            "I don't have a Quectel EC25.",
            "I wrote a library for the SIM800L.",
            "Works with Quectel EC25 and SIM7600.",
            "I have tested EC25, SIM7600 and ME909s.",
            "I previously had a Sierra Wireless EM7455.",
            "|4G通信|支持移远EC20 4G LTE模块|",
            "8. 支持美格SLM750 4G通信模组",
            "- Módem WWAN compatible, por ejemplo Quectel EC25.",
            "## LTE Module (SIM7600)\n\nCall begin() first.",
            "Diagnóstico de rádio testado com: Quectel EC25",
            "> I have a Quectel EC25 here",
            "Ich suche eine Quectel EC25.",
            "+++ b/drivers/net/usb/qmi_wwan.c\n I have a Quectel EC25.",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_placed_part_is_stated() {
        assert_eq!(
            of("| 10 | 1 | U14 | Quectel | EC25-E | LTE module | LGA | No |"),
            ["Quectel EC25-E"]
        );
        assert!(of("| Model | EC25-E | LTE | yes |").is_empty());
        assert!(of("| U3 | MAX3232 | level shifter for the EC25 | 1 |").is_empty());
    }

    #[test]
    fn what_is_tried_taught_or_thought_of_is_not_his() {
        for text in [
            "In this tutorial we use a SIM7600 module to send an SMS.",
            "We have tested with Quectel EC25 and it works.",
            "The SIM7600 library is installed in my Arduino IDE.",
            "I do not have a Quectel EC25, only the board is missing.",
            "We removed the Quectel EC25 from our meter last year.",
            "Is there anyone who is using a Quectel EC25 with OPNsense?",
            "I have read the datasheet of the Quectel EC25 and it says 3.8 V.",
            "Our competitor uses a Quectel EC25 in their tracker.",
        ] {
            assert!(of(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_text_of_many_is_a_list() {
        let text = "I have a Quectel EC25.\n\nI have a SIM7600.\n\nI have a MC7455.";
        assert!(of(text).is_empty());
    }
}
