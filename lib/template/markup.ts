const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

/** As markupsafe escapes, for HTML and XML alike. */
export const htmlEscape = (text: string): string => text.replace(/[&<>"']/g, (char) => HTML[char]!);
