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
  const here = document.getElementById('here');
  const absent = document.getElementById('absent');
  const program = document.querySelector('.program');
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
    absent.textContent = '';
    const state = states[at];
    panels.forEach((panel, i) => panel.replaceChildren(...state.p[i].map(piece)));
    for (const drawn of stage.querySelectorAll('[data-object]')) drawn.classList.toggle('named', state.o.includes(drawn.dataset.object));
    slider.value = at;
    slider.setAttribute('aria-valuetext', 'event ' + state.n);
    stage.dataset.event = state.n;
    here.href = '#event-' + state.n;
    for (const line of document.querySelectorAll('.program .now')) line.classList.remove('now');
    for (const line of state.l) document.getElementById('line-' + line)?.classList.add('now');
    const now = program?.querySelector('.now');
    // Within its own box: the page stays where it is.
    if (now) program.scrollTop = Math.max(Math.min(program.scrollTop, now.offsetTop - now.offsetHeight), now.offsetTop + 2 * now.offsetHeight - program.clientHeight);
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
  document.addEventListener('keydown', event => {
    const name = keys[event.key];
    if (!name || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || !isForPlayer(event)) return;
    event.preventDefault();
    show(targets[name]());
  });

  // Where nothing has the focus, the keys that do nothing else there step while the player is in sight.
  function isForPlayer(event) {
    const { top, bottom } = stage.getBoundingClientRect();
    if (event.target === document.body) return event.key.startsWith('Arrow') && top < innerHeight && bottom > 0;
    // A panel that scrolls keeps the keys that scroll it.
    const panel = event.target.closest('.scroll');
    return stage.contains(event.target) && !(panel && panel.scrollWidth > panel.clientWidth);
  }

  function goTo(index) {
    show(index);
    stage.scrollIntoView({ block: 'start' });
    stage.focus({ preventScroll: true });
  }

  // An address that ends in #event-N leads there; one that names an event which is not here says so.
  function goToNamed() {
    const number = /^#event-(\d{1,15})$/.exec(location.hash)?.[1];
    if (!number) return;
    const index = states.findIndex(state => state.n === Number(number));
    absent.textContent = index < 0 ? 'Event ' + Number(number) + ' is not in this page.' : '';
    goTo(index < 0 ? at : index);
  }

  for (const jump of jumps) {
    jump.href = '#event-' + states[jump.dataset.state].n;
    // Also when the address names the event already.
    jump.addEventListener('click', () => jump.hash === location.hash && goToNamed());
  }
  addEventListener('hashchange', goToNamed);
  stage.hidden = false;
  show(Number(stage.dataset.start));
  goToNamed();
})();
