import type { InputOf } from '@/components/call';

export type RoleName = InputOf<'member.set-role'>['role'];

/** What each role may do, in one line; the larger includes the smaller. */
export const ROLES: { value: RoleName; label: string; hint: string }[] = [
  { value: 'admin', label: 'Admin', hint: 'Also members, API keys and project settings' },
  { value: 'developer', label: 'Developer', hint: 'Also integrations, presets and policies' },
  { value: 'marketer', label: 'Marketer', hint: 'Builds, tests and runs scenarios' },
  { value: 'viewer', label: 'Viewer', hint: 'Looks only' },
];
/** The role's name on screen. */
export const titleOf = (role: string) => ROLES.find((each) => each.value === role)?.label ?? role;
