'use client';

import { Panel, useReactFlow, useStore } from '@xyflow/react';
import { Keyboard, ListTree, Map as MapIcon, Maximize, Network, ZoomIn, ZoomOut } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '@/components/ui/icon-button';
import { FIT } from './canvas';

/** Zoom, fit, tidy, map, outline: quiet at the lower left. */
export function CanvasToolbar(props: {
  onTidy?: () => void;
  map: boolean;
  onMap: () => void;
  outline: boolean;
  onOutline: () => void;
}) {
  const { zoomIn, zoomOut, zoomTo, fitView } = useReactFlow();
  const zoom = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <Panel
      position="bottom-left"
      className="flex items-center rounded-md border border-line bg-panel p-0.5 shadow-card"
    >
      <Tool label="Zoom out" hint="−" icon={<ZoomOut aria-hidden />} onClick={() => void zoomOut({ duration: 120 })} />
      <button
        type="button"
        aria-label={`Zoom ${zoom} %, set to 100 %`}
        onClick={() => void zoomTo(1, { duration: 120 })}
        className="h-7 w-11 rounded-md text-muted text-xs tabular-nums hover:bg-hover hover:text-ink"
      >
        {zoom} %
      </button>
      <Tool label="Zoom in" hint="+" icon={<ZoomIn aria-hidden />} onClick={() => void zoomIn({ duration: 120 })} />
      <Tool
        label="Fit to the screen"
        hint="1"
        icon={<Maximize aria-hidden />}
        onClick={() => void fitView({ ...FIT, duration: 120 })}
      />
      {props.onTidy ? (
        <Tool label="Tidy up" hint="Shift Alt T" icon={<Network aria-hidden />} onClick={props.onTidy} />
      ) : null}
      <span aria-hidden className="mx-0.5 h-4 w-px bg-line" />
      <Tool
        label={props.map ? 'Hide the map' : 'Show the map'}
        icon={<MapIcon aria-hidden />}
        pressed={props.map}
        onClick={props.onMap}
      />
      <Tool
        label={props.outline ? 'Hide the outline' : 'Show the outline'}
        icon={<ListTree aria-hidden />}
        pressed={props.outline}
        onClick={props.onOutline}
      />
      <Tool
        label="Keyboard shortcuts"
        hint="?"
        icon={<Keyboard aria-hidden />}
        onClick={() => window.dispatchEvent(new KeyboardEvent('keydown', { key: '?' }))}
      />
    </Panel>
  );
}

function Tool(props: { label: string; hint?: string; icon: ReactNode; pressed?: boolean; onClick: () => void }) {
  const { pressed, ...rest } = props;
  return <IconButton size="sm" aria-pressed={pressed} className={pressed ? 'text-accent' : 'text-muted'} {...rest} />;
}
