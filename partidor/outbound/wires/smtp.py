"""Mail over SMTP: the only code that opens connections to a mail server."""

from __future__ import annotations

import ipaddress
import logging
import smtplib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import formataddr
from threading import Event
from typing import Protocol
from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

log = logging.getLogger(__name__)
TIMEOUT = 10
"""Seconds that the server may take for one answer."""


class MailServer(Protocol):
    """Where mails go: what PARTIDOR_MAIL_URL says."""

    @property
    def host(self) -> str: ...  # noqa: D102
    @property
    def port(self) -> int: ...  # noqa: D102
    @property
    def user(self) -> str: ...  # noqa: D102
    @property
    def password(self) -> str: ...  # noqa: D102
    @property
    def tls(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address. The same ``id`` makes the same Message-ID, however often it is sent."""

    id: str
    to: str
    from_name: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail: taken by the server (no error), or why not, and whether for good."""

    mail: Mail
    error: str = ""
    for_good: bool = False


def send_mails(mails: Iterable[Mail], *, server: MailServer, base_url: str, stop: Event) -> Iterator[Outcome]:
    """Send mails over one connection, and say of each what became of it.

    What the server refuses for good (5xx for the address or the content) is told so; everything else may be
    tried again. When the connection is lost, the rest fails with it, untried; when ``stop`` is set, the rest
    is left out.
    """
    waiting = list(mails)
    backend = EmailBackend(
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.tls == "starttls",
        use_ssl=server.tls == "tls",
        timeout=TIMEOUT,
    )
    try:
        backend.open()
        while waiting and not stop.is_set():
            outcome = _send(waiting[0], backend, mail_host(base_url))
            del waiting[0]
            yield outcome
    except OSError as error:  # smtplib's exceptions are some of these
        # Not even a farewell: a server that hangs would make it wait as long again.
        if backend.connection is not None:
            backend.connection.close()
            backend.connection = None
        log.warning("the mail server %s:%d does not answer as it should: %r", server.host, server.port, error)
        yield from (Outcome(mail, _said(error)) for mail in waiting)
    else:
        backend.close()


def _send(mail: Mail, backend: EmailBackend, host: str) -> Outcome:
    """Send one mail. Raises what means that the connection is of no more use."""
    headers = {"Message-ID": f"<{mail.id}@{host}>", "Auto-Submitted": "auto-generated"}
    try:
        message = EmailMultiAlternatives(
            mail.subject,
            mail.text,
            formataddr((mail.from_name, f"notices@{host}")),
            [mail.to],
            headers=headers,
            connection=backend,
            alternatives=[(mail.html, "text/html")],
        )
        backend.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()), (0, b""))
        return Outcome(mail, _words(code, words), for_good=code >= 500)
    except smtplib.SMTPDataError as refused:
        return Outcome(mail, _words(refused.smtp_code, refused.smtp_error), for_good=refused.smtp_code >= 500)
    except (ValueError, UnicodeError, smtplib.SMTPNotSupportedError) as unwritable:
        return Outcome(mail, f"no mail can be made of it: {unwritable}", for_good=True)
    except OSError:
        raise  # smtplib's exceptions are some of these
    except Exception as error:
        log.exception("mail %s failed in a way nobody foresaw", mail.id)
        return Outcome(mail, repr(error))
    return Outcome(mail)


def mail_host(base_url: str) -> str:
    """Return the host that mails come from, as an address needs it (an IP address in brackets)."""
    host = urlsplit(base_url).hostname or "localhost"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"


def _words(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
