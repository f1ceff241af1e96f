import { notFound } from 'next/navigation';
import { Specimen } from './specimen';

export const metadata = { title: 'Design' };

/** Every primitive in every state, for looking at; not part of the product. */
export default function DesignPage() {
  if (process.env.NODE_ENV === 'production') notFound();
  return <Specimen />;
}
