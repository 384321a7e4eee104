"""The contract as files: every frame is checked against the JSON Schemas (2020-12) that the protocol ships."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Iterator, Literal

from jsonschema import Draft202012Validator, FormatChecker, RefResolver, ValidationError, validators

from .encoding import canonical_json, sha256_base64url


class ContractViolation(Exception):
    """Something does not fit the contract; `path` leads to the place."""

    def __init__(self, what: str, path: list[Any], message: str) -> None:
        super().__init__(f"{what}: {'.'.join(map(str, path)) or 'the whole'}: {message}")
        self.path = path


@dataclass(frozen=True, eq=False)
class Contract:
    """One revision of the contract, read from a directory laid out as the npm package @tyrum/contracts."""

    revision: int
    hash: str
    """The `contract_hash` of the handshake."""
    schemas: dict[str, Any]
    """By their name below `json-schema/<revision>/`, such as `events/turn.queued`."""
    resolver: RefResolver
    unknown_keys: Literal["refuse", "drop"]
    """Of a frame that is read. A peer that must outlive upgrades drops them; one that proves a gateway right refuses."""

    @classmethod
    def load(cls, package: Path, revision: int = 3, *, unknown_keys: Literal["refuse", "drop"] = "drop") -> Contract:
        root = package / "json-schema" / str(revision)
        schemas = {
            path.relative_to(root).with_suffix("").as_posix(): json.loads(path.read_text("utf-8"))
            for kind in ("values", "frames", "requests", "events")
            for path in sorted((root / kind).glob("*.json"))
        }
        if not schemas:
            raise FileNotFoundError(f"no schemas in {root}")
        resolver = RefResolver("", None, store={schema["$id"]: schema for schema in schemas.values()})
        artefact = json.loads((package / "revisions" / f"{revision:04d}.json").read_text("utf-8"))
        return cls(revision, sha256_base64url(canonical_json(artefact)), schemas, resolver, unknown_keys)

    def knows(self, name: str) -> bool:
        return name in self.schemas

    def check(self, name: str, value: Any) -> None:
        """Raises ContractViolation unless the value is valid under the schema of that name."""
        for error in _validator(self.schemas[name]["$id"], self).iter_errors(value):
            raise ContractViolation(name, _place(error), error.message)

    def accepts(self, name: str, value: Any) -> bool:
        return bool(_validator(self.schemas[name]["$id"], self).is_valid(value))

    def check_frame(self, kind: str, frame: dict[str, Any]) -> None:
        """Checks the envelope, and what is in it. A response is checked under the type that it says."""
        self.check(f"frames/{kind}", frame)
        operation = frame["type"]
        match kind:
            case "request":
                self.check(f"requests/{operation}.payload", frame["payload"])
            case "event" if self.knows(f"events/{operation}"):  # others are newer than us, and ignored
                self.check(f"events/{operation}", frame["payload"])
            case "ok_response" if self.knows(f"requests/{operation}.result"):
                self.check(f"requests/{operation}.result", frame.get("result"))
            case "ok_response" if frame.get("result", {}) != {}:
                raise ContractViolation(operation, ["result"], "expected none, or {}")


@cache
def _validator(schema_id: str, contract: Contract) -> Draft202012Validator:
    schema = contract.resolver.store[schema_id]
    return _Validator(schema, resolver=contract.resolver, format_checker=FormatChecker())


def _place(error: ValidationError) -> list[Any]:
    """Where it is wrong: for a missing or an unknown key, that key."""
    path = list(error.absolute_path)
    match error.validator:
        case "required":
            return path + [key for key in error.validator_value if key not in error.instance][:1]
        case "additionalProperties":
            return path + [key for key in error.instance if key not in error.schema.get("properties", {})][:1]
    return path


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    # Patterns are those of ECMA 262: in Python a plain `$` would also match before a line end, and `\d` any digit of Unicode.
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance, re.ASCII):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator = validators.extend(Draft202012Validator, {"pattern": _pattern})
