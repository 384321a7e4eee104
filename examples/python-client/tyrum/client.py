"""A client that stays connected: it comes back, resends what had no answer, and resumes where it left off."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.client import WebSocketClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidStatusCode

from .contract import Contract
from .frames import Malformed, decode
from .handshake import HandshakeFailed, Session, shake_hands
from .identity import Identity

# Close codes after which a repeat cannot succeed; every other one, and a plain loss, is followed by another try.
STOP_CODES = frozenset({4001, 4003, 4005, 4006, 4007, 4008, 4009})

_FIRST_DELAY_S, _LONGEST_DELAY_S = 0.25, 30.0
_ACKNOWLEDGE_EVERY = 64
_REMEMBERED_EVENTS = 4096


class Refused(Exception):
    """The gateway answered a request with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: str = error["code"]


class Stopped(Exception):
    """The connection is gone for good."""


@dataclass(frozen=True)
class Response:
    result: Any
    replayed: bool
    """It is the stored answer to an earlier sending; nothing happened again."""


@dataclass(frozen=True)
class Event:
    event_id: str
    type: str
    payload: dict[str, Any]
    cursor: str | None
    """Its place in the log; none of an event that is not kept."""


@dataclass
class _InFlight:
    type: str
    text: str
    answer: asyncio.Future[dict[str, Any]] | None
    """None: nobody waits, and it is not sent again."""


