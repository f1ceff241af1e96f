import { chargeText } from './budget.ts';
import { TemplateError, typeError, valueError } from './errors.ts';
import { type Filter, filter, text } from './filter.ts';
import { b64decode, b64encode, hmacSha1, hmacSha256, hmacSha512, md5, sha1, sha256, sha512 } from './hashes.ts';
import { jsonInside, toJsonCompact, toJsonPython } from './json.ts';
import { readJson } from './json-read.ts';
import { str } from './print.ts';
import { wholeOf, widthOf } from './text.ts';
import { parseTime, strftime } from './time.ts';
import { asFloat, Bytes, float, isNumber, isText, Safe, textOf, typeName, Undefined, unbool } from './values.ts';

/** Filters that Jinja2 does not have, and its `tojson`. */

function json(value: unknown, indent: unknown): Safe {
  const space =
    indent === null ? null : isText(indent) ? textOf(indent) : ' '.repeat(Math.max(0, widthOf(indent, 1000)));
  return new Safe(toJsonPython(value, space), 'json');
}

function fromJson(value: unknown): unknown {
  if (value instanceof Undefined) throw value.complain();
  if (value instanceof Bytes) return readJson(new TextDecoder().decode(value.data));
  if (!isText(value)) throw typeError(`the JSON object must be str, bytes or bytearray, not ${typeName(value)}`);
  chargeText(textOf(value).length);
  return readJson(textOf(value));
}

/** Seconds since 1970 of a number, of a text that holds one, or of an ISO 8601 text. @throws ValueError */
function seconds(value: unknown): number {
  if (value instanceof Undefined) throw value.complain();
  const number = unbool(value);
  if (isNumber(number)) return float(number);
  if (!isText(value)) throw typeError(`a time must be a number or a text, not ${typeName(value)}`);
  const found = parseTime(textOf(value));
  if (found === null) throw valueError(`'${textOf(value).slice(0, 40)}' is not a time: give unix seconds or ISO 8601`);
  return found;
}

const digest =
  (hash: (text: string) => string): Filter['run'] =>
  (value) => {
    const raw = needed(value);
    chargeText(raw.length * 8);
    return hash(raw);
  };

const keyed =
  (hash: (key: string, text: string) => string): Filter['run'] =>
  (value, [key]) => {
    const raw = needed(value);
    chargeText((raw.length + text(key).length) * 8);
    return hash(text(key), raw);
  };

/** A digest of nothing would look like a digest of something. */
function needed(value: unknown): string {
  if (value instanceof Undefined) throw value.complain();
  return text(value);
}

function decode(value: unknown): string {
  const raw = needed(value);
  chargeText(raw.length);
  const plain = b64decode(raw);
  if (plain === null) throw new TemplateError('ValueError', 'the text is not valid base64');
  return plain;
}

export const OUR_FILTERS: Filter[] = [
  filter('tojson', 'indent=None', (value, [indent]) => json(value, indent), 'do_tojson', 2),
  filter('to_json', '', (value) => new Safe(toJsonCompact(value), 'json'), 'to_json'),
  filter('from_json', '', fromJson, 'from_json'),
  filter('json_string', '', (value) => new Safe(jsonInside(str(value))), 'json_string'),
  filter(
    'from_timestamp',
    "format='%Y-%m-%d %H:%M:%S'",
    (value, [format]) => strftime(seconds(value), text(format)),
    'from_timestamp',
  ),
  filter(
    'to_timestamp',
    '',
    (value) => {
      const found = seconds(value);
      return Number.isInteger(found) ? found : asFloat(found);
    },
    'to_timestamp',
  ),
  filter(
    'to_iso',
    '',
    (value) => {
      const date = new Date(seconds(value) * 1000);
      if (Number.isNaN(date.getTime())) throw valueError('that is no time that can be shown');
      return date.toISOString().replace('.000Z', 'Z');
    },
    'to_iso',
  ),
  filter('add_days', 'days', (value, [days]) => seconds(value) + wholeOf(days) * 86_400, 'add_days'),
  filter('md5', '', digest(md5), 'md5'),
  filter('sha1', '', digest(sha1), 'sha1'),
  filter('sha256', '', digest(sha256), 'sha256'),
  filter('sha512', '', digest(sha512), 'sha512'),
  filter('hmac_sha1', 'key', keyed(hmacSha1), 'hmac_sha1'),
  filter('hmac_sha256', 'key', keyed(hmacSha256), 'hmac_sha256'),
  filter('hmac_sha512', 'key', keyed(hmacSha512), 'hmac_sha512'),
  filter(
    'b64encode',
    '',
    (value) => {
      const raw = needed(value);
      chargeText(raw.length * 2);
      return b64encode(raw);
    },
    'b64encode',
  ),
  filter('b64decode', '', decode, 'b64decode'),
];
