// The memo: kept in this browser alone; it goes to the server only to come back as a file.
const MEMO = 'mengpaneel.memo';

function mengpaneelMemo() {
  try {
    return {items: [], ...JSON.parse(localStorage.getItem(MEMO))};
  } catch {  // nothing that can be read
    return {items: []};
  }
}

function storeMemo(memo) {
  localStorage.setItem(MEMO, JSON.stringify(memo));
}

// The button at an answer or a quote; the same thing is kept once.
function keepItem(button) {
  const item = JSON.parse(button.dataset.keep);
  if (item.link) item.link = new URL(item.link, document.baseURI).href;
  const memo = mengpaneelMemo();
  const text = JSON.stringify(item);
  if (!memo.items.some(held => JSON.stringify(held) === text)) memo.items.push(item);
  try {
    storeMemo(memo);
  } catch {
    document.getElementById('notice').textContent = button.dataset.full;
    return;
  }
  button.textContent = button.dataset.done;
  say(`${button.dataset.done} (${memo.items.length})`);
}

const kindOf = item => ['answer', 'quote', 'text', 'heading'].find(kind => kind in item);

function drawMemo() {
  const form = document.getElementById('memo');
  if (!form) return;
  const memo = mengpaneelMemo();
  const words = JSON.parse(form.dataset.words);
  for (const name of ['title', 'author']) form.elements[name].value = memo[name] ?? '';
  form.elements.quotes.checked = Boolean(memo.quotes);
  document.getElementById('memo-items').replaceChildren(
    ...memo.items.map((item, at) => memoRow(item, at, memo.items.length, words)));
  document.getElementById('memo-empty').hidden = memo.items.length > 0;
  form.querySelector('[data-undo]').hidden = !own.dropped;
}

function memoRow(item, at, count, words) {
  const row = document.getElementById('memo-item').content.firstElementChild.cloneNode(true);
  const kind = kindOf(item);
  row.dataset.at = at;
  row.querySelector('.badge').textContent = words[kind];
  const said = {answer: () => item.answer.question, quote: () => `“${item.quote}”`}[kind]?.();
  const field = row.querySelector(kind === 'text' ? 'textarea' : 'input');
  for (const part of row.querySelectorAll('textarea, input')) if (said || part !== field) part.remove();
  row.querySelector('.words').textContent = said ?? '';
  row.querySelector('.from').textContent = item.from ?? '';
  for (const part of row.querySelectorAll('p:not(.record)')) if (!part.textContent) part.remove();
  if (!said) {
    field.value = item[kind];
    field.setAttribute('aria-label', `${words[kind]} (${at + 1})`);
  }
  const label = name => words[name].replace('#', at + 1);
  const [up, down, drop] = row.querySelectorAll('button');
  for (const [button, name] of [[up, 'up'], [down, 'down'], [drop, 'drop']]) button.setAttribute('aria-label', label(name));
  up.disabled = at === 0;
  down.disabled = at === count - 1;
  return row;
}

// Change what is kept, show it, and put the focus where the work goes on.
function changeMemo(change, focus) {
  const memo = mengpaneelMemo();
  change(memo);
  storeMemo(memo);
  drawMemo();
  const row = document.querySelector(`#memo-items > [data-at="${focus.at}"]`);
  const target = [...(row?.querySelectorAll(focus.on) ?? [])].find(found => !found.disabled);
  (target ?? row?.querySelector('button:not(:disabled)') ?? document.getElementById('view-title')).focus();
}

function memoClick(button) {
  const words = JSON.parse(button.form.dataset.words);
  const at = Number(button.closest('[data-at]')?.dataset.at);
  const {move, add} = button.dataset;
  if (move) {
    const to = at + Number(move);
    changeMemo(({items}) => items.splice(to, 0, ...items.splice(at, 1)), {at: to, on: `[data-move="${move}"]`});
    say(words.moved.replace('#', to + 1));
  }
  if ('drop' in button.dataset) {
    own.dropped = mengpaneelMemo().items;
    changeMemo(({items}) => items.splice(at, 1), {at: Math.max(0, Math.min(at, own.dropped.length - 2)), on: '[data-drop]'});
    say(words.dropped);
  }
  if ('undo' in button.dataset) {
    const items = own.dropped;
    own.dropped = null;
    changeMemo(memo => { memo.items = items; }, {at: 0, on: 'button'});
  }
  if (add) changeMemo(({items}) => items.push({[add]: ''}), {at: mengpaneelMemo().items.length, on: 'textarea, input'});
}

async function writeMemo(form) {
  const words = JSON.parse(form.dataset.words);
  const {lang} = mengpaneelAt();
  const fault = document.getElementById('memo-fault');
  const {items, title, author, quotes} = mengpaneelMemo();
  const memo = {
    title: title?.trim() || words.untitled,
    author: author?.trim() || null,
    date: new Date().toLocaleDateString('sv'),  // the reader's day as YYYY-MM-DD
    language: lang,
    quotes: Boolean(quotes),
    items: items.map(({from, ...item}) => item).filter(item => !['', undefined].includes((item.text ?? item.heading ?? '-').trim())),
  };
  await saveFile(`export/memo?format=${form.elements.format.value}`, memo, words.written, fault);
}

document.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button?.dataset.keep) keepItem(button);
  else if (button?.type === 'button' && button.form?.id === 'memo') memoClick(button);
});
document.addEventListener('submit', event => {
  if (event.target.id === 'memo') writeMemo(event.target);
});
document.addEventListener('input', ({target}) => {
  if (target.form?.id !== 'memo' || target.name === 'format') return;
  const memo = mengpaneelMemo();
  const row = target.closest('[data-at]');
  if (row) memo.items[row.dataset.at][kindOf(memo.items[row.dataset.at])] = target.value;
  else memo[target.name] = target.type === 'checkbox' ? target.checked : target.value;
  storeMemo(memo);
});
