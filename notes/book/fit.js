// 排版之后：比版心宽的公式与表格缩小到放得下，缩得太小的表格转成小字换行
{
  const width = document.querySelector(".md-typeset").clientWidth
  for (const box of document.querySelectorAll(".mjx-display, .diagram")) {
    const inside = box.firstElementChild
    const ratio = box.clientWidth / box.scrollWidth
    if (ratio < 1) box.style.fontSize = `${Math.floor(ratio * 98)}%`
  }
  for (const table of document.querySelectorAll("table")) {
    const ratio = table.parentElement.clientWidth / table.scrollWidth
    if (ratio < 1) table.style.fontSize = `${Math.max(60, Math.floor(ratio * 90))}%`
  }
}
