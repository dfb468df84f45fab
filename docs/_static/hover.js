// The definition of a glossary word, shown beside it while the pointer rests on it or the keyboard stands on it.
// Without this file the browser shows the same words as a plain title.
document.addEventListener('DOMContentLoaded', () => {
  const card = document.createElement('div')
  card.id = 'term-card'
  card.setAttribute('role', 'tooltip')
  card.hidden = true
  document.body.append(card)

  const show = (link) => {
    card.textContent = link.dataset.means
    card.hidden = false
    link.setAttribute('aria-describedby', card.id)
    const at = link.getBoundingClientRect(), edge = document.documentElement.clientWidth - card.offsetWidth - 16
    const below = at.bottom + card.offsetHeight + 12 < window.innerHeight
    card.style.left = `${Math.max(16, Math.min(at.left, edge)) + window.scrollX}px`
    card.style.top = `${(below ? at.bottom + 6 : at.top - card.offsetHeight - 6) + window.scrollY}px`
  }
  const hide = (link) => {
    card.hidden = true
    link.removeAttribute('aria-describedby')
  }
  for (const link of document.querySelectorAll('a.term')) {
    link.dataset.means = link.title.replace(' Built in ', '\nBuilt in ')
    link.removeAttribute('title')
    link.addEventListener('pointerenter', (e) => e.pointerType === 'mouse' && show(link))
    link.addEventListener('pointerleave', () => hide(link))
    link.addEventListener('focus', () => show(link))
    link.addEventListener('blur', () => hide(link))
    link.addEventListener('click', (e) => {  // a finger has no hover: the first touch explains, the second follows
      if (e.pointerType === 'touch' && link.dataset.shown !== 'yes') {
        e.preventDefault()
        show(link)
        link.dataset.shown = 'yes'
      }
    })
  }
  document.addEventListener('keydown', (e) => { if (e.key === 'Escape') card.hidden = true })
})
