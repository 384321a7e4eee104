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


def refusal_down(operation: str, refusal: Json, old: Contract) -> Json | None:
    """What revision 2 answers instead of a refusal of revision 3; None where it refuses as well."""
    approval = refusal.get("details", {}).get("approval")
    if operation != "approval.resolve" or refusal["code"] not in ("conflict", "invalid_state") or approval is None:
        return None
    fields = old.schemas["values/Approval"]["properties"]
    return {"result": {"approval": {key: value for key, value in approval.items() if key in fields}}}


def event_down(event: str, payload: Json, old: Contract) -> list[Json]:
    """An event of revision 3 in the words of revision 2: none, or itself, behind parts of the stream."""
    words: list[Json] = []
    if "turn_id" in payload and "requested_by" in payload:
        for part in _stream_parts(event, payload):
            stream = {"stream_id": payload["turn_id"], **part}
            words.append({"type": "chat.ui-message.stream", "payload": stream, "device_id": payload["requested_by"]})
    if old.knows(f"events/{event}"):
        fields = old.schemas[f"events/{event}"]["properties"]
        words.append({"type": event, "payload": {key: value for key, value in payload.items() if key in fields}})
    return words


def _stream_parts(event: str, payload: Json) -> list[Json]:
    def chunk(kind: str, **content: str) -> Json:
        return {"stage": "chunk", "chunk": {"type": kind, **content}}

    noun, _, step = event.partition(".")
    match noun, step:
        case "turn", "started":
            return [chunk("start")]
        case "turn", "completed":
            return [chunk("finish"), {"stage": "done"}]
        case "turn", "cancelled":
            return [chunk("abort"), {"stage": "done"}]
        case "turn", "failed":
            return [
                {"stage": "error", "error": {"message": payload.get("error", {}).get("message", "the turn failed")}}
            ]
        case ("message", _) if payload["role"] != "assistant":
            return []
        case "message" | "reasoning", "delta" | "final":
            kind, name = {"message": ("text", "message_id"), "reasoning": ("reasoning", "reasoning_id")}[noun]
            about = {"id": payload[name]}
            start, end = chunk(f"{kind}-start", **about), chunk(f"{kind}-end", **about)
            if step == "delta":
                delta = chunk(f"{kind}-delta", **about, delta=payload["delta"])
                return [start, delta] if payload.get("offset") == 0 else [delta]
            streamed = payload.get("streamed", 0)
            rest = _after(payload["content"], streamed)
            return [
                *([start] if streamed == 0 else []),
                *([chunk(f"{kind}-delta", **about, delta=rest)] if rest else []),
                end,
            ]
    return []


def _after(text: str, units: int) -> str:
    """What stands behind so many UTF-16 code units, in which the wire counts."""
    return text.encode("utf-16-le")[2 * units :].decode("utf-16-le")
