package cassette.judge;

import java.io.RandomAccessFile;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.apache.cassandra.db.BufferDecoratedKey;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.DecoratedKey;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.db.LivenessInfo;
import org.apache.cassandra.db.SerializationHeader;
import org.apache.cassandra.db.compaction.AbstractCompactionStrategy;
import org.apache.cassandra.db.compaction.AbstractCompactionTask;
import org.apache.cassandra.db.compaction.ShardManager;
import org.apache.cassandra.db.compaction.SingleSSTableLCSTask;
import org.apache.cassandra.db.compaction.UnifiedCompactionStrategy;
import org.apache.cassandra.db.lifecycle.LifecycleTransaction;
import org.apache.cassandra.dht.Murmur3Partitioner;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.sstable.format.big.BigTableReader;
import org.apache.cassandra.io.sstable.metadata.MetadataCollector;
import org.apache.cassandra.io.sstable.metadata.MetadataType;
import org.apache.cassandra.io.sstable.metadata.StatsMetadata;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.io.util.FileHandle;
import org.apache.cassandra.notifications.SSTableAddedNotification;
import org.apache.cassandra.utils.FBUtilities;
import org.apache.cassandra.utils.FilterFactory;

/**
 * {@code choose}: which SSTables a strategy compacts next, asked of Cassandra's own strategies with SSTables that are nothing but their figures.
 * Request: {cases: [{compaction: the option as CQL, meanFlush: bytes that flushes made so far, or absent, sstables: [{size, level, maxTimestamp,
 * first, last}]}]}; first and last are tokens, as text. Answer: of each case {chosen: places in the list, level, inPlace, and of the unified
 * strategy shards and flushShards: into how many parts what is compacted, and what is flushed, is split}, or null where it has nothing to do.
 */
final class Choose
{
    private static final String KEYSPACE = "choices";

