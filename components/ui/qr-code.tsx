'use client';

import { encodeQR } from 'qr';
import { cn } from './cn';

/** Modules of light around the code, without which scanners do not find it (ISO/IEC 18004 §9.1). */
const QUIET = 4;

/** A text as a QR code: the side in modules with its margin, and the dark ones as one SVG path. */
export function qrPath(text: string): { side: number; path: string } {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET });
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return { side: rows.length, path };
}

/** A text for the camera of another device. Dark on light in either theme, as scanners want it. */
export function QrCode({ text, label, className }: { text: string; label: string; className?: string }) {
  const { side, path } = qrPath(text);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${side} ${side}`}
      shapeRendering="crispEdges"
      className={cn('rounded-md border border-line', className)}
    >
      <rect width={side} height={side} fill="white" />
      <path d={path} fill="black" />
    </svg>
  );
}
