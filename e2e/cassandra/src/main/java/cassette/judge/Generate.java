package cassette.judge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;

import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.db.Clustering;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.ExpirationDateOverflowHandling;
import org.apache.cassandra.db.Mutation;
import org.apache.cassandra.db.compaction.AbstractCompactionTask;
import org.apache.cassandra.db.compaction.ActiveCompactionsTracker;
import org.apache.cassandra.db.context.CounterContext;
import org.apache.cassandra.db.marshal.UTF8Type;
import org.apache.cassandra.db.partitions.PartitionUpdate;
import org.apache.cassandra.db.rows.BTreeRow;
import org.apache.cassandra.db.rows.BufferCell;
import org.apache.cassandra.db.rows.Row;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.utils.CounterId;
import org.apache.cassandra.utils.FBUtilities;

/**
 * {@code generate}: statements executed by an embedded node, its SSTables copied out to OUT/keyspace/table/.
 * Request: {schema: [CQL], steps: [{cql} | {clock: seconds} | {flush: table or ""} | {compact: table or ""}
 * | {background: table or ""} | {indexKib} | {cap} | {shards}], out}; cql-script.ts tells what each is.
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
            DatabaseDescriptor.setColumnIndexSizeInKiB(-1);
            ExpirationDateOverflowHandling.policy = ExpirationDateOverflowHandling.ExpirationDateOverflowPolicy.REJECT;
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
        else if (step.has("background"))
            for (ColumnFamilyStore table : named(step.get("background").asText())) background(table);
        else if (step.has("indexKib")) DatabaseDescriptor.setColumnIndexSizeInKiB(step.get("indexKib").asInt());
        else if (step.has("cap")) ExpirationDateOverflowHandling.policy = ExpirationDateOverflowHandling.ExpirationDateOverflowPolicy.CAP;
        else if (step.has("shards")) shards(step.get("shards"));
        else throw new IllegalArgumentException("unknown step " + step);
    }

    /** A counter cell of shards that no statement writes; they stand in the order of their ids in a context, so they are sorted here. */
    private static void shards(JsonNode step)
    {
        TableMetadata table = named(step.get("table").asText()).get(0).metadata();
        List<JsonNode> shards = new ArrayList<>();
        step.get("of").forEach(shards::add);
        shards.sort(Comparator.comparingInt(shard -> shard.get("id").asInt()));
        Function<String, Integer> count = kind -> (int) shards.stream().filter(shard -> kind.equals(shard.get("kind").asText())).count();
        CounterContext.ContextState context = CounterContext.ContextState.allocate(count.apply("global"), count.apply("local"), count.apply("remote"));
        for (JsonNode shard : shards)
        {
            CounterId id = CounterId.fromInt(shard.get("id").asInt());
            long clock = shard.get("clock").asLong();
            long value = shard.get("count").asLong();
            switch (shard.get("kind").asText())
            {
                case "global" -> context.writeGlobal(id, clock, value);
                case "local" -> context.writeLocal(id, clock, value);
                default -> context.writeRemote(id, clock, value);
            }
        }
        Row.Builder row = BTreeRow.sortedBuilder();
        row.newRow(Clustering.EMPTY);
        row.addCell(BufferCell.live(table.getColumn(UTF8Type.instance.decompose(step.get("column").asText())), 1, context.context));
        ByteBuffer key = table.partitionKeyType.fromString(step.get("key").asText());
        PartitionUpdate.Builder update = new PartitionUpdate.Builder(table, table.partitioner.decorateKey(key), table.regularAndStaticColumns(), 1);
        update.add(row.build());
        new Mutation(update.build()).apply();
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

    /** What the table's strategy asks for, until it asks for nothing: tables here do not compact by themselves. */
    private static void background(ColumnFamilyStore table)
    {
        // not the table's own way, which sets it off in threads of its own
        table.getCompactionStrategyManager().enable();
        try
        {
            for (;;)
            {
                long gcBefore = table.gcBefore(FBUtilities.nowInSeconds());
                AbstractCompactionTask task = table.getCompactionStrategyManager().getNextBackgroundTask(gcBefore);
                if (task == null) return;
                task.execute(ActiveCompactionsTracker.NOOP);
            }
        }
        finally
        {
            table.getCompactionStrategyManager().disable();
        }
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
