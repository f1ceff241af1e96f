import { notFound } from 'next/navigation';

/** Lets an unknown address below a project show "nothing here" inside the shell. */
export default function UnknownPage() {
  notFound();
}
