"""The four frames that open a connection, with both sides proven (docs/protocol.md, section 4)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any, Protocol

from .contract import Contract
from .encoding import to_base64url
from .frames import Malformed, decode
from .identity import Identity, id_of, read_pubkey, verify
from .transcripts import MutualFacts


class Socket(Protocol):
    """What this needs of a WebSocket."""

    async def send(self, message: str) -> None:
        ...

    async def recv(self) -> str | bytes:
        ...


class HandshakeFailed(Exception):
    """The gateway is not the one that was expected, did not prove itself, or refused us for good."""


@dataclass(frozen=True)
class Session:
    """An open connection, as both sides agreed on it."""

    gateway_id: str
    recovery: dict[str, Any]
    """`outcome` is `fresh`, `resumed` or `snapshot_required`, the last with a `reason`."""
    cursor: str
    """Where in the log it begins: the `prev` of the first event."""
    limits: dict[str, int]
    durability: str


async def shake_hands(
    socket: Socket,
    identity: Identity,
    contract: Contract,
    *,
    gateway_id: str | None,
    resume: str | None = None,
    label: str = "python",
) -> Session:
    """Opens a connection. With a `gateway_id` it is pinned: another gateway is not talked to."""
    init = {
        "protocol_rev": contract.revision,
        "protocol_revs": [contract.revision],
        "role": "client",
        "device": {"device_id": identity.device_id, "pubkey": identity.pubkey, "label": label},
        "capabilities": [],
        "client_nonce": to_base64url(secrets.token_bytes(32)),
        "contract_hash": contract.hash,
        **({"resume": {"cursor": resume}} if resume else {}),
    }
    init_text, result_text, result = await _ask(socket, contract, "1", "connect.init", init)
    if result.get("contract_hash") != contract.hash:
        raise HandshakeFailed("the gateway has another contract")
    gateway = result["gateway"]
    gateway_der = read_pubkey(gateway["pubkey"])
    if id_of("gw", gateway_der) != gateway["gateway_id"]:
        raise HandshakeFailed("the id of the gateway is not that of its key")
    if gateway_id is not None and gateway["gateway_id"] != gateway_id:
        raise HandshakeFailed(f"expected the gateway {gateway_id}, found {gateway['gateway_id']}")

    facts = MutualFacts(
        result["connection_id"], identity.device_id, gateway["gateway_id"], init_text, result_text, contract.revision
    )
    proof = identity.sign(facts.peer())
    _, _, proven = await _ask(
        socket, contract, "2", "connect.proof", {"connection_id": result["connection_id"], "proof": proof}
    )
    # Before this line nothing that the gateway said is to be believed.
    if not verify(gateway_der, facts.gateway(proof), proven["gateway_proof"]):
        raise HandshakeFailed("the gateway did not prove that it holds its key")
    return Session(gateway["gateway_id"], proven["recovery"], proven["cursor"], result["limits"], result["durability"])


async def _ask(
    socket: Socket, contract: Contract, request_id: str, operation: str, payload: dict[str, Any]
) -> tuple[str, str, dict[str, Any]]:
    """Sends a request and reads its response: both as the text that travelled, and what the response says."""
    request = {"request_id": request_id, "type": operation, "payload": payload}
    contract.check_frame("request", request)
    text = json.dumps(request, ensure_ascii=False)
    await socket.send(text)
    reply = await socket.recv()
    if not isinstance(reply, str):
        raise HandshakeFailed("a binary frame")
    frame = decode(reply, contract)
    if isinstance(frame, Malformed):
        raise HandshakeFailed(frame.message)
    contract.check_frame(frame.kind, frame.content)
    if frame.kind == "error_response":  # revision_unsupported or contract_mismatch: somebody has to upgrade
        raise HandshakeFailed(f"{frame.content['error']['code']}: {frame.content['error']['message']}")
    if frame.kind != "ok_response" or frame.content["request_id"] != request_id or frame.content["type"] != operation:
        raise HandshakeFailed(f"expected the response to {operation}")
    return text, reply, frame.content["result"]
