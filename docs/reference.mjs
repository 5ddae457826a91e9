// npm run reference: the API reference, made of the packages' doc comments, into docs/api/. Fails where something that is exported says nothing
// of itself, and, in the packages that apps are written with, where a member does not.
//
// With TypeScript 6, which this folder has for it: 7 has no API that a tool could read declarations with.

import { fileURLToPath } from 'node:url';
import { Application, ReflectionKind } from 'typedoc';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const doors = {
  '@cassette/client': 'packages/client/src/index.ts',
  '@cassette/hooks/preact': 'packages/hooks/src/preact.ts',
  '@cassette/hooks/react': 'packages/hooks/src/react.ts',
  '@cassette/devtools': 'apps/devtools/src/index.ts',
  '@cassette/devtools/element': 'apps/devtools/src/element.ts',
  '@cassette/engine': 'packages/engine/src/index.ts',
  '@cassette/storage': 'packages/storage/src/index.ts',
  '@cassette/storage/browser': 'packages/storage/src/browser.ts',
  '@cassette/storage/encrypted': 'packages/storage/src/encrypted/index.ts',
  '@cassette/storage/testing': 'packages/storage/src/testing/index.ts',
  '@cassette/sstable': 'packages/sstable/src/index.ts',
  '@cassette/cql': 'packages/cql/src/index.ts',
  '@cassette/bytes': 'packages/bytes/src/index.ts',
};

/** Where the members of everything that is exported say something of themselves, too. */
const thorough = /^@cassette\/(client|hooks|devtools)$/;

const app = await Application.bootstrap({
  name: 'Cassette',
  tsconfig: here('./tsconfig.api.json'),
  entryPoints: Object.values(doors).map((door) => here(`../${door}`)),
  alwaysCreateEntryPointModule: true,
  readme: 'none',
  disableGit: true,
  disableSources: true,
  // tsc looks at the same sources in npm test.
  skipErrorChecking: true,
  validation: { notExported: false, invalidLink: false, notDocumented: false },
  logLevel: 'Error',
});
const project = await app.convert();
if (project === undefined) throw new Error('TypeDoc could not read the packages');

for (const module of project.children) {
  const door = Object.entries(doors).find(([, path]) => path.replace(/(\/index)?\.ts$/, '') === module.name);
  if (door !== undefined) module.name = door[0];
}

/** What a reflection, or one of its signatures, says of itself. */
function isDocumented(one) {
  return one.hasComment() || [...(one.signatures ?? []), one.getSignature, one.setSignature].some((part) => part?.hasComment());
}

const members = ReflectionKind.Property | ReflectionKind.Method | ReflectionKind.Accessor;
const isThorough = (one) => thorough.test(project.getSymbolIdFromReflection(one)?.packageName ?? '');

const silent = [];
for (const module of project.children) {
  for (const one of module.children ?? []) {
    if (one.kind === ReflectionKind.Reference) continue;
    if (!isDocumented(one)) silent.push(`${module.name}: ${one.name}`);
    for (const member of one.children ?? []) {
      const isPublic = !member.flags.isPrivate && !member.flags.isProtected && member.inheritedFrom === undefined;
      if (isPublic && member.kindOf(members) && isThorough(member) && !isDocumented(member))
        silent.push(`${module.name}: ${one.name}.${member.name}`);
    }
  }
}
for (const name of silent) console.error(`No doc comment: ${name}`);

await app.generateDocs(project, here('./api'));
const exported = project.children.reduce((sum, module) => sum + (module.children?.length ?? 0), 0);
console.log(`docs/api: ${exported} exports of ${project.children.length} modules, ${silent.length} without a doc comment`);
if (silent.length > 0 || app.logger.hasErrors()) process.exitCode = 1;
