// npm run dev: like npm start, with the web app in development mode (no build, reload on change).
process.argv.push('--dev');
await import('./start.ts');

export {};
