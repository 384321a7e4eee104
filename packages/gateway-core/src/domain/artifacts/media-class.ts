import type { Artifact } from '@tyrum/contracts';

const DOCUMENTS = /^(text\/|application\/(pdf|json|xml|rtf|msword|vnd\.(openxmlformats|oasis\.opendocument|ms-)))/i;

/** What kind of medium a MIME type is, for those who show it. */
export function mediaClassOf(mimeType: string | undefined): Artifact['media_class'] {
  const [, family = ''] = /^(image|audio|video)\//i.exec(mimeType ?? '') ?? [];
  if (family !== '') return family.toLowerCase() as 'image' | 'audio' | 'video';
  return DOCUMENTS.test(mimeType ?? '') ? 'document' : 'other';
}
