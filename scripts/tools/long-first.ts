import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * An order of test files for Vitest: those that take minutes first, as they are given, so that no core is idle while another one ends them. Of its
 * own, where it has seen no run, Vitest goes by the sizes of files.
 */
export function longFirst(long: readonly RegExp[]): typeof BaseSequencer {
  const rank = ({ moduleId }: TestSpecification): number => {
    const at = long.findIndex((one) => one.test(moduleId));
    return at < 0 ? long.length : at;
  };
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
    }
  };
}
