"""The standard codes a lead is written in: countries, regions, currencies, languages, time zones.

Sources: ISO 3166-1 (countries), ISO 3166-2 (regions of DE, AT, CH, US, CA in full; elsewhere the form only),
ISO 4217 (currencies and their decimals), ISO 639-1 within BCP 47 (languages), the IANA list (time zones).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from zoneinfo import available_timezones

_COUNTRIES = """
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD BEBEL
BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD
CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA
DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF
GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN
IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA
KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE
MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM
NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM
PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN
SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL
TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR
VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF ZMZMB ZWZWE
"""
COUNTRIES: frozenset[str] = frozenset(pair[:2] for pair in _COUNTRIES.split())
"""ISO 3166-1 alpha-2, with the user-assigned XK that the European Commission writes for Kosovo."""

_BY_CODE: dict[str, str] = {code: code for code in COUNTRIES}
_BY_CODE |= {pair[2:]: pair[:2] for pair in _COUNTRIES.split()}
_BY_CODE |= {"UK": "GB", "EL": "GR", "D": "DE", "A": "AT", "CH.": "CH", "FL": "LI", "L": "LU", "F": "FR", "I": "IT"}
# Names that the library's locale table spells otherwise, and the vehicle codes above that stand in European addresses.
_COMMON_NAMES = {
    "brd": "DE", "bundesrepublikdeutschland": "DE", "allemagne": "DE", "federalrepublicofgermany": "DE",
    "schweiz": "CH", "suisse": "CH", "svizzera": "CH", "osterreich": "AT", "oesterreich": "AT",
    "unitedstatesofamerica": "US", "usa": "US", "vereinigtestaatenvonamerika": "US", "america": "US",
    "england": "GB", "greatbritain": "GB", "scotland": "GB", "wales": "GB", "northernireland": "GB",
    "grossbritannien": "GB", "holland": "NL", "thenetherlands": "NL", "czechrepublic": "CZ", "tschechien": "CZ",
    "tschechischerepublik": "CZ", "russia": "RU", "russland": "RU", "southkorea": "KR", "sudkorea": "KR",
    "turkey": "TR", "turkei": "TR", "turkiye": "TR", "korea": "KR", "vietnam": "VN", "taiwan": "TW",
    "macedonia": "MK", "mazedonien": "MK", "ivorycoast": "CI", "elfenbeinkuste": "CI", "uae": "AE", "vae": "AE",
    "hongkong": "HK", "republicofireland": "IE", "weissrussland": "BY",
}  # fmt: skip


def _squeeze(name: str) -> str:
    """Fold a name to bare letters: no case, accents, blanks or points."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in folded if char.isalnum())


@cache
def _countries_by_name() -> Mapping[str, str]:
    # Late, for its names in 250 languages take a quarter of a second to load, and codes come far oftener.
    from phonenumbers.geodata.locale import LOCALE_DATA

    names: dict[str, str] = {}
    unclear: set[str] = set()
    for tongue in ("en", "de", None):
        for code, by_language in LOCALE_DATA.items():
            if code not in COUNTRIES:
                continue
            for language, name in by_language.items():
                # The table writes "*en" for "the same as in English".
                if name.startswith("*") or (tongue and language != tongue):
                    continue
                key = _squeeze(name)
                if tongue is None and names.get(key, code) != code:
                    unclear.add(key)
                names.setdefault(key, code)
    trusted = {_squeeze(LOCALE_DATA[code][t]) for code in COUNTRIES if code in LOCALE_DATA
               for t in ("en", "de") if t in LOCALE_DATA[code]}  # fmt: skip
    for key in unclear - trusted:
        del names[key]
    return names | _COMMON_NAMES


