import type { languages } from 'monaco-editor/editor';

/**
 * The languages of templates: JSON, XML and plain text with Jinja and `[[ parameters ]]` between and inside values, the
 * single-line URL, and the same formats without Jinja for what was rendered.
 */
export type TemplateLanguage = 'json-jinja' | 'xml-jinja' | 'text-jinja' | 'url-jinja' | 'json-body' | 'xml-body';

const KEYWORDS =
  'for in if elif else endif endfor set endset not and or is output separated by macro endmacro call endcall filter endfilter with endwith block endblock raw endraw true false none True False None recursive'.split(
    ' ',
  );

type Rules = languages.IMonarchLanguageRule[];

/** What begins Jinja or a parameter; stands before every other rule of a state. */
const ENTER: Rules = [
  [/\{#/, { token: 'comment.jinja', next: '@comment' }],
  [/\{\{[-+]?/, { token: 'delimiter.jinja', next: '@expression' }],
  [/\{%[-+]?/, { token: 'delimiter.jinja', next: '@statement' }],
  [/\[\[\s*[A-Za-z_][\w-]*\s*(?:[:=|][^[\]\n]*)?\]\]/, 'parameter.jinja'],
];

const INSIDE: Rules = [
  [/(\|)(\s*)([A-Za-z_]\w*)/, ['operator.jinja', '', 'predefined.jinja']],
  [/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/, 'string.jinja'],
  [/\d+(?:\.\d+)?/, 'number.jinja'],
  [/[A-Za-z_]\w*/, { cases: { '@keywords': 'keyword.jinja', '@default': 'variable.jinja' } }],
  [/[()[\]{}]/, '@brackets'],
  [/[.,:+*/<>=!~%-]/, 'operator.jinja'],
  [/\s+/, ''],
];

const JINJA: Record<string, Rules> = {
  expression: [[/[-+]?\}\}/, { token: 'delimiter.jinja', next: '@pop' }], ...INSIDE],
  statement: [[/[-+]?%\}/, { token: 'delimiter.jinja', next: '@pop' }], ...INSIDE],
  comment: [
    [/#\}/, { token: 'comment.jinja', next: '@pop' }],
    [/[^#]+|#/, 'comment.jinja'],
  ],
};

const BRACKETS: languages.IMonarchLanguageBracket[] = [
  { open: '{', close: '}', token: 'delimiter.bracket' },
  { open: '[', close: ']', token: 'delimiter.bracket' },
  { open: '(', close: ')', token: 'delimiter.bracket' },
];

const KEY = /"(?=(?:[^"\\{]|\\.|\{(?![{%#]))*"\s*:)/;
const STRING_END: Rules = [
  [/\\./, 'string.escape.json'],
  [/"/, { token: 'string.value.json', next: '@pop' }],
];

function json(jinja: boolean): languages.IMonarchLanguage {
  const enter = jinja ? ENTER : [];
  return {
    defaultToken: '',
    keywords: KEYWORDS,
    brackets: BRACKETS,
    tokenizer: {
      root: [
        ...enter,
        [KEY, { token: 'string.key.json', next: '@key' }],
        [/"/, { token: 'string.value.json', next: '@string' }],
        [/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, 'number.json'],
        [/\b(?:true|false|null)\b/, 'keyword.json'],
        [/[{}[\]]/, '@brackets'],
        [/[,:]/, 'delimiter.json'],
        [/\s+/, ''],
      ],
      key: [
        [/[^"\\]+/, 'string.key.json'],
        [/\\./, 'string.escape.json'],
        [/"/, { token: 'string.key.json', next: '@pop' }],
      ],
      string: [...enter, [/[^"\\{[]+/, 'string.value.json'], ...STRING_END, [/[{[]/, 'string.value.json']],
      ...(jinja ? JINJA : {}),
    },
  };
}

function xml(jinja: boolean): languages.IMonarchLanguage {
  const enter = jinja ? ENTER : [];
  return {
    defaultToken: '',
    keywords: KEYWORDS,
    brackets: BRACKETS,
    tokenizer: {
      root: [
        ...enter,
        [/<!--/, { token: 'comment.xml', next: '@remark' }],
        [/<!\[CDATA\[/, { token: 'delimiter.xml', next: '@cdata' }],
        [/(<\??\/?)([\w:.-]+)/, ['delimiter.xml', { token: 'tag.xml', next: '@tag' }]],
        [/&[#\w]+;/, 'string.escape.xml'],
        [/[^<&{[]+/, ''],
        [/[{[]/, ''],
      ],
      tag: [
        ...enter,
        [/[?/]?>/, { token: 'delimiter.xml', next: '@pop' }],
        [/[\w:.-]+/, 'attribute.name.xml'],
        [/=/, 'delimiter.xml'],
        [/"/, { token: 'string.value.xml', next: '@double' }],
        [/'/, { token: 'string.value.xml', next: '@single' }],
        [/\s+/, ''],
      ],
      double: [
        ...enter,
        [/[^"{[]+/, 'string.value.xml'],
        [/"/, { token: 'string.value.xml', next: '@pop' }],
        [/[{[]/, 'string.value.xml'],
      ],
      single: [
        ...enter,
        [/[^'{[]+/, 'string.value.xml'],
        [/'/, { token: 'string.value.xml', next: '@pop' }],
        [/[{[]/, 'string.value.xml'],
      ],
      remark: [
        [/-->/, { token: 'comment.xml', next: '@pop' }],
        [/[^-]+|-/, 'comment.xml'],
      ],
      cdata: [...enter, [/\]\]>/, { token: 'delimiter.xml', next: '@pop' }], [/[^\]{[]+/, ''], [/[\]{[]/, '']],
      ...(jinja ? JINJA : {}),
    },
  };
}

const TEXT: languages.IMonarchLanguage = {
  defaultToken: '',
  keywords: KEYWORDS,
  brackets: BRACKETS,
  tokenizer: { root: [...ENTER, [/[^{[]+/, ''], [/[{[]/, '']], ...JINJA },
};

const URL_TEXT: languages.IMonarchLanguage = {
  defaultToken: '',
  keywords: KEYWORDS,
  brackets: BRACKETS,
  tokenizer: {
    root: [
      ...ENTER,
      [/[A-Za-z][\w+.-]*:\/\//, 'delimiter.url'],
      [/[?&]/, 'delimiter.url'],
      [/[^{[?&:]+/, ''],
      [/[{[:]/, ''],
    ],
    ...JINJA,
  },
};

export const TOKENS: Record<TemplateLanguage, languages.IMonarchLanguage> = {
  'json-jinja': json(true),
  'xml-jinja': xml(true),
  'text-jinja': TEXT,
  'url-jinja': URL_TEXT,
  'json-body': json(false),
  'xml-body': xml(false),
};

/** Pairs that match and that close by themselves. */
export function configurationOf(language: TemplateLanguage): languages.LanguageConfiguration {
  const isJson = language === 'json-jinja';
  return {
    wordPattern: /[A-Za-z_]\w*|-?\d+(?:\.\d+)?/,
    comments: { blockComment: ['{#', '#}'] },
    brackets: [
      ['{', '}'],
      ['[', ']'],
      ['(', ')'],
      ['{{', '}}'],
      ['{%', '%}'],
    ],
    autoClosingPairs: [
      { open: '{', close: '}' },
      { open: '{%', close: '%' },
      { open: '{#', close: '#' },
      { open: '[', close: ']' },
      { open: '(', close: ')' },
      ...(isJson ? [{ open: '"', close: '"', notIn: ['string'] }] : []),
    ],
    surroundingPairs: [
      { open: '{', close: '}' },
      { open: '[', close: ']' },
      { open: '(', close: ')' },
      { open: '"', close: '"' },
      { open: "'", close: "'" },
    ],
    ...(isJson ? { indentationRules: { increaseIndentPattern: /[{[]\s*$/, decreaseIndentPattern: /^\s*[}\]]/ } } : {}),
  };
}
