"""Same customer, same inquiry: the keys under which a lead's customer is found again.

Same customer = same e-mail, or the same normalised name together with postal code or domain. A domain or a phone
alone makes a candidate only; fuzzy names never decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache

import tldextract
from cleanco import termdata

from partidor.domain.intake import repair
from partidor.domain.intake.folding import folded
from partidor.domain.intake.inquiry import Inquiry

DECIDING = frozenset({"email", "name_postal", "name_domain"})
"""Kinds of which one shared key makes it the same customer."""
CANDIDATE = frozenset({"domain", "phone"})
"""Kinds that only suggest it, and no longer do once more than five different names share the key."""
MOST_NAMES = 5
"""A domain or phone that more names share says nothing about who somebody is."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a customer; ``value`` has at most 300 characters."""

    kind: str
    value: str


def customer_keys(inquiry: Inquiry) -> tuple[Key, ...]:
    """Return the keys of the customer behind an inquiry, deciding kinds first, none twice."""
    keys: dict[Key, None] = {}

    def add(kind: str, value: str) -> None:
        keys.setdefault(Key(kind, value if len(value) <= 300 else _digest(value)))

    emails = [contact.email for contact in inquiry.contacts if contact.email]
    for email in emails:
        add("email", email.casefold())
    company = company_name(inquiry.company)
    domains = list(dict.fromkeys(domain for email in emails if (domain := company_domain(email))))
    code = _postal_key(inquiry)
    if code and (name := company or _person(inquiry)):
        add("name_postal", f"{name}|{code}")
    if company:
        for domain in domains:
            add("name_domain", f"{company}|{domain}")
    for domain in domains:
        add("domain", domain)
    for contact in inquiry.contacts:
        # Only a readable number: "0", "-" and "on request" are shared by many.
        if contact.phone.startswith("+") and contact.phone[1:].isdecimal():
            add("phone", contact.phone)
    return tuple(keys)


def customer_name(inquiry: Inquiry) -> str:
    """Return the normalised name of the company, or of the person where there is none."""
    return company_name(inquiry.company) or folded(f"{inquiry.contact.first_name} {inquiry.contact.last_name}")


_HOW = ("email", "name_postal", "name_domain", "domain", "phone", "name")
_SAYS_TOO = {"name_postal": ("name",), "name_domain": ("name", "domain"), "email": ("domain",)}


def same_how(kinds: Collection[str]) -> tuple[str, ...]:
    """Return why two customers may be the same, the strongest first, without what another reason says already."""
    known = {less for kind in kinds for less in _SAYS_TOO.get(kind, ())}
    return tuple(kind for kind in _HOW if kind in kinds and kind not in known)


def repeat_fingerprint(inquiry: Inquiry) -> str:
    """Return a hash (64 hexadecimal digits) that the same person with the same inquiry text and product has again.

    It is "" where neither is given: two rows of an import that say nothing may be two people with one mailbox.
    """
    if not inquiry.inquiry.strip() and not inquiry.product:
        return ""
    main = inquiry.contact
    # The last name counts even with a mailbox, which two people of one office may share.
    reached = main.email.casefold() or main.phone
    reached = reached or f"{folded(main.first_name)}|{folded(inquiry.company)}|{_postal_key(inquiry)}"
    person = f"{folded(main.last_name)}|{reached}"
    text = " ".join(inquiry.inquiry.casefold().split())
    return _digest("\x1f".join((person, text, inquiry.product.casefold(), "test" if inquiry.test else "")))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _person(inquiry: Inquiry) -> str:
    # A last name alone would make all Müllers of a town one customer.
    main = inquiry.contact
    return folded(f"{main.first_name} {main.last_name}") if main.first_name and main.last_name else ""


def _postal_key(inquiry: Inquiry) -> str:
    if not inquiry.postal_code or repair.POSTAL_CODE_UNVERIFIED in inquiry.flags:
        return ""
    code = repair.squeezed(inquiry.postal_code)
    # The four digits that Americans may add tell the side of the street, and are mostly left out.
    return f"{inquiry.country}|{code[:5] if inquiry.country == 'US' else code}"


# Company names --------------------------------------------------------------------------------------------------------

_LEGAL_FORMS = """
gmbh; ggmbh; mbh; gmbh co kg; gmbh co ohg; gmbh co kgaa; mbh co kg; ag co kg; ug co kg; se co kg; cokg; co kg; kg; ag;
kgaa; ohg; og; gbr; gesbr; ug; ug haftungsbeschränkt; haftungsbeschränkt; unternehmergesellschaft; ek; ekfm; ekfr; ev;
eg; eu; se; partg; partgmbb; part mbb; mbb; gesmbh; ges mbh; stg; vvag; aör; kör; eingetragener kaufmann;
eingetragene kauffrau; eingetragene genossenschaft; eingetragener verein; aktiengesellschaft; kommanditgesellschaft;
gesellschaft mit beschränkter haftung; inc; incorporated; corp; corporation; company; co; llc; llp; lp; ltd; limited;
plc; pllc; sa; sas; sasu; sarl; sagl; eurl; snc; srl; srls; spa; sl; slu; slp; sll; slne; sccl; scoop; bv; nv; bvba;
sprl; vof; ab; as; asa; aps; oy; oyj; kft; zrt; nyrt; sro; as; doo; dd; sp zoo; sp z oo; kk; pty; pty ltd; pte; pte ltd;
lda; sgps; ltda; eood; ood; ooo; oü
"""
_CONNECTING = frozenset({"und", "and", "et", "y"})
_NOBODYS_NAMES = """
privat private privatperson privatkunde person na none keine kein keiner test self selbst student unbekannt unknown nn
xx xxx company firma null freelancer individual personal ohne particular prive
gmbh mbh ag kg ohg gbr ug ek ev inc corp co llc ltd limited sarl srl
"""
_NOBODY = frozenset(_NOBODYS_NAMES.split())


