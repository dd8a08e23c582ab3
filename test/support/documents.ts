/** Every document for people. */
export const documents: readonly string[] = [
  ...['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...['architecture', 'operations', 'deploying', 'reference', 'tokens', 'client', 'adding-a-provider'].map(
    (name) => `docs/${name}.md`,
  ),
];
