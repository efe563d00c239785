"""由程序写的表格：{snippets/ 下的文件: 返回它的全文的函数}。"""

from notes.generated import card
from notes import implementations
from notes.generated import report


def tables():
    """实现里的 markdown()，以及由测试的结果写成的表格。"""
    return implementations.tables() | {card.STORED: card.markdown, report.STORED: report.markdown}
