/**
 * What one may ask for: every verb of the house by name, `noun.verb`. Knows the rules of who may do what and keeps every
 * query inside its project; knows nothing of Next.js or React. Pages, the call route and the API use this registry.
 */
export const verbs = {} as const;

export type Verbs = typeof verbs;
export type VerbName = keyof Verbs;
export {
  type Actor,
  act,
  audit,
  type Capability,
  type Ctx,
  may,
  notFound,
  type Role,
  read,
  ServiceError,
  type Verb,
  write,
} from './verb.ts';
