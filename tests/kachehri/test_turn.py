"""The relay: who may use it and for how long, and with what it is set up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from pathlib import Path

import pytest

from kachehri import keys, turn
from kachehri.settings import Settings, SettingsError, from_mapping
from tests.kachehri.test_certificates import certificate
from tests.relays import MEDIA, MEDIA6, RELAY, RELAY6, settings
from tests.servers import run

WAYS = ("turn:relay.example:3478?transport=udp",)


class TestCredentials:
    def test_a_name_that_ends_and_its_mac(self) -> None:
        given = turn.credentials("s", "participant-7", 1_000, WAYS)
        ends, number = given.username.split(":")
        assert int(ends) == given.ends == 1_000 + turn.LIFE_S <= 1_000 + 600
        mac = hmac.new(b"s", given.username.encode(), hashlib.sha1).digest()
        assert base64.b64decode(given.credential) == mac
        assert re.fullmatch(r"[0-9a-f]{20}", number)

    def test_the_number_is_the_person_s_and_says_nothing_about_her(self) -> None:
        first, later = (turn.credentials("s", "asma", now, WAYS).username.split(":")[1] for now in (0, 500))
        assert first == later, "so that the relay can count her lines"
        assert first != turn.credentials("s", "bilal", 0, WAYS).username.split(":")[1]
        assert first != turn.credentials("t", "asma", 0, WAYS).username.split(":")[1]

    @pytest.mark.parametrize("life", [0, -1, turn.LIFE_S + 1])
    def test_none_that_lives_for_long(self, life: int) -> None:
        with pytest.raises(ValueError):
            turn.credentials("s", "asma", 0, WAYS, life)

    def test_the_secret_is_derived_and_is_not_the_key(self) -> None:
        key = bytes(range(32))
        assert turn.secret(key) == keys.derive(key, "turn relay").hex()
        assert turn.secret(key) != turn.secret(bytes(reversed(key)))


class TestConfiguration:
    def test_ways_in_the_order_of_a_browser_s_tries(self, tmp_path: Path) -> None:
        assert turn.urls(Settings()) == ()
        plain = turn.urls(settings())
        assert plain == (f"turn:{RELAY}:3478?transport=udp", f"turn:{RELAY}:3478?transport=tcp")
        pem = str(certificate(tmp_path, RELAY, None))
        secure = settings({"certificate": pem, "certificate_key": pem})
        assert turn.urls(secure) == (*plain, f"turns:{RELAY}:443?transport=tcp")

    def test_the_server_s_certificate_is_used_when_no_other_is_named(self, tmp_path: Path) -> None:
        pem = certificate(tmp_path, RELAY, None)
        house = from_mapping(
            {
                "server": {"certificate": str(pem), "certificate_key": str(pem)},
                "turn": {"host": "turn.example.pk", "addresses": [RELAY]},
                "media": {"addresses": [MEDIA]},
            }
        )
        lines = turn.configuration(house, "s").splitlines()
        assert f"cert={pem}" in lines and "tls-listening-port=443" in lines and "no-tls" not in lines

    def test_only_the_address_that_offers_name_is_a_peer(self) -> None:
        behind_nat = settings(media={"announced_addresses": ["203.0.113.99"]})
        lines = turn.configuration(behind_nat, "s").splitlines()
        assert [line for line in lines if line.startswith("allowed")] == ["allowed-peer-ip=203.0.113.99"]
        assert {f"denied-peer-ip={each}" for each in turn.DENIED} <= set(lines)

    def test_no_relay_on_ipv6_without_media_on_it(self) -> None:
        both = {"addresses": [RELAY, RELAY6]}
        relays = [line for line in turn.configuration(settings(both), "s").splitlines() if line.startswith("relay-ip")]
        assert relays == [f"relay-ip={RELAY}"]
        with_media = turn.configuration(settings(both, {"addresses": [MEDIA, MEDIA6]}), "s").splitlines()
        assert f"relay-ip={RELAY6}" in with_media

    def test_behind_nat_the_relay_tells_its_public_address(self) -> None:
        text = turn.configuration(settings({"announced_address": "203.0.113.50"}), "s")
        assert f"external-ip=203.0.113.50/{RELAY}\n" in text

    @pytest.mark.parametrize(
        ("given", "media", "path"),
        [
            ({"host": "a b"}, {}, "turn.host"),
            ({"host": "x\nallow-loopback-peers"}, {}, "turn.host"),
            ({"addresses": []}, {}, "turn.addresses"),
            ({"addresses": ["here"]}, {}, "turn.addresses"),
            ({"announced_address": "1.2.3.4\nx"}, {}, "turn.announced_address"),
            ({}, {"addresses": []}, "media.addresses"),
            ({}, {"port": 50_000}, "turn.port_low"),
            ({"port": 3502}, {"port": 3502}, "turn.port"),
            ({}, {"backend": "direct", "port_low": 50_000, "port_high": 50_100}, "turn.port_low"),
            ({"port_low": 60_000, "port_high": 50_000}, {}, "turn.port_high"),
            ({"certificate": "x.pem"}, {}, "turn.certificate"),
        ],
    )
    def test_what_cannot_work_is_said(self, given: dict[str, object], media: dict[str, object], path: str) -> None:
        with pytest.raises(SettingsError) as caught:
            settings(given, media)
        assert path in {problem.path for problem in caught.value.problems}

    def test_the_file_is_for_its_reader_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "turn.conf"
        turn.write(path, "a much longer text\n")
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o644)
        turn.write(path, "short\n")
        assert path.read_text() == "short\n" and path.stat().st_mode & 0o777 == 0o640

    def test_the_command_writes_it_and_keeps_the_secret_from_the_terminal(self, tmp_path: Path) -> None:
        key, file = tmp_path / "key", tmp_path / "turn.conf"
        keys.make(key)
        shared = turn.secret(keys.read(key)[0])
        environment = {
            "KACHEHRI_SECRETS_KEY_FILE": str(key),
            "KACHEHRI_TURN_HOST": "turn.example.pk",
            "KACHEHRI_TURN_ADDRESSES": RELAY,
            "KACHEHRI_MEDIA_ADDRESSES": MEDIA,
            "KACHEHRI_MEDIA_PORT_LOW": "40000",
            "KACHEHRI_MEDIA_PORT_HIGH": "40099",
        }
        shown = run("turn", **environment)
        assert shown.returncode == 0, shown.stderr
        written = run("turn", "--write", str(file), **environment)
        assert written.returncode == 0, written.stderr
        assert shared in file.read_text()
        assert shared not in shown.stdout + shown.stderr + written.stdout + written.stderr
        assert "udp dport != 40000-40099 drop" in written.stdout and f"-c {file}" in written.stdout
        none = run("turn", KACHEHRI_SECRETS_KEY_FILE=str(key))
        assert none.returncode == 2 and "turn.host" in none.stderr
