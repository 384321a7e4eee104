/** SHA-256 of each revision's artefact, base64url. Written by `scripts/lock-revision.ts`. */
export const REVISION_HASHES = {
  2: 'hp3R-yrASfbfC_DJ3gHsn8APiXhBm13kGaycZemb8t8',
  3: 'DgowE3P44CA2tIHnGlAgmbyYQr9k6yqL_y-pQLOsEVo',
} as const;
