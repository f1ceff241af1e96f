'use client';

import { useEffect, useState } from 'react';
import { useDo } from '@/components/call';
import { cn } from '@/components/ui/cn';
import { controlStyle } from '@/components/ui/input';
import { useScenario } from './scenario-context';

/** The scenario's name, changed where it stands. */
export function ScenarioName() {
  const { id, name, readOnly } = useScenario();
  const rename = useDo('scenario.rename');
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  if (readOnly) return <h1 className="truncate font-semibold">{name}</h1>;
  const commit = () => {
    const next = text.trim();
    if (next === '' || next === name) {
      setText(name);
      return;
    }
    rename.mutate({ id, name: next }, { onError: () => setText(name) });
  };
  return (
    <div className="grid min-w-16 items-center">
      <h1 className="sr-only">{name}</h1>
      {/* A copy of the text, out of sight, gives the field its width. */}
      <span aria-hidden className="invisible col-start-1 row-start-1 truncate whitespace-pre px-2 font-semibold">
        {text || ' '}
      </span>
      <input
        aria-label="Name of the scenario"
        size={1}
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') {
            setText(name);
            event.stopPropagation();
          }
        }}
        className={cn(
          controlStyle,
          'col-start-1 row-start-1 truncate border-transparent bg-transparent px-1.5 font-semibold hover:border-line-strong',
        )}
      />
    </div>
  );
}
