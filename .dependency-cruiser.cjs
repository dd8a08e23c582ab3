// Which way imports may point (docs/architecture.md, "The house"). `npm run check` holds every file to it.

/** The floors of the domain, from the top down. Rooms of one floor do not import each other. */
const floors = [
  ['operation'],
  ['wearer'],
  ['messages'],
  ['board'],
  ['rotation', 'contact'],
  ['connection'],
  ['battery', 'store'],
];

const room = (name) => `^src/domain/${name}/`;

const floorRules = floors.slice(1).flatMap((rooms, below) =>
  rooms.map((name) => ({
    name: `floor-of-${name}`,
    comment: `src/domain/${name} imports only from floors below it.`,
    severity: 'error',
    from: { path: room(name) },
    to: {
      path: [...floors.slice(0, below + 1).flat(), ...rooms.filter((other) => other !== name)].map(room),
    },
  })),
);

const outside = '^(axios|pino|hono|@azure|@hono)(/|$)|node_modules/(axios|pino|hono|@azure|@hono)/';

const mayNotImport = (folder, path, comment) => ({
  name: `what-${folder.replace(/\//g, '-')}-may-not-import`,
  comment,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { path },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Two files that import each other can only be understood together.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports this file: delete it, or begin with it in build.mjs.',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^infra/slim-map\\.mjs$'] },
      to: {},
    },
    ...floorRules,
    mayNotImport(
      'src/domain',
      [
        outside,
        '^src/(adapters|providers|functions|pages)/',
        '^src/(config|setting-(formats|table)|main|app|services)\\.ts$',
      ],
      'The domain decides. It knows neither SDKs nor settings, and reaches everything through ports.',
    ),
    {
      name: 'the-domain-does-no-io',
      comment: 'Of Node itself the domain uses only hashes.',
      severity: 'error',
      from: { path: '^src/(domain|providers)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    mayNotImport(
      'src/model',
      '^(?!(src/(model/|(errors|error-codes)\\.ts$|secret\\.ts$)|node_modules/zod/))',
      'The model is types, lists and shapes, and stands on nothing but zod.',
    ),
    mayNotImport(
      'src/providers',
      [outside, '^src/(adapters|domain|functions|pages)/', '^src/(config|setting-(formats|table))\\.ts$'],
      'A provider is a description.',
    ),
    mayNotImport(
      'src/adapters',
      ['^src/(domain|functions|pages|providers)/', '^src/main\\.ts$'],
      'An adapter implements ports and knows nobody who uses them.',
    ),
    mayNotImport(
      'src/pages',
      ['^src/(domain|adapters|functions|providers)/', '^src/ports'],
      'A page shows what it is given.',
    ),
    mayNotImport(
      'src/functions',
      ['^src/adapters/', '^src/main\\.ts$', 'node_modules/@azure/(keyvault-secrets|data-tables)/'],
      'A function translates between the platform and the domain.',
    ),
    {
      name: 'what-functions-share',
      comment: 'What all kinds of callers share knows none of them.',
      severity: 'error',
      from: { path: '^src/functions/http/' },
      to: { path: '^src/functions/(operator|sharing|web)/' },
    },
    {
      name: 'callers-apart',
      comment: 'Operator, sharing and web are different kinds of callers.',
      severity: 'error',
      from: { path: '^src/functions/(operator|sharing|web)/' },
      to: { path: '^src/functions/(operator|sharing|web)/', pathNot: '^src/functions/$1/' },
    },
    mayNotImport(
      'src/client',
      '^src/(?!client/|providers/|ports/|model/(provider-table|times)\\.ts$|adapters/(http|system|recent-secrets)\\.ts$|domain/rotation/(oauth|api-call)\\.ts$|(errors|loopback|secret)\\.ts$)',
      'The client is a thin face of what the service asks providers with.',
    ),
    {
      name: 'what-the-client-may-not-reach',
      comment: 'Other programs install the client without Azure and without our stores.',
      severity: 'error',
      from: { path: '^src/client/' },
      to: {
        path: ['node_modules/(@azure|hono|pino|libphonenumber-js)/', '^src/(functions|pages)/'],
        reachable: true,
      },
    },
    {
      name: 'who-may-import-the-client',
      comment: 'The service has the same requests from below the client.',
      severity: 'error',
      from: { path: '^src/(?!client/)' },
      to: { path: '^src/client/' },
    },
    mayNotImport('src', '^(local|test|infra)/', 'What is deployed stands alone.'),
    mayNotImport('(local|infra)', '^test/', 'Tests are imported by tests only.'),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.json$' },
  },
};
