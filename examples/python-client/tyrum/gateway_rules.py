"""Rules that only a gateway applies. A client needs none of them; they are here because the vectors cover them."""

from __future__ import annotations

from typing import Any

from .contract import Contract

Json = dict[str, Any]


def agree(offer: Json, served: Json) -> Json:
    """Which revision two sides speak, or why none (docs/protocol.md, section 10)."""
    bare = "protocol_revs" not in offer
    offered = offer.get("protocol_revs", [offer["protocol_rev"]])
    # Without the list only revision 2 can be meant, whatever the number says.
    common = set(served["revisions"]) & ({2} & set(offered) if bare else set(offered))
    if not common:
        upgrade = "client" if max(served["revisions"]) > max(offered) else "gateway"
        details = {"offered": offered, "supported": served["revisions"], "upgrade": upgrade}
        return {"outcome": "revision_unsupported", "details": details}
    revision = max(common)
    expected, received = served["hashes"][str(revision)], offer.get("contract_hash", "")
    if not bare and revision == offer["protocol_rev"] and received != expected:
        details = {"revision": revision, "expected": expected, "received": received}
        return {"outcome": "contract_mismatch", "details": details}
    known = {(one["id"], one["hash"]) for one in offer.get("extensions", [])}
    extensions = [one["id"] for one in served["extensions"] if (one["id"], one["hashes"].get(str(revision))) in known]
    return {"outcome": "agreed", "revision": revision, "extensions": extensions}


def recover(cursor: Json | str | None, connection: Json, log: Json) -> tuple[Json, int]:
    """What becomes of a wish to resume, and where the connection begins: the table of section 6, from top to bottom."""
    head: int = log["head"]
    if cursor is None:
        return {"outcome": "fresh"}, head
    reason = _why_not(cursor, connection, log)
    if reason is not None or isinstance(cursor, str):
        return {"outcome": "snapshot_required", "reason": reason}, head
    return {"outcome": "resumed"}, cursor["position"]


def _why_not(cursor: Json | str, connection: Json, log: Json) -> str | None:
    if isinstance(cursor, str) or not cursor["authentic"]:
        return "unknown_cursor"
    if any(cursor[one] != connection[one] for one in ("tenant", "device_id")):
        return "unknown_cursor"
    if cursor["revision"] != connection["revision"]:
        return "revision_changed"
    if cursor["role"] != connection["role"] or set(cursor["scopes"]) != set(connection["scopes"]):
        return "scope_changed"
    if cursor["epoch"] != log["epoch"] or cursor["position"] > log["head"]:
        return "epoch_changed"
    if cursor["position"] < log["floor"]:
        return "trimmed"
    if cursor["event_id"] != log["event_ids"].get(str(cursor["position"]), ""):
        return "epoch_changed"
    return None


def send_up(payload: Json) -> Json | None:
    """`conversation.send` of revision 2 in the words of revision 3; None where no user says anything (section 10)."""
    kept = {key: payload[key] for key in ("conversation_id", "metadata") if key in payload}
    if payload["trigger"] == "regenerate-message":
        return {**kept, "content": [], "regenerate": True}
    said = [message for message in payload.get("messages", []) if message["role"] == "user"]
    if not said:
        return None
    return {**kept, "content": said[-1]["parts"], "message_id": payload.get("message_id", said[-1]["id"])}


def event_down(event: str, payload: Json, old: Contract) -> list[Json]:
    """An event of revision 3 in the words of revision 2: none, itself, or itself behind a part of the stream."""
    words: list[Json] = []
    part = _stream_part(event, payload)
    if part is not None and "turn_id" in payload and "requested_by" in payload:
        stream = {"stream_id": payload["turn_id"], **part}
        words.append({"type": "chat.ui-message.stream", "payload": stream, "device_id": payload["requested_by"]})
    if old.knows(f"events/{event}"):
        fields = old.schemas[f"events/{event}"]["properties"]
        words.append({"type": event, "payload": {key: value for key, value in payload.items() if key in fields}})
    return words


def _stream_part(event: str, payload: Json) -> Json | None:
    def chunk(**content: str) -> Json:
        return {"stage": "chunk", "chunk": content}

    match event:
        case "message.delta" if payload["role"] == "assistant":
            return chunk(type="text-delta", id=payload["message_id"], delta=payload["delta"])
        case "message.final" if payload["role"] == "assistant":
            return chunk(type="text-end", id=payload["message_id"])
        case "reasoning.delta":
            return chunk(type="reasoning-delta", id=payload["reasoning_id"], delta=payload["delta"])
        case "reasoning.final":
            return chunk(type="reasoning-end", id=payload["reasoning_id"])
        case "turn.completed" | "turn.cancelled":
            return {"stage": "done"}
        case "turn.failed":
            message = payload.get("error", {}).get("message", "the turn failed")
            return {"stage": "error", "error": {"message": message}}
    return None
