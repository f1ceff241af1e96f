/** What is done to a thing, in the words of the list. An action that is not here reads as it is stored. */
const DONE: Record<string, string> = {
  archive: 'archived',
  behave: 'changed',
  cancel: 'cancelled',
  check: 'checked',
  clear: 'cleared',
  create: 'created',
  delete: 'deleted',
  duplicate: 'duplicated',
  edit: 'edited',
  export: 'exported',
  import: 'imported',
  invite: 'invited',
  join: 'joined',
  pause: 'paused',
  publish: 'published',
  remove: 'removed',
  rename: 'renamed',
  replay: 'replayed',
  restore: 'restored',
  resume: 'resumed',
  revert: 'reverted',
  revoke: 'revoked',
  role: 'role changed',
  start: 'started',
  stop: 'stopped',
  store: 'stored',
  tag: 'tagged',
  test: 'tested',
  uninvite: 'invitation withdrawn',
  update: 'changed',
  upload: 'uploaded',
  weigh: 'weight changed',
};

const WHOLE: Record<string, string> = {
  'api-trigger.call': 'API trigger called',
  'api-trigger.reveal': 'Parameters of a call looked at',
  'sign-in': 'Signed in',
  'sign-in.refuse': 'Sign-in refused',
  'user.password': 'Password changed',
  'user.second-factor-on': 'Second factor switched on',
  'user.second-factor-off': 'Second factor switched off',
  'audit.export': 'Audit log exported',
  'catalog.put-item': 'Catalog item stored',
  'catalog.remove-item': 'Catalog item removed',
  'customer.delete': 'Deletion of a customer asked for',
  'customer.delete-many': 'Deletion of customers asked for',
  'customer.deleted': 'Deletion of customers completed',
  'customer.resume-deletion': 'Deletion of customers resumed',
  'run.reveal': 'Values of a request looked at',
  'webhook.check-cancel': 'Check of an audience cancelled',
  'webhook.reveal': 'Values of a test looked at',
  'rehearsal.reveal': 'Values of a rehearsed request looked at',
  'project.require-checks': 'Rule for Start changed',
  'project.set-retention': 'Retention changed',
};

/** An action as a phrase: "integration.update" is "Integration changed". */
export function actionWords(action: string): string {
  const whole = WHOLE[action];
  if (whole) return whole;
  const [noun = '', verb = ''] = action.split('.');
  return DONE[verb] ? `${areaWords(noun)} ${DONE[verb]}` : action;
}

/** The part of an action before the dot: "api-key" is "API key". */
export function areaWords(area: string): string {
  const words = area.replaceAll('-', ' ').replace(/^api\b/, 'API');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
