"""The second factor: six digits from a phone (RFC 6238), and codes on paper for the day when the phone is lost.

A code works once: the step that it belongs to is written down, and none up to it is taken again. Codes of the step
before and after count too, since phones are late by seconds. A phone whose clock is further off gets wrong codes; the
way back is its clock, so the pages show the server's. How far it is off is told only while the factor is being set up:
at a sign-in, the answer would tell somebody who guesses at what time the guess will be right.
"""

import hmac
import secrets
from collections.abc import Sequence
from typing import Final

import pyotp

from .keys import derive
from .vault import Vault, VaultError

STEP_MS: Final = 30_000
#: Steps that a phone may be ahead or behind.
LATE: Final = 1
#: How far a phone's clock is looked for while the factor is being set up, in steps: a day and a bit, for a phone that
#: is set to another country's time.
DRIFT: Final = 26 * 120
CODES: Final = 8
#: Crockford's base 32: nothing that is misread on paper.
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_CODE: Final = 10


class SecondFactor:
    """Makes and checks second factors; what is stored of them is sealed or hashed under the master key.

    Arguments:
        masters: the keys of the key file, the one in force first.
    """

    def __init__(self, masters: Sequence[bytes]) -> None:
        self._vault = Vault(masters)
        self._keys = [derive(master, "recovery codes") for master in masters]

    def seal(self, account_id: str, secret: str) -> bytes:
        """A secret as it is stored, bound to its account."""
        return self._vault.seal(f"account/totp/{account_id}", secret.encode())

    def accepts(self, account_id: str, sealed: bytes, code: str, last_step: int, now: int) -> int | None:
        """The step that a code belongs to, if it may be used now; None for a wrong, late or used one."""
        try:
            secret = self._vault.open(f"account/totp/{account_id}", sealed).decode()
        except VaultError:
            return None
        step = step_of(secret, code, now)
        return step if step is not None and step > last_step else None

    def hashes(self, codes: Sequence[str]) -> list[str]:
        """Recovery codes as they are stored."""
        return [_digest(self._keys[0], code) for code in codes]

    def without(self, stored: Sequence[str], code: str) -> list[str] | None:
        """What is left of the stored codes when this one is used; None when it is not among them."""
        digests = [_digest(key, code) for key in self._keys]
        left = [each for each in stored if not any(hmac.compare_digest(each, digest) for digest in digests)]
        return left if len(left) < len(stored) else None


def new_secret() -> str:
    """160 bits, as RFC 4226 §4 asks."""
    return pyotp.random_base32()


def uri(secret: str, login: str, issuer: str) -> str:
    """What the QR code says to the phone's program (Key URI Format)."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def step_of(secret: str, code: str, now: int, late: int = LATE) -> int | None:
    """The step at which the code is right, at most `late` steps from now, the nearest first."""
    digits = normal(code)
    if len(digits) != 6 or not digits.isdecimal():
        return None
    generator, here = pyotp.HOTP(secret), now // STEP_MS
    for distance in range(late + 1):
        for step in {here + distance, here - distance}:
            if step >= 0 and hmac.compare_digest(generator.at(step), digits):
                return step
    return None


def drift_ms(secret: str, code: str, now: int) -> int | None:
    """How far the clock of the phone that made the code is ahead; None when it is not that, or by more than a day."""
    step = step_of(secret, code, now, DRIFT)
    return None if step is None else (step - now // STEP_MS) * STEP_MS


def new_codes() -> list[str]:
    """Codes for a lost phone, 50 bits each, in two groups of five."""
    made = ("".join(secrets.choice(_LETTERS) for _ in range(_CODE)) for _ in range(CODES))
    return [f"{code[:5]}-{code[5:]}" for code in made]


def normal(code: str) -> str:
    """A code as it is compared: without spaces and hyphens, digits of any script ours, misread letters put right."""
    plain = "".join(str(int(char)) if char.isdecimal() else char for char in code.casefold() if char.isalnum())
    return plain.translate(str.maketrans("oil", "011"))


def is_paper(code: str) -> bool:
    """Whether this is a code from the paper rather than from the phone."""
    return len(normal(code)) == _CODE


def _digest(key: bytes, code: str) -> str:
    # Keyed, because 50 bits under a plain hash could be tried out by whoever has a copy of the table.
    return hmac.new(key, normal(code).encode(), "sha256").hexdigest()[:32]
