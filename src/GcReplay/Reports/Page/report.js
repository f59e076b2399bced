// Shows states that were rendered before: each is a list of pieces (templates of this page) for each panel. Nothing is worked out here.
(() => {
  'use strict';
  const states = JSON.parse(document.getElementById('states').textContent);
  // Of a trace without a readable event there is nothing to step through.
  if (states.length === 0) return;
  const stage = document.getElementById('stage');
  const slider = document.getElementById('slider');
  const panels = [...stage.querySelectorAll('[data-panel]')];
  const jumps = [...document.querySelectorAll('a[data-state]')];
  const links = [...new Set(jumps.filter(a => a.closest('.chain')).map(a => Number(a.dataset.state)))].sort((a, b) => a - b);
  let at = -1;

  function piece(reference) {
    const copy = document.getElementById('f' + (reference >> 1)).content.cloneNode(true);
    if (reference & 1) copy.firstElementChild.classList.add('new');
    return copy;
  }

  function show(index) {
    index = Math.max(0, Math.min(states.length - 1, index));
    if (index === at) return;
    at = index;
    const state = states[at];
    panels.forEach((panel, i) => panel.replaceChildren(...state.p[i].map(piece)));
    for (const drawn of stage.querySelectorAll('[data-object]')) drawn.classList.toggle('named', state.o.includes(drawn.dataset.object));
    slider.value = at;
    slider.setAttribute('aria-valuetext', 'event ' + state.n);
    stage.dataset.event = state.n;
    for (const line of document.querySelectorAll('.program .now')) line.classList.remove('now');
    for (const line of state.l) document.getElementById('line-' + line)?.classList.add('now');
    // Not disabled, which would take the focus away.
    for (const [name, target] of Object.entries(targets)) document.getElementById(name).setAttribute('aria-disabled', target() === at);
  }

  const targets = {
    first: () => 0,
    'previous-link': () => links.findLast(l => l < at) ?? at,
    back: () => Math.max(0, at - 1),
    forward: () => Math.min(states.length - 1, at + 1),
    'next-link': () => links.find(l => l > at) ?? at,
    last: () => states.length - 1,
  };
  const keys = { ArrowLeft: 'back', ArrowRight: 'forward', Home: 'first', End: 'last', PageUp: 'previous-link', PageDown: 'next-link' };

  for (const [name, target] of Object.entries(targets))
    document.getElementById(name).addEventListener('click', () => show(target()));
  slider.addEventListener('input', () => show(Number(slider.value)));
  stage.addEventListener('keydown', event => {
    const name = keys[event.key];
    // A panel that scrolls keeps the keys that scroll it.
    if (!name || event.ctrlKey || event.altKey || event.metaKey || event.target.closest('.scroll')) return;
    event.preventDefault();
    show(targets[name]());
  });
  for (const jump of jumps)
    jump.addEventListener('click', event => {
      event.preventDefault();
      show(Number(jump.dataset.state));
      stage.scrollIntoView({ block: 'start' });
      stage.focus({ preventScroll: true });
    });
  stage.hidden = false;
  show(Number(stage.dataset.start));
})();
