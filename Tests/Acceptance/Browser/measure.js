// Measures a report inside a frame: what overflows the page, which labels overlap, which figures are empty.
// The findings become attributes of the frame, which the browser prints with its document.
addEventListener("load", () => {
  const problems = []
  const say = (problem, element) => {
    if (problems.length < 5) problems.push(problem + " " + element.tagName + "." + (element.getAttribute("class") ?? "") +
      " in " + (element.closest("[id]")?.id ?? "?") + " (" + element.textContent.trim().slice(0, 30).replace(/["<>&]/g, "?") + ")")
  }
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth > width) say("page is " + document.documentElement.scrollWidth + " wide:", document.body)
  for (const fold of document.querySelectorAll("details")) fold.open = true
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest(".scroll, pre, .hidden, .skip")) continue
    const box = element.getBoundingClientRect()
    if (box.width > 0 && (box.right > width + 1 || box.left < -1)) say("overflows the page:", element)
  }
  const boxes = (list) => [...list].map((element) => [element, element.getBoundingClientRect()]).filter(([, box]) => box.width > 0)
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2
  const apart = (list, what) => {
    for (let i = 0; i < list.length; i++)
      for (let j = i + 1; j < list.length; j++)
        if (meet(list[i][1], list[j][1])) say(what, list[i][0])
  }
  for (const picture of document.querySelectorAll("svg.chart, svg.forest")) {
    apart(boxes(picture.querySelectorAll("text")), "labels overlap:")
    const box = picture.getBoundingClientRect()
    if (picture.checkVisibility() && (box.width < 10 || box.height < 5)) say("empty figure:", picture)
  }
  // Words of neighbouring cells: what is written must stay inside its own cell.
  for (const line of document.querySelectorAll("tr"))
    apart(boxes(line.children).map(([cell]) => {
      const range = document.createRange()
      range.selectNodeContents(cell)
      const text = [...cell.childNodes].length && !cell.matches(".plot") ? range.getBoundingClientRect() : new DOMRect()
      // Long names are cut after two lines; the lines that are not shown are measured all the same.
      const end = cell.matches(".list .a-name") ? Math.min(text.bottom, cell.getBoundingClientRect().bottom) : text.bottom
      return [cell, new DOMRect(text.x, text.y, text.width, end - text.y)]
    }).filter(([cell, box]) => box.width > 0 && !cell.closest(".scroll") && !cell.querySelector(".hidden")), "cells overlap:")
  for (const heading of document.querySelectorAll("h1, h2, h3, summary, caption, th[scope=row]"))
    if (!heading.textContent.trim()) say("empty:", heading)
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id)
  if (new Set(ids).size !== ids.length) say("an id is used twice", document.body)
  for (const link of document.querySelectorAll("a[href^='#']"))
    if (!document.getElementById(link.getAttribute("href").slice(1))) say("link to nowhere:", link)
  let level = 0
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    const next = Number(heading.tagName[1])
    if (next > level + 1) say("heading skips a level:", heading)
    level = next
  }
  const frame = parent.document.querySelector("iframe")
  frame.setAttribute("data-problems", problems.length ? problems.join("; ") : "none")
  for (const fold of document.querySelectorAll("details")) fold.open = false
  frame.setAttribute("data-height", Math.ceil(document.body.getBoundingClientRect().height))
})
