import type { PastedRequest } from './paste.ts';
import { shellWords } from './shell-words.ts';

/** Options of curl by what they mean to a webhook (curl 8 manual page); those that are not here are told as unknown. */
const SHORT: Record<string, string> = {
  X: 'request',
  H: 'header',
  d: 'data',
  G: 'get',
  I: 'head',
  u: 'user',
  A: 'user-agent',
  e: 'referer',
  b: 'cookie',
  F: 'form',
  T: 'upload-file',
  m: 'max-time',
  k: 'insecure',
  L: 'location',
  x: 'proxy',
  E: 'cert',
  o: 'output',
  w: 'write-out',
  c: 'cookie-jar',
  D: 'dump-header',
  K: 'config',
  r: 'range',
  C: 'continue-at',
  z: 'time-cond',
  y: 'speed-time',
  Y: 'speed-limit',
  U: 'proxy-user',
};
/** Options with a value that say nothing about the request itself. */
const IGNORED_VALUE = new Set(
  'output write-out cookie-jar dump-header connect-timeout retry retry-delay retry-max-time limit-rate max-redirs resolve interface dns-servers trace trace-ascii stderr proto tlsv1-max ciphers tls-max keepalive-time speed-time speed-limit proxy-user'.split(
    ' ',
  ),
);
const TAKES_VALUE = new Set([
  ...IGNORED_VALUE,
  ...'request header data data-raw data-ascii data-binary data-urlencode json user user-agent referer cookie form form-string upload-file max-time url proxy cert key cacert oauth2-bearer config range continue-at time-cond url-query'.split(
    ' ',
  ),
]);
const NOTES: Record<string, string> = {
  insecure: 'Certificates are always checked; --insecure was left out.',
  location: 'Redirects are never followed; --location was left out.',
  proxy: 'A proxy is set for the whole installation; --proxy was left out.',
  cert: 'Client certificates belong into an authentication integration; --cert was left out.',
  key: 'Client certificates belong into an authentication integration; --key was left out.',
  cacert: 'Further certificate authorities are set for the whole installation; --cacert was left out.',
  config: 'The file of --config cannot be read from here; its options were left out.',
};

/** Reads a curl command. */
export function readCurl(text: string): PastedRequest | { refusal: string } {
  const words = shellWords(text.replace(/^\$\s*/, ''));
  if (!words) return { refusal: 'A quote in this command is not closed.' };
  const command = new Command();
  for (const [name, value] of optionsOf(words.slice(1))) command.take(name, value);
  return command.request();
}

/** The options with their values; what stands alone is a URL. */
function* optionsOf(words: string[]): Generator<[name: string, value: string]> {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    // Whatever follows belongs to another command.
    if (['|', '||', '&&', ';', '>', '>>', '2>&1'].includes(word)) return;
    if (word.startsWith('--')) {
      const [, name = '', inline] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word)!;
      if (!TAKES_VALUE.has(name)) yield [name, ''];
      else yield [name, inline ?? words[++i] ?? ''];
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at++) {
        const name = SHORT[word[at]!] ?? word[at]!;
        if (!TAKES_VALUE.has(name)) {
          yield [name, ''];
          continue;
        }
        const rest = word.slice(at + 1);
        yield [name, rest === '' ? (words[++i] ?? '') : rest];
        break;
      }
    } else yield ['url', word];
  }
}

class Command {
  #method: string | null = null;
  #urls: string[] = [];
  #headers: [string, string][] = [];
  #data: string[] = [];
  #asQuery: string[] = [];
  #isGet = false;
  #isJson = false;
  #timeout: number | null = null;
  #notes = new Set<string>();
  #refusal: string | null = null;

  take(name: string, value: string): void {
    if (NOTES[name]) this.#notes.add(NOTES[name]);
    switch (name) {
      case 'url':
        this.#urls.push(value);
        break;
      case 'request':
        this.#method = value;
        break;
      case 'head':
        this.#method = 'HEAD';
        break;
      case 'get':
        this.#isGet = true;
        break;
      case 'header':
        this.#header(value);
        break;
      case 'json':
        this.#isJson = true;
        this.#body(value);
        break;
      case 'data':
      case 'data-ascii':
      case 'data-binary':
        this.#body(value);
        break;
      case 'data-raw':
        this.#data.push(value);
        break;
      case 'data-urlencode':
        this.#encoded(value, this.#data);
        break;
      case 'url-query':
        this.#encoded(value, this.#asQuery);
        break;
      default:
        this.#takeOther(name, value);
    }
  }

