import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin, type Rolldown, transformWithOxc, type UserConfig } from 'vite';
import { declarations } from './declarations.ts';

/**
 * Leaves `new Worker(new URL('./worker.js', import.meta.url), …)` in the built file as bundlers know it, so that an app's
 * bundler takes the worker along. Vite, told to leave it alone here, would leave it in words that no bundler knows. And bundlers that know
 * it need not take the worker along a second time, as the chunk that is for others.
 */
function plainWorkerUrl(): Plugin {
  return {
    name: 'cassette-plain-worker-url',
    generateBundle(_options, bundle) {
      const disguised =
        /new Worker\(\s*(?:\/\*\s*@vite-ignore\s*\*\/\s*)?new URL\(\s*(?:\/\*\s*@vite-ignore\s*\*\/\s*)?([^,\s]+),[^),]*import\.meta\.url\)/;
      const starting = Object.values(bundle)
        .filter((file) => file.type === 'chunk')
        .filter(({ code }) => disguised.test(code));
      if (starting.length !== 1) this.error(`${starting.length} chunks have a worker URL of the expected form, and not one`);
      starting[0].code = starting[0].code.replace(disguised, 'new Worker(new URL($1,import.meta.url)');
      const late = /\bimport\((`\.\/worker-chunk-[^`]+`)\)/g;
      if (Array.from(starting[0].code.matchAll(late)).length !== 1) this.error('the chunk of the worker is not imported once');
      starting[0].code = starting[0].code.replace(late, 'import(/* webpackIgnore: true */ /* @vite-ignore */ $1)');
    },
  };
}

/** Takes the file that loads a part late where there is one beside that which has it at once: pages spare what Node does not mind. */
function lateParts(): Plugin {
  return {
    name: 'cassette-late-parts',
    enforce: 'pre',
    resolveId: {
      filter: { id: /-part\.ts$/ },
      async handler(source, importer) {
        const found = await this.resolve(source, importer, { skipSelf: true });
        const late = found?.id.replace(/\.ts$/, '.lazy.ts');
        return late !== undefined && existsSync(late) ? late : found;
      },
    },
  };
}

/**
 * Leaves out that a class has a field where that is all that is said of it: `x;` in front of the constructor that sets `this.x`. Sources say it
 * for the compiler. A field that nobody sets is then not there, where it was there and undefined.
 */
function withoutBareFields(): Plugin {
  return {
    name: 'cassette-without-bare-fields',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/.*\.ts$/ },
      async handler(code, id) {
        const typescript = { removeClassFieldsWithoutInitializer: true };
        const { code: plain, map } = await transformWithOxc(code, id, { tsconfig: false, typescript });
        return { code: plain, map, moduleType: 'js' };
      },
    },
  };
}

/** Names of the classes that people read, in errors and in consoles: those of errors and of values. The minifier leaves them. */
function keptNames(): string[] {
  const packages = fileURLToPath(new URL('..', import.meta.url));
  const files = readdirSync(packages, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^\w+\/src\/.*(?<!\.test)\.ts$/.test(path),
  );
  const texts = files.map((path) => readFileSync(join(packages, path), 'utf8'));
  return texts.flatMap((text) =>
    Array.from(
      text.matchAll(
        /\bclass (\w+) extends \w*Error\b|\bexport class (Decimal|Duration|InetAddress|LocalDate|LocalTime|TimeUuid|Uuid|Row|ResultSet)\b/g,
      ),
      ([, error, value]) => error ?? value,
    ),
  );
}

const entries = {
  index: fileURLToPath(new URL('./src/index.ts', import.meta.url)),
  worker: fileURLToPath(new URL('./src/worker.ts', import.meta.url)),
  parts: fileURLToPath(new URL('./src/parts.ts', import.meta.url)),
};

/**
 * The chunk of each module that is loaded from the beginning: `common` has what page and worker both need, `page` and `engine`
 * what each of them needs besides. What other modules are for is loaded when it is needed, and split by who needs it. A first build tells what is needed: imports
 * alone do not, for most go through a package's door, behind which what is not used is left out.
 */
async function chunksOfModules(config: UserConfig): Promise<ReadonlyMap<string, string>> {
  const built = await build({
    ...config,
    configFile: false,
    logLevel: 'error',
    build: { ...config.build, write: false, minify: false },
  });
  const chunks = (built as Rolldown.RolldownOutput[])[0].output.filter((file) => file.type === 'chunk');
  const needed = (entry: string, isLater: boolean) => {
    const files = new Set([entry]);
    // Grows as it is walked.
    for (const file of files) {
      const chunk = chunks.find(({ fileName }) => fileName === file);
      for (const imported of chunk?.imports ?? []) files.add(imported);
      // The engine is loaded by no page: what leads there is for workers.
      if (isLater) for (const imported of chunk?.dynamicImports ?? []) if (imported !== 'worker.js') files.add(imported);
    }
    return new Set(chunks.filter(({ fileName }) => files.has(fileName)).flatMap(({ moduleIds }) => moduleIds));
  };
  // What a page needs now or later, so that it never loads the engine for it.
  const byPage = needed('index.js', true);
  const byPageNow = needed('index.js', false);
  const byWorker = needed('worker.js', false);
  const own = new Set(Object.values(entries));
  return new Map(
    [...byWorker, ...byPageNow]
      .filter((id) => !own.has(id))
      .map((id) => [id, !byWorker.has(id) ? 'page' : byPage.has(id) ? 'common' : 'engine']),
  );
}

const config: UserConfig = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [lateParts(), withoutBareFields()],
  resolve: {
    conditions: ['source', 'module', 'browser', 'import', 'default'],
    // From sources the package's Node half would come along: `source` is decided before `browser`.
    alias: [{ find: /^@cassette\/storage$/, replacement: '@cassette/storage/browser' }],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    modulePreload: { polyfill: false },
    lib: { entry: entries, formats: ['es'] },
  },
};

/** dist/: index.js, worker.js and parts.js, ES modules that any page can import by URL under script-src 'self', and the chunks that they load. */
export default defineConfig(async () => {
  const chunks = await chunksOfModules(config);
  return {
    ...config,
    plugins: [lateParts(), withoutBareFields(), plainWorkerUrl(), declarations()],
    build: {
      ...config.build,
      rolldownOptions: {
        output: {
          minify: { compress: { keepNames: { function: false, class: true } }, mangle: { reserved: keptNames() }, codegen: true },
          codeSplitting: { groups: [{ debugName: 'first', name: (id) => chunks.get(id) ?? null }] },
          // A page that has loaded one build must never get a chunk of another, whose names for what they share are others.
          chunkFileNames: '[name]-[hash].js',
        },
      },
    },
  };
});
