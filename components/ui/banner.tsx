import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';

const LOOK = {
  info: { style: 'border-info/25 bg-info-soft', text: 'text-info', icon: Info },
  success: { style: 'border-success/25 bg-success-soft', text: 'text-success', icon: CircleCheck },
  warning: { style: 'border-warning/30 bg-warning-soft', text: 'text-warning', icon: TriangleAlert },
  danger: { style: 'border-danger/25 bg-danger-soft', text: 'text-danger', icon: CircleAlert },
};

export interface BannerProps {
  tone?: keyof typeof LOOK;
  title?: ReactNode;
  /** Buttons at the right. */
  action?: ReactNode;
  className?: string;
  children?: ReactNode;
}

/** Something that must be known here and now, with what to do about it. */
export function Banner({ tone = 'info', title, action, className, children }: BannerProps) {
  const { style, text, icon: Icon } = LOOK[tone];
  return (
    <div
      role={tone === 'danger' ? 'alert' : 'status'}
      className={cn('flex items-start gap-3 rounded-md border px-3 py-2 text-ink', style, className)}
    >
      <Icon className={cn('mt-0.5', text)} aria-hidden />
      <div className="min-w-0 flex-1">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? (
          <div className={cn('text-sm [overflow-wrap:anywhere]', title && 'text-muted')}>{children}</div>
        ) : null}
      </div>
      {action ? <div className="-my-0.5 flex shrink-0 items-center gap-2">{action}</div> : null}
    </div>
  );
}
