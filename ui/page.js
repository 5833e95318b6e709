// One page, many addresses: what is browsed stands behind the "?", a question behind the "#" (never sent to a server).
// Texts come from the server; this script moves between them, remembers the address and says what changed.
const own = {go: null, moved: false, shown: null, dropped: null};

function mengpaneelAt() {
  const given = new URLSearchParams(location.search);
  const lang = given.get('lang') === 'en' ? 'en' : 'nl';
  const view = given.has('instrument') ? 'instruments' : given.has('term') ? 'terms' : given.get('view') || 'ask';
  document.documentElement.lang = lang;
  document.documentElement.dataset.view = view;
  return {lang, view};
}

// The address of the question in the box with the filters ticked; a follow-up remembers the question before.
function mengpaneelAsked(question) {
  const fields = new URLSearchParams([['q', question]]);
  const form = document.getElementById('filters');
  if (form) for (const [name, value] of new FormData(form)) if (value) fields.append(name, value);
  const before = document.querySelector('#result [data-understood]')?.dataset.understood;
  if (before) fields.append('p', before);  // the server drops it from a question that stands by itself
  const address = `?lang=${mengpaneelAt().lang}#${fields}`;
  if (question.trim() && !location.hash.startsWith(`#${fields}`)) history.pushState(null, '', address);
  return address;
}

function mengpaneelGo(address, remember = true) {
  if (remember) history.pushState(null, '', address);
  const {view} = mengpaneelAt();
  own.moved = true;
  tick();
  if (own.go) own.go(location.href);
  if (view === 'ask' && !location.hash) document.getElementById('content')?.focus();
}

function say(text) {
  const said = document.getElementById('said');
  said.textContent = '';
  setTimeout(() => { said.textContent = text; }, 50);
}

function sift(form) {
  const wanted = [...form.elements].filter(e => e.name && e.value.trim());
  let count = 0;
  for (const item of document.querySelectorAll(form.dataset.of)) {
    const keep = wanted.every(({name, value}) => {
      const has = item.dataset[name] || '';
      return name === 'find' ? has.includes(value.trim().toLowerCase()) : has.split('|').includes(value);
    });
    item.hidden = !keep;
    count += keep;
  }
  form.parentElement.querySelector('.count').textContent = form.dataset.said.replace('#', count);
  const fields = new URLSearchParams(location.search);
  for (const {name, value} of form.elements) if (name) value.trim() ? fields.set(name, value) : fields.delete(name);
  history.replaceState(null, '', `?${fields}`);
}

// The ticks of the filters follow the address; a user's own ticks would outlive it.
function tick() {
  const fields = new URLSearchParams(location.hash.slice(1));
  for (const box of document.getElementById('filters')?.elements ?? []) {
    if (box.type === 'checkbox') box.checked = fields.getAll(box.name).includes(box.value);
    else if (box.name) box.value = fields.get(box.name) ?? '';
  }
}

// New content has come in: put its address in the bar and, after a link, the focus on its heading.
function settle() {
  const {view} = mengpaneelAt();
  // gradio changes elements in place, so only the key that the server gives tells new content from old
  const fresh = document.querySelector(`${view === 'ask' ? '#result' : '#browse'} [data-key]`);
  if (!fresh || fresh.dataset.key === own.shown) return;
  own.shown = fresh.dataset.key;
  const address = fresh.querySelector('[data-address]')?.dataset.address;
  if (address) history.replaceState(null, '', address);
  if (address) tick();
  fresh.querySelector('.answer')?.scrollTo(0, 0);  // its place is that of the answer before
  const title = fresh.querySelector('h2');
  if (title) document.title = `${title.textContent} · Mengpaneel`;
  if (own.moved && title) title.focus();
  drawLesson(own.moved);
  own.moved = false;
  drawMemo();
  const form = fresh.querySelector('form.sieve');
  if (form && [...form.elements].some(e => e.name && e.value)) sift(form);
}

