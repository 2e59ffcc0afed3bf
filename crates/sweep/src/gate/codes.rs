//! What a line is told for.

/// The code of a line in which nothing is recognised and which passes.
pub(super) const NOTHING: &str = "no-module-recognised";

/// Codes of lines, with what each means.
pub const CODES: &[(&str, &str)] = &[
    (
        "prohibited",
        "A rule of the chosen packs forbids buying this on the day asked about.",
    ),
    (
        "restricted-from",
        "A rule of the chosen packs will forbid it, or oblige, from a later day.",
    ),
    ("duty-applies", "Buying it brings a duty with it."),
    (
        "needs-legal-reading",
        "The instrument's text must be read by a lawyer for this line.",
    ),
    (
        "insufficient-evidence",
        "The list does not say what a rule asks for.",
    ),
    (
        "maker-not-settled",
        "The line is a product or part that holds one of several makers' modules, and the rules treat them differently.",
    ),
    (
        "alternates-differ",
        "The list lets other parts be delivered in place of this one, and the rules treat them differently.",
    ),
    (
        "advisory",
        "Advised, recommended, proposed or listed; no law forbids it.",
    ),
    ("exempt", "A stated exception of the rule applies."),
    (
        "allowed",
        "A cellular module is recognised, and no chosen rule stands against it.",
    ),
    (
        "not-applicable",
        "No chosen rule reaches this purchase: choose packs or a stage that do.",
    ),
    (
        "maker-named",
        "No cellular module is recognised, and a chosen pack names the maker that the line states.",
    ),
    (
        "cellular-not-identified",
        "The line speaks of cellular radio, and which module it is is not known.",
    ),
    (
        "module-optional",
        "A product that can be fitted with a cellular module: whether and with which is to be asked.",
    ),
    (
        "product-not-known",
        "The catalogue knows nothing of this product: what is inside is to be asked.",
    ),
    (
        "no-module-recognised",
        "No cellular module is recognised in this line of a parts list. That is what the catalogue knows, not a statement that there is none.",
    ),
    (
        "not-fitted",
        "The list says that this part is not placed: nothing is bought by this line.",
    ),
];
