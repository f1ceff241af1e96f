import { Card } from '@/components/ui/card';
import { Page, PageHeader } from '@/components/ui/page-header';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';
import { Table } from '@/components/ui/table';

/** A list that is on its way. */
export function ListLoading({ title, columns }: { title: string; columns: number }) {
  return (
    <Page>
      <PageHeader title={title} />
      <Skeleton className="mb-3 h-8 w-96 max-w-full" />
      <Card flush>
        <Table aria-label={`${title} are on their way`}>
          <tbody>
            <SkeletonRows columns={columns} rows={12} dense />
          </tbody>
        </Table>
      </Card>
    </Page>
  );
}
