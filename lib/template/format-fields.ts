import { charge, chargeText } from './budget.ts';
import { TemplateError, valueError } from './errors.ts';
import { ascii } from './format-percent.ts';
import { formatValue } from './format-spec.ts';
import { htmlEscape } from './markup.ts';
import { repr, str } from './print.ts';
import { isMarkup, type Named, Safe, textOf } from './values.ts';

/** How a replacement field reaches into its argument: as everywhere, own keys and whitelisted attributes only. */
export interface Reach {
  attribute(value: unknown, name: string): unknown;
  item(value: unknown, key: unknown): unknown;
}

/** Python's `'{} {name!r:>5}'.format(…)`. @throws ValueError, IndexError, KeyError */
export function strFormat(format: string | Safe, positional: readonly unknown[], named: Named, reach: Reach): unknown {
  const markup = isMarkup(format);
  const formatter = new Formatter(positional, named, reach, markup);
  const text = formatter.run(textOf(format), 2);
  return markup ? new Safe(text, 'html') : text;
}

class Formatter {
  private readonly positional: readonly unknown[];
  private readonly named: Named;
  private readonly reach: Reach;
  private readonly markup: boolean;
  /** The next automatic field, or null once fields were numbered by hand. */
  private automatic: number | null = 0;

  constructor(positional: readonly unknown[], named: Named, reach: Reach, markup: boolean) {
    this.positional = positional;
    this.named = named;
    this.reach = reach;
    this.markup = markup;
  }

  run(format: string, depth: number): string {
    if (depth < 0) throw valueError('Max string recursion exceeded');
    charge(1 + format.length / 8);
    let out = '';
    for (let i = 0; i < format.length; i++) {
      const char = format[i]!;
      if (char === '}') {
        if (format[i + 1] !== '}') throw valueError("Single '}' encountered in format string");
        out += char;
        i++;
      } else if (char !== '{') {
        const next = nextBrace(format, i);
        out += format.slice(i, next);
        i = next - 1;
      } else if (format[i + 1] === '{') {
        out += char;
        i++;
      } else {
        if (i + 1 >= format.length) throw valueError("Single '{' encountered in format string");
        const close = fieldEnd(format, i + 1);
        out += this.field(format.slice(i + 1, close), depth);
        chargeText(32);
        i = close;
      }
    }
    return out;
  }

  private field(text: string, depth: number): string {
    let end = 0;
    let brackets = 0;
    while (end < text.length && (brackets > 0 || (text[end] !== '!' && text[end] !== ':'))) {
      if (text[end] === '[') brackets = 1;
      else if (text[end] === ']') brackets = 0;
      else if (text[end] === '{' && brackets === 0) throw valueError("unexpected '{' in field name");
      end++;
    }
    let conversion = '';
    let rest = text.slice(end);
    if (rest[0] === '!') {
      conversion = rest[1] ?? '';
      if (conversion === '') throw valueError('end of string while looking for conversion specifier');
      if (rest[2] !== undefined && rest[2] !== ':') throw valueError("expected ':' after conversion specifier");
      rest = rest.slice(2);
    }
    const value = this.value(text.slice(0, end));
    const spec = rest[0] === ':' ? (rest.includes('{') ? this.run(rest.slice(1), depth - 1) : rest.slice(1)) : '';
    const converted = this.convert(value, conversion);
    if (!this.markup) return formatValue(converted, spec);
    return isMarkup(converted) && spec === '' ? converted.text : htmlEscape(formatValue(converted, spec));
  }

  private convert(value: unknown, conversion: string): unknown {
    if (conversion === '') return value;
    if (conversion === 's') return str(value);
    if (conversion === 'r') return repr(value);
    if (conversion === 'a') return ascii(repr(value));
    throw valueError(`Unknown conversion specifier ${conversion}`);
  }

  private value(path: string): unknown {
    const first = /^[^.[]*/.exec(path)![0];
    let value = this.argument(first);
    let at = first.length;
    while (at < path.length) {
      if (path[at] === '.') {
        const name = /^[^.[]*/.exec(path.slice(at + 1))![0];
        if (name === '') throw valueError('Empty attribute in format string');
        value = this.reach.attribute(value, name);
        at += 1 + name.length;
      } else if (path[at] === '[') {
        const close = path.indexOf(']', at);
        if (close < 0) throw valueError("Missing ']' in format string");
        const key = path.slice(at + 1, close);
        if (key === '') throw valueError('Empty attribute in format string');
        value = this.reach.item(value, /^\d+$/.test(key) ? Number(key) : key);
        at = close + 1;
        if (at < path.length && path[at] !== '.' && path[at] !== '[')
          throw valueError("Only '.' or '[' may follow ']' in format field specifier");
      } else throw valueError("Only '.' or '[' may follow ']' in format field specifier");
    }
    return value;
  }

  private argument(name: string): unknown {
    if (name === '' || /^\d+$/.test(name)) {
      if (name === '' && this.automatic === null)
        throw valueError('cannot switch from manual field specification to automatic field numbering');
      if (name !== '' && this.automatic !== null && this.automatic > 0)
        throw valueError('cannot switch from automatic field numbering to manual field specification');
      const index = name === '' ? this.automatic!++ : Number(name);
      if (name !== '') this.automatic = null;
      if (index >= this.positional.length) throw new TemplateError('IndexError', 'tuple index out of range');
      return this.positional[index];
    }
    if (!Object.hasOwn(this.named, name)) throw new TemplateError('KeyError', repr(name));
    return this.named[name];
  }
}

function nextBrace(format: string, from: number): number {
  let at = from;
  while (at < format.length && format[at] !== '{' && format[at] !== '}') at++;
  return at;
}

/** Where the field that begins at `from` ends; fields inside its specification are passed over. */
function fieldEnd(format: string, from: number): number {
  let depth = 1;
  for (let i = from; i < format.length; i++) {
    if (format[i] === '{') depth++;
    else if (format[i] === '}' && --depth === 0) {
      charge((i - from) / 16);
      return i;
    }
  }
  charge((format.length - from) / 16);
  throw valueError("expected '}' before end of string");
}
