// <mengpaneel-antwoord vraag="…" taal="nl|en" server="https://…">: a cited answer on a page of your own.
// One script, nothing from elsewhere; needs no 'unsafe-inline', and puts text on the page as text only.
'use strict';
(() => {
  const home = new URL('.', document.currentScript.src).href;
  const words = WORDS;  // by language; filled in by the server from its messages
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { display: block; font: inherit; line-height: 1.5; border-left: 3px solid currentColor; padding: .25em 0 .25em 1em; }
    :host([hidden]) { display: none; }
    h2 { font-size: 1.1em; margin: 0 0 .5em; }
    h3 { font-size: 1em; margin: 1em 0 .25em; }
    p { margin: .4em 0; }
    ol { margin: .25em 0; padding-left: 2.2em; }
    small { opacity: .8; }
    a { color: inherit; }
    li:target, li:focus { outline: 2px solid currentColor; outline-offset: 2px; }
  `);

  const element = (name, text, ...children) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  };

  class MengpaneelAntwoord extends HTMLElement {
    static observedAttributes = ['vraag', 'taal', 'server'];
    #asking = null;

    constructor() {
      super();
      this.attachShadow({mode: 'open'}).adoptedStyleSheets = [style];
    }

    connectedCallback() { this.#ask(); }
    disconnectedCallback() { this.#asking?.abort(); }
    attributeChangedCallback() { if (this.isConnected) this.#ask(); }

    get #language() { return this.getAttribute('taal') === 'en' ? 'en' : 'nl'; }

    async #ask() {
      this.#asking?.abort();
      const asking = this.#asking = new AbortController();
      const say = words[this.#language];
      const question = (this.getAttribute('vraag') || '').trim();
      if (!question) return this.#show();
      const status = element('p', say.busy);
      status.setAttribute('role', 'status');
      this.#show(element('h2', question), status);
      try {
        const server = new URL(this.getAttribute('server') || home, document.baseURI).href.replace(/\/?$/, '/');
        const response = await fetch(server + 'api/v1/ask', {
          method: 'POST',
          headers: {'content-type': 'application/json', 'accept-language': this.#language},
          body: JSON.stringify({question, language: this.#language}),
          signal: asking.signal,
        });
        const told = await response.json();
        if (!response.ok) throw new Error(told.detail || response.statusText);
        this.#show(...this.#answer(told, say));
        this.dispatchEvent(new CustomEvent('antwoord', {detail: told, bubbles: true, composed: true}));
      } catch (error) {
        if (error.name === 'AbortError') return;
        const problem = element('p', `${say.failed} ${error instanceof TypeError ? '' : error.message}`.trim());
        problem.setAttribute('role', 'alert');
        this.#show(element('h2', question), problem);
      }
    }

    *#answer(told, say) {
      yield element('h2', told.question);
      if (!told.answered) yield element('p', told.reason);
      for (const part of told.answer) yield this.#part(part, say);
      if (told.citations.length) {
        yield element('h3', say.sources);
        yield element('ol', '', ...told.citations.map(citation => this.#source(citation, say)));
      }
      yield element('p', '', element('small', `${say.by} · ${told.corpus_version}`));
    }

    #part(part, say) {
      if (part.kind === 'heading') return element('h3', part.text);
      const [open, close] = part.kind === 'quote' ? say.quote.split('…') : ['', ''];
      const shown = element('p', open + part.text + close);
      for (const number of part.citations) {
        const link = element('a', `[${number}]`);
        link.href = `#bron-${number}`;
        link.addEventListener('click', event => {  // an address does not reach into a shadow tree
          event.preventDefault();
          this.shadowRoot.getElementById(`bron-${number}`).focus();
        });
        shown.append(' ', link);
      }
      return shown;
    }

    #source(citation, say) {
      const item = element('li');
      item.id = `bron-${citation.n}`;
      item.value = citation.n;
      item.tabIndex = -1;
      const place = citation.locator;
      const where = place.article
        ? [`${say.article} ${place.article}`, place.paragraph && `${say.paragraph} ${place.paragraph}`,
           citation.toestand && `${say.toestand} ${citation.toestand}`]
        : [place.note && `${say.note} ${place.note}`,
           place.page && `${say.page} ${place.page_label || place.page}`,
           place.section.length && `§ ${place.section.at(-1)}`];
      const title = element(citation.url ? 'a' : 'span', citation.title);
      if (citation.url && /^https?:/.test(citation.url)) title.href = citation.url;
      const who = citation.authors.join(', ') || citation.publisher;
      const year = (citation.date || '').slice(0, 4);
      item.append([who, year && `(${year})`].filter(Boolean).join(' '), who || year ? '. ' : '', title);
      const facts = [...where, citation.kind === 'samenvatting' && say.digest].filter(Boolean).join(', ');
      if (facts) item.append(', ' + facts);
      item.append(element('br'), element('small', citation.quote));
      return item;
    }

    #show(...nodes) {
      this.shadowRoot.replaceChildren(...nodes);
      this.shadowRoot.host.lang = this.#language;
    }
  }
  customElements.define('mengpaneel-antwoord', MengpaneelAntwoord);
})();
