"""Tables people send: read in any encoding, and refused in a sentence when they are none."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from partidor.inbound.files.tables import UnreadableTable, read_table


def written(folder: Path, content: bytes, name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


class TestCsv:
    @pytest.mark.parametrize(
        ("encoding", "mark"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("cp1252", b""), ("utf-16", b"")]
    )
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_is_read_whatever_wrote_it(self, encoding: str, mark: bytes, delimiter: str, tmp_path: Path) -> None:
        lines = [delimiter.join(("Firma", "Straße", "Ort"))]
        lines += [delimiter.join((f"Müller {n}", "Königsweg 1", "München")) for n in range(20)]
        path = written(tmp_path, mark + "\r\n".join(lines).encode(encoding))
        table = read_table(path)
        assert table.header == ("Firma", "Straße", "Ort")
        rows = list(table.rows)
        assert len(rows) == 20
        assert rows[0] == {"Firma": "Müller 0", "Straße": "Königsweg 1", "Ort": "München"}

    def test_sees_an_umlaut_in_the_last_row_only(self, tmp_path: Path) -> None:
        path = written(tmp_path, b"name,city\n" + b"plain,town\n" * 60_000 + "Müller,Köln\n".encode())
        assert list(read_table(path).rows)[-1] == {"name": "Müller", "city": "Köln"}

    def test_keeps_quoted_newlines_and_delimiters(self, tmp_path: Path) -> None:
        path = written(tmp_path, b'name;note\n"A; B";"one\ntwo"\n\n;\nC;three\n')
        assert list(read_table(path).rows) == [{"name": "A; B", "note": "one\ntwo"}, {"name": "C", "note": "three"}]

    def test_fills_short_rows_and_ignores_columns_without_a_name(self, tmp_path: Path) -> None:
        path = written(tmp_path, b"name,,city,\nA,x,B,\nC\n")
        assert list(read_table(path).rows) == [{"name": "A", "city": "B"}, {"name": "C", "city": ""}]

    def test_takes_what_is_given_over_what_it_guesses(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a;b,c\n1;2,ä\n".encode("cp850"))
        assert list(read_table(path, delimiter=",", encoding="cp850").rows) == [{"a;b": "1;2", "c": "ä"}]

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "it is empty"),
            (b" \n \n", "it is empty"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is a binary file"),
            (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel workbook"),
            (b"a,b,a\n1,2,3\n", "two columns named 'a'"),
            (b",,\n1,2,3\n", "names no columns"),
        ],
    )
    def test_refuses_what_is_no_table(self, content: bytes, sentence: str, tmp_path: Path) -> None:
        with pytest.raises(UnreadableTable, match=sentence):
            read_table(written(tmp_path, content))

    def test_refuses_a_row_that_is_longer_than_the_header(self, tmp_path: Path) -> None:
        path = written(tmp_path, b"name,city\nMuster, Eva,Berlin\n")
        with pytest.raises(UnreadableTable, match="row 2 has 3 cells and the header 2"):
            list(read_table(path).rows)

    def test_refuses_a_cell_without_end(self, tmp_path: Path) -> None:
        path = written(tmp_path, b'name,city\n"' + b"x" * 300_000)
        with pytest.raises(UnreadableTable, match="field larger than field limit"):
            list(read_table(path).rows)

    def test_says_that_there_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableTable, match="no such file"):
            read_table(tmp_path / "none.csv")

    def test_says_that_an_encoding_is_unknown(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableTable, match="is no encoding"):
            read_table(written(tmp_path, b"a\n1\n"), encoding="klingon")


class TestWorkbook:
    def book(self, folder: Path, rows: list[list[object]]) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(row)
        path = folder / "leads.xlsx"
        book.save(path)
        return path

    def test_becomes_plain_texts(self, tmp_path: Path) -> None:
        at = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001 - workbooks know no time zones
        path = self.book(tmp_path, [["zip", "rate", "at", "yes", "note"], [98104.0, 0.5, at, True, "x"], [None] * 5])
        table = read_table(path)
        assert table.header == ("zip", "rate", "at", "yes", "note")
        assert list(table.rows) == [
            {"zip": "98104", "rate": "0.5", "at": "2026-03-01T09:30:00", "yes": "true", "note": "x"}
        ]

    def test_counts_a_formula_as_its_value_never_as_text_to_run(self, tmp_path: Path) -> None:
        path = self.book(tmp_path, [["name", "sum"], ["A", '=HYPERLINK("https://evil.example","x")']])
        assert list(read_table(path).rows) == [{"name": "A", "sum": ""}]

    def test_refuses_a_bomb_by_what_it_says_of_itself(self, tmp_path: Path) -> None:
        path = tmp_path / "bomb.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/workbook.xml", "<workbook/>")
            packed.writestr("xl/worksheets/sheet1.xml", b" " * 50_000_000)
        with pytest.raises(UnreadableTable, match="unpacks to"):
            read_table(path)

    @pytest.mark.parametrize("cut", [100, 1000, 4000])
    def test_refuses_half_a_workbook(self, cut: int, tmp_path: Path) -> None:
        whole = self.book(tmp_path, [["name"], ["A"]]).read_bytes()
        with pytest.raises(UnreadableTable, match="damaged"):
            read_table(written(tmp_path, whole[:cut], "half.xlsx"))

    def test_refuses_another_packed_file(self, tmp_path: Path) -> None:
        path = tmp_path / "leads.zip"
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("leads.csv", "name\nA\n")
        with pytest.raises(UnreadableTable, match="no Excel workbook"):
            read_table(path)
