#!/usr/bin/python3
"""A conversation through a cut connection, told on the terminal; see README.md."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tyrum.client import Client, Event
from tyrum.contract import Contract
from tyrum.identity import Identity
from websockets.client import WebSocketClientProtocol, connect
from websockets.typing import Subprotocol

PATIENCE_S = 30


class Network:
    """The way to the gateway, which can be cut: what is connected dies, and nobody connects until it is mended."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._works = asyncio.Event()
        self._works.set()
        self._sockets: list[WebSocketClientProtocol] = []

    async def dial(self) -> WebSocketClientProtocol:
        await self._works.wait()
        socket = await connect(
            self._url,
            subprotocols=[Subprotocol("tyrum-v1")],
            extra_headers={"Authorization": f"Bearer {self._token}"},
            compression=None,
            max_size=16 * 2**20,
        )
        self._sockets.append(socket)
        return socket

    def cut(self) -> None:
        self._works.clear()
        for socket in self._sockets:
            socket.transport.abort()  # the TCP connection itself: no closing frame, and what is unread is lost
        self._sockets.clear()

    def mend(self) -> None:
        self._works.set()


class Listener:
    """Writes down what a client hears."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._more = asyncio.Condition()
        self.heard: list[Event] = []

    async def listen(self) -> None:
        async for event in self._client.events():
            async with self._more:
                self.heard.append(event)
                self._more.notify_all()

    async def until(self, found: Callable[[Event], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self._more:
            await self._more.wait_for(lambda: any(map(found, self.heard)))

    async def turn(self, turn_id: str) -> None:
        await self.until(lambda event: event.type == "turn.completed" and event.payload["turn_id"] == turn_id)

    def of_turns(self) -> list[str]:
        """The kept events of all turns, in the order in which they came."""
        return [event.event_id for event in self.heard if event.cursor and "turn_id" in event.payload]

    def story(self, turn_id: str) -> str:
        return " → ".join(event.type for event in self.heard if event.payload.get("turn_id") == turn_id)


async def tell(url: str, token: str, gateway_id: str, contract: Contract) -> bool:
    network = Network(url, token)
    through_it = Client(network.dial, Identity.generate(), contract, gateway_id, label="the traveller")
    beside_it = Client(Network(url, token).dial, Identity.generate(), contract, gateway_id, label="the one at home")
    async with through_it as traveller, beside_it as at_home, asyncio.TaskGroup() as listening:
        session = traveller.sessions[0]
        print(f"connected at revision {contract.revision} to {session.gateway_id}, which proved itself")
        print(f"effects are kept on {session.durability}; recovery: {outcomes(traveller)[-1]}")
        away, home = Listener(traveller), Listener(at_home)
        tasks = [listening.create_task(listener.listen()) for listener in (away, home)]

        created = await traveller.request("conversation.create", {"title": "from Python"})
        conversation_id = created.result["conversation"]["conversation_id"]

        def saying(text: str) -> dict[str, object]:
            return {"conversation_id": conversation_id, "content": [{"type": "text", "text": text}]}

        hello = (await traveller.request("conversation.send", saying("hello"), idempotency_key="hello")).result
        await away.turn(hello["turn_id"])
        print(f"the first turn: {away.story(hello['turn_id'])}")

        unanswered = await traveller.send("conversation.send", saying("can you hear me?"))
        network.cut()
        print("the TCP connection of the traveller is cut, while a request is under way")
        meanwhile = (await at_home.request("conversation.send", saying("nobody is listening"))).result
        await home.turn(meanwhile["turn_id"])
        print(f"meanwhile, heard at home only: {home.story(meanwhile['turn_id'])}")

        network.mend()
        second = (await unanswered).result
        print(f"the traveller is back with its cursor; recovery: {outcomes(traveller)[-1]}")
        for turn in (second, meanwhile):
            for listener in (away, home):
                await listener.turn(turn["turn_id"])
        again = await traveller.request("conversation.send", saying("hello"), idempotency_key="hello")
        read = await traveller.request("conversation.get", {"conversation_id": conversation_id})
        for task in tasks:
            task.cancel()

        messages = read.result["conversation"]["messages"]
        said = Counter(part["text"] for one in messages if one["role"] == "user" for part in one["parts"])
        heard = away.of_turns()
        checked = traveller.frames_checked + at_home.frames_checked
        print("what happened, counted:")
        return all_hold(
            {
                "the connection was lost once, and resumed": outcomes(traveller) == ["fresh", "resumed"],
                f"{len(heard)} kept events of three turns came, none of them twice": len(heard) == len(set(heard)),
                "none was missed: at home the same were heard, in the same order": heard == home.of_turns(),
                "three sentences were said, each once, also the one that the cut went through": sorted(said.values())
                == [1, 1, 1],
                "a repeat under the same key did nothing, and got the same answer": again.replayed
                and again.result == hello,
                f"{checked} frames were checked against the schemas, in both directions": checked > 0,
            }
        )


def outcomes(client: Client) -> list[str]:
    return [session.recovery["outcome"] for session in client.sessions]


def all_hold(claims: dict[str, bool]) -> bool:
    for claim, holds in claims.items():
        print(f"  {'✓' if holds else '✗'} {claim}")
    return all(claims.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="ws://127.0.0.1:8788/ws")
    parser.add_argument("--gateway-id", required=True, help="the gateway that is expected; it says so when it starts")
    parser.add_argument(
        "--contracts", type=Path, required=True, help="the directory of the npm package @tyrum/contracts"
    )
    arguments = parser.parse_args()
    token = os.environ.get("TYRUM_TOKEN")
    if token is None:
        parser.error("set TYRUM_TOKEN to the admin token of the gateway")
    contract = Contract.load(arguments.contracts, unknown_keys="refuse")
    return 0 if asyncio.run(tell(arguments.url, token, arguments.gateway_id, contract)) else 1


if __name__ == "__main__":
    sys.exit(main())
