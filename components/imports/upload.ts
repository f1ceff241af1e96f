'use client';

import { CallError } from '@/components/call';

/**
 * Sends a file to one of our upload addresses; `onProgress` gets the share that has left.
 * @returns what the address answers
 * @throws CallError
 */
export function uploadFile<Answer>(
  path: '/api/import/upload' | '/api/catalog/upload',
  headers: Record<string, string>,
  file: File,
  onProgress: (share: number) => void,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const offline = () =>
    reject(new CallError({ code: 'offline', message: 'The upload was cut off. Check the connection and try again.' }));
  const request = new XMLHttpRequest();
  request.open('POST', path);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.setRequestHeader('X-File-Name', encodeURIComponent(file.name));
  request.setRequestHeader('X-File-Size', String(file.size));
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
  request.onerror = offline;
  request.onabort = offline;
  request.onload = () => {
    const answer = request.response as { ok: boolean; value?: Answer; error?: { message: string } } | null;
    if (answer?.ok && answer.value) return resolve(answer.value);
    reject(
      new CallError({
        code: 'failed',
        ...answer?.error,
        message: answer?.error?.message ?? `Hookline answered ${request.status}. Try again.`,
      }),
    );
  };
  request.send(file);
  return promise;
}
