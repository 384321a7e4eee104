export { createFileJournal, type FileJournal, type FileJournalOptions } from './node/file-journal.ts';
export { createFileStorage } from './node/file-storage.ts';
export { loadIdentity } from './node/identity-file.ts';
