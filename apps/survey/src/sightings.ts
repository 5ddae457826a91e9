import type { TypedStatement, UuidText } from '@cassette/client';

// What `cassette types` makes of CQL, written by hand for so few statements.

export const schema = `CREATE TABLE IF NOT EXISTS sightings (
  site text, seen timestamp, id uuid, species text, note text,
  PRIMARY KEY (site, seen, id)) WITH CLUSTERING ORDER BY (seen DESC, id ASC)`;

type Key = readonly [site: string, seen: Date, id: UuidText];
type Sighting = { seen: Date; id: { toString(): string }; species: string; note: string | null };

export const ofSite = 'SELECT seen, id, species, note FROM sightings WHERE site = ?' as TypedStatement<[string], Sighting>;
export const see = 'INSERT INTO sightings (site, seen, id, species) VALUES (?, ?, ?, ?)' as TypedStatement<
  [...Key, string],
  never
>;
export const remark = 'UPDATE sightings SET note = ? WHERE site = ? AND seen = ? AND id = ?' as TypedStatement<
  [string, ...Key],
  never
>;
export const forget = 'DELETE FROM sightings WHERE site = ? AND seen = ? AND id = ?' as TypedStatement<Key, never>;

export const species = [
  ['Blackbird', 'Turdus merula'],
  ['Wren', 'Troglodytes troglodytes'],
  ['Robin', 'Erithacus rubecula'],
  ['Dunnock', 'Prunella modularis'],
  ['Great tit', 'Parus major'],
  ['Yellowhammer', 'Emberiza citrinella'],
] as const;
