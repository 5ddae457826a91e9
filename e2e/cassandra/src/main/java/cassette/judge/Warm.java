package cassette.judge;

import java.nio.file.Path;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Uses every operation once: build.ts records a class data sharing archive of it, which halves the start of later JVMs. */
final class Warm
{
    static void run() throws Exception
    {
        Boot.embedded(Format.nb);
        Path out = Boot.scratch().resolve("warm");
        ObjectNode q = Main.JSON.createObjectNode().put("out", out.toString()).put("dir", out.toString()).put("now", 1_700_000_001);
        ArrayNode schema = q.putArray("schema");
        schema.add("CREATE KEYSPACE w WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        schema.add("CREATE TABLE w.t (k text, c int, s int static, v text, m map<text, int>, PRIMARY KEY (k, c))");
        ArrayNode steps = q.putArray("steps");
        steps.addObject().put("clock", 1_700_000_000);
        steps.addObject().put("cql", "INSERT INTO w.t (k, c, s, v, m) VALUES ('a', 1, 2, 'x', {'a': 1}) USING TTL 1000");
        steps.addObject().put("cql", "DELETE FROM w.t WHERE k = 'a' AND c > 3");
        steps.addObject().put("flush", "");
        steps.addObject().put("cql", "DELETE FROM w.t WHERE k = 'b'");
        steps.addObject().put("compact", "");
        Generate.run(q);
        ImportedRows.run(q);
        Metadata.directory(q);
    }

    private Warm() {}
}
