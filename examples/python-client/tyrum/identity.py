"""Who a peer is: an Ed25519 key, and the id that follows from it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .encoding import base32, from_base64url, to_base64url

# SubjectPublicKeyInfo of an Ed25519 key: these 12 bytes, then the 32 of the key.
_DER_PREFIX = bytes.fromhex("302a300506032b6570032100")


@dataclass(frozen=True)
class Identity:
    """A device: its key never leaves it. Keep the key; cursors and pairings belong to it."""

    key: Ed25519PrivateKey
    der: bytes = field(init=False)

    def __post_init__(self) -> None:
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        object.__setattr__(self, "der", der)

    @classmethod
    def generate(cls) -> Identity:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> Identity:
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def pubkey(self) -> str:
        return to_base64url(self.der)

    @property
    def device_id(self) -> str:
        return id_of("dev", self.der)

    def sign(self, text: str) -> str:
        return to_base64url(self.key.sign(text.encode()))


def id_of(kind: str, der: bytes) -> str:
    """`dev_…` or `gw_…`: the SHA-256 of the key as it is encoded."""
    return f"{kind}_{base32(hashlib.sha256(der).digest())}"


def read_pubkey(text: str) -> bytes:
    """The DER bytes of a key as it stands in a frame. Raises ValueError for any other spelling and any other key."""
    der = from_base64url(text)
    if len(der) != 44 or not der.startswith(_DER_PREFIX):
        raise ValueError("not an Ed25519 SubjectPublicKeyInfo")
    return der


def verify(der: bytes, text: str, signature: str) -> bool:
    """Whether a signature, as it stands in a frame, is that of this key over this text."""
    try:
        raw = from_base64url(signature)
        Ed25519PublicKey.from_public_bytes(der[len(_DER_PREFIX) :]).verify(raw, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
