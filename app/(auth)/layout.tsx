import type { ReactNode } from 'react';
import { Mark } from '@/components/shell/mark';

/** The quiet frame of the pages before the app: one column, one question. */
export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[14vh] pb-16">
      <div className="w-full max-w-sm">
        <div className="mb-8 flex items-center gap-2.5 font-semibold text-lg">
          <Mark size={24} />
          Hookline
        </div>
        {children}
      </div>
    </main>
  );
}
