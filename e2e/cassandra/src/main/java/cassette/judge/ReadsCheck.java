package cassette.judge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

import org.apache.cassandra.db.Clustering;
import org.apache.cassandra.db.ClusteringBound;
import org.apache.cassandra.db.DecoratedKey;
import org.apache.cassandra.db.DeletionTime;
import org.apache.cassandra.db.Slice;
import org.apache.cassandra.db.Slices;
import org.apache.cassandra.db.filter.ColumnFilter;
import org.apache.cassandra.db.rows.RangeTombstoneMarker;
import org.apache.cassandra.db.rows.Row;
import org.apache.cassandra.db.rows.Unfiltered;
import org.apache.cassandra.db.rows.UnfilteredRowIterator;
import org.apache.cassandra.db.transform.RTBoundValidator;
import org.apache.cassandra.io.sstable.ISSTableScanner;
import org.apache.cassandra.io.sstable.SSTableReadsListener;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.schema.TableMetadata;

/**
 * Every partition read by key, forward and reversed, equals the scan; so do rows and ranges read by slices. Slices are what
 * uses the promoted index, and the range tombstone over a sliced row is right only if the index's open markers are.
 */
final class ReadsCheck
{
    private static final int ROWS_OF_A_PARTITION = 40;

    private final SSTableReader reader;
    private final TableMetadata table;
    private int budget = 2000;

    private ReadsCheck(SSTableReader reader, TableMetadata table)
    {
        this.reader = reader;
        this.table = table;
    }

    static void run(SSTableReader reader, TableMetadata table)
    {
        ReadsCheck check = new ReadsCheck(reader, table);
        try (ISSTableScanner scanner = reader.getScanner())
        {
            while (scanner.hasNext())
                try (UnfilteredRowIterator partition = scanner.next())
                {
                    check.partition(partition);
                }
        }
    }

    private void partition(UnfilteredRowIterator scanned)
    {
        DecoratedKey key = scanned.partitionKey();
        Row staticRow = scanned.staticRow();
        DeletionTime deletion = scanned.partitionLevelDeletion();
        List<Unfiltered> all = new ArrayList<>();
        scanned.forEachRemaining(all::add);
        try (UnfilteredRowIterator read = open(key, Slices.ALL, false))
        {
            if (!read.staticRow().equals(staticRow)) throw differs(key, "static row");
            if (!read.partitionLevelDeletion().equals(deletion)) throw differs(key, "partition deletion");
        }
        same(key, "all", all, read(key, Slices.ALL, false));
        List<Row> rows = rows(all);
        same(key, "all, reversed", reversed(rows), rows(read(key, Slices.ALL, true)));
        if (table.comparator.size() == 0 || rows.isEmpty()) return;

        Random random = new Random(key.hashCode());
        TreeSet<Integer> chosen = new TreeSet<>(List.of(0, rows.size() - 1));
        while (chosen.size() < Math.min(rows.size(), ROWS_OF_A_PARTITION) && budget-- > 0) chosen.add(random.nextInt(rows.size()));
        for (int i : chosen)
        {
            Clustering<?> clustering = rows.get(i).clustering();
            Slices one = Slices.with(table.comparator, Slice.make(clustering));
            List<Unfiltered> found = read(key, one, false);
            same(key, "row " + i, rows.subList(i, i + 1), rows(found));
            same(key, "row " + i + ", reversed", rows.subList(i, i + 1), rows(read(key, one, true)));
            if (!covering(found, clustering).equals(covering(all, clustering))) throw differs(key, "range tombstone over row " + i);
            int end = Math.min(rows.size() - 1, i + random.nextInt(ROWS_OF_A_PARTITION));
            if (end == i) continue;
            Slices range = Slices.with(table.comparator, Slice.make(ClusteringBound.inclusiveStartOf(clustering),
                                                                    ClusteringBound.exclusiveEndOf(rows.get(end).clustering())));
            same(key, "rows " + i + " to " + end, rows.subList(i, end), rows(read(key, range, false)));
            same(key, "rows " + i + " to " + end + ", reversed", reversed(rows.subList(i, end)), rows(read(key, range, true)));
        }
    }

    private UnfilteredRowIterator open(DecoratedKey key, Slices slices, boolean reversed)
    {
        return reader.rowIterator(key, slices, ColumnFilter.all(table), reversed, SSTableReadsListener.NOOP_LISTENER);
    }

    private List<Unfiltered> read(DecoratedKey key, Slices slices, boolean reversed)
    {
        List<Unfiltered> found = new ArrayList<>();
        try (UnfilteredRowIterator read = RTBoundValidator.validate(open(key, slices, reversed), RTBoundValidator.Stage.SSTABLE, true))
        {
            read.forEachRemaining(found::add);
        }
        return found;
    }

    private static List<Row> rows(List<Unfiltered> unfiltereds)
    {
        return unfiltereds.stream().filter(Unfiltered::isRow).map(u -> (Row) u).toList();
    }

    private static List<Row> reversed(List<Row> rows)
    {
        List<Row> copy = new ArrayList<>(rows);
        Collections.reverse(copy);
        return copy;
    }

    /** What of these deletes a row there by range. */
    private DeletionTime covering(List<Unfiltered> unfiltereds, Clustering<?> clustering)
    {
        DeletionTime open = DeletionTime.LIVE;
        for (Unfiltered u : unfiltereds)
        {
            if (table.comparator.compare(u.clustering(), clustering) > 0) break;
            if (u instanceof RangeTombstoneMarker marker) open = marker.isOpen(false) ? marker.openDeletionTime(false) : DeletionTime.LIVE;
        }
        return open;
    }

    private void same(DecoratedKey key, String how, List<? extends Unfiltered> want, List<? extends Unfiltered> have)
    {
        if (!want.equals(have)) throw differs(key, how + " (" + have.size() + " instead of " + want.size() + ")");
    }

    private IllegalStateException differs(DecoratedKey key, String what)
    {
        return new IllegalStateException("partition " + table.partitionKeyType.getString(key.getKey()) + ": read by key differs from the scan: " + what);
    }
}
