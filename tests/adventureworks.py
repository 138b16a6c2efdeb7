"""AdventureWorks, Microsoft's bicycle maker: where its tables are, and its customers joined with their first sale."""

from __future__ import annotations

import csv
import os
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

MAPPINGS = Path(__file__).parent / "mappings"
_ADDED = ("FirstProductLine", "FirstProductCategory", "FirstSaleValue")


def real_data() -> Path | None:
    """Return the folder of the real data: PARTIDOR_TEST_REAL_DATA, else ``../shared/data``; None where there is none.

    Raises SystemExit if the variable names a folder that does not hold them: what was asked for is not left out.
    """
    named = os.environ.get("PARTIDOR_TEST_REAL_DATA")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "data"
    if (folder / "adventureworks_dev_us_ca_de").is_dir():
        return folder
    if named:
        raise SystemExit(f"PARTIDOR_TEST_REAL_DATA is {named!r}, which holds no folder adventureworks_dev_us_ca_de")
    return None


def adventureworks() -> Path | None:
    """Return the folder of AdventureWorks' tables, None where there is none."""
    data = real_data()
    return data / "adventureworks_dev_us_ca_de" if data else None


def write_customers(tables: Path, target: Path) -> Path:
    """Write customers.csv with what each bought first: the line and category of the dearest product of the first order,
    and the order's sum in dollars. Customers keep their order; one who bought nothing has empty cells.
    """
    products = {row["ProductKey"]: row for row in _rows(tables / "products.csv")}
    first: dict[str, tuple[tuple[str, str], list[dict[str, str]]]] = {}
    for sale in _rows(tables / "customer_sales.csv"):
        order = (sale["OrderDate"], sale["SalesOrderNumber"])
        known = first.get(sale["CustomerKey"])
        if known is None or order < known[0]:
            first[sale["CustomerKey"]] = (order, [sale])
        elif order == known[0]:
            known[1].append(sale)
    customers = _rows(tables / "customers.csv")
    with target.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, [*customers[0], *_ADDED])
        writer.writeheader()
        for customer in customers:
            _, sales = first.get(customer["CustomerKey"], (("", ""), []))
            writer.writerow({**customer, **_bought(sales, products)})
    return target


def _bought(sales: list[dict[str, str]], products: dict[str, dict[str, str]]) -> dict[str, str]:
    if not sales:
        return dict.fromkeys(_ADDED, "")
    dearest = products[max(sales, key=lambda sale: Decimal(sale["SalesAmount"]))["ProductKey"]]
    total = sum((Decimal(sale["SalesAmount"]) for sale in sales), Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return dict(zip(_ADDED, (dearest["ProductLine"].strip(), dearest["EnglishProductCategoryName"], f"{total}"),
                    strict=True))  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))