  #takeOther(name: string, value: string): void {
    switch (name) {
      case 'user':
        this.#headers.push(['Authorization', `Basic ${base64(value)}`]);
        break;
      case 'oauth2-bearer':
        this.#headers.push(['Authorization', `Bearer ${value}`]);
        break;
      case 'user-agent':
        this.#headers.push(['User-Agent', value]);
        break;
      case 'cookie':
        if (value.includes('=')) this.#headers.push(['Cookie', value]);
        else this.#notes.add('The file of --cookie cannot be read from here; the cookies were left out.');
        break;
      case 'max-time':
        this.#timeout = Math.min(60, Math.max(1, Math.round(Number(value)) || 15));
        break;
      case 'form':
      case 'form-string':
        this.#refusal = 'This command sends a multipart form (--form); webhooks send JSON, XML or text.';
        break;
      case 'upload-file':
        this.#refusal = 'This command sends a file (--upload-file), which cannot be read from here.';
        break;
    }
  }

  #header(line: string): void {
    if (line.startsWith('@')) {
      this.#notes.add(`The headers in the file ${line.slice(1)} cannot be read from here; they were left out.`);
      return;
    }
    // "Name;" is a header with an empty value, "Name:" one that is not sent.
    const [, name, mark, value = ''] = /^([^:;]+)([:;])\s*([\s\S]*)$/.exec(line) ?? [];
    if (!name || (mark === ':' && value === '')) return;
    this.#headers.push([name.trim(), mark === ';' ? '' : value.trim()]);
  }

  #body(value: string): void {
    if (value.startsWith('@')) {
      this.#notes.add(`The file ${value.slice(1)} cannot be read from here; paste its text into the payload.`);
      this.#data.push('');
    } else this.#data.push(value);
  }

  /** "content", "=content" or "name=content"; the part behind the sign is percent-encoded. */
  #encoded(value: string, into: string[]): void {
    const [, name = '', content = ''] = /^([^=@]*)=([\s\S]*)$/.exec(value) ?? [null, '', value];
    into.push(name ? `${name}=${formEncoded(content)}` : formEncoded(content));
  }

  request(): PastedRequest | { refusal: string } {
    if (this.#refusal) return { refusal: this.#refusal };
    const [url, ...others] = this.#urls;
    if (!url) return { refusal: 'This command names no URL.' };
    if (others.length > 0) this.#notes.add('The command names several URLs; the first one was taken.');
    const hasBody = this.#data.length > 0 && !this.#isGet;
    const joined = this.#data.join(this.#isJson ? '' : '&');
    const query = [...this.#asQuery, ...(this.#isGet && joined ? [joined] : [])].join('&');
    if (this.#isJson && !this.#headers.some(([name]) => name.toLowerCase() === 'content-type'))
      this.#headers.push(['Content-Type', 'application/json']);
    return {
      method: this.#method ?? (hasBody ? 'POST' : 'GET'),
      url: withQuery(this.#absolute(url), query),
      headers: withFormType(this.#headers, hasBody ? joined : null),
      body: hasBody ? joined : null,
      timeoutSeconds: this.#timeout,
      notes: [...this.#notes],
    };
  }

  #absolute(url: string): string {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url) || /^(\{\{|\$)/.test(url)) return url;
    this.#notes.add('The URL had no scheme; https:// was put in front.');
    return `https://${url}`;
  }
}

/** curl calls every body a form unless a header says otherwise; JSON and XML are told by how they begin. */
function withFormType(headers: [string, string][], body: string | null): [string, string][] {
  const isTyped = headers.some(([name]) => name.toLowerCase() === 'content-type');
  if (isTyped || body === null || /^\s*([[{<]|$)/.test(body)) return headers;
  return [...headers, ['Content-Type', 'application/x-www-form-urlencoded']];
}

function withQuery(url: string, query: string): string {
  if (query === '') return url;
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

const formEncoded = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');

/** Base64 of the UTF-8 bytes. */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
