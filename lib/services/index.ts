/**
 * What one may ask for: every verb of the house by name, `noun.verb`. Knows the rules of who may do what and keeps every
 * query inside its project; knows nothing of Next.js or React. Pages, the call route and the API use this registry.
 */
import { createApiKey, listApiKeys, revokeApiKey } from './api-key.ts';
import { createApiTrigger, deleteApiTrigger, getApiTrigger, listApiTriggers, updateApiTrigger } from './api-trigger.ts';
import { callApiTrigger, listTriggerCalls, openTriggerCall, revealTriggerCall } from './api-trigger-call.ts';
import { listAudit } from './audit.ts';
import {
  createCatalog,
  deleteCatalog,
  getCatalog,
  listCatalogItems,
  listCatalogs,
  putCatalogItem,
  removeCatalogItem,
  renameCatalog,
} from './catalog.ts';
import { getCustomer, listCustomerEvents, listCustomerProperties, listCustomers } from './customer.ts';
import { createCustomer, updateCustomer, upsertCustomers } from './customer-change.ts';
import {
  countFound,
  deleteCustomer,
  deleteCustomers,
  getDeletion,
  listDeletions,
  resumeDeletion,
} from './customer-erase.ts';
import { listEvents, listEventTypes } from './event.ts';
import { receiveEvents } from './event-receive.ts';
import { getImport, listImports } from './import.ts';
import { cancelImport, previewImport, resumeImport, startImport } from './import-run.ts';
import {
  createIntegration,
  deleteIntegration,
  getIntegration,
  listIntegrations,
  updateIntegration,
} from './integration.ts';
import { testIntegration } from './integration-test.ts';
import { inviteMember, listMembers, removeMember, revokeInvitation, setMemberRole } from './member.ts';
import { createPolicy, deletePolicy, listPolicies, updatePolicy } from './policy.ts';
import { listPolicyQueues } from './policy-queue.ts';
import {
  createPreset,
  deletePreset,
  diffPreset,
  listPresets,
  openPreset,
  settingsFromPreset,
  updatePreset,
} from './preset.ts';
import { createProject, getProject, updateProject } from './project.ts';
import {
  behaveTarget,
  clearTarget,
  listTargets,
  openTarget,
  openTargetRequest,
  revealTargetRequest,
} from './rehearsal.ts';
import { setRetention } from './retention.ts';
import {
  listProjectRuns,
  openRun,
  pauseOneRun,
  replayRequests,
  resumeOneRun,
  resumeStoppedWebhook,
  stopRun,
} from './run.ts';
import {
  listCustomerJourneys,
  listPeople,
  listRunRequests,
  openJourney,
  openRequest,
  revealRequest,
} from './run-look.ts';
import {
  archiveScenario,
  createScenario,
  deleteScenario,
  duplicateScenario,
  listScenarios,
  openScenario,
  renameScenario,
  restoreScenario,
  tagScenario,
} from './scenario.ts';
import { editScenario, listVersions, openVersion, revertScenario } from './scenario-edit.ts';
import { forecastScenario } from './scenario-forecast.ts';
import { previewPublish, publishScenario } from './scenario-publish.ts';
import { startScenario, stopScenario } from './scenario-start.ts';
import { weighScenario } from './scenario-weight.ts';
import { storeSecret } from './secret.ts';
import { changePassword, listSessions, revokeSession } from './session.ts';
import { beginTotp, confirmTotp, disableTotp, totpStatus } from './totp.ts';
import { exportPreset, exportScenario, exportWebhook, importFile, readFile } from './transfer.ts';
import { curlOfWebhook, previewWebhook, sendWebhook } from './webhook.ts';
import { cancelCheck, checkWebhook, listCheckPeople, listChecks, openCheck, requireChecks } from './webhook-check.ts';
import { contextOfWebhook } from './webhook-context.ts';
import { revealWebhook } from './webhook-reveal.ts';

