"""算子与它的一行：缺了、多了、写得不合，各得一句话。"""

import inspect

import pytest

from notes.errors import Malformed
from notes.files import read
from notes.operators import registry
from notes.operators.row import Accuracy, Row, kink, problems, sample, timing
from notes.paths import display
from start.conventions import OPERATORS as REGISTERED

TIMING = timing("rc", "rc", autograd="没有")


def rule(x, y, *, axis=None):
    """两个输入、一个关键字参数。"""


def twin(torch, x, y, *, axis=None):
    """PyTorch 里的同一个。"""


def row(*samples, **changes):
    return Row(samples, **{"torch": twin, "timing": TIMING, "accuracy": "试试而已"} | changes)


GOOD = sample((2,), (2,))
BAD = {
    "不是一行": ([GOOD], "应是 Row(…)，却是 list"),
    "没有样本": (row(), "一个样本也没有"),
    "没有计时": (Row((GOOD,), torch=twin), "没有写 timing，make bench 不知道怎样计时"),
    "没有写精度": (row(GOOD, accuracy=""), "没有写 accuracy：准到什么程度，或为什么不量"),
    "样本少一个输入": (row(sample((2,))), "Sample ((2,),)，{} 与算子的参数不合：missing a required argument: 'y'"),
    "样本的参数不认识": (
        row(sample((2,), (2,), dim=1)),
        "Sample ((2,), (2,))，{'dim': 1} 与算子的参数不合：got an unexpected keyword argument 'dim'",
    ),
    "计时多一个输入": (
        row(GOOD, timing=timing("n", "n", "n", autograd="")),
        "Timing ('n', 'n', 'n')，{} 与算子的参数不合：too many positional arguments",
    ),
    "范围少一个": (row(GOOD, domain=("real",)), "有 2 个输入 ((2,), (2,))，domain 却只写了 1 个"),
    "范围不认识": (
        row(GOOD, domain="reel"),
        "不认识的取值范围 'reel'，应为 real、nonzero、positive、probability、near one、small、invertible、positive definite 之一",
    ),
    "折点的梯度少一个": (
        row(GOOD, kinks=(kink(0.0, 0.0, G=1.0, gradients=(0.0,)),)),
        "折点 (0.0, 0.0) 有 2 个输入，却写了 1 个梯度",
    ),
    "折点少一个输入": (
        row(GOOD, kinks=(kink(0.0, G=1.0, gradients=(0.0,)),)),
        "Kink (0.0,)，{} 与算子的参数不合：missing a required argument: 'y'",
    ),
    "只有一个样本，没有逗号": (
        Row(GOOD, torch=twin, timing=TIMING, accuracy="试试而已"),
        "samples 应是 sample(…) 的元组，却是 Sample；只有一个时，末尾也要有逗号",
    ),
    "样本只写了形状": (row(((2,), (2,))), "samples 里应是 sample(…)，却有 ((2,), (2,))"),
    "样本的形状是一个数": (row(sample(2, 2)), "样本的形状应是整数的元组，如 (3,)，却有 2"),
    "只有一个折点，没有逗号": (
        row(GOOD, kinks=kink(0.0, 0.0, G=1.0, gradients=(0.0, 0.0))),
        "kinks 应是 kink(…) 的元组，却是 Kink；只有一个时，末尾也要有逗号",
    ),
    "极端的输入没有写成 extreme": (
        row(GOOD, accuracy=Accuracy(([1.0],))),
        "accuracy 的 extremes 里应是 extreme(…)，却有 [1.0]",
    ),
    "精度是数": (row(GOOD, accuracy=4), "accuracy 应写成 Accuracy(…) 或一句话，却是 4"),
    "torch 不是函数": (row(GOOD, torch="add"), "torch 应是一个函数，却是 'add'"),
    "计时不是 timing": (row(GOOD, timing=("rc", "rc")), "timing 应写成 timing(…)，却是 ('rc', 'rc')"),
    "计时的字母不认识": (
        row(GOOD, timing=timing("rz", "rc", autograd="")),
        "timing 的形状写成字母，一个字母一个轴，只能用 n、r、c、m、t、q、b、k、h、a、s 与数字，却有 'rz'",
    ),
    "计时的写法不是函数": (
        row(GOOD, timing=timing("rc", "rc", autograd=None)),
        "timing 的 autograd 应是一个函数或一句话，却是 None",
    ),
    "范围是一个数": (row(GOOD, domain=1), "domain 应是一个名字，或名字的元组，却是 1"),
    "范围多一个": (row(GOOD, domain=("real",) * 3), "算子有 2 个输入，domain 却写了 3 个"),
    "计时的范围多一个": (
        row(GOOD, timing=timing("rc", "rc", autograd="", domain=("real",) * 3)),
        "算子有 2 个输入，domain 却写了 3 个",
    ),
    "理由不是一句话": (row(GOOD, not_analytic=True), "not_analytic 应是一句话，说为什么不解析，却是 True"),
}