    static JsonNode run(JsonNode q) throws Exception
    {
        ArrayNode answers = Main.JSON.createArrayNode();
        Cql cql = new Cql();
        try
        {
            cql.execute("CREATE KEYSPACE " + KEYSPACE + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
            int number = 0;
            for (JsonNode one : q.get("cases"))
            {
                String table = "t" + number++;
                cql.execute("CREATE TABLE " + KEYSPACE + "." + table + " (k int PRIMARY KEY) WITH compaction = " + one.get("compaction").asText());
                ColumnFamilyStore store = Keyspace.open(KEYSPACE).getColumnFamilyStore(table);
                if (one.hasNonNull("meanFlush")) store.metric.flushSizeOnDisk.update(one.get("meanFlush").asDouble());
                answers.add(choice(store, one.get("sstables")));
            }
        }
        finally
        {
            Cql.dropKeyspaces();
        }
        return answers;
    }

    private static JsonNode choice(ColumnFamilyStore table, JsonNode sstables) throws Exception
    {
        table.getCompactionStrategyManager().disable();
        Map<SSTableReader, Integer> places = new HashMap<>();
        List<SSTableReader> readers = new ArrayList<>();
        for (JsonNode one : sstables)
        {
            SSTableReader reader = reader(table, one);
            places.put(reader, readers.size());
            readers.add(reader);
        }
        table.getTracker().addInitialSSTablesWithoutUpdatingSize(readers);
        table.getCompactionStrategyManager().handleNotification(new SSTableAddedNotification(readers, null), table.getTracker());
        try
        {
            table.getCompactionStrategyManager().enable();
            AbstractCompactionTask task = table.getCompactionStrategyManager().getNextBackgroundTask(table.gcBefore(FBUtilities.nowInSeconds()));
            if (task == null) return Main.JSON.nullNode();
            LifecycleTransaction transaction = (LifecycleTransaction) field(AbstractCompactionTask.class, "transaction").get(task);
            Set<SSTableReader> chosen = new HashSet<>(transaction.originals());
            ObjectNode answer = Main.JSON.createObjectNode();
            ArrayNode list = answer.putArray("chosen");
            chosen.stream().map(places::get).sorted().forEach(list::add);
            answer.put("level", level(task));
            answer.put("inPlace", task instanceof SingleSSTableLCSTask);
            for (List<AbstractCompactionStrategy> strategies : table.getCompactionStrategyManager().getStrategies())
                for (AbstractCompactionStrategy strategy : strategies)
                    if (strategy instanceof UnifiedCompactionStrategy unified && !answer.has("shards"))
                    {
                        answer.put("shards", shards(unified, chosen));
                        // a node that has all of the ring: bytes are density
                        answer.put("flushShards", unified.getController().getNumShards(table.metric.flushSizeOnDisk.get()));
                    }
            transaction.abort();
            return answer;
        }
        finally
        {
            table.getCompactionStrategyManager().disable();
            // there is nothing of them that could be removed with the table
            table.getTracker().removeUnsafe(new HashSet<>(readers));
            for (SSTableReader reader : readers)
            {
                reader.descriptor.fileFor(Components.DATA).tryDelete();
                reader.selfRef().release();
            }
        }
    }

    private static int level(AbstractCompactionTask task) throws ReflectiveOperationException
    {
        for (Class<?> type = task.getClass(); type != Object.class; type = type.getSuperclass())
            for (Field field : type.getDeclaredFields())
                if (field.getName().equals("level")) return field(type, "level").getInt(task);
        return 0;
    }

    private static int shards(UnifiedCompactionStrategy strategy, Set<SSTableReader> chosen) throws ReflectiveOperationException
    {
        Method managers = UnifiedCompactionStrategy.class.getDeclaredMethod("getShardManager");
        managers.setAccessible(true);
        ShardManager manager = (ShardManager) managers.invoke(strategy);
        return strategy.getController().getNumShards(manager.calculateCombinedDensity(chosen) * manager.shardSetCoverage());
    }

    private static Field field(Class<?> type, String name) throws NoSuchFieldException
    {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** An SSTable whose data is a hole of its size; nothing of it is ever read. */
    private static SSTableReader reader(ColumnFamilyStore table, JsonNode q) throws Exception
    {
        Descriptor descriptor = table.newSSTableDescriptor(table.getDirectories().getDirectoryForNewSSTables());
        File data = descriptor.fileFor(Components.DATA);
        try (RandomAccessFile file = new RandomAccessFile(data.toJavaIOFile(), "rw"))
        {
            file.setLength(q.get("size").asLong());
        }
        SerializationHeader header = SerializationHeader.makeWithoutStats(table.metadata());
        MetadataCollector collector = new MetadataCollector(table.metadata().comparator).sstableLevel(q.get("level").asInt());
        collector.update(LivenessInfo.create(q.get("maxTimestamp").asLong(), FBUtilities.nowInSeconds()));
        ByteBuffer key = ByteBuffer.allocate(4);
        StatsMetadata stats = (StatsMetadata) collector.finalizeMetadata(Murmur3Partitioner.class.getCanonicalName(), 0.01, 0, null, false, header, key, key)
                                                       .get(MetadataType.STATS);
        BigTableReader.Builder builder = new BigTableReader.Builder(descriptor);
        builder.setComponents(Set.of(Components.DATA));
        builder.setTableMetadataRef(table.metadata);
        builder.setDataFile(new FileHandle.Builder(data).complete());
        builder.setMaxDataAge(1);
        builder.setStatsMetadata(stats);
        builder.setOpenReason(SSTableReader.OpenReason.NORMAL);
        builder.setSerializationHeader(header);
        builder.setFilter(FilterFactory.AlwaysPresent);
        builder.setFirst(key(q.get("first").asText()));
        builder.setLast(key(q.get("last").asText()));
        return builder.build(table, false, false);
    }

    private static DecoratedKey key(String token)
    {
        return new BufferDecoratedKey(new Murmur3Partitioner.LongToken(Long.parseLong(token)), ByteBuffer.allocate(4));
    }

    private Choose() {}
}
