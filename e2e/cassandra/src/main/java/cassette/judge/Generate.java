package cassette.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;

import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.format.SSTableReader;

/**
 * {@code generate}: statements executed by an embedded node, its SSTables copied out to OUT/keyspace/table/.
 * Request: {schema: [CQL], steps: [{cql} | {clock: seconds} | {flush: table or ""} | {compact: table or ""}], out}.
 * Answer: the Data.db files, relative to OUT.
 */
final class Generate
{
    static JsonNode run(JsonNode q) throws Exception
    {
        try
        {
            Cql cql = new Cql();
            cql.schema(q.get("schema"));
            for (JsonNode step : q.get("steps")) step(cql, step);
            for (ColumnFamilyStore table : Cql.userTables()) flush(table);
            return copyOut(Path.of(q.get("out").asText()));
        }
        finally
        {
            Cql.dropKeyspaces();
        }
    }

    private static void step(Cql cql, JsonNode step) throws Exception
    {
        if (step.has("cql")) cql.execute(step.get("cql").asText());
        else if (step.has("clock")) JudgeClock.standAt(step.get("clock").asLong());
        else if (step.has("flush")) for (ColumnFamilyStore table : named(step.get("flush").asText())) flush(table);
        else if (step.has("compact"))
            for (ColumnFamilyStore table : named(step.get("compact").asText()))
            {
                flush(table);
                table.forceMajorCompaction();
            }
        else throw new IllegalArgumentException("unknown step " + step);
    }

    private static List<ColumnFamilyStore> named(String name)
    {
        List<ColumnFamilyStore> all = Cql.userTables();
        if (name.isEmpty()) return all;
        List<ColumnFamilyStore> some = all.stream().filter(t -> name.equals(t.name) || name.equals(t.getKeyspaceName() + "." + t.name)).toList();
        if (some.isEmpty()) throw new IllegalArgumentException("no table " + name);
        return some;
    }

    private static void flush(ColumnFamilyStore table)
    {
        table.forceBlockingFlush(ColumnFamilyStore.FlushReason.USER_FORCED);
    }

    private static ArrayNode copyOut(Path out) throws IOException
    {
        ArrayNode files = Main.JSON.createArrayNode();
        for (ColumnFamilyStore table : Cql.userTables())
        {
            Path folder = out.resolve(table.getKeyspaceName()).resolve(table.name);
            for (SSTableReader sstable : table.getLiveSSTables())
            {
                Files.createDirectories(folder);
                for (Component component : sstable.descriptor.discoverComponents())
                {
                    Path from = sstable.descriptor.fileFor(component).toPath();
                    Files.copy(from, folder.resolve(from.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                    if (component.name().equals("Data.db")) files.add(out.relativize(folder.resolve(from.getFileName())).toString());
                }
            }
        }
        return files;
    }

    private Generate() {}
}
