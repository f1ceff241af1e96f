/** The words of the dialect that the editor offers and explains. */
export interface Word {
  name: string;
  signature: string;
  about: string;
  /** More than the name: ‹…› are places to fill in. */
  insert?: string;
}

const word = (name: string, signature: string, about: string, insert?: string): Word => ({
  name,
  signature,
  about,
  ...(insert ? { insert } : {}),
});

/** Filters, the ones that payloads need most first. */
export const FILTER_WORDS: readonly Word[] = [
  word(
    'default',
    'default(value, boolean=false)',
    'Another value where there is none. With `true` also for empty texts, 0 and false.',
    "default('‹›')",
  ),
  word('upper', 'upper', 'Capital letters.'),
  word('lower', 'lower', 'Small letters.'),
  word('capitalize', 'capitalize', 'First letter large, the others small.'),
  word('title', 'title', 'Each Word Begins Large.'),
  word('trim', 'trim(chars)', 'Without spaces (or the given characters) at both ends.'),
  word('replace', 'replace(old, new, count)', 'Replaces a part of the text.', "replace('‹›', '‹›')"),
  word('truncate', "truncate(length=255, killwords=false, end='...')", 'Shortens a text.', 'truncate(‹160›)'),
  word('round', "round(precision=0, method='common')", 'Rounds; the method is common, ceil or floor.', 'round(‹2›)'),
  word('int', 'int(default=0)', 'A whole number.'),
  word('float', 'float(default=0.0)', 'A number with decimals.'),
  word('length', 'length', 'How many items or characters.'),
  word('join', "join(separator='', attribute)", 'Puts a list together as text.', "join('‹, ›')"),
  word('first', 'first', 'The first item.'),
  word('last', 'last', 'The last item.'),
  word('sort', 'sort(reverse=false, case_sensitive=false, attribute)', 'A sorted list.'),
  word('unique', 'unique(case_sensitive=false, attribute)', 'Each item once.'),
  word('sum', 'sum(attribute, start=0)', 'The sum of a list.'),
  word('min', 'min(case_sensitive=false, attribute)', 'The smallest item.'),
  word('max', 'max(case_sensitive=false, attribute)', 'The largest item.'),
  word(
    'map',
    'map(filter) or map(attribute=…)',
    'Applies a filter to each item, or takes an attribute of each.',
    "map(attribute='‹›')",
  ),
  word('select', 'select(test)', 'Items that pass a test.', "select('‹›')"),
  word(
    'selectattr',
    'selectattr(attribute, test, value)',
    'Items whose attribute passes a test.',
    "selectattr('‹›', '‹eq›', ‹›)",
  ),
  word('reject', 'reject(test)', 'Items that do not pass a test.', "reject('‹›')"),
  word(
    'rejectattr',
    'rejectattr(attribute, test, value)',
    'Items whose attribute does not pass a test.',
    "rejectattr('‹›', '‹eq›', ‹›)",
  ),
  word('groupby', 'groupby(attribute)', 'Groups of items with the same value.', "groupby('‹›')"),
  word('list', 'list', 'Anything that can be walked through, as a list.'),
  word('items', 'items', 'Keys and values of an object.'),
  word('reverse', 'reverse', 'Back to front.'),
  word('random', 'random', 'One item by chance.'),
  word('from_json', 'from_json', 'Reads a JSON text.'),
  word('to_json', 'to_json', 'The value as compact JSON.'),
  word('tojson', 'tojson(indent)', 'The value as JSON, the way Jinja writes it.'),
  word('json_string', 'json_string', 'The text escaped for the inside of a JSON string.'),
  word(
    'from_timestamp',
    "from_timestamp(format='%Y-%m-%d %H:%M:%S')",
    'A unix time in seconds as text.',
    "from_timestamp('‹%Y-%m-%d›')",
  ),
  word('urlencode', 'urlencode', 'Escaped for an address.'),
  word('escape', 'escape', 'Escaped for HTML.'),
  word('striptags', 'striptags', 'Without HTML tags.'),
  word('wordcount', 'wordcount', 'How many words.'),
  word('b64encode', 'b64encode', 'Base64 of the text.'),
  word('b64decode', 'b64decode', 'The text of a Base64.'),
  word('md5', 'md5', 'MD5 in hexadecimal letters.'),
  word('sha1', 'sha1', 'SHA-1 in hexadecimal letters.'),
  word('sha256', 'sha256', 'SHA-256 in hexadecimal letters.'),
  word('sha512', 'sha512', 'SHA-512 in hexadecimal letters.'),
  word('hmac_sha256', 'hmac_sha256(key)', 'A signature with a key.', "hmac_sha256('‹›')"),
  word('abs', 'abs', 'Without the sign.'),
  word('string', 'string', 'As text.'),
  word('indent', 'indent(width=4, first=false)', 'Indents the lines of a text.'),
  word('safe', 'safe', 'Written as it is, without escaping.'),
];

export const TEST_WORDS: readonly Word[] = [
  word('defined', 'is defined', 'There is a value.'),
  word('undefined', 'is undefined', 'There is no value.'),
  word('none', 'is none', 'The value is null.'),
  word('string', 'is string', 'It is a text.'),
  word('number', 'is number', 'It is a number.'),
  word('boolean', 'is boolean', 'It is true or false.'),
  word('mapping', 'is mapping', 'It is an object.'),
  word('iterable', 'is iterable', 'It can be walked through.'),
  word('even', 'is even', 'An even number.'),
  word('odd', 'is odd', 'An odd number.'),
  word('divisibleby', 'is divisibleby(n)', 'Divides without a rest.', 'divisibleby(‹›)'),
  word('in', 'is in(list)', 'One of a list.', 'in(‹›)'),
  word('eq', 'is eq(value)', 'Equals.', 'eq(‹›)'),
];

export const STATEMENT_WORDS: readonly Word[] = [
  word(
    'output',
    'customers separated by',
    'Places the rendered Customer texts in the Root.',
    "output customers separated by '‹,\\n ›' %}",
  ),
  word('if', 'if … endif', 'Only under a condition.', 'if ‹condition› %}{% endif %}'),
  word('for', 'for … in … endfor', 'Once for each item.', 'for ‹item› in ‹list› %}{% endfor %}'),
  word('set', 'set name = value', 'Keeps a value under a name.', 'set ‹name› = ‹› %}'),
  word('else', 'else', 'Otherwise.', 'else %}'),
  word('elif', 'elif', 'Otherwise under another condition.', 'elif ‹› %}'),
  word('endif', 'endif', 'The end of if.', 'endif %}'),
  word('endfor', 'endfor', 'The end of for.', 'endfor %}'),
  word('with', 'with name = value', 'Names for a part of the template.', 'with ‹name› = ‹› %}{% endwith %}'),
  word('filter', 'filter … endfilter', 'A filter over a part of the template.', 'filter ‹upper› %}{% endfilter %}'),
  word('macro', 'macro name(…)', 'A part to use again.', 'macro ‹name›(‹›) %}{% endmacro %}'),
];
