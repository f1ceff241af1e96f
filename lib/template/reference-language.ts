import type { Row, UsageRow } from './reference-row.ts';

/** Tags. */
export const TAG_ROWS: UsageRow[] = [
  [
    'if',
    '{% if condition %} … {% elif condition %} … {% else %} … {% endif %}',
    'What stands here only when a condition is true. Empty texts, empty lists, 0 and none are false.',
    '{% if customer.points > 1000 %}gold{% elif customer.points > 100 %}silver{% else %}basic{% endif %}',
    'gold',
  ],
  [
    'for',
    '{% for item in items if condition recursive %} … {% else %} … {% endfor %}',
    'What stands here once for each item; the else part when there is none. Inside, `loop` has index, index0, revindex, first, last, length, previtem, nextitem, depth, cycle and changed.',
    "{% for tag in customer.tags %}{{ loop.index }}. {{ tag }}{{ ', ' if not loop.last }}{% else %}no tags{% endfor %}",
    '1. vip, 2. shoes',
  ],
  [
    'set',
    '{% set name = value %} or {% set name %} … {% endset %}',
    'Gives a name to a value, or to the text of a block. Inside a loop the name is gone after it; use namespace to carry a value out.',
    "{% set greeting = 'Hi ' ~ customer.first_name %}{{ greeting }}{% set shout | upper %}, hey{% endset %}{{ shout }}",
    'Hi Eva, HEY',
  ],
  [
    'with',
    '{% with name = value %} … {% endwith %}',
    'Names that exist only here.',
    '{% with total = 2 + 3 %}{{ total }}{% endwith %}{{ total is defined }}',
    '5False',
  ],
  [
    'macro',
    "{% macro name(argument, other='default') %} … {% endmacro %}",
    'A piece of template with arguments. Inside, `varargs`, `kwargs` and `caller` hold what else was given.',
    "{% macro greet(who, mark='!') %}Hello {{ who }}{{ mark }}{% endmacro %}{{ greet('Eva') }}{{ greet('Jan', mark='?') }}",
    'Hello Eva!Hello Jan?',
  ],
  [
    'call',
    '{% call(argument) macro() %} … {% endcall %}',
    'Calls a macro and hands it a piece of template, which it renders with `caller()`.',
    "{% macro list(items) %}{% for i in items %}<{{ caller(i) }}>{% endfor %}{% endmacro %}{% call(item) list(['a', 'b']) %}{{ item | upper }}{% endcall %}",
    '<A><B>',
  ],
  [
    'filter',
    '{% filter name %} … {% endfilter %}',
    'Filters a whole piece of text.',
    '{% filter upper %}hello {{ customer.first_name }}{% endfilter %}',
    'HELLO EVA',
  ],
  [
    'raw',
    '{% raw %} … {% endraw %}',
    'Text that is not looked at: braces stay as they are.',
    '{% raw %}{{ not a value }}{% endraw %}',
    '{{ not a value }}',
  ],
  [
    'block',
    '{% block name %} … {% endblock %}',
    'Renders in place; `self.name()` renders it again. Templates stand alone here, so there is nothing to inherit from.',
    '{% block a %}x{% endblock %}{{ self.a() }}',
    'xx',
  ],
  ['print', '{% print value %}', 'The same as {{ value }}.', '{% print 1 + 1 %}', '2'],
  [
    'autoescape',
    '{% autoescape true %} … {% endautoescape %}',
    'HTML-escapes what is printed inside, where values are not escaped for a format already.',
    "{% autoescape true %}{{ '<b>' }}{% endautoescape %}",
    '&lt;b&gt;',
  ],
  [
    'output',
    "{% output items separated by ',' %}",
    'The items with a separator between them. In the Root of a batch each customer becomes a piece of its own, which is faster than join.',
    "[{% output ['1', '2'] separated by ', ' %}]",
    '[1, 2]',
  ],
];

/** Functions that every template has. */
export const GLOBAL_ROWS: Row[] = [
  [
    'range',
    'Whole numbers from a start up to, not including, an end.',
    '{{ range(3) | list }}, {{ range(1, 10, 3) | list }}',
    '[0, 1, 2], [1, 4, 7]',
  ],
  ['dict', 'A mapping from named arguments or pairs.', '{{ dict(a=1, b=2) }}', "{'a': 1, 'b': 2}"],
  [
    'namespace',
    'An object whose attributes may be set from inside a loop.',
    '{% set n = namespace(total=0) %}{% for i in [1, 2] %}{% set n.total = n.total + i %}{% endfor %}{{ n.total }}',
    '3',
  ],
  [
    'cycler',
    'Gives its items one after another, round and round.',
    "{% set c = cycler('odd', 'even') %}{{ c.next() }}, {{ c.next() }}, {{ c.next() }}",
    'odd, even, odd',
  ],
  [
    'joiner',
    'Gives nothing the first time it is called and the separator afterwards.',
    "{% set comma = joiner(', ') %}{% for x in [1, 2, 3] %}{{ comma() }}{{ x }}{% endfor %}",
    '1, 2, 3',
  ],
  ['lipsum', 'Text for trying out a layout.', '{{ lipsum(1, html=false) | length > 20 }}', 'True'],
];
