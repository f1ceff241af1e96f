import { ENTRIES, type EntryKind } from '@/lib/template/reference';

/** The words of the dialect as the editor offers them: the reference of lib/template, with places to fill in. */
export interface Word {
  name: string;
  signature: string;
  about: string;
  /** More than the name: ‹…› are places to fill in. */
  insert?: string;
}

/** Filters that payloads need most; they are offered first, in this order. */
const FIRST =
  'default upper lower title capitalize trim replace truncate round int float length join first last sort unique sum map select selectattr from_json to_json json_string from_timestamp urlencode b64encode sha256 hmac_sha256'.split(
    ' ',
  );

const FILTER_INSERTS: Record<string, string> = {
  default: "default('‹›')",
  replace: "replace('‹›', '‹›')",
  truncate: 'truncate(‹160›)',
  round: 'round(‹2›)',
  join: "join('‹, ›')",
  map: "map(attribute='‹›')",
  select: "select('‹›')",
  selectattr: "selectattr('‹›', '‹eq›', ‹›)",
  reject: "reject('‹›')",
  rejectattr: "rejectattr('‹›', '‹eq›', ‹›)",
  groupby: "groupby('‹›')",
  from_timestamp: "from_timestamp('‹%Y-%m-%d›')",
  hmac_sha256: "hmac_sha256('‹›')",
};

const TEST_INSERTS: Record<string, string> = { divisibleby: 'divisibleby(‹›)', in: 'in(‹›)', eq: 'eq(‹›)' };

const STATEMENT_INSERTS: Record<string, string> = {
  output: "output customers separated by '‹,\\n ›' %}",
  if: 'if ‹condition› %}{% endif %}',
  for: 'for ‹item› in ‹list› %}{% endfor %}',
  set: 'set ‹name› = ‹› %}',
  with: 'with ‹name› = ‹› %}{% endwith %}',
  filter: 'filter ‹upper› %}{% endfilter %}',
  macro: 'macro ‹name›(‹›) %}{% endmacro %}',
  raw: 'raw %}{% endraw %}',
};

function wordsOf(kind: EntryKind, inserts: Record<string, string>): Word[] {
  return ENTRIES.filter((entry) => entry.kind === kind && /^\w/.test(entry.name)).map(
    ({ name, signature, doc, example }) => ({
      name,
      signature,
      about: `${doc}\n\n\`${example.template}\` gives \`${example.output}\``,
      ...(inserts[name] ? { insert: inserts[name] } : {}),
    }),
  );
}

const rank = ({ name }: Word) => {
  const found = FIRST.indexOf(name);
  return found < 0 ? FIRST.length : found;
};

export const FILTER_WORDS: readonly Word[] = wordsOf('filter', FILTER_INSERTS).sort((a, b) => rank(a) - rank(b));
export const TEST_WORDS: readonly Word[] = wordsOf('test', TEST_INSERTS);
export const STATEMENT_WORDS: readonly Word[] = [
  ...wordsOf('tag', STATEMENT_INSERTS),
  ...['else', 'elif', 'endif', 'endfor'].map((name) => ({
    name,
    signature: `{% ${name} %}`,
    about: 'Belongs to if or for.',
    insert: name === 'elif' ? 'elif ‹condition› %}' : `${name} %}`,
  })),
];
