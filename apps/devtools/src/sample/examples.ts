/** A script one click away. */
export interface Example {
  readonly title: string;
  readonly cql: string;
}

/** For an empty store. */
export const firstExamples: readonly Example[] = [
  {
    title: 'Create a table',
    cql: `CREATE KEYSPACE IF NOT EXISTS lab WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};

CREATE TABLE IF NOT EXISTS lab.readings (
  sensor text, at timestamp, celsius double, note text,
  PRIMARY KEY (sensor, at)
) WITH CLUSTERING ORDER BY (at DESC);

INSERT INTO lab.readings (sensor, at, celsius) VALUES ('roof', '2026-01-01 08:00Z', -3.5);
INSERT INTO lab.readings (sensor, at, celsius, note) VALUES ('roof', '2026-01-01 09:00Z', -2.25, 'sun') USING TTL 86400;

SELECT sensor, at, celsius, note, TTL(note) FROM lab.readings;`,
  },
];

/** For the sample data. */
export const sampleExamples: readonly Example[] = [
  {
    title: 'One partition',
    cql: `SELECT departed, destination, delay, distance, airport
FROM sample.flights WHERE origin = 'SEA';`,
  },
  {
    title: 'Time slice',
    cql: `SELECT origin, departed, id, destination, delay FROM sample.flights
WHERE origin = 'ORD' AND departed >= '2001-03-01' AND departed < '2001-03-08'
ORDER BY departed ASC;`,
  },
  {
    title: 'Statics',
    cql: 'SELECT DISTINCT origin, airport, city, latitude, longitude FROM sample.flights;',
  },
  {
    title: 'Write time, TTL',
    cql: `SELECT id, place, magnitude, WRITETIME(magnitude), TTL(magnitude), position, sources
FROM sample.earthquakes LIMIT 100;`,
  },
  {
    title: 'Update',
    cql: `UPDATE sample.flights SET delay = 999, destination = 'LIS'
WHERE origin = 'SEA' AND departed = '2030-01-01 00:00Z' AND id = 1;

SELECT * FROM sample.flights WHERE origin = 'SEA' LIMIT 3;`,
  },
  {
    title: 'Range delete',
    cql: `DELETE FROM sample.flights WHERE origin = 'SEA' AND departed >= '2030-01-01';

SELECT * FROM sample.flights WHERE origin = 'SEA' LIMIT 3;`,
  },
  {
    title: 'Batch',
    cql: `BEGIN BATCH
  INSERT INTO sample.flights (origin, departed, id, delay) VALUES ('XXX', '2030-01-01', 1, 5);
  INSERT INTO sample.flights (origin, departed, id, delay) VALUES ('XXX', '2030-01-02', 2, 7);
  UPDATE sample.flights SET airport = 'Nowhere International' WHERE origin = 'XXX';
APPLY BATCH;

SELECT * FROM sample.flights WHERE origin = 'XXX';`,
  },
  { title: 'All rows', cql: 'SELECT * FROM sample.flights;' },
  { title: 'A mistake', cql: "SELECT origin, delay\nFORM sample.flights WHERE origin = 'SEA';" },
];
