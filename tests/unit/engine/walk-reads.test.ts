import { describe, expect, it } from 'vitest';
import { compile } from '../../../lib/core/compile.ts';
import { propertiesRead } from '../../../lib/engine/walk-reads.ts';
import { draw } from '../../support/engine.ts';

const filter = (...names: string[]) => ({
  groups: [
    {
      negate: false,
      criteria: names.map((property) => ({
        kind: 'property' as const,
        property,
        operator: 'has value' as const,
        value: '',
        value2: '',
      })),
    },
  ],
});

function namesOf(build: (add: ReturnType<typeof draw>['add'], now: string) => void): readonly string[] | null {
  const { add, document } = draw();
  build(add, add('now'));
  return propertiesRead(compile(document(), () => ({ event: false, webhook: false })));
}
const jinja = (expression: string) =>
  namesOf((add, now) => add('condition', { mode: 'jinja', expression }, [now, 'out']));

describe('the properties that a walk reads', () => {
  it('are none when nothing reads them, and a webhook reads its own when it sends', () => {
    expect(namesOf((add, now) => add('webhook', { payload: '{{ customer.city }}' }, [now, 'out']))).toEqual([]);
  });

  it('are those of filters, expressions and values, each once', () => {
    const names = namesOf((add, now) => {
      const first = add('condition', { filter: filter('tier', 'city') }, [now, 'out']);
      add(
        'set-attribute',
        { attributes: [{ name: 'x', value: '{{ customer["last name"] }} of {{ customer.city }}' }] },
        [first, 'yes'],
      );
      add('condition', { mode: 'jinja', expression: 'customer.age > 5 and event.total' }, [first, 'no']);
    });
    expect([...names!].sort()).toEqual(['age', 'city', 'last name', 'tier']);
  });

  it('are all when the profile is taken as a whole, or by a name that only the customer knows', () => {
    expect(jinja('customer | length > 3')).toBeNull();
    expect(jinja('customer[event.name] == 1')).toBeNull();
    expect(jinja('customer.get("a") == 1')).toBeNull();
  });

  it('are all when they are many, because picking each out would cost more', () => {
    const many = Array.from({ length: 9 }, (_, i) => `p${i}`);
    expect(namesOf((add, now) => add('condition', { filter: filter(...many) }, [now, 'out']))).toBeNull();
  });

  it('are all for a name that an object would take for its prototype', () => {
    expect(namesOf((add, now) => add('condition', { filter: filter('__proto__') }, [now, 'out']))).toBeNull();
  });
});
