"""make runtime：网页里的 Python 与编辑器，由包源上的几个包做成；版本与哈希在这个文件夹里。

package.json、package-lock.json  Pyodide、CodeMirror 与打包用的 esbuild，npm 的写法
requirements.txt                 numpy 的 wasm 版本，pip 的写法
compile.mjs、trim.py             裁剪、编译标准库与 numpy
editor.js                        编辑器打成一个文件
licenses/                        包里没有带着的许可文本
"""
