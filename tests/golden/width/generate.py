"""Makes src/report/width/table.rs from the Unicode data, and what tests/report/tables.rs compares with.

    pip install unicodedata2 wcwidth
    python3 tests/golden/width/generate.py

The table is made from general categories and East Asian widths. The frozen widths are those of
wcwidth, which many programs lay out terminals with and which has its own tables.
"""

import pathlib

import unicodedata2 as unicode
import wcwidth

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE.parents[2] / "src/report/width/table.rs"
# Format characters that are drawn: the soft hyphen, and signs that stand before Arabic, Syriac and
# Kaithi numbers (Prepended_Concatenation_Mark).
DRAWN = {0xAD, *range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
# Characters that are no marks and still invisible: Hangul fillers, and places that Unicode keeps for
# more of the kind (Default_Ignorable_Code_Point).
UNSEEN = {0x3164, 0xFFA0, 0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)}
# Hangul vowels and finals stand in the columns of the consonant before them.
JOINED = {*range(0x1160, 0x1200), *range(0xD7B0, 0xD800)}
EVERY = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def category(code):
    return unicode.category(chr(code))


def wide(code):
    return unicode.east_asian_width(chr(code)) in "WF"


def zero(code):
    marks = category(code) in ("Mn", "Me", "Cf", "Zl", "Zp", "Cc")
    wide_mark = category(code) == "Mc" and wide(code)
    return (marks or wide_mark or code in UNSEEN or code in JOINED) and code not in DRAWN


def ranges(chosen, indifferent):
    """Runs of chosen characters; what lies between two runs and is indifferent joins them."""
    runs = []
    for code in filter(chosen, EVERY):
        if runs and all(map(indifferent, range(runs[-1][1] + 1, code))):
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return runs


def rust(name, what, runs):
    pairs = [f"({first:#06X}, {last:#06X})".replace("0X", "0x") for first, last in runs]
    lines = ["    " + ", ".join(pairs[at : at + 5]) + "," for at in range(0, len(pairs), 5)]
    text = "\n".join(lines)
    return f"/// {what}\n#[rustfmt::skip]\npub(super) const {name}: [(u32, u32); {len(runs)}] = [\n{text}\n];\n"


unassigned = lambda code: category(code) == "Cn"
NONE = ranges(zero, lambda code: unassigned(code) and not wide(code))
TWO = ranges(lambda code: wide(code) and not zero(code), lambda code: zero(code) or unassigned(code))
TABLE.write_text(
    f"""//! Which characters take no column of a terminal and which take two: Unicode {unicode.unidata_version}.
//!
//! Made by `tests/golden/width/generate.py` from general categories and East Asian widths. A range
//! runs over characters that are not assigned yet where both its neighbours are in it.

{rust("NONE", "First and last of each range of characters that take no column.", NONE)}
{rust("TWO", "The same for two columns, but for those of `NONE` among them.", TWO)}"""
)

# A spacing mark has a column by itself and none to wcwidth, half a flag one and not two.
apart = lambda code: category(code) in ("Mc", "Cc", "Cn") or 0x1F1E6 <= code <= 0x1F1FF
runs = []
for code in EVERY:
    if apart(code):
        continue
    width = wcwidth.wcwidth(chr(code))
    if runs and runs[-1][2] == width and all(map(apart, range(runs[-1][1] + 1, code))):
        runs[-1][1] = code
    else:
        runs.append([code, code, width])
SEQUENCES = """⌚ ⌚\ufe0e © ©\ufe0f ❤ ❤\ufe0f ☺\ufe0f ✅ ❌ ⭐ ⏳ ⚡ 🟢 🪐 🫠 1\ufe0f\u20e3 #\ufe0f\u20e3
か\u3099 e\u0301 ᄒ\u1161\u11ab 한 👩\u200d🚀 👍🏽 🏽 ⛹🏽\u200d♂\ufe0f 🇩🇪 🇩🇪🇫🇷 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈
👨\u200d👩\u200d👧 🐻\u200d❄\ufe0f 👁\ufe0f\u200d🗨\ufe0f 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f
a👩\u200d🚀b ｆｕｌｌ ｶﾅ 10\u202fµs/m² x\u0302\u0304 ∑ᵢ数 ✅🇩🇪""".split()
with open(HERE / "widths.txt", "w") as file:
    print(f"# wcwidth {wcwidth.__version__}, Unicode {wcwidth.list_versions()[-1]}", file=file)
    for first, last, width in runs:
        print(f"{first:04X} {last:04X} {width}", file=file)
    for text in SEQUENCES:
        print("text", text, wcwidth.wcswidth(text), file=file)