@lru_cache(maxsize=2048)
def country_code(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code for a code (two or three letters) or a country's name, or None."""
    code = _BY_CODE.get(text) or _BY_CODE.get(text.upper())
    if code or len(text) < 3:
        return code
    key = _squeeze(text)
    return _COMMON_NAMES.get(key) or (_countries_by_name().get(key) if key else None)


_REGIONS = {
    "DE": "BW Baden-Württemberg;BY Bayern/Bavaria;BE Berlin;BB Brandenburg;HB Bremen;HH Hamburg;HE Hessen/Hesse;"
    "MV Mecklenburg-Vorpommern;NI Niedersachsen/Lower Saxony;NW Nordrhein-Westfalen/North Rhine-Westphalia/NRW;"
    "RP Rheinland-Pfalz/Rhineland-Palatinate;SL Saarland;SN Sachsen/Saxony;ST Sachsen-Anhalt/Saxony-Anhalt;"
    "SH Schleswig-Holstein;TH Thüringen/Thuringia",
    "AT": "1 Burgenland;2 Kärnten/Carinthia;3 Niederösterreich/Lower Austria;4 Oberösterreich/Upper Austria;5 Salzburg;"
    "6 Steiermark/Styria;7 Tirol/Tyrol;8 Vorarlberg;9 Wien/Vienna",
    "CH": "AG Aargau;AR Appenzell Ausserrhoden;AI Appenzell Innerrhoden;BL Basel-Landschaft;BS Basel-Stadt;"
    "BE Bern/Berne;FR Fribourg/Freiburg;GE Genève/Genf/Geneva;GL Glarus;GR Graubünden/Grisons;JU Jura;"
    "LU Luzern/Lucerne;NE Neuchâtel/Neuenburg;NW Nidwalden;OW Obwalden;SG St. Gallen/Sankt Gallen;SH Schaffhausen;"
    "SZ Schwyz;SO Solothurn;TG Thurgau;TI Ticino/Tessin;UR Uri;VS Valais/Wallis;VD Vaud/Waadt;ZG Zug;ZH Zürich/Zurich",
    "US": "AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;DE Delaware;"
    "DC District of Columbia/Washington DC;FL Florida;GA Georgia;HI Hawaii;ID Idaho;IL Illinois;IN Indiana;IA Iowa;"
    "KS Kansas;KY Kentucky;LA Louisiana;ME Maine;MD Maryland;MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;"
    "MO Missouri;MT Montana;NE Nebraska;NV Nevada;NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;"
    "NC North Carolina;ND North Dakota;OH Ohio;OK Oklahoma;OR Oregon;PA Pennsylvania;RI Rhode Island;SC South Carolina;"
    "SD South Dakota;TN Tennessee;TX Texas;UT Utah;VT Vermont;VA Virginia;WA Washington;WV West Virginia;WI Wisconsin;"
    "WY Wyoming;AA Armed Forces Americas;AE Armed Forces Europe;AP Armed Forces Pacific;AS American Samoa;GU Guam;"
    "MP Northern Mariana Islands;PR Puerto Rico;VI Virgin Islands",
    "CA": "AB Alberta;BC British Columbia;MB Manitoba;NB New Brunswick;NL Newfoundland and Labrador;"
    "NT Northwest Territories;NS Nova Scotia;NU Nunavut;ON Ontario;PE Prince Edward Island;QC Québec;SK Saskatchewan;"
    "YT Yukon",
    "ES": "C A Coruña/La Coruña/Coruña;VI Álava/Araba;AB Albacete;A Alicante/Alacant;AL Almería;O Asturias;AV Ávila;"
    "BA Badajoz;PM Illes Balears/Islas Baleares/Baleares/Balearic Islands;B Barcelona;BI Bizkaia/Vizcaya;BU Burgos;"
    "CC Cáceres;CA Cádiz;S Cantabria;CS Castellón/Castelló;CE Ceuta;CR Ciudad Real;CO Córdoba;CU Cuenca;"
    "SS Gipuzkoa/Guipúzcoa;GI Girona/Gerona;GR Granada;GU Guadalajara;H Huelva;HU Huesca;J Jaén;LO La Rioja;"
    "GC Las Palmas;LE León;L Lleida/Lérida;LU Lugo;M Madrid;MA Málaga;ML Melilla;MU Murcia;NA Navarra/Nafarroa/Navarre;"
    "OR Ourense/Orense;P Palencia;PO Pontevedra;SA Salamanca;TF Santa Cruz de Tenerife/Tenerife;SG Segovia;"
    "SE Sevilla/Seville;SO Soria;T Tarragona;TE Teruel;TO Toledo;V Valencia/València;VA Valladolid;ZA Zamora;"
    "Z Zaragoza/Saragossa;AN Andalucía/Andalusia;AR Aragón;CN Canarias/Canary Islands;CL Castilla y León;"
    "CM Castilla-La Mancha;CT Cataluña/Catalunya/Catalonia;EX Extremadura;GA Galicia;MD Comunidad de Madrid;"
    "MC Región de Murcia;NC Comunidad Foral de Navarra;PV País Vasco/Euskadi/Basque Country;AS Principado de Asturias;"
    "VC Comunidad Valenciana/Comunitat Valenciana",
}
_REGION_OF: dict[str, dict[str, str]] = {}
for _country, _listed in _REGIONS.items():
    _REGION_OF[_country] = {}
    for _entry in _listed.split(";"):
        _code, _names = _entry.split(" ", 1)
        for _name in (_code, *_names.split("/")):
            _REGION_OF[_country][_squeeze(_name)] = f"{_country}-{_code}"
_REGION_FORM = re.compile(r"([A-Z]{2})-([A-Z0-9]{1,3})")


@lru_cache(maxsize=2048)
def region_code(text: str, country: str) -> str | None:
    """Return the ISO 3166-2 code for a code, with or without its country, or for a name where the list knows it.

    Of countries whose list is kept here only listed codes are right; of others the form and the country must fit.
    A region of another country than ``country`` is None; without a country the text must name it (``DE-BY``).
    """
    form = _REGION_FORM.fullmatch(text.upper())
    if form and form[1] in COUNTRIES and country in ("", form[1]):
        listed = _REGION_OF.get(form[1])
        return form[0] if listed is None else listed.get(_squeeze(form[2]))
    listed = _REGION_OF.get(country)
    if listed is not None:
        return listed.get(_squeeze(text))
    whole = f"{country}-{text.upper()}"
    return whole if country and _REGION_FORM.fullmatch(whole) else None


def is_region_form(text: str) -> bool:
    """Say whether a text is written as a region's code (``DE-BY``), whether there is such a region or not."""
    form = _REGION_FORM.fullmatch(text.upper())
    return form is not None and form[1] in COUNTRIES


def region_names(country: str, language: str) -> list[str]:
    """Name the listed regions of a country, in the order of the alphabet."""
    return sorted(region_name(code, language) for code in set(_REGION_OF.get(country, {}).values()))


def region_name(code: str, language: str) -> str:
    """Name a listed region (ISO 3166-2) in German (``de``) or else, where the list knows it, in English."""
    country, _, short = code.upper().partition("-")
    for entry in filter(None, _REGIONS.get(country, "").split(";")):
        listed, names = entry.split(" ", 1)
        if listed == short:
            spellings = names.split("/")
            return spellings[1 if language != "de" and country in ("DE", "AT") and len(spellings) > 1 else 0]
    return code


_CURRENCIES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UYW UZS VED VES VND VUV WST XAF
XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENTS = {
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
    "CLF": 4,
    "UYW": 4,
}
CURRENCIES: Mapping[str, int] = {code: _EXPONENTS.get(code, 2) for code in _CURRENCIES.split()}
"""ISO 4217 code to the number of its decimals: EUR 2, JPY 0, KWD 3."""

_LANGUAGES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta
te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_KNOWN_LANGUAGES = frozenset(_LANGUAGES.split())
_LONG_LANGUAGES = {
    "deu": "de", "ger": "de", "eng": "en", "fra": "fr", "fre": "fr", "ita": "it", "spa": "es", "nld": "nl", "dut": "nl",
    "por": "pt", "pol": "pl", "ces": "cs", "cze": "cs", "dan": "da", "swe": "sv", "nor": "no", "fin": "fi", "hun": "hu",
    "tur": "tr", "rus": "ru", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko",
    "german": "de", "deutsch": "de", "english": "en", "englisch": "en", "french": "fr", "français": "fr",
    "französisch": "fr", "italian": "it", "italiano": "it", "italienisch": "it", "spanish": "es", "español": "es",
    "spanisch": "es", "dutch": "nl", "nederlands": "nl", "niederländisch": "nl",
}  # fmt: skip
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<rest>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
)