export const verbs = {
  'api-key.create': createApiKey,
  'api-key.list': listApiKeys,
  'api-key.revoke': revokeApiKey,
  'api-trigger.call': callApiTrigger,
  'api-trigger.call-open': openTriggerCall,
  'api-trigger.call-reveal': revealTriggerCall,
  'api-trigger.calls': listTriggerCalls,
  'api-trigger.create': createApiTrigger,
  'api-trigger.delete': deleteApiTrigger,
  'api-trigger.get': getApiTrigger,
  'api-trigger.list': listApiTriggers,
  'api-trigger.update': updateApiTrigger,
  'audit.list': listAudit,
  'catalog.create': createCatalog,
  'catalog.delete': deleteCatalog,
  'catalog.get': getCatalog,
  'catalog.items': listCatalogItems,
  'catalog.list': listCatalogs,
  'catalog.put-item': putCatalogItem,
  'catalog.remove-item': removeCatalogItem,
  'catalog.rename': renameCatalog,
  'customer.count': countFound,
  'customer.create': createCustomer,
  'customer.delete': deleteCustomer,
  'customer.delete-many': deleteCustomers,
  'customer.deletion': getDeletion,
  'customer.deletions': listDeletions,
  'customer.events': listCustomerEvents,
  'customer.get': getCustomer,
  'customer.journeys': listCustomerJourneys,
  'customer.list': listCustomers,
  'customer.properties': listCustomerProperties,
  'customer.resume-deletion': resumeDeletion,
  'customer.update': updateCustomer,
  'customer.upsert': upsertCustomers,
  'event.list': listEvents,
  'event.receive': receiveEvents,
  'event.types': listEventTypes,
  'import.cancel': cancelImport,
  'import.get': getImport,
  'import.list': listImports,
  'import.preview': previewImport,
  'import.resume': resumeImport,
  'import.start': startImport,
  'integration.create': createIntegration,
  'integration.delete': deleteIntegration,
  'integration.get': getIntegration,
  'integration.list': listIntegrations,
  'integration.test': testIntegration,
  'integration.update': updateIntegration,
  'member.invite': inviteMember,
  'member.list': listMembers,
  'member.remove': removeMember,
  'member.set-role': setMemberRole,
  'member.uninvite': revokeInvitation,
  'policy.create': createPolicy,
  'policy.delete': deletePolicy,
  'policy.list': listPolicies,
  'policy.queues': listPolicyQueues,
  'policy.update': updatePolicy,
  'preset.create': createPreset,
  'preset.delete': deletePreset,
  'preset.diff': diffPreset,
  'preset.export': exportPreset,
  'preset.list': listPresets,
  'preset.open': openPreset,
  'preset.settings': settingsFromPreset,
  'preset.update': updatePreset,
  'project.create': createProject,
  'project.get': getProject,
  'project.require-checks': requireChecks,
  'project.set-retention': setRetention,
  'project.update': updateProject,
  'rehearsal.behave': behaveTarget,
  'rehearsal.clear': clearTarget,
  'rehearsal.list': listTargets,
  'rehearsal.open': openTarget,
  'rehearsal.request': openTargetRequest,
  'rehearsal.reveal': revealTargetRequest,
  'run.journey': openJourney,
  'run.list': listProjectRuns,
  'run.open': openRun,
  'run.pause': pauseOneRun,
  'run.people': listPeople,
  'run.replay': replayRequests,
  'run.request': openRequest,
  'run.requests': listRunRequests,
  'run.resume': resumeOneRun,
  'run.resume-webhook': resumeStoppedWebhook,
  'run.reveal': revealRequest,
  'run.stop': stopRun,
  'scenario.archive': archiveScenario,
  'scenario.create': createScenario,
  'scenario.delete': deleteScenario,
  'scenario.duplicate': duplicateScenario,
  'scenario.edit': editScenario,
  'scenario.export': exportScenario,
  'scenario.forecast': forecastScenario,
  'scenario.list': listScenarios,
  'scenario.open': openScenario,
  'scenario.publish': publishScenario,
  'scenario.publish-preview': previewPublish,
  'scenario.rename': renameScenario,
  'scenario.restore': restoreScenario,
  'scenario.revert': revertScenario,
  'scenario.start': startScenario,
  'scenario.stop': stopScenario,
  'scenario.tag': tagScenario,
  'scenario.version': openVersion,
  'scenario.versions': listVersions,
  'scenario.weigh': weighScenario,
  'secret.store': storeSecret,
  'session.change-password': changePassword,
  'session.list': listSessions,
  'session.revoke': revokeSession,
  'totp.begin': beginTotp,
  'totp.confirm': confirmTotp,
  'totp.disable': disableTotp,
  'totp.status': totpStatus,
  'transfer.import': importFile,
  'transfer.read': readFile,
  'webhook.check': checkWebhook,
  'webhook.check-cancel': cancelCheck,
  'webhook.check-open': openCheck,
  'webhook.check-people': listCheckPeople,
  'webhook.checks': listChecks,
  'webhook.context': contextOfWebhook,
  'webhook.curl': curlOfWebhook,
  'webhook.export': exportWebhook,
  'webhook.preview': previewWebhook,
  'webhook.reveal': revealWebhook,
  'webhook.send': sendWebhook,
} as const;

export type { ItemAnswer } from './item-answers.ts';
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
