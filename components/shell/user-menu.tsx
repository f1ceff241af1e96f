'use client';

import { KeyRound, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import Link from 'next/link';
import { useTheme } from 'next-themes';
import { leave } from '@/components/auth/leave';
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from '@/components/ui/menu';
import { useProject } from './project-context';

export interface ShellUser {
  name: string;
  email: string;
}

/** Who is signed in, and what belongs to them rather than to the project. */
export function UserMenu({ user }: { user: ShellUser }) {
  const project = useProject();
  const { theme, setTheme } = useTheme();
  return (
    <Menu>
      <MenuTrigger asChild>
        <button
          type="button"
          aria-label={`${initials(user.name)}, account of ${user.name}`}
          className="ml-1 flex size-7 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent text-xs"
        >
          {initials(user.name)}
        </button>
      </MenuTrigger>
      <MenuContent className="w-60">
        <div className="px-2 pt-1 pb-2">
          <p className="truncate font-medium">{user.name}</p>
          <p className="truncate text-muted text-sm">{user.email}</p>
        </div>
        <MenuSeparator />
        <MenuLabel>Theme</MenuLabel>
        <MenuRadioGroup value={theme ?? 'system'} onValueChange={setTheme}>
          <MenuRadioItem value="system">
            <Monitor aria-hidden /> As the system
          </MenuRadioItem>
          <MenuRadioItem value="light">
            <Sun aria-hidden /> Light
          </MenuRadioItem>
          <MenuRadioItem value="dark">
            <Moon aria-hidden /> Dark
          </MenuRadioItem>
        </MenuRadioGroup>
        <MenuSeparator />
        <MenuItem asChild>
          <Link href={`/p/${project.id}/settings/access?tab=account`}>
            <KeyRound aria-hidden /> Sessions and password
          </Link>
        </MenuItem>
        <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void leave()}>
          Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}

const initials = (name: string) =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word[0]!.toUpperCase())
    .join('');
