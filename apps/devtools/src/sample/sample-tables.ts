/** Keyspace of the sample. */
export const sampleKeyspace = 'sample';

/** What is created first. One keyspace, two tables: statics and a descending clustering; a compound key, a tuple, a set. */
export const sampleSchema = [
  `CREATE KEYSPACE IF NOT EXISTS sample WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  `CREATE TABLE IF NOT EXISTS sample.flights (
  origin text, departed timestamp, id int, destination text, delay int, distance int,
  airport text static, city text static, latitude double static, longitude double static,
  PRIMARY KEY (origin, departed, id)
) WITH CLUSTERING ORDER BY (departed DESC, id ASC)`,
  `CREATE TABLE IF NOT EXISTS sample.earthquakes (
  network text, magnitude_type text, at timestamp, id text,
  magnitude double, place text, felt int, tsunami boolean,
  position frozen<tuple<double, double, double>>, sources frozen<set<text>>,
  PRIMARY KEY ((network, magnitude_type), at, id)
)`,
] as const;

/** Rows that a week keeps: earthquakes expire after thirty days. */
export const earthquakeTtlSeconds = 30 * 24 * 3600;

/** Statements by the name of the rows in `SampleData`. */
export const sampleInserts = {
  airports: 'INSERT INTO sample.flights (origin, airport, city, latitude, longitude) VALUES (?, ?, ?, ?, ?)',
  flights: 'INSERT INTO sample.flights (origin, departed, id, destination, delay, distance) VALUES (?, ?, ?, ?, ?, ?)',
  earthquakes: `INSERT INTO sample.earthquakes (network, magnitude_type, at, id, magnitude, place, felt, tsunami, position, sources)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TTL ${earthquakeTtlSeconds}`,
} as const;
