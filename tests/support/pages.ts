/** The pages of a project that need no id of an object, below its address. */
export const PAGES = [
  'campaigns/scenarios',
  'data/customers',
  'data/events',
  'data/catalogs',
  'data/imports',
  'data/integrations',
  'data/integrations/new',
  'data/integrations/new?kind=http',
  'data/integrations/presets/new',
  'data/api-triggers',
  'data/api-triggers/new',
  'data/rehearsal',
  'settings/general',
  'settings/access',
  'settings/throughput-policies',
  'settings/audit',
];
