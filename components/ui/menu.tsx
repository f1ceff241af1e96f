'use client';

import { Check, ChevronRight } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';

/** The surface of everything that floats: menus, lists, popovers. */
export const floatStyle =
  'float-in z-50 overflow-y-auto scroll-thin rounded-md border border-line bg-raised p-1 text-ink shadow-raised outline-none';

/** One row of a menu or list. */
export const itemStyle =
  'relative flex min-h-8 cursor-default select-none items-center gap-2 rounded-md px-2 py-1 text-base outline-none data-[highlighted]:bg-hover data-[selected=true]:bg-hover off:pointer-events-none off:opacity-50';

/** Not modal: the page stays readable for assistive technology while a menu is open. */
export function Menu(props: ComponentProps<typeof Radix.Root>) {
  return <Radix.Root modal={false} {...props} />;
}

export const MenuTrigger = Radix.Trigger;
export const MenuSub = Radix.Sub;
export const MenuRadioGroup = Radix.RadioGroup;

export function MenuContent({ className, children, align = 'end', ...props }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        align={align}
        sideOffset={4}
        collisionPadding={8}
        className={cn(floatStyle, 'min-w-44', className)}
        {...props}
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  );
}

export interface MenuItemProps extends Omit<ComponentProps<typeof Radix.Item>, 'children'> {
  icon?: ReactNode;
  /** Shown at the right, e.g. "⌘D". */
  shortcut?: ReactNode;
  tone?: 'danger';
  children: ReactNode;
}

/** `asChild` with a single `<Link>` child makes it a link (icon and shortcut are then the child's business). */
export function MenuItem({ icon, shortcut, tone, className, children, asChild, ...props }: MenuItemProps) {
  return (
    <Radix.Item
      asChild={asChild}
      className={cn(itemStyle, tone === 'danger' && 'text-danger data-[highlighted]:bg-danger-soft', className)}
      {...props}
    >
      {asChild ? (
        children
      ) : (
        <>
          {icon}
          <span className="min-w-0 flex-1 truncate">{children}</span>
          {shortcut ? <span className="text-faint text-xs">{shortcut}</span> : null}
        </>
      )}
    </Radix.Item>
  );
}

export function MenuCheckItem({ className, children, ...props }: ComponentProps<typeof Radix.CheckboxItem>) {
  return (
    <Radix.CheckboxItem className={cn(itemStyle, 'pl-8', className)} {...props}>
      <Radix.ItemIndicator className="absolute left-2">
        <Check className="text-accent" aria-hidden />
      </Radix.ItemIndicator>
      {children}
    </Radix.CheckboxItem>
  );
}

export function MenuRadioItem({ className, children, ...props }: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem className={cn(itemStyle, 'pl-8', className)} {...props}>
      <Radix.ItemIndicator className="absolute left-2">
        <Check className="text-accent" aria-hidden />
      </Radix.ItemIndicator>
      {children}
    </Radix.RadioItem>
  );
}

export function MenuSubTrigger({ icon, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <Radix.SubTrigger className={cn(itemStyle, 'data-[state=open]:bg-hover')}>
      {icon}
      <span className="flex-1">{children}</span>
      <ChevronRight className="text-faint" aria-hidden />
    </Radix.SubTrigger>
  );
}

export function MenuSubContent({ children }: { children: ReactNode }) {
  return (
    <Radix.Portal>
      <Radix.SubContent sideOffset={4} collisionPadding={8} className={cn(floatStyle, 'min-w-44')}>
        {children}
      </Radix.SubContent>
    </Radix.Portal>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pt-2 pb-1 font-medium text-faint text-xs">{children}</Radix.Label>;
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}
