/* 从磁盘打开时，指向文件夹的链接要补上 index.html。 */
for (const event of ["click", "auxclick", "contextmenu"]) {
  document.addEventListener(event, ({ target }) => {
    const link = target.closest("a[href]");
    if (link && link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
  }, true);
}