@cache
def _legal_forms() -> frozenset[tuple[str, ...]]:
    # The world's forms are cleanco's; it has neither the UG in full nor the e.K., and knows no folding.
    listed = [form.strip() for form in _LEGAL_FORMS.split(";")]
    for terms in (*termdata.terms_by_type.values(), *termdata.terms_by_country.values()):
        listed.extend(terms)
    forms = {tuple(_name_words(form)) for form in listed}
    return frozenset(form for form in forms if form)


@cache
def _longest_form() -> int:
    return max(map(len, _legal_forms()))


def _name_words(name: str) -> list[str]:
    """Return the folded words of a name; single letters in a row are one word, for they are an abbreviation."""
    words: list[str] = []
    initials = ""
    for word in folded(name).split():
        if len(word) == 1 and word.isalpha():
            initials += word
            continue
        if initials:
            words.append(folded(initials))
            initials = ""
        words.append(word)
    return [*words, folded(initials)] if initials else words


@lru_cache(maxsize=8192)
def company_name(name: str) -> str:
    """Return a company's name for comparing: folded, without legal form, "and" and punctuation.

    ``Müller & Söhne GmbH & Co. KG`` and ``Mueller und Soehne`` are the same. A name that names nobody (``privat``,
    ``n/a``, a legal form alone) is "". Normalising a normalised name changes nothing.
    """
    words = _name_words(name)
    while (shorter := _without_form(words)) != words:
        words = shorter
    plain = " ".join(words)
    return "" if len(plain) < 2 or all(word in _NOBODY for word in words) else plain


def _without_form(words: list[str]) -> list[str]:
    """Leave out what does not tell companies apart, but never the last word: SAS is a company, and a form."""
    words = [word for word in words if word not in _CONNECTING]
    if len(words) > 1 and words[0] in ("firma", "fa"):
        words = words[1:]
    for length in range(min(_longest_form(), len(words) - 1), 0, -1):
        if tuple(words[-length:]) in _legal_forms():
            words = words[:-length]
            break
    # Letters that stand side by side now are one abbreviation ("A and B").
    return _name_words(" ".join(words))


# Domains --------------------------------------------------------------------------------------------------------------

# The bundled list of public suffixes; nothing is fetched and nothing written. Private ones count, so that two tenants
# of one host are not taken for one company.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
_FREEMAIL_FAMILIES = frozenset(
    {"gmail", "googlemail", "gmx", "yahoo", "ymail", "rocketmail", "hotmail", "outlook", "live", "msn", "icloud", "aol",
     "protonmail", "proton", "tutanota", "tuta", "yandex", "zoho", "fastmail", "mailbox", "posteo", "hushmail"}
)  # fmt: skip
_FREEMAIL = """
web.de t-online.de freenet.de arcor.de mail.de email.de 1und1.de online.de vodafone.de vodafonemail.de kabelmail.de
unitybox.de unity-mail.de o2online.de o2mail.de alice.de alice-dsl.net netcologne.de ewe.net ewetel.net osnanet.de
versanet.de lycos.de onlinehome.de directbox.com firemail.de me.com mac.com mail.com mail.ru email.com usa.com pm.me
inbox.com inbox.lv bk.ru list.ru rambler.ru seznam.cz centrum.cz wp.pl o2.pl onet.pl interia.pl bluewin.ch sunrise.ch
hispeed.ch swissonline.ch aon.at chello.at a1.net kabsi.at liwest.at utanet.at orange.fr wanadoo.fr free.fr laposte.net
sfr.fr neuf.fr bbox.fr libero.it virgilio.it tiscali.it alice.it tin.it telefonica.net terra.es telenet.be skynet.be
proximus.be voo.be pt.lu internet.lu ziggo.nl kpnmail.nl planet.nl xs4all.nl home.nl hetnet.nl comcast.net verizon.net
att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com optonline.net roadrunner.com rr.com
shaw.ca rogers.com bell.net sympatico.ca telus.net videotron.ca btinternet.com sky.com virginmedia.com ntlworld.com
talktalk.net bigpond.com qq.com 163.com 126.com sina.com foxmail.com naver.com daum.net hanmail.net duck.com
mailinator.com guerrillamail.com yopmail.com trashmail.com wegwerfemail.de sharklasers.com 10minutemail.com
privaterelay.appleid.com
"""
_FREEMAIL_DOMAINS = frozenset(_FREEMAIL.split())


@lru_cache(maxsize=8192)
def company_domain(email: str) -> str:
    """Return the registrable domain of an e-mail address, "" where anybody may have an address (freemail)."""
    host = email.rpartition("@")[2].lower().rstrip(".")
    labels = host.split(".")
    if len(labels) < 2:
        return ""
    parts = _SUFFIXES(host)
    # An ending that the list does not know (".local", ".example") still has its companies one label below.
    domain = f"{parts.domain}.{parts.suffix}" if parts.domain and parts.suffix else ".".join(labels[-2:])
    free = host in _FREEMAIL_DOMAINS or domain in _FREEMAIL_DOMAINS or domain.split(".")[0] in _FREEMAIL_FAMILIES
    return "" if free else domain