@pytest.mark.parametrize(("given", "sentence"), BAD.values(), ids=BAD)
def test_bad_row(given, sentence):
    assert next(problems(given, rule)) == sentence


def test_good_row():
    assert not list(problems(row(GOOD, sample((2,), (2,), axis=1)), rule))


def test_more_inputs_than_domains():
    """四个输入、三个范围：不许悄悄丢掉第四个。"""

    def four(a, b, c, d):
        """四个输入。"""

    given = Row(
        (sample((), (), (), ()),),
        torch=twin,
        timing=timing(*"nnnn", autograd=""),
        domain=("real",) * 3,
        accuracy="试试而已",
    )
    assert "domain 却只写了 3 个" in next(problems(given, four))


@pytest.fixture
def complaint(monkeypatch):
    """把 rows/ 里写着的换掉几行，登记时说什么。"""

    def complaint_(changes):
        written = dict(registry.written_rows(registry.ROWS))
        for name, entry in changes.items():
            written.pop(name, None)
            if entry:
                written[name] = entry
        monkeypatch.setattr(registry, "written_rows", lambda rows: iter(written.items()))
        with pytest.raises(Malformed) as caught:
            registry.registry()
        return str(caught.value)

    return complaint_


def test_operator_without_a_row(complaint):
    line = inspect.getsourcelines(inspect.unwrap(REGISTERED["add"]))[1]
    home = "notes/operators/rows/elementwise/add_sub.py"
    said = f"snippets/elementwise/add_sub.py:{line}  算子 add 还没有验证用的一行，请写进 {home} 的 ROWS"
    assert complaint({"add": None}) == said


def test_row_without_an_operator(complaint):
    path = registry.ROWS / "elementwise" / "add_sub.py"
    assert complaint({"plus": (path, 7, row(GOOD))}) == f"{display(path)}:7  没有名叫 plus 的算子"


def test_row_in_the_wrong_file(complaint):
    path = registry.ROWS / "linalg" / "det.py"
    said = complaint({"add": (path, 7, row(GOOD))})
    assert (
        said
        == f"{display(path)}:7  算子 add 在 elementwise/add_sub 一页，它的一行应写在 notes/operators/rows/elementwise/add_sub.py"
    )


def test_bad_row_names_its_file_and_line(complaint):
    path = registry.ROWS / "elementwise" / "add_sub.py"
    assert complaint({"add": (path, 7, row())}) == f"{display(path)}:7  算子 add 的一行：一个样本也没有"


def test_rows_without_a_page(tmp_path):
    path = tmp_path / "a" / "b.py"
    path.parent.mkdir()
    path.write_text("ROWS = {}\n", encoding="utf-8")
    with pytest.raises(Malformed, match=f"^{path.as_posix()}:1  没有对应的页面 docs/a/b.md$"):
        registry.registry(tmp_path)


FILES = {
    "语法错误": ("ROWS = {\n    'add': = 1,\n}\n", 2, "语法错误：invalid syntax"),
    "没有 ROWS": ("import math\n", 1, "这里应有 ROWS = {算子的名字: Row(…)}"),
    "不是字典": ("\nROWS = dict(add=1)\n", 2, "ROWS 应直接写成字典 {算子的名字: Row(…)}"),
}


@pytest.mark.parametrize(("text", "line", "sentence"), FILES.values(), ids=FILES)
def test_malformed_file(text, line, sentence, tmp_path, complains):
    path = tmp_path / "a.py"
    path.write_text(text, encoding="utf-8")
    complains(registry.keys, path, line, sentence)


@pytest.mark.parametrize("operator", registry.OPERATORS.values(), ids=str)
def test_operator_is_among_the_tags_of_its_page(operator):
    """搜它的名字，找得到这一页。"""
    page = operator.page
    if operator.name not in page.markdown.meta.get("tags", []):
        line = next((k for k, text in enumerate(read(page.path).split("\n"), 1) if text.startswith("tags:")), 1)
        raise Malformed(page.path, line, f"tags 里没有这一页的算子 {operator}")
