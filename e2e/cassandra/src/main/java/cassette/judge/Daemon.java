package cassette.judge;

import java.io.PrintStream;
import java.nio.file.Path;

import org.apache.cassandra.service.CassandraDaemon;

/**
 * A real node: CassandraDaemon with the native protocol on its own loopback address, alone or one of a cluster, and JMX on 127.0.0.1. The
 * parent deletes its storage folder.
 */
final class Daemon
{
    static void run(String[] args, PrintStream out) throws Exception
    {
        Path storage = Path.of(args[1]);
        Format format = Format.valueOf(args[2]);
        int nativePort = Integer.parseInt(args[3]), storagePort = Integer.parseInt(args[4]), jmxPort = Integer.parseInt(args[5]);
        Thread parent = new Thread(() -> waitForEndOfInput(storage), "judge-parent");
        parent.setDaemon(true);
        parent.start();
        boolean alone = args.length == 6;
        Boot.Place place = alone ? Boot.Place.ALONE : new Boot.Place(args[6], args[7], args[8], Boolean.parseBoolean(args[9]));
        Boot.configure(storage, format, nativePort, storagePort, true, place);
        Boot.quickStart();
        System.setProperty("cassandra-foreground", "yes");
        System.setProperty("cassandra.jmx.local.port", String.valueOf(jmxPort));
        System.setProperty("java.rmi.server.hostname", "127.0.0.1");
        // how long a node of a cluster listens for the others before it takes its tokens
        System.setProperty("cassandra.ring_delay_ms", alone ? "100" : "2000");
        System.setProperty("cassandra.skip_wait_for_gossip_to_settle", "0");
        System.setProperty("cassandra.superuser_setup_delay_ms", "0");
        CassandraDaemon.main(new String[0]);        // returns when the native protocol is being served
        out.println("{\"ready\":true}");
        out.flush();
        Thread.currentThread().join();
    }

    /** Ends the node without draining it: its data is scratch, and a drain takes seconds. */
    private static void waitForEndOfInput(Path storage)
    {
        try
        {
            while (System.in.read() >= 0) { /* whatever comes is not for us */ }
        }
        catch (java.io.IOException e)
        {
            System.err.println("judge: stdin: " + e);
        }
        Boot.delete(storage);
        Runtime.getRuntime().halt(0);
    }

    private Daemon() {}
}
