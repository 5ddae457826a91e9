// Which tests failed, and why, in a few lines: they stand before the counts at the end of a run. Whoever has only the last
// screen of a long log (most CI services show no more) still sees what to look at.

const LINES = 6;
const COLUMNS = 240;

/** The escape sequences by which runners colour what they print. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
const COLOURS = /\u001b\[[0-9;]*m/g;

/** @returns {string} the first lines of a message, each no longer than a reader takes in */
function inShort(message) {
  return (
    message
      .replace(COLOURS, '')
      .split('\n')
      // Places within the runner say nothing of the test.
      .filter((line) => line.trim() !== '' && !/^\s+at .*node_modules|^\s+at .*node:internal/.test(line))
      .slice(0, LINES)
      .map((line) => `    ${line.length > COLUMNS ? `${line.slice(0, COLUMNS)}…` : line}`)
      .join('\n')
  );
}

const told = (name, messages) => `✘ ${name}\n${inShort(messages.join('\n'))}`;

/**
 * The failed tests of a report that vitest wrote.
 * @param {any} result the report, parsed
 * @returns {string[]} a text for each failed test, and for each file that could not be run
 */
export function vitestFailures(result) {
  return result.testResults.flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length > 0) return failed.map((test) => told(`${file.name}: ${test.fullName}`, test.failureMessages ?? []));
    return file.status === 'failed' ? [told(file.name, [file.message ?? ''])] : [];
  });
}

/**
 * The failed tests of a report that Playwright wrote, those among them that passed at a second try.
 * @param {any} result the report, parsed
 * @returns {string[]} a text for each failed test, and for each error outside of all of them
 */
export function playwrightFailures(result) {
  const inSuite = (suite) => [
    ...(suite.specs ?? []).flatMap((spec) =>
      spec.tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map((test) =>
          told(
            `${spec.file}:${spec.line} ${spec.title}`,
            test.results.flatMap(({ errors }) => errors.map(({ message }) => message ?? '')),
          ),
        ),
    ),
    ...(suite.suites ?? []).flatMap(inSuite),
  ];
  return [
    ...result.suites.flatMap(inSuite),
    ...(result.errors ?? []).map(({ message }) => told('outside of the tests', [message ?? ''])),
  ];
}