@lru_cache(maxsize=1024)
def language_tag(text: str) -> str | None:
    """Return a language as a BCP 47 tag in its usual case (``de``, ``de-CH``, ``zh-Hant-TW``), or None."""
    lowered = text.lower().replace("_", "-")
    found = _TAG.fullmatch(_LONG_LANGUAGES.get(lowered, lowered))
    if found is None:
        return None
    language = _LONG_LANGUAGES.get(found["language"], found["language"])
    if len(language) == 2 and language not in _KNOWN_LANGUAGES:
        return None
    parts = [language]
    if found["script"]:
        parts.append(found["script"].title())
    if found["region"]:
        parts.append(found["region"].upper())
    return "-".join(parts) + found["rest"]


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_time_zone(name: str) -> bool:
    """Say whether the IANA list has this name, such as ``Europe/Berlin``."""
    return name in _time_zones()


SEVERAL_TIME_ZONES: frozenset[str] = frozenset({
    "AQ", "AR", "AU", "BR", "CA", "CD", "CL", "CN", "CY", "EC", "ES", "FM", "GL", "ID", "KI", "KZ", "MH", "MN", "MX",
    "MY", "NZ", "PF", "PG", "PS", "PT", "RU", "UA", "UM", "US", "UZ", "VN",
})  # fmt: skip
"""Countries with several time zones (IANA), islands included: of them the country alone does not tell the time."""
