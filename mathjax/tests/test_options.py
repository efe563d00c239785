"""选项。"""

from markdown_mathjax import FormulaError
from markdown_mathjax.extension import MathJaxExtension
from markdown_mathjax.options import OPTIONAL, PACKAGES
from markdown_mathjax.typesetter import Typesetter


def test_packages_are_those_of_the_bundle():
    typesetter = Typesetter({"macros": {}, "packages": [], "scale": 1})
    try:
        assert typesetter.packages() == PACKAGES
    finally:
        typesetter.close()
    assert set(MathJaxExtension().getConfigs()["packages"]) == set(PACKAGES) - OPTIONAL and set(PACKAGES) > OPTIONAL


SAMPLES = {
    "ams": r"\begin{align} a &= b \end{align}",
    "amscd": r"\begin{CD} A @>a>> B \\ @VVV @AAA \\ C @= D \end{CD}",
    "bbox": r"\bbox[5px]{x}",
    "boldsymbol": r"\boldsymbol{x}",
    "braket": r"\braket{a|b}",
    "cancel": r"\cancel{x}",
    "cases": r"\begin{numcases}{x} a & b \end{numcases}",
    "centernot": r"\centernot\longrightarrow",
    "color": r"\color[RGB]{1,2,3} x",
    "empheq": r"\begin{empheq}[left=x\empheqlbrace]{align} a &= b \end{empheq}",
    "enclose": r"\enclose{box}{x}",
    "extpfeil": r"\xtwoheadrightarrow{a}",
    "mathtools": r"\xleftrightarrow{a} \coloneqq",
    "physics": r"\dv{f}{x} \qty(\frac{a}{b})",
    "textmacros": r"\text{\textit{a}}",
    "units": r"\unitfrac[3]{m}{s}",
    "upgreek": r"\upalpha",
}


def test_every_package_does_something(convert):
    """载入就能排，不载入就排不出（或排得不同）：名字没有写错，包里也真有。"""
    assert set(SAMPLES) == set(PACKAGES)
    needs = {"cases": ["ams"], "empheq": ["ams"], "mathtools": ["ams"]}
    differ = {"textmacros", "color"}  # 不载入也不出错
    for name, tex in SAMPLES.items():
        others = needs.get(name, [])
        there = convert(f"$$\n{tex}\n$$", packages=[name, *others], cache="")
        assert "<mjx-math" in there
        try:
            without = convert(f"$$\n{tex}\n$$", packages=others, cache="")
        except FormulaError:
            pass
        else:
            assert name in differ and without != there, name
