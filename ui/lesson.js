// The lesson: its address holds what was chosen; the server composes it, this script shows it and saves its files.
function lessonChosen() {
  const given = new URLSearchParams(location.search);
  const theme = new URLSearchParams(location.hash.slice(1)).get('q')?.trim();
  const [, subject, name] = theme ? ['', 'theme', theme] : /^(\w+):(.+)$/.exec(given.get('of') ?? '') ?? [];
  if (!name) return null;
  const number = (field, other) => Number(given.get(field) ?? other);
  return {subject, name, minutes: number('minutes', 45), seed: number('seed', 1), language: mengpaneelAt().lang};
}

// Called when the view has come in; `moved` if the reader came by a link or the form, and then the focus goes along.
async function drawLesson(moved) {
  const form = document.getElementById('lesson');
  if (!form) return;
  drawSaved();
  const words = JSON.parse(form.dataset.words);
  const [status, fault, made] = ['status', 'fault', 'made'].map(name => document.getElementById(`lesson-${name}`));
  const chosen = lessonChosen();
  status.textContent = fault.textContent = '';
  made.replaceChildren();
  if (!chosen) {
    if (new URLSearchParams(location.search).has('minutes')) fault.textContent = words.empty;
    return;
  }
  const here = location.href;
  status.textContent = words.busy;
  say(words.busy);
  const answer = await askServer('lesson', chosen, fault);
  const html = answer && await answer.text();
  if (location.href !== here) return;  // the reader has gone on
  status.textContent = '';
  if (!html) return;
  made.innerHTML = html;
  const title = document.getElementById('lesson-title');
  document.title = `${title.textContent} · Mengpaneel`;
  say(words.ready);
  if (moved) title.focus();
}

// The answers kept in the memo, each as a way to a lesson.
function drawSaved() {
  const list = document.querySelector('#lesson-saved ul');
  const questions = [...new Set(mengpaneelMemo().items.map(item => item.answer?.question).filter(Boolean))];
  list.replaceChildren(...questions.map(question => {
    const link = document.createElement('a');
    link.dataset.go = '';
    link.className = 'chip';
    link.href = `?lang=${mengpaneelAt().lang}&view=lesson#${new URLSearchParams({q: question})}`;
    link.textContent = question;
    const row = document.createElement('li');
    row.append(link);
    return row;
  }));
  list.parentElement.hidden = !questions.length;
}

document.addEventListener('click', event => {
  const button = event.target.closest('#lesson-made button');
  if (!button) return;
  const form = document.getElementById('lesson');
  const {file, seed} = button.dataset;
  if (file) {
    const {saved_file: done} = JSON.parse(form.dataset.words);
    saveFile(`lesson?format=${file}`, lessonChosen(), done, document.getElementById('lesson-fault'));
  }
  if ('here' in button.dataset) copied(button, location.href);
  if (seed) {
    form.elements.seed.value = seed;
    form.requestSubmit();
  }
});
// A lesson is on one thing: choosing a theme lets go of the instrument or source, and the other way round.
document.addEventListener('input', ({target}) => {
  if (target.form?.id !== 'lesson' || !target.value) return;
  if (target.name === 'q') target.form.elements.of.value = '';
  if (target.name === 'of') target.form.elements.q.value = '';
});
