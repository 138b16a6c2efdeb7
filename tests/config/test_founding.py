"""Beginning: help, settings, init, migrate."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from partidor.config.environment import Environment, WrongSetting
from partidor.config.logs import masked
from tests.config.conftest import Call


class TestHelp:
    def test_needs_no_django(self) -> None:
        code = (
            "import sys; from partidor.config.main import main; main(['import', 'leads', '--help']);"
            "sys.exit('django' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0

    def test_names_every_command(self, call: Call) -> None:
        told = call("--help").out
        for command in (
            "init",
            "serve",
            "web",
            "worker",
            "migrate",
            "demo",
            "import",
            "rules",
            "geo",
            "lead",
            "doctor",
        ):
            assert f"\n  {command} " in told


class TestInit:
    def test_founds_vendors_one_after_another_and_none_twice(self, process: Call, home: dict[str, str]) -> None:
        first = process("init", "--vendor", "Acme GmbH", "--admin", "eva@acme.example", "--json")
        assert list(first.object) == ["vendor", "vendor_id", "admin", "password", "api_key"]
        assert first.err == ""

        second = process("init", "--vendor", "Ünter AG", "--admin", "eva@acme.example", "--country", "CH",
                         "--currency", "CHF", "--json").object  # fmt: skip
        assert second["vendor_id"] != first.object["vendor_id"]
        assert second["password"] == "", "eva has one already, and it stays as it is"

        again = process("init", "--vendor", "Acme GmbH", "--admin", "eva@acme.example", "--json")
        assert "There is a vendor named Acme GmbH already" in again.refuses()
        assert (Path(home["PARTIDOR_HOME"]) / "notes.txt").read_text() == "mine"
        assert process("migrate", "--json").object == {"applied": []}
        assert process("doctor").code == 0

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--time-zone", "Europe/Atlantis"], "Europe/Berlin"),
            (["--country", "Germany"], "DE"),
            (["--country", "QQ"], "DE"),
            (["--currency", "Euro"], "EUR"),
            (["--currency", "QQQ"], "EUR"),
            (["--language", "!"], "de"),
            (["--language", "qq"], "de"),
            (["--language", "de_ch"], "de-CH"),
            (["--admin", "nobody"], "eva@muster.example"),
            (["--vendor", " "], "1 to 300"),
        ],
    )
    def test_says_what_would_be_right(self, call: Call, words: list[str], said: str) -> None:
        given = {"--vendor": "Acme", "--admin": "eva@acme.example", words[0]: words[1]}
        assert said in call("init", *(word for pair in given.items() for word in pair)).refuses()


class TestSettings:
    def test_are_refused_in_one_line(self, process: Call) -> None:
        assert "unknown setting PARTIDOR_POTR; known are " in process("doctor", PARTIDOR_POTR="80").refuses()
        assert "PARTIDOR_PORT is 'x'" in process("serve", PARTIDOR_PORT="x").refuses()

    @pytest.mark.parametrize(
        "url",
        ["leads.acme.example", "ftp://a.example", "https://", "http://a.example:x", "http://a b", "https://me@a.example",
         "https://a.example?x=1"],
    )  # fmt: skip
    def test_want_an_address_that_links_can_begin_with(self, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        monkeypatch.setenv("PARTIDOR_BASE_URL", url)
        with pytest.raises(WrongSetting, match="must be http"):
            Environment.read()
        monkeypatch.setenv("PARTIDOR_BASE_URL", "https://leads.acme.example:8443/")
        assert Environment.read().base_url == "https://leads.acme.example:8443"

    def test_want_a_secret_that_is_long_enough(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PARTIDOR_SECRET_KEY", "s" * 31)
        with pytest.raises(WrongSetting, match="31 characters; it needs 32"):
            Environment.read()
        monkeypatch.setenv("PARTIDOR_SECRET_KEY", "s" * 32)
        assert Environment.read().secret_key == "s" * 32

    def test_of_a_file_name_the_line_that_sets_nothing(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        file = tmp_path / "partidor.conf"
        monkeypatch.setenv("PARTIDOR_CONFIG", str(file))
        file.write_text("# port\n\n  # and more\nPARTIDOR_PORT = '8123'\n")
        assert Environment.read().port == 8123
        file.write_text("# port\n\nPARTIDOR_PORT 8123\n")
        with pytest.raises(WrongSetting, match="line 3 is no NAME=value"):
            Environment.read()

    def test_of_a_database_that_is_away_do_not_show_the_password(self, process: Call) -> None:
        url = "postgresql://me:geheim@127.0.0.1:1/x"
        line = process("doctor", PARTIDOR_DATABASE_URL=url).refuses()
        assert line.startswith("the database does not answer")
        assert "geheim" not in line


class TestAnUnmigratedDatabase:
    @pytest.mark.parametrize(
        "words",
        [
            ["doctor"],
            ["lead", "explain", "K7Q2MX", "--vendor", "Acme"],
            ["lead", "replay", "K7Q2MX", "--vendor", "Acme"],
            ["import", "partners", __file__, "--vendor", "Acme", "--mapping", __file__],
            ["geo", "load", __file__],
            ["web", "--port", "1"],
            ["worker"],
        ],
    )
    def test_is_refused_in_one_line(self, process: Call, words: list[str]) -> None:
        assert "run `partidor migrate` first" in process(*words).refuses()

    @pytest.mark.parametrize("word", ["publish", "test"])
    def test_is_refused_by_rules(self, process: Call, tmp_path: Path, word: str) -> None:
        (tmp_path / "content.json").write_text('{"rules": []}')
        assert "partidor migrate" in process("rules", word, tmp_path / "content.json", "--vendor", "Acme").refuses()


class TestMasked:
    @pytest.mark.parametrize(
        ("text", "hidden"),
        [
            ("key ptd_abcDEF-123_x used", "abcDEF"),
            ("postgresql://me:geheim@host/name", "geheim"),
            ("Authorization: Bearer xyz123", "xyz123"),
            ("mail to eva.muster@muster.example failed", "eva"),
            ("called +49 89 123456", "123456"),
            ("called 089/12 34 56", "34"),
            ("called 717-555-0164", "0164"),
            ('{"password": "hunter2"}', "hunter2"),
        ],
    )
    def test_hides(self, text: str, hidden: str) -> None:
        assert hidden not in masked(text)

    @pytest.mark.parametrize(
        "text", ["2026-11-22 05:28:12", "01a201b5-04bd-74d7-8726-233c46097781", "12 lead(s) in 0.5 s", "PostgreSQL 15"]
    )
    def test_leaves_what_is_no_secret(self, text: str) -> None:
        assert masked(text) == text
