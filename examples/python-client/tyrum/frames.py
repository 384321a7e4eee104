"""Text to frame: which of the three classes it is, or what is wrong with it (docs/protocol.md, section 3)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from .contract import Contract, ContractViolation

MAX_DEPTH = 64

FrameKind = Literal["request", "ok_response", "error_response", "event"]


@dataclass(frozen=True)
class Frame:
    kind: FrameKind
    content: dict[str, Any]


@dataclass(frozen=True)
class Malformed:
    path: list[Any]
    message: str
    request_id: str | None = None
    """Of a request that can be answered with the refusal."""
    response_to: str | None = None
    """Of the request whose response this was meant to be."""


def decode(text: str, contract: Contract) -> Frame | Malformed:
    """Reads an envelope; what it carries is for `Contract.check_frame`."""
    if _too_deep(text):
        return Malformed([], f"nested deeper than {MAX_DEPTH}")
    try:
        content = json.loads(text)
    except ValueError:
        return Malformed([], "not JSON")
    if not isinstance(content, dict):
        return Malformed([], "not an object")

    kind = _kind(content)
    if kind is None:
        return Malformed(["ok"], "neither true nor false", response_to=_id(content, contract))
    known = contract.schemas[f"frames/{kind}"]["properties"]
    if contract.unknown_keys == "drop":
        content = {key: value for key, value in content.items() if key in known}
    try:
        contract.check(f"frames/{kind}", content)
    except ContractViolation as violation:
        name = _id(content, contract)
        return Malformed(
            violation.path[:1],
            str(violation),
            request_id=name if kind == "request" else None,
            response_to=name if kind in ("ok_response", "error_response") else None,
        )
    return Frame(kind, content)


def _kind(content: dict[str, Any]) -> FrameKind | None:
    match content:
        case {"ok": True}:
            return "ok_response"
        case {"ok": False}:
            return "error_response"
        case {"ok": _}:
            return None
        case {"event_id": _}:
            return "event"
    return "request"


def _id(content: dict[str, Any], contract: Contract) -> str | None:
    """The `request_id`, if it is one."""
    limits = contract.schemas["frames/request"]["properties"]["request_id"]
    name = content.get("request_id")
    return name if isinstance(name, str) and limits["minLength"] <= len(name) <= limits["maxLength"] else None


def _too_deep(text: str) -> bool:
    """Before it is parsed: a parser that recurses would have spent its stack by then."""
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            escaped, in_string = character == "\\" and not escaped, character != '"' or escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif character in "]}":
            depth -= 1
    return False
