import { NO_SOURCES, type Sources } from './sources';

/** What is known about the text of one editor, by the address of its model; read by completion, hover and quick fixes. */
export interface TemplateModel {
  sources: Sources;
  /** The name of the customer whose values are shown. */
  chosen: string;
  fixes: readonly Fix[];
  /** Of a rendered text: what wrote the part at an offset. */
  origin: ((offset: number) => Origin | null) | null;
}

/** Where a part of a rendered text came from; characters of that text, and Markdown. */
export interface Origin {
  from: number;
  to: number;
  text: string;
}

/** A replacement that the analysis offers for the marker of that message and line; offsets in the template. */
export interface Fix {
  title: string;
  message: string;
  line: number;
  from: number;
  to: number;
  text: string;
}

const models = new Map<string, TemplateModel>();

export function describeModel(uri: string, change: Partial<TemplateModel>): void {
  models.set(uri, { ...modelOf(uri), ...change });
}

export function forgetModel(uri: string): void {
  models.delete(uri);
}

export function modelOf(uri: string): TemplateModel {
  return models.get(uri) ?? { sources: NO_SOURCES, chosen: '', fixes: [], origin: null };
}
