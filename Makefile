# 可执行的求导笔记。make help 列出全部命令；只需要 make 与 Python 3.11 或更新的版本。

PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11 python
ARGS ?=
VENV := .venv
RUN := $(VENV)/bin/python -m

export NO_MKDOCS_2_WARNING := 1
# 构建的时间取提交的时间，同一次提交构建两次，得到的字节相同
export SOURCE_DATE_EPOCH := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),1767225600)
# 页脚里的日期，也取提交的；不是从仓库来的就没有
export EDITION := $(or $(EDITION),$(shell TZ=UTC git log -1 --date=format-local:'%Y 年 %m 月 %d 日' --format=%cd 2>/dev/null | sed 's/ 0/ /g'))
# 字节码总要存下：断言改写过的测试文件与各页的实现，不必每次重新编译
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup serve build runtime pdf test claims lint train bench bench-site update clean

help:  ## 列出全部命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

serve: setup  ## 在 http://127.0.0.1:8000 看网站，改了就刷新
	@$(RUN) tools.serve

build: setup  ## 构建网站到 site/，有警告就失败；附源文件、笔记本与可下载的 zip
	@$(RUN) tools.build site

runtime: setup  ## 取网页里的 Python 与编辑器，放到 .cache/runtime/；之后 make build 的网站才有“运行”
	@$(RUN) tools.runtime $(ARGS)

pdf: setup  ## 同 make build，再由 Chromium 把全站印成 site/notes.pdf：有大纲与目录，链接可点；要几分钟
	@$(RUN) pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@PDF=notes.pdf $(RUN) tools.build site

# make test PAGE=broadcasting/gradient 只核对一页，几秒就好；不给 PAGE 时几个进程一起跑
PAGE ?=
EVERYTHING := -n auto
ONE_PAGE := --page $(PAGE) --ignore=tests/site --ignore=tests/tools --ignore=mathjax

test: setup  ## 核对页面上的每个输出、公式、算子与链接；PAGE=a/b 只核对一页
	@$(RUN) pytest $(if $(PAGE),$(ONE_PAGE),$(EVERYTHING)) $(ARGS)

claims: setup  ## 逐页列出话里还没有核对的；PAGE=a/b 逐处列出一页的
	@$(RUN) tools.claims $(PAGE)

lint: setup  ## 检查代码：ruff 的规则与排版，mypy 的类型
	@$(RUN) ruff check --quiet
	@$(RUN) ruff format --check --quiet
	@$(RUN) mypy

train: setup  ## 把小的 GPT、循环网络与卷积网络的任务从头训练一遍，印出用时，写下结果；一个线程一两分钟以内
	@$(RUN) tools.train

bench: setup  ## 量每个算子前向加反向的用时，与 PyTorch、HIPS autograd 对比；再量训练一个网络的用时
	@$(RUN) pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@$(RUN) tools.bench_operators $(ARGS); failed=$$?; $(RUN) tools.bench_training && exit $$failed

bench-site: setup  ## 量页面与构建的速度，与在浏览器里排版的 MathJax 对比
	@$(RUN) pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@$(RUN) tools.bench_site $(ARGS)

update: setup  ## 改写过时的输出、图、表格与样式表，改完用 git diff 看一遍；PAGE=a/b 只改写一页的
	@$(RUN) pytest --update-outputs tests/test_executions.py tests/test_equations.py tests/generated $(if $(PAGE),--page $(PAGE)) $(ARGS)

clean:  ## 删掉构建出来的一切
	@rm -rf $(VENV) site .cache .hypothesis .mypy_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

setup: $(VENV)/.ready

# 虚拟环境里的 python 是个链接；系统的 Python 升级之后它会断，断了就重建
ifeq ($(wildcard $(VENV)/bin/python),)
.PHONY: $(VENV)/.ready
endif

$(VENV)/.ready: requirements.txt mathjax/pyproject.toml
	@for candidate in $(PYTHON); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "需要 Python 3.11 或更新的版本，这台机器上没有找到（试过 $(PYTHON)）。装好后再试，或用 make PYTHON=路径 指定。" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$python 没有 venv，建不了虚拟环境。Debian 与 Ubuntu 上请装 python3-venv 这个包，再试一次。" >&2; exit 1; \
	fi; \
	echo "正在准备 $(VENV)（只在第一次，或 requirements.txt 改动之后）"; \
	"$$python" -m venv --clear $(VENV) && \
	$(RUN) pip install --quiet --disable-pip-version-check -r requirements.txt && \
	touch $@
