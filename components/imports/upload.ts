'use client';

import { CallError } from '@/components/call';

/**
 * Sends a file to be imported; `onProgress` gets the share that has left.
 * @returns the id of the new import
 * @throws CallError
 */
export function uploadFile(project: string, file: File, onProgress: (share: number) => void): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const offline = () =>
    reject(new CallError({ code: 'offline', message: 'The upload was cut off. Check the connection and try again.' }));
  const request = new XMLHttpRequest();
  request.open('POST', '/api/import/upload');
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.setRequestHeader('X-Project', project);
  request.setRequestHeader('X-File-Name', encodeURIComponent(file.name));
  request.setRequestHeader('X-File-Size', String(file.size));
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
  request.onerror = offline;
  request.onabort = offline;
  request.onload = () => {
    const answer = request.response as { ok: boolean; value?: { id: string }; error?: { message: string } } | null;
    if (answer?.ok && answer.value) return resolve(answer.value.id);
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
