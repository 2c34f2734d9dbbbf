"""The codes in which prices can be stated: those of ISO 4217, and credits that a book declares."""

from __future__ import annotations

from bothhalves.core.explain import Problem, Where
from bothhalves.core.prices import near

_CODES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD
    LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK
    PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
    TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
ISO_4217 = frozenset(_CODES.split())


def is_code(text: str) -> bool:
    """True for a currency's code in ISO 4217."""
    return text in ISO_4217


def unknown_currency(text: str, where: Where, credits: frozenset[str] = frozenset()) -> Problem:
    """The problem of a currency that is neither a code nor one of ``credits``, units that books declare."""
    known = near(text.upper(), sorted(ISO_4217 | credits), 1)
    hint = f"Did you mean {known[0]}? " if known else ""
    fix = f"{hint}Write a code of ISO 4217 such as EUR, or list a vendor's own unit under credits."
    return Problem("book.currency", where, f"the currency {text[:40]!r} is not known.", fix)
