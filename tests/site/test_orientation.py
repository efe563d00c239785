"""读者怎样知道自己在哪里、从哪里来：每一页的摘要与转发时的卡片。"""

import pytest

from notes import config
from notes.descriptions import description
from notes.page import pages
from notes.site.html import Document

EACH = pytest.mark.parametrize("page", pages(), ids=str)


@EACH
def test_description_and_card(page, site, shared_site):
    """搜索引擎看到的摘要、转发时的卡片，都是这一页自己的。"""
    meta = Document.at(page.html(site)).meta
    home = page.url == ""
    assert meta["description"] == meta["og:description"] == description(page)
    assert meta["og:title"] == (config.settings()["site_name"] if home else page.title)
    assert meta["og:type"] == ("website" if home else "article")
    assert meta["og:site_name"] == config.settings()["site_name"]
    assert meta["og:locale"] == "zh_CN"
    assert meta["og:url"] == shared_site.url + page.url