// gradio's own notices are English (the style hides them): here is one sentence. A question that was not answered
// stands in the address, where gradio finds it again when the server is back.
const plainFetch = window.fetch;
const FAULTS = {413: 'unfit', 429: 'hasty', 503: 'crowded'};
window.fetch = async (...given) => {
  const [path] = String(given[0]?.url ?? given[0]).split('?');
  const told = ['/queue/join', '/app_id', '/upload'].some(end => path.endsWith(end));  // app_id: is it back?
  try {
    const answer = await plainFetch(...given);
    if (told) tell(answer.ok ? '' : FAULTS[answer.status] ?? 'lost');
    return answer;
  } catch (fault) {
    if (told) tell('lost');
    throw fault;
  }
};

function tell(fault) {
  const notice = document.getElementById('notice');
  const text = fault && document.getElementById(fault).textContent;
  if (!notice || notice.textContent === text) return;  // said once
  notice.textContent = text;
}

mengpaneelAt();
addEventListener('popstate', () => mengpaneelGo(location.href, false));
new MutationObserver(settle).observe(document.documentElement, {
  childList: true, subtree: true, attributeFilter: ['data-key'],
});

document.addEventListener('submit', event => {
  event.preventDefault();
  const form = event.target;
  if (form.matches('form.go')) {
    const fields = new URLSearchParams([['lang', mengpaneelAt().lang], ['view', form.dataset.view]]);
    for (const [name, value] of new FormData(form)) if (value && name !== 'q') fields.append(name, value);
    const q = form.elements.q?.value.trim();  // words of one's own go where no server sees them
    mengpaneelGo(`?${fields}${q ? `#${new URLSearchParams({q})}` : ''}`);
  }
  if (form.id === 'filters') document.getElementById('send').click();
});
for (const kind of ['input', 'change']) document.addEventListener(kind, event => {
  const form = event.target.closest?.('form.sieve');
  if (form) sift(form);
});

// a file that cannot be added is not sent at all: gradio would say so in English
document.addEventListener('change', event => {
  const [file] = event.target.files ?? [];
  if (!file) return;
  const {kinds, most} = document.querySelector('[data-most]').dataset;
  const fits = kinds.split(' ').some(kind => file.name.toLowerCase().endsWith(kind)) && file.size <= 1e6 * most;
  tell(fits ? '' : 'unfit');
  if (!fits) event.stopImmediatePropagation();
}, true);

// What the interface for programs answers; what goes wrong is said in `fault`, and then there is no answer.
async function askServer(path, content, fault) {
  const {lang} = mengpaneelAt();
  fault.textContent = '';
  try {
    const answer = await fetch(new URL(`api/v1/${path}`, document.baseURI), {
      method: 'POST',
      headers: {'content-type': 'application/json', 'accept-language': lang},
      body: JSON.stringify(content),
    });
    if (answer.ok) return answer;
    fault.textContent = (await answer.json()).detail;
  } catch {
    fault.textContent = document.getElementById('lost').textContent;
  }
  return null;
}

// The answer saved as a file, under the name that the server gives it.
async function saveFile(path, content, done, fault) {
  const answer = await askServer(path, content, fault);
  if (!answer) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await answer.blob());
  link.download = /filename="(.+)"/.exec(answer.headers.get('content-disposition'))[1];
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say(done);
}

async function copied(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {  // no clipboard without https: the old way
    const box = document.body.appendChild(document.createElement('textarea'));
    box.value = text;
    box.select();
    document.execCommand('copy');
    box.remove();
    button.focus();
  }
  const {done} = button.dataset;
  const before = button.textContent;
  button.textContent = done;
  say(done);
  setTimeout(() => { button.textContent = before; }, 1500);
}

document.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button?.dataset.copy) copied(button, button.dataset.copy);
  if (button?.dataset.link) copied(button, new URL(button.dataset.link, document.baseURI).href);
  if (button?.matches('.print')) print();
  const link = event.target.closest('a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.hasAttribute('data-go') && own.go) {
    event.preventDefault();
    mengpaneelGo(link.getAttribute('href'));
    return;
  }
  // gradio sets <base>, so a bare "#bron-3" would leave the page: go there by hand, and unfold what hides it
  const name = link.getAttribute('href');
  const target = name?.startsWith('#') && document.getElementById(name.slice(1));
  if (!target) return;
  event.preventDefault();
  for (let fold = target.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  target.focus({preventScroll: true});
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  target.scrollIntoView({block: 'center', behavior: calm ? 'auto' : 'smooth'});
});
