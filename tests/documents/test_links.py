from pathlib import Path, PurePosixPath

import pytest

from documents.links import link_to

FOLDER = PurePosixPath("2026/11/ООО Ромашка #1/PAY-2026-00042")
QUOTED = "2026/11/%D0%9E%D0%9E%D0%9E%20%D0%A0%D0%BE%D0%BC%D0%B0%D1%88%D0%BA%D0%B0%20%231/PAY-2026-00042/index.html"


@pytest.mark.parametrize(
    ("prefix", "workbook", "link"),
    [
        ("", "/srv/pay", f"materials/{QUOTED}"),
        ("", "/srv/pay/sheets", f"../materials/{QUOTED}"),
        ("https://files.example.test/pay/", "/srv/pay", f"https://files.example.test/pay/{QUOTED}"),
        ("https://files.example.test/pay", "/elsewhere", f"https://files.example.test/pay/{QUOTED}"),
    ],
)
def test_a_row_links_to_the_card_page(prefix, workbook, link):
    assert link_to(FOLDER, prefix, Path(workbook), Path("/srv/pay/materials")) == link
