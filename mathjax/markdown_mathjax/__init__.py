"""Python-Markdown 扩展：构建时用 MathJax 排版公式。"""

from .errors import ConfigurationError, FormulaError, MathJaxError
from .extension import MathJaxExtension, makeExtension

__all__ = ["ConfigurationError", "FormulaError", "MathJaxError", "MathJaxExtension", "makeExtension"]
__version__ = "0.1.0"
