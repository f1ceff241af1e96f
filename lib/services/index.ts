/**
 * What one may ask for: every verb of the house by name, `noun.verb`. Knows the rules of who may do what and keeps every
 * query inside its project; knows nothing of Next.js or React. Pages, the call route and the API use this registry.
 */
import { createApiKey, listApiKeys, revokeApiKey } from './api-key.ts';
import { inviteMember, listMembers, removeMember, revokeInvitation, setMemberRole } from './member.ts';
import { createPolicy, deletePolicy, listPolicies, updatePolicy } from './policy.ts';
import { createProject, getProject, updateProject } from './project.ts';
import { changePassword, listSessions, revokeSession } from './session.ts';
export const verbs = {
  'api-key.create': createApiKey,
  'api-key.list': listApiKeys,
  'api-key.revoke': revokeApiKey,
  'member.invite': inviteMember,
  'member.list': listMembers,
  'member.remove': removeMember,
  'member.set-role': setMemberRole,
  'member.uninvite': revokeInvitation,
  'policy.create': createPolicy,
  'policy.delete': deletePolicy,
  'policy.list': listPolicies,
  'policy.update': updatePolicy,
  'project.create': createProject,
  'project.get': getProject,
  'project.update': updateProject,
  'session.change-password': changePassword,
  'session.list': listSessions,
  'session.revoke': revokeSession,
} as const;

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
