import {
  Activity,
  BookOpen,
  FlaskConical,
  Gauge,
  KeyRound,
  type LucideIcon,
  Plug,
  RadioTower,
  ScrollText,
  SlidersHorizontal,
  Upload,
  Users,
  Workflow,
} from 'lucide-react';

export interface Place {
  /** Below `/p/[project]`. */
  path: string;
  label: string;
  icon: LucideIcon;
  /** What people call it elsewhere; found by the command palette. */
  aliases?: string;
}

/** The places of a project, as the navigation shows them. */
export const PLACES: { title: string; places: Place[] }[] = [
  {
    title: 'Campaigns',
    places: [
      { path: '/campaigns/scenarios', label: 'Scenarios', icon: Workflow, aliases: 'journey flow campaign canvas' },
    ],
  },
  {
    title: 'Data & Assets',
    places: [
      { path: '/data/customers', label: 'Customers', icon: Users, aliases: 'people profiles contacts' },
      { path: '/data/events', label: 'Events', icon: Activity, aliases: 'tracking activity' },
      { path: '/data/catalogs', label: 'Catalogs', icon: BookOpen, aliases: 'products items lookup' },
      { path: '/data/imports', label: 'Imports', icon: Upload, aliases: 'csv upload file' },
      { path: '/data/integrations', label: 'Integrations', icon: Plug, aliases: 'credentials authentication presets' },
      {
        path: '/data/api-triggers',
        label: 'API triggers',
        icon: RadioTower,
        aliases: 'call url http external world event trigger log',
      },
      { path: '/data/rehearsal', label: 'Rehearsal target', icon: FlaskConical, aliases: 'mock test sandbox' },
    ],
  },
  {
    title: 'Project settings',
    places: [
      { path: '/settings/general', label: 'General', icon: SlidersHorizontal, aliases: 'name time zone' },
      {
        path: '/settings/access',
        label: 'Access management',
        icon: KeyRound,
        aliases: 'members roles users api keys sessions password',
      },
      {
        path: '/settings/throughput-policies',
        label: 'Throughput policies',
        icon: Gauge,
        aliases: 'campaigns general rate limit concurrency speed',
      },
      { path: '/settings/audit', label: 'Audit log', icon: ScrollText, aliases: 'history who changed security' },
    ],
  },
];

/** Things that can be made from anywhere; the page at `path` opens its form when it sees `?create=1`. */
export const CREATABLE: { path: string; label: string; needs: 'build' | 'develop' | 'administer' }[] = [
  { path: '/campaigns/scenarios', label: 'New scenario', needs: 'build' },
  { path: '/data/customers', label: 'New customer', needs: 'build' },
  { path: '/data/imports', label: 'New import', needs: 'build' },
  { path: '/data/integrations', label: 'New integration', needs: 'develop' },
  { path: '/data/api-triggers', label: 'New API trigger', needs: 'develop' },
  { path: '/settings/throughput-policies', label: 'New throughput policy', needs: 'develop' },
  { path: '/settings/access', label: 'Invite a member', needs: 'administer' },
];
