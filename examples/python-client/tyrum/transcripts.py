"""What the two sides sign (docs/protocol.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

from .encoding import sha256_base64url


@dataclass(frozen=True)
class MutualFacts:
    """What both proofs of revision 3 are about. The two frames are hashed byte for byte as they were sent."""

    connection_id: str
    device_id: str
    gateway_id: str
    init_text: str
    result_text: str
    revision: int = 3

    def _lines(self) -> list[str]:
        return [
            f"protocol_rev={self.revision}",
            f"connection_id={self.connection_id}",
            f"device_id={self.device_id}",
            f"gateway_id={self.gateway_id}",
            f"init_sha256={sha256_base64url(self.init_text)}",
            f"result_sha256={sha256_base64url(self.result_text)}",
        ]

    def peer(self) -> str:
        return _text([f"tyrum-connect-proof-v{self.revision}", *self._lines()])

    def gateway(self, proof: str) -> str:
        return _text(
            [f"tyrum-gateway-proof-v{self.revision}", *self._lines(), f"proof_sha256={sha256_base64url(proof)}"]
        )


def revision_2(role: str, device_id: str, connection_id: str, challenge: str) -> str:
    """What a peer of revision 2 signs; the gateway of revision 2 signs nothing."""
    return _text(
        [
            "tyrum-connect-proof",
            "protocol_rev=2",
            f"role={role}",
            f"device_id={device_id}",
            f"connection_id={connection_id}",
            f"challenge={challenge}",
        ]
    )


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
