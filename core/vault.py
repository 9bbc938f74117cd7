"""Sealing and opening of originals: AES-256-GCM under a data key, which is itself wrapped by the keyring's vault key.

The database holds wrapped keys and sealed texts, the keyring holds what unwraps them: neither opens anything alone. Destroying
a wrapped key destroys everything sealed under it (crypto-shredding).
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.keyring import Key, project_key

VAULT = "vault"
KEY_BYTES, NONCE_BYTES = 32, 12


class CannotOpen(Exception):
    """The key is gone, or this is not what was sealed under it."""


def new_data_key() -> bytes:
    """256 random bits."""
    return AESGCM.generate_key(bit_length=KEY_BYTES * 8)


def wrapping_key(project_id: object, key_id: str | None = None) -> Key:
    """The project's key that wraps data keys: a purpose of its own, so no other use shares the secret."""
    return project_key(project_id, VAULT, key_id)


def sealed(plain: bytes, key: bytes, bound_to: str) -> bytes:
    """Nonce and ciphertext; `bound_to` (NIST SP 800-38D's associated data) says where it belongs, and opens nowhere else."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def opened(data: bytes, key: bytes, bound_to: str) -> bytes:
    """What was sealed; raises CannotOpen."""
    try:
        return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error
