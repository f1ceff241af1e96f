'use client';

import { useMemo } from 'react';
import { fieldsOf, type Known, type Sources, typeName } from '@/components/monaco/sources';
import { type WebhookSettings, webhookTemplates } from '@/lib/core/webhook';
import { findParameters, type ParameterDeclaration } from '@/lib/template';
import type { Place } from './use-place';
import type { ChosenCustomer } from './use-whom';

/** The parameters that the webhook's templates declare. */
export function parametersOf(settings: WebhookSettings): ParameterDeclaration[] {
  return findParameters(...webhookTemplates(settings).map(({ source }) => source));
}

/** What the templates may read, with the values of whoever is chosen: for Customer and single payloads, and for Root. */
export function useSources(
  values: Record<string, string>,
  parameters: readonly ParameterDeclaration[],
  chosen: ChosenCustomer | null,
  { event, trigger, earlier, properties }: Place,
): { customer: Sources; root: Sources } {
  return useMemo(() => {
    const customer: Sources = {
      customer: propertiesOf(properties, chosen),
      event: event && { type: event.type, properties: propertiesOfEvent(event) },
      trigger: trigger && { name: trigger.name, parameters: parametersOfCall(trigger) },
      webhooks: earlier.map(({ position, number, name, response }) => ({
        position,
        number,
        name,
        fields: response.isText ? [] : fieldsOf(response.data),
      })),
      parameters: parameters.map(({ name, type, default: fallback }) => ({
        name,
        type,
        value: values[name] || fallback,
      })),
      isRoot: false,
    };
    return { customer, root: { ...customer, customer: [], isRoot: true } };
  }, [properties, chosen, event, trigger, earlier, parameters, values]);
}

/** The fields of events of the type, with the values of the one that stands for them here. */
function propertiesOfEvent({ fields, typed, latest }: NonNullable<Place['event']>): Known[] {
  const shown = fieldsOf(typed ?? latest ?? {});
  return [...shown, ...fields.filter(({ name }) => !shown.some((known) => known.name === name))];
}

/** The parameters of a call, with the values that stand for it here. */
function parametersOfCall({ types, typed, examples }: NonNullable<Place['trigger']>): Known[] {
  const values = typed ?? examples;
  return types.map(({ name, type }) => ({ name, type, example: values[name] }));
}

/** All that customers have, with the chosen one's own values first. */
function propertiesOf(known: Place['properties'], chosen: ChosenCustomer | null): Known[] {
  const own = chosen?.properties ?? {};
  const listed = known.map(
    ({ name, type, share, example }): Known =>
      Object.hasOwn(own, name)
        ? { name, type, share, example: own[name], isOwn: true }
        : { name, type, share, example, isOwn: false },
  );
  const more = Object.entries(own)
    .filter(([name]) => !known.some((property) => property.name === name))
    .map(([name, value]): Known => ({ name, type: typeName(value), example: value, isOwn: true }));
  return [...listed, ...more];
}
