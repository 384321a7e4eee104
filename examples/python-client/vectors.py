#!/usr/bin/python3
"""Runs every conformance vector of the protocol against this implementation; see README.md."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tyrum import gateway_rules
from tyrum.client import STOP_CODES
from tyrum.contract import Contract
from tyrum.encoding import canonical_json, from_base64url, sha256_base64url
from tyrum.frames import Malformed, decode
from tyrum.identity import Identity, id_of, read_pubkey, verify
from tyrum.transcripts import MutualFacts, revision_2

Case = dict[str, Any]


class Suite:
    """Knows how each file is run. A runner raises AssertionError for a case that does not hold."""

    def __init__(self, package: Path) -> None:
        self._package = package
        self._vectors = package / "vectors"
        self._identities = [
            Identity.from_seed(bytes.fromhex(one["private_key_hex"])) for one in self._read("identity")["accepted"]
        ]

    def run(self) -> bool:
        runners: dict[str, Callable[[dict[str, Any]], int]] = {
            "agreement": self._agreement,
            "canonical-json": self._canonical_json,
            "casts": self._casts,
            "close-codes": self._close_codes,
            "cursors": self._cursors,
            "frames": self._frames,
            "identity": self._identity,
            "signatures": self._signatures,
            "transcripts": self._transcripts,
        }
        passed = True
        for path in sorted(self._vectors.glob("*.json")):
            try:
                print(f"  ✓ {path.name}: {runners[path.stem](self._read(path.stem))} cases")
            except (AssertionError, KeyError) as wrong:
                print(f"  ✗ {path.name}: {wrong!r}")
                passed = False
        return passed

    def _read(self, name: str) -> dict[str, Any]:
        vectors: dict[str, Any] = json.loads((self._vectors / f"{name}.json").read_text("utf-8"))
        return vectors

    def _identity(self, vectors: dict[str, Any]) -> int:
        for one, identity in zip(vectors["accepted"], self._identities, strict=True):
            expect(one["pubkey"], identity.pubkey, one["pubkey"])
            expect(one["pubkey"], read_pubkey(one["pubkey"]), identity.der)
            expect(one["pubkey"], identity.device_id, one["device_id"])
            expect(one["pubkey"], id_of("gw", identity.der), one["gateway_id"])
        for one in vectors["refused"]:
            try:
                read_pubkey(one["pubkey"])
            except ValueError:
                continue
            raise AssertionError(f"{one['why']} was accepted")
        return len(vectors["accepted"]) + len(vectors["refused"])

    def _transcripts(self, vectors: dict[str, Any]) -> int:
        for one in vectors["cases"]:
            facts = dict(one["facts"])
            proof = facts.pop("proof", None)
            if "init_text" in facts:
                mutual = MutualFacts(**facts)
                transcript = mutual.peer() if proof is None else mutual.gateway(proof)
            else:
                transcript = revision_2(**facts)
            signer = self._identities[0 if one["signer"] == "device" else 1]
            expect(one["name"], transcript, one["transcript"])
            expect(one["name"], signer.sign(transcript), one["signature"])
            expect(one["name"], verify(signer.der, transcript, one["signature"]), True)
            for wrong in one["wrong"]:
                expect(f"{one['name']}, {wrong['why']}", verify(signer.der, transcript, wrong["signature"]), False)
        return len(vectors["cases"]) + sum(len(one["wrong"]) for one in vectors["cases"])

    def _signatures(self, vectors: dict[str, Any]) -> int:
        contract = Contract.load(self._package)
        for one in vectors["cases"]:
            well_formed = contract.accepts("values/Signature", one["signature"])
            valid = well_formed and verify(read_pubkey(one["pubkey"]), one["message"], one["signature"])
            expect(one["name"], "valid" if valid else "invalid" if well_formed else "malformed", one["is"])
        return len(vectors["cases"])

    def _canonical_json(self, vectors: dict[str, Any]) -> int:
        for one in vectors["cases"]:
            expect(one["json"], canonical_json(json.loads(one["json"])), one["canonical"])
            expect(one["json"], sha256_base64url(one["canonical"]), one["sha256"])
        return len(vectors["cases"])

    def _frames(self, vectors: dict[str, Any]) -> int:
        for one in vectors["cases"]:
            contract = Contract.load(self._package, one["revision"], unknown_keys=one["unknown_keys"])
            decoded = decode(one["frame"], contract)
            if isinstance(decoded, Malformed):
                expect(one["name"], "malformed", one["kind"])
                expect(one["name"], decoded.path, one["path"])
                expect(one["name"], decoded.request_id, one.get("request_id"))
                expect(one["name"], decoded.response_to, one.get("response_to"))
            else:
                expect(one["name"], decoded.kind.removeprefix("ok_").removeprefix("error_"), one["kind"])
        return len(vectors["cases"])

    def _close_codes(self, vectors: dict[str, Any]) -> int:
        for one in vectors["cases"]:
            expect(str(one["code"]), "stop" if one["code"] in STOP_CODES else "reconnect", one["then"])
        return len(vectors["cases"])

    def _agreement(self, vectors: dict[str, Any]) -> int:
        for one in vectors["cases"]:
            expect(json.dumps(one["offer"]), gateway_rules.agree(one["offer"], one["served"]), one["expected"])
        return len(vectors["cases"])

    def _cursors(self, vectors: dict[str, Any]) -> int:
        for one in vectors["cases"]:
            wish = one["acked"] if one["resume"] == "acked" else one["resume"]
            recovery, at = gateway_rules.recover(wish, vectors["connection"], vectors["logs"][one["log"]])
            expect(one["name"], recovery, one["recovery"])
            expect(one["name"], at, one["cursor_at"])
        return len(vectors["cases"])

    def _casts(self, vectors: dict[str, Any]) -> int:
        expect("the lists", set(vectors), {"about", "send", "send_result", "events", "refusals"})
        old, new = Contract.load(self._package, 2), Contract.load(self._package, 3)
        for one in vectors["send"]:
            old.check("requests/conversation.send.payload", one["at2"])
            cast = gateway_rules.send_up(one["at2"])
            expect("conversation.send", cast, one.get("at3"))
            if cast is not None:
                new.check("requests/conversation.send.payload", cast)
        result = vectors["send_result"]
        expect("its result", {"stream_id": result["at3"]["turn_id"]}, result["at2"])
        for one in vectors["events"]:
            new.check(f"events/{one['type']}", one["payload"])
            words = gateway_rules.event_down(one["type"], one["payload"], old)
            expect(one["type"], words, one["at2"])
            for word in words:
                old.check(f"events/{word['type']}", word["payload"])
        for one in vectors["refusals"]:
            expect(one["type"], gateway_rules.refusal_down(one["type"], one["at3"], old), one["at2"])
        return len(vectors["send"]) + 1 + len(vectors["events"]) + len(vectors["refusals"])


def expect(name: str, found: Any, expected: Any) -> None:
    if found != expected:
        raise AssertionError(f"{name}: expected {expected!r}, found {found!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--contracts", type=Path, required=True, help="the directory of the npm package @tyrum/contracts"
    )
    return 0 if Suite(parser.parse_args().contracts).run() else 1


if __name__ == "__main__":
    sys.exit(main())
