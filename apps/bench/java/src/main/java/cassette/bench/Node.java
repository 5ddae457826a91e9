package cassette.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.cql3.QueryProcessor;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.db.SystemKeyspace;
import org.apache.cassandra.db.commitlog.CommitLog;
import org.apache.cassandra.dht.Murmur3Partitioner;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.service.StorageService;
import org.apache.cassandra.utils.FBUtilities;

/** A node's storage engine in this JVM: schema, commit log, memtables, CQL executed internally; no gossip, no sockets. */
final class Node
{
    /** Writes the configuration into `folder`, where all data will lie; before any other class of Cassandra is loaded. */
    static void configure(Path folder) throws Exception
    {
        Files.createDirectories(folder);
        Path file = folder.resolve("cassandra.yaml");
        if (!Files.exists(file)) Files.writeString(file, """
            cluster_name: bench
            num_tokens: 1
            initial_token: "-9223372036854775808"
            partitioner: org.apache.cassandra.dht.Murmur3Partitioner
            endpoint_snitch: SimpleSnitch
            seed_provider:
              - class_name: org.apache.cassandra.locator.SimpleSeedProvider
                parameters:
                  - seeds: "127.0.0.1:7000"
            listen_address: 127.0.0.1
            rpc_address: 127.0.0.1
            storage_compatibility_mode: CASSANDRA_4
            sstable:
              selected_format: big
            data_file_directories: ["%1$s/data"]
            commitlog_directory: %1$s/commitlog
            hints_directory: %1$s/hints
            saved_caches_directory: %1$s/saved_caches
            cdc_raw_directory: %1$s/cdc_raw
            commitlog_sync: periodic
            commitlog_sync_period: 10000ms
            auto_snapshot: false
            snapshot_before_compaction: false
            # as fast as it can: the default of 64 MiB/s is for nodes that serve others meanwhile
            compaction_throughput: 0MiB/s
            memtable_heap_space: 1024MiB
            memtable_offheap_space: 1024MiB
            """.formatted(folder));
        System.setProperty("cassandra.config", "file://" + file.toUri().getRawPath());
        System.setProperty("cassandra.storagedir", folder.toString());
        System.setProperty("org.apache.cassandra.disable_mbean_registration", "true");
        System.setProperty("cassandra.ring_delay_ms", "0");
        System.setProperty("cassandra.size_recorder_interval", "0");
    }

    static void start() throws Exception
    {
        DatabaseDescriptor.daemonInitialization();
        DatabaseDescriptor.createAllDirectories();
        CommitLog.instance.start();
        SystemKeyspace.persistLocalMetadata();
        Schema.instance.loadFromDisk();
        Keyspace.setInitialized();
        StorageService.instance.getTokenMetadata()
                               .updateNormalToken(Murmur3Partitioner.instance.getMinimumToken(), FBUtilities.getBroadcastAddressAndPort());
        QueryProcessor.executeInternal("CREATE KEYSPACE bench WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    }

    /** An empty table that does nothing by itself. */
    static ColumnFamilyStore table(String name, String compression)
    {
        QueryProcessor.executeInternal(Row.table(name, compression));
        ColumnFamilyStore table = Keyspace.open("bench").getColumnFamilyStore(name);
        table.disableAutoCompaction();
        return table;
    }

    /** Puts rows into the memtable, those of a part of the parts; flushed by whoever wants it. */
    static void insert(String name, List<Row> rows, int part, int parts)
    {
        String insert = Row.insert(name);
        for (int i = part; i < rows.size(); i += parts) QueryProcessor.executeInternal(insert, rows.get(i).values());
    }

    /** Seconds of a flush. */
    static double flush(ColumnFamilyStore table)
    {
        long start = System.nanoTime();
        table.forceBlockingFlush(ColumnFamilyStore.FlushReason.USER_FORCED);
        return (System.nanoTime() - start) / 1e9;
    }

    static long bytes(ColumnFamilyStore table)
    {
        return table.getLiveSSTables().stream().mapToLong(SSTableReader::bytesOnDisk).sum();
    }

    private Node() {}
}
