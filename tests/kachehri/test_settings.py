"""Settings: every mistake at once, in plain words, and nothing unsafe by default."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from kachehri.settings import Settings, SettingsError, from_mapping, load
from kachehri.settings.document import PATH, render
from kachehri.settings.reading import _declared, environment_name, export
from kachehri.settings.rules import warnings


def problems(**sections: dict[str, object]) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        from_mapping(sections)
    return {problem.path: problem.sentence for problem in caught.value.problems}


class TestDefaults:
    def test_without_any_choice_only_this_machine_is_served(self) -> None:
        assert load(environ={}) == Settings()
        assert Settings().server.host == "127.0.0.1"
        assert Settings().public_url == "http://127.0.0.1:8000"
        assert not list(warnings(Settings()))

    def test_without_a_program_nothing_is_as_late_as_it(self) -> None:
        assert [from_mapping({"program": {"delay_s": 3}}).program.held_ms, Settings().program.held_ms] == [0, 0]
        made = from_mapping({"program": {"delay_s": 3, "enabled": "yes"}, "bus": {"kind": "local"}})
        assert made.program.held_ms == 3_000

    def test_the_tree_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            Settings().server.port = 1  # type: ignore[misc]

    def test_every_setting_has_a_sentence_and_every_number_a_range(self) -> None:
        for name, (kind, metadata) in _declared().items():
            assert metadata["help"].endswith("."), name
            if kind is int:
                assert metadata["least"] is not None and metadata["most"] is not None, name

    def test_a_name_with_a_unit_ends_in_it(self) -> None:
        endings = {"seconds": "_s", "milliseconds": "_ms", "bytes": "_bytes"}
        for name, (_, metadata) in _declared().items():
            if metadata["unit"]:
                assert name.endswith(endings[metadata["unit"]]), name


class TestSources:
    def test_environment_wins_over_file_and_command_line_over_both(self, tmp_path: Path) -> None:
        file = tmp_path / "k.toml"
        file.write_text('[server]\nport = 1\nhost = "::1"\n[media]\naddresses = ["::1"]\n[secrets]\nkey_file = "x"\n')
        settings = load(file, {"KACHEHRI_SERVER_PORT": "2", "KACHEHRI_SERVER_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"})
        assert (settings.server.port, settings.server.host) == (2, "::1")
        assert settings.server.trusted_proxies == ("127.0.0.1", "10.0.0.0/8")
        assert settings.media.addresses == ("::1",)
        assert settings.secrets.key_file == Path("x")
        assert settings.public_url == "http://[::1]:2"
        settings = load(file, {"KACHEHRI_SERVER_PORT": "2"}, {"server.port": 3, "server.host": None})
        assert (settings.server.port, settings.server.host) == (3, "::1")

    def test_the_file_may_be_named_by_the_environment(self, tmp_path: Path) -> None:
        file = tmp_path / "k.toml"
        file.write_text("[server]\nport = 7\n")
        assert load(environ={"KACHEHRI_CONFIG": str(file), "KACHEHRI_ALLOW_MISSING": "1"}).server.port == 7

    def test_a_spawned_worker_reads_what_its_parent_was_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "k.toml"
        file.write_text('[server]\nhost = "127.0.0.2"\n')
        for name in ("KACHEHRI_CONFIG", "KACHEHRI_SERVER_PORT"):
            monkeypatch.setenv(name, "")  # so that both are gone again after the test
        export(file, {"server.port": 9, "server.host": None})
        assert (load().server.host, load().server.port) == ("127.0.0.2", 9)

    def test_environment_names_are_unambiguous(self) -> None:
        names = [environment_name(*path.split(".")) for path in _declared()]
        assert len(names) == len(set(names))


class TestRefusals:
    def test_every_mistake_is_reported_at_once_with_its_place(self, tmp_path: Path) -> None:
        file = tmp_path / "k.toml"
        file.write_text('debug = true\n[server]\nport = "abc"\nprot = 1\n[servr]\nport = 1\n[bus]\nkind = "kafka"\n')
        with pytest.raises(SettingsError) as caught:
            load(file, {"KACHEHRI_SERVER_PROT": "1", "KACHEHRI_LIMITS_TICK_MS": "0"})
        lines = str(caught.value).splitlines()
        assert lines == [
            f"debug: stands outside a section; write it below [server] (from {file})",
            "KACHEHRI_SERVER_PROT: no setting has this name (from the environment)",
            f"server.port: must be a whole number from 0 to 65535, not 'abc' (from {file})",
            f"server.prot: no setting has this name (from {file})",
            f"servr.port: there is no section [servr] (from {file})",
            f"bus.kind: must be one of memory, local, redis, not 'kafka' (from {file})",
            "limits.tick_ms: must be a whole number of milliseconds from 50 to 1000, not '0' "
            "(from KACHEHRI_LIMITS_TICK_MS)",
        ]

    def test_a_setting_outside_its_section_is_pointed_home(self) -> None:
        with pytest.raises(SettingsError, match=r"below \[media\]"):
            from_mapping({"codec": "vp8"})  # type: ignore[dict-item]

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [(None, "no such file"), (b"[server", "not valid TOML"), (b"\xff", "cannot be read")],
    )
    def test_a_file_that_cannot_be_used(self, tmp_path: Path, content: bytes | None, sentence: str) -> None:
        file = tmp_path / "k.toml"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(SettingsError, match=sentence):
            load(file, {})

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("server.port", True),
            ("server.port", 70_000),
            ("server.port", 1.5),
            ("server.host", 5),
            ("server.public_url", "hearing.example.pk"),
            ("server.public_url", "https://hearing.example.pk/live"),
            ("server.certificate", "missing.pem"),
            ("server.trusted_proxies", ["everyone"]),
            ("server.trusted_proxies", [1]),
            ("database.url", "mysql://x"),
            ("bus.socket", "x" * 101),
            ("media.addresses", ["localhost"]),
            ("media.port_high", 5),
            ("secrets.key_file", ""),
            ("place.timezone", "Karachi"),
        ],
    )
    def test_a_value_that_cannot_work(self, path: str, value: object) -> None:
        section, name = path.split(".")
        assert path in problems(**{section: {name: value}})

    def test_two_workers_on_sqlite(self) -> None:
        found = problems(server={"workers": 2})
        assert found["server.workers"].startswith("SQLite allows exactly one process")
        assert "bus.kind" in found

    def test_two_workers_with_postgresql_and_redis(self) -> None:
        from_mapping({"server": {"workers": 2}, "database": {"url": "postgresql://h/k"}, "bus": {"kind": "redis"}})
        assert "bus.url" in problems(bus={"kind": "redis", "url": "http://x"})

    def test_no_sentence_repeats_a_password(self) -> None:
        assert "hunter2" not in str(problems(database={"url": "mysql://k:hunter2@h/k"}))


class TestWarnings:
    def test_a_server_where_no_phone_could_speak_says_so(self) -> None:
        settings = from_mapping({"server": {"host": "0.0.0.0", "public_url": "http://192.168.1.5:8000"}})
        assert "nobody can speak" in " ".join(warnings(settings))

    def test_a_proxy_with_a_certificate_is_fine(self) -> None:
        settings = from_mapping({"server": {"public_url": "https://h.example", "trusted_proxies": ["127.0.0.1"]}})
        assert not list(warnings(settings))

    def test_a_certificate_makes_it_https(self, tmp_path: Path) -> None:
        pem = tmp_path / "c.pem"
        pem.write_text("")
        settings = from_mapping({"server": {"host": "0.0.0.0", "certificate": str(pem), "certificate_key": str(pem)}})
        assert settings.public_url == "https://0.0.0.0:8000"
        assert not list(warnings(settings))

    def test_nat_needs_known_ports(self) -> None:
        assert "NAT" in " ".join(warnings(from_mapping({"media": {"announced_addresses": ["203.0.113.9"]}})))


def test_the_reference_is_the_one_generated_from_the_tree() -> None:
    assert PATH.read_text(encoding="utf-8") == render(), "run: python -m kachehri check-config --write-reference"


def test_every_setting_is_read_somewhere() -> None:
    """A setting that nothing reads is a promise that nobody keeps."""
    root = PATH.parents[1]
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for package in ("kachehri", "signaling", "recordings", "web")
        for path in (root / package).rglob("*.py")
        if "settings" not in path.parent.name
    )
    unread = {name for name in _declared() if not re.search(rf"\b{name.replace('.', '[.]')}\b", sources)}
    assert not unread


def test_the_reference_names_every_setting() -> None:
    text = render()
    for section, kind in get_type_hints(Settings).items():
        assert f"## [{section}]" in text
        for each in fields(kind):
            assert f"| `{each.name}` |" in text
