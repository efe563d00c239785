"""MkDocs 与 Material 没有公开、make serve 与 make build 却要用的东西：全列在这里，各写明为什么。

{名字: (参数, 为什么)}；不是函数的，参数是空串。上游改了其中一样，tests/site/test_serving.py 就会失败。
"""

BORROWED: dict[str, tuple[str, str]] = {
    # notes/site/reuse.py 换掉的三个函数；add_entry_from_context 在 notes/site/indexing.py 里也换
    "mkdocs.structure.pages.Page.render": ("(self, config, files)", "输入没有变的页，用上次渲染的结果"),
    "material.plugins.search.plugin.SearchIndex.add_entry_from_context": (
        "(self, page)",
        "正文没有变的页，用上次切好的索引条目；变了的，切之前去掉不进索引的",
    ),
    "mkdocs.theme.Theme.get_env": ("(self)", "模板只编译一次，改了的才重新编译"),
    # notes/site/serving.py 用的服务器
    "mkdocs.livereload.LiveReloadServer.serve_thread": ("", "自己盯着改动，所以不用 serve()，只用它送网页的线程"),
    "mkdocs.livereload.LiveReloadServer.root": ("", "构建好了才换上的文件夹"),
    "mkdocs.livereload.LiveReloadServer.error_handler": ("", "一次都没有构建成功时，网页上说在等什么"),
    "mkdocs.livereload.LiveReloadServer._watched_paths": ("", "不空时，送出的网页里才有自动刷新的脚本"),
    "mkdocs.livereload.LiveReloadServer._epoch_cond": ("", "换上新的之后，叫醒等着刷新的网页"),
    "mkdocs.livereload.LiveReloadServer._wanted_epoch": ("", "与下一项不等时，请求一直等着，不送网页"),
    "mkdocs.livereload.LiveReloadServer._visible_epoch": ("", "变大了，打开着的网页就刷新"),
}
# Page.render 写下的，也就是要留着的
RENDERED = ("content", "toc", "_title_from_render", "present_anchor_ids", "links_to_anchors")
