"""测试的测试：核对过的话改错一处，一定看得出来，而且不必运行什么。"""

import dataclasses

import pytest

from notes import claims, equations, mutants
from notes.assertions import assertions
from notes.coverage import Coverage
from notes.errors import Fault
from notes.files import read
from notes.page import documents, pages
from notes.prose import blank, squeezed, texts

SAMPLED = 300  # 全站一共取这么多处，均匀地取


@dataclasses.dataclass(frozen=True)
class Mutation:
    """一处改错：哪一处话的哪一段，换成什么；引用它的那句话，没有就是 None。"""

    coverage: Coverage
    text: object
    start: int
    end: int
    new: str
    quotation: claims.Quotation | None = None

    def changed(self):
        words, scanned = (s[: self.start] + self.new + s[self.end :] for s in (self.text.words, self.text.scanned))
        return dataclasses.replace(self.text, words=words, scanned=scanned)

    def __str__(self):
        return f"{self.text.where(self.start)}  {self.text.words[self.start : self.end]} → {self.new}"

    @property
    def noticed(self):
        return self.quotation_is_lost() if self.quotation else self.is_uncovered()

    def quotation_is_lost(self):
        wanted = squeezed(self.quotation.words)
        others = [text.compact[0] for text in texts(self.coverage.page) if text is not self.text]
        return sum(words.count(wanted) for words in [squeezed(self.changed().words), *others]) != 1

    def is_uncovered(self):
        """改过的地方要核对的，没有什么核对得了它。只看这一行。"""
        text = self.changed()
        first = text.scanned.rfind("\n", 0, self.start) + 1
        last = text.scanned.find("\n", self.start + len(self.new))
        kept = blank(text.scanned[:first]) + text.scanned[first:last] + blank(text.scanned[last:])
        here = dataclasses.replace(text, scanned=kept)
        spots = [
            each for each in assertions(here) if each.start <= self.start + len(self.new) and self.start <= each.end
        ]
        return any(not self.coverage.is_known(each) for each in spots)


def mutations():
    """全站核对过的话里的全部变异。"""
    for page in documents():
        coverage, said = Coverage(page), texts(page)
        for claim in claims.claims(page):
            for quotation in claim.quotations:
                for text, start, end in claims.places(said, quotation):
                    for change in mutants.changed_words(text.words, start, end):
                        yield Mutation(coverage, text, *change, quotation)
        for text in said:
            for each in assertions(text):
                if not coverage.is_quoted(text, each.start, each.end) and coverage.is_known(each):
                    for change in mutants.changed_words(text.words, each.start, each.end):
                        yield Mutation(coverage, text, *change)


def test_changed_words_are_noticed():
    found = list(mutations())
    survivors = [str(each) for each in found[:: max(1, len(found) // SAMPLED)] if not each.noticed]
    assert len(found) > SAMPLED
    if survivors:
        raise Fault("改错了这几处，没有被发现，要有断言引用：\n" + "\n".join(survivors))


@pytest.mark.parametrize("page", [page for page in pages() if r"\tag{" in read(page.path)], ids=str)
def test_changed_equation_is_noticed(page):
    """编号公式改了，指纹就变，要人对照着再读。"""
    known = equations.prints(page)
    for equation in (each for each in page.markdown.equations if each.number in known):
        for start, end, new in list(mutants.changed_words(equation.tex, 0, len(equation.tex)))[::5]:
            changed = equation.tex[:start] + new + equation.tex[end:]
            assert equations.fingerprint(changed) != known[equation.number][0]
