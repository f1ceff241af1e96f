import type { AnyNode } from './document.ts';
import { type PayloadFormat, webhookTemplates } from './webhook.ts';

/** One Jinja text of a node: where it stands in the settings, and what errors and the editor call it. */
export interface NodeTemplate {
  /** Path of the setting, e.g. `headers.0.value`: the field to focus. */
  field: string;
  name: string;
  source: string;
  /** What surrounds the text and therefore decides how values are escaped; "value" is not escaped at all. */
  place: 'url' | 'header' | PayloadFormat | 'value';
  /** A bare Jinja expression instead of a text with `{{ … }}` in it. */
  isExpression: boolean;
}

/** Every Jinja text of a node, in the order in which its panel shows them; values of parameters are not among them. */
export function templatesOf(node: AnyNode): NodeTemplate[] {
  switch (node.kind) {
    case 'webhook':
      return [
        ...webhookTemplates(node.settings).map((template) => ({ ...template, isExpression: false })),
        ...(node.settings.batch && node.settings.results?.key.by === 'value'
          ? [value('results.key.template', 'Result key', node.settings.results.key.template)]
          : []),
        ...node.settings.tracked.map(({ name, value: source }, i) =>
          value(`tracked.${i}.value`, `Event property ${name}`, source),
        ),
      ];
    case 'condition':
      return node.settings.mode === 'jinja'
        ? [{ ...value('expression', 'Condition', node.settings.expression), isExpression: true }]
        : [];
    case 'set-attribute':
      return node.settings.attributes.map(({ name, value: source }, i) =>
        value(`attributes.${i}.value`, `Attribute ${name}`, source),
      );
    case 'add-event':
      return node.settings.properties.map(({ name, value: source }, i) =>
        value(`properties.${i}.value`, `Property ${name}`, source),
      );
    case 'now':
    case 'on-date':
    case 'repeat':
    case 'on-event':
    case 'api-trigger':
    case 'wait':
      return [];
  }
}

const value = (field: string, name: string, source: string): NodeTemplate => ({
  field,
  name,
  source,
  place: 'value',
  isExpression: false,
});
