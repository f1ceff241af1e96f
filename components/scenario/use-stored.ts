'use client';

import { useEffect, useState } from 'react';

/** A choice that the browser remembers. */
export function useStored(name: string, initial: boolean): [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(initial);
  useEffect(() => {
    const stored = localStorage.getItem(name);
    if (stored !== null) setValue(stored === '1');
  }, [name]);
  return [
    value,
    (next) => {
      setValue(next);
      localStorage.setItem(name, next ? '1' : '0');
    },
  ];
}