@dataclass
class Client:
    """Use it as `async with Client(…) as client`. `dial` opens a WebSocket and is called for every try."""

    dial: Callable[[], Awaitable[WebSocketClientProtocol]]
    identity: Identity
    contract: Contract
    gateway_id: str | None = None
    label: str = "python"

    sessions: list[Session] = field(default_factory=list, init=False)
    cursor: str | None = field(default=None, init=False)
    """Of the last event that the application has processed."""
    frames_checked: int = field(default=0, init=False)
    _in_flight: dict[str, _InFlight] = field(default_factory=dict, init=False)
    _received: asyncio.Queue[Event | None] = field(default_factory=asyncio.Queue, init=False)
    _handed_out: dict[str, None] = field(default_factory=dict, init=False)
    _chain: str | None = field(default=None, init=False)
    _told_to_wait_s: float = field(default=0.0, init=False)
    _socket: WebSocketClientProtocol | None = field(default=None, init=False)
    _life: asyncio.Task[None] | None = field(default=None, init=False)
    _opened: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    async def __aenter__(self) -> Client:
        self._life = asyncio.create_task(self._stay_connected())
        opened = asyncio.create_task(self._opened.wait())
        await asyncio.wait({self._life, opened}, return_when=asyncio.FIRST_COMPLETED)
        if not opened.done():
            opened.cancel()
            self._life.result()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._life is not None
        self._life.cancel()
        try:
            await self._life
        except asyncio.CancelledError:
            pass

    async def send(
        self, operation: str, payload: dict[str, Any], *, idempotency_key: str | None = None
    ) -> Awaitable[Response]:
        """Writes a request. Awaiting what this returns gives the response, however many connections that takes."""
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        await self._write(operation, payload, answer, idempotency_key)

        async def response() -> Response:
            content = await answer
            if not content["ok"]:
                raise Refused(content["error"])
            return Response(content.get("result"), content.get("replayed", False))

        return response()

    async def request(self, operation: str, payload: dict[str, Any], **options: Any) -> Response:
        return await (await self.send(operation, payload, **options))

    async def events(self) -> AsyncIterator[Event]:
        """Every event, each once. Asking for the next one says that the last one has been processed."""
        unacknowledged = 0
        while (event := await self._received.get()) is not None:
            if event.event_id not in self._handed_out:
                if event.type != "events.bookmark":  # a bookmark only moves the cursor
                    self._remember(event.event_id)
                    yield event
            if event.cursor is None:
                continue
            self.cursor = event.cursor
            unacknowledged += 1
            if unacknowledged >= _ACKNOWLEDGE_EVERY or self._received.empty():
                unacknowledged = 0
                await self._write("events.ack", {"cursor": self.cursor}, None)
        assert self._life is not None
        if self._life.done() and not self._life.cancelled():
            self._life.result()  # raises what ended it

    async def _write(
        self,
        operation: str,
        payload: dict[str, Any],
        answer: asyncio.Future[dict[str, Any]] | None,
        idempotency_key: str | None = None,
    ) -> None:
        frame: dict[str, Any] = {"request_id": str(uuid.uuid4()), "type": operation, "payload": payload}
        if idempotency_key is not None:
            frame["idempotency_key"] = idempotency_key
        self._check("request", frame)
        text = json.dumps(frame, ensure_ascii=False)
        self._in_flight[frame["request_id"]] = _InFlight(operation, text, answer)
        await self._transmit(text)

    async def _transmit(self, text: str) -> None:
        """What is not sent now is sent by the next connection."""
        if self._socket is not None:
            try:
                await self._socket.send(text)
            except ConnectionClosed:
                pass

    async def _stay_connected(self) -> None:
        delay = _FIRST_DELAY_S
        end: Exception = Stopped("the client is closed")
        try:
            while True:
                try:
                    socket = await self.dial()
                    try:
                        await self._open(socket)
                        delay = _FIRST_DELAY_S
                        while True:
                            await self._receive(await socket.recv())
                    finally:
                        self._socket = None
                        await socket.close()
                except ConnectionClosed as lost:
                    if lost.code in STOP_CODES:
                        raise Stopped(f"closed with {lost.code}: {lost.reason}") from lost
                except InvalidStatusCode as refused:
                    if refused.status_code not in (429, 503):  # too many at once, or draining
                        raise Stopped(f"refused with HTTP {refused.status_code}") from refused
                except OSError:
                    pass
                # Random, so that peers that were lost together do not come back together.
                await asyncio.sleep(max(random.uniform(delay / 2, delay), self._told_to_wait_s))
                delay, self._told_to_wait_s = min(delay * 2, _LONGEST_DELAY_S), 0.0
        except Exception as cause:
            end = cause
            raise
        finally:
            for waiting in self._in_flight.values():
                if waiting.answer is not None and not waiting.answer.done():
                    waiting.answer.set_exception(end)
            self._received.put_nowait(None)

    async def _open(self, socket: WebSocketClientProtocol) -> None:
        session = await shake_hands(
            socket, self.identity, self.contract, gateway_id=self.gateway_id, resume=self.cursor, label=self.label
        )
        self.frames_checked += 4
        self.gateway_id = session.gateway_id  # trusted on first use, and pinned from then on
        if session.recovery["outcome"] == "snapshot_required":
            raise Stopped(f"events are gone, read everything afresh: {session.recovery['reason']}")
        self.sessions.append(session)
        # What was received and not processed comes again: the gateway resumes after `cursor`.
        while not self._received.empty():
            self._received.get_nowait()
        self.cursor = self._chain = session.cursor
        # Nothing is awaited between these two, so each request is written once: by `send`, or by the loop.
        self._socket = socket
        unanswered = list(self._in_flight.items())
        self._opened.set()
        for request_id, one in unanswered:
            if one.answer is None:
                del self._in_flight[request_id]
            else:
                await self._transmit(one.text)  # byte for byte, so that the gateway knows it again

    async def _receive(self, text: str | bytes) -> None:
        if not isinstance(text, str):
            raise HandshakeFailed("a binary frame")
        frame = decode(text, self.contract)
        if isinstance(frame, Malformed):
            raise Stopped(f"the gateway sent {text!r}: {frame.message}")
        self._check(frame.kind, frame.content)
        content = frame.content
        match frame.kind:
            case "request":
                await self._answer(content)
            case "event":
                await self._take(content)
            case _:
                asked = self._in_flight.get(content["request_id"])
                if asked is not None and asked.type == content["type"]:
                    del self._in_flight[content["request_id"]]
                    if asked.answer is not None and not asked.answer.done():
                        asked.answer.set_result(content)

    async def _answer(self, request: dict[str, Any]) -> None:
        """A client is asked one thing only: whether it is there."""
        reply: dict[str, Any] = {"request_id": request["request_id"], "type": request["type"]}
        if request["type"] == "ping":
            reply["ok"] = True
        else:
            reply |= {"ok": False, "error": {"code": "unsupported_operation", "message": "not served here"}}
        self._check("ok_response" if reply["ok"] else "error_response", reply)
        await self._transmit(json.dumps(reply))

    async def _take(self, content: dict[str, Any]) -> None:
        cursor = content.get("cursor")
        if cursor is not None:
            if content["prev"] != self._chain:
                # Something between the two is missing: come back, and resume from what was processed.
                assert self._socket is not None
                await self._socket.close()
                return
            self._chain = cursor
        if content["type"] == "gateway.draining":
            self._told_to_wait_s = content["payload"]["reconnect_after_ms"] / 1000
        self._received.put_nowait(Event(content["event_id"], content["type"], content["payload"], cursor))

    def _check(self, kind: str, frame: dict[str, Any]) -> None:
        self.contract.check_frame(kind, frame)
        self.frames_checked += 1

    def _remember(self, event_id: str) -> None:
        self._handed_out[event_id] = None
        if len(self._handed_out) > _REMEMBERED_EVENTS:
            del self._handed_out[next(iter(self._handed_out))]
