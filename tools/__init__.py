"""命令：`python -m tools.名字`。没有接住的 Fault 只印那句话，不印调用栈。"""

import sys

from notes.errors import say_only

sys.excepthook = say_only
