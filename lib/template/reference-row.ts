/** Name, what it does, an example, and what the example gives. */
export type Row = [name: string, doc: string, template: string, output: string];
/** The same with how it is written. */
export type UsageRow = [name: string, usage: string, doc: string, template: string, output: string];
