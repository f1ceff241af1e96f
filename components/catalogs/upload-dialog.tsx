'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CallError } from '@/components/call';
import { DropZone } from '@/components/imports/drop-zone';
import { uploadFile } from '@/components/imports/upload';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Dialog } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';

/** Brings items from a file. */
export function UploadDialog({ catalog, onClose }: { catalog: string; onClose: () => void }) {
  const project = useProject();
  const client = useQueryClient();
  const [uploading, setUploading] = useState<{ name: string; share: number } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const upload = async (file: File) => {
    setFault(null);
    setUploading({ name: file.name, share: 0 });
    try {
      const { items } = await uploadFile<{ items: number }>(
        '/api/catalog/upload',
        { 'X-Project': project.id, 'X-Catalog': catalog },
        file,
        (share) => setUploading({ name: file.name, share }),
      );
      toast.success(items === 1 ? '1 item is stored' : `${items.toLocaleString('en')} items are stored`);
      await client.invalidateQueries({ queryKey: ['ask', project.id] });
      onClose();
    } catch (error) {
      setUploading(null);
      setFault(error instanceof CallError ? error.message : 'The file could not be read.');
    }
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="md"
      title="Upload items"
      description="Items of the same key are replaced; others stay."
      dismissible={!uploading}
    >
      <div className="flex flex-col gap-3">
        {fault ? <Banner tone="danger">{fault}</Banner> : null}
        <DropZone
          uploading={uploading}
          onFile={(file) => void upload(file)}
          formats={{ told: 'CSV or JSON', accept: '.csv,.tsv,.txt,.json,text/csv,application/json,text/plain' }}
          hint="The key is in a column called key, id, item_id, sku or code, otherwise in the first. Up to 20 MB. A file with a fault is not stored at all."
        />
      </div>
    </Dialog>
  );
}
