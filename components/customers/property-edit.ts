/** Values of properties as a form edits them: a type and a text. */

export const PROPERTY_TYPES = [
  { value: 'text', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'True or false' },
  { value: 'json', label: 'JSON' },
] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number]['value'];

/** The type that a form shows for a value. */
export function typeOf(value: unknown): PropertyType {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'object' ? 'json' : 'text';
}

/** The value of a text by its type, or what is wrong with it. */
export function readText(text: string, type: PropertyType): { value: unknown } | { fault: string } {
  switch (type) {
    case 'text':
      return { value: text };
    case 'boolean':
      return { value: text === 'true' };
    case 'number': {
      const value = Number(text);
      return text.trim() !== '' && Number.isFinite(value) ? { value } : { fault: 'Write a number, e.g. 12.5' };
    }
    case 'json':
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        return { fault: 'This is not JSON, e.g. ["gold", "sms"]' };
      }
  }
}
