"""Keys that never come from the database they protect: a keyring file or the environment. Rows carry the key id."""

import hmac
import json
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


@dataclass(frozen=True)
class Key:
    """A secret with the id that rows carry."""

    id: str
    secret: bytes

    def derive(self, purpose: str) -> "Key":
        """A key for one purpose (HKDF-Expand, RFC 5869, one block), so that no two uses share a secret."""
        block = hmac.digest(self.secret, purpose.encode() + b"\x01", "sha256")
        return Key(id=self.id, secret=block)

    def mac(self, message: bytes) -> bytes:
        """HMAC-SHA256, 32 bytes."""
        return hmac.digest(self.secret, message, "sha256")


@dataclass(frozen=True)
class Keyring:
    """The active key for new rows and every older key still named by rows."""

    active: str
    keys: dict[str, bytes]

    def key(self, key_id: str | None = None) -> Key:
        """The named key, or the active one."""
        name = key_id or self.active
        if name not in self.keys:
            raise ImproperlyConfigured(
                f"The keyring holds no key {name!r}; restore the keyring file that has it."
            )
        return Key(id=name, secret=self.keys[name])

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """From `{"active": ID, "keys": {ID: HEX}}`."""
        try:
            data = json.loads(text)
            keys = {name: bytes.fromhex(secret) for name, secret in data["keys"].items()}
            ring = cls(active=data["active"], keys=keys)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ImproperlyConfigured('The keyring is not {"active": ID, "keys": {ID: HEX}}.') from error
        if any(len(secret) < KEY_BYTES for secret in keys.values()):
            raise ImproperlyConfigured(
                f"Every key of the keyring needs at least {KEY_BYTES} bytes ({KEY_BYTES * 2} hex digits)."
            )
        ring.key()
        return ring


def create(file: Path) -> None:
    """Write a new keyring file, readable by its owner only; an existing one is left as it is."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    name = f"k{secrets.token_hex(4)}"
    partial = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps({"active": name, "keys": {name: secrets.token_hex(KEY_BYTES)}}))
    try:
        file.hardlink_to(partial)  # of two starts at once one wins, and nobody ever reads half a keyring
    except FileExistsError:
        pass
    finally:
        partial.unlink()


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The process's keyring, read once: WINNOW_KEYRING, else the keyring file."""
    if settings.KEYRING_JSON:
        return Keyring.parse(settings.KEYRING_JSON)
    try:
        return Keyring.parse(Path(settings.KEYRING_FILE).read_text())
    except FileNotFoundError as error:
        raise ImproperlyConfigured(
            f"No keyring at {settings.KEYRING_FILE}. `./dev setup` makes one; a server sets WINNOW_KEYRING."
        ) from error


def project_key(project_id: object, purpose: str, key_id: str | None = None) -> Key:
    """The key of one project for one purpose: equal values in two projects never hash alike."""
    return keyring().key(key_id).derive(f"{purpose}:{project_id}")


def naming_key(project_id: object, purpose: str) -> Key:
    """As `project_key`, for names that have to come out the same after a rotation: made with the first key of the ring.

    What has no id of its own is known by such a name; under a new one a second delivery would be stored twice.
    """
    return project_key(project_id, purpose, next(iter(keyring().keys)))
