import { CassetteError } from '@cassette/bytes';

/**
 * A version of the SSTable format, as what it has and has not: code asks for a feature and never compares letters.
 * Cassandra: io.sstable.format.Version and its BigVersion, BtiVersion.
 */
export interface Version {
  /** The two letters of the file names. */
  readonly name: string;
  /** Format name of the file names: `big` has Index.db and Summary.db, `bti` has Partitions.db and Rows.db. */
  readonly format: 'big' | 'bti';
  /**
   * Local deletion times are unsigned 32 bits (to 2106) and the fixed form of a DeletionTime is one byte when live, with
   * the timestamp first. Otherwise they are signed (to 2038), and the fixed form is always local deletion time, timestamp.
   */
  readonly hasUIntDeletionTime: boolean;
  /** Statistics.db has the smallest and greatest clustering as two lists of values. */
  readonly hasLegacyMinMax: boolean;
  /** Statistics.db has the covered clusterings as a slice with its types. */
  readonly hasImprovedMinMax: boolean;
  /** Statistics.db says whether some partition has a deletion. */
  readonly hasPartitionLevelDeletionPresenceMarker: boolean;
  /** Statistics.db has the first and the last key. */
  readonly hasKeyRange: boolean;
  /** Statistics.db has the share of the token ring that is covered. */
  readonly hasTokenSpaceCoverage: boolean;
  /** Statistics.db may say which node wrote the SSTable. */
  readonly hasOriginatingHostId: boolean;
  /** Bytes of rows after which an index block ends, where nothing else is asked for. */
  readonly rowIndexGranularity: number;
}

/** Cassandra 4.0, 4.1, and 5.0 in its default mode. Every node from 4.0 on reads it. */
export const nb: Version = {
  name: 'nb',
  format: 'big',
  hasUIntDeletionTime: false,
  hasLegacyMinMax: true,
  hasImprovedMinMax: false,
  hasPartitionLevelDeletionPresenceMarker: false,
  hasKeyRange: false,
  hasTokenSpaceCoverage: false,
  hasOriginatingHostId: true,
  rowIndexGranularity: 65536,
};

/** Cassandra 4.0 before its release: nb without the id of the node. */
export const na: Version = { ...nb, name: 'na', hasOriginatingHostId: false };

/** Cassandra 5.0 in `storage_compatibility_mode` UPGRADING or NONE, the only modes in which a node reads it. */
export const oa: Version = {
  name: 'oa',
  format: 'big',
  hasUIntDeletionTime: true,
  hasLegacyMinMax: false,
  hasImprovedMinMax: true,
  hasPartitionLevelDeletionPresenceMarker: true,
  hasKeyRange: true,
  hasTokenSpaceCoverage: true,
  hasOriginatingHostId: true,
  rowIndexGranularity: 65536,
};

/** Cassandra 5.0 with `sstable.selected_format: bti`; every 5.0 node reads it. As oa, with tries in place of Index.db. */
export const da: Version = { ...oa, name: 'da', format: 'bti', rowIndexGranularity: 16384 };

/** Every version that can be read and written, by name. */
export const supportedVersions: ReadonlyMap<string, Version> = new Map(
  [na, nb, oa, da].map((version) => [version.name, version]),
);

/** Who wrote versions that are older than every one that is read here, by how their names begin. */
const WRITERS: readonly (readonly [names: RegExp, cassandra: string])[] = [
  [/^m[e-z]$/, '3.0.25 or 3.11.11 and later'],
  [/^m[a-d]$/, '3.0 to 3.11'],
  [/^l/, '2.2'],
  [/^k/, '2.1'],
  [/^[a-j]/, '2.0 or older'],
];

/** A file of a version, or a version and format together, that is not read. Code UNSUPPORTED_VERSION. */
export class UnsupportedVersionError extends CassetteError {
  /** What was asked for: the two letters, as they stood. */
  readonly version: string;

  constructor(version: string, format: string) {
    const known = [...supportedVersions.values()].map((v) => `${v.name}-${v.format}`).join(', ');
    const advice = adviceOn(version, format);
    super('UNSUPPORTED_VERSION', `SSTable version ${version}-${format} is not supported; supported: ${known}. ${advice}`, {
      version,
      format,
    });
    this.version = version;
  }
}

function adviceOn(version: string, format: string): string {
  const readable = 'run nodetool upgradesstables (or sstableupgrade) of Cassandra 4.0, 4.1 or 5.0 on it';
  const other = supportedVersions.get(version);
  if (other !== undefined) return `${version} is of the format ${other.format}: its files have been renamed`;
  const writer = format === 'big' ? WRITERS.find(([names]) => names.test(version))?.[1] : undefined;
  if (writer !== undefined) return `Cassandra ${writer} wrote it: ${readable}`;
  return `It is of a later Cassandra or of none: load it there, and export it in one of these`;
}

/** The version of that name and format. Throws {@link UnsupportedVersionError} for every other. */
export function versionOf(name: string, format: string): Version {
  const version = supportedVersions.get(name);
  if (version === undefined || version.format !== format) throw new UnsupportedVersionError(name, format);
  return version;
}
