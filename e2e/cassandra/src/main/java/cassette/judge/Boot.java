package cassette.judge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;

import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.db.SystemKeyspace;
import org.apache.cassandra.db.commitlog.CommitLog;
import org.apache.cassandra.dht.Murmur3Partitioner;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.service.StorageService;
import org.apache.cassandra.utils.FBUtilities;

/** Brings Cassandra's classes up. Everything on disk lies in one scratch folder that goes when the JVM ends. */
final class Boot
{
    /** Written into Statistics.db of every golden: the same host in every run. */
    private static final UUID HOST = UUID.fromString("ca55e77e-0000-4000-8000-000000000001");

    private static Path scratch;

    static synchronized Path scratch()
    {
        if (scratch == null)
        {
            try
            {
                scratch = Files.createTempDirectory("cassette-judge-");
            }
            catch (IOException e)
            {
                throw new UncheckedIOException(e);
            }
        }
        return scratch;
    }

    /** The way of Cassandra's sstable tools: no system tables, no commit log, nothing written. */
    static void offline(Format format) throws IOException
    {
        configure(scratch(), format, 9042, 7000, false);
        System.setProperty("cassandra.clock", JudgeClock.class.getName());
        System.setProperty("org.apache.cassandra.disable_mbean_registration", "true");
        DatabaseDescriptor.toolInitialization();
    }

    /** A node's storage engine in this JVM: schema, commit log, CQL executed internally; no gossip, no sockets. */
    static void embedded(Format format) throws IOException
    {
        configure(scratch(), format, 9042, 7000, false);
        System.setProperty("cassandra.clock", JudgeClock.class.getName());
        System.setProperty("org.apache.cassandra.disable_mbean_registration", "true");
        System.setProperty("cassandra.ring_delay_ms", "0");
        System.setProperty("cassandra.unsafesystem", "true");
        quickStart();
        DatabaseDescriptor.daemonInitialization();
        DatabaseDescriptor.createAllDirectories();
        CommitLog.instance.start();
        SystemKeyspace.persistLocalMetadata();
        SystemKeyspace.setLocalHostId(HOST);
        Schema.instance.loadFromDisk();
        Keyspace.setInitialized();
        // an import asks whether this node owns the keys: with one token it owns them all
        StorageService.instance.getTokenMetadata()
                               .updateNormalToken(Murmur3Partitioner.instance.getMinimumToken(), FBUtilities.getBroadcastAddressAndPort());
    }

    /** Leaves out seconds of start-up work that does not change what is written. */
    static void quickStart()
    {
        // else the first memtable measures 100,000 objects by reflection
        System.setProperty("cassandra.memtable.row_overhead_size", "181");
        // else every schema statement flushes the schema tables with a dozen fsyncs
        System.setProperty("cassandra.test.flush_local_schema_changes", "false");
        System.setProperty("cassandra.size_recorder_interval", "0");
    }

    /**
     * A node's place in its cluster: where it listens, whom it asks for the others, the tokens that are its own (with commas between them), and
     * whether its SSTables are named by UUIDs. It takes its tokens at once and asks nobody for data.
     */
    record Place(String address, String seeds, String tokens, boolean uuids)
    {
        /** A cluster of one. Generations count up from 1, so that goldens have the same names in every run. */
        static final Place ALONE = new Place("127.0.0.1", "127.0.0.1", "-9223372036854775808", false);
    }

    static void configure(Path storage, Format format, int nativePort, int storagePort, boolean nativeTransport) throws IOException
    {
        configure(storage, format, nativePort, storagePort, nativeTransport, Place.ALONE);
    }

    /** Writes cassandra.yaml and points the system properties at it; must run before any class of the server is initialised. */
    static void configure(Path storage, Format format, int nativePort, int storagePort, boolean nativeTransport, Place place) throws IOException
    {
        String seeds = Arrays.stream(place.seeds.split(",")).map(seed -> seed + ":" + storagePort).collect(Collectors.joining(","));
        String yaml = """
            cluster_name: judge
            num_tokens: %9$d
            initial_token: "%10$s"
            auto_bootstrap: false
            partitioner: org.apache.cassandra.dht.Murmur3Partitioner
            endpoint_snitch: SimpleSnitch
            seed_provider:
              - class_name: org.apache.cassandra.locator.SimpleSeedProvider
                parameters:
                  - seeds: "%7$s"
            listen_address: %8$s
            rpc_address: %8$s
            storage_port: %2$d
            native_transport_port: %3$d
            start_native_transport: %4$s
            storage_compatibility_mode: %5$s
            sstable:
              selected_format: %6$s
            uuid_sstable_identifiers_enabled: %11$s
            data_file_directories: ["%1$s/data"]
            commitlog_directory: %1$s/commitlog
            hints_directory: %1$s/hints
            saved_caches_directory: %1$s/saved_caches
            cdc_raw_directory: %1$s/cdc_raw
            commitlog_sync: periodic
            commitlog_sync_period: 10000ms
            commitlog_segment_size: 8MiB
            auto_snapshot: false
            snapshot_before_compaction: false
            # a judge must outlive what it judges: the default ends the node at the first corrupt SSTable
            disk_failure_policy: ignore
            commit_failure_policy: ignore
            # no key cache: every read by key goes through the files
            key_cache_size: 0MiB
            row_cache_size: 0MiB
            counter_cache_size: 0MiB
            user_defined_functions_enabled: false
            read_request_timeout: 120s
            range_request_timeout: 120s
            write_request_timeout: 120s
            truncate_request_timeout: 120s
            request_timeout: 120s
            slow_query_log_timeout: 120s
            batch_size_warn_threshold: 10MiB
            batch_size_fail_threshold: 50MiB
            max_mutation_size: 4MiB
            tombstone_warn_threshold: 100000000
            tombstone_failure_threshold: 100000000
            """.formatted(storage, storagePort, nativePort, nativeTransport, format.compatibilityMode, format.selectedFormat,
                             seeds, place.address, place.tokens.split(",").length, place.tokens, place.uuids);
        Files.createDirectories(storage);
        Path file = storage.resolve("cassandra.yaml");
        Files.writeString(file, yaml);
        System.setProperty("cassandra.config", "file://" + file.toUri().getRawPath());       // the loader insists on three slashes
        System.setProperty("cassandra.storagedir", storage.toString());
        System.setProperty("cassandra.triggers_dir", storage.resolve("triggers").toString());
    }

    /** Ends the JVM at once: its node has threads that are no daemons, and nothing of it is to be kept. */
    static void end(int status)
    {
        if (scratch != null) delete(scratch);
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    static void delete(Path root)
    {
        try
        {
            Files.walkFileTree(root, new SimpleFileVisitor<>()
            {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException
                {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException
                {
                    // the node's own threads tidy up at the same time
                    if (e instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException
                {
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        catch (IOException e)
        {
            System.err.println("judge: " + root + " could not be removed: " + e);
        }
    }

    private Boot() {}
}
