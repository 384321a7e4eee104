/** Who may add artifacts: the one row of the authorization table that no frame carries, because bytes come over HTTP. */
export const ARTIFACT_UPLOAD = {
  type: 'artifact upload',
  roles: ['client', 'node'],
  scopes: ['operator.write', 'node.paired'],
} as const;
