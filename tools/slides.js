// One slide at a time, scaled to the window. Letters are as large as the page allows, up to a fifth above the usual
const slides = [...document.querySelectorAll('section')], stage = document.querySelector('main')
let at = 0

function fit(slide) {
  const page = slide.querySelector('.page')
  for (let size = slide.className === 'text now' ? 120 : 100; size >= 50; size -= 5) {
    page.style.fontSize = `${size}%`
    const picture = page.querySelector('.picture'), small = picture && picture.offsetHeight < 300
    if (page.scrollHeight <= page.clientHeight && page.scrollWidth <= page.clientWidth && !small) return
  }
}

function scale() {
  const k = Math.min(innerWidth / 1280, innerHeight / 720)
  stage.style.transform = `scale(${k}) translate(-50%, -50%)`
}

function go(to) {
  slides[at].classList.remove('now')
  at = Math.max(0, Math.min(slides.length - 1, to))
  slides[at].classList.add('now')
  fit(slides[at])
  history.replaceState(null, '', `#${at + 1}`)
  document.querySelector('output').textContent = `${at + 1} / ${slides.length}`
}

const keys = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ' ': 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 }
addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey) return
  if (keys[e.key]) go(at + keys[e.key])
  else if (e.key === 'Home') go(0)
  else if (e.key === 'End') go(slides.length - 1)
  else if (e.key.toLowerCase() === 'n') document.body.classList.toggle('notes')
  else return
  e.preventDefault()
})
let start = null
addEventListener('pointerdown', (e) => { start = e.clientX })
addEventListener('pointerup', (e) => {
  const moved = e.clientX - start
  if (e.pointerType !== 'mouse' && Math.abs(moved) > 40) go(at + (moved < 0 ? 1 : -1))
})
addEventListener('hashchange', () => go(Number(location.hash.slice(1)) - 1 || 0))
addEventListener('resize', scale)
scale()
go(Number(location.hash.slice(1)) - 1 || 0)
