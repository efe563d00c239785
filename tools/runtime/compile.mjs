// 用 Pyodide 自己裁剪、编译标准库与 numpy：node compile.mjs 放成品的文件夹 numpy的wheel
import {readFileSync, writeFileSync} from "node:fs"
import {loadPyodide} from "pyodide"

const [folder, wheel] = process.argv.slice(2)
const home = new URL("node_modules/pyodide/", `file://${process.cwd()}/`)
const python = await loadPyodide({env: {PYTHONHASHSEED: "0", HOME: "/"}})
python.FS.writeFile("/stdlib.zip", readFileSync(new URL("python_stdlib.zip", home)))
python.FS.writeFile("/numpy.whl", readFileSync(wheel))
python.runPython(readFileSync("trim.py", "utf8"))
for (const name of ["python_stdlib.zip", "numpy.zip"]) writeFileSync(`${folder}/${name}`, python.FS.readFile(`/${name}`))
