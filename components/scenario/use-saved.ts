'use client';

import { useEffect, useState } from 'react';
import { useEditorStore } from './store';

/** Puts everything on the server first: what is started or published is what is there. Null while that goes on. */
export function useSaved(): boolean | null {
  const store = useEditorStore();
  const [saved, setSaved] = useState<boolean | null>(null);
  useEffect(() => {
    let isHere = true;
    void store
      .getState()
      .flush()
      .then((done) => isHere && setSaved(done));
    return () => {
      isHere = false;
    };
  }, [store]);
  return saved;
}
