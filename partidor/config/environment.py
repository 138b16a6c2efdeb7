"""What the operator may set. An unknown PARTIDOR_* name is an error at start, in one clear line."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url

NAMES = frozenset(
    {
        "PARTIDOR_CONFIG", "PARTIDOR_HOME", "PARTIDOR_DATABASE_URL", "PARTIDOR_BASE_URL", "PARTIDOR_PORT",
        "PARTIDOR_MAIL_URL", "PARTIDOR_SECRET_KEY", "PARTIDOR_ALLOW_PRIVATE_WEBHOOKS", "PARTIDOR_WORKERS",
        "PARTIDOR_API_RATE", "PARTIDOR_DEMO", "PARTIDOR_PROXIES",
    }
)  # fmt: skip
SHORTEST_SECRET = 32
"""Characters: what signs links must not be guessed."""
SECRETS = ("PARTIDOR_SECRET_KEY", "PARTIDOR_MAIL_URL", "PARTIDOR_DATABASE_URL")


class WrongSetting(Exception):
    """A setting that cannot be used, with the sentence that says why."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails go."""

    host: str
    port: int
    user: str
    password: str
    tls: str

    @classmethod
    def read(cls, url: str) -> MailServer:
        """Read ``smtp://[user:pass@]host:port[?tls=starttls|tls]``."""
        parts = urlsplit(url)
        tls = parse_qs(parts.query).get("tls", [""])[0]
        if parts.scheme != "smtp" or not parts.hostname or tls not in ("", "starttls", "tls"):
            raise WrongSetting(
                "PARTIDOR_MAIL_URL is not readable; write smtp://[user:pass@]host:port, then ?tls=starttls if wanted"
            )
        return cls(parts.hostname, parts.port or 25, unquote(parts.username or ""), unquote(parts.password or ""), tls)


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings, read and checked once."""

    package: Path
    home: Path
    databases: dict[str, dict[str, object]]
    base_url: str
    port: int
    mail: MailServer | None
    secret_key: str
    workers: int
    api_rate: tuple[int, int]
    """Requests a minute: of a vendor's key, of a partner's key."""
    proxies: int
    """How many proxies of one's own stand before the web: so many addresses of X-Forwarded-For are theirs."""
    demo: bool
    """Whether this is the demo, whose logins are buttons."""

    @classmethod
    def read(cls) -> Environment:
        """Read the environment; the file that PARTIDOR_CONFIG names counts where the environment is silent."""
        given = _given()
        home = Path(given.get("PARTIDOR_HOME") or "var").absolute()
        port = _number(given, "PARTIDOR_PORT", 8000)
        rate = _rate(given.get("PARTIDOR_API_RATE") or "12000")
        return cls(
            package=Path(__file__).resolve().parent.parent,
            home=home,
            databases=_databases(given.get("PARTIDOR_DATABASE_URL") or "", home),
            base_url=_base_url(given.get("PARTIDOR_BASE_URL") or f"http://127.0.0.1:{port}"),
            port=port,
            mail=MailServer.read(url) if (url := given.get("PARTIDOR_MAIL_URL")) else None,
            secret_key=_secret(given.get("PARTIDOR_SECRET_KEY") or _kept_secret(home)),
            workers=_number(given, "PARTIDOR_WORKERS", 2),
            api_rate=rate,
            proxies=_number(given, "PARTIDOR_PROXIES", 0, least=0),
            demo=given.get("PARTIDOR_DEMO") == "1",
        )


def _given() -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name.startswith("PARTIDOR_")}
    if path := given.get("PARTIDOR_CONFIG"):
        given = _of_file(Path(path)) | given
    for name in SECRETS:
        if (path := given.pop(f"{name}_FILE", "")) and name not in given:
            given[name] = Path(path).read_text().strip()
    known = NAMES | {name for name in given if name.startswith("PARTIDOR_TEST_")}
    if unknown := sorted(set(given) - known):
        raise WrongSetting(f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(NAMES))}")
    return given


def _of_file(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise WrongSetting(f"PARTIDOR_CONFIG names {path}, which cannot be read ({error.strerror})") from error
    given = {}
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:  # the line itself is not shown: it may be a secret
            raise WrongSetting(f"{path}: line {number} is no NAME=value; begin it with # if it is a comment")
        given[name.strip()] = value.strip().strip("\"'")
    return given


def _base_url(text: str) -> str:
    """Return the address that links in mails begin with."""
    remedy = "PARTIDOR_BASE_URL must be http(s)://host, such as https://leads.acme.example"
    try:
        parts = urlsplit(text)
        # Reading the port is what finds one that is no number
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise WrongSetting(remedy) from error
    if not sound or "@" in parts.netloc or parts.query or parts.fragment or len(text.split()) != 1:
        raise WrongSetting(remedy)
    return text.strip().rstrip("/")


def _secret(text: str) -> str:
    if len(text) < SHORTEST_SECRET:
        raise WrongSetting(
            f"PARTIDOR_SECRET_KEY has {len(text)} characters; it needs {SHORTEST_SECRET} at least, by chance"
        )
    return text


def _number(given: dict[str, str], name: str, default: int, least: int = 1) -> int:
    text = given.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= 65_535:
        raise WrongSetting(f"{name} is {text!r}; it must be a whole number from {least} to 65535")
    return int(text)


def _rate(text: str) -> tuple[int, int]:
    vendor, _, partner = text.partition("/")
    if not vendor.isdecimal() or (partner and not partner.isdecimal()) or not int(vendor):
        raise WrongSetting(
            f"PARTIDOR_API_RATE is {text!r}; write requests a minute for vendor keys, and /for partner keys: 12000/600"
        )
    return int(vendor), int(partner) if partner else max(1, int(vendor) // 20)


def _databases(url: str, home: Path) -> dict[str, dict[str, object]]:
    """Return the database; on SQLite with a second file for sessions, so that signing in never waits for a lead."""
    database = _database(url, home)
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return {"default": database}
    file = Path(str(database["NAME"]))
    return {"default": database, "door": {**database, "NAME": str(file.with_name(f"{file.stem}-door{file.suffix}"))}}


def _database(url: str, home: Path) -> dict[str, object]:
    if url:
        try:
            database: dict[str, object] = dict(dj_database_url.parse(url, conn_max_age=None))
        except Exception as error:
            raise WrongSetting("PARTIDOR_DATABASE_URL is not readable; write postgresql://user@host/name") from error
        if database["ENGINE"] == "django.db.backends.postgresql":
            return database
        if database["ENGINE"] != "django.db.backends.sqlite3":
            raise WrongSetting("PARTIDOR_DATABASE_URL must be a postgresql:// or sqlite:/// address")
        name = str(database["NAME"])
    else:
        name = str(home / "partidor.sqlite3")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            # FULL: an answered 201 must survive a power cut
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            " PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;",
        },
    }


def _kept_secret(home: Path) -> str:
    """Read the secret key of this installation, or make it on first start."""
    path = home / "secret_key"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # Written whole before it bears its name: of two processes that start at once, one key stays for both.
        mine = home / f".secret_key.{os.getpid()}"
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            path.hardlink_to(mine)
        mine.unlink()
    return path.read_text()
