"""National numbers: strong check digits or layouts stand by themselves, weak ones need their name beside them.

Rows: id, pattern of the number, check, words of which one must stand beside it ("" = none needed). Check digits are those of
python-stdnum; the layouts are the authorities' own. What a document says about itself ("passport no. …") needs a word.
"""

from __future__ import annotations

import re
from typing import Any

from core.privacy.screens import DIGITS, NUMBER

_LEFT, _RIGHT = r"(?<![0-9A-Za-z])(?<![0-9][.,\-])", r"(?![0-9A-Za-z])(?![.,\-][0-9])"
_GAP = r"[ .\-]"

_FISCAL_CODE = "[A-Za-z][0-9]{2}[ABCDEHLMPRSTabcdehlmprst][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]"
_PAN = "[A-Z][0-9]{4}[A-Z]"
_LICENCE = (
    r"(?i) licen[cs]e|«dl› ?(?:number|no)|hrerschein",
    r"(?i)driv(?:er|ing)|«dl› ?(?:number|no)|hrerschein",
)
Row = tuple[str, str, str, str]

NUMBERS: list[Row] = [
    ("fr_nir", r"[12][ ]?[0-9]{2}[ ]?(?:0[1-9]|1[0-2]|[2-9][0-9])[ ]?[0-9][0-9AB][ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{2}",
     "stdnum.fr.nir", ""),
    ("it_codice_fiscale", "[A-Za-z]{6}[0-9]{2}[ABCDEHLMPRSTabcdehlmprst][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]",
     "stdnum.it.codicefiscale", ""),
    ("es_dni", "[0-9]{8}-?[A-HJ-NP-TV-Z]", "stdnum.es.dni", r"\bdni\b|\bnif\b|documento|identidad"),
    ("es_nie", "[XYZ]-?[0-9]{7}-?[A-HJ-NP-TV-Z]", "stdnum.es.nie", ""),
    ("fi_hetu", r"[0-3][0-9][01][0-9][0-9]{2}[+\-A][0-9]{3}[0-9A-FHJ-NPR-Y]", "stdnum.fi.hetu", ""),
    ("cn_ric", r"[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9][0-9]{3}[0-9X]", "stdnum.cn.ric", ""),
    ("mx_curp", r"[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[0-9A-Z][0-9]", "stdnum.mx.curp", ""),
    ("ch_ssn", r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}", "stdnum.ch.ssn", ""),
    ("br_cpf", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", "stdnum.br.cpf", ""),
    ("br_cnpj", r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}/[0-9]{4}-[0-9]{2}", "stdnum.br.cnpj", ""),
    ("br_cpf_bare", "[0-9]{11}", "stdnum.br.cpf", r"\bcpf\b"),
    ("in_aadhaar", r"[2-9][0-9]{3}([ \-]?)[0-9]{4}\1[0-9]{4}", "stdnum.in_.aadhaar", "aadhaar|aadhar|uidai"),
    ("in_pan", "[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]", "stdnum.in_.pan", r"\bpan\b|permanent account|income tax"),
    ("uk_nino", "[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[A-D]", "mixed",
     r"national insurance|\bnino\b|\bni (?:number|no)"),
    ("uk_nhs", r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}", "stdnum.gb.nhs", r"\bnhs\b"),
    ("de_idnr", r"[1-9][0-9](?:[ ]?[0-9]{3}){3}", "stdnum.de.idnr", r"steuer|\bidnr\b|identifikationsnummer|tax id"),
    ("nl_bsn", "[0-9]{9}", "stdnum.nl.bsn", r"\bbsn\b|burgerservice|\bsofi"),
    ("be_nn", r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}", "stdnum.be.nn", ""),
    ("pl_pesel", "[0-9]{11}", "stdnum.pl.pesel", "pesel"),
    ("pt_nif", "[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{3}", "stdnum.pt.nif", r"\bnif\b|contribuinte"),
    ("se_personnummer", r"(?:19|20)?[0-9]{6}[\-+]?[0-9]{4}", "stdnum.se.personnummer",
     "personnummer|personal (?:identity )?number|swedish id"),
    ("dk_cpr", r"[0-9]{6}-?[0-9]{4}", "stdnum.dk.cpr", r"\bcpr\b"),
    ("no_fodselsnummer", r"[0-9]{6}[ ]?[0-9]{5}", "stdnum.no.fodselsnummer", r"f.{1,2}dselsnummer|personnummer|national identity"),
    ("ca_sin", r"[0-9]{3}([ \-]?)[0-9]{3}\1[0-9]{3}", "stdnum.ca.sin", r"\bsin[ :#]|social insurance"),
    ("au_tfn", r"[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{2,3}", "stdnum.au.tfn", r"\btfn\b|tax file"),
    ("au_medicare", r"[2-6][0-9]{3}[ ]?[0-9]{5}[ ]?[0-9](?:[ \-/]?[0-9])?", "", "medicare"),
    ("nz_ird", r"[0-9]{2,3}[ \-]?[0-9]{3}[ \-]?[0-9]{3}", "stdnum.nz.ird", r"\bird\b"),
    ("za_idnr", "[0-9]{13}", "stdnum.za.idnr", r"\bid (?:number|no)|identity (?:number|no)"),
    ("tr_tckn", "[1-9][0-9]{10}", "stdnum.tr.tckimlik", r"kimlik|\btckn?\b"),
    ("kr_rrn", r"[0-9]{6}-[1-8][0-9]{6}", "stdnum.kr.rrn", ""),
    ("sg_nric", "[STFGM][0-9]{7}[A-Z]", "mixed", r"\bnric\b|\bfin\b"),
    ("us_itin", r"9[0-9]{2}-[5-9][0-9]-[0-9]{4}", "", ""),
    ("us_ssn_bare", "[0-8][0-9]{8}", "", r"\bssn\b|social security"),
    ("us_routing", "[0-9]{9}", "stdnum.us.rtn", r"routing|\baba\b"),
    ("bank_account", r"[0-9](?:[ \-]?[0-9]){5,16}", "", r"(?:bank )?account (?:number|no\.?|#)|\bacct\b|kontonummer|sort code"),
    ("passport", "[A-Z]{0,2}[0-9]{6,9}", "", r"passport|reisepass|pasaporte|passeport"),
    ("driver_licence", r"[A-Z0-9](?:[ \-]?[A-Z0-9]){4,17}", "digits",
     r"driv(?:er|ing).{0,3} licen[cs]e|\bdl\b ?(?:number|no)|f.{1,2}hrerschein"),
]  # fmt: skip

KINDS = {"us_ssn_bare": "us_ssn", "us_routing": "bank_account", "bank_account": "bank_account"}


def _screen(pattern: str) -> str:
    """The layout with any separator where one may stand, without what re2 does not know."""
    loose = pattern
    for gap in (r"([ \-]?)", r"[ \-]?", r"[ ]?", r"[.]?", "-?", r"[\-+]?", r"[ \-/]?"):
        loose = loose.replace(gap, "␣*")
    return "‹(?:" + loose.replace(r"\1", "␣*").replace("-[", "␣[").replace("[+\\-A]", "(?:␣|[+A])") + ")"


def _words_screen(words: str) -> str:
    """The same words with edges that re2 finds in escaped text too."""
    bounded = re.sub(r"\\b(?=\w)", "«", words.replace(",2}", ",12}").replace(",3}", ",18}"))
    return bounded.replace(r"\b", "›")


def _screens(name: str, pattern: str, words: str) -> tuple[str, ...]:
    """Most have six digits in a row, which is a gate; the others are screened by what else they have."""
    if name == "driver_licence":
        return _LICENCE
    if name == "it_codice_fiscale":
        return (_FISCAL_CODE,)
    if not words:
        return (_screen(pattern), DIGITS)
    return (_PAN if name == "in_pan" else NUMBER, "(?i)" + _words_screen(words))


def _rule(row: Row) -> dict[str, Any]:
    name, pattern, check, words = row
    return {
        "id": name,
        "kind": KINDS.get(name, "national_id"),
        "pattern": f"{_LEFT}(?:{pattern}){_RIGHT}",
        "screen": _screens(name, pattern, words),
        "check": check,
        "context": words,
        "near_digits": True,
    }


NATIONAL_RULES: list[dict[str, Any]] = [_rule(row) for row in NUMBERS]
