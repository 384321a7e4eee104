"""The three encodings of the wire: base64url and base32 without padding, and canonical JSON."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

_CANONICAL = re.compile(r"[A-Za-z0-9_-]*\Z")


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Reads the one canonical encoding. Python's decoder also takes padding, stray bits and foreign characters."""
    if not _CANONICAL.match(text) or len(text) % 4 == 1:
        raise ValueError("not base64url without padding")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise ValueError("not the canonical base64url of its bytes")
    return data


def sha256_base64url(data: str | bytes) -> str:
    return to_base64url(hashlib.sha256(data.encode() if isinstance(data, str) else data).digest())


def base32(data: bytes) -> str:
    return base64.b32encode(data).rstrip(b"=").decode("ascii").lower()


def canonical_json(value: Any) -> str:
    """RFC 8785: no whitespace, keys in the order of their UTF-16 code units, numbers as JavaScript writes them."""
    match value:
        case dict():
            keys = sorted(value, key=_utf16_units)
            return "{" + ",".join(f"{_string(key)}:{canonical_json(value[key])}" for key in keys) + "}"
        case list():
            return "[" + ",".join(canonical_json(item) for item in value) + "]"
        case str():
            return _string(value)
        case bool() | None:
            return json.dumps(value)
        case _:
            return _number(float(value))


def _utf16_units(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(number: float) -> str:
    # Python finds the same shortest digits as JavaScript, and writes them with other exponents.
    if number == 0:
        return "0"
    mantissa, _, exponent = f"{number!r}".partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    # The value is 0.digits times ten to the power of point.
    point = len(whole + fraction) - len(fraction) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        text = digits.ljust(point, "0")
        return sign + text[:point] + ("." + text[point:] if len(text) > point else "")
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    shown = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{shown}e{point - 1:+d}"
