"""Build the mails: MJML becomes the tables that every mail program understands. Django's tags pass through as they are.

No font is fetched from anywhere. Run as ``python -m assets.mails``.
"""

from __future__ import annotations

import re
from pathlib import Path

import mrml

_HIDDEN_TAG = re.compile(r"<!--(\{%.*?%\})-->")


def build_mails(package: Path) -> int:
    """Compile each MJML source to a Django template beside it; return how many there are."""
    notices = package / "outbound" / "notices"
    made = notices / "html"
    made.mkdir(exist_ok=True)
    sources = sorted((notices / "mjml").glob("*.mjml"))
    for source in sources:
        html = mrml.to_html(source.read_text("utf-8"), render_options=mrml.RenderOptions(fonts={})).content
        (made / f"{source.stem}.html").write_text(_HIDDEN_TAG.sub(r"\1", html), "utf-8")
    return len(sources)


if __name__ == "__main__":
    print(f"{build_mails(Path(__file__).resolve().parent.parent / 'partidor')} mails")
